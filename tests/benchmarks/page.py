"""Stored results → `benchmarks.md`, and the sentences that the README quotes from it.

    python tests/benchmarks/page.py       # renews both; run.py does so after each section

Reads the JSON files in `results/` and nothing else.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
RESULTS, PAGE = HERE / "results", HERE / "benchmarks.md"
SIZES = {"scale": "whole articles", "leads": "short reports (headline, three paragraphs)"}
PLOTS = {"scale": HERE / "memory.svg", "leads": HERE / "memory-leads.svg"}
README = HERE.parents[1] / "README.md"
MARKS = ("<!-- benchmarks -->", "<!-- end -->")
GOALS = {"analyze": 200, "batch": 150, "scaling": 1.8}  # articles/s and core, twice; on two cores
QUIET = 0.9  # share of the cores that must be free, or the clock says little
Result = Mapping[str, Any]


def stored(folder: Path = RESULTS) -> dict[str, Result]:
    """Return the results by name."""
    return {
        file.stem: json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.json"))
    }


def page(results: Mapping[str, Result]) -> str:
    """Return the whole of `benchmarks.md`."""
    lines = [*HEAD.splitlines(), ""]
    for name, render in RENDERERS.items():
        if name in results:
            lines += [*render(results[name]), _where(results[name]), ""]
    for name, what in SIZES.items():
        scales = _scales(results, name)
        if scales:
            lines += [*_scale(scales, what, PLOTS[name]), ""]
            for result in scales:
                lines += [f"{result['n']:,} articles: {_where(result)}", ""]
    return "\n".join(lines).rstrip() + "\n"


def quote(results: Mapping[str, Result]) -> str:
    """Return what the README says of speed; each figure stands in `benchmarks.md` too."""
    return "\n".join(_quoted(results))


def _quoted(results: Mapping[str, Result]) -> Iterator[str]:
    if "analyze" in results:
        found = results["analyze"]
        words = found["about"]["words"]
        yield (
            f"* `analyze`: {_rate(found, 'analyze', 'cpu')} articles a second of one core's time "
            f"({_megabytes(found)} MB/s; articles of {words[0]} to {words[2]} words, "
            f"median {words[1]})."
        )
    if "batch" in results:
        found = results["batch"]
        one, many = list(found["ways"])[1:3]
        faster = f"by the CPU time used {_possible(found, one, many)}"
        if _quiet(found):
            faster = f"{_scaling(found, one, many)}"
        yield (
            f"* `stance batch`, from start to end over {found['n']:,} articles: "
            f"{_rate(found, many, 'cpu')} articles a second of a core's time; {found['jobs']} "
            f"processes are {faster} times as fast as one."
        )
    for name, what in SIZES.items():
        scales = _scales(results, name)
        if not scales:
            continue
        first, last = scales[0], scales[-1]
        growth = (
            f"One of {last['n']:,} {what} costs {_growth(first, last)} times as much as one of "
            f"{first['n']:,}. "
        )
        yield (
            f"* {growth if first is not last else ''}Memory over {last['n']:,} {what}: at most "
            f"{_peak(last):.0f} MB, all processes together."
        )
    if "dask" in results:
        found = results["dask"]
        plain, batch, dask = list(found["ways"])
        clock, what = ("wall", "time") if _quiet(found) else ("cpu", "CPU time")
        yield (
            f"* In times of the {what} of plain joblib over {found['n']:,} articles: "
            f"`stance batch` {_ratio(found, batch, plain, clock)}, on a local Dask cluster "
            f"{_ratio(found, dask, plain, clock)}."
        )
    if "scorer" in results:
        peers = [f"{name} {ratio}" for name, ratio in _peers(results["scorer"]["lines"])]
        yield f"* For a sentence, in times of `classify_many`: {'; '.join(peers)}."
    if "start" in results:
        found = results["start"]
        way = next(name for name in found["ways"] if "classify(" in name)
        yield (
            f"* The first answer of `classify` in a fresh process: {_seconds(found, way, 'cpu')} s "
            "of CPU time."
        )


# --- sections ---------------------------------------------------------------------------------


def _scorer(result: Result) -> Iterator[str]:
    yield from result["lines"]


def _analyze(result: Result) -> Iterator[str]:
    yield f"## `analyze`: {result['n']:,} articles a round, {result['rounds']} rounds, one core"
    yield ""
    yield _corpus(result)
    yield ""
    yield "| | articles/s of CPU time | articles/s | CPU ms an article | MB/s of CPU time |"
    yield "|---|---|---|---|---|"
    for way, runs in result["ways"].items():
        size = _megabytes(result) if "bytes" in runs[0] else "–"
        yield (
            f"| {way} | {_rate(result, way, 'cpu')} ({_spread(result, way, 'cpu')}) "
            f"| {_rate(result, way, 'wall')} ({_spread(result, way, 'wall')}) "
            f"| {_cost(result, way)} | {size} |"
        )
    yield ""
    yield _goal("analyze", median(_rates(result, "analyze", "cpu")))
    yield ""


def _batch(result: Result) -> Iterator[str]:
    one, many = list(result["ways"])[1:3]
    yield (
        f"## `stance batch`: {result['n']:,} articles, {result['rounds']} rounds, "
        "from start to end of the command"
    )
    yield ""
    yield _corpus(result)
    yield ""
    yield from _ways(result, one)
    yield (
        f"{result['jobs']} processes are {_scaling(result, one, many)} times as fast as one "
        f"(in the rounds: {_each_scaling(result, one, many)}). By the CPU time used, "
        f"{_possible(result, one, many)} is possible where both cores are free. "
        f"Goal: at least {GOALS['scaling']}."
    )
    yield ""
    yield _goal("batch", median(_rates(result, many, "cpu")))
    yield ""


def _dask(result: Result) -> Iterator[str]:
    yield (
        f"## Dask and plain joblib: {result['n']:,} articles, {result['jobs']} processes, "
        f"{result['rounds']} rounds"
    )
    yield ""
    yield from _ways(result, next(iter(result["ways"])))


def _start(result: Result) -> Iterator[str]:
    yield f"## Start: a fresh process until its end, {result['rounds']} rounds"
    yield ""
    yield "| | seconds: median (least to most) | CPU seconds |"
    yield "|---|---|---|"
    for way in result["ways"]:
        yield f"| {way} | {_seconds(result, way, 'wall')} | {_seconds(result, way, 'cpu')} |"
    yield ""


def _scale(results: Sequence[Result], what: str, plot: Path) -> Iterator[str]:
    jobs = results[0]["jobs"]
    yield f"## Size of the corpus, {what}: `stance batch --jobs {jobs}`, one run each"
    yield ""
    yield _corpus(results[-1])
    yield ""
    yield "| articles | articles/s | CPU ms an article | ratio | MB, most | ¼ / ½ / ¾ / end |"
    yield "|---:|---:|---:|---:|---:|---|"
    for result in results:
        memory = [size for _, size in result["ways"]["batch"][0]["pss"]] or [0.0]
        quarters = [memory[min(len(memory) - 1, len(memory) * k // 4)] for k in (1, 2, 3)]
        # the last look may find processes that are already gone
        shown = " / ".join(f"{size:.0f}" for size in (*quarters, memory[max(0, len(memory) - 3)]))
        yield (
            f"| {result['n']:,} | {_rate(result, 'batch', 'wall')} | {_cost(result, 'batch')} "
            f"| {_growth(results[0], result)} × | {_peak(result):.0f} | {shown} |"
        )
    yield ""
    yield "Memory is the proportional set size of the command and all its processes."
    yield ""
    yield f"![Memory over the run]({plot.name})"


def _ways(result: Result, base: str) -> Iterator[str]:
    yield "| | articles/s | CPU ms an article | articles/s of a core's time | time | CPU time |"
    yield "|---|---|---|---|---|---|"
    for way in result["ways"]:
        yield (
            f"| {way} | {_rate(result, way, 'wall')} ({_spread(result, way, 'wall')}) "
            f"| {_cost(result, way)} | {_rate(result, way, 'cpu')} "
            f"| {_ratio(result, way, base)} × | {_ratio(result, way, base, 'cpu')} × |"
        )
    yield ""


RENDERERS = {
    "scorer": _scorer,
    "analyze": _analyze,
    "batch": _batch,
    "dask": _dask,
    "start": _start,
}
HEAD = """\
# Benchmarks

Written by `python tests/benchmarks/run.py` from what is in [results](results), never by hand.
Ways that are compared take turns. Times and rates are medians (least to most of the rounds).
CPU time is that of all processes; it tells the cost where other work takes a share of the cores.
"""


# --- figures ----------------------------------------------------------------------------------


def _scales(results: Mapping[str, Result], section: str) -> list[Result]:
    some = [result for name, result in results.items() if name.startswith(f"{section}-")]
    return sorted(some, key=lambda result: result["n"])


def _rates(result: Result, way: str, clock: str) -> list[float]:
    return [result["n"] / run[clock] for run in result["ways"][way]]


def _rate(result: Result, way: str, clock: str) -> str:
    return f"{median(_rates(result, way, clock)):.0f}"


def _spread(result: Result, way: str, clock: str) -> str:
    rates = _rates(result, way, clock)
    return f"{min(rates):.0f} to {max(rates):.0f}"


def _cost(result: Result, way: str) -> str:
    return f"{median(run['cpu'] for run in result['ways'][way]) / result['n'] * 1000:.2f}"


def _megabytes(result: Result) -> str:
    runs = result["ways"]["analyze"]
    return f"{median(run['bytes'] / run['cpu'] for run in runs) / 1e6:.2f}"


def _seconds(result: Result, way: str, clock: str) -> str:
    spent = [run[clock] for run in result["ways"][way]]
    return f"{median(spent):.2f} ({min(spent):.2f} to {max(spent):.2f})"


def _ratio(result: Result, way: str, base: str, clock: str = "wall") -> str:
    pairs = zip(result["ways"][way], result["ways"][base], strict=True)
    return f"{median(run[clock] / other[clock] for run, other in pairs):.2f}"


def _scalings(result: Result, one: str, many: str) -> list[float]:
    pairs = zip(result["ways"][one], result["ways"][many], strict=True)
    return [single["wall"] / both["wall"] for single, both in pairs]


def _scaling(result: Result, one: str, many: str) -> str:
    return f"{median(_scalings(result, one, many)):.2f}"


def _each_scaling(result: Result, one: str, many: str) -> str:
    return ", ".join(f"{value:.2f}" for value in _scalings(result, one, many))


def _possible(result: Result, one: str, many: str) -> str:
    """Return what the CPU time allows: as many cores, over how much more they have to do."""
    return f"{result['jobs'] / float(_ratio(result, many, one, 'cpu')):.2f}"


def _growth(first: Result, last: Result) -> str:
    costs = [one["ways"]["batch"][0]["cpu"] / one["n"] for one in (first, last)]
    return f"{costs[1] / costs[0]:.2f}"


def _peak(result: Result) -> float:
    return max((size for _, size in result["ways"]["batch"][0]["pss"]), default=0.0)


def _peers(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield name and ratio of the others, from the first table of the scorer's section."""
    for line in lines:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        found = re.fullmatch(r"([\d.]+) ×", cells[-1])
        if found and cells[0] != "classify_many":
            yield cells[0], found[1]
        elif found is None and line.startswith("### ") and "shipped" not in line:
            return


def _quiet(result: Result) -> bool:
    return min(result.get("free", [0])) >= QUIET


def _goal(name: str, rate: float) -> str:
    word = "reached" if rate >= GOALS[name] else "not reached"
    return f"Goal: at least {GOALS[name]} articles a second and core: {word} ({rate:.0f})."


def _corpus(result: Result) -> str:
    about = result["about"]
    words = about["words"]
    return (
        f"Generated from the golden articles ([corpus.py](corpus.py), seed {about['seed']}): "
        f"{words[0]} to {words[2]} words, median {words[1]}; {about['bytes']:,} bytes an article; "
        f"{about['off_articles']:.0%} of the articles and {about['off_paragraphs']:.0%} of the "
        "paragraphs of the others are about something else."
    )


def _where(result: Result) -> str:
    names = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
    before, after = result["load"]
    free = f"{min(result['free']):.0%} of the cores free; " if "free" in result else ""
    note = "" if _quiet(result) else "the clock says little, CPU time counts; "
    return (
        f"Commit {result['commit']}, {result['date']} UTC; {result['cpu']}, {result['cores']} "
        f"cores, {result['system']}; load {before:.1f} before, {after:.1f} after; "
        f"{free}{note}{names}."
    )


def refreshed(text: str, results: Mapping[str, Result]) -> str:
    """Return the README with its quotation renewed."""
    first, last = MARKS
    block = f"{first}\n{quote(results)}\n{last}"
    return re.sub(f"{first}\n.*?{last}", lambda _: block, text, count=1, flags=re.S)


def main() -> int:
    """Renew `benchmarks.md` and the README."""
    results = stored()
    PAGE.write_text(page(results), "utf-8")
    README.write_text(refreshed(README.read_text("utf-8"), results), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
