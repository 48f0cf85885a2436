"""What the last parse of a plan saw: the base of the three-way comparison, and the file `plans/<plan-id>.json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from hashlib import sha256
from typing import Any

from fedtasks.domain.canonical import compact
from fedtasks.plan.model import Item, PlanFile

SCHEMA = 1

Json = Any


@dataclass(frozen=True, slots=True)
class SeenItem:
    """One item as the task has taken it over; `at` is the parse that first saw it so.

    `depends_on` and `parent` are task ids. A field that the plan no longer states keeps what it said last, one that
    conflicts keeps what both sides started from. A `removed` item is a tombstone, which a merge must not lose.
    """

    task: str
    at: str
    line: int | None = None
    removed: bool = False
    title: str = ""
    status: str = ""
    priority: str | None = None
    assignee: str | None = None
    lead: str | None = None
    due: str | None = None
    estimate: str | None = None
    tags: tuple[str, ...] = ()
    files: tuple[PlanFile, ...] = ()
    depends_on: tuple[str, ...] = ()
    parent: str | None = None
    group: str | None = None
    description_sha256: str | None = None
    external_id: str | None = None
    extra: Mapping[str, Json] = field(default_factory=dict)

    def to_json(self) -> dict[str, Json]:
        """The item in canonical key order, without empty fields."""
        values = {name: getattr(self, name) for name in ITEM_FIELDS}
        values["files"] = [file_to_json(file) for file in self.files]
        for name in ("tags", "depends_on"):
            values[name] = list(values[name])
        return {name: value for name, value in values.items() if value} | _sorted(self.extra)


ITEM_FIELDS = tuple(field.name for field in fields(SeenItem) if field.name != "extra")


@dataclass(frozen=True, slots=True)
class Seen:
    """One plan as it was last parsed; `at` and `by` are of the parse that last saw something new.

    `digest` is of the items as the plan words them, lines aside: a plan that reads the same needs no matching.
    `repository` is the first commit of the plan's repository, in a store that repositories share.
    """

    id: str
    title: str | None
    path: str
    at: str
    by: str
    items: Mapping[str, SeenItem]
    digest: str | None = None
    repository: str | None = None
    extra: Mapping[str, Json] = field(default_factory=dict)

    def to_json(self) -> dict[str, Json]:
        """The plan file as a JSON object in canonical key order, items sorted by key."""
        head = {"schema": SCHEMA} | {name: getattr(self, name) for name in HEAD}
        known = {name: value for name, value in head.items() if value not in (None, "")}
        return known | {"items": {key: self.items[key].to_json() for key in sorted(self.items)}} | _sorted(self.extra)


def seen_from_json(raw: Mapping[str, Json]) -> Seen:
    """The parse of an object that the schema has accepted."""
    extra = {name: value for name, value in raw.items() if name not in PLAN_FIELDS}
    items = {key: _item(value) for key, value in raw["items"].items()}
    by, digest = raw.get("by", ""), raw.get("digest")
    return Seen(raw["id"], raw.get("title"), raw["path"], raw["at"], by, items, digest, raw.get("repository"), extra)


HEAD = ("id", "title", "path", "at", "by", "digest", "repository")
PLAN_FIELDS = ("schema", *HEAD, "items")


def _item(raw: Mapping[str, Json]) -> SeenItem:
    known = {name: raw[name] for name in ITEM_FIELDS if raw.get(name) is not None}
    for name in ("tags", "depends_on"):
        known[name] = tuple(known.get(name, ()))
    known["files"] = tuple(PlanFile(file["path"], file.get("action")) for file in known.get("files", ()))
    return SeenItem(**known, extra={name: value for name, value in raw.items() if name not in ITEM_FIELDS})


def text_hash(text: str) -> str:
    """The first 16 hex digits of the text's SHA-256."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def items_digest(items: Iterable[Item]) -> str:
    """What a plan says, in one word: its items in order, without their lines."""
    return text_hash(
        compact(
            [[[getattr(item, name) for name in WORDED], [file_to_json(file) for file in item.files]] for item in items]
        )
    )


def file_to_json(file: PlanFile) -> dict[str, str]:
    """The file as it stands in plans and tasks; no action where none is said."""
    return {"path": file.path} | ({"action": file.action} if file.action else {})


WORDED = (
    "key", "title", "status", "description", "external_id", "group", "parent", "priority", "assignee", "lead", "due",
    "estimate", "tags", "depends_on",
)  # fmt: skip


def stamped(now: SeenItem, before: SeenItem | None, at: str) -> SeenItem:
    """`now` with the time of `before` where nothing else differs, else with `at`."""
    if before is not None and replace(now, at=before.at) == before:
        return before
    return replace(now, at=at)


def _sorted(values: Mapping[str, Json]) -> dict[str, Json]:
    return {name: values[name] for name in sorted(values)}
