"""Keys: the anchors of items inside their plan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fedtasks.plan.model import Diagnostic

SLUG = re.compile(r"[^\w]+")
LONGEST = 80


def slug(text: str) -> str:
    """Words joined by `-`, in lower case, at most 80 characters."""
    return SLUG.sub("-", text.casefold().replace("_", "-")).strip("-")[:LONGEST].strip("-") or "item"


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a key is made of; `parent` is the index of the parent's anchor."""

    line: int
    title: str
    external_id: str | None
    group: str | None
    parent: int | None


def keys_of(anchors: Sequence[Anchor]) -> tuple[list[str], list[Diagnostic]]:
    """One key an anchor, in order, unique: the explicit id, else the slugs of group, parent and title; and remarks."""
    keys: list[str] = []
    used: dict[str, int] = {}
    remarks: list[Diagnostic] = []
    for anchor in anchors:
        above = [keys[anchor.parent]] if anchor.parent is not None else [slug(anchor.group)] if anchor.group else []
        key = wanted = anchor.external_id or "/".join([*above, slug(anchor.title)])[-240:]
        while key in used:
            used[wanted] += 1
            key = f"{wanted}~{used[wanted]}"
        used[key] = 1
        if key != wanted and anchor.external_id:
            said = f"the id {wanted} stands here once more; the items are told apart as {wanted} and {key}"
            remarks.append(Diagnostic(anchor.line, said, rule="duplicate-id"))
        keys.append(key)
    return keys, remarks
