"""The words that name a task."""

from __future__ import annotations

import re
from functools import cache

from fedtasks.plan.reading.heads import Head
from fedtasks.plan.reading.inline import BOLD, COMMENT, PICTURES, plain
from fedtasks.plan.reading.labels import LabelKind
from fedtasks.plan.reading.outline import Form
from fedtasks.plan.reading.statuses import SIGNS_OF_STATUS, without_signed_word
from fedtasks.plan.reading.words import alternatives, any_in, fold

LEAD = re.compile(
    r"(?P<mark>\*\*|__)(?=\S)(?P<lead>(?:(?!(?P=mark)).)+?)(?P=mark)(?P<more>\s*(?:[:：–—]|-\s|->|→).*|\s*[(（\[][^()（）\[\]]*[)）\]]\s*[:：–—-]*\s*\S.*"
    rf"|\s*[{PICTURES}]{{1,4}}\s*|\s*)$"
)
LEAD_COLON = re.compile(r"(?P<mark>\*\*|__)(?=\S)(?P<lead>(?:(?!(?P=mark)).)+?[:：])\s*(?P=mark)")
WORD = re.compile(r"([^\W\d_]{2,14}):\s+(?=\S)|#\d+\s+(?=\S)")
COMMIT = re.compile(r"\s+[\[(]?([0-9a-f]{7,10})[\])]?$")
WRAPPED = re.compile(r"\[([^\[\]]+)\]")
OWNER = re.compile(r"\s*(?:\((?<![\w.`/])@\w[\w.-]*\)|(?<![\w.`/(\[])@\w[\w-]*(?:\.[\w-]+)*(?![\w/-]))")
DATE = re.compile(r"\s*[(\[]?(?:📅|🗓️?|⏰)?\s*\b(?:\d{4}-\d{2}-\d{2}|\d{2}\.\d{2}\.\d{4})\b[)\]]?")
DATED = re.compile(r"\d\d[-.]\d\d")
"""What each `DATE` holds."""
LONGEST = 1000


def title_of(head: Head, form: Form) -> str:
    """Marks stripped; a bold lead followed by a colon, a dash or a bracket is the title on its own."""
    keeps = head.box is not None and head.label is not None and head.label.kind is LabelKind.PHASE
    text = COMMENT.sub("", head.named if keeps else head.rest).strip()
    if head.box is not None:
        text = _unworded(text)
    if form in (Form.ITEM, Form.ROW):
        text = _bold_lead(text)
        text = OWNER.sub("", text) if "@" in text else text
        text = _fields((DATE.sub("", text) if DATED.search(text) else text).strip()).strip()
    elif form is Form.LEAD and (lead := BOLD.match(text)):
        text = lead[2]
    title = _without_signs(without_signed_word(plain(text))).strip()
    wrapped = WRAPPED.fullmatch(title)
    title = wrapped[1] if wrapped else title
    return (title.rstrip(":：").strip() or plain(head.rest) or head.rest or "?")[:LONGEST]


def _unworded(text: str) -> str:
    """Without `Task:` in front and a commit's short id at the end, as some tools write them behind a checkbox."""
    found = WORD.match(text)
    if found and (found[1] is None or any_in("labels.task", [fold(found[1])])):
        text = text[found.end() :]
    commit = COMMIT.search(text)
    mixed = commit is not None and not commit[1].isdigit() and not commit[1].isalpha()
    return text[: commit.start()] if commit and mixed else text


def _bold_lead(text: str) -> str:
    colon = LEAD_COLON.match(text)
    if colon:
        return colon["lead"]
    found = LEAD.match(text)
    if found is None or not found["lead"].strip(" :："):
        return text
    return found["lead"] if found["more"].strip() else text


def _fields(text: str) -> str:
    """Without a bracket at the end that only states a field: dependencies, owner, due date, priority, estimate."""
    return _depends().sub("", text) if text.rstrip()[-1:] in ")]" else text


@cache
def _depends() -> re.Pattern[str]:
    named = alternatives(*(f"fields.{name}" for name in ("owner", "lead", "due", "priority", "estimate")))
    field = rf"(?:{alternatives('fields.depends')})\b|(?:{named})\s*[:：]"
    return re.compile(rf"\s*[(\[]\s*(?:{field})[^()\[\]]*[)\]]\s*$", re.IGNORECASE)


def _without_signs(text: str) -> str:
    """Without the emoji that state a status, at either edge."""
    while True:
        shorter = text.strip()
        if shorter[:1] in SIGNS_OF_STATUS:
            shorter = shorter[1:].lstrip("\ufe0f")
        if shorter.rstrip("\ufe0f")[-1:] in SIGNS_OF_STATUS:
            shorter = shorter.rstrip("\ufe0f")[:-1]
        if shorter == text:
            return text
        text = shorter
