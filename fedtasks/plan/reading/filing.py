"""The files that a task changes, and how: from its anchor line and from the lines below that say what to change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from fedtasks.plan.model import PlanFile
from fedtasks.plan.reading.inline import links, plain
from fedtasks.plan.reading.paths import paths_in
from fedtasks.plan.reading.words import UNSPACED, any_in, fold, tokens, unspaced, words

ACTIONS = ("new", "modify", "delete", "rename")
BULLET = re.compile(r"^(?P<indent>\s*)(?:[-*+•]|\d+[.)])\s+(?:\[[ xX/~-]\]\s+)?(?P<rest>.*)$")
FIELD = re.compile(
    r"^(?P<mark>\*\*|__|\*|_)?(?P<label>[^\s:*_`][^:：*`]{0,40}?)(?P=mark)?\s*[:：](?P=mark)?\s*(?P<value>.*)$"
)
FIELD_PLAIN = re.compile(r"^\W{0,3}(?P<label>[^\W\d][^:：`]{0,40}?)\W{0,3}[:：]\W{0,3}\s*(?P<value>.*)$")
MARK = re.compile(r"[\[(](NEW|CREATE|ADD|MODIFY|UPDATE|DELETE|REMOVE|RENAME|MOVE)[\])]", re.IGNORECASE)
MARKS = {"new": "new", "create": "new", "add": "new", "modify": "modify", "update": "modify", "delete": "delete",
         "remove": "delete", "rename": "rename", "move": "rename"}  # fmt: skip
PATHLIKE = re.compile(r"[./][\w*]|\w/|[A-Z]\w+file")
ELEMENT = re.compile(r"<(\w+)>([^<>]*)</\1>")
FENCES = ("```", "~~~")
APART = ("(", "（", ":", "：")
"""What parts a path from the verb in front of it: the verb has something else as its object."""
JOINING = re.compile(r"(?:[\s,;&+、]|and|und|et|y|e|и|та|ve|dan|và|和|と|及|→|->)*")


def anchor_files(text: str, action: str | None) -> list[PlanFile]:
    """The files that an anchor line names; `action` is its marker's, else its verb's where the path is its object.

    A folder that the line only says where ("in src/") is none of them, nor is what is only to be read.
    """
    found = paths_in(text)
    if action:
        return [PlanFile(path, action) for _, path in found]
    opening = tokens(fold(plain(text)))[:1]
    deletes = bool(opening) and opening[0] in words().lists["verbs.delete"]
    files: list[PlanFile] = []
    verb, last = None, 0
    for at, path in found:
        joined = last > 0 and JOINING.fullmatch(_between(text, last, at)) is not None
        verb = verb if joined else verb_action(text, at)
        last = _end(text, at)
        if _is_folder(path) and _is_named_other(text, at):
            continue
        if verb == "read" or (len(found) > 1 and _is_folder(path) and verb is None and _says_where(text, at)):
            continue
        files.append(PlanFile(path, verb or ("delete" if deletes and not _says_where(text, at) else None)))
    return files


def _is_folder(path: str) -> bool:
    return "." not in path.rstrip("/").rpartition("/")[2]


def _is_named_other(text: str, at: int) -> bool:
    """Whether the noun before says that what looks like a folder is none: `Create branch `team/pump``."""
    before = tokens(fold(plain(text[:at])))
    return bool(before) and before[-1] in words().lists["small.no_file_nouns"]


def _says_where(text: str, at: int) -> bool:
    """Whether a preposition stands before what starts at `at`, or it is bare and no code."""
    before = tokens(fold(plain(text[:at])))
    return bool(before) and before[-1] in words().lists["small.prepositions"]


def _between(text: str, start: int, stop: int) -> str:
    return plain(text[start:stop]) if start < stop else ""


def _end(text: str, at: int) -> int:
    for link in links(text):
        if link.start == at:
            return link.end
    if text[at : at + 1] == "`":
        return text.find("`", at + 1) + 1 or len(text)
    found = re.compile(r"\S+").match(text, at)
    return found.end() if found else len(text)


def verb_action(text: str, stop: int) -> str | None:
    """The action of the verb that has what starts at `stop` as its object: `Create`, `Update the file`; where a word
    such as `file` stands between (`Delete the provider file at ...`), that of the verb that opens the line."""
    head = fold(plain(text[:stop])).strip(" :*([")
    if UNSPACED.search(text):
        apart = text[:stop].rstrip(" `*")[-1:] in APART
        found = _unspaced_action("" if apart else head, fold(plain(text[stop:])))
        if found or apart:
            return found
    every = tokens(head)
    found_tokens = every[:-1] if every[-1:] == ("at",) else every
    nouns = words().lists["small.file_nouns"]
    named = found_tokens[-1:] and found_tokens[-1] in nouns
    while found_tokens and (found_tokens[-1] in nouns or found_tokens[-1] in words().lists["small.articles"]):
        found_tokens = found_tokens[:-1]
    if not found_tokens:
        return _verb(every[0]) if every else None
    return _verb(found_tokens[-1]) or (_verb(found_tokens[0]) if named else None)


def _verb(word: str) -> str | None:
    return next((name for name in (*ACTIONS, "read") if word in words().lists[f"verbs.{name}"]), None)


def _unspaced_action(head: str, after: str) -> str | None:
    """In scripts without blanks: the verb right before the path, or at the start with a short noun between, or behind
    the path and its object particle."""
    tail = re.sub(r"^\S*?(?=[\s\u0e00-\u0e7f\u3040-\u9fff\uac00-\ud7af]|$)\s*", "", after)
    for name in ACTIONS:
        for word in unspaced(f"verbs.{name}"):
            if head.endswith(word) or (head.startswith(word) and len(head) <= len(word) + 8):
                return name
            if re.match(rf"(?:を|을|를)\s*(?:\S{{1,8}}\s*)?{re.escape(word)}|\s*{re.escape(word)}(?!\w)", tail):
                return name
    return None


def label_action(label: str) -> str | None:
    """What a label says of the paths behind it: an action, `files` for no action, None if it is no such label."""
    folded = fold(plain(label)).strip(" :*[]()")
    for name in ACTIONS:
        if folded in words().lists[f"fields.{name}"]:
            return name
    named = folded in words().lists["fields.files"] or folded in words().lists["fields.test"]
    return "files" if named else None


def body_files(lines: Iterable[str], action: str | None) -> Iterator[PlanFile]:
    """The files of the lines below an anchor: behind `Files:`, `Create:` ..., in the list below such a label, and
    bullets that start with a path. `action` is that of a marked block that names no file itself."""
    label, depth, wrapped = None, -1, ""
    for line in _unfenced(lines):
        if not line.strip():
            wrapped = ""
            continue
        indent = len(line) - len(line.lstrip())
        bullet = BULLET.match(line)
        text = (bullet["rest"] if bullet else ELEMENT.sub(r"\1: \2", line)).strip()
        if label is not None and (indent < depth or (not bullet and indent <= depth)):
            label = None
        if wrapped and not bullet:
            yield from _labelled(text, wrapped)
            wrapped = wrapped if _goes_on(text) else ""
            continue
        field = FIELD.match(text) or FIELD_PLAIN.match(text)
        stated = (label_action(field["label"]) or _order(field) or _delivered(field)) if field else None
        wrapped = ""
        if field and stated:
            yield from _labelled(field["value"], stated)
            wrapped = stated if _goes_on(field["value"]) else ""
            label, depth = (stated, indent + (1 if bullet else 0)) if not paths_in(field["value"]) else (None, -1)
            continue
        if label is not None and bullet:
            yield from _listed(text, label)
        elif bullet and not PATHLIKE.search(text):
            continue
        elif bullet and (verb := _opening_verb(text)):
            yield from _object(text, verb)
        elif bullet and _starts_with_path(text):
            yield from _listed(text, action or "files")


def _unfenced(lines: Iterable[str]) -> Iterator[str]:
    fenced = False
    for line in lines:
        marks = line.lstrip().startswith(FENCES)
        fenced = fenced != marks
        yield "" if fenced or marks else line


def _order(field: re.Match[str]) -> str | None:
    """The action of a label that begins with its verb, above nothing but paths: `Delete now unused: a.py, b.py`."""
    return _opening_verb(field["label"]) if _starts_with_path(field["value"]) else None


def _delivered(field: re.Match[str]) -> str | None:
    """`Deliverables: src/a.py, src/b.py` names files, other deliverables do not."""
    listed = any_in("sections.deliverables", [fold(plain(field["label"])).strip(" :*")])
    return "files" if listed and _starts_with_path(field["value"]) else None


def _goes_on(value: str) -> bool:
    """Whether a list of files is wrapped: its line ends in a comma, or in brackets that are still open."""
    return value.rstrip()[-1:] in (",", ";", "+", "&") or value.count("(") > value.count(")")


def _opening_verb(text: str) -> str | None:
    found = tokens(fold(plain(text)))
    verb = _verb(found[0]) if found else None
    return verb if verb in ACTIONS else None


def _object(text: str, verb: str) -> Iterator[PlanFile]:
    """The paths that a line's first verb has as its object: the first, and those joined to it."""
    found = paths_in(text)
    if not found or verb_action(text, found[0][0]) != verb:
        return
    last = found[0][0]
    for at, path in found:
        if at > last and JOINING.fullmatch(_between(text, _end(text, last), at)) is None:
            return
        yield PlanFile(path, verb)
        last = at


def _labelled(value: str, stated: str) -> Iterator[PlanFile]:
    for at, path in paths_in(value):
        verb = verb_action(value, at) if stated not in ACTIONS else None
        own = _aside_action(value, at) or (verb if verb in ACTIONS else None)
        yield PlanFile(path, own or (stated if stated in ACTIONS else None))


def _listed(text: str, stated: str) -> Iterator[PlanFile]:
    found = paths_in(text)
    marked = MARK.search(text)
    verb = verb_action(text, found[0][0]) if found else None
    for at, path in _opening(text, found) if _starts_with_path(text) else found:
        own = MARKS[marked[1].lower()] if marked else verb or _aside_action(text, at)
        yield PlanFile(path, own if own in ACTIONS else stated if stated in ACTIONS else None)


def _opening(text: str, found: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The paths that a line starts with: the first, and those joined to it (`a.py, b.py`, `a.py -> b.py`)."""
    opening = found[:1]
    for at, path in found[1:]:
        if at > opening[-1][0] and JOINING.fullmatch(_between(text, _end(text, opening[-1][0]), at)) is None:
            break
        opening.append((at, path))
    return opening


def _aside_action(text: str, at: int) -> str | None:
    """`src/a.py (new)`."""
    found = re.compile(r"^\S+\s*[(（]\s*([^()（）]{2,20})[)）]").match(text[at:])
    stated = label_action(found[1].split(",")[0]) if found else None
    return stated if stated in ACTIONS else None


def _starts_with_path(text: str) -> bool:
    found = paths_in(text)
    lead = re.match(r"^[\s*_~]*(?:\[(?:NEW|MODIFY|DELETE|CREATE|UPDATE|ADD|REMOVE)\][\s*_]*)?", text, re.IGNORECASE)
    return bool(found) and lead is not None and found[0][0] <= lead.end()
