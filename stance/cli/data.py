"""`stance data`: look after a labelled table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stance.cli.terminal import DATA, plain

app = typer.Typer(help="Look after a labelled table.", no_args_is_help=True)


@app.command("check")
def check_table(
    tables: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Labelled table, by default the shipped one; several are checked as the one "
            "that stance train makes of them."
        ),
    ] = None,
) -> None:
    """Check a labelled table against the project's rules; names every row that breaks one.

    Examples
    --------
        stance data check

        stance data check data/sentences.csv user.csv
    """
    from collections import Counter

    from stance.merging import read_tables
    from stance.tablerules import check

    dataset = read_tables(tables or [])
    problems = check(dataset)
    for line in dataset.notes:
        typer.echo(plain(f"note: {line}"))
    for problem in problems:
        typer.echo(plain(problem))
    counts = Counter(row.label for row in dataset.rows)
    share = ", ".join(f"{label} {n} ({n / len(dataset):.0%})" for label, n in counts.items())
    typer.echo(f"{dataset.name}: {len(dataset)} rows, {len(problems)} problems; {share}")
    if problems:
        raise typer.Exit(DATA)


@app.command("summary")
def show_summary(
    table: Annotated[
        Path | None, typer.Argument(help="Labelled table; by default the shipped one.")
    ] = None,
    readings: Annotated[
        Path | None, typer.Option("--readings", help="Second readings; by default the shipped.")
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option("--into", help="Replace the tables between the marks of this datasheet."),
    ] = None,
) -> None:
    """Print counts and agreement as the Markdown that stands in the datasheet.

    Examples
    --------
        stance data summary

        stance data summary --into data/README.md
    """
    from stance.dataset import read_dataset
    from stance.datasheet import read_readings, replace_summary, summary
    from stance.files import write_atomic

    tables = summary(read_dataset(table), read_readings(readings))
    if into is None:
        typer.echo(tables, nl=False)
    else:
        write_atomic(into, replace_summary(into.read_text("utf-8"), tables))
        typer.echo(f"{into}: tables replaced")
