"""`stance analyze`: articles in, a table or a file out."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stance.cli.terminal import (
    DateOption,
    FilesArgument,
    ModelOption,
    OutputOption,
    check_arguments,
    deliver,
    drawn,
    each_document,
    open_console,
    plain,
    report_failed,
    text_of,
)

if TYPE_CHECKING:
    from rich.console import Console


class Format(StrEnum):
    """How `analyze` shows its answer."""

    table = "table"
    json = "json"
    csv = "csv"
    markdown = "markdown"
    html = "html"


def analyze(
    files: FilesArgument,
    model: ModelOption = None,
    format: Annotated[
        Format, typer.Option("--format", "-f", help="How to show the answer.")
    ] = Format.table,
    output: OutputOption = None,
    date: DateOption = None,
) -> None:
    """Tell, for each actor of an article, its stance and the words that show it.

    Examples
    --------
        stance analyze article.txt

        stance analyze *.txt --format csv -o stances.csv

        cat article.txt | stance analyze - --format json

        stance analyze article.txt --date 2015-06-30

        stance analyze page.html     (needs: pip install 'actor-stance[html]')
    """
    from stance.predict import analyze as analyze_text
    from stance.predict import load_model
    from stance.render import analysis_data

    check_arguments(files, output, date)
    loaded = load_model(model)
    analyses: list[dict[str, Any]] = []

    def judge(name: str, text: str) -> None:
        analyses.append(analysis_data(name, analyze_text(text, model=loaded, date=date)))

    failed = each_document(files, judge, stage="analyze", bar=len(files) > 3)
    _show(analyses, failed, format, output)
    report_failed(failed)


def _show(
    analyses: list[dict[str, Any]], failed: list[dict[str, str]], format: Format, out: Path | None
) -> None:
    from stance.render import analyses_csv, analyses_html, analyses_json, analyses_markdown

    if format is Format.table and out is None:
        _print_tables(analyses, open_console())
        return
    if format is Format.table:
        content = drawn(partial(_print_tables, analyses))
    elif format is Format.csv:
        content = analyses_csv(analyses)
    else:
        writer = {
            Format.json: analyses_json,
            Format.markdown: analyses_markdown,
            Format.html: analyses_html,
        }[format]
        content = writer(analyses, failed)
    deliver(content, out)


def _print_tables(analyses: list[dict[str, Any]], console: Console) -> None:
    for analysis in analyses:
        _print_table(analysis, console)


def _print_table(analysis: dict[str, Any], console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    from stance.render import stance_words
    from stance.report import interval_text, signed

    console.print(text_of(analysis["name"], "bold"))
    console.print(text_of(f"Stance on: {analysis['target']} (model {analysis['model_id']})"))
    table = Table(show_lines=True, expand=True)
    table.add_column("actor", ratio=2)
    table.add_column("stance", ratio=2)
    table.add_column("score, 95 %", ratio=2)
    table.add_column("words", ratio=7)
    colours = {"favor": "green", "conditional": "yellow", "against": "red"}
    for actor in analysis["actors"]:
        if not actor["n"]:
            continue
        words = Text()
        for item in actor["statements"]:
            if item["bears"]:
                words.append("\n" if words else "")
                for kind, piece in item["pieces"]:
                    style = {"speaker": "underline", "cue": "italic", "words": "bold"}.get(kind, "")
                    words.append(plain(piece), style)
                words.append(f"  [{item['label']} {item['probability']:.0%}]", "dim")
        score = f"{signed(actor['score'])}\n{interval_text(actor['interval'])}"
        stance = Text(stance_words(actor), colours.get(actor["label"], ""))
        table.add_row(text_of(actor["actor"]), stance, score, words)
    if table.row_count:
        console.print(table)
    else:
        console.print(text_of("No statement about the target was found."))
    silent = [actor["actor"] for actor in analysis["actors"] if not actor["n"]]
    console.print(text_of(f"No stance: {', '.join(silent) or 'nobody'}."))
    for skipped in analysis["skipped"]:
        console.print(text_of(f"Not read: {skipped['reason']}", "dim"))
    console.print()
