"""Work for members and members for work."""

from __future__ import annotations

from fedtasks.app.people.membership import show_member
from fedtasks.app.session import Session
from fedtasks.app.tasks.audit import show
from fedtasks.domain.task import Task
from fedtasks.policy import fitting
from fedtasks.policy.members import TEAM
from fedtasks.store.query import Filter, active


def for_whom(session: Session, filter: Filter, given: str) -> Filter:
    """The filter narrowed to what a member (`me`: who acts) could do: for whose skills, of no foreign team, nobody
    else's; for a team what any of it could do. Raises NotFound."""
    member = session.actor.member if given == "me" else show_member(session, given)
    teams = session.rules.teams
    names = (member.name, *teams.get(member.name, ()))
    skills = {skill for one in session.members if one.name in names for skill in one.skills} | {*member.skills}
    own = tuple(team for team, people in teams.items() if any(name in (team, *people) for name in names))
    taker = member.name if member.kind != TEAM else None
    return filter._replace(skills=tuple(sorted(fitting.folded(skills))), teams=own, taker=taker)


def suggest(session: Session, given: str) -> tuple[Task, list[fitting.Fit]]:
    """The task, and who could do it, the best first."""
    task = show(session, given)
    today = session.context.now()[:10]
    busy = active(session.index())
    return task, fitting.suggestions(task.state, session.members, busy, session.config.fallbacks, today)


def stand_ins(session: Session, name: str) -> list[str]:
    """Who takes over for a member while away; raises NotFound."""
    member = show_member(session, name)
    return fitting.stand_ins(member.name, session.members, session.config.fallbacks, session.context.now()[:10])


def absence(session: Session, name: str) -> str | None:
    """A remark on a member who is away; None for one who is here, or is none."""
    member = next((one for one in session.members if one.name == name), None)
    if member is None or not fitting.is_away(member, session.context.now()[:10]):
        return None
    names = ", ".join(stand_ins(session, name)) or "nobody"
    return f"{name} is away until {member.away}; who takes over: {names}"
