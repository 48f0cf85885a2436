"""A plan file's bytes to what the plan says: text, document, outline, decisions, items."""

from __future__ import annotations

from fedtasks.plan.errors import InvalidPlan
from fedtasks.plan.model import Diagnostic, Plan
from fedtasks.plan.reading.document import Document
from fedtasks.plan.reading.inline import plain
from fedtasks.plan.reading.items import build
from fedtasks.plan.reading.markdown import read_document
from fedtasks.plan.reading.matter import FrontMatter, read_matter
from fedtasks.plan.reading.outline import read_outline
from fedtasks.plan.reading.places import HEADINGS
from fedtasks.plan.reading.rules import decide
from fedtasks.plan.reading.survey import Survey

LARGEST = 50 * 1024**2

MARKERS = ("<<<<<<< ", "=======", ">>>>>>> ")


def read_plan(data: bytes, path: str) -> Plan:
    """The plan of a Markdown file in UTF-8; raises InvalidPlan for what is no text, and for more than 50 MB."""
    if len(data) > LARGEST:
        raise InvalidPlan(path, f"larger than {LARGEST // 1024**2} MB", hint="split it into several files")
    if (offset := data.find(b"\0")) >= 0:
        problem = f"not a text file (NUL byte at offset {offset})"
        raise InvalidPlan(path, problem, hint="name a Markdown file", line=data.count(b"\n", 0, offset) + 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as found:
        problem = f"not UTF-8 text (byte {data[found.start]:#04x} at offset {found.start})"
        line = data.count(b"\n", 0, found.start) + 1
        raise InvalidPlan(path, problem, hint="save the plan as UTF-8", line=line) from None
    document = read_document(text)
    if (marked := _conflict(document)) is not None:
        problem = "git's conflict markers: both sides of a merge would become tasks"
        raise InvalidPlan(path, problem, hint="resolve the conflict in the plan, then parse it again", line=marked)
    return _plan(document)


def parse_text(text: str) -> Plan:
    """The plan of a Markdown text."""
    return _plan(read_document(text))


def _conflict(document: Document) -> int | None:
    """The line where a merge's conflict begins; None without one, and where a plan only shows one in a code block."""
    wanted, begun = list(MARKERS), None
    for line, text in enumerate(document.lines, 1):
        if text.startswith(wanted[0]) and line not in document.fenced:
            begun = begun or line
            wanted.pop(0)
            if not wanted:
                return begun
    return None


def _plan(document: Document) -> Plan:
    matter = read_matter(document.front_matter)
    survey = Survey(read_outline(document))
    decide(survey)
    items, remarks = build(survey, document, matter)
    found = [*matter.remarks, *remarks]
    if not items:
        found.append(Diagnostic(1, "no tasks found in this plan", "note", rule="empty-plan"))
    return Plan(
        title=_title(document, matter),
        items=items,
        diagnostics=tuple(sorted(found, key=lambda remark: remark.line)),
        declared_id=matter.id,
        lead=matter.lead,
        priority=matter.priority,
        tags=matter.tags,
        explained=_explained(survey),
    )


def _title(document: Document, matter: FrontMatter) -> str | None:
    return matter.title or next((plain(top.text) for top in document.root.sections if top.level == 1), None)


def _explained(survey: Survey) -> dict[int, tuple[str, str]]:
    """What each place of the plan is, and why."""
    found: dict[int, tuple[str, str]] = {}
    for place in survey.places:
        verdict = survey.verdicts[place.node.index]
        if verdict:
            found[place.node.line] = ("task", verdict.replace("_", " "))
        elif place.node.form in HEADINGS:
            found[place.node.line] = ("group", str(place.zone) if place.zone else "heading")
        else:
            found[place.node.line] = ("text", f"{place.node.form} in {place.zone or 'no section of work'}")
    return found
