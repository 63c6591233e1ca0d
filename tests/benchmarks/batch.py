"""Measure `stance batch`: speed by cores and corpus size, Dask against joblib, memory over time.

    python tests/benchmarks/batch.py [--sizes 1000,10000,100000] [--repeats 3] > batch.md

The corpus is generated: the seed article, and runs of its paragraphs, with other names and
dates in each; every article is about the target, which is the dearest case. Each way is a
process of its own, timed from its start to its end; the ways take turns, so that a busy
machine slows them alike, and what counts are the ratios. Sizes above 10,000 are run once, and
only with all cores. CPU time tells the cost where other work takes a share of the cores.
Memory is the proportional set size (PSS) of the command and all its processes, sampled every
two seconds (Linux).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

from stance.predict import analyze
from stance.resources import seeds_path

GIVEN = "Ada Bela Cyril Dora Emil Fanny Gustav Hilda Ivo Jana Karl Lena Milan Nora Otto Petra"
FAMILY = "Abelson Brandt Corvin Dahl Elster Falk Grimsby Holt Ister Jarrow Kessel Lund Moravec"
MONTHS = "January February March April May June July August September October November December"
COMMAND = "from stance.cli import main\nif __name__ == '__main__': main()"


@dataclass
class Run:
    """One run: articles a second, and what all its processes used."""

    rate: float
    cpu: float  # ms of all processes for an article
    memory: list[float] = field(default_factory=list)

    def quarters(self) -> str:
        """Return the memory at a quarter, half, three quarters and the end of the run."""
        places = [min(len(self.memory) - 1, len(self.memory) * k // 4) for k in (1, 2, 3)]
        return " / ".join(f"{self.memory[place]:.0f}" for place in places)


def articles(count: int, seed: int = 0) -> Iterator[dict[str, str]]:
    """Yield articles made of the seed article's paragraphs."""
    draw = random.Random(seed)
    text = next(seeds_path().glob("*.txt")).read_text("utf-8")
    paragraphs = [part for part in text.splitlines() if part.strip()]
    body = paragraphs[1:]
    names = sorted(set(re.findall(r"\b[A-Z][a-z]+ [A-Z][a-z]+\b", text)))
    for number in range(count):
        length = draw.randint(3, len(body))
        first = draw.randint(0, len(body) - length)
        words = "\n\n".join([paragraphs[0], *body[first : first + length]])
        for name in draw.sample(names, k=min(3, len(names))):
            other = f"{draw.choice(GIVEN.split())} {draw.choice(FAMILY.split())}"
            words = words.replace(name, other)
        words = re.sub(
            rf"\b({MONTHS.replace(' ', '|')})\b", lambda _: draw.choice(MONTHS.split()), words
        )
        words = re.sub(r"\b\d{1,2}\b", lambda _: str(draw.randint(1, 28)), words)
        day = f"{draw.randint(2014, 2025)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"
        yield {"id": f"n{number}", "date": day, "text": words}


def memory(pid: int) -> float:
    """Return the MB of a process and all below it; 0 where the system does not tell."""
    total, todo = 0.0, [pid]
    while todo:
        one = todo.pop()
        try:
            pss = Path(f"/proc/{one}/smaps_rollup").read_text("ascii")
            tasks = Path(f"/proc/{one}/task").glob("*/children")
            children = " ".join(path.read_text("ascii") for path in tasks)
        except OSError:
            continue
        todo += map(int, children.split())
        total += int(re.search(r"^Pss:\s+(\d+)", pss, re.MULTILINE).group(1)) / 1000
    return total


def run_command(corpus: Path, count: int, folder: Path, *options: str) -> Run:
    """Run `stance batch` once."""
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-c", COMMAND, "batch", str(corpus), "--out", str(out), *options]
    used = _children_cpu()
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        sampled, seconds = [], 0.0
        while process.poll() is None:
            sampled.append(memory(process.pid))
            try:
                process.wait(2)
            except subprocess.TimeoutExpired:
                continue
        seconds = time.perf_counter() - began
        if process.returncode:
            raise SystemExit(process.stderr.read().decode())
    return Run(count / seconds, (_children_cpu() - used) / count * 1000, sampled)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_analyze(corpus: Path, count: int) -> Run:
    """Call `analyze` in a loop, the model loaded before."""
    with corpus.open(encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    analyze(texts[0])
    began, used = time.perf_counter(), time.process_time()
    for text in texts:
        analyze(text)
    cpu = (time.process_time() - used) / count * 1000
    return Run(count / (time.perf_counter() - began), cpu)


def measure(sizes: list[int], repeats: int, folder: Path) -> tuple[list[str], str]:
    """Return the rows of the table, and what the corpus is like."""
    rows, about = [], ""
    for count in sizes:
        corpus = folder / f"{count}.jsonl"
        with corpus.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(one) + "\n" for one in articles(count))
        about = f"{corpus.stat().st_size / count:,.0f} bytes an article"
        cores = str(min(2, os.cpu_count() or 1))
        ways: dict[str, tuple[str, ...]] = {f"batch, {cores} cores": ("--jobs", cores)}
        if count <= 10_000:
            ways = {"batch, 1 core": ("--jobs", "1"), **ways}
            ways[f"Dask, {cores} processes"] = ("--jobs", cores, "--dask", "local")
        runs: dict[str, list[Run]] = {}
        for _ in range(repeats if count <= 10_000 else 1):
            if count <= 1_000:
                runs.setdefault("analyze, a loop", []).append(run_analyze(corpus, count))
            for way, options in ways.items():
                runs.setdefault(way, []).append(run_command(corpus, count, folder, *options))
                print(count, way, f"{runs[way][-1].rate:.0f}/s", file=sys.stderr, flush=True)
        rows += list(lines(count, runs))
        corpus.unlink()
    return rows, about


def lines(count: int, runs: dict[str, list[Run]]) -> Iterator[str]:
    """Yield the rows of one size."""
    base = median(run.rate for run in runs["batch, 1 core"]) if "batch, 1 core" in runs else None
    for way, some in runs.items():
        rates = [run.rate for run in some]
        ratio = f"{median(rates) / base:.2f}" if base else "–"
        spread = f"{min(rates):.0f} to {max(rates):.0f}"
        peak = max((max(run.memory, default=0.0) for run in some), default=0.0)
        used = f"{peak:.0f} | {some[-1].quarters()}" if peak else "– | –"
        cpu = f"{median(run.cpu for run in some):.2f}"
        yield f"| {count:,} | {way} | {median(rates):.0f} | {spread} | {ratio} | {cpu} | {used} |"


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where to put the corpora; by default /tmp")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        sizes = [int(size) for size in arguments.sizes.split(",")]
        rows, about = measure(sizes, arguments.repeats, Path(folder))
    print(
        "| articles | way | articles/s | spread | ratio to 1 core | CPU ms an article | peak MB "
        "| MB at ¼ / ½ / ¾ |"
    )
    print("|---:|---|---:|---|---:|---:|---:|---|")
    print("\n".join(rows))
    names = ("actor-stance", "pyarrow", "joblib", "distributed", "numpy")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    print(f"\n{about}; {os.cpu_count()} cores, {platform.machine()}, {platform.system()};")
    print(f"Python {platform.python_version()}, {versions}. Medians of {arguments.repeats} runs")
    print("that took turns (one run above 10,000 articles); times include start and counting.")


if __name__ == "__main__":
    main()
