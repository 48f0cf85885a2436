"""Paragraphs that do the work of headings or items: bold lines, `[Section]` lines, `Label:` lines, unmarked lists."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fedtasks.plan.reading.document import Paragraph
from fedtasks.plan.reading.heads import Head, read_head
from fedtasks.plan.reading.inline import BOLD, LONGEST, plain
from fedtasks.plan.reading.labels import LabelKind

BOLD_LINE = re.compile(r"(?P<mark>\*\*|__)(?=\S)(?P<text>(?:(?!(?P=mark)).)+)(?P=mark)\s*(?P<tail>[^\w\s]{0,6})\s*")
BRACKET_LINE = re.compile(r"\[(?P<text>[^\W\d][^\[\]]{1,60})\]\s*")
LABEL_LINE = re.compile(r"(?P<text>[^\s|].{0,80}?)\s*[:：]\**\s*")
SHOUT_LINE = re.compile(r"(?P<text>[^\W\d_a-z](?:[^a-z\n.!?。！？]{2,60}))")
FIELD_COLON = re.compile(r"[:：]\**\s")
WORDS_IN_LABEL = 8
LEVELS = {LabelKind.PHASE: 7, LabelKind.TASK: 8, LabelKind.ID: 8, LabelKind.NUMBER: 8}
BRACKET_LEVEL, MARKED_LEVEL, BOLD_LEVEL, LABEL_LEVEL = 7, 8, 9, 10


@dataclass(frozen=True, slots=True)
class Lead:
    """One line that leads what follows; `before` and `after` are the rest of its paragraph."""

    line: int
    text: str
    level: int
    plain: bool = False
    before: tuple[Paragraph, ...] = ()
    after: tuple[Paragraph, ...] = ()


def apart(paragraph: Paragraph) -> list[Paragraph]:
    """The paragraph in pieces, one for each of its lines that bears a label as the first does: steps written one below
    the other without a blank line."""
    lines = paragraph.text.split("\n")
    first = _label_kind(lines[0]) if len(lines) > 1 else None
    starts = [at for at, line in enumerate(lines) if first is not None and _label_kind(line) is first]
    if len(starts) < 2:
        return [paragraph]
    stops = [*starts[1:], len(lines)]
    return [
        Paragraph(paragraph.line + at, paragraph.line + stop - 1, "\n".join(lines[at:stop]))
        for at, stop in zip(starts, stops, strict=True)
    ]


def _label_kind(line: str) -> LabelKind | None:
    """What label a line leads with that would make it a lead on its own."""
    if _numbered(Paragraph(0, 0, line), line.strip()[:LONGEST]) is None:
        return None
    label = read_head(line.strip()[:LONGEST], heading=True).label
    return label.kind if label is not None else None


def read_lead(paragraph: Paragraph, *, followed: bool) -> Lead | None:
    """The lead that a paragraph is or ends in; `followed` says that a list or table comes next."""
    lines = paragraph.text.split("\n")
    first, last = lines[0].strip()[:LONGEST], lines[-1].strip()[:LONGEST]
    found = _numbered(paragraph, first) or _bracketed(paragraph, first, len(lines), followed)
    if found:
        return found
    if len(lines) == 1 and _is_heading_like(first):
        head = read_head(first, heading=True)
        return Lead(paragraph.line, first, LEVELS[head.label.kind] if head.label else BOLD_LEVEL)
    if not followed:
        return None
    return _closing_label(paragraph, lines, last)


def _is_heading_like(line: str) -> bool:
    bold = BOLD_LINE.fullmatch(line)
    if bold is None or len(bold["text"]) > 160:
        return False
    return not (bold["text"].endswith((".", "!", "。")) and len(bold["text"].split()) > WORDS_IN_LABEL)


def _numbered(paragraph: Paragraph, first: str) -> Lead | None:
    """`**1. Name.** text`, `**Task 3: Name**`, `**[NEW]** path`, `Phase 2: Name` above its list."""
    head = read_head(first, heading=True)
    if head.action is not None and (head.rest.startswith(("`", "[", "*")) or first.startswith("**")):
        return Lead(paragraph.line, first, MARKED_LEVEL, after=_rest(paragraph, 1))
    if head.label is None or not head.rest.strip("* ") or (head.label.kind is LabelKind.ID and not head.label.sure):
        return None
    bold = BOLD.match(first)
    if bold and len(bold[2]) > len(head.label.number) + 2 and not _is_field(head, bold):
        return Lead(paragraph.line, first, LEVELS[head.label.kind], after=_rest(paragraph, 1))
    worded = head.label.kind in (LabelKind.PHASE, LabelKind.TASK) and first[-1] not in ".!?。"
    if "\n" not in paragraph.text and worded and len(first.split()) <= 14:
        return Lead(paragraph.line, first, LEVELS[head.label.kind])
    return None


def _is_field(head: Head, bold: re.Match[str]) -> bool:
    """`**Phase 1** (4 hours): text` only speaks of a phase."""
    return (
        head.label is not None and head.label.kind is LabelKind.PHASE and bold.end() < len(bold.string.rstrip(" :："))
    )


def _bracketed(paragraph: Paragraph, first: str, count: int, followed: bool) -> Lead | None:
    """`[Section name]` alone on the first line."""
    found = BRACKET_LINE.fullmatch(first)
    if found is None or (count == 1 and not followed):
        return None
    return Lead(paragraph.line, found["text"], BRACKET_LEVEL, after=_rest(paragraph, 1))


def _closing_label(paragraph: Paragraph, lines: list[str], last: str) -> Lead | None:
    """The last line of a paragraph above a list: bold, or ending in a colon, or in capitals."""
    line = paragraph.line + len(lines) - 1
    before = (Paragraph(paragraph.line, line - 1, "\n".join(lines[:-1])),) if len(lines) > 1 else ()
    if _is_heading_like(last):
        return Lead(line, last, BOLD_LEVEL, before=before)
    label = LABEL_LINE.fullmatch(last)
    if label and len(plain(last).split()) <= WORDS_IN_LABEL and not FIELD_COLON.search(label["text"]):
        return Lead(line, last, LABEL_LEVEL, plain=True, before=before)
    if len(lines) == 1 and SHOUT_LINE.fullmatch(last):
        return Lead(line, last, BOLD_LEVEL)
    return None


def _rest(paragraph: Paragraph, skipped: int) -> tuple[Paragraph, ...]:
    lines = paragraph.text.split("\n")[skipped:]
    return (Paragraph(paragraph.line + skipped, paragraph.end, "\n".join(lines)),) if lines else ()


def paragraph_rows(paragraph: Paragraph) -> list[Lead]:
    """The lines of a paragraph that are each an item without a bullet: a box, `[NEW] path`, or an id such as T004."""
    lines = paragraph.text.split("\n")
    if not all(_is_row(line.strip()) for line in lines):
        return []
    return [Lead(paragraph.line + at, line.strip(), 0) for at, line in enumerate(lines)]


def _is_row(line: str) -> bool:
    if line[:1] not in ("[", "\u2610", "\u2611", "\u2612", "\u2b1c") and not line[:1].isupper():
        return False
    head = read_head(line, heading=False)
    if not head.rest:
        return False
    named = head.label is not None and head.label.kind is LabelKind.ID and head.label.sure
    return head.box is not None or (head.action is not None and line.startswith("[")) or (named and line[:1] == "T")
