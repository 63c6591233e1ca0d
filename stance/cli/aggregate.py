"""`stance aggregate`: a corpus that `stance batch` has read → who held what, when."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stance.cli.terminal import USAGE, fail, open_console, plain, progress, say

if TYPE_CHECKING:
    from stance.debate import Aggregated

_PRODUCTS = ("tables", "plots", "networks", "dna")
_ROWS = 12  # actors that the terminal shows


class Unit(StrEnum):
    """What a column of the table is."""

    week = "week"
    month = "month"
    quarter = "quarter"
    year = "year"


class Normalise(StrEnum):
    """How ties between actors are scaled."""

    average = "average"
    none = "none"


def aggregate(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Output folder of a stance batch that has ended.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder to write to; by default DIR/aggregate."),
    ] = None,
    period: Annotated[Unit, typer.Option("--period", "-p", help="Length of a period.")] = (
        Unit.month
    ),
    minimum: Annotated[
        int,
        typer.Option("--min", min=1, help="Fewer stance-bearing statements are marked as too few."),
    ] = 3,
    top: Annotated[int, typer.Option("--top", min=1, help="Actors that the plots show.")] = 24,
    window: Annotated[
        int,
        typer.Option("--window", min=0, help="Days within which a statement is a copy."),
    ] = 7,
    overlap: Annotated[
        float,
        typer.Option(
            "--overlap",
            min=0.01,
            help="Share of the shorter sentence's word 3-grams that makes a copy; above 1 only "
            "the same words.",
        ),
    ] = 0.8,
    normalise: Annotated[
        Normalise,
        typer.Option(
            "--normalise", help="Ties of actors: by the average activity of the two, or counts."
        ),
    ] = Normalise.average,
    only: Annotated[
        str | None,
        typer.Option("--only", help=f"Some of {','.join(_PRODUCTS)}; by default all of them."),
    ] = None,
) -> None:
    """Aggregate a corpus: the stance of each actor in each month, with intervals and counts.

    A statement that several papers carried counts once (same actor, same label, nearly the same
    sentence within some days). Writes tables (CSV and Parquet), plots (SVG and PNG), networks
    of actors (GraphML and GEXF, for Gephi and visone), an export for Discourse Network
    Analyzer (CSV, and an R script that loads it by rDNA), and report.md.

    Examples
    --------
        stance batch news.parquet --out stances

        stance aggregate stances

        stance aggregate stances --period quarter --min 5 --top 60 --out debate

        stance aggregate stances --only tables,dna

        stance aggregate stances --only networks --normalise none
    """
    products = tuple(part.strip() for part in only.split(",")) if only else _PRODUCTS
    unknown = [name for name in products if name not in _PRODUCTS]
    if unknown:
        fail(f"--only {only}; expected some of {','.join(_PRODUCTS)}", USAGE)
    if not folder.is_dir():
        fail(f"no folder {str(folder)!r}; expected the --out of stance batch", USAGE)
    if out is not None and out.exists() and not out.is_dir():
        fail(f"--out {out}: expected a folder", USAGE)
    from stance.debate import aggregate_corpus

    with progress(True) as tell:
        done = aggregate_corpus(
            folder,
            out,
            period=period.value,
            fewest=minimum,
            most=top,
            overlap=overlap,
            window=window,
            normalise=normalise.value,
            products=products,
            progress=tell,
        )
    _show(done, out or folder / "aggregate")


def _show(done: Aggregated, out: Path) -> None:
    from rich.table import Table

    console = open_console()
    table = Table("actor", "stance", "score", "95 %", "n", "papers", box=None, pad_edge=False)
    named = [c for c in done.cells if c.period == "all" and c.n and c.who.kind != "role"]
    for cell in sorted(named, key=lambda cell: -cell.n)[:_ROWS]:
        label = f"{cell.label}{' (mixed)' if cell.mixed else ''}{' (few)' if cell.few else ''}"
        score, span = "–", "–"
        if cell.score is not None:
            score = f"{cell.score:+.2f}".replace("-", "−")
            span = f"{cell.low:+.2f} to {cell.high:+.2f}".replace("-", "−")
        row = (cell.who.name, label, score, span, f"{cell.n:,}", f"{cell.papers:,}")
        table.add_row(*map(_cell, row))
    if named:
        console.print(table)
    for sentence in done.sentences:
        say(console, sentence, wrap=True)
    say(console, f"{len(done.files)} files in {out}")


def _cell(words: str) -> str:
    from rich.markup import escape

    return escape(plain(words))
