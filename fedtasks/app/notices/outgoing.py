"""Outgoing: notices go through their members' channels, each once, what fails again later."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from fedtasks.app.notices.ledger import FOLDER, LOCK, Ledger, open_ledger
from fedtasks.app.notices.reading import read_inbox
from fedtasks.app.notices.secrets import Secrets
from fedtasks.app.session import Session
from fedtasks.app.writing import writing
from fedtasks.errors import FedtasksError, NotFound, OutOfReach
from fedtasks.notify.channels import OUTWARD, send
from fedtasks.notify.delivery import Tools, Undelivered
from fedtasks.notify.message import Message
from fedtasks.notify.notice import Notice, make_notice
from fedtasks.notify.routing import Channel, Profile, Rule, held_until, is_due, profile_of, told_at
from fedtasks.policy.members import TEAM, Member
from fedtasks.store.files import os_errors
from fedtasks.store.lock import StoreLock

Say = Callable[[str], None]

DEFAULT_PRIORITY = "medium"


@dataclass(frozen=True, slots=True)
class Parcel:
    """The notices that one channel carries in one message to a member; `until`: not before then, and `why`."""

    member: str
    channel: Channel
    notices: Sequence[Notice]
    until: str | None = None
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """As `--json` shows it; fields without a value are left out."""
        shown: dict[str, Any] = {"member": self.member, "channel": self.channel.name, "type": self.channel.type}
        shown |= {"notices": [notice.id for notice in self.notices], "until": self.until, "why": self.why}
        return {name: value for name, value in shown.items() if value}


@dataclass(slots=True)
class Sent:
    """What was done: parcels that went, that failed, and that wait."""

    sent: list[Parcel] = field(default_factory=list)
    failed: list[Parcel] = field(default_factory=list)
    waiting: list[Parcel] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As `--json` shows it."""
        return {name: [parcel.to_json() for parcel in getattr(self, name)] for name in ("sent", "failed", "waiting")}


def tools_of(session: Session, say: Say) -> Tools:
    """What this machine has for sending."""
    secrets = Secrets(session.context, session.root)
    return Tools(secrets.secret, secrets.command, say, session.context.environ)


def recipients(session: Session, *, everybody: bool = False) -> list[Member]:
    """The members whom this machine sends to: who acts, or everybody who has channels."""
    if not everybody:
        return [session.actor.member]
    return [member for member in session.members if member.kind != TEAM and member.notify.get("channels")]


def send_due(
    session: Session, members: Sequence[Member], say: Say, *, dry_run: bool = False, without: Sequence[str] = ()
) -> Sent:
    """Sends what is due, but nothing through channels of the types `without`; raises StoreLocked where another process
    of this machine is at it."""
    from fedtasks.app.notices.reminding import remind_now_and_then

    done, tools = Sent(), tools_of(session, say)
    if dry_run:
        for member in members:
            _sort(session, member, open_ledger(session.root, member.name, fsync=False), done)
        return done
    remind_now_and_then(session)
    with os_errors(session.root):
        (session.root / FOLDER).mkdir(parents=True, exist_ok=True)
        holder = {"host": session.context.host, "pid": session.context.pid, "since": session.context.now()}
        with StoreLock(session.root, 0.0, holder | {"what": session.what}, LOCK):
            for member in members:
                _send_to(session, member, tools, done, without)
    _record(session, done.sent)
    return done


def _send_to(session: Session, member: Member, tools: Tools, done: Sent, without: Sequence[str]) -> None:
    ledger = open_ledger(session.root, member.name, fsync=session.context.fsync)
    due = Sent()
    _sort(session, member, ledger, due)
    done.waiting += due.waiting
    for parcel in (parcel for parcel in due.sent if parcel.channel.type not in without):
        now = session.context.now()
        try:
            send(message_of(session, member, parcel.notices), parcel.channel, tools)
        except Undelivered as found:
            ledger.note_failed(parcel.channel.name, parcel.notices, now, str(found))
            until = ledger.waits_until(parcel.channel.name, parcel.notices)
            done.failed.append(replace(parcel, until=until, why=str(found)))
        else:
            ledger.note_sent(parcel.channel.name, parcel.notices, now)
            done.sent.append(parcel)


def send_behind(session: Session) -> None:
    """Sends what is due for the actor while something else is done; failures are noted, and tried again later."""
    with suppress(FedtasksError, OSError):
        member = session.actor.member
        if member.notify.get("channels"):
            send_due(session, [member], lambda text: None, without=("terminal",))


def message_of(session: Session, member: Member, notices: Sequence[Notice]) -> Message:
    """The message of these notices."""
    return Message(member.name, next(iter(member.emails), None), session.config.project, notices)


def _sort(session: Session, member: Member, ledger: Ledger, found: Sent) -> None:
    """Puts what is due now to `sent`, what has to wait to `waiting`."""
    profile, now = profile_of(member.notify), session.context.now()
    notices = read_inbox(session.root, member.name).notices
    ledger.forget({notice.id for notice in notices})
    for channel, rule, parcel in _parcels(session, profile, notices, ledger):
        why, until = "it failed before", ledger.waits_until(channel.name, parcel)
        if until is None or until <= now:
            why = "throttle or quiet hours"
            until = held_until(rule, parcel, ledger.last.get(channel.name), now, profile.zone)
        made = Parcel(member.name, channel, parcel)
        if until is None or until <= now:
            found.sent.append(made)
        else:
            found.waiting.append(replace(made, until=until, why=why))


def _parcels(
    session: Session, profile: Profile, notices: Sequence[Notice], ledger: Ledger
) -> Iterator[tuple[Channel, Rule, list[Notice]]]:
    """What each channel has to carry: a throttled rule's notices together, others one by one."""
    together: dict[tuple[str, int], tuple[Rule, list[Notice]]] = {}
    for notice in notices:
        if notice.settled:
            continue
        for name, rule in profile.ways(notice, _priority(session, notice)).items():
            if not is_due(notice, ledger.times(name, notice)):
                continue
            if rule.throttle:
                together.setdefault((name, id(rule)), (rule, []))[1].append(notice)
            else:
                yield profile.channels[name], rule, [notice]
    for (name, _), (rule, waiting) in together.items():
        yield profile.channels[name], rule, waiting


def _priority(session: Session, notice: Notice) -> str:
    """The priority of the task that a notice is about."""
    try:
        return session.reader.task(notice.task).state.priority if notice.task else DEFAULT_PRIORITY
    except FedtasksError:
        return DEFAULT_PRIORITY


def _record(session: Session, sent: Sequence[Parcel]) -> None:
    """Writes into the notices what left this machine, so that no other one sends it again."""
    outward = [(parcel, notice) for parcel in sent if parcel.channel.type in OUTWARD for notice in parcel.notices]
    if not outward:
        return
    with writing(session) as change:
        now = session.context.now()
        for parcel, notice in outward:
            change.transaction.refresh(f"inbox/{notice.to}")
            current = change.notice(notice.to, notice.id)
            if current is not None:
                change.replace(current, delivered(current, parcel.channel.name, now))
        change.title(f"deliver {len(outward)} notice{'s' * (len(outward) != 1)}")


def delivered(notice: Notice, channel: str, now: str) -> Notice:
    """The notice with one more time at which a channel carried it."""
    book: Mapping[str, Any] = notice.data.get("delivered") or {}
    times = sorted({*book.get(channel, ()), max(now, told_at(notice))})
    return replace(notice, data={**notice.data, "delivered": {**book, channel: times}})


def status(session: Session) -> dict[str, Any]:
    """The actor's channels with what they did last and their trouble, the rules, and what waits."""
    member = session.actor.member
    ledger = open_ledger(session.root, member.name, fsync=False)
    waiting = send_due(session, [member], lambda text: None, dry_run=True)
    channels: dict[str, Any] = {}
    for name, channel in profile_of(member.notify).channels.items():
        failed = ledger.failed.get(name, {}).values()
        error = max(failed, key=lambda entry: str(entry["next"]), default=None)
        channels[name] = {"type": channel.type, "last": ledger.last.get(name), "error": error and error["error"]}
    rows = [parcel.to_json() for parcel in (*waiting.sent, *waiting.waiting)]
    return {"channels": channels, "rules": list(member.notify.get("rules", ())), "waiting": rows}


def try_channel(session: Session, name: str, say: Say) -> None:
    """Sends a message of no consequence; raises NotFound and OutOfReach."""
    member = session.actor.member
    channel = profile_of(member.notify).channels.get(name)
    if channel is None:
        raise NotFound(f"you have no channel '{name}'", hint=f"fedtasks notify channel {name} --type TYPE", given=name)
    text = f"{member.name} tries the channel {name}"
    notice = make_notice(
        member.name, "test", (session.context.ulid(),), at=session.context.now(), by=member.name, text=text
    )
    try:
        send(message_of(session, member, [notice]), channel, tools_of(session, say))
    except Undelivered as found:
        raise OutOfReach(f"{name} carried nothing: {found}", hint="see: fedtasks notify channel --help") from found
