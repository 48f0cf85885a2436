"""The verb team: groups of members, to assign to, to watch and to review as one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import click

from fedtasks.cli.base import Face, verb
from fedtasks.cli.members import team_checked, tell_member
from fedtasks.policy.members import TEAM, Member, members_of

Names = tuple[str, ...]


@click.group("team")
def team_command() -> None:
    """Teams: groups of members. A team stands wherever a member may be assigned, watch or review."""


@verb("add", "fedtasks team add backend ben baby", group=team_command)
@click.argument("name")
@click.argument("members", nargs=-1, metavar="[MEMBER]...")
def team_add(face: Face, name: str, members: Names) -> None:
    """Makes a team of these members; a team may be in a team."""
    from fedtasks.app.identity import check_name
    from fedtasks.app.people.membership import add_member

    wanted = Member(check_name(name), TEAM, members=tuple(dict.fromkeys(members)))
    tell_member(face, add_member(face.session, team_checked(face, wanted)), "is a team now")


@verb("join", "fedtasks team join backend cleo", group=team_command)
@click.argument("name")
@click.argument("members", nargs=-1, required=True, metavar="MEMBER...")
def team_join(face: Face, name: str, members: Names) -> None:
    """Takes members into a team."""
    _change(face, name, lambda has: tuple(dict.fromkeys((*has, *members))))


@verb("leave", "fedtasks team leave backend ben", group=team_command)
@click.argument("name")
@click.argument("members", nargs=-1, required=True, metavar="MEMBER...")
def team_leave(face: Face, name: str, members: Names) -> None:
    """Takes members out of a team."""
    _change(face, name, lambda has: tuple(member for member in has if member not in members))


def _change(face: Face, name: str, among: Callable[[Names], Names]) -> None:
    from fedtasks.app.people.membership import edit_member

    def alter(member: Member) -> Member:
        if member.kind != TEAM:
            raise click.UsageError(f"{name} is no team; it is of the kind {member.kind}.")
        return team_checked(face, replace(member, members=among(member.members)))

    tell_member(face, edit_member(face.session, name, alter), "is changed")


@verb("list", "fedtasks team list", group=team_command)
def team_list(face: Face) -> None:
    """Lists the teams with who is in them, teams in teams resolved."""
    from fedtasks.views.text import table

    everybody = face.session.members
    teams = [member for member in everybody if member.kind == TEAM]
    people = {team.name: members_of([team.name], everybody) for team in teams}
    rows = [(team.name, ", ".join(people[team.name]) or "-") for team in teams]
    lines = table([("TEAM", "MEMBERS"), *rows], face.columns) if rows else ["no teams"]
    face.tell({"teams": [team.to_json() | {"people": list(people[team.name])} for team in teams]}, lines)
