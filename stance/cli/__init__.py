"""The command `stance`: parser, validation, calls. The only part of the package that prints.

One module for each sub-command; each imports what it needs when it is called, so that
`stance --help` stays quick. A new sub-command gets a module of its own and a line below.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from stance import __version__
from stance.cli import (
    aggregate,
    analyze,
    batch,
    classify,
    data,
    evaluate,
    exchange,
    floors,
    label,
    statements,
    train,
)
from stance.cli.terminal import DATA, USAGE, fail
from stance.errors import StanceError

__all__ = ["DATA", "USAGE", "app", "main"]
app = typer.Typer(
    name="stance",
    help="Who wants what: the stance of each actor in news text, with the words that show it.",
    epilog="Exit codes: 0 fine, 1 something in the data, 2 something in the command.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
app.command()(analyze.analyze)
app.command()(batch.batch)
app.command()(aggregate.aggregate)
app.command()(statements.statements)
app.command()(classify.classify)
app.command()(label.label)
app.command("export")(exchange.export_sentences)
app.command("import")(exchange.import_sentences)
app.command()(train.train)
app.command()(evaluate.evaluate)
app.add_typer(data.app, name="data")
app.add_typer(floors.app, name="floors")


def main() -> None:
    """Run the command; errors become one message and an exit code, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without Unicode still shows text
    try:
        app()
    except StanceError as error:
        fail(str(error), DATA)
    except BrokenPipeError:  # the reader (head, less) has seen enough
        sys.stderr.close()
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        fail("interrupted; no file was changed", 130)
    except MemoryError:
        fail("out of memory; split the input and try again", DATA)
    except OSError as error:
        what = f"{error.filename}: " if error.filename else ""
        fail(f"{what}{error.strerror or error}; no file was changed", DATA)


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
