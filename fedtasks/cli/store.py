"""Verbs about the store: init, check, doctor, completion, and git's merge driver."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from fedtasks.cli.base import Face, verb


@verb("init", "fedtasks init\nfedtasks init --dir /mnt/team/tasks --git")
@click.option("--dir", "directory", metavar="PATH", type=click.Path(path_type=Path), help="A store in this directory.")
@click.option("--git", "as_git", is_flag=True, help="With --dir: a git repository as well, for its log.")
@click.option("--project", metavar="NAME", help="The project's name (default: the directory's).")
@click.option("--prefix", metavar="WORD", default="task", show_default=True, help="What task ids begin with.")
def init_command(face: Face, directory: Path | None, as_git: bool, project: str | None, prefix: str) -> None:
    """Makes the task store of this repository, or joins it where the branch 'fedtasks' exists."""
    from fedtasks.app.keeping.setup import Settings, init_directory, init_git

    if as_git and directory is None:
        raise click.UsageError("--git goes with --dir; without it the store is in git anyway.")
    settings = Settings(project, _prefix(prefix))
    context = face.session.context
    made = init_directory(context, directory, settings, git=as_git) if directory else init_git(context, settings)
    for note in made.notes:
        face.warn(note)
    words = {"created": "made the store", "joined": "joined the store", "already": "there is a store already:"}
    payload = {"store": str(made.root), "kind": made.kind, "how": made.how, "member": made.member}
    face.tell(payload, [f"{words[made.how]} {made.root}" + (f" as {made.member}" if made.member else "")])


def _prefix(text: str) -> str:
    from re import fullmatch

    if not fullmatch(r"[a-z][a-z0-9]{0,19}(-[a-z0-9]{1,19}){0,3}", text):
        raise click.UsageError(f"The prefix '{text}' is not made of lower-case letters, digits and '-'.")
    return text


SHOWN_FROM = 2_000
"""Fewer files are checked before anybody wonders."""


def progress(face: Face) -> Callable[[int, int], None]:
    """Says on a terminal how far a long check is; the line goes when it is done."""
    import sys

    shown = sys.stderr.isatty() and not face.as_json

    def watch(done: int, of: int) -> None:
        if shown and of >= SHOWN_FROM:
            text = f"checking {done:,} of {of:,} files" if done < of else ""
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    return watch


@verb("check", "fedtasks check\nfedtasks check --fix")
@click.option("--fix", is_flag=True, help="Put right what has one right answer, saying so first.")
def check_command(face: Face, fix: bool) -> None:
    """Verifies every file of the store; exit 6 when one is wrong."""
    from fedtasks.app.keeping.check import check
    from fedtasks.errors import Exit

    repaired = []
    if fix:
        from fedtasks.app.sharing.repair import repair

        repaired = repair(face.session, lambda found: face.warn(f"{found.path}: repairing it from {found.source}"))
    report = check(face.session, progress(face))
    payload = {
        "files": report.files,
        "repaired": [{"path": entry.path, "source": entry.source} for entry in repaired],
        "problems": [
            {"path": p.path, "line": p.line, "severity": p.severity, "field": p.field, "message": p.message}
            for p in report.problems
        ],
    }
    summary = f"{report.files} files checked, {len(report.problems) or 'no'} problem{'s' * (len(report.problems) != 1)}"
    fixed = [f"{entry.path}: repaired from {entry.source}" for entry in repaired]
    face.tell(payload, [*fixed, *map(str, report.problems), summary])
    if not report.clean:
        raise click.exceptions.Exit(int(Exit.INVALID))


@verb("doctor", "fedtasks doctor")
def doctor_command(face: Face) -> None:
    """Checks git, the identity, the lock and the file system; exit 1 when something is wrong."""
    from fedtasks.app.keeping.doctor import FAIL, doctor

    findings = doctor(face.session)
    lines = []
    for finding in findings:
        lines.append(f"{finding.state:<5} {finding.name}: {finding.detail}")
        lines += [f"      {finding.hint}"] if finding.hint else []
    payload = {"findings": [{"name": f.name, "state": f.state, "detail": f.detail, "hint": f.hint} for f in findings]}
    face.tell(payload, lines)
    if any(finding.state == FAIL for finding in findings):
        raise click.exceptions.Exit(1)


@verb("completion", "fedtasks completion bash >> ~/.bashrc")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(face: Face, shell: str) -> None:
    """Prints the completion script of a shell, for `fedtasks` and for `ft`."""
    from click.shell_completion import get_completion_class

    from fedtasks.cli.group import root

    found = get_completion_class(shell)
    assert found is not None
    script = "\n".join(found(root, {}, name, "_FEDTASKS_COMPLETE").source() for name in ("fedtasks", "ft"))
    face.tell({"shell": shell, "script": script}, [script])


@verb("merge-driver", "git config merge.fedtasks.driver 'fedtasks merge-driver %O %A %B %P'")
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("ours", type=click.Path(path_type=Path))
@click.argument("theirs", type=click.Path(path_type=Path))
@click.argument("path")
def merge_driver_command(face: Face, base: Path, ours: Path, theirs: Path, path: str) -> None:
    """Merges two versions of a task or plan file; git calls it."""
    from fedtasks.app.sharing.merging import merge_files

    merge_files(face.session.context.git, ours, theirs, path)
