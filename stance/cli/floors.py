"""`stance floors`: floors under the figures of an evaluation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from stance.cli.terminal import DATA, USAGE, fail

app = typer.Typer(help="Floors under the figures of an evaluation.", no_args_is_help=True)


@app.command("check")
def floors_check(
    report: Annotated[Path, typer.Argument(help="A report.json.")],
    floors: Annotated[Path, typer.Option("--floors", help="The floors' file.")] = Path(
        "data/floors.json"
    ),
) -> None:
    """Compare a report with its floors.

    Example:

        stance floors check report/report.json --floors data/floors.json
    """
    from stance.floors import check_floors

    typer.echo(f"{check_floors(_read_report(report), floors)} floors hold")


@app.command("set")
def floors_set(
    report: Annotated[Path, typer.Argument(help="A report.json.")] = Path("report/report.json"),
    floors: Annotated[Path, typer.Option("--floors", help="The floors' file.")] = Path(
        "data/floors.json"
    ),
    allow_lower: Annotated[
        bool, typer.Option("--allow-lower", help="Let a bound become looser.")
    ] = False,
) -> None:
    """Set floors from a report, for the dataset it was made on.

    Example:

        stance floors set report/report.json --floors data/floors.json
    """
    from stance.floors import set_floors

    content = set_floors(_read_report(report), floors, allow_lower=allow_lower)
    typer.echo(f"{floors}: {len(content['bounds'])} bounds")


def _read_report(path: Path) -> dict[str, Any]:
    import json

    if not path.is_file():
        fail(f"no report at {path}; make one with: stance evaluate --report FOLDER", USAGE)
    try:
        content = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        fail(f"{path} is no JSON: {error}; make it anew with: stance evaluate", DATA)
    if not isinstance(content, dict) or "overall" not in content:
        fail(f"{path} is no report of stance; make one with: stance evaluate", DATA)
    return content
