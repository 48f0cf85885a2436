"""Editing fedtasks.yaml: one entry comes or goes, every other line stays, byte for byte."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fedtasks.errors import InvalidData
from fedtasks.store.settings import drop_entry, put_entry

SITE = {"scope": "project", "store": "/mnt/site: north", "parent": "hq"}

TEXTS = [
    "format: 1\n",
    "format: 1",
    "# ours\nformat: 1  # the first\n\nproject: 'größe'\n",
    "instances:\n  hq: {scope: global, store: .}\n\n# behind\nformat: 1\n",
    "format: 1\ninstances:   # the others\n    hq:  # the head\n        scope: global\n        store: .\n    # last\n",
    "format: 1\ninstances:\n\nproject: x\n",
    "format: 1\ninstances: {}\nproject: x\n",
    "format: 1\ninstances: {hq: {scope: global, store: .}}\nproject: x\n",
    "instances:\n  hq:\n    scope: global\n    store: |\n      .\n    list:\n    - a\n    - b\nformat: 1\n",
]


@pytest.mark.parametrize("text", TEXTS)
def test_an_entry_comes_and_goes(text: str) -> None:
    old = yaml.safe_load(text)
    new = put_entry(text, "instances", "site", SITE)
    assert yaml.safe_load(new) == {**old, "instances": {**(old.get("instances") or {}), "site": SITE}}
    lines = [line for line in text.splitlines() if "instances:" not in line]
    assert [line for line in new.splitlines() if line in lines] == lines
    back = drop_entry(new, "instances", "site")
    if old.get("instances"):
        assert yaml.safe_load(back) == old
        assert "instances: {" in text or back == text
    else:
        assert yaml.safe_load(back) == {key: value for key, value in old.items() if key != "instances"}
    other = {"scope": "global", "store": "."}
    assert yaml.safe_load(put_entry(new, "instances", "site", other))["instances"]["site"] == other


def test_the_comments_of_others_stay() -> None:
    text = TEXTS[4]
    assert put_entry(text, "instances", "site", SITE).startswith(text.removesuffix("    # last\n"))
    assert "# the first" in put_entry(TEXTS[2], "instances", "site", SITE)


@pytest.mark.parametrize("text", ["{format: 1}\n", "format: 1\n...\n", "format: [1"])
def test_what_cannot_be_edited_is_refused(text: str) -> None:
    with pytest.raises(InvalidData):
        put_entry(text, "instances", "site", SITE)


names = st.text("ab-:#'\" ü", min_size=1, max_size=5)
values = st.dictionaries(names, st.text("ab:#'\"\n -{[&*!ü", max_size=6), min_size=1, max_size=3)


@settings(max_examples=150)
@given(st.dictionaries(names, values, max_size=3), names, values, st.booleans())
def test_any_names_and_values(entries: dict[str, dict[str, str]], name: str, value: dict[str, str], flow: bool) -> None:
    old = {"format": 1, "instances": entries, "project": "x"}
    text = yaml.safe_dump(old, sort_keys=False, allow_unicode=True, default_flow_style=None if flow else False)
    new = put_entry(text, "instances", name, value)
    assert yaml.safe_load(new)["instances"] == {**entries, name: value}
    rest = {key: entry for key, entry in entries.items() if key != name}
    assert yaml.safe_load(drop_entry(new, "instances", name)).get("instances", {}) == rest
