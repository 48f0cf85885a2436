"""Markdown text to `Document`, by markdown-it's block tokens and their source lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from fedtasks.plan.reading.document import (
    Block,
    Break,
    Document,
    Fence,
    Html,
    ListBlock,
    ListItem,
    Paragraph,
    Quote,
    Row,
    Section,
    Table,
)

NESTING = 100
ALERT = re.compile(r"\[!(\w+)\]\s*(?:\n|$)")
FRONT = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
KEY = re.compile(r"^[\w-]+:(?:\s|$)", re.MULTILINE)
NUMBERED = re.compile(r"\s{0,3}(\d{1,3})[.)][ \t]+(?=\S)")
CLOSING = re.compile(r"[ >]*(`{3,}|~{3,})[ \t]*")


@cache
def _parser() -> MarkdownIt:
    """Blocks only; indented code stays off, since plans indent their lists as they like."""
    parser = MarkdownIt("commonmark", {"maxNesting": NESTING}).enable("table").disable("code")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def read_document(text: str) -> Document:
    """The tree of a text; line ends may be LF, CRLF or CR."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    front, body = _split_front_matter(text)
    lines = tuple(text.split("\n"))
    tokens = _parser().parse(body)
    builder = _Builder(lines)
    for token in tokens:
        builder.take(token)
    deepest = max((token.level for token in tokens), default=0)
    fenced = frozenset(line for first, last in builder.fences for line in range(first, last + 1))
    return Document(builder.sections.finish(len(lines)), lines, front, deepest, fenced)


def _split_front_matter(text: str) -> tuple[str | None, str]:
    """The YAML and the text with its lines blanked, so that line numbers stay."""
    found = FRONT.match(text)
    if found is None or not KEY.search(found[1]):
        return None, text
    return found[1], "\n" * found[0].count("\n") + text[found.end() :]


@dataclass(slots=True)
class _Open:
    """A container that is still being read."""

    kind: str
    line: int
    end: int
    number: int | None = None
    blocks: list[Block] = field(default_factory=list)
    items: list[ListItem] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _OpenSection:
    line: int
    level: int
    text: str
    blocks: list[Block] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)


class _Sections:
    """Headings nested by their level."""

    def __init__(self) -> None:
        self.stack = [_OpenSection(0, 0, "")]

    def open(self, line: int, level: int, text: str) -> None:
        self._close(level, line - 1)
        self.stack.append(_OpenSection(line, level, text))

    def add(self, block: Block) -> None:
        self.stack[-1].blocks.append(block)

    def _close(self, level: int, end: int) -> None:
        while len(self.stack) > 1 and self.stack[-1].level >= level:
            done = self.stack.pop()
            self.stack[-1].sections.append(_section(done, end))

    def finish(self, end: int) -> Section:
        self._close(1, end)
        return _section(self.stack[0], end)


def _section(done: _OpenSection, end: int) -> Section:
    return Section(done.line, end, done.level, done.text, tuple(done.blocks), tuple(done.sections))


CONTAINERS = ("bullet_list", "ordered_list", "list_item", "blockquote", "table", "tr")
CONTAINER_OF = {f"{kind}_{side}": kind for kind in CONTAINERS for side in ("open", "close")}


class _Builder:
    """Tokens, one after the other, to blocks on a stack; never recursive."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.sections = _Sections()
        self.stack: list[_Open] = []
        self.pending = Token("", "", 0)
        self.fences: list[tuple[int, int]] = []

    def take(self, token: Token) -> None:
        kind = CONTAINER_OF.get(token.type)
        if kind is not None:
            if token.nesting > 0:
                self.stack.append(self._opened(kind, token))
            else:
                self._close(self.stack.pop())
        elif token.nesting > 0:
            self.pending = token
        elif token.type == "inline":
            self._inline(token)
        else:
            self._leaf(token)

    def _opened(self, kind: str, token: Token) -> _Open:
        line, end = self._span(token)
        number = int(token.info) if kind == "list_item" and token.info.isdecimal() else None
        return _Open(kind, line, end, number)

    def _span(self, token: Token) -> tuple[int, int]:
        """1-based inclusive lines, without the blank lines at the end."""
        start, stop = token.map or [0, 1]
        stop = min(stop, len(self.lines))
        while stop > start + 1 and not self.lines[stop - 1].strip(" \t>"):
            stop -= 1
        return start + 1, stop

    def _inline(self, token: Token) -> None:
        line, end = self._span(self.pending if self.pending.map else token)
        if self.pending.type in ("th_open", "td_open"):
            self.stack[-1].cells.append(token.content)
        elif self.pending.type == "heading_open" and not self.stack and "\n" not in token.content:
            self.sections.open(line, int(self.pending.tag[1]), token.content)
        else:
            for block in _numbered_apart(Paragraph(line, end, token.content)):
                self._add(block)

    def _leaf(self, token: Token) -> None:
        if token.nesting < 0:
            return
        line, end = self._span(token)
        if token.type == "fence":
            self.fences.append((line, end))
            self._add(Fence(line, end, token.info.strip(), self._closed(line, end)))
        elif token.type == "html_block":
            self._add(Html(line, end, token.content))
        elif token.type == "hr":
            self._add(Break(line, end))

    def _closed(self, line: int, end: int) -> bool:
        return end > line and CLOSING.fullmatch(self.lines[end - 1].rstrip()) is not None

    def _add(self, block: Block) -> None:
        if self.stack:
            self.stack[-1].blocks.append(block)
        else:
            self.sections.add(block)

    def _close(self, done: _Open) -> None:
        if done.kind == "tr":
            self.stack[-1].rows.append(Row(done.line, tuple(done.cells)))
        elif done.kind == "list_item":
            self.stack[-1].items.append(_list_item(done))
        else:
            self._add(_container(done))


def _numbered_apart(paragraph: Paragraph) -> tuple[Block, ...]:
    """A paragraph and the numbered list right below it: Markdown takes one that starts behind 1 for running text
    (`**Phase 2**`, `6. Paint`), its author does not."""
    lines = paragraph.text.split("\n")
    numbers = [(at, int(found[1])) for at, line in enumerate(lines) if (found := NUMBERED.match(line))]
    if not numbers or numbers[0][0] == 0 or not _is_series([number for _, number in numbers], lines[numbers[0][0] - 1]):
        return (paragraph,)
    first = numbers[0][0]
    items = []
    for (at, number), (stop, _) in zip(numbers, [*numbers[1:], (len(lines), 0)], strict=True):
        text = "\n".join([NUMBERED.sub("", lines[at]), *lines[at + 1 : stop]])
        items.append(ListItem(paragraph.line + at, paragraph.line + stop - 1, text, number, ()))
    before = Paragraph(paragraph.line, paragraph.line + first - 1, "\n".join(lines[:first]))
    return (before, ListBlock(paragraph.line + first, paragraph.end, True, tuple(items)))


def _is_series(numbers: Sequence[int], lead: str) -> bool:
    led = lead.rstrip().endswith((":", "：", "**", "__"))
    return all(b == a + 1 for a, b in pairwise(numbers)) and (led or len(numbers) > 2)


def _list_item(done: _Open) -> ListItem:
    blocks = done.blocks
    first = blocks[0] if blocks else None
    if isinstance(first, Paragraph) and first.line == done.line:
        return ListItem(done.line, done.end, first.text, done.number, tuple(blocks[1:]))
    return ListItem(done.line, done.end, "", done.number, tuple(blocks))


def _container(done: _Open) -> Block:
    if done.kind == "table":
        header = done.rows[0].cells if done.rows else ()
        return Table(done.line, done.end, header, tuple(done.rows[1:]))
    if done.kind == "blockquote":
        first = done.blocks[0] if done.blocks else None
        alert = ALERT.match(first.text) if isinstance(first, Paragraph) else None
        return Quote(done.line, done.end, alert[1].upper() if alert else None, tuple(done.blocks))
    return ListBlock(done.line, done.end, done.kind == "ordered_list", tuple(done.items))
