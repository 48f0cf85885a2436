"""Remarks about plans for people and for other tools: text, JSON, GitHub annotations, SARIF."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from fedtasks.plan.model import Diagnostic
from fedtasks.views.text import safe

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}

Remark = tuple[str, Diagnostic]
"""The path of a plan as the user named it, and a remark about it."""


def text_lines(remarks: Iterable[Remark]) -> list[str]:
    """One line a remark, as a compiler's: `plan.md:41:3: warning: ...`."""
    return [f"{path}:{one.line}:{one.column}: {one.severity}: {safe(one.message)}" for path, one in remarks]


def github_lines(remarks: Iterable[Remark]) -> list[str]:
    """Workflow commands, which GitHub shows beside the line."""
    return [
        f"::{COMMANDS[one.severity]} file={_property(path)},line={one.line},col={one.column},title={one.rule}"
        f"::{_data(one.message)}"
        for path, one in remarks
    ]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def objects(remarks: Iterable[Remark]) -> list[dict[str, Any]]:
    """JSON objects with path, line, column, severity, rule and message."""
    return [
        {"path": path, "line": one.line, "column": one.column, "severity": one.severity, "rule": one.rule,
         "message": one.message}
        for path, one in remarks
    ]  # fmt: skip


def sarif(remarks: Iterable[Remark], version: str) -> str:
    """A SARIF 2.1.0 log of one run."""
    listed = list(remarks)
    rules = [{"id": name} for name in dict.fromkeys(one.rule for _, one in listed)]
    driver = {"name": "fedtasks", "version": version, "rules": rules}
    run = {"tool": {"driver": driver}, "results": [_result(path, one) for path, one in listed]}
    return json.dumps({"$schema": SARIF, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _result(path: str, one: Diagnostic) -> dict[str, Any]:
    region = {"startLine": one.line, "startColumn": one.column}
    place = {"physicalLocation": {"artifactLocation": {"uri": path}, "region": region}}
    return {"ruleId": one.rule, "level": one.severity, "message": {"text": one.message}, "locations": [place]}
