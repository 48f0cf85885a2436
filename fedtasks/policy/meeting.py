"""Whether two patterns can mean the same path: a walk through both at once, which finds such a path or none."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator

from fedtasks.policy.globs import ANY, DEEP, STAR, Chars, Glob

SLASH: Chars = ((ord("/"), ord("/")),)
MOST_STEPS = 20_000

Item = Chars | str | None
"""What a pattern wants next: a character of a set, any characters in a name (None), or any names ("deep")."""

Places = frozenset[int]


def meeting_path(one: Glob, other: Glob, without: Collection[Glob] = ()) -> str | None:
    """A path that both match and none of `without` does; None where there is none.

    What ends in an extension counts as a file: `src/app.py` and `*.md` do not meet in `src/app.py/x.md`. After very
    many steps (patterns full of stars) it answers a path that only stands for 'perhaps'.
    """
    quick = _plain_meeting(one, other)
    if quick is not None and not any(glob.matches(quick) for glob in without):
        return quick
    if quick is None and (_begin_apart(one, other) or (one.literal and other.literal)):
        return None
    if _misses(one, other) or _misses(other, one):
        return None
    return _search(_Walk(one, other), _Walk(other, one), [_Walk(glob) for glob in without])


def _plain_meeting(one: Glob, other: Glob) -> str | None:
    """The shortest common path of two patterns without wildcards."""
    if one.literal is None or other.literal is None:
        return None
    short, long = sorted((one, other), key=lambda glob: len(glob.segments))
    assert short.literal is not None and long.literal is not None
    if long.literal[: len(short.literal)] != short.literal:
        return None
    inside = long.below or (short.below and len(short.literal) == len(long.literal))
    return "/".join(long.literal) + ("/x" if inside else "")


def _misses(file: Glob, other: Glob) -> bool:
    """Whether one is the path of a file, which the other does not match."""
    return file.literal is not None and _ends(file, other) and not other.matches("/".join(file.literal))


def _ends(glob: Glob, beside: Glob) -> bool:
    """Whether nothing is sought below a pattern that ends in an extension, since the other does not name it."""
    return glob.is_file and beside.segments[: len(glob.segments)] != glob.segments


def _begin_apart(one: Glob, other: Glob) -> bool:
    """Whether the names at the beginning, as far as both are fixed, differ."""
    for mine, theirs in zip(one.segments, other.segments, strict=False):
        if DEEP in (mine, theirs):
            return False
        if mine != theirs and not any(chars is STAR or _is_many(chars) for chars in (*mine, *theirs)):
            return True
    return False


def _is_many(chars: Chars) -> bool:
    return len(chars) != 1 or chars[0][0] != chars[0][1]


class _Walk:
    """A pattern as an automaton over characters: place i is before item i, -i-1 within the names of a "deep" item i."""

    def __init__(self, glob: Glob, beside: Glob | None = None) -> None:
        self.items: list[Item] = []
        for segment in glob.segments:
            if segment == DEEP:
                self.items.append("deep")
                continue
            self.items += [ANY, STAR] if segment == (STAR,) else segment
            self.items.append(SLASH)
        self.items.pop()
        self.end, self.rest = len(self.items), len(self.items) + 1
        self.accepting = {self.rest} if glob.below else {self.end, self.rest}
        self.ends = beside is not None and _ends(glob, beside)

    def start(self) -> Places:
        return self._closed({0})

    def accepts(self, places: Places) -> bool:
        return not self.accepting.isdisjoint(places)

    def _closed(self, places: set[int]) -> Places:
        found = set(places)
        for start in places:
            place = start
            while 0 <= place < self.end and self.items[place] in (STAR, "deep"):
                place += 1
                found.add(place)
        return frozenset(found)

    def step(self, places: Places, char: int) -> Places:
        slash = char == SLASH[0][0]
        found: set[int] = set()
        for place in places:
            if place < 0:
                found.add(-place - 1 if slash else place)
            elif place == self.rest or (place == self.end and slash and not self.ends):
                found.add(self.rest)
            elif place < self.end:
                found.update(self._one(place, char, slash))
        return self._closed(found)

    def _one(self, place: int, char: int, slash: bool) -> Iterator[int]:
        item = self.items[place]
        if isinstance(item, str):
            if not slash:
                yield -place - 1
        elif item is STAR:
            if not slash:
                yield place
        elif any(low <= char <= high for low, high in item):
            yield place + 1

    def edges(self, places: Places) -> Iterator[int]:
        """Where the characters that it tells apart begin."""
        for place in places:
            item = self.items[place] if 0 <= place < self.end else None
            if item is not STAR and not isinstance(item, str):
                for low, high in item:
                    yield low
                    yield high + 1


def _search(one: _Walk, other: _Walk, without: list[_Walk]) -> str | None:
    """Breadth first through all three at once; a path has no empty name and does not end in a slash."""
    walks = [one, other, *without]
    start = (tuple(walk.start() for walk in walks), True)
    queue = deque([(start, "")])
    seen = {start}
    while queue:
        (places, fresh), path = queue.popleft()
        if not fresh and _is_found(walks, places):
            return path
        if len(seen) > MOST_STEPS:
            return path or "?"
        for char in _choices(walks, places, fresh):
            after = (tuple(walk.step(at, char) for walk, at in zip(walks, places, strict=True)), char == SLASH[0][0])
            if after[0][0] and after[0][1] and after not in seen:
                seen.add(after)
                queue.append((after, path + chr(char)))
    return None


def _is_found(walks: list[_Walk], places: tuple[Places, ...]) -> bool:
    said = [walk.accepts(at) for walk, at in zip(walks, places, strict=True)]
    return said[0] and said[1] and not any(said[2:])


def _choices(walks: list[_Walk], places: tuple[Places, ...], fresh: bool) -> list[int]:
    """One character of each kind that the patterns tell apart here; a readable one where any will do."""
    slash = SLASH[0][0]
    edges = {edge for walk, at in zip(walks, places, strict=True) for edge in walk.edges(at)}
    found = sorted({ord("x"), *(edge for edge in edges if 0 < edge <= 0x10FFFF), 0x110000 - 1} - {slash})
    return [*found, *([] if fresh else [slash])]
