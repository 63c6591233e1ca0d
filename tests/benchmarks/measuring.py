"""What all sections of the benchmarks share: clocks, memory, and where a figure was measured."""

from __future__ import annotations

import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = (
    *("actor-stance", "numpy", "scikit-learn", "pyarrow", "joblib", "distributed"),
    *("fasttext-wheel", "vowpalwabbit"),
)
COMMAND = (sys.executable, "-c", "from stance.cli import main\nif __name__ == '__main__': main()")
_LOOK = 1.0  # seconds between two looks at the memory, at first
_SAMPLES = 120  # kept of a run
_SPIN = """
import time
began, used = time.perf_counter(), time.process_time()
while time.perf_counter() - began < 1:
    pass
print((time.process_time() - used) / (time.perf_counter() - began))
"""

Run = dict[str, Any]  # wall and cpu in seconds; pss as [seconds, MB] pairs


def told(message: str) -> None:
    """Tell how far it is, on stderr."""
    print(message, file=sys.stderr, flush=True)


def surroundings() -> dict[str, Any]:
    """Return where, when and with what something is measured."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        "commit": _commit(),
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": {"Python": platform.python_version()}
        | {name: found for name in PACKAGES if (found := _version(name))},
    }


def load() -> float:
    """Return the load average of the last minute, this process included."""
    return round(os.getloadavg()[0], 2)


def free() -> float:
    """Return the share of the cores that other work leaves free; takes a second."""
    spinning = [
        subprocess.Popen((sys.executable, "-c", _SPIN), stdout=subprocess.PIPE, text=True)
        for _ in range(os.cpu_count() or 1)
    ]
    shares = [float(process.communicate()[0]) for process in spinning]
    return round(sum(shares) / len(shares), 2)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _commit() -> str:
    """Return the commit, with a + where files that count differ from it."""

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()

    try:
        changed = git("status", "--porcelain", "stance", "data", "models", "tests/benchmarks/*.py")
        return git("rev-parse", "--short=9", "HEAD") + ("+" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _cpu() -> str:
    try:
        found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.M)
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or platform.machine()


def one_core() -> None:
    """Keep this process on one core, where the system lets it."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def in_turns(ways: Mapping[str, Callable[[int], Run]], rounds: int) -> dict[str, list[Run]]:
    """Run all ways in each round, so that a busy machine slows them alike."""
    runs: dict[str, list[Run]] = {name: [] for name in ways}
    for number in range(rounds):
        for name, way in ways.items():
            run = way(number)
            runs[name].append(run)
            told(f"  {number + 1}/{rounds} {name}: {run['wall']:.2f} s, CPU {run['cpu']:.2f} s")
    return runs


def timed(work: Callable[[], object]) -> Run:
    """Do something in this process."""
    began, used = time.perf_counter(), time.process_time()
    work()
    return {"wall": time.perf_counter() - began, "cpu": time.process_time() - used}


def command(words: Sequence[str], *, memory: bool = False) -> Run:
    """Run a command to its end; CPU time and memory are those of all its processes."""
    used, began, samples = _children_cpu(), time.perf_counter(), []
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=errors, cwd=ROOT) as process,
    ):
        while memory and process.poll() is None:
            now = time.perf_counter() - began
            samples.append([round(now, 1), round(pss(process.pid), 1)])
            try:
                process.wait(max(_LOOK, now / _SAMPLES))
            except subprocess.TimeoutExpired:
                continue
        process.wait()
        wall = time.perf_counter() - began
        if process.returncode:
            errors.seek(0)
            raise SystemExit(errors.read().decode("utf-8", "replace"))
    run: Run = {"wall": wall, "cpu": _children_cpu() - used}
    return run | ({"pss": samples[:: 1 + len(samples) // _SAMPLES]} if memory else {})


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def pss(pid: int) -> float:
    """Return the MB (proportional set size) of a process and all below it (Linux; else 0)."""
    total, todo = 0.0, [pid]
    while todo:
        one = todo.pop()
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_text("ascii")
            tasks = Path(f"/proc/{one}/task").glob("*/children")
            children = " ".join(path.read_text("ascii") for path in tasks)
        except OSError:  # it has ended
            continue
        todo += map(int, children.split())
        found = re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)
        total += int(found[1]) / 1000 if found else 0.0
    return total
