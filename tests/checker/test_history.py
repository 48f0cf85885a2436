"""A short run of the history checker; the long one is `python -m tests.checker --minutes 20 --clones 8`."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tests.checker.history import run

SECONDS = float(os.environ.get("CHECKER_SECONDS", "20"))


def test_every_promise_is_kept_through_kills_and_cuts(tmp_path: Path) -> None:
    seed = os.environ.get("CHECKER_SEED") or str(time.time_ns() % 1_000_000)
    print(f"CHECKER_SEED={seed}")
    found = run(tmp_path, seconds=SECONDS, clones=4, seed=seed)
    print(found.counts, found.reasons)
    assert found.faults == []
    assert found.events > 10
