"""A plan file's bytes to what the plan says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fedtasks.plan.document import ListBlock, ListItem, Section
from fedtasks.plan.errors import InvalidPlan
from fedtasks.plan.markdown import read_document, subsections
from fedtasks.plan.model import Diagnostic, Item, Plan

LARGEST = 50 * 1024**2
BOX = re.compile(r"\[([ xX/~-])\]\s+(.*)")
MARKED = re.compile(r"\W*\[(NEW|MODIFY|DELETE|RENAME|MOVE|CREATE|UPDATE|REMOVE|ADD)\]\W*(.*)", re.IGNORECASE)
NUMBERED = re.compile(r"(?:Task|Step|Story)\s+[\w.]+\W+(.*)", re.IGNORECASE)
STATUS = {" ": "pending", "x": "done", "X": "done"}


def read_plan(data: bytes, path: str) -> Plan:
    """The plan in a file; raises InvalidPlan for what is no UTF-8 text."""
    if len(data) > LARGEST:
        raise InvalidPlan(path, "larger than 50 MB", hint="split it into several files")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = f"not UTF-8 text (byte 0x{data[error.start]:02x} at offset {error.start})"
        raise InvalidPlan(path, problem, hint="save it as UTF-8") from None
    return parse_text(text)


def parse_text(text: str) -> Plan:
    """The plan in a text."""
    document = read_document(text)
    items: list[Item] = []
    for section in subsections(document.root):
        items.extend(_items(section, len(items)))
    remarks = () if items else (Diagnostic(1, "no task found", rule="empty"),)
    title = next((section.text for section in document.root.sections if section.level == 1), None)
    return Plan(title, tuple(items), remarks)


def _items(section: Section, count: int) -> Iterator[Item]:
    group = (section.text, section.line) if section.line else (None, None)
    found = MARKED.match(section.text) or NUMBERED.match(section.text)
    if found:
        yield Item(f"{count}", section.line, found[found.re.groups], group=None)
    stack: list[tuple[ListItem, str | None]] = [
        (item, None) for block in reversed(section.blocks) if isinstance(block, ListBlock) for item in block.items[::-1]
    ]
    while stack:
        item, parent = stack.pop()
        box = BOX.match(item.text)
        key = f"{section.line}-{item.line}" if box else parent
        if box:
            title = box[2].split("\n")[0]
            status = STATUS.get(box[1], "in_progress")
            yield Item(key or "", item.line, title, status, "checkbox", "", None, *group, parent=parent, checkbox=True)
        for block in reversed(item.blocks):
            if isinstance(block, ListBlock):
                stack.extend((child, key) for child in block.items[::-1])
