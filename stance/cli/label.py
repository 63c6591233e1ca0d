"""`stance label`: a corpus in, questions in the terminal, a table of labelled rows out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stance.cli.terminal import (
    DATA,
    USAGE,
    ModelOption,
    fail,
    open_console,
    plain,
    progress,
    say,
    shipped_table,
    text_of,
    warn,
)

if TYPE_CHECKING:
    from rich.console import Console

    from stance.acquisition import Pick, Wish
    from stance.columns import Columns
    from stance.labelling import Session
    from stance.predict import StanceModel


class Measure(StrEnum):
    """How uncertainty is measured."""

    entropy = "entropy"
    margin = "margin"


def label(
    corpus: Annotated[
        list[Path],
        typer.Argument(help="What stance batch reads, or the folder that it has written."),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="CSV table that the answers are appended to.")
    ] = Path("user.csv"),
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="Questions.")] = 50,
    random: Annotated[
        float,
        typer.Option(
            "--random",
            min=0.0,
            max=1.0,
            help="Share of questions drawn at random, for an unbiased estimate of accuracy.",
        ),
    ] = 0.2,
    measure: Annotated[
        Measure, typer.Option("--measure", help="What makes a sentence uncertain.")
    ] = Measure.entropy,
    model: ModelOption = None,
    table: Annotated[
        list[Path] | None,
        typer.Option(
            "--table",
            help="Labelled table whose sentences are not asked again, nor near-duplicates of "
            "them; again for each further one. By default the shipped one, for the shipped model.",
        ),
    ] = None,
    codebook: Annotated[
        Path | None,
        typer.Option("--codebook", help="Markdown to show at ?; by default the shipped codebook."),
    ] = None,
    queue: Annotated[
        Path | None,
        typer.Option("--queue", help="Write the picked sentences to this CSV, and ask nothing."),
    ] = None,
    new: Annotated[
        bool, typer.Option("--new", help="Pick anew, though questions are still open.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the random questions.")] = 0,
    text: Annotated[str | None, typer.Option("--text", help="Column of the text.")] = None,
    id: Annotated[str | None, typer.Option("--id", help="Column of the article's id.")] = None,
    date: Annotated[str | None, typer.Option("--date", help="Column of the date.")] = None,
) -> None:
    """Label the sentences that would teach the model most.

    Picks statements by uncertainty × diversity, none a near-duplicate of another or of a labelled
    row; one key answers. Every answer is written at once; the same command goes on with what is
    open. The model's own guess is not shown, so that it does not sway you. For a large corpus,
    run `stance batch` first and give its folder.

    Examples
    --------
        stance label articles/ --out user.csv

        stance label stances --count 200 --random 0.5     (stances: written by stance batch)

        stance label news.parquet --queue to-label.csv    (a label column to fill in)

        stance train data/sentences.csv user.csv --out my-model
    """
    from stance.acquisition import Wish
    from stance.columns import Columns
    from stance.labelling import Session
    from stance.predict import load_model
    from stance.usertable import UserTable

    _require(corpus, [*(table or []), *([codebook] if codebook else [])], [out, queue])
    loaded = load_model(model)
    session = Session(UserTable(out), out.with_suffix(".queue.csv"))
    name = ", ".join(map(str, corpus))
    console = open_console()
    if session.resume(loaded.model_id, name) and not new and queue is None:
        done = len(session.picks) - len(session.open)
        say(console, f"{done} of {len(session.picks)} questions were done before")
    else:
        known = _known(_tables(table, loaded), session)
        wish = Wish(count, random, measure.value, seed)
        picks = _pick(corpus, loaded, Columns(text, id, date), session, known, wish)
        if queue is not None:
            _write_queue(picks, queue, name, console)
            _say_next(table, loaded, queue, console)
            return
        session.start(picks, name)
    _ask(session, loaded, _codebook(codebook, loaded), console)
    _summarise(session, table, loaded, console)


def _require(corpus: list[Path], others: list[Path], outputs: list[Path | None]) -> None:
    for given in (*corpus, *others):
        if not given.exists():
            fail(f"no file or folder {str(given)!r}", USAGE)
    for path in outputs:
        if path is not None and (path.is_dir() or not path.parent.is_dir()):
            fail(f"{path}: expected a file in an existing folder", USAGE)
    if outputs[0] is not None and outputs[0].suffix.lower() != ".csv":
        fail(f"--out {outputs[0]}: expected a name that ends in .csv", USAGE)


def _tables(given: list[Path] | None, model: StanceModel) -> list[Path]:
    """Return the labelled tables of the model: those given, or the shipped one if it is of it."""
    from stance.resources import data_path

    if given:
        return given
    if _is_shipped(model):
        return [data_path("sentences.csv")]
    warn(
        f"the rows that {model.model_id} was trained on are known only word for "
        "word; to ask no near-duplicate of them either, give their table: --table"
    )
    return []


def _is_shipped(model: StanceModel) -> bool:
    """Tell whether a model was trained on the shipped table, alone or with others."""
    name = str(model.manifest.get("dataset", {}).get("name", ""))
    return name.split(" + ")[0] == "sentences.csv"


def _known(tables: list[Path], session: Session) -> list[str]:
    """Return the sentences that have a label, and those that the user has skipped."""
    from stance.merging import read_tables

    rows = read_tables(tables).rows if tables else ()
    mine = (row.sentence for row in session.table.rows)
    return [*(row.sentence for row in rows), *mine, *session.skipped_sentences]


def _pick(
    corpus: list[Path],
    model: StanceModel,
    columns: Columns,
    session: Session,
    known: list[str],
    wish: Wish,
) -> list[Pick]:
    from stance.acquisition import pick
    from stance.pool import is_batch_output, read_pool
    from stance.surroundings import with_context

    with progress(True) as tell:
        pool = read_pool(corpus, model, columns=columns, progress=tell)
        tell("pick", 0, 0)
        answered = [(row.sentence, row.actor or None) for row in session.table.rows]
        picks = pick(pool.candidates, model, wish, known=known, answered=answered)
        if len(corpus) == 1 and is_batch_output(corpus[0]):
            found = with_context([one.candidate for one in picks], corpus[0])
            picks = [replace(one, candidate=new) for one, new in zip(picks, found, strict=True)]
    for line in pool.skipped[:10]:
        warn(f"not read: {line}")
    if len(pool.skipped) > 10:
        warn(f"not read: {len(pool.skipped) - 10} more")
    if not picks:
        fail(
            f"nothing to ask: each of the {pool.statements} statements about the target has a "
            "label or was skipped, or nearly repeats one of those; expected other articles",
            DATA,
        )
    return picks


def _write_queue(picks: list[Pick], path: Path, name: str, console: Console) -> None:
    from stance.files import write_atomic
    from stance.labelling import queue_csv

    write_atomic(path, queue_csv(picks, name))
    say(console, f"{path}: {len(picks)} sentences; fill in the column label")


def _codebook(path: Path | None, model: StanceModel) -> str:
    """Return what `?` shows: the codebook given, the shipped one, or the model's labels."""
    from stance.dataset import LABELS
    from stance.resources import data_path, default_target

    if path is None and model.target == default_target() and model.labels == LABELS:
        path = data_path("CODEBOOK.md")
    if path is not None:
        return path.read_text("utf-8", errors="replace")
    lines = "\n".join(f"* {label}" for label in model.labels)
    return (
        f"**Target.** {model.target or 'as the labelled table defines it'}\n\n{lines}\n\n"
        "Rules of your own: --codebook FILE.md"
    )


def _ask(session: Session, model: StanceModel, codebook: str, console: Console) -> None:
    """Ask until nothing is open, or the user has had enough."""
    from rich.markdown import Markdown

    from stance.labelling import keys_of

    keys = keys_of(model.labels)
    pressed = _keys()
    while session.open:
        current = session.open[0]
        _show(current, session, model, console)
        key = next(pressed, "q")
        while key != "q" and key not in keys and key not in ("s", "u"):
            if key == "?":
                console.print(Markdown("\n".join(map(plain, codebook.splitlines()))))
            else:
                say(console, f"{plain(key)!r} is no answer; press one of:")
            _show_keys(model, console)
            key = next(pressed, "q")
        if key == "q":
            return
        if key == "s":
            session.skip(current)
            say(console, "skipped")
        elif key == "u":
            last = session.undo()
            say(console, "undone" if last else "nothing to undo")
        else:
            session.answer(current, keys[key])
            say(console, f"→ {keys[key]}")


def _keys() -> Iterator[str]:
    """Yield the keys that are pressed, lower case; ends with the input, Ctrl-C or Ctrl-D."""
    while True:
        try:
            typed = typer.getchar() if sys.stdin.isatty() else sys.stdin.read(1)
        except (KeyboardInterrupt, EOFError):
            return
        if not typed:
            return
        if typed.startswith("\x1b"):  # an arrow or function key
            yield "Esc"
            continue
        for char in typed:  # keys pressed quickly come together
            if char in "\x03\x04":
                return
            if not char.isspace():
                yield char.casefold()


def _show(pick: Pick, session: Session, model: StanceModel, console: Console) -> None:
    from rich.text import Text

    one = pick.candidate
    place = len(session.picks) - len(session.open) + 1
    console.print()
    console.rule(
        text_of(f"{place} of {len(session.picks)} · {one.date or 'no date'} · {one.article}"),
        align="left",
    )
    for words, style in ((one.before, "dim"), ("", ""), (one.after, "dim")):
        if style:
            console.print(text_of(words or "…", style))
            continue
        shown = Text(plain(one.sentence), "bold")
        if one.start is not None:
            shown.stylize("bold reverse", one.start, one.start + len(one.actor))
        console.print(shown)
    who = one.actor or "whoever holds the position"
    if one.speaker and one.speaker.casefold() not in one.actor.casefold():
        who += f" ({one.speaker})"
    console.print(text_of(f"{who}: stance on {model.target or 'the target'}?"))
    _show_keys(model, console)


def _show_keys(model: StanceModel, console: Console) -> None:
    from stance.labelling import keys_of

    by_label: dict[str, list[str]] = {}
    for key, name in keys_of(model.labels).items():
        by_label.setdefault(name, []).append(key)
    labels = "  ".join(f"[{'/'.join(keys)}] {name}" for name, keys in by_label.items())
    console.print(text_of(f"{labels}   [u]ndo [s]kip [?] codebook [q]uit", "cyan"))


def _summarise(
    session: Session, given: list[Path] | None, model: StanceModel, console: Console
) -> None:
    from stance.acquisition import RANDOM
    from stance.metrics import share_interval

    console.print()
    skipped = len(session.skipped)
    say(
        console,
        f"{session.table.path}: {len(session.table.rows)} rows; of this queue "
        f"{len(session.answers)} answered, {skipped} skipped, {len(session.open)} open",
    )
    drawn = [(one, name) for one, name in session.answers if one.how == RANDOM]
    if drawn:
        right = sum(one.candidate.label == name for one, name in drawn)
        low, high = share_interval(right, len(drawn))
        say(
            console,
            f"Of the {len(drawn)} drawn at random the model had {right} right: accuracy "
            f"{right / len(drawn):.2f} (95 % interval {low:.2f} to {high:.2f})",
        )
    if session.open:
        say(console, "Next: the same command goes on")
    elif session.table.rows:
        _say_next(given, model, session.table.path, console)


def _say_next(given: list[Path] | None, model: StanceModel, path: Path, console: Console) -> None:
    first = shipped_table() if _is_shipped(model) else "TABLE"
    tables = " ".join(map(str, given)) if given else first
    say(console, f"Next: stance train {tables} {path} --out my-model")
