"""`run_batch`: a corpus in, tables of statements and actors out, at a flat use of memory."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from stance.batch import MAX_CHARS, ModelRef, Tables, analyze_batch, resolve
from stance.columns import Columns
from stance.engines import run_dask, run_here, run_processes
from stance.errors import InputError
from stance.ledger import Ledger
from stance.parts import FORMATS, Part
from stance.plan import CHUNK_ROWS, PART_ARTICLES, Plan, chunks, survey
from stance.resources import installed_version
from stance.rows import schemas
from stance.tables import find_sources

Progress = Callable[[str, int, int], None]
_ALONE = 4  # chunks that this process does itself: to start others takes as long


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call of `run_batch` has done.

    Attributes
    ----------
    articles : int
        In all inputs.
    done_before : int
        Articles of this shard whose parts a run before had finished.
    seconds : float
        Of work on the others.
    parts, parts_done : int
        Of the whole output, by whatever shard.
    manifest : dict or None
        The content of `manifest.json`; None while parts of other shards are missing.
    """

    articles: int
    done_before: int
    seconds: float
    parts: int
    parts_done: int
    manifest: dict[str, Any] | None


def run_batch(
    inputs: Sequence[Path | str],
    out: Path | str,
    *,
    columns: Columns | None = None,
    model: Path | str | None = None,
    format: str = "parquet",
    jobs: int = -1,
    shard: tuple[int, int] = (1, 1),
    dask: str | None = None,
    max_chars: int = MAX_CHARS,
    part_articles: int = PART_ARTICLES,
    progress: Progress = lambda stage, done, total: None,
) -> Outcome:
    """Analyze every article of the inputs, and write tables of what was found.

    The rows and their order depend on inputs, model and limits alone. After a break, the same
    call goes on with the parts that are missing. No article stops the run: one that cannot
    be read is a row of the table `skipped`.

    Parameters
    ----------
    inputs : sequence of path
        Parquet, JSONL, CSV, TSV (the last three also .gz and .zst), folders and zips of .txt
        and .html.
    out : path
        The folder to write: `statements/`, `actors/`, `skipped/`, `manifest.json`.
    columns : Columns, optional
        Names of the columns; by default they are guessed.
    jobs : int
        Processes; −1 for one a core, 1 for none but this one, which also does a few hundred
        articles alone.
    shard : (i, n)
        Do the i-th of n shares, counted from 1; all shares write to one `out`.
    dask : str, optional
        Address of a Dask scheduler, or "local"; then `jobs` counts for "local" only.
    max_chars : int
        Longer articles are skipped.
    part_articles : int
        Articles of a part file, which is what a kill may cost; rounded up to 64.
    progress : callable
        Called with stage, articles done, articles in all.

    Raises
    ------
    InputError
        Wrong arguments, missing inputs or columns, an `out` of other settings.
    ModelError
        See `load_model`.
    StanceError
        If workers go on dying, or an input changes during the run.
    """
    _checked(format, shard, max_chars, part_articles)
    _require_apart(inputs, Path(out))
    share, shares = shard
    ref = ModelRef.of(model)
    columns = columns or Columns()
    for plan in survey(find_sources(inputs, columns, max_chars), part_articles):
        progress("count", plan.rows, 0)
    ledger = Ledger(Path(out), _settings(plan, ref, columns, format, max_chars))
    sizes = plan.part_rows()
    mine = range(share - 1, plan.parts, shares)
    todo = [part for part in mine if not ledger.done(part)]
    total, left = sum(sizes[part] for part in mine), sum(sizes[part] for part in todo)
    progress("analyze", total - left, total)
    began = time.perf_counter()
    work = partial(analyze_batch, model=ref, max_chars=max_chars)
    alone = jobs == 1 or left <= _ALONE * CHUNK_ROWS
    results = _engine(dask, jobs, alone)(work, chunks(plan, todo))
    for done in _write(results, plan, ledger, format, schemas(resolve(ref).labels)):
        progress("analyze", total - left + done, total)
    return _outcome(plan, ledger, total - left, time.perf_counter() - began)


def _checked(format: str, shard: tuple[int, int], max_chars: int, part_articles: int) -> None:
    if format not in FORMATS:
        raise InputError(f"format {format!r}; expected one of {', '.join(FORMATS)}")
    if not 1 <= shard[0] <= shard[1]:
        raise InputError(f"shard {shard[0]}/{shard[1]}; expected i/n with 1 ≤ i ≤ n")
    for name, value in (("max_chars", max_chars), ("part_articles", part_articles)):
        if value < 1:
            raise InputError(f"{name} {value}; expected at least 1")


def _require_apart(inputs: Sequence[Path | str], out: Path) -> None:
    for path in map(Path, inputs):
        if path.is_dir() and out.resolve().is_relative_to(path.resolve()):
            raise InputError(
                f"the output {out} lies in the input {path}, and would be read as well; "
                "choose an --out elsewhere"
            )


def _settings(
    plan: Plan, ref: ModelRef, columns: Columns, format: str, max_chars: int
) -> dict[str, Any]:
    model = resolve(ref)
    return {
        "inputs": [
            {"name": one.source.name, "articles": one.rows, "bytes": one.size, "sha256": one.sha256}
            for one in plan.inputs
        ],
        "model": {
            "id": model.model_id,
            "sha256": ref.sha256,
            "target": model.target,
            "labels": list(model.labels),
            "poles": list(model.poles or ()),
            "threshold": model.threshold,
        },
        "columns": asdict(columns),
        "format": format,
        "max_chars": max_chars,
        "articles_per_part": plan.part_chunks * CHUNK_ROWS,
        "stance": _version("actor-stance"),
    }


def _engine(dask: str | None, jobs: int, alone: bool) -> Callable[[Any, Any], Iterator[Any]]:
    if dask is not None:
        return partial(run_dask, address=dask, jobs=jobs)
    return run_here if alone else partial(run_processes, jobs=jobs)


def _write(
    results: Iterator[tuple[int, Tables]], plan: Plan, ledger: Ledger, format: str, tables: Any
) -> Iterator[int]:
    """Write the results part by part; yields the articles done so far."""
    done = 0
    for number, group in groupby(results, lambda result: plan.part_of(result[0])):
        part = Part(ledger.out, number, format, tables)
        before = done
        try:
            for _, found in group:
                part.write(found)
                done += found.articles
                yield done
            ledger.enter(number, done - before, part.counts, part.commit())
        except BaseException:
            part.discard()
            raise


def _outcome(plan: Plan, ledger: Ledger, before: int, seconds: float) -> Outcome:
    done = sum(ledger.done(part) for part in range(plan.parts))
    manifest = None
    if done == plan.parts:
        names = ("numpy", "pyarrow", "trafilatura")
        versions = {"python": platform.python_version()} | {name: _version(name) for name in names}
        manifest = ledger.manifest(plan.parts, versions=versions)
    return Outcome(plan.rows, before, seconds, plan.parts, done, manifest)


def _version(name: str) -> str:
    return installed_version(name) or "not installed"
