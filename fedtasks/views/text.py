"""Text on a terminal: widths in cells, clipping, columns, and nothing that a title could smuggle in."""

from __future__ import annotations

from collections.abc import Sequence

ELLIPSIS = "…"
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def safe(text: str) -> str:
    """The text on one line; control characters, and those that turn the direction of what follows, made visible."""
    if text.isprintable():
        return text
    import unicodedata

    return "".join(
        " " if sign in "\t\r\n" else "�" if sign in TURNING or unicodedata.category(sign) in ("Cc", "Cs") else sign
        for sign in text
    )


def width(text: str) -> int:
    """Cells that the text takes: wide East Asian signs two, combining ones none."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def clip(text: str, cells: int) -> str:
    """The text in at most so many cells, cut with an ellipsis."""
    if width(text) <= cells:
        return text
    kept, used = "", 0
    for sign in text:
        used += width(sign)
        if used > cells - 1:
            break
        kept += sign
    return kept + ELLIPSIS if cells > 0 else ""


def pad(text: str, cells: int) -> str:
    """The text filled with blanks to so many cells."""
    return text + " " * max(0, cells - width(text))


def table(rows: Sequence[Sequence[str]], total: int | None = None) -> list[str]:
    """Rows of cells as aligned lines; with `total` cells of room the last column is clipped to what is left."""
    if not rows:
        return []
    columns = [set(column) for column in list(zip(*rows, strict=True))[:-1]]
    plain = "".join(["".join(column) for column in columns]).isascii()
    widths = [max(map(len if plain else width, column)) for column in columns]
    room = None if total is None else max(10, total - sum(widths) - 2 * len(widths))
    if room is not None or not plain:
        return [_line(row, widths, room) for row in rows]
    form = "".join([f"%-{cells}s  " for cells in widths]) + "%s"
    return [(form % row).rstrip() for row in map(tuple, rows)]


def _line(row: Sequence[str], widths: Sequence[int], room: int | None) -> str:
    last = row[-1] if room is None else clip(row[-1], room)
    return "  ".join([*(pad(cell, cells) for cell, cells in zip(row, widths, strict=False)), last]).rstrip()
