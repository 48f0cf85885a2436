"""Tables of work: which column says what."""

from __future__ import annotations

import re
from functools import lru_cache

from fedtasks.plan.reading.inline import EMOJI, plain
from fedtasks.plan.reading.outline import Node
from fedtasks.plan.reading.words import UNSPACED, fold, phrases, tokens, unspaced, words

FIELDS = ("id", "status", "owner", "lead", "priority", "due", "estimate", "depends", "files", "tags")
EMPTY = frozenset(("", "-", "–", "—", "n/a", "none", "tbd", "?", "…", "..."))
SUM_WORDS = 3
NUMBERED = re.compile(r"[A-Z]{1,5}-?\d{1,4}(?:\.\d{1,4}){0,3}|\d{1,4}(?:\.\d{1,4}){0,3}")
"""A cell that only numbers the work, as milestones do; what it is stands in the next column."""
COUNTED = re.compile(r"(?:[^\W\d_]{1,10}[ -]?)?\d{1,2}\b")
BOX = re.compile(r"\\?\[[ xX/~-]?\\?\]|[☐☑☒]")
RULER = re.compile(r"[\s:|.-]*")


def _is(name: str, cell: str) -> bool:
    """Whether a header cell is a phrase of the list, starts or ends with one; brackets in it do not count."""
    folded = fold(re.sub(r"[(（\[].*?[)）\]]", " ", plain(cell))).strip(" .:*")
    found = tokens(folded)
    if folded in words().lists[name] or found in phrases(name):
        return True
    if UNSPACED.search(folded):
        ends = name != "table.work"
        return any(folded.startswith(word) or (ends and folded.endswith(word)) for word in unspaced(name))
    return len(found) > 1 and ((found[0],) in phrases(name) or (found[-1],) in phrases(name))


@lru_cache(maxsize=256)
def columns(header: tuple[str, ...]) -> dict[str, int]:
    """Field names, `title` among them, to the column that states them; the first that fits holds. A column of phases
    names work where it is the first or another follows them up."""
    found: dict[str, int] = {}
    work = [at for at, cell in enumerate(header) if _is("table.work", cell)]
    if not work:
        followed = _has_status(header)
        work = [at for at, cell in enumerate(header) if (followed or not at) and _is("table.stage", cell)]
    if work:
        found["title"] = next((at for at in work if not _is("table.planning", header[at])), work[0])
    for at, cell in enumerate(header):
        if at == found.get("title"):
            continue
        field = next((name for name in FIELDS if name not in found and _is(f"fields.{name}", cell)), None)
        if field:
            found[field] = at
    return found


@lru_cache(maxsize=256)
def is_work_table(header: tuple[str, ...]) -> bool:
    """Rule 5 of what counts as a task: one column names work, another plans it."""
    title = columns(header).get("title")
    if title is None or not (_is("table.work", header[title]) or _has_status(header)):
        return False
    return any(at != title and _is("table.planning", cell) for at, cell in enumerate(header))


def names_work(header: tuple[str, ...]) -> bool:
    """Whether a column names work or phases, though none may plan it."""
    return "title" in columns(header)


def _has_status(header: tuple[str, ...]) -> bool:
    return any(_is("fields.status", cell) for cell in header)


def has_progress(header: tuple[str, ...]) -> bool:
    """Whether a table follows work up: it has a column for status, owner or due date."""
    return not {"status", "owner", "due"}.isdisjoint(columns(header))


def cell_of(node: Node, field: str) -> str:
    """The text of a field's cell, empty where the table has none or it says nothing."""
    known = columns(node.header)
    at = known.get(field)
    if at is None and is_boxed(node):
        at = next((at for at, cell in enumerate(node.cells) if _fits(field, cell, at in known.values())), None)
    text = node.cells[at].strip() if at is not None and at < len(node.cells) else ""
    if field == "title" and NUMBERED.fullmatch(EMOJI.sub("", plain(text)).strip()):
        others = [cell for other, cell in enumerate(node.cells) if other not in known.values() and plain(cell)]
        text = others[0].strip() if others else text
    return "" if plain(text).strip("()").casefold() in EMPTY else text


def is_boxed(node: Node) -> bool:
    """Whether a cell of a row is a checkbox and nothing else."""
    return any(BOX.fullmatch(cell.strip()) for cell in node.cells)


def _fits(field: str, cell: str, taken: bool) -> bool:
    """Whether a cell of a row with a checkbox states a field that the header does not name: its status or its title."""
    boxed = BOX.fullmatch(cell.strip()) is not None
    if field == "status":
        return boxed
    return field == "title" and not (boxed or taken) and bool(plain(cell)) and NUMBERED.fullmatch(plain(cell)) is None


def is_counted(node: Node) -> bool:
    """Whether a row's title begins with a number or with letters and a number: `M1 Walls`, `Phase 2`."""
    return COUNTED.match(plain(cell_of(node, "title"))) is not None


def stage_of(node: Node) -> str:
    """The text of the cell that says to which phase a row belongs, empty where there is none."""
    at = next((at for at, cell in enumerate(node.header) if _is("table.stage", cell)), len(node.cells))
    return plain(node.cells[at]).strip(" .:") if at < len(node.cells) else ""


def is_sum_row(node: Node) -> bool:
    """Whether a row names no work: it is empty, a ruler, or a total (in few words, or without an id where others have
    one)."""
    title = cell_of(node, "title")
    found = tokens(fold(plain(title)))
    sums = phrases("small.sum")
    unnamed = "id" in columns(node.header) and not cell_of(node, "id")
    if RULER.fullmatch(title) is not None:
        return True
    return (unnamed or len(found) <= SUM_WORDS) and (found[:1] in sums or found[-1:] in sums)
