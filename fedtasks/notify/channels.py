"""The types of channels: one table; each carries a message or says why it could not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fedtasks.notify.delivery import Tools, Undelivered
from fedtasks.notify.message import Message
from fedtasks.notify.routing import Channel

Send = Callable[[Message, Channel, Tools], None]


def _terminal(message: Message, channel: Channel, tools: Tools) -> None:
    tools.say(f"{message.title}\n{message.body}\n")


def _desktop(message: Message, channel: Channel, tools: Tools) -> None:
    from fedtasks.notify.programs import desktop

    desktop(message, tools)


def _command(message: Message, channel: Channel, tools: Tools) -> None:
    from fedtasks.notify.programs import command

    command(message, channel, tools)


def _webhook(message: Message, channel: Channel, tools: Tools) -> None:
    from fedtasks.notify.web import webhook

    webhook(message, channel, tools)


def _email(message: Message, channel: Channel, tools: Tools) -> None:
    from fedtasks.notify.mail import email

    email(message, channel, tools)


def _apprise(message: Message, channel: Channel, tools: Tools) -> None:
    from fedtasks.notify.web import by_apprise

    by_apprise(message, channel, tools)


TYPES: Mapping[str, Send] = {
    "terminal": _terminal,
    "desktop": _desktop,
    "command": _command,
    "webhook": _webhook,
    "email": _email,
    "apprise": _apprise,
}
"""By type, what sends; each raises Undelivered.

| type       | settings in the member's file      | what this machine must know (see secrets)                     |
|------------|------------------------------------|---------------------------------------------------------------|
| `terminal` |                                    | nothing: the terminal of `notify send`                        |
| `desktop`  |                                    | nothing: `notify-send`, or `osascript` on a Mac               |
| `command`  | `run`: a name                      | the command of that name; it gets the message as JSON on      |
|            |                                    | standard input                                                |
| `webhook`  | `url` (https), or `secret`: a name | the address of that name; `sign` names a key for an HMAC      |
| `email`    | `to`, else the member's address    | `SMTP`, or what `secret` names: `smtp://user:pass@host:587`   |
| `apprise`  | `secret`: a name                   | an address as apprise has them (Slack, Telegram, ntfy, ...)   |
"""

OUTWARD = frozenset({"webhook", "email", "apprise"})
"""Types that leave the machine: what they carried stands in the notice, so that no other machine sends it again."""


def send(message: Message, channel: Channel, tools: Tools) -> None:
    """Carries a message; raises Undelivered."""
    found = TYPES.get(channel.type)
    if found is None:
        raise Undelivered(f"this version knows no channel of the type '{channel.type}'")
    found(message, channel, tools)
