"""Write-back: the checkboxes of a plan are set to the tasks' statuses, and no other byte changes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fedtasks.domain.status import BLOCKED, DONE, IN_PROGRESS, IN_REVIEW, PENDING

LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
"""One line as CommonMark counts lines: ended by LF, CRLF or CR alone."""

BOX = re.compile(
    rb"(?:\xef\xbb\xbf)?"
    rb"(?:[ \t>]|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])|#{1,6}(?=[ \t]))*"
    rb"\[([ xX/~-])\](?=[ \t*\r\n]|\xc2\xa0|\Z)"
)
"""A checkbox behind quote marks, indentation, bullets, numbers or heading marks; `[ ]*` is an optional item."""

MARKS: dict[str, bytes] = {PENDING: b" ", IN_PROGRESS: b"/~-", BLOCKED: b"/~-", IN_REVIEW: b"/~-", DONE: b"xX"}
"""The characters that already mean a status; the first is what is written."""


def write_back(data: bytes, boxes: Mapping[int, str]) -> bytes:
    """The text with the boxes on these 1-based lines set to these statuses.

    | status                         | box                                       |
    |--------------------------------|-------------------------------------------|
    | pending                        | `[ ]`                                     |
    | in_progress, blocked, in_review| `[/]`; a `[~]` or `[-]` stays             |
    | done                           | `[x]`; a `[X]` stays                      |
    | cancelled, anything else       | as it was                                 |

    A line without a box, or with a mark that is none of these, stays as it is.
    """
    written = bytearray(data)
    for number, line in enumerate(LINE.finditer(data), start=1):
        marks = MARKS.get(boxes.get(number, ""))
        box = BOX.match(data, line.start(), line.end()) if marks else None
        if marks and box and box[1] not in marks:
            written[box.start(1)] = marks[0]
    return bytes(written)
