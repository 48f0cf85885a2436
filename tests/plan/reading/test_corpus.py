"""The figures that the reader has reached on a corpus of labelled plans, where one is there.

PLAN_CORPUS names the folder of plans (`NNN.md` beside `NNN.gold.json`), its scorer in the folder above.
"""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from fedtasks.plan.model import Plan
from fedtasks.plan.reading.read import read_plan

TOP = Path(__file__).parents[3]
FOLDER = Path(os.environ.get("PLAN_CORPUS") or TOP.parent / "shared" / "plans" / "dev")
FLOORS = {
    "f1_micro": 0.997, "f1_macro": 0.996, "parent_accuracy": 0.998, "group_accuracy": 0.987, "status_accuracy": 0.994,
    "title_accuracy": 0.998, "files_f1": 0.965, "files+action_f1": 0.925, "depends_on_f1": 0.975,
}  # fmt: skip
DIALECT_FLOOR = 0.965


def scorer() -> ModuleType:
    path = FOLDER.parent / "score.py"
    if not path.is_file():
        pytest.skip("no corpus of plans here")
    spec = importlib.util.spec_from_file_location("score", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(plan: Plan) -> list[dict[str, Any]]:
    at = {item.key: number for number, item in enumerate(plan.items)}
    return [
        {
            "line": item.line,
            "group": item.group_line,
            "title": item.title,
            "status": item.status,
            "parent": at[item.parent] if item.parent else None,
            "files": {(file.path, file.action) for file in item.files},
            "depends_on": {at[key] for key in item.depends_on},
        }
        for item in plan.items
    ]


def results(score: ModuleType) -> list[dict[str, Any]]:
    found = []
    for path in sorted(FOLDER.glob("*.gold.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        plan = read_plan((FOLDER / gold["plan"]).read_bytes(), gold["plan"])
        counts, f1, *_ = score.score_plan(gold, rows(plan))
        found.append({"dialect": gold["dialect"], "f1": f1, "counts": counts, "error": None})
    return found


def test_the_figures_do_not_fall() -> None:
    score = scorer()
    found = results(score)
    total = score.summary(found)
    assert {name: total[name] for name, floor in FLOORS.items() if total[name] < floor} == {}
    dialects = {one["dialect"] for one in found}
    by_dialect = {name: score.summary([one for one in found if one["dialect"] == name]) for name in dialects}
    assert {
        name: figures["f1_micro"] for name, figures in by_dialect.items() if figures["f1_micro"] < DIALECT_FLOOR
    } == {}
