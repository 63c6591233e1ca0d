"""`stance batch`: a corpus in, tables of statements and actors out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stance.cli.terminal import DATA, USAGE, ModelOption, fail, open_console, say, warn

if TYPE_CHECKING:
    from stance.runs import Outcome

_SHOWN = 5  # reasons, for articles that were not read
_EVERY = 60  # seconds between two lines where nobody watches a bar


class Output(StrEnum):
    """The format of the part files."""

    parquet = "parquet"
    jsonl = "jsonl"
    csv = "csv"


def batch(
    inputs: Annotated[
        list[Path],
        typer.Argument(
            help="Parquet, JSONL, CSV, TSV (also .gz, .zst); folders and zips of .txt and .html."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write the tables to.")],
    text: Annotated[str | None, typer.Option("--text", help="Column of the text.")] = None,
    id: Annotated[str | None, typer.Option("--id", help="Column of the article's id.")] = None,
    date: Annotated[str | None, typer.Option("--date", help="Column of the date.")] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="Column of the paper or outlet.")
    ] = None,
    format: Annotated[
        Output, typer.Option("--format", "-f", help="Format of the tables.")
    ] = Output.parquet,
    model: ModelOption = None,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=-1, help="Processes; -1 is one for each core.")
    ] = -1,
    shard: Annotated[
        str, typer.Option("--shard", metavar="I/N", help="Do the I-th of N shares (job arrays).")
    ] = "1/1",
    dask: Annotated[
        str | None,
        typer.Option("--dask", metavar="ADDRESS", help="Dask scheduler (tcp://…), or: local."),
    ] = None,
    max_chars: Annotated[
        int, typer.Option("--max-chars", min=1, help="Longer articles are skipped.")
    ] = 200_000,
    part_articles: Annotated[
        int,
        typer.Option("--part-articles", min=1, help="Articles of a part file; a kill costs one."),
    ] = 4_096,
) -> None:
    """Analyze a corpus: tables of statements, actors, and what was skipped and why.

    The same command goes on where it was stopped, whatever stopped it; the result is the same,
    row for row, and does not depend on jobs, shards or Dask. Columns are guessed by their
    names where no option names them.

    Examples
    --------
        stance batch news.parquet --out stances

        stance batch 2024.jsonl.gz 2025.jsonl.gz --text body --id url --out stances --jobs 8

        stance batch pages/ archive.zip --out stances --format csv

        stance batch news.parquet --out stances --shard $SLURM_ARRAY_TASK_ID/16 --jobs 1

        stance batch news.parquet --out stances --dask tcp://scheduler:8786
    """
    share = re.fullmatch(r"(\d{1,6})/(\d{1,6})", shard)
    if share is None or not 1 <= int(share[1]) <= int(share[2]):
        fail(f"--shard {shard}; expected I/N with 1 ≤ I ≤ N, for example 3/16", USAGE)
    if jobs == 0:
        fail("--jobs 0; expected a number of processes, or -1 for one for each core", USAGE)
    _require_inputs(inputs)
    from stance.columns import Columns
    from stance.runs import run_batch

    try:
        with _rate() as tell:
            outcome = run_batch(
                inputs,
                out,
                columns=Columns(text, id, date, source),
                model=model,
                format=format.value,
                jobs=jobs,
                shard=(int(share[1]), int(share[2])),
                dask=dask,
                max_chars=max_chars,
                part_articles=part_articles,
                progress=tell,
            )
    except KeyboardInterrupt:
        fail(f"interrupted; run the same command again to go on; {out} is as it was", 130)
    _tell(outcome, out)


def _require_inputs(inputs: list[Path]) -> None:
    for path in inputs:
        if not path.exists():
            fail(f"no file or folder {str(path)!r}; expected the articles to read", USAGE)


def _tell(outcome: Outcome, out: Path) -> None:
    from stance.report import counted

    console = open_console()
    if outcome.done_before:
        say(console, f"Done before: {counted(outcome.done_before, 'article')}")
    if outcome.manifest is None:
        say(
            console,
            f"{out}: {outcome.parts_done} of {outcome.parts} parts are there; "
            "the shard that ends last writes manifest.json",
        )
        return
    counts = outcome.manifest["counts"]
    skipped = counts["skipped_articles"]
    say(
        console,
        f"{out}: {counted(counts['articles'], 'article')}, "
        f"{counted(counts['statements'], 'statement')}, {counted(counts['actors'], 'actor')}; "
        f"{counted(skipped, 'article')} skipped (reasons in {out / 'skipped'}); "
        f"{outcome.seconds:,.0f} s",
    )
    for line in islice(_reasons(out), _SHOWN) if skipped else ():
        warn(f"not read: {line}")
    if skipped > _SHOWN:
        warn(f"not read: {skipped - _SHOWN:,} more; see {out / 'skipped'}")
    if skipped and skipped == counts["articles"]:
        raise typer.Exit(DATA)


def _reasons(out: Path) -> Iterator[str]:
    """Yield the articles that were not read, and why, from the table that says so."""
    from stance.outputs import chunks, open_output

    tables = tuple(sorted((out / "skipped").glob("part-*")))
    for chunk in chunks(replace(open_output(out), files=tables), ("article_id", "what", "reason")):
        for name, what, reason in zip(*chunk.values(), strict=True):
            if what == "article":
                yield f"{name}: {reason}"


@contextmanager
def _rate() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar with rate and remaining time; a line a minute where there is no terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f} articles/s" if task.speed else "")

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
    )
    bar = Progress(
        *columns,
        console=console,
        transient=True,
        speed_estimate_period=120,
        disable=not console.is_terminal,
    )
    task = None
    began, first, told = time.monotonic(), 0, time.monotonic()

    def tell(stage: str, done: int, total: int) -> None:
        nonlocal task, began, first, told
        now = time.monotonic()
        if task is None or bar.tasks[-1].description != stage:
            if task is not None:
                bar.remove_task(task)
            task = bar.add_task(stage, total=total or None, completed=done)
            began, first, told = now, done, now
        else:
            bar.update(task, completed=done, total=total or None)
        if not console.is_terminal and now - told >= _EVERY:
            told = now
            typer.echo(_line(stage, done, total, (done - first) / max(now - began, 1e-9)), err=True)

    with bar:
        yield tell


def _line(stage: str, done: int, total: int, rate: float) -> str:
    if not total or not rate:
        return f"{stage}: {done:,} articles"
    left = (total - done) / rate / 60
    return f"{stage}: {done:,} of {total:,} articles, {rate:,.0f} a second, {left:,.0f} min left"
