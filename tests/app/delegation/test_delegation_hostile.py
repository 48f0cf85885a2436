"""What somebody wrote by hand, or sent: settings, messages and results that do no harm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.federation import Federation
from tests.team import files


@pytest.fixture
def fed(tmp_path: Path) -> Federation:
    return Federation(tmp_path)


HOSTILE = {
    "../../../x": "../../../../../etc",
    "--to": "--upload-pack=touch PWNED",
    "ext": "ext::sh -c 'touch PWNED'",
    "a\nb\x1b[31m": "file:///nowhere/x.git",
    "tab": "nowhere\u202e\x1b]0;x\x07",
    "nul": "/dev/null",
    "dash": "-oProxyCommand=touch${IFS}PWNED:x.git",
    "ssh": "ssh://-oProxyCommand=touch${IFS}PWNED/x",
}


def test_hostile_settings_do_no_harm(fed: Any) -> None:
    """Names and places that somebody wrote by hand: one clear line each, the messages wait, nothing else happens."""
    settings = fed.site.root / "fedtasks.yaml"
    text = settings.read_text()
    raw = yaml.safe_load(text)
    for name, place in HOSTILE.items():
        branch = {} if place.startswith(("..", "/dev")) else {"branch": "a:refs/heads/b" if name == "ext" else "b"}
        raw["instances"][name] = {"scope": "project", "store": place, **branch}
    settings.write_text(yaml.safe_dump(raw))
    before = {path for path in fed.base.rglob("*") if path.is_file()}
    ids = []
    for name in HOSTILE:
        ids.append(fed.site.add(f"to {len(ids)}"))
        done = fed.site.ft("delegate", ids[-1], f"--to={name}", "--type", "route")
        assert done.code == 0 and "waits in the outbox" in done.err, done
        assert done.told.count("\n") == 2 and "\x1b" not in done.told, done
    synced = fed.site.ft("sync", "--retry")
    assert synced.code == 0 and "\x1b" not in synced.told
    for words in (("delegation", "list"), ("instance", "list"), ("chain", ids[3]), ("show", ids[3])):
        shown = fed.site.ft(*words)
        assert shown.code == 0 and "\x1b" not in shown.told, words
    after = {path for path in fed.base.rglob("*") if path.is_file()} - before
    assert not [path for path in after if not path.is_relative_to(fed.base / "mid")]
    assert not list(fed.base.rglob("PWNED")) and not list(Path.cwd().glob("PWNED"))


def test_hostile_messages_change_nothing(fed: Any) -> None:
    """Files that somebody put into the outbox, or into the delegations, by hand."""
    id = fed.site.add("Ship it")
    given = fed.delegate(fed.site, id, "crew")["id"]
    fed.crew.ok("sync")
    name = f"{given[:-1]}{'0' if given[-1] != '0' else '1'}"
    good = {
        "schema": 1, "id": name, "to": "crew", "task": id, "delegation": given,
        "event": {"id": name, "seq": 3, "at": "2026-03-01T12:00:00Z", "by": "eve", "kind": "delegation_accepted"},
    }  # fmt: skip
    offer = good["event"] | {"kind": "delegated", "source_instance": "site", "target_instance": "crew"}
    offer |= {"type": "route", "task": id}
    bad = [
        good | {"task": "../../../etc/passwd"},
        good | {"task": "task-00000"},
        good | {"id": given},
        good | {"to": "../crew"},
        good | {"event": good["event"] | {"at": "yesterday"}},
        good | {"event": good["event"] | {"by": "a b\n"}},
        good | {"event": offer | {"offer": ["no", "object"]}},
        good | {"event": offer | {"offer": {"title": 7}}},
        good | {"event": offer | {"chain": [7]}},
        good | {"event": offer | {"type": "steal"}},
        good | {"event": offer | {"task": "../x"}},
        good | {"event": offer | {"parts": [{}]}},
    ]
    box = fed.site.root / "outbox"
    box.mkdir(exist_ok=True)
    before = files(fed.crew.root)
    for raw in [*bad, [], "x", None]:
        (box / f"{name}.json").write_text(json.dumps(raw))
        done = fed.site.ft("sync", "--retry", "--json")
        assert done.code == 0, (raw, done.json["error"])
        assert done.json["carried"] == [] and done.json["notes"], raw
        assert fed.site.ft("delegation", "list").code == 0
    (box / f"{name}.json").unlink()
    fed.crew.ok("sync")
    assert files(fed.crew.root) == before
    place = fed.crew.root / "delegations" / f"{given}.json"
    whole = json.loads(place.read_text())
    for wrong in (
        {"id": "../../x"}, {"history": []}, {"chain": [{"instance": "x"}]}, {"offer": 7}, {"task": "../x"},
        {"tasks": ["../x"]}, {"status": "maybe"},
    ):  # fmt: skip
        place.write_text(json.dumps(whole | wrong))
        for words in (("delegation", "list"), ("delegation", "accept", given), ("chain", given), ("sync",)):
            done = fed.crew.ft(*words)
            assert done.code in (0, 3, 6) and "Traceback" not in done.told, (wrong, words, done)
        assert fed.crew.ids() == [], wrong


ODD = ("[" * 400 + "]" * 400, '"\\ud800"', "1e999", '{"a": 1, "a": 2}', '"\\u0000\\u001b[31m"')


def test_odd_results_arrive_or_are_refused(fed: Any) -> None:
    ids = [fed.hq.add("Ship it") for _ in ODD]
    codes = []
    for id, result in zip(ids, ODD, strict=True):
        fed.delegate(fed.hq, id, "site")
        fed.accept(fed.site, id)
        done = fed.site.ft("delegation", "complete", id, "--result", result)
        assert "unexpected" not in done.told and "\x1b" not in done.told and fed.outbox(fed.site) == [], done
        codes.append(done.code)
    fed.hq.ok("sync")
    assert codes == [2, 2, 2, 2, 0]
    assert [fed.hq.show(id)["status"] for id in ids] == ["in_progress"] * 4 + ["done"]
