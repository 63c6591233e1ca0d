"""The command `stance`: parser, validation, calls. The only module that prints."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from stance import __version__
from stance.errors import StanceError

if TYPE_CHECKING:
    from rich.console import Console

    from stance.training import Progress

USAGE, DATA = 2, 1
app = typer.Typer(
    name="stance",
    help="Who wants what: the stance of each actor in news text, with the words that show it.",
    epilog="Exit codes: 0 fine, 1 something in the data, 2 something in the command.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
data_app = typer.Typer(help="Look after a labelled table.", no_args_is_help=True)
floors_app = typer.Typer(help="Floors under the figures of an evaluation.", no_args_is_help=True)
app.add_typer(data_app, name="data")
app.add_typer(floors_app, name="floors")


class Format(StrEnum):
    """How `analyze` shows its answer."""

    table = "table"
    json = "json"
    csv = "csv"
    markdown = "markdown"
    html = "html"


ModelOption = Annotated[
    Path | None, typer.Option("--model", help="Model folder; by default the shipped one.")
]


def main() -> None:
    """Run the command; errors become one message and an exit code, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without Unicode still shows text
    try:
        app()
    except StanceError as error:
        _fail(str(error), DATA)
    except BrokenPipeError:  # the reader (head, less) has seen enough
        sys.stderr.close()
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        _fail("interrupted; no file was changed", 130)
    except MemoryError:
        _fail("out of memory; split the input and try again", DATA)
    except OSError as error:
        what = f"{error.filename}: " if error.filename else ""
        _fail(f"{what}{error.strerror or error}; no file was changed", DATA)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"stance {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", is_eager=True, callback=_show_version
        ),
    ] = False,
) -> None:
    """Who wants what: the stance of each actor in news text, with the words that show it."""


@app.command()
def analyze(
    files: Annotated[list[str], typer.Argument(help="Text files (UTF-8); - reads standard input.")],
    model: ModelOption = None,
    format: Annotated[
        Format, typer.Option("--format", "-f", help="How to show the answer.")
    ] = Format.table,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file instead.")
    ] = None,
) -> None:
    """Tell, for each actor of an article, its stance and the words that show it.

    Examples
    --------
        stance analyze article.txt

        stance analyze *.txt --format csv -o stances.csv

        cat article.txt | stance analyze - --format json
    """
    from stance.predict import analyze as analyze_text
    from stance.predict import load_model
    from stance.render import analysis_data
    from stance.text import read_text

    if files.count("-") > 1:
        _fail("standard input (-) can be read only once", USAGE)
    _require_folder_of(output)
    loaded = load_model(model)
    analyses, failed = [], []
    with _progress(len(files) > 3) as tell:
        for number, name in enumerate(files):
            tell("analyze", number, len(files))
            try:
                raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
                text = read_text(raw, name)
                analyses.append(analysis_data(name, analyze_text(text, model=loaded)))
            except StanceError as error:
                failed.append({"name": name, "reason": str(error)})
            except OSError as error:
                failed.append({"name": name, "reason": error.strerror or str(error)})
    _show(analyses, failed, format, output)
    for item in failed:
        typer.echo(f"stance: not read: {_plain(item['name'])}: {_plain(item['reason'])}", err=True)
    if failed:
        raise typer.Exit(DATA)


@app.command()
def classify(
    sentence: Annotated[str, typer.Argument(help="One sentence of a news report.")],
    actor: Annotated[
        str | None, typer.Option("--actor", "-a", help="The actor as it stands in the sentence.")
    ] = None,
    model: ModelOption = None,
) -> None:
    """Classify one sentence, and show the words behind the answer.

    Example:

        stance classify "Kyiv must join NATO, the minister said." --actor "the minister"
    """
    from rich.table import Table

    from stance.predict import classify as classify_sentence
    from stance.predict import explain, load_model

    loaded = load_model(model)
    found = classify_sentence(sentence, actor, model=loaded)
    console = _console()
    doubt = "" if found.confident else "  (not sure: below the confidence threshold)"
    console.print(f"{found.label}{doubt}", markup=False, style="bold")
    for label, probability in found.probabilities.items():
        console.print(f"  {label:<14}{probability:6.1%}", markup=False, highlight=False)
    reasons = explain(sentence, actor, model=loaded)
    table = Table(
        title=f"log-odds of {reasons[0].label} against {reasons[0].against}", title_justify="left"
    )
    table.add_column("words")
    table.add_column("weight", justify="right")
    for reason in reasons[:12]:
        table.add_row(_text(reason.text), f"{reason.contribution:+.3f}")
    rest = sum(reason.contribution for reason in reasons[12:])
    if len(reasons) > 12:
        table.add_row(f"({len(reasons) - 12} more)", f"{rest:+.3f}")
    table.add_row("sum", f"{sum(r.contribution for r in reasons):+.3f}", style="bold")
    console.print(table)


@app.command()
def train(
    table: Annotated[
        Path | None,
        typer.Argument(
            help="CSV, TSV or JSON Lines with the columns sentence and label, and actor, group "
            "where you have them; by default the shipped dataset."
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Model folder to write.")] = Path("model"),
    target: Annotated[
        str | None, typer.Option("--target", help="The proposition, written into the model.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the folds.")] = 0,
    accuracy: Annotated[
        float,
        typer.Option("--accuracy", min=0.0, max=1.0, help="Accuracy of confident answers."),
    ] = 0.9,
    lexicon: Annotated[
        Path | None, typer.Option("--lexicon", help="Concepts of your debate (CSV).")
    ] = None,
) -> None:
    """Train a model on a labelled table.

    Rows of one `group` (an article, a sentence and its variants) are never split between
    training and test. Without groups, near-duplicates are grouped for you.

    Examples
    --------
        stance train --out my-model

        stance train my-rows.csv --out my-model --target "a wealth tax"
    """
    from stance.lexicon import load_lexicon
    from stance.training import train as train_model

    if not 0.0 < accuracy < 1.0:
        _fail(f"--accuracy {accuracy}; expected more than 0 and less than 1", USAGE)
    with _progress(True) as tell:
        model = train_model(
            table,
            out=out,
            target=target,
            seed=seed,
            target_accuracy=accuracy,
            lexicon=load_lexicon(lexicon) if lexicon else None,
            progress=tell,
        )
    _pin_if_default(out, model.manifest)
    metrics, data = model.manifest["metrics"], model.manifest["dataset"]
    low, high = metrics["macro_f1_interval"]
    console = _console()
    console.print(
        f"{out}: {data['rows']} rows, {len(model.labels)} labels; macro-F1 "
        f"{metrics['macro_f1']:.3f} (95 % interval {low:.3f} to {high:.3f}; {metrics['split']})",
        markup=False,
        highlight=False,
    )
    if data["skipped"]:
        console.print(f"{data['skipped']} rows were not used; see: stance data check", markup=False)
    console.print(f"Next: stance evaluate --model {out}", markup=False, highlight=False)


@app.command()
def evaluate(
    model: ModelOption = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Labelled table; by default the shipped one.")
    ] = None,
    report: Annotated[
        Path, typer.Option("--report", help="Folder for report.md, report.json, report.html.")
    ] = Path("report"),
    floors: Annotated[
        Path | None, typer.Option("--floors", help="Fail if a figure is below its floor here.")
    ] = None,
) -> None:
    """Measure a model and write a report.

    On the rows that the model was trained on, each row is judged by a model that saw none of
    its group (cross-validation); on other rows, by the model itself.

    Example:

        stance evaluate --report report
    """
    from stance.evaluation import evaluate as evaluate_model
    from stance.floors import check_floors
    from stance.predict import load_model
    from stance.report import interval_text, write_report

    if report.exists() and not report.is_dir():
        _fail(f"--report {report} is a file; expected a folder", USAGE)
    with _progress(True) as tell:
        figures = evaluate_model(load_model(model), data, progress=tell).to_dict()
        written = write_report(figures, report)
    overall = figures["overall"]
    console = _console()
    console.print(
        f"macro-F1 {overall['macro_f1']:.3f} "
        f"(95 % interval {interval_text(overall['macro_f1_interval'])}; "
        f"n = {overall['n']}; {figures['mode']})",
        markup=False,
        highlight=False,
    )
    for path in written:
        console.print(f"  {path}", markup=False, highlight=False)
    if floors is not None:
        count = check_floors(figures, floors)
        console.print(f"{count} floors hold", markup=False, highlight=False)


@data_app.command("check")
def data_check(
    table: Annotated[
        Path | None, typer.Argument(help="Labelled table; by default the shipped one.")
    ] = None,
) -> None:
    """Check a labelled table against the project's rules; names every row that breaks one."""
    from collections import Counter

    from stance.dataset import check, read_dataset

    dataset = read_dataset(table)
    problems = check(dataset)
    for problem in problems:
        typer.echo(_plain(problem))
    counts = Counter(row.label for row in dataset.rows)
    share = ", ".join(f"{label} {n} ({n / len(dataset):.0%})" for label, n in counts.items())
    typer.echo(f"{dataset.name}: {len(dataset)} rows, {len(problems)} problems; {share}")
    if problems:
        raise typer.Exit(DATA)


@data_app.command("summary")
def data_summary(
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
    """Print counts and agreement as the Markdown that stands in the datasheet."""
    from stance.dataset import read_dataset
    from stance.datasheet import read_readings, replace_summary, summary
    from stance.files import write_atomic

    tables = summary(read_dataset(table), read_readings(readings))
    if into is None:
        typer.echo(tables, nl=False)
    else:
        write_atomic(into, replace_summary(into.read_text("utf-8"), tables))
        typer.echo(f"{into}: tables replaced")


@floors_app.command("check")
def floors_check(
    report: Annotated[Path, typer.Argument(help="A report.json.")],
    floors: Annotated[Path, typer.Option("--floors", help="The floors' file.")] = Path(
        "data/floors.json"
    ),
) -> None:
    """Compare a report with its floors."""
    from stance.floors import check_floors

    typer.echo(f"{check_floors(_read_report(report), floors)} floors hold")


@floors_app.command("set")
def floors_set(
    report: Annotated[Path, typer.Argument(help="A report.json.")] = Path("report/report.json"),
    floors: Annotated[Path, typer.Option("--floors", help="The floors' file.")] = Path(
        "data/floors.json"
    ),
    allow_lower: Annotated[
        bool, typer.Option("--allow-lower", help="Let a bound become looser.")
    ] = False,
) -> None:
    """Set floors from a report, for the dataset it was made on."""
    from stance.floors import set_floors

    content = set_floors(_read_report(report), floors, allow_lower=allow_lower)
    typer.echo(f"{floors}: {len(content['bounds'])} bounds")


def _read_report(path: Path) -> dict[str, Any]:
    import json

    if not path.is_file():
        _fail(f"no report at {path}; make one with: stance evaluate --report FOLDER", USAGE)
    try:
        content = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        _fail(f"{path} is no JSON: {error}; make it anew with: stance evaluate", DATA)
    if not isinstance(content, dict) or "overall" not in content:
        _fail(f"{path} is no report of stance; make one with: stance evaluate", DATA)
    return content


def _show(
    analyses: list[dict[str, Any]], failed: list[dict[str, str]], format: Format, out: Path | None
) -> None:
    from stance.files import write_atomic
    from stance.render import analyses_csv, analyses_html, analyses_json, analyses_markdown

    if format is Format.table and out is None:
        for analysis in analyses:
            _print_table(analysis)
        return
    if format is Format.table:
        content = _table_text(analyses)
    elif format is Format.csv:
        content = analyses_csv(analyses)
    else:
        writer = {
            Format.json: analyses_json,
            Format.markdown: analyses_markdown,
            Format.html: analyses_html,
        }[format]
        content = writer(analyses, failed)
    if out is None:
        sys.stdout.write(content)
    else:
        write_atomic(out, content)


def _table_text(analyses: list[dict[str, Any]]) -> str:
    import io

    from rich.console import Console

    console = Console(file=io.StringIO(), width=120)
    for analysis in analyses:
        _print_table(analysis, console)
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def _print_table(analysis: dict[str, Any], console: Console | None = None) -> None:
    from rich.table import Table
    from rich.text import Text

    from stance.render import stance_words
    from stance.report import interval_text, signed

    console = console or _console()
    console.print(_text(analysis["name"], "bold"))
    console.print(_text(f"Stance on: {analysis['target']} (model {analysis['model_id']})"))
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
                    words.append(_plain(piece), style)
                words.append(f"  [{item['label']} {item['probability']:.0%}]", "dim")
        score = f"{signed(actor['score'])}\n{interval_text(actor['interval'])}"
        stance = Text(stance_words(actor), colours.get(actor["label"], ""))
        table.add_row(_text(actor["actor"]), stance, score, words)
    console.print(table)
    silent = [actor["actor"] for actor in analysis["actors"] if not actor["n"]]
    console.print(_text(f"No stance: {', '.join(silent) or 'nobody'}."))
    for skipped in analysis["skipped"]:
        console.print(_text(f"Not read: {skipped['reason']}", "dim"))
    console.print()


def _pin_if_default(out: Path, manifest: dict[str, Any]) -> None:
    """Write the digest into the package when the default model of a checkout is retrained."""
    from stance import pinned
    from stance.files import write_atomic
    from stance.resources import model_path

    if manifest["dataset"]["name"] != "sentences.csv" or pinned.__file__ is None:
        return
    try:
        default = model_path()
    except StanceError:
        default = Path(pinned.__file__).parents[1] / "models" / "ukraine-nato"
    if out.resolve() != default.resolve():
        return
    digest = manifest["file"]["sha256"]
    content = f'"""{pinned.__doc__}"""\n\nDEFAULT_MODEL_SHA256 = "{digest}"\n'
    write_atomic(Path(pinned.__file__), content)


@contextmanager
def _progress(shown: bool) -> Iterator[Progress]:
    """Show a progress bar on standard error, where somebody looks at it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not (shown and console.is_terminal),
    ) as bar:
        task = bar.add_task("start", total=None)
        yield lambda stage, done, total: bar.update(
            task, description=stage, completed=done, total=total
        )


def _require_folder_of(output: Path | None) -> None:
    if output is not None and (output.is_dir() or not output.parent.is_dir()):
        _fail(f"--output {output}: expected a file in an existing folder", USAGE)


def _console() -> Console:
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 120)


def _text(words: str, style: str = "") -> Any:
    from rich.text import Text

    return Text(_plain(words), style)


def _plain(words: str) -> str:
    """Return text without characters that steer a terminal or turn its direction."""
    return "".join(
        " "
        if char < " "
        or "\x7f" <= char <= "\x9f"
        or char in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
        else char
        for char in words
    )


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(f"stance: {_plain(message) if chr(10) not in message else message}", err=True)
    raise SystemExit(code)
