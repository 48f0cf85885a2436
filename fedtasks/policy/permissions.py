"""What a role may do: actions, scopes, and the one table of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from fedtasks.policy.members import Member

SCOPES = {
    "any": "on any task",
    "free": "on a task of one's own (its assignee, its lead), and on one that has neither, nor a team",
    "own": "on a task of one's own: its assignee, its lead",
    "led": "as its lead; while it has none, as its assignee; while it has neither, nor a team, anybody",
    "never": "on none",
}
"""How far a permission reaches; each scope holds all that the ones below it hold."""


class Grants(NamedTuple):
    """The scope of one action for each role."""

    viewer: str
    agent: str
    developer: str
    admin: str
    owner: str


class Action(NamedTuple):
    """What is done, in words, and who may by default."""

    about: str
    grants: Grants


ACTIONS = {
    "create": Action("add a task", Grants("never", "any", "any", "any", "any")),
    "edit": Action("change what a task says and what it belongs to", Grants("never", "any", "any", "any", "any")),
    "follow": Action("watch it, or no longer", Grants("any", "any", "any", "any", "any")),
    "lead": Action("name its lead", Grants("never", "led", "led", "any", "any")),
    "claim": Action("take a task that nobody has", Grants("never", "any", "any", "any", "any")),
    "assign": Action("name its assignee or its team", Grants("never", "free", "free", "any", "any")),
    "move": Action("start, block, unblock, hand in, give back", Grants("never", "free", "free", "any", "any")),
    "done": Action("finish it", Grants("never", "free", "free", "any", "any")),
    "cancel": Action("give it up", Grants("never", "free", "free", "any", "any")),
    "reopen": Action("take up again what was done or cancelled", Grants("never", "free", "free", "any", "any")),
    "archive": Action("put it away once it is finished, bring it back", Grants("never", "free", "free", "any", "any")),
    "handoff": Action("offer it to somebody, take the offer back", Grants("never", "own", "own", "any", "any")),
    "attempt": Action("begin an attempt, end one's own", Grants("never", "any", "any", "any", "any")),
    "comment": Action("comment, react, resolve", Grants("any", "any", "any", "any", "any")),
    "review": Action("give a verdict, take one's own back", Grants("never", "any", "any", "any", "any")),
    "overrule": Action(
        "lift another's verdict, finish it without its approvals, ask for fewer of them",
        Grants("never", "led", "led", "any", "any"),
    ),
    "override": Action("start it before what it waits for is done", Grants("never", "led", "led", "any", "any")),
    "track": Action("log one's own time", Grants("never", "any", "any", "any", "any")),
    "tool": Action("attach MCP servers, take them off", Grants("never", "free", "free", "any", "any")),
    "ask": Action("ask leave for what needs approval", Grants("never", "any", "any", "any", "any")),
    "permit": Action("give an agent leave, and take it", Grants("never", "never", "led", "any", "any")),
    "other": Action("events of a kind that has no row here", Grants("never", "free", "free", "any", "any")),
    "members": Action("add and change members and teams", Grants("never", "never", "never", "any", "any")),
}
"""The table: each action and the scope in which each role has it. `owner` is fixed; the configuration may change the
others (`permissions: {developer: {edit: own}}`), a member's file its own."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the configuration and the members say: scopes by role and action, what agents need approval for, and who is
    in which team."""

    permissions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    need_approval: tuple[str, ...] = ()
    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def scope(self, member: Member, action: str) -> str:
        """How far a member's permission reaches: of the member's file, the configuration and the table the first that
        knows the action. An owner's is the table's."""
        default = getattr(ACTIONS[action].grants, member.role, "never")
        if member.role == "owner":
            return str(default)
        said = self.permissions.get(member.role, {}).get(action, default)
        return str(member.permissions.get(action, said))

    def needs_leave(self, member: Member, action: str) -> bool:
        """Whether the member, being an agent, may do this only with leave; giving leave is not for agents at all."""
        return is_agent(member) and action in (*self.need_approval, *member.need_approval)


def is_agent(member: Member) -> bool:
    """Whether rules for agents hold for a member: by kind, or by role."""
    return member.kind in ("agent", "mcp") or member.role == "agent"


DEFAULT = Rules()


def markdown(rules: Rules = DEFAULT) -> str:
    """The table as Markdown, as these rules have it."""
    roles = [Member("-", role=role) for role in Grants._fields]
    lines = [f"| action | what | {' | '.join(Grants._fields)} |", f"|---|---|{'---|' * len(roles)}"]
    for name, action in ACTIONS.items():
        lines.append(f"| `{name}` | {action.about} | {' | '.join(rules.scope(role, name) for role in roles)} |")
    lines += ["", "| scope | the action is allowed |", "|---|---|"]
    lines += [f"| {name} | {words} |" for name, words in SCOPES.items()]
    return "\n".join(lines) + "\n"
