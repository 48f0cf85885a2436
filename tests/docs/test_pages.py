"""The pages name what there is: files, verbs, settings, and one another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fedtasks.cli.verbs import VERBS

TOP = Path(__file__).parents[2]
PAGES = [*TOP.glob("*.md"), *(TOP / "docs").glob("*.md")]
LINK = re.compile(r"\]\((?!https?://)([^)#]*)(?:#([^)]*))?\)")
FENCED = re.compile(r"^( *)```.*?^ *```$", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"(?:^\$ |^    |&& |['`])(?:fedtasks|ft) ([a-z][a-z-]+)", re.MULTILINE)
PATHS = re.compile(r"`((?:[a-z]+/)+[a-z_]*(?:\.py|\.json|/)?)`")


def anchors(page: Path) -> set[str]:
    """What the headings of a page can be linked to by."""
    heads = re.findall(r"^#+ (.*)$", FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for path, anchor in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), f"{path}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_have_verbs_that_there_are(page: Path) -> None:
    assert set(COMMAND.findall(page.read_text(encoding="utf-8"))) <= VERBS.keys()


def test_every_verb_stands_in_the_readme() -> None:
    text = (TOP / "README.md").read_text(encoding="utf-8")
    assert [verb for verb in VERBS if verb != "merge-driver" and not re.search(rf"`{verb}[ `]", text)] == []


def test_the_page_on_architecture_names_files_that_there_are() -> None:
    named = PATHS.findall((TOP / "docs" / "architecture.md").read_text(encoding="utf-8"))
    assert len(named) > 40
    assert [path for path in named if not ((TOP / "fedtasks" / path).exists() or (TOP / path).exists())] == []


def names(properties: dict[str, Any]) -> Iterator[str]:
    """Every setting of the schema, those in groups as `group.name`."""
    for name, schema in properties.items():
        inner = [found for one in (schema, *schema.get("oneOf", ())) for found in one.get("properties", ())]
        yield from [name] if not inner or name == "permissions" else [f"{name}.{one}" for one in inner]


def test_the_page_on_settings_names_them_all() -> None:
    schema = json.loads((TOP / "schemas" / "config.schema.json").read_text(encoding="utf-8"))
    page = (TOP / "docs" / "settings.md").read_text(encoding="utf-8")
    wanted = list(names(schema["properties"]))
    assert {"format", "claim.lease", "sync.retries"} <= set(wanted)
    assert [name for name in wanted if f"`{name}`" not in page] == []
