"""When the files are looked at again, told by the system and by the clock."""

from __future__ import annotations

import shutil
from contextlib import aclosing
from pathlib import Path

import anyio
import pytest

from fedtasks.mcp.ticks import is_told, ticks
from tests.mcp.desk import play


@pytest.mark.parametrize("told", [True, False])
def test_a_change_is_noticed_and_the_end_too(tmp_path: Path, told: bool) -> None:
    root = tmp_path / "store"
    (root / "tasks").mkdir(parents=True)

    async def scene() -> None:
        async with aclosing(ticks(root, told=told)) as moments:
            for number in range(2):
                (root / "tasks" / "new.json").write_text(str(number), encoding="utf-8")
                with anyio.fail_after(20):
                    await anext(moments)
            shutil.rmtree(root)
            with anyio.fail_after(20), pytest.raises(StopAsyncIteration):
                while True:
                    await anext(moments)

    play(scene)


def test_a_directory_of_this_machine_is_told_of(tmp_path: Path) -> None:
    assert is_told(tmp_path) and is_told(tmp_path / "nothing")
