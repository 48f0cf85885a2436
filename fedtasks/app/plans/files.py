"""Plan files: finding them, reading them, naming the plans that they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from glob import glob
from pathlib import Path

from fedtasks.app.context import Context
from fedtasks.errors import UsageError
from fedtasks.git.repository import top_level
from fedtasks.plan.errors import InvalidPlan
from fedtasks.plan.model import Plan
from fedtasks.plan.reading.read import LARGEST, read_plan


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """A plan file: its identity, its path as the store keeps it, its bytes and what it says."""

    id: str
    path: str
    file: Path
    shown: str
    data: bytes
    plan: Plan


def expand(context: Context, given: tuple[str, ...]) -> list[Path]:
    """The files that paths and glob patterns name, each once; raises UsageError for a pattern that fits none."""
    found: list[Path] = []
    for name in given:
        if any(sign in name for sign in "*?[") and not (context.directory / name).exists():
            matches = sorted(glob(name, root_dir=context.directory, recursive=True))
            if not matches:
                raise UsageError(f"no file fits {name}", hint="check the pattern")
            found += map(Path, matches)
        else:
            found.append(Path(name))
    return list(dict.fromkeys(found))


def load(context: Context, path: Path, plan_id: str | None) -> PlanDocument:
    """Reads a plan. Its id: `plan_id`, else the front matter's, else the slug of its path in its git repository.

    Raises InvalidPlan, and UsageError for a path that is no file.
    """
    file = context.directory / path
    data = _read(file, str(path))
    plan = read_plan(data, str(path))
    top = top_level(context.git.at(file.resolve().parent))
    kept = file.resolve().relative_to(top).as_posix() if top else file.name
    stem = kept.rpartition(".")[0] or kept
    return PlanDocument(_slug(plan_id or plan.declared_id or stem) or "plan", kept, file, str(path), data, plan)


def document_of(context: Context, data: bytes, plan_id: str) -> PlanDocument:
    """A plan that stands in no file; its id gives the name that it would have. Raises InvalidPlan."""
    id = _slug(plan_id) or "plan"
    name = f"{id}.md"
    return PlanDocument(id, name, context.directory / name, name, data, read_plan(data, name))


def _slug(text: str) -> str:
    return re.sub(r"[^\w]+", "-", text.replace("_", "-").casefold()).strip("-")[:200]


def _read(file: Path, shown: str) -> bytes:
    try:
        if file.is_dir():
            raise InvalidPlan(shown, "a directory", hint="name the plan's file itself, or several of them")
        if file.exists() and not file.is_file():
            raise InvalidPlan(shown, "not a regular file", hint="name a Markdown file")
        if file.stat().st_size > LARGEST:
            raise InvalidPlan(shown, f"larger than {LARGEST // 1024**2} MB", hint="split it into several files")
        return file.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"there is no file {shown}", hint="check the path of the plan") from None
    except OSError as found:
        hint = "make the plan readable, then parse it again"
        raise InvalidPlan(shown, found.strerror or str(found), hint=hint) from found
