"""What the few words of a label say: a state, a field, a list of tasks."""

from __future__ import annotations

import re

from fedtasks.plan.reading.inline import plain
from fedtasks.plan.reading.words import UNSPACED, any_in, fold, phrases, tokens, unspaced, words

FIELD = re.compile(
    r"(?:(?:\*\*|__)(?P<bold>[^*_:：]{1,40})(?:[:：](?:\*\*|__)|(?:\*\*|__)\s*[:：])|(?P<plain>[^\W\d][^*_:：`]{0,30}):\s)"
)
EXPLAINED = re.compile(r"[^:：.]{2,40}[:：]\s|(?:\*\*|__)[^*_]{2,60}(?:\*\*|__)\s*[-–—(]")
LETTER = re.compile(r"[^\W\d_]")
PLANNED = tuple(f"fields.{name}" for name in ("files", "status", "owner", "depends", "priority", "estimate"))
FIELDS = ("small.field_like", *PLANNED)


def says(name: str, text: str) -> bool:
    """Whether the words of a text, markup aside, are one of a list."""
    return any_in(name, [fold(plain(text)).strip(" .:!*()[]")])


def names_tasks(text: str) -> bool:
    """Whether a lead or item says that the tasks follow (`Tasks:`, `Steps`), not only in which state they are."""
    if any(says(f"status.{status}", text) for status in ("pending", "in_progress", "blocked", "done")):
        return False
    return says("sections.list", text) or says("sections.work", text)


def names_field(text: str, fields: tuple[str, ...] = FIELDS) -> bool:
    """Whether an item states a field of what it stands in (`- **Goal**: ...`, `- Effort: 3 days`) and is no work."""
    found = FIELD.match(text)
    if found is None:
        return False
    label = fold(plain(found["bold"] or found["plain"])).strip(" .:*")
    return any(label in words().lists[name] for name in fields)


def names_files(text: str) -> bool:
    """Whether a heading ends in words for files: `Files to modify`, `Test files to create`."""
    found = tokens(fold(plain(text)))
    return any(found[at:] in phrases("fields.files") for at in range(len(found)))


def label_of(text: str) -> str:
    """The label in front of an item's text (`**Goal**: ...`), folded; empty where there is none in words."""
    found = FIELD.match(text)
    label = fold(plain(found["bold"] or found["plain"])).strip(" .:*") if found else ""
    return label if LETTER.search(label) else ""


def explains(text: str) -> bool:
    """Whether an item is a name with what it means: `Cache: entries live an hour`."""
    return EXPLAINED.match(text) is not None


def is_question(text: str) -> bool:
    """Whether a heading asks something: `Why a well`, `Open points?`."""
    folded = fold(plain(text)).strip(" *")
    found = tokens(folded)
    if folded.endswith(("?", "？")) or any_in("small.questions", (*found[:1], " ".join(found[:2]))):
        return True
    return UNSPACED.search(folded) is not None and folded.startswith(unspaced("small.questions"))
