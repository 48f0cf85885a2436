"""The long run: `python -m tests.checker --minutes 20 --clones 8 --seed 1`; ends with 1 where a promise was broken."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.checker.history import run


def main() -> int:
    """Runs the checker in a directory of its own, which is kept where something was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--clones", type=int, default=8)
    parser.add_argument("--seed", default=str(time.time_ns() % 1_000_000))
    options = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="fedtasks-checker-"))
    print(f"seed {options.seed}, {options.clones} clones, {options.minutes:g} minutes, in {base}", flush=True)
    found = run(base, seconds=options.minutes * 60, clones=options.clones, seed=options.seed)
    print(f"{sum(found.counts.values())} commands:")
    for name, count in sorted(found.counts.items()):
        print(f"  {count:6} {name}")
    print("refused or out of reach because:")
    for name, count in found.reasons.most_common(30):
        print(f"  {count:6} {name}")
    print(f"{found.events} acknowledged events, {found.claims} exclusive claims, {found.overruled} overruled by a lead")
    for fault in found.faults:
        print(f"BROKEN: {fault}")
    print("clean" if not found.faults else f"{len(found.faults)} promises broken; see {base}")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
