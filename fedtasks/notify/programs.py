"""Channels that are programs of this machine: a desktop's notifications, and commands."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from html import escape

from fedtasks.notify.delivery import TIMEOUT, Tools, Undelivered
from fedtasks.notify.message import Message
from fedtasks.notify.routing import Channel

APPLESCRIPT = "on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run"


def desktop(message: Message, tools: Tools) -> None:
    """Shows a notification, by whichever program this desktop has."""
    from shutil import which

    path = tools.environ.get("PATH")
    if program := which("notify-send", path=path):
        urgency = "critical" if message.urgent else "normal"
        words = [program, "--app-name=fedtasks", f"--urgency={urgency}", "--", message.title, escape(message.body)]
    elif program := which("osascript", path=path):
        words = [program, "-e", APPLESCRIPT, message.title, message.body]
    else:
        raise Undelivered("this desktop has neither notify-send nor osascript")
    _run(words, b"", tools)


def command(message: Message, channel: Channel, tools: Tools) -> None:
    """Runs a command of this machine, the message as JSON on its standard input."""
    name = str(channel.settings.get("run") or channel.name)
    _run(tools.command(name), json.dumps(message.to_json(), ensure_ascii=False).encode(), tools)


def _run(words: Sequence[str], data: bytes, tools: Tools) -> None:
    try:
        done = subprocess.run(
            words, input=data, env=dict(tools.environ), capture_output=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        raise Undelivered(f"{words[0]} took longer than {TIMEOUT:.0f} s") from None
    except (OSError, ValueError) as found:
        raise Undelivered(f"{words[0]} cannot be run: {found}") from found
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise Undelivered(": ".join([f"{words[0]} ended with {done.returncode}", *said])[:300])
