"""Telling of claims that did not stand a merge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from fedtasks.app.session import Session
from fedtasks.app.writing import writing
from fedtasks.notify.notice import Notice, make_notice


def tell_withdrawn(session: Session, claims: Iterable[Mapping[str, Any]]) -> None:
    """Tells those whose claims a merge found void (see news.withdrawn)."""
    with writing(session) as change:
        now, told = session.context.now(), [_withdrawn(entry) for entry in claims]
        delivered = [change.deliver(replace(notice, at=now)) for notice in told]
        if any(delivered):
            change.title(f"tell {len(told)} of a claim that is withdrawn")


def _withdrawn(entry: Mapping[str, Any]) -> Notice:
    since = f" since {entry['since']}" if entry["since"] else ""
    holder = f"{entry['holder']} has it{since}" if entry["holder"] else entry["reason"]
    return make_notice(
        entry["by"],
        "withdrawn",
        (entry["claim"],),
        at="",
        by=entry["holder"] or entry["by"],
        text=f"your claim is withdrawn: {holder}",
        task=entry["task"],
        title=entry["title"],
        urgent=True,
        needs_ack=True,
        next=(f"fedtasks show {entry['task']}", "fedtasks ready"),
        data={"event": entry["claim"]},
    )
