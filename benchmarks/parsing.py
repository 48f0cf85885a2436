"""Times reading a plan against markdown-it alone: `python benchmarks/parsing.py [--rounds 9] [FILE...]`.

Without files the plans are made up: one of 60 KB and one of 5 MB, of checkboxes, numbered headings with files, bullets
under phases and tables. Each figure is the median of processes that load their modules and read the plan's beginning
first, then all of it.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ALONE = """
import sys, time
from pathlib import Path
from markdown_it import MarkdownIt
text = Path(sys.argv[1]).read_text(encoding="utf-8")
parser = MarkdownIt("commonmark").enable("table")
parser.parse("# warm")
begun = time.process_time()
parser.parse(text)
print(time.process_time() - begun, 0)
"""
OURS = """
import gc, sys, time
from pathlib import Path
from fedtasks.plan.reading.read import read_plan
data = Path(sys.argv[1]).read_bytes()
gc.set_threshold(100_000)  # as the command does
read_plan(data[:20_000], "plan.md")
begun = time.process_time()
plan = read_plan(data, "plan.md")
print(time.process_time() - begun, len(plan.items))
"""
SECTION = """
## Phase {n}: Harvest {n}

- [ ] Pick row {n} before the frost @kim
  - [x] Count the crates of row {n}
- [ ] Press what row {n} gave (depends on {n})

### Task {n}.1: Label the bottles

**Files:**
- Create: `cellar/labels_{n}.py`
- Modify: `cellar/press.py`

Print them on the small machine, two a bottle, and keep the roll dry.

### Stores {n}

| Task | Owner | Status |
|---|---|---|
| Sweep the cellar {n} | jonas | open |
| Air the barrels {n} | kim | done |

### Next steps {n}

1. **Taste** the must of row {n}
2. Write down what it weighs
"""


def made_up(size: int) -> str:
    """A plan of about so many bytes."""
    count = max(1, size // len(SECTION.format(n=1000)))
    return "# The harvest\n" + "".join(SECTION.format(n=number) for number in range(1, count + 1))


def measure(program: str, path: Path, rounds: int) -> tuple[float, int]:
    """The median of the seconds of processor time, and the last count."""
    answers = [
        subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True).stdout
        for _ in range(rounds)
    ]
    return statistics.median(float(answer.split()[0]) for answer in answers), int(answers[-1].split()[1])


def report(name: str, path: Path, rounds: int) -> None:
    """Prints one plan's line."""
    alone, _ = measure(ALONE, path, rounds)
    ours, tasks = measure(OURS, path, rounds)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(
        f"{name}: {path.stat().st_size / 1000:.0f} kB, {tasks} tasks; markdown-it {alone:.3f} s, "
        f"all {ours:.3f} s: {ours / alone:.2f} times; peak so far {peak} MB"
    )


def main() -> None:
    """Times the plans that are named, or generated ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    for path in options.files:
        report(path.name, path, options.rounds)
    if not options.files:
        with tempfile.TemporaryDirectory() as place:
            for name, size, rounds in (("small", 60_000, options.rounds), ("large", 5_000_000, 1)):
                path = Path(place) / f"{name}.md"
                path.write_text(made_up(size), encoding="utf-8")
                report(name, path, rounds)


if __name__ == "__main__":
    main()
