"""`fedtasks notify`: the channels that carry notices out of the inbox."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from fedtasks.app.session import Session
from fedtasks.cli.base import Face, verb
from fedtasks.domain.status import PRIORITIES
from fedtasks.policy.members import Member
from fedtasks.views.text import safe, table

if TYPE_CHECKING:
    from fedtasks.app.notices.outgoing import Sent

TYPES = ("terminal", "desktop", "command", "webhook", "email", "apprise")

Profile = Mapping[str, Any]


@click.group("notify")
def notify_command() -> None:
    """Channels: how notices reach you besides the inbox, by which rules, and what is on its way."""


@verb("send", "fedtasks notify send\nfedtasks notify send --all --watch 30", group=notify_command)
@click.option("--all", "-a", "everybody", is_flag=True, help="For every member with channels, not only for you.")
@click.option("--watch", type=click.FloatRange(0.1), is_flag=False, flag_value=5.0, metavar="[SECONDS]",
              help="Go on until Ctrl-C, every 5 seconds by default.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only say what would go, and what waits for what.")
def send_command(face: Face, everybody: bool, watch: float | None, dry_run: bool) -> None:
    """Sends what waits, each notice once a channel; what fails is tried again later."""
    if watch is not None and dry_run:
        raise click.UsageError("--watch and --dry-run do not go together.")
    if watch is None:
        done = _send(face, everybody, dry_run)
        words = "would go" if dry_run else "sent"
        lines = [f"{words}: {_parcel(parcel.to_json())}" for parcel in done.sent]
        face.tell(done.to_json(), [*lines, *(f"waits: {_parcel(parcel.to_json())}" for parcel in done.waiting)])
        return
    try:
        while True:
            done = _send(face._replace(session=Session(face.session.context, face.session.what)), everybody)
            if done.sent:
                face.tell(done.to_json(), [f"sent: {_parcel(parcel.to_json())}" for parcel in done.sent])
            time.sleep(watch)
    except KeyboardInterrupt:
        return


def _send(face: Face, everybody: bool, dry_run: bool = False) -> Sent:
    from fedtasks.app.notices.outgoing import recipients, send_due

    members = recipients(face.session, everybody=everybody)
    done = send_due(face.session, members, _say(face), dry_run=dry_run)
    for parcel in done.failed:
        face.warn(f"not sent: {_parcel(parcel.to_json())}")
    return done


def _say(face: Face) -> Callable[[str], None]:
    """The terminal channel writes beside the output where that is JSON."""
    stream = sys.stderr if face.as_json else sys.stdout

    def say(text: str) -> None:
        print("\n".join(map(safe, text.splitlines())), file=stream, flush=True)

    return say


def _parcel(row: Mapping[str, Any]) -> str:
    count = len(row["notices"])
    words = f"{count} notice{'s' * (count != 1)} to {row['member']} by {row['channel']}"
    return (
        words + (f" until {row['until']}" if row.get("until") else "") + (f": {row['why']}" if row.get("why") else "")
    )


@verb("status", "fedtasks notify status", group=notify_command)
def status_command(face: Face) -> None:
    """Shows your channels and rules, what waits, and what went wrong."""
    from fedtasks.app.notices.outgoing import status

    found = status(face.session)
    channels = [
        (name, entry["type"], entry["last"] or "-", entry["error"] or "") for name, entry in found["channels"].items()
    ]
    lines = table([("CHANNEL", "TYPE", "LAST SENT", "TROUBLE"), *channels], face.columns) if channels else []
    lines += [f"rule {number}: {_rule(rule)}" for number, rule in enumerate(found["rules"], 1)]
    lines += [f"waits: {_parcel(row)}" for row in found["waiting"]]
    face.tell(found, lines or ["no channels: fedtasks notify channel NAME --type desktop"])


def _rule(rule: Mapping[str, Any]) -> str:
    words = [", ".join(rule.get("on") or ["everything"])]
    words += [f"of priority {rule['priority']} and higher"] if rule.get("priority") else []
    words += ["if urgent"] if rule.get("urgent") else []
    words += [f"by {', '.join(rule['channels'])}"]
    words += [f"at most every {rule['throttle']}"] if rule.get("throttle") else []
    words += [f"quiet {rule['quiet']}"] if rule.get("quiet") else []
    return safe(" ".join(words))


@verb("test", "fedtasks notify test phone", group=notify_command)
@click.argument("channel")
def test_command(face: Face, channel: str) -> None:
    """Sends a message through one of your channels, to see that it works; exit 7 where it does not."""
    from fedtasks.app.notices.outgoing import try_channel

    try_channel(face.session, channel, _say(face))
    face.tell({"channel": channel, "sent": True}, [f"{channel} carried a message"])


@verb(
    "channel",
    "fedtasks notify channel desk --type desktop\nfedtasks notify channel chat --type apprise --secret CHAT_URL\n"
    "fedtasks notify channel desk --remove",
    group=notify_command,
)
@click.argument("name")
@click.option("--type", "type_", type=click.Choice(TYPES), help="What kind of channel it is.")
@click.option("--run", metavar="NAME", help="command: the name of a command of your machine.")
@click.option("--url", metavar="URL", help="webhook: its https address.")
@click.option("--secret", metavar="NAME", help="The name of the secret that holds its address.")
@click.option("--sign", metavar="NAME", help="webhook: the name of the secret to sign with.")
@click.option("--to", metavar="ADDRESS", help="email: to whom; your first address by default.")
@click.option("--from", "from_", metavar="ADDRESS", help="email: from whom.")
@click.option("--remove", is_flag=True, help="Take it away.")
def channel_command(face: Face, name: str, type_: str | None, remove: bool, **rest: str | None) -> None:
    """Makes or removes a channel of yours; without a rule that names it, it carries everything."""
    if remove == (type_ is not None):
        raise click.UsageError("Name a --type, or --remove.")
    if not name.isprintable() or not name.strip():
        raise click.UsageError(f"{name!r} cannot be the name of a channel.")
    settings = {key.rstrip("_"): value for key, value in rest.items() if value}

    def alter(profile: Profile) -> Profile:
        channels = {key: value for key, value in (profile.get("channels") or {}).items() if key != name}
        rules = [rule for rule in profile.get("rules") or [] if rule["channels"] != [name]] if remove else None
        if type_ is None:
            if name not in (profile.get("channels") or {}):
                raise click.UsageError(f"You have no channel '{name}'.")
            return {**profile, "channels": channels, "rules": rules}
        channels[name] = {"type": type_, **settings}
        rules = list(profile.get("rules") or [])
        if not any(name in rule["channels"] for rule in rules):
            rules.append({"channels": [name]})
        return {**profile, "channels": channels, "rules": rules}

    _tell(face, _edit(face, alter), f"{name} is {'no channel any more' if remove else f'a channel ({type_})'}")


@verb(
    "rule",
    "fedtasks notify rule --channel phone --on assigned --throttle 10m --quiet 22:00-07:00\n"
    "fedtasks notify rule --remove 2\nfedtasks notify rule --timezone Europe/Berlin --new",
    group=notify_command,
)
@click.option("--channel", "channels", multiple=True, metavar="NAME", help="By which channel; repeatable.")
@click.option("--on", multiple=True, metavar="KIND", help="Of which notices; repeatable; all by default.")
@click.option("--priority", type=click.Choice(PRIORITIES), help="About tasks of this priority and higher ones.")
@click.option("--urgent", is_flag=True, help="Urgent notices only.")
@click.option("--throttle", metavar="TIME", help="At most one message in this time: 10m, 1h.")
@click.option("--quiet", metavar="FROM-TO", help="Only urgent notices then: 22:00-07:00.")
@click.option("--remove", type=click.IntRange(1), metavar="N", help="Take away the rule of this number.")
@click.option("--timezone", metavar="ZONE", help="Of your quiet hours: Europe/Berlin.")
@click.option("--new/--no-new", default=None, help="Whether you hear of every new task.")
def rule_command(
    face: Face, channels: tuple[str, ...], remove: int | None, timezone: str | None, new: bool | None, **rest: Any
) -> None:
    """Says which notices go through which of your channels, and how often; the first rule that fits counts."""
    rule = {name: list(value) if isinstance(value, tuple) else value for name, value in rest.items() if value}
    if not channels and (rule or (remove is None and timezone is None and new is None)):
        raise click.UsageError("Name at least one --channel.")
    _check(rule, timezone)

    def alter(profile: Profile) -> Profile:
        rules = list(profile.get("rules") or [])
        if remove is not None:
            if remove > len(rules):
                raise click.UsageError(f"You have {len(rules)} rules.")
            del rules[remove - 1]
        for name in channels:
            if name not in (profile.get("channels") or {}):
                raise click.UsageError(f"You have no channel '{name}': fedtasks notify channel {name} --type TYPE")
        if channels:
            rules = [old for old in rules if set(old) != {"channels"} or not set(old["channels"]) <= {*channels}]
            rules.append({"channels": list(channels), **rule})
        wanted = {**profile, "rules": rules} | ({"timezone": timezone} if timezone else {})
        return wanted if new is None else {**wanted, "new": new}

    _tell(face, _edit(face, alter), "it is noted")


def _check(rule: Mapping[str, Any], timezone: str | None) -> None:
    """Raises UsageError for what would only be found wrong when a notice is sent."""
    from fedtasks.domain.times import seconds_of

    if rule.get("throttle"):
        try:
            seconds_of(rule["throttle"])
        except ValueError as found:
            raise click.UsageError(str(found)) from None
    if timezone:
        from zoneinfo import ZoneInfo

        try:
            ZoneInfo(timezone)
        except (OSError, ValueError, KeyError):
            raise click.UsageError(f"There is no time zone '{timezone}'; write it like Europe/Berlin.") from None


def _edit(face: Face, alter: Callable[[Profile], Profile]) -> Member:
    from fedtasks.app.people.membership import edit_member

    def altered(member: Member) -> Member:
        changed = alter(member.notify)
        return replace(member, notify={name: value for name, value in changed.items() if value})

    return edit_member(face.session, face.session.actor.name, altered)


def _tell(face: Face, member: Member, words: str) -> None:
    rules = [f"rule {number}: {_rule(rule)}" for number, rule in enumerate(member.notify.get("rules", ()), 1)]
    face.tell({"notify": dict(member.notify)}, [words, *rules])
