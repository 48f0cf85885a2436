"""What `parse` does: parse and tell, explain, check, watch."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from fedtasks import __version__
from fedtasks.app.plans import parsing
from fedtasks.app.plans.boxes import tick
from fedtasks.app.plans.files import load
from fedtasks.app.session import Session
from fedtasks.cli.base import Face
from fedtasks.errors import Exit, FedtasksError, UsageError
from fedtasks.plan.lint import lint
from fedtasks.views import diagnostics
from fedtasks.views.plan import action_lines, explain_lines, explained_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """The options of one parse."""

    dry_run: bool
    plan_id: str | None
    prefer: str
    write_back: bool


def parse(face: Face, files: Sequence[Path], how: How) -> None:
    """Parses each plan in a transaction of its own, ticks its boxes if asked to, and tells.

    A file that is no plan is refused before any of them changes the store.
    """
    for path in files if len(files) > 1 else ():
        load(face.session.context, path, how.plan_id)
    done = [_one(face, path, how) for path in files]
    lines: list[str] = []
    for path, (parsed, ticked) in zip(files, done, strict=True):
        lines += action_lines(parsed.decided.actions) if how.dry_run else []
        lines.append(f"{path}: {parsing.summary(parsed.decided)}" + (" (dry run)" if how.dry_run else ""))
        if ticked:
            would = "would be " if how.dry_run else ""
            lines.append(f"{path}: {len(ticked)} box{'es' if len(ticked) > 1 else ''} {would}ticked")
        remarks = diagnostics.text_lines((str(path), one) for one in parsed.diagnostics)
        for line in (*remarks, *parsed.refused):
            click.echo(line, err=True)
    face.tell(
        {
            "tasks": [row for parsed, _ in done for row in parsing.task_rows(parsed)],
            "actions": [action.to_json() for parsed, _ in done for action in parsed.decided.actions],
            "notes": [note.to_json() for parsed, _ in done for note in parsed.decided.notes],
            "written_back": [{"plan": str(p), "lines": list(t)} for p, (_, t) in zip(files, done, strict=True) if t],
            "dry_run": how.dry_run,
        },
        lines,
    )


def _one(face: Face, path: Path, how: How) -> tuple[parsing.Parsed, tuple[int, ...]]:
    parsed = parsing.parse(face.session, path, dry_run=how.dry_run, plan_id=how.plan_id, prefer=how.prefer)
    if not how.write_back:
        return parsed, ()
    ticked = tick(face.session, parsed, dry_run=how.dry_run)
    if ticked.lines and not how.dry_run:
        parsing.parse(face.session, path, plan_id=how.plan_id, prefer=how.prefer)
    return parsed, ticked.lines


def explain(face: Face, files: Sequence[Path]) -> None:
    """What each line of the plans is, and why."""
    told = []
    for path in files:
        document = load(face.session.context, path, None)
        text = document.data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        told.append((str(path), explained_rows(document.plan.explained, text.split("\n"))))
    face.tell(
        {"plans": [{"path": path, "lines": rows} for path, rows in told]},
        (line for path, rows in told for line in (*([f"{path}:"] if len(told) > 1 else []), *explain_lines(rows))),
    )


def check(face: Face, files: Sequence[Path], form: str) -> None:
    """Lints the plans; exit 6 where one has an error."""
    remarks = [(str(path), one) for path in files for one in lint(load(face.session.context, path, None).plan)]
    if form == "json":
        Face(face.session, "parse.check", True).tell({"diagnostics": diagnostics.objects(remarks)}, ())
    elif form == "sarif":
        print(diagnostics.sarif(remarks, __version__))
    else:
        for line in diagnostics.github_lines(remarks) if form == "github" else diagnostics.text_lines(remarks):
            print(line)
    if any(one.severity == "error" for _, one in remarks):
        click.get_current_context().exit(Exit.INVALID)


def watch(face: Face, files: Sequence[Path], how: How) -> None:
    """Parses a plan again whenever it is saved, until it is interrupted; what fails is said and does not end it."""
    try:
        import watchfiles
    except ImportError:
        raise UsageError("--watch needs watchfiles", hint="pip install 'fedtasks[watch]'") from None
    wanted = {(face.session.context.directory / path).resolve(): path for path in files}
    print("watching; Ctrl-C ends it", file=sys.stderr)
    for changes in watchfiles.watch(*{path.parent for path in wanted}, raise_interrupt=True):
        for changed in sorted({Path(name).resolve() for _, name in changes} & set(wanted)):
            fresh = Face(Session(face.session.context, face.session.what), face.verb, face.as_json)
            try:
                parse(fresh, [wanted[changed]], how)
            except FedtasksError as found:
                fresh.warn(found.message)
            sys.stdout.flush()
