"""What sub-commands share: articles in, console, progress, messages, exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from stance.errors import StanceError

if TYPE_CHECKING:
    from rich.console import Console

    from stance.training import Progress

USAGE, DATA = 2, 1
ModelOption = Annotated[
    Path | None, typer.Option("--model", help="Model folder; by default the shipped one.")
]

FilesArgument = Annotated[
    list[str],
    typer.Argument(help="Text (UTF-8) or HTML files; - reads text from standard input."),
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write to this file instead.")
]
DateOption = Annotated[
    str | None,
    typer.Option(
        "--date",
        help="Day of the article (2015-06-30, 2015-06, 2015): an office such as 'the German "
        "chancellor' then means who held it.",
    ),
]


@contextmanager
def progress(shown: bool) -> Iterator[Progress]:
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


def require_folder_of(output: Path | None) -> None:
    if output is not None and (output.is_dir() or not output.parent.is_dir()):
        fail(f"--output {output}: expected a file in an existing folder", USAGE)


def check_date(date: str | None) -> None:
    from stance.offices import days_of

    try:
        days_of(date)
    except StanceError as error:
        fail(f"--date: {error}", USAGE)


def check_arguments(files: list[str], output: Path | None, date: str | None) -> None:
    """Refuse what could only fail after the articles were read."""
    if files.count("-") > 1:
        fail("standard input (-) can be read only once", USAGE)
    require_folder_of(output)
    check_date(date)


def each_document(
    files: list[str], use: Callable[[str, str], None], *, stage: str, bar: bool
) -> list[dict[str, str]]:
    """Call `use` with name and text of each article; return those that failed, and why."""
    from stance.webpage import read_document

    failed = []
    with progress(bar) as tell:
        for number, name in enumerate(files):
            tell(stage, number, len(files))
            try:
                raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
                use(name, read_document(raw, name))
            except StanceError as error:
                failed.append({"name": name, "reason": str(error)})
            except OSError as error:
                failed.append({"name": name, "reason": error.strerror or str(error)})
    return failed


def deliver(content: str, output: Path | None) -> None:
    """Write to the file, in one step, or to standard output."""
    from stance.files import write_atomic

    if output is None:
        sys.stdout.write(content)
    else:
        write_atomic(output, content)


def report_failed(failed: list[dict[str, str]]) -> None:
    """Name the articles that were not read, and leave with the exit code that says so."""
    for item in failed:
        warn(f"not read: {item['name']}: {item['reason']}")
    if failed:
        raise typer.Exit(DATA)


def open_console() -> Console:
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 120)


def say(console: Console, line: str, *, wrap: bool = False) -> None:
    """Print a line as it is: no markup, no colours; broken by the terminal, or between words."""
    console.print(plain(line), markup=False, highlight=False, soft_wrap=not wrap)


def drawn(draw: Callable[[Console], None]) -> str:
    """Return as text what `draw` prints, 120 characters wide."""
    import io

    from rich.console import Console

    file = io.StringIO()
    draw(Console(file=file, width=120))
    return file.getvalue()


def text_of(words: str, style: str = "") -> Any:
    from rich.text import Text

    return Text(plain(words), style)


def plain(words: str) -> str:
    """Return text without characters that steer a terminal or turn its direction."""
    return "".join(
        " "
        if char < " "
        or "\x7f" <= char <= "\x9f"
        or char in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
        else char
        for char in words
    )


def warn(line: str) -> None:
    """Print a line to standard error, so that it stands in no output."""
    typer.echo(f"stance: {plain(line)}", err=True)


def shipped_table() -> str:
    """Return how to name the shipped table on the command line, in a checkout and elsewhere."""
    from stance.resources import data_path

    here = Path("data", "sentences.csv")
    return str(here if here.is_file() else data_path("sentences.csv"))


def fail(message: str, code: int) -> NoReturn:
    typer.echo(f"stance: {plain(message) if chr(10) not in message else message}", err=True)
    raise SystemExit(code)
