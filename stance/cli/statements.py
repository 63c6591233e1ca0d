"""`stance statements`: who said what, whatever the topic."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from stance.cli.terminal import (
    DATA,
    USAGE,
    DateOption,
    check_date,
    fail,
    open_console,
    plain,
    progress,
    require_folder_of,
    text_of,
)
from stance.errors import StanceError


class Format(StrEnum):
    """How `statements` shows what it found."""

    table = "table"
    jsonl = "jsonl"
    csv = "csv"


def statements(
    files: Annotated[
        list[str],
        typer.Argument(help="Text (UTF-8) or HTML files; - reads text from standard input."),
    ],
    format: Annotated[
        Format, typer.Option("--format", "-f", help="How to show the statements.")
    ] = Format.table,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file instead.")
    ] = None,
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
    from stance.webpage import read_document

    if files.count("-") > 1:
        fail("standard input (-) can be read only once", USAGE)
    require_folder_of(output)
    check_date(date)
    listed: list[dict[str, Any]] = []
    failed: list[str] = []
    with progress(len(files) > 20) as tell:
        for number, name in enumerate(files):
            tell("read", number, len(files))
            try:
                raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
                listed += rows(name, read_article(read_document(raw, name), date=date))
            except StanceError as error:
                failed.append(f"{name}: {error}")
            except OSError as error:
                failed.append(f"{name}: {error.strerror or error}")
    _show(listed, format, output)
    for reason in failed:
        typer.echo(f"stance: not read: {plain(reason)}", err=True)
    if failed:
        raise typer.Exit(DATA)


def _show(listed: list[dict[str, Any]], format: Format, out: Path | None) -> None:
    from stance.files import write_atomic
    from stance.listing import as_csv, as_jsonl

    if format is Format.table:
        _print_tables(listed, out)
        return
    content = as_csv(listed) if format is Format.csv else as_jsonl(listed)
    if out is None:
        sys.stdout.write(content)
    else:
        write_atomic(out, content)


def _print_tables(listed: list[dict[str, Any]], out: Path | None) -> None:
    import io
    from itertools import groupby

    from rich.console import Console

    from stance.files import write_atomic

    console = open_console() if out is None else Console(file=io.StringIO(), width=120)
    for name, group in groupby(listed, key=lambda row: row["article"]):
        _print_table(console, name, list(group))
    if out is not None:
        assert isinstance(console.file, io.StringIO)
        write_atomic(out, console.file.getvalue())


def _print_table(console: Any, name: str, group: list[dict[str, Any]]) -> None:
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
