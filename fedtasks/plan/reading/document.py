"""A Markdown text as a tree of frozen blocks, each with its first and last 1-based line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; also a heading that stands inside a list item or a quote."""

    line: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced code block."""

    line: int
    end: int
    info: str
    closed: bool


@dataclass(frozen=True, slots=True)
class Html:
    """An HTML block or comment."""

    line: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Break:
    """A thematic break."""

    line: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table below its header."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A GFM table."""

    line: int
    end: int
    header: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ListItem:
    """One item; `text` is its first paragraph, `number` that of an ordered list, `blocks` what follows the text."""

    line: int
    end: int
    text: str
    number: int | None
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A bullet list or an ordered one."""

    line: int
    end: int
    ordered: bool
    items: tuple[ListItem, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A block quote; `alert` is NOTE, WARNING ... where GitHub would show an alert."""

    line: int
    end: int
    alert: str | None
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with all below it; the document itself is a section of level 0 at line 0."""

    line: int
    end: int
    level: int
    text: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]


Block = Paragraph | Fence | Html | Break | Table | ListBlock | Quote


@dataclass(frozen=True, slots=True)
class Document:
    """The whole text; `lines` are without line ends, `front_matter` is the YAML between the first two `---`, `fenced`
    are the 1-based lines of code blocks."""

    root: Section
    lines: tuple[str, ...]
    front_matter: str | None
    deepest: int
    fenced: frozenset[int]
