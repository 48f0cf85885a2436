"""The one place where errors become text or JSON, and an exit code."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from fedtasks.cli.plain import carried_out
from fedtasks.errors import Exit, FedtasksError, UsageError

NO_VERB = "NoArgsIsHelpError"
"""What click raises for a group alone, its help as the message; not every version has it."""


def run(words: list[str]) -> int:
    """Runs a command line; answers its exit code. Ctrl-C is 130, a closed pipe is no error."""
    as_json = "--json" in words
    _prepare_output()
    try:
        code = 0 if carried_out(words) else _by_click(words)
        sys.stdout.flush()
        return code
    except FedtasksError as error:
        return _tell(error, as_json)
    except KeyboardInterrupt:
        print("fedtasks: interrupted; what was begun is finished or dropped by the next command", file=sys.stderr)
        return int(Exit.INTERRUPTED)
    except BrokenPipeError:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(Exit.DONE)
    except OSError as error:
        return _tell_unwritable(error) if error.filename is None else _tell_system(error, as_json)
    except Exception as error:  # noqa: BLE001  the boundary: no traceback reaches the user unasked
        return _tell_unexpected(error, as_json)


def _by_click(words: list[str]) -> int:
    """Carries a command line out, click's own exceptions turned into ours."""
    import click

    from fedtasks.cli.group import ClosedPipe, root

    try:
        code = root.main(args=words, prog_name="fedtasks", standalone_mode=False)
    except click.UsageError as found:
        command = found.ctx.command_path if found.ctx else "fedtasks"
        if type(found).__name__ == NO_VERB:
            if "--json" in words:
                raise UsageError("no verb is named", hint=f"see: {command} --help") from found
            print(found.format_message(), file=sys.stderr)
            return int(Exit.USAGE)
        raise UsageError(found.format_message(), hint=f"see: {command} --help") from found
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    except ClosedPipe:
        raise BrokenPipeError from None
    return code if isinstance(code, int) else int(Exit.DONE)


def _prepare_output() -> None:
    """Text that the output's encoding lacks is escaped, not an error; a closed output swallows what is written."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _tell_unwritable(error: OSError) -> int:
    with suppress(OSError):
        words = f"the answer could not be written ({error.strerror}); the command itself was done"
        print(f"fedtasks: {words}", file=sys.stderr)
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return int(Exit.REFUSED)


def _tell(error: FedtasksError, as_json: bool) -> int:
    if as_json:
        import json

        print(json.dumps({"schema": "fedtasks.error/1", "error": error.to_json()}, ensure_ascii=False, indent=2))
    else:
        from fedtasks.views.text import safe

        print(f"fedtasks: {safe(error.message)}", file=sys.stderr)
        if error.hint:
            print(f"  {safe(error.hint)}", file=sys.stderr)
    return int(error.exit_code)


def _tell_system(error: OSError, as_json: bool) -> int:
    """A disk, a server or a permission that fails anywhere is no defect of ours; a missing file may be one."""
    from fedtasks.store.files import WORDS, out_of_reach

    if error.errno not in WORDS:
        return _tell_unexpected(error, as_json)
    return _tell(out_of_reach(error, None, "the next command finishes or drops what was begun"), as_json)


def _tell_unexpected(error: Exception, as_json: bool) -> int:
    if os.environ.get("FEDTASKS_DEBUG"):
        import traceback

        traceback.print_exc()
    told = FedtasksError(
        f"unexpected {type(error).__name__}: {error}",
        hint="a defect of fedtasks; FEDTASKS_DEBUG=1 shows where. The next command finishes or drops what was begun",
    )
    return _tell(told, as_json)
