"""What cannot be read as a plan at all."""

from __future__ import annotations

from typing import ClassVar

from fedtasks.errors import Exit, FedtasksError


class InvalidPlan(FedtasksError):
    """The file is no text that a plan could be read from; `path`, `line` and `column` say where."""

    exit_code: ClassVar[Exit] = Exit.INVALID
    code: ClassVar[str] = "invalid_plan"

    def __init__(self, path: str, problem: str, *, hint: str, line: int = 1, column: int = 1) -> None:
        super().__init__(
            f"{path}:{line}:{column}: error: {problem}", hint=hint, path=path, line=line, column=column, problem=problem
        )
