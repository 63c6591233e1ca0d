"""`stance statements`: who said what, whatever the topic."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stance.cli.terminal import (
    DateOption,
    FilesArgument,
    OutputOption,
    check_arguments,
    deliver,
    drawn,
    each_document,
    open_console,
    report_failed,
    text_of,
)

if TYPE_CHECKING:
    from rich.console import Console


class Format(StrEnum):
    """How `statements` shows what it found."""

    table = "table"
    jsonl = "jsonl"
    csv = "csv"


def statements(
    files: FilesArgument,
    format: Annotated[
        Format, typer.Option("--format", "-f", help="How to show the statements.")
    ] = Format.table,
    output: OutputOption = None,
    date: DateOption = None,
) -> None:
    """List every statement of an article, whatever its topic: who, by which cue, what.

    Rows of what was left out (headings, bylines, lists of tags) say why. A speaker that the
    article does not tell is empty: unknown is an answer.

    Examples
    --------
        stance statements article.txt

        stance statements *.txt --format csv -o statements.csv

        stance statements article.txt --date 2015-06-30 --format jsonl
    """
    from stance.listing import rows
    from stance.statements import read_article

    check_arguments(files, output, date)
    listed: list[dict[str, Any]] = []

    def read(name: str, text: str) -> None:
        listed.extend(rows(name, read_article(text, date=date)))

    failed = each_document(files, read, stage="read", bar=len(files) > 20)
    _show(listed, format, output)
    report_failed(failed)


def _show(listed: list[dict[str, Any]], format: Format, out: Path | None) -> None:
    from stance.listing import as_csv, as_jsonl

    if format is Format.table and out is None:
        _print_tables(listed, open_console())
        return
    if format is Format.table:
        content = drawn(partial(_print_tables, listed))
    else:
        content = as_csv(listed) if format is Format.csv else as_jsonl(listed)
    deliver(content, out)


def _print_tables(listed: list[dict[str, Any]], console: Console) -> None:
    for name, group in groupby(listed, key=lambda row: row["article"]):
        _print_table(name, list(group), console)


def _print_table(name: str, group: list[dict[str, Any]], console: Console) -> None:
    from rich.table import Table

    console.print(text_of(name, "bold"))
    table = Table(show_lines=True, expand=True)
    for title, ratio in (("speaker", 3), ("cue", 2), ("what is said", 8), ("kind", 2), ("rule", 3)):
        table.add_column(title, ratio=ratio)
    for row in group:
        if row["what"] == "statement":
            table.add_row(
                text_of(_speaker(row)),
                text_of(row["cue"] or "", "italic"),
                text_of(row["text"]),
                row["kind"],
                text_of(f"{row['found_by']}\n{row['resolved_by']}", "dim"),
            )
    console.print(table)
    for row in group:
        if row["what"] == "skipped":
            place = f"{row['start']}-{row['end']}: " if row["start"] is not None else ""
            shown = (row["text"] or "")[:60]
            console.print(text_of(f"Not read: {place}{row['reason']}: {shown}", "dim"))
    console.print()


def _speaker(row: dict[str, Any]) -> str:
    """Return the name, with the mention where it is another: ``Jane Doe (she)``."""
    actor, mention = row["actor"], row["mention"]
    if actor is None:
        return f"? ({mention})" if mention else "?"
    return actor if mention is None or mention == actor else f"{actor} ({mention})"
