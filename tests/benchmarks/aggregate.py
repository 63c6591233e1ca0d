"""Measure `stance aggregate`: time and memory by size of the corpus, with and without copies.

    python tests/benchmarks/aggregate.py [--sizes 20000,200000] > aggregate.md

The output of `stance batch` is generated: 400 actors, a year of days, and each statement carried
by some papers. Each size is a process of its own; what counts are the ratios: time and memory
of ten times the statements should be ten times as much at most. Memory is the high-water mark
of the resident set (Linux).
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
import debates

from stance.arrow import pa
from stance.batch import Tables
from stance.parts import Part
from stance.rows import TABLES, schemas

WORDS = (
    "bridge", "tunnel", "harbour", "council", "vote", "cost", "island", "ferry", "lamp", "pier",
    "road", "toll", "bank", "loan", "port", "winter", "spring", "ship", "storm", "tide", "rope",
    "crane", "steel", "stone", "sand", "map", "plan", "clerk", "mayor", "town",
)  # fmt: skip

CODE = (
    "import sys, json, time, pathlib; from stance.debate import aggregate_corpus;"
    "t=time.perf_counter(); a=aggregate_corpus(sys.argv[1], products=('tables','networks','dna'));"
    "print(json.dumps([time.perf_counter()-t,"
    "int(pathlib.Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])/1024,"
    "a.figures['statements']]))"
)


def rows(size: int, copies: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Yield statements in the order of days, each carried by up to `copies` papers."""
    draw = random.Random(seed)
    number = made = 0
    while made < size:
        actor = f"Actor {min(399, int(draw.expovariate(1 / 60)))}"
        label = draw.choice(debates.LABELS)
        words = " ".join(draw.choice(WORDS) for _ in range(18))
        day = 1 + number * 365 * copies // (2 * size) % 365
        date = time.strftime("%Y-%m-%d", time.gmtime(1_704_067_200 + 86_400 * day))
        number += 1
        for copy in range(min(draw.randint(1, copies), size - made)):
            sentence = f"{actor} said {words}." if copy % 2 else f"{actor} told us {words}."
            made += 1
            yield debates.said(
                actor, label, date, article=f"https://paper{copy}.example/{made}",
                sentence=sentence, input="corpus.csv", row=made, statement=0,
            )  # fmt: skip


def write(folder: Path, size: int, copies: int) -> None:
    """Write an output of that many statements, 4,096 at a time."""
    known = schemas(debates.LABELS)
    part = Part(folder, 0, "parquet", known)
    held: list[dict[str, Any]] = []
    for row in [*rows(size, copies), None]:
        if row is not None:
            held.append(row)
        if held and (row is None or len(held) == 4_096):
            made = {name: pa.RecordBatch.from_pylist([], schema=known[name]) for name in TABLES}
            made["statements"] = pa.RecordBatch.from_pylist(held, schema=known["statements"])
            part.write(Tables(len(held), **made))
            held = []
    manifest = {
        "counts": {"articles": size, "statements": size, "skipped_articles": 0},
        "model": {
            "id": "test", "target": debates.TARGET, "labels": debates.LABELS,
            "poles": debates.POLES,
        },
        "format": "parquet",
        "files": part.commit(),
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="20000,200000")
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    print("| printed | copies up to | counted | seconds | a second | peak MB |")
    print("|---|---|---|---|---|---|")
    for copies in (1, 20):
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder:
                write(Path(folder), size, copies)
                done = subprocess.run(
                    [sys.executable, "-c", CODE, folder], capture_output=True, text=True, check=True
                )
            seconds, memory, counted = json.loads(done.stdout)
            print(
                f"| {size:,} | {copies} | {counted:,} | {seconds:.1f} | {size / seconds:,.0f} "
                f"| {memory:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
