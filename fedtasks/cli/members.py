"""Verbs about who takes part: member, permissions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import click

from fedtasks.cli.base import Face, verb
from fedtasks.policy.members import KINDS, ROLES, TEAM, Member


@click.group("member")
def member_command() -> None:
    """Members: people, agents, MCP servers and the system, and teams of them."""


@verb(
    "add",
    "fedtasks member add baby --email baby@example.org --kind agent --role agent --skill python\n"
    "fedtasks member add backend --kind team --member ben --member baby",
    group=member_command,
)
@click.argument("name")
@click.option("--email", "emails", multiple=True, metavar="ADDRESS", help="As git's user.email; repeatable.")
@click.option("--kind", type=click.Choice(KINDS), default="human", show_default=True)
@click.option("--role", type=click.Choice(ROLES), default="developer", show_default=True)
@click.option("--full-name", default="", metavar="TEXT", help="As commits show it.")
@click.option("--skill", "skills", multiple=True, metavar="WORD", help="What the member is good at; repeatable.")
@click.option("--member", "members", multiple=True, metavar="NAME", help="Of a team: who is in it; repeatable.")
def member_add(face: Face, name: str, kind: str, role: str, **rest: Any) -> None:
    """Adds a member."""
    from fedtasks.app.identity import check_name
    from fedtasks.app.people.membership import add_member

    lists: dict[str, Any] = {field: _once(rest[field]) for field in ("emails", "skills", "members")}
    wanted = Member(check_name(name), kind, role, rest["full_name"], **lists)
    member = add_member(face.session, team_checked(face, wanted))
    tell_member(face, member, "is a member")


@verb(
    "edit",
    "fedtasks member edit baby --skill rust --no-skill php\nfedtasks member edit baby --permit cancel=never\n"
    "fedtasks member edit ada --away 2026-12-24 --fallback ben",
    group=member_command,
)
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), help="What the member may do.")
@click.option("--full-name", metavar="TEXT", help="As commits show it.")
@click.option("--email", "emails", multiple=True, metavar="ADDRESS", help="One more address; repeatable.")
@click.option("--no-email", "no_emails", multiple=True, metavar="ADDRESS", help="An address to drop; repeatable.")
@click.option("--skill", "skills", multiple=True, metavar="WORD", help="One more skill; repeatable.")
@click.option("--no-skill", "no_skills", multiple=True, metavar="WORD", help="A skill to drop; repeatable.")
@click.option("--member", "members", multiple=True, metavar="NAME", help="Of a team: one more in it; repeatable.")
@click.option("--no-member", "no_members", multiple=True, metavar="NAME", help="One who leaves the team; repeatable.")
@click.option("--permit", multiple=True, metavar="ACTION=SCOPE", help="Where it differs from the role; repeatable.")
@click.option(
    "--need-approval", "need_approval", multiple=True, metavar="ACTION", help="For an agent: ask leave first."
)
@click.option("--no-need-approval", "no_need_approval", multiple=True, metavar="ACTION", help="No longer.")
@click.option("--away", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="Absent until the end of this day.")
@click.option("--back", is_flag=True, help="No longer away.")
@click.option("--fallback", "fallbacks", multiple=True, metavar="NAME", help="Who takes over meanwhile; repeatable.")
@click.option("--no-fallback", "no_fallbacks", multiple=True, metavar="NAME", help="Who does not any more.")
def member_edit(face: Face, name: str, role: str | None, full_name: str | None, **rest: Any) -> None:
    """Changes a member: role, skills, addresses, absence, who is in a team, permissions of its own."""
    from fedtasks.app.people.membership import edit_member

    permitted = dict(_permission(word) for word in rest["permit"])
    _require_known(face, rest["need_approval"], rest["fallbacks"])

    def alter(member: Member) -> Member:
        lists: dict[str, Any] = {
            field: _changed(getattr(member, field), rest[field], rest[f"no_{field}"])
            for field in ("emails", "skills", "members", "need_approval", "fallbacks")
        }
        lists["away"] = None if rest["back"] else rest["away"].strftime("%Y-%m-%d") if rest["away"] else member.away
        permissions = {**member.permissions, **permitted}
        named = member.full_name if full_name is None else full_name
        wanted = replace(member, role=role or member.role, full_name=named, permissions=permissions, **lists)
        return team_checked(face, wanted)

    tell_member(face, edit_member(face.session, name, alter), "is now a member")


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _changed(has: tuple[str, ...], more: tuple[str, ...], gone: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in _once((*has, *more)) if word not in gone)


def _permission(word: str) -> tuple[str, str]:
    from fedtasks.policy.permissions import ACTIONS, SCOPES

    action, _, scope = word.partition("=")
    if action not in ACTIONS or scope not in SCOPES:
        raise click.UsageError(
            f"'{word}' is no ACTION=SCOPE: actions are {', '.join(ACTIONS)}; scopes are {', '.join(SCOPES)}."
        )
    return action, scope


def _require_known(face: Face, actions: Iterable[str], names: Iterable[str]) -> None:
    """Raises UsageError for an action or a member that there is not."""
    from fedtasks.policy.permissions import ACTIONS

    for action in actions:
        if action not in ACTIONS:
            raise click.UsageError(f"There is no action '{action}'; there are {', '.join(ACTIONS)}.")
    known = {member.name for member in face.session.members}
    for name in names:
        if name not in known:
            raise click.UsageError(f"There is no member {name}.")


def team_checked(face: Face, member: Member) -> Member:
    """The member itself, a team as a viewer; raises UsageError where only a team has members."""
    if member.kind != TEAM:
        if member.members:
            raise click.UsageError(f"Only a team has members; {member.name} is of the kind {member.kind}.")
        return member
    known = {other.name for other in face.session.members}
    strangers = [name for name in member.members if name not in known]
    if strangers:
        raise click.UsageError(f"There is no member {', '.join(strangers)} to put into the team {member.name}.")
    return replace(member, role="viewer")


def tell_member(face: Face, member: Member, words: str) -> None:
    """Prints what has become of a member, in `words`."""
    told = f"team of {', '.join(member.members) or 'nobody yet'}" if member.kind == TEAM else member.kind
    role = "" if member.kind == TEAM else f", {member.role}"
    face.tell({"member": member.to_json()}, [f"{member.name} {words} ({told}{role})"])


@verb("list", "fedtasks member list", group=member_command)
def member_list(face: Face) -> None:
    """Lists the members."""
    from fedtasks.views.text import safe, table

    members = face.session.members
    rows = [("NAME", "KIND", "ROLE", "SKILLS", "E-MAIL")]
    rows += [
        (m.name, m.kind, "-" if m.kind == TEAM else m.role, safe(", ".join(m.skills or m.members)) or "-",
         safe(", ".join(m.emails)) or "-")
        for m in members
    ]  # fmt: skip
    face.tell({"members": [member.to_json() for member in members]}, table(rows, face.columns))


@verb("show", "fedtasks member show baby", group=member_command)
@click.argument("name")
def member_show(face: Face, name: str) -> None:
    """Shows one member."""
    from fedtasks.app.people.membership import show_member

    fields = show_member(face.session, name).to_json()
    face.tell({"member": fields}, [f"{key:<11} {_words(value)}" for key, value in fields.items() if value])


def _words(value: Any) -> str:
    from fedtasks.views.text import safe

    if isinstance(value, dict):
        value = [f"{key}={found}" for key, found in value.items()]
    return safe(", ".join(map(str, value)) if isinstance(value, list) else str(value))


@verb("permissions", "fedtasks permissions\nfedtasks permissions --markdown")
@click.option("--markdown", "as_markdown", is_flag=True, help="As a table of Markdown, as the documentation has it.")
def permissions_command(face: Face, as_markdown: bool) -> None:
    """Shows who may do what in this store: each action, and on which tasks each role has it."""
    from fedtasks.policy.permissions import ACTIONS, Grants, markdown
    from fedtasks.views.text import table

    rules = face.session.rules
    roles = {name: Member("-", role=name) for name in Grants._fields}
    scopes = {name: {role: rules.scope(member, name) for role, member in roles.items()} for name in ACTIONS}
    lines = table([("ACTION", *map(str.upper, roles)), *((name, *row.values()) for name, row in scopes.items())])
    lines += [f"agents need approval for: {', '.join(rules.need_approval)}"] if rules.need_approval else []
    payload = {"permissions": scopes, "need_approval": list(rules.need_approval)}
    face.tell(payload, markdown(rules).splitlines() if as_markdown else lines)
