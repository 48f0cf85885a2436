"""Telling coding tools about fedtasks: the lines that each reads, put into its files and taken out again."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path

from fedtasks.app.agents.marked import ARGS, Block, JsonMember
from fedtasks.app.context import Context
from fedtasks.app.identity import check_name
from fedtasks.errors import FedtasksError
from fedtasks.git.repository import top_level
from fedtasks.store.files import os_errors

Piece = Block | JsonMember

GUIDE = Block(
    (
        "## Tasks",
        "",
        "Work in this repository is shared out with `fedtasks`. Run `fedtasks prime` first, and whenever you have lost",
        "track: it says who you are, what is in your hands, and what to do next.",
        "",
        "- `fedtasks next --claim` takes the best task that is free; work on nothing that you have not claimed.",
        "- `fedtasks show ID` has all that is known of a task; change the files that it names.",
        "- `fedtasks block ID --reason TEXT` when you cannot go on; `fedtasks release ID` gives it back.",
        "- Commit your work first, then `fedtasks done ID`; then take the next one.",
        "",
        "Every verb has `--json` and `--help`. The files in `.fedtasks/` are changed through these verbs alone.",
    ),
    "<!-- ",
    " -->",
)
CODEX = Block(("[mcp_servers.fedtasks]", 'command = "fedtasks"', 'args = ["mcp"]'), "# ")
"""Where the server acts as a member of its own, `acting_as` puts their name in."""

TOOLS: dict[str, tuple[tuple[str, Piece], ...]] = {
    "claude": (("CLAUDE.md", GUIDE), (".mcp.json", JsonMember("mcpServers"))),
    "codex": (("AGENTS.md", GUIDE), (".codex/config.toml", CODEX)),
    "gemini": (("GEMINI.md", GUIDE), (".gemini/settings.json", JsonMember("mcpServers"))),
    "cursor": (("AGENTS.md", GUIDE), (".cursor/mcp.json", JsonMember("mcpServers"))),
    "copilot": (("AGENTS.md", GUIDE), (".vscode/mcp.json", JsonMember("servers"))),
}
"""Each tool and its files in the repository: first the instructions, then the configuration of its MCP servers."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What becomes of one file: None stands for no file."""

    path: str
    before: bytes | None
    after: bytes | None

    @property
    def word(self) -> str:
        """created, changed, removed or unchanged."""
        if self.before == self.after:
            return "unchanged"
        return "created" if self.before is None else "removed" if self.after is None else "changed"

    def diff(self) -> list[str]:
        """The change as a unified diff."""
        old, new = ((side or b"").decode("utf-8", "replace").splitlines() for side in (self.before, self.after))
        one, two = (
            f"{letter}/{self.path}" if side is not None else "/dev/null"
            for letter, side in (("a", self.before), ("b", self.after))
        )
        return list(unified_diff(old, new, one, two, lineterm=""))


def plan_setup(context: Context, tool: str, *, remove: bool, mcp: bool = True) -> tuple[Path, list[Edit]]:
    """The repository's top and what would change in it; raises InvalidData for a file that cannot be changed safely.

    Instructions that another tool shares stay as long as that one is set up. With an actor in the context (`--as`) the
    tool's MCP server acts as that member.
    """
    top = top_level(context.git) or context.directory
    edits = []
    for path, plain in TOOLS[tool] if mcp or remove else TOOLS[tool][:1]:
        piece = acting_as(plain, context.actor)
        before = _read(top, path)
        if not remove:
            edits.append(Edit(path, before, piece.put(before, path)))
        elif before is not None and not _shared(top, tool, path):
            edits.append(Edit(path, before, piece.take(before, path)))
    return top, edits


def acting_as(piece: Piece, who: str | None) -> Piece:
    """The piece with a server that acts as this member; raises UsageError for an impossible name."""
    if who is None or piece is GUIDE:
        return piece
    args = (*ARGS, "--as", check_name(who))
    if isinstance(piece, JsonMember):
        return replace(piece, args=args)
    return replace(piece, lines=(*piece.lines[:-1], f"args = {json.dumps(args, ensure_ascii=False)}"))


def _shared(top: Path, tool: str, path: str) -> bool:
    """Whether another tool, whose MCP configuration names fedtasks, reads the same instructions."""
    for name, pieces in TOOLS.items():
        if name != tool and path == pieces[0][0]:
            place, piece = pieces[1]
            data = _read(top, place)
            if data is not None and piece.is_in(data, place):
                return True
    return False


def carry_out(top: Path, edits: Sequence[Edit]) -> None:
    """Writes what has been planned; a file through a symbolic link changes where it really stands."""
    for edit in edits:
        path = Path(os.path.realpath(top / edit.path))
        if not path.is_relative_to(os.path.realpath(top)):
            raise FedtasksError(f"{edit.path} leads out of the repository, to {path}", hint="edit that file by hand")
        with os_errors(path):
            if edit.after is None:
                path.unlink()
                _drop_empty(top, path.parent)
            elif edit.after != edit.before:
                path.parent.mkdir(parents=True, exist_ok=True)
                _replace(path, edit.after)


def _replace(path: Path, data: bytes) -> None:
    mode = path.stat().st_mode & 0o7777 if path.exists() else None
    temporary = path.with_name(f".{path.name}.fedtasks")
    temporary.write_bytes(data)
    if mode is not None:
        temporary.chmod(mode)
    os.replace(temporary, path)


def _drop_empty(top: Path, folder: Path) -> None:
    with suppress(OSError):
        if folder.resolve() != top.resolve():
            folder.rmdir()


def _read(top: Path, path: str) -> bytes | None:
    with os_errors(top / path):
        try:
            return (top / path).read_bytes()
        except FileNotFoundError:
            return None
