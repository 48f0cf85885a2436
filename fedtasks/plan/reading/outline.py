"""The document as one flat list of places where a task or a group could be, each knowing what it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from fedtasks.plan.reading.document import (
    Block,
    Break,
    Document,
    Html,
    ListBlock,
    ListItem,
    Paragraph,
    Quote,
    Row,
    Section,
    Table,
)
from fedtasks.plan.reading.heads import read_head
from fedtasks.plan.reading.kinds import names_list, names_plan
from fedtasks.plan.reading.leads import Lead, apart, paragraph_rows, read_lead

TASK = re.compile(r"<task\b[^<>]*>|<name>\s*(?P<name>[^<>]+?)\s*</name>", re.IGNORECASE)
WORDS_OF_SECTION = 3
CELLS = re.compile(r"(?<!\\)\|")


class Form(StrEnum):
    """What a place is in Markdown. A lead is a bold or bracketed line, a label a plain one that ends in a colon."""

    HEADING = "heading"
    LEAD = "lead"
    LABEL = "label"
    ITEM = "item"
    ROW = "row"
    ELEMENT = "element"


@dataclass(frozen=True, slots=True)
class Node:
    """One place; `parent` is the index of the place that it stands in (-1: the document), `last` that of its last one.

    `notes` are the paragraphs that belong to it alone, `prose` says that it holds other text (code, tables, quotes).
    """

    index: int
    form: Form
    line: int
    end: int
    text: str
    parent: int
    last: int
    level: int = 0
    number: int | None = None
    quoted: bool = False
    table: int = 0
    header: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    notes: tuple[Paragraph, ...] = ()
    prose: bool = False


@dataclass(slots=True)
class _Draft:
    form: Form
    line: int
    end: int
    text: str
    parent: int
    level: int = 0
    number: int | None = None
    quoted: bool = False
    table: int = 0
    header: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    notes: list[Paragraph] = field(default_factory=list)
    prose: bool = False


def read_outline(document: Document) -> tuple[Node, ...]:
    """All places in document order; what a place holds follows it directly, up to `last`."""
    builder = _Builder(_raised(document.root))
    builder.section(document.root, -1)
    return builder.finish()


def _raised(root: Section) -> int:
    """How many levels too low the headings of a document start whose title is a heading of the second level or below:
    it says in some words that it is a plan, and all others are below it."""
    first = root.sections[0] if len(root.sections) == 1 else None
    if first is None or len(first.sections) < 2 or read_head(first.text, heading=True).label is not None:
        return 0
    told = len(first.text.split()) > WORDS_OF_SECTION and names_plan(first.text) and not names_list(first.text)
    return first.level - 1 if told else 0


class _Builder:
    """Walks sections and lists; their depth is bounded by Markdown's six headings and the parser's nesting limit."""

    def __init__(self, raised: int) -> None:
        self.drafts: list[_Draft] = []
        self.raised = raised

    def section(self, section: Section, parent: int) -> None:
        here = parent
        if section.level:
            here = self._add(
                _Draft(Form.HEADING, section.line, section.end, section.text, parent, section.level - self.raised)
            )
        self._blocks(section.blocks, here, _end_of_blocks(section), leads=True)
        for below in section.sections:
            self.section(below, here)

    def finish(self) -> tuple[Node, ...]:
        last = list(range(len(self.drafts)))
        for index in range(len(self.drafts) - 1, -1, -1):
            parent = self.drafts[index].parent
            if parent >= 0:
                last[parent] = max(last[parent], last[index])
        return tuple(_node(index, draft, last[index]) for index, draft in enumerate(self.drafts))

    def _add(self, draft: _Draft) -> int:
        self.drafts.append(draft)
        return len(self.drafts) - 1

    def _note(self, owner: int, paragraph: Paragraph) -> None:
        if owner >= 0:
            self.drafts[owner].notes.append(paragraph)

    def _blocks(self, blocks: Sequence[Block], owner: int, end: int, *, leads: bool, quoted: bool = False) -> None:
        open_leads: list[int] = []
        for place, block in enumerate(blocks):
            follower = blocks[place + 1] if place + 1 < len(blocks) else None
            here = open_leads[-1] if open_leads else owner
            before = blocks[place - 1] if place else None
            if isinstance(block, Paragraph) and (rows := self._continued(block, before)):
                self._rows(rows, here, quoted)
            elif isinstance(block, Paragraph) and leads:
                followed = isinstance(follower, ListBlock | Table)
                *pieces, last = apart(block)
                for piece in pieces:
                    self._paragraph(piece, owner, open_leads, end, followed=False)
                self._paragraph(last, owner, open_leads, end, followed)
            elif isinstance(block, Break):
                self._close_leads(open_leads, 0, block.line)
            else:
                self._block(block, here, quoted)
        self._close_leads(open_leads, 0, end + 1)

    def _block(self, block: Block, owner: int, quoted: bool) -> None:
        if isinstance(block, ListBlock):
            for item in block.items:
                self._item(item, owner, quoted)
        elif isinstance(block, Table):
            self._rows(block, owner, quoted)
        elif isinstance(block, Quote):
            self._blocks(block.blocks, owner, block.end, leads=False, quoted=True)
            self._prose(owner)
        elif isinstance(block, Paragraph):
            self._note(owner, block)
        elif isinstance(block, Html) and (elements := _elements(block)):
            self.drafts.extend(_Draft(Form.ELEMENT, line, end, text, owner) for line, end, text in elements)
        else:
            self._prose(owner)

    def _prose(self, owner: int) -> None:
        if owner >= 0:
            self.drafts[owner].prose = True

    def _item(self, item: ListItem, owner: int, quoted: bool) -> None:
        draft = _Draft(Form.ITEM, item.line, item.end, item.text, owner, number=item.number, quoted=quoted)
        here = self._add(draft)
        self._blocks(item.blocks, here, item.end, leads=False, quoted=quoted)

    def _continued(self, block: Paragraph, before: Block | None) -> Table | None:
        """Rows that a blank line has cut off from their table."""
        lines = [line.strip() for line in block.text.split("\n")]
        if not isinstance(before, Table) or not all(line[:1] == "|" and line[-1:] == "|" for line in lines):
            return None
        rows = (Row(block.line + at, split_row(line)) for at, line in enumerate(lines))
        return Table(before.line, block.end, before.header, tuple(rows))

    def _rows(self, table: Table, owner: int, quoted: bool) -> None:
        self._prose(owner)
        for row in table.rows:
            draft = _Draft(Form.ROW, row.line, row.line, "", owner, quoted=quoted)
            draft.table, draft.header, draft.cells = table.line, table.header, row.cells
            self._add(draft)

    def _paragraph(self, block: Paragraph, owner: int, open_leads: list[int], end: int, followed: bool) -> None:
        rows = paragraph_rows(block)
        lead = None if rows else read_lead(block, followed=followed)
        if lead is None:
            self._close_labels(open_leads, block.line)
            here = open_leads[-1] if open_leads else owner
            self._add_rows(rows, here) if rows else self._note(here, block)
            return
        self._close_leads(open_leads, lead.level, lead.line)
        here = open_leads[-1] if open_leads else owner
        for note in lead.before:
            self._note(here, note)
        form = Form.LABEL if lead.plain else Form.LEAD
        opened = self._add(_Draft(form, lead.line, end, lead.text, here, lead.level))
        self.drafts[opened].notes.extend(lead.after)
        open_leads.append(opened)

    def _add_rows(self, rows: Iterable[Lead], owner: int) -> None:
        for row in rows:
            self._add(_Draft(Form.ITEM, row.line, row.line, row.text, owner))

    def _close_labels(self, open_leads: list[int], line: int) -> None:
        while open_leads and self.drafts[open_leads[-1]].form is Form.LABEL:
            self.drafts[open_leads.pop()].end = line - 1

    def _close_leads(self, open_leads: list[int], level: int, line: int) -> None:
        while open_leads and self.drafts[open_leads[-1]].level >= level:
            self.drafts[open_leads.pop()].end = line - 1


def _elements(block: Html) -> list[tuple[int, int, str]]:
    """(line, last line, name) of each `<task>` element that has a `<name>`."""
    found: list[tuple[int, int, str]] = []
    within = False
    for tag in TASK.finditer(block.text):
        if tag["name"] and within:
            found.append((block.line + block.text.count("\n", 0, tag.start()), block.end, tag["name"]))
        within = not tag["name"]
    ends = [line - 1 for line, _, _ in found[1:]]
    return [(line, end, name) for (line, _, name), end in zip(found, [*ends, block.end], strict=bool(found))]


def split_row(line: str) -> tuple[str, ...]:
    """The cells of a table's row; `\\|` is no separator."""
    return tuple(cell.strip().replace("\\|", "|") for cell in CELLS.split(line.strip()[1:-1]))


def _end_of_blocks(section: Section) -> int:
    return section.sections[0].line - 1 if section.sections else section.end


def _node(index: int, draft: _Draft, last: int) -> Node:
    return Node(
        index, draft.form, draft.line, draft.end, draft.text, draft.parent, last, draft.level, draft.number,
        draft.quoted, draft.table, draft.header, draft.cells, tuple(draft.notes), draft.prose,
    )  # fmt: skip
