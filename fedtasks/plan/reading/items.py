"""From decided places to items: parents, groups, fields, keys, descriptions and dependencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fedtasks.plan.model import Diagnostic, Item
from fedtasks.plan.reading.document import Document
from fedtasks.plan.reading.fields import Draft, read_fields
from fedtasks.plan.reading.keys import Anchor, keys_of
from fedtasks.plan.reading.linking import link, sequence
from fedtasks.plan.reading.matter import FrontMatter
from fedtasks.plan.reading.outline import Form
from fedtasks.plan.reading.places import HEADINGS, Place
from fedtasks.plan.reading.saying import says
from fedtasks.plan.reading.survey import Survey


def build(survey: Survey, document: Document, matter: FrontMatter) -> tuple[tuple[Item, ...], list[Diagnostic]]:
    """The items in document order, and what was odd."""
    places = [place for place in survey.places if survey.verdicts[place.node.index]]
    at = {place.node.index: number for number, place in enumerate(places)}
    parents = [_parent(survey, place, at) for place in places]
    groups = [_group(survey, place) for place in places]
    below = _children(places, parents)
    drafts = []
    for number, place in enumerate(places):
        lines = _own_lines(survey, place, document.lines, below.get(number, ()))
        drafts.append(read_fields(survey, place, groups[number], lines, matter))
    _finish_parents(drafts, parents)
    keys, remarks = keys_of(_anchors(drafts, parents))
    before = sequence([_phase(survey, place) for place in places], parents) if matter.sequential else {}
    linked, unknown = link(drafts, keys, document, _free_lines(places, document))
    items = tuple(
        replace(
            draft.item,
            key=keys[number],
            parent=keys[parent] if (parent := parents[number]) is not None else None,
            depends_on=tuple(dict.fromkeys((*linked[number], *(keys[other] for other in before.get(number, ()))))),
        )
        for number, draft in enumerate(drafts)
    )
    return items, [*remarks, *unknown]


def _phase(survey: Survey, place: Place) -> int:
    phase = survey.phase(place)
    return phase.node.line if phase is not None else 0


def _anchors(drafts: Sequence[Draft], parents: Sequence[int | None]) -> list[Anchor]:
    return [
        Anchor(draft.item.line, draft.item.title, draft.item.external_id, draft.item.group, parent)
        for draft, parent in zip(drafts, parents, strict=True)
    ]


def _parent(survey: Survey, place: Place, at: Mapping[int, int]) -> int | None:
    above = survey.above(place)
    while above is not None:
        if above.node.index in at:
            return at[above.node.index]
        above = survey.above(above)
    return None


def _group(survey: Survey, place: Place) -> Place | None:
    """The nearest heading or lead line above that is no task; the document's title is none."""
    above = survey.above(place)
    while above is not None:
        if above.node.form in HEADINGS and not survey.verdicts[above.node.index] and not _is_field(above):
            return None if above is survey.title else above
        above = survey.above(above)
    return None


def _is_field(place: Place) -> bool:
    """Whether a lead line only names a field of the task that it stands in, such as **Files:**."""
    if place.node.form is not Form.LEAD:
        return False
    return any(says(f"fields.{name}", place.head.rest) for name in ("files", "new", "modify", "delete", "test"))


def _children(places: Sequence[Place], parents: Sequence[int | None]) -> dict[int, list[Place]]:
    """The places right below each task that has some."""
    found: dict[int, list[Place]] = {}
    for place, parent in zip(places, parents, strict=True):
        if parent is not None:
            found.setdefault(parent, []).append(place)
    return found


def _own_lines(survey: Survey, place: Place, lines: Sequence[str], children: Sequence[Place]) -> Sequence[str]:
    """The lines below the anchor that are about this task alone: before, between and behind its subtasks."""
    end = place.node.end
    if place.node.form is Form.LEAD:
        end = min(end, _next_heading(survey, place) - 1)
    own: list[str] = []
    at = place.node.line
    for child in children:
        own += lines[at : min(child.node.line - 1, end)]
        at = max(at, child.node.end)
    return [*own, *lines[at:end]]


def _next_heading(survey: Survey, place: Place) -> int:
    following = survey.places[place.node.last + 1 :]
    return following[0].node.line if following and following[0].node.form in HEADINGS else place.node.end + 1


def _finish_parents(drafts: list[Draft], parents: Sequence[int | None]) -> None:
    """A task whose subtasks are all done is done."""
    children: dict[int, list[Draft]] = {}
    for number in range(len(drafts) - 1, -1, -1):
        below = children.get(number)
        if below and all(child.item.status == "done" for child in below):
            drafts[number] = replace(drafts[number], item=replace(drafts[number].item, status="done"))
        parent = parents[number]
        if parent is not None:
            children.setdefault(parent, []).append(drafts[number])


def _free_lines(places: Sequence[Place], document: Document) -> list[int]:
    """Indices of lines that are no anchor and no code: where lists of dependencies stand."""
    anchors = {place.node.line for place in places}
    fenced = document.fenced
    return [at for at in range(len(document.lines)) if at + 1 not in anchors and at + 1 not in fenced]
