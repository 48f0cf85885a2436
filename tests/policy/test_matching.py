"""Which path is one of a task's files, and which tasks' files can meet: against git, and against trying all paths."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fedtasks.policy.globs import parse_glob
from fedtasks.policy.matching import Checkout, FileIndex, entries, matches, meetings, same_repository


def files(*paths: str, **more: str) -> list[dict[str, Any]]:
    return [{"path": path, "action": None, **more} for path in paths]


@pytest.mark.parametrize(
    ("listed", "yes", "no"),
    [
        (["src/auth.py"], ["src/auth.py"], ["src/auth.pyc", "lib/src/auth.py", "src/auth"]),
        (["src/auth"], ["src/auth", "src/auth/login.py"], ["src/authority"]),
        (["docs/"], ["docs/a.md", "docs/b/c.md", "docs/"], ["docs", "site/docs/a.md"]),
        (["/docs/"], ["docs/a.md"], ["site/docs/a.md"]),
        (["auth.py"], ["auth.py"], ["src/auth.py", "xauth.py"]),
        (["**/auth.py"], ["auth.py", "src/deep/auth.py"], ["xauth.py"]),
        (["*docs/"], ["a/docs/b"], ["docs"]),
        (["src", "!vendor/"], ["src/a", "src/vendor"], ["src/x/vendor/a"]),
        (["*.py"], ["a.py", "src/b.py", "src/.py", "x.py/inner"], ["a.pyc"]),
        (["src/*.py"], ["src/a.py"], ["src/a/b.py", "a/src/a.py"]),
        (["src/**/test_?.py"], ["src/test_a.py", "src/a/b/test_c.py"], ["src/test_ab.py", "test_a.py"]),
        (["src/**"], ["src/a", "src/a/b"], ["src", "srcs/a"]),
        (["**"], ["a", "a/b"], []),
        (["src/", "!src/vendor/"], ["src/a"], ["src/vendor/a"]),
        (["!src/keep.py", "src"], ["src/a.py"], ["src/keep.py"]),
        (["!a"], [], ["a", "b"]),
        (["./src/a.py", "src//b.py"], ["src/a.py", "src/b.py"], ["a.py"]),
        (["app/[id]/page.tsx"], ["app/[id]/page.tsx", "app/i/page.tsx"], ["app/id/page.tsx"]),
        (["[!a-c]x", "[[:digit:]]y"], ["dx", "4y"], ["ax", "/x", "ey"]),
        (["a\\*b", "\\!c"], ["a*b", "!c"], ["axb", "c"]),
        (["über/naïve ☂.py"], ["über/naïve ☂.py", "u\u0308ber/nai\u0308ve ☂.py"], ["uber/x"]),
        (["a b\nc"], ["a b\nc"], ["a b"]),
        (["../other/x.py", "/", "", "."], [], ["x.py", "other/x.py"]),
        (["[a", "b\\"], ["[a", "b\\"], ["a"]),
    ],
)
def test_a_path_is_one_of_the_files_or_not(listed: list[str], yes: list[str], no: list[str]) -> None:
    for path in yes:
        assert matches(path, files(*listed)), path
    for path in no:
        assert not matches(path, files(*listed)), path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/home/ada/shop/src/a.py", "src/a.py"),
        ("file:///home/ada/shop/src/a.py", "src/a.py"),
        ("file:///home/ada/shop/src/a%20b.py#L10-L20", "src/a b.py"),
        ("file:///Users/ben/code/shop/src/a.py", "src/a.py"),
        ("file:///c:/Users/ben/shop/src/a.py", "src/a.py"),
        ("/Users/ben/code/shop/src/", "src/x"),
        ("file:///home/ada/shop", "any/file"),
        ("/src/a.py", "src/a.py"),
        ("/shop/models.py", "shop/models.py"),
    ],
)
def test_absolute_paths_are_taken_from_the_repository(text: str, path: str) -> None:
    place = Checkout("/home/ada/shop")
    assert matches(path, files(text), place)
    assert not matches("elsewhere/zzz" if path != "any/file" else "", files(text), place)


def test_a_uri_out_of_the_repository_is_none_of_its_files() -> None:
    assert entries(files("file:///etc/passwd", "file:///home/ada/shopping/x"), Checkout("/home/ada/shop")) == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://forge.example/team/shop.git", "git@forge.example:team/shop", True),
        ("shop", "ssh://git@forge.example/team/shop.git", True),
        ("team/shop", "https://forge.example/other/shop", False),
        ("https://a.example/team/shop", "https://b.example/team/shop", False),
        ("workshop", "https://forge.example/team/shop", False),
        ("", "shop", False),
    ],
)
def test_a_repository_has_many_names(one: str, other: str, same: bool) -> None:
    assert same_repository(one, other) is same_repository(other, one) is same


def test_repository_and_branch_count_where_they_are_named() -> None:
    listed = files("src/a.py", repository="team/shop", branch="release/*")
    here = ("https://forge.example/team/shop.git",)
    assert matches("src/a.py", listed, Checkout(None, here, "release/1"))
    assert matches("src/a.py", listed)
    assert not matches("src/a.py", listed, Checkout(None, here, "main"))
    assert not matches("src/a.py", listed, Checkout(None, ("https://forge.example/team/other",), "release/1"))
    assert matches("src/a.py", files("src/a.py"), Checkout(None, here, "main"))


# --- against git ----------------------------------------------------------------------------------------------------

PATTERNS = (
    "a", "/a", "a/", "*.py", "a/*.py", "a/**", "**/b", "a/**/b", "a/**/b/", "/*", "*/", "**", "?", "a?", "[ab]", "[!a]",
    "[a-b]*", "a*b", "a**b", "*b/", "a/b", "/a/b/", "\\*", "**/", "a/**/", "**/**", "a/*/b", "[[:alpha:]]b", "a/./b",
)  # fmt: skip
SEGMENTS = ("a", "b", "ab", "aab", "b.py", ".py", "*", "c")
PATHS = ["/".join(path) for count in (1, 2, 3) for path in product(SEGMENTS, repeat=count)]


def test_a_pattern_means_what_git_means_by_it(empty_world: Any) -> None:
    """git itself, asked about every path under every pattern."""
    for pattern in PATTERNS:
        if "./" in pattern:
            continue
        (empty_world.project / ".git" / "info" / "exclude").write_text(f"{pattern}\n", encoding="utf-8")
        words = ["git", "check-ignore", "--no-index", "--stdin", "-z"]
        told = empty_world.run(program=words, input="\0".join(PATHS).encode()).out.split("\0")
        glob = parse_glob(pattern)
        assert glob is not None
        ours = {path for path in PATHS if glob.matches(path)}
        assert ours == set(told) - {""}, pattern


# --- two lists ------------------------------------------------------------------------------------------------------

pieces = st.sampled_from(["a", "b", "ab", "*", "a*", "*b", "?", "[ab]", "[!a]", "**", "b?", "[[:lower:]]"])
patterns = st.builds(
    lambda bang, slash, parts, end: bang + slash + "/".join(parts) + end,
    st.sampled_from(["", "", "", "!"]),
    st.sampled_from(["", "", "/"]),
    st.lists(pieces, min_size=1, max_size=3),
    st.sampled_from(["", "", "/"]),
)
lists = st.lists(patterns, min_size=1, max_size=4)
NAMES = ("a", "b", "ab", "bb", "x", "1")
UNIVERSE = ["/".join(path) for count in (1, 2, 3, 4) for path in product(NAMES, repeat=count)]


@settings(max_examples=150)
@given(lists, lists)
@example(["src/app.py"], ["src/*.py"])
@example(["a", "!a/b"], ["a/b"])
@example(["[ab]"], ["[!a]"])
def test_two_lists_meet_where_a_path_is_in_both(one: list[str], other: list[str]) -> None:
    mine, theirs = entries(files(*one)), entries(files(*other))
    found, back = meetings(mine, theirs), meetings(theirs, mine)
    assert {(pair.mine, pair.theirs) for pair in found} == {(pair.theirs, pair.mine) for pair in back}
    for pair in found:
        assert matches(pair.path, files(*one)) and matches(pair.path, files(*other)), pair
    if not found:
        ours, yours = FileIndex({"": files(*one)}), FileIndex({"": files(*other)})
        assert [path for path in UNIVERSE if ours.who(path) and yours.who(path)] == []


@settings(max_examples=150)
@given(st.lists(lists, min_size=1, max_size=4), st.sampled_from(UNIVERSE))
def test_the_index_answers_as_the_lists_do_one_by_one(listed: list[list[str]], path: str) -> None:
    index = FileIndex({str(place): files(*one) for place, one in enumerate(listed)})
    slow = []
    for place, one in enumerate(listed):
        known = entries(files(*one))
        taken = any(entry.matches(path) for entry in known if entry.negated)
        if not taken and any(entry.matches(path) for entry in known if not entry.negated):
            slow.append(str(place))
    assert index.who(path) == slow


def test_a_meeting_names_both_and_a_path() -> None:
    found = meetings(entries(files("src/auth/*.py")), entries(files("docs/", "src/**/login.py")))
    assert [pair.to_json() for pair in found] == [
        {"mine": "src/auth/*.py", "theirs": "src/**/login.py", "path": "src/auth/login.py"}
    ]


@pytest.mark.parametrize(
    ("one", "other", "path"),
    [
        ("docs/", "src/", None),
        ("README.md", "src/", None),
        ("src/app.py", "*.md", None),
        ("*.py", "*.md", None),
        ("*.py", "docs/", "docs/.py"),
        ("src/app.py", "src/app.py", "src/app.py"),
        ("src/", "src/app.py", "src/app.py"),
        ("src", "src/**/*.py", "src/.py"),
        ("conf.d", "conf.d/*.conf", "conf.d/.conf"),
        ("conf.d", "conf.d/a", "conf.d/a"),
        ("a[bc]d", "a[cd]d", "acd"),
        ("x.py", "./x.py", "x.py"),
    ],
)
def test_what_collides_and_what_is_no_alarm(one: str, other: str, path: str | None) -> None:
    found = meetings(entries(files(one)), entries(files(other)))
    assert [pair.path for pair in found] == ([] if path is None else [path])


def test_branches_and_repositories_keep_lists_apart() -> None:
    def meet(one: dict[str, str], other: dict[str, str]) -> bool:
        return bool(meetings(entries(files("a", **one)), entries(files("a", **other))))

    assert meet({"branch": "release/*"}, {"branch": "release/1"}) and meet({"branch": "main"}, {})
    assert not meet({"branch": "main"}, {"branch": "dev"})
    assert not meet({"repository": "team/shop"}, {"repository": "team/cart"})
    assert meet({"repository": "team/shop"}, {"repository": "https://forge.example/team/shop.git"})


def test_patterns_full_of_stars_end_soon() -> None:
    hard = "*a*b*c*d*e*f*g*h*i*j*"
    assert meetings(entries(files(hard)), entries(files("*j*i*h*g*f*e*d*c*b*a*")))
    assert not matches("a" * 200, files(hard))
