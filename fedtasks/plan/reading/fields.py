"""The fields of one task: from its anchor, from the lines below it, from its group."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fedtasks.plan.model import Item, PlanFile
from fedtasks.plan.reading.depending import column_references, id_references, references
from fedtasks.plan.reading.filing import ACTIONS, BULLET, FIELD_PLAIN, anchor_files, body_files, label_action
from fedtasks.plan.reading.heads import Head, read_head
from fedtasks.plan.reading.inline import CODE, first_line, plain
from fedtasks.plan.reading.labels import Label, LabelKind
from fedtasks.plan.reading.matter import FrontMatter, actor_of, tags_of
from fedtasks.plan.reading.outline import Form
from fedtasks.plan.reading.places import Place, is_top, unadorned
from fedtasks.plan.reading.statuses import (
    ASIDE,
    box_status,
    sign_status,
    stated_priority,
    stated_status,
    word_priority,
    word_status,
)
from fedtasks.plan.reading.survey import Survey
from fedtasks.plan.reading.tables import cell_of
from fedtasks.plan.reading.titles import title_of
from fedtasks.plan.reading.words import fold, words

OWNER = re.compile(r"(?<![\w.`/@])@([A-Za-z][\w-]*(?:\.[\w-]+)*)(?![\w/-])")
COMMENT_ID = re.compile(r"<!--\s*id:\s*([\w.-]+)\s*-->")
DUE = re.compile(r"\b\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b")
DUE_MARK = re.compile(r"(?:📅|🗓\ufe0f?|⏰|\b(?:due|by|until|deadline)\b:?)\s*(\d{4}-\d{2}-\d{2})\b", re.IGNORECASE)
DIGIT = re.compile(r"\d")
SINGLES = ("status", "owner", "lead", "priority", "due", "estimate", "depends", "tags", "action")
ESTIMATE = re.compile(
    r"[(\[]~?\s*(?:est(?:imate)?\.?:?\s*)?(\d+(?:\.\d+)?(?:\s*-\s*\d+)?\s*(?:h|hrs?|hours?|d|days?|w|weeks?|pts?|points?|min|minutes?))[)\]]",
    re.IGNORECASE,
)
LONGEST = 100
DESCRIPTION = 100_000


@dataclass(frozen=True, slots=True)
class Draft:
    """An item without key, parent and links; `references` are the ids and numbers that it depends on."""

    item: Item
    label: Label | None
    references: tuple[str, ...]


def read_fields(survey: Survey, place: Place, group: Place | None, lines: Sequence[str], matter: FrontMatter) -> Draft:
    """The item that a decided place is."""
    row = place.node.form is Form.ROW
    head = read_head(cell_of(place.node, "title"), heading=False) if row else place.head
    anchor = first_line(cell_of(place.node, "title") if row else place.node.text)
    stated = _cells(place) if row else _stated_fields(lines)
    if place.node.form is Form.ITEM:
        stated |= _stated_fields([part for aside in ASIDE.findall(anchor) for part in re.split(r"[,;]", aside)])
    priority = word_priority(stated.get("priority", "")) or _anchor_priority(head, anchor, place)
    item = Item(
        key="",
        line=place.node.line,
        title=title_of(head, place.node.form),
        status=_status(survey, place, head, anchor, stated, group),
        rule=survey.verdicts[place.node.index],
        description=_description(place, lines, row),
        external_id=_external_id(head, anchor, stated.get("id")),
        group=title_of_group(group) if group else None,
        group_line=group.node.line if group else None,
        priority=priority or (_group_priority(survey, place)) or matter.priority,
        assignee=_assignee(anchor, stated),
        lead=actor_of(stated.get("lead")) or matter.lead,
        due=_due(anchor, stated),
        estimate=_estimate(anchor, stated),
        tags=tuple(dict.fromkeys((*matter.tags, *tags_of(stated.get("tags"))))),
        files=_files(place, head, lines, stated.get("action")),
        checkbox=head.box is not None,
    )
    return Draft(item, head.label, _references(anchor, lines, stated, row))


def title_of_group(place: Place) -> str:
    """A group's heading as people read it."""
    return plain(place.node.text).rstrip(":： ").strip()[:1000] or place.node.text.strip()[:1000]


def _cells(place: Place) -> dict[str, str]:
    found = {name: cell_of(place.node, name) for name in ("id", *SINGLES)}
    return {name: text for name, text in found.items() if text}


def _stated_fields(lines: Sequence[str]) -> dict[str, str]:
    """`Owner: ann`, `- **Priority**: high`, `_Due: 2026-01-01_` below an anchor; the first of a name holds."""
    found: dict[str, str] = {}
    for line in lines[:60]:
        if ":" not in line and "：" not in line:
            continue
        bullet = BULLET.match(line)
        text = (bullet["rest"] if bullet else line).strip()
        for part in text.split(" | ") if "|" in text and not text.startswith("|") else (text,):
            field = FIELD_PLAIN.match(part)
            if field is None or len(field["label"].split()) > 3:
                continue
            label = fold(plain(field["label"])).strip(" *")
            name = next((name for name in SINGLES if label in words().lists[f"fields.{name}"]), None)
            if name and name not in found and field["value"].strip(" *_"):
                found[name] = field["value"].strip(" *_")
    return found


def _status(survey: Survey, place: Place, head: Head, anchor: str, stated: dict[str, str], group: Place | None) -> str:
    if place.node.form is Form.ROW:
        return _row_status(head, anchor, stated.get("status", "")) or _around(survey, place) or "pending"
    if head.box is not None and head.box != " ":
        return box_status(head.box)
    said = None
    if head.box is None:
        said = sign_status(survey.signs(head.emoji)) or stated_status(survey.signs(anchor)) or _tag_status(head)
    if said is None and head.box is None and "status" in stated:
        said = word_status(stated["status"]) or sign_status(stated["status"])
    if head.box is not None:
        return said or "pending"
    return said or _around(survey, place) or "pending"


def _tag_status(head: Head) -> str | None:
    return next((found for tag in head.tags if (found := word_status(tag))), None)


def _row_status(head: Head, anchor: str, cell: str) -> str | None:
    cell = cell.replace("\\", "")
    boxed = read_head(cell, heading=False).box if cell else None
    if boxed is not None or re.fullmatch(r"\s*\[[ xX/~-]?\]\s*", cell):
        return box_status(boxed if boxed is not None else cell.strip()[1:-1] or " ")
    said = (word_status(cell) or sign_status(cell)) if cell else None
    return said or (box_status(head.box) if head.box else None) or stated_status(anchor)


def _around(survey: Survey, place: Place) -> str | None:
    """What the headings and labels above state, or a status line right below such a heading."""
    above = survey.above(place)
    while above is not None:
        if above.node.form is Form.LABEL:
            said = word_status(above.head.rest)
        elif is_top(above) and (above.head.label is None or above.head.label.kind is not LabelKind.PHASE):
            return None
        else:
            said = stated_status(survey.signs(unadorned(above))) or word_status(above.head.rest, whole=True)
            said = said or _status_line(above)
        if said:
            return said
        above = survey.above(above)
    return None


def _status_line(place: Place) -> str | None:
    for note in place.node.notes[:2]:
        said = _stated_fields(note.text.split("\n")).get("status")
        if said:
            return sign_status(said) or word_status(said)
    return None


def _anchor_priority(head: Head, anchor: str, place: Place) -> str | None:
    tagged = next((found for tag in head.tags if (found := word_priority(tag))), None)
    return tagged or stated_priority(anchor)


def _group_priority(survey: Survey, place: Place) -> str | None:
    above = survey.above(place)
    while above is not None:
        if above.node.level != 1 or above.node.form is not Form.HEADING:
            lines = [line for note in above.node.notes[:2] for line in note.text.split("\n")]
            found = stated_priority(above.node.text) or word_priority(_stated_fields(lines).get("priority", ""))
            if found:
                return found
        above = survey.above(above)
    return None


def _description(place: Place, lines: Sequence[str], row: bool) -> str:
    if row:
        cells = zip(place.node.header, place.node.cells, strict=False)
        return "\n".join(f"{plain(head)}: {plain(cell)}" for head, cell in cells if cell.strip())
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:].rstrip() for line in lines).strip("\n")[:DESCRIPTION]


def _external_id(head: Head, anchor: str, cell: str | None) -> str | None:
    commented = COMMENT_ID.search(anchor)
    if commented:
        return commented[1]
    if cell and (words_of := plain(cell).split()) and len(words_of) == 1 and not words_of[0].isdigit():
        return words_of[0][:LONGEST]
    label = head.label
    return label.id if label is not None and label.kind in (LabelKind.ID, LabelKind.TASK) else None


def _assignee(anchor: str, stated: dict[str, str]) -> str | None:
    named = stated.get("owner")
    if named:
        return actor_of(re.split(r"[,;/&(]|\s(?:and|und|et)\s", plain(named))[0])
    found = OWNER.search(CODE.sub("", anchor))
    return actor_of(found[1]) if found else None


def _due(anchor: str, stated: dict[str, str]) -> str | None:
    found = DUE.search(stated.get("due", "")) or DUE_MARK.search(anchor)
    text = found[found.re.groups] if found else None
    return text if text and DUE.fullmatch(text) else None


def _estimate(anchor: str, stated: dict[str, str]) -> str | None:
    if "estimate" in stated:
        return plain(stated["estimate"])[:LONGEST] or None
    found = ESTIMATE.search(anchor)
    return found[1] if found else None


def _files(place: Place, head: Head, lines: Sequence[str], stated: str | None) -> tuple[PlanFile, ...]:
    if place.node.form is Form.ROW:
        found = [*anchor_files(cell_of(place.node, "title"), None), *anchor_files(cell_of(place.node, "files"), None)]
    else:
        found = anchor_files(head.rest, head.action)
        marked = head.action if all(file.path.endswith("/") for file in found) else None
        found = [*found, *body_files(lines, marked)]
    first: dict[str, PlanFile] = {}
    said = label_action(stated) if stated else None
    for file in found:
        first.setdefault(file.path, replace(file, action=file.action or said) if said in ACTIONS else file)
    return tuple(file for file in first.values() if not _is_short(file.path, first))


def _is_short(path: str, every: Iterable[str]) -> bool:
    """Whether a bare name is only short for a path that is named in full."""
    return "/" not in path and any(other.endswith(f"/{path}") for other in every)


def _references(anchor: str, lines: Sequence[str], stated: dict[str, str], row: bool) -> tuple[str, ...]:
    found: list[str] = []
    if "depends" in stated:
        found += column_references(plain(stated["depends"])) if row else id_references(plain(stated["depends"]))
    if not row:
        found += [name for line in lines[:200] if DIGIT.search(line) for name in references(plain(line))]
    return tuple(dict.fromkeys(found or references(plain(anchor))))
