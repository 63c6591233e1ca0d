"""`stance evaluate`: a model in, a report out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stance.cli.terminal import USAGE, ModelOption, fail, open_console, progress, say


def evaluate(
    model: ModelOption = None,
    data: Annotated[
        list[Path] | None,
        typer.Option(
            "--data", help="Labelled table, by default the shipped one; again for each further one."
        ),
    ] = None,
    report: Annotated[
        Path, typer.Option("--report", help="Folder for report.md, report.json, report.html.")
    ] = Path("report"),
    checklist: Annotated[
        Path | None,
        typer.Option("--checklist", help="Folder of hard cases (CSV); pass rate per capability."),
    ] = None,
    golden: Annotated[
        Path | None,
        typer.Option("--golden", help="Folder of articles with gold statements, read whole."),
    ] = None,
    floors: Annotated[
        Path | None, typer.Option("--floors", help="Fail if a figure is below its floor here.")
    ] = None,
) -> None:
    """Measure a model and write a report.

    On the rows that the model was trained on, each row is judged by a model that saw none of
    its group (cross-validation); on other rows, by the model itself.

    Where rows of the provenance `user` are among them, the report tells what they changed: the
    same folds, trained with them and without.

    Examples
    --------
        stance evaluate --report report

        stance evaluate --model my-model --data data/sentences.csv --data user.csv

        stance evaluate --golden tests/golden --report report
    """
    from stance.drawing import require_matplotlib
    from stance.evaluation import evaluate as evaluate_model
    from stance.floors import check_floors
    from stance.merging import read_tables
    from stance.predict import load_model
    from stance.report import interval_text, signed, write_report

    if report.exists() and not report.is_dir():
        fail(f"--report {report} is a file; expected a folder", USAGE)
    require_matplotlib()
    with progress(True) as tell:
        tables = read_tables(data) if data else None
        found = evaluate_model(
            load_model(model), tables, golden=golden, checklist=checklist, progress=tell
        )
        figures = found.to_dict()
        written = write_report(figures, report)
    overall = figures["overall"]
    console = open_console()
    say(
        console,
        f"macro-F1 {overall['macro_f1']:.3f} "
        f"(95 % interval {interval_text(overall['macro_f1_interval'])}; "
        f"n = {overall['n']}; {figures['mode']})",
    )
    for part in figures["added_rows"]:
        say(
            console,
            f"{part['added']} added rows: on {part['rows']} (n = {part['n']}) macro-F1 "
            f"{part['macro_f1_without']:.3f} without them, {part['macro_f1_with']:.3f} with them; "
            f"difference {signed(part['difference'], 3)} (95 % interval "
            f"{interval_text(part['difference_interval'], 3)})",
        )
    for figure in figures["golden"]:
        say(
            console,
            f"{figure['what']}: {figure['value']:.3f} "
            f"({interval_text(figure['interval'])}; n = {figure['n']})",
        )
    for path in written:
        say(console, f"  {path}")
    if floors is not None:
        count = check_floors(figures, floors)
        say(console, f"{count} floors hold")
