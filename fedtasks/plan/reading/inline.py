"""The inside of a line: links, code, emphasis, emoji; and the words that are left without them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 2000
"""What stands further right in a line is not looked at, so that no line takes more than linear time."""

LINK_HEAD = re.compile(r"!?\[((?:[^\[\]\n]|\[[^\[\]\n]{0,200}\]){0,400})\]\(")
CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
COMMENT = re.compile(r"<!--.*?(?:-->|$)")
HTML = (
    "a b i u s em strong br code kbd sub sup span div img p details summary mark small center font input"
    " del ins ul ol li h1 h2 h3"
)
TAG = re.compile(rf"</?(?:{HTML.replace(' ', '|')})(?:\s[^<>]*)?/?>", re.IGNORECASE)
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
MARKUP = re.compile(r"[`*_~<\\]|\]\(")
EMPHASIS = re.compile(r"(?<![\w*_~])(\*{1,3}|_{1,3}|~~)(?=\S)(.+?)(?<=\S)\1(?![\w*_~])")
BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
PICTURES = "\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2300-\u23ff\u25a0-\u25ff\u200d\ufe0f\u20e3"
EMOJI = re.compile(f"[{PICTURES}]+")
HELD = "\ue000{}\ue001"
HOLDER = re.compile("\ue000(\\d+)\ue001")


@dataclass(frozen=True, slots=True)
class Link:
    """A Markdown link; its target may hold blanks and parentheses, as plans have them."""

    start: int
    end: int
    text: str
    target: str


def links(text: str) -> list[Link]:
    """All links of a line, targets up to the closing parenthesis that balances the opening one."""
    found, at = list[Link](), 0
    if "](" not in text:
        return found
    while head := LINK_HEAD.search(text, at):
        end = _closing(text, head.end())
        if end < 0:
            at = head.end()
            continue
        found.append(Link(head.start(), end + 1, head[1], text[head.end() : end].strip(" <>")))
        at = end + 1
    return found


def _closing(text: str, start: int) -> int:
    depth = 0
    for at in range(start, min(len(text), start + 600)):
        if text[at] == "(":
            depth += 1
        elif text[at] == ")":
            if depth == 0:
                return at
            depth -= 1
    return text.find(")", start)


def without_links(text: str) -> str:
    """Each link replaced by its text."""
    if "](" not in text:
        return text
    parts, at = [], 0
    for link in links(text):
        parts += [text[at : link.start], link.text]
        at = link.end
    return "".join([*parts, text[at:]])


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """The words of a line: no links, code marks, emphasis, comments, tags and escapes; blanks collapsed."""
    text = text[:LONGEST]
    if not MARKUP.search(text):
        return " ".join(text.split())
    text = without_links(COMMENT.sub("", text))
    kept: list[str] = []

    def keep(code: re.Match[str]) -> str:
        kept.append(code[2].strip() or code[0])
        return HELD.format(len(kept) - 1)

    text = TAG.sub("", CODE.sub(keep, text))
    text = ESCAPE.sub(r"\1", without_emphasis(text))
    return " ".join(HOLDER.sub(lambda held: kept[int(held[1])], text).split())


def without_emoji(text: str) -> str:
    """Each run of emoji replaced by a blank."""
    return text if text.isascii() else EMOJI.sub(" ", text)


def without_emphasis(text: str) -> str:
    """`**bold**`, `*italic*`, `~~struck~~` and their like without the marks, nested up to three deep."""
    for _ in range(3):
        text = EMPHASIS.sub(r"\2", text)
    return text


def first_line(text: str) -> str:
    """The first line, cut to a length that is worth looking at."""
    return text.split("\n", 1)[0][:LONGEST].strip()
