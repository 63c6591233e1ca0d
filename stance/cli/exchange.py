"""`stance export` and `stance import`: sentences out to an annotation tool, and back as rows."""

from __future__ import annotations

import csv
from collections.abc import Sequence
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
    require_folder_of,
    say,
    shipped_table,
    warn,
)

if TYPE_CHECKING:
    from rich.console import Console

    from stance.candidates import Candidate
    from stance.dataset import Row
    from stance.usertable import UserTable

_SHOWN = 20  # lines of each kind


class Tool(StrEnum):
    """Whose format."""

    doccano = "doccano"
    doccano_text = "doccano-text"
    label_studio = "label-studio"


class Origin(StrEnum):
    """Whose export."""

    doccano = "doccano"
    label_studio = "label-studio"


def export_sentences(
    source: Annotated[
        Path,
        typer.Argument(
            help="Folder written by stance batch, labelled table, or queue of stance label."
        ),
    ],
    to: Annotated[
        Tool,
        typer.Option(
            "--to",
            help="doccano: project of intent detection and slot filling, with the actor as a "
            "span; doccano-text: project of text classification.",
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")],
    context: Annotated[
        bool,
        typer.Option("--context", help="Read the articles again for the sentences around."),
    ] = False,
) -> None:
    """Write sentences with actor and label for doccano or Label Studio.

    For Label Studio, the labelling interface is written beside the tasks (`.xml`). A name that
    ends in .jsonl gives a task each line, any other a JSON array, which its import button takes.

    Examples
    --------
        stance export stances --to label-studio -o tasks.json

        stance export data/sentences.csv --to doccano -o sentences.jsonl

        stance label news.parquet --queue picked.csv

        stance export picked.csv --to label-studio -o tasks.json
    """
    from stance.doccano import export_categories, export_intent
    from stance.files import write_atomic
    from stance.labelstudio import export_tasks, labelling_interface

    if not source.exists():
        fail(f"no file or folder {str(source)!r}", USAGE)
    require_folder_of(output)
    console = open_console()
    found, labels, target = _candidates(source, context, console)
    if to is Tool.label_studio:
        lines = output.suffix.lower() in (".jsonl", ".ndjson")
        write_atomic(output, export_tasks(found, lines=lines))
        interface = output.with_suffix(".xml")
        write_atomic(interface, labelling_interface(labels, target))
        say(console, f"{interface}: for Settings, Labeling Interface, Code")
    else:
        write = export_intent if to is Tool.doccano else export_categories
        write_atomic(output, write(found))
        say(console, "In doccano, approve what you have read, and export approved documents only")
    say(console, f"{output}: {len(found)} sentences")
    origin = Origin.label_studio if to is Tool.label_studio else Origin.doccano
    say(console, f"Next, with what the tool exports: stance import FILE --from {origin.value}")


def import_sentences(
    files: Annotated[list[Path], typer.Argument(help="Exports of the tool: .json or .jsonl.")],
    origin: Annotated[Origin, typer.Option("--from", help="The tool.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="CSV table that the rows are added to.")
    ] = Path("user.csv"),
    known: Annotated[
        list[Path] | None,
        typer.Option(
            "--known",
            help="Labelled table to compare with, by default the shipped one; again for each "
            "further one. Its labels are those allowed, where no --model is given.",
        ),
    ] = None,
    model: ModelOption = None,
) -> None:
    """Take annotations of doccano or Label Studio as rows for training.

    Ids are kept: a row that is there already is updated. What becomes no row is named, with the
    reason; so is what corrects, confirms or nearly repeats a row of the known table.

    Examples
    --------
        stance import project-1.json --from label-studio --out user.csv

        stance import admin.jsonl --from doccano

        stance train data/sentences.csv user.csv --out my-model
    """
    from stance.doccano import read_doccano
    from stance.exchange import rows_of
    from stance.labelstudio import read_label_studio
    from stance.merging import read_tables
    from stance.predict import load_model
    from stance.usertable import UserTable

    for path in files:
        if not path.is_file():
            fail(f"no file {str(path)!r}", USAGE)
    require_folder_of(out)
    table = UserTable(out)
    existing = read_tables(known or [])
    labels = load_model(model).labels if model is not None else existing.labels
    read = read_doccano if origin is Origin.doccano else read_label_studio
    annotations = [one for path in files for one in read(path)]
    returned = rows_of(annotations, labels, existing, origin.value)
    for line in returned.skipped:
        warn(f"not taken: {line}")
    console = open_console()
    _tell_notes(returned.notes, console)
    if not returned.rows:
        fail(f"none of {len(annotations)} annotations became a row; reasons above", DATA)
    added, updated = _merge(table, returned.rows)
    same = len(returned.rows) - added - updated
    say(
        console,
        f"{out}: {added} rows added, {updated} updated, {same} there already; "
        f"{len(returned.skipped)} annotations not taken",
    )
    say(
        console,
        f"{returned.as_predicted} of {len(returned.rows)} bear the label that they went out with",
    )
    first = " ".join(map(str, known)) if known else shipped_table()
    say(console, f"Next: stance train {first} {out} --out my-model")


def _tell_notes(notes: Sequence[str], console: Console) -> None:
    """Name what corrects or nearly repeats a known row; count what confirms one."""
    told = [line for line in notes if ": confirms " not in line]
    for line in told[:_SHOWN]:
        say(console, f"  {line}")
    if len(told) > _SHOWN:
        say(console, f"  and {len(told) - _SHOWN} more; see the column note")
    if len(told) < len(notes):
        say(console, f"  {len(notes) - len(told)} rows confirm a known row")


def _candidates(
    source: Path, context: bool, console: Console
) -> tuple[list[Candidate], Sequence[str], str]:
    """Return what goes out, the labels to choose from, and the target."""
    import json

    from stance.candidates import table_candidates
    from stance.dataset import read_dataset
    from stance.resources import data_path, default_target

    if source.is_dir():
        from stance.pool import is_batch_output, read_batch_output
        from stance.surroundings import with_context

        if not is_batch_output(source):
            fail(
                f"{source} was not written by stance batch; make what is exported with: stance "
                f"batch {source} --out FOLDER",
                USAGE,
            )
        pool = read_batch_output(source)
        found = list(pool.candidates)
        if pool.statements > len(found):
            say(
                console,
                f"{source}: {pool.statements} statements; a sentence with the same actor goes out "
                "once",
            )
        found = with_context(found, source) if context else found
        manifest = source / "manifest.json"
        about = json.loads(manifest.read_text("utf-8"))["model"] if manifest.is_file() else {}
        return found, list(found[0].probabilities), str(about.get("target", ""))
    if _is_queue(source):
        from stance.labelling import pick_of, queue_records

        found = [pick_of(one).candidate for one in queue_records(source)]
        if not found:
            fail(f"{source} holds no sentence", DATA)
        return found, list(found[0].probabilities), ""
    data = read_dataset(source)
    for line in data.skipped[:_SHOWN]:
        warn(f"not read: {line}")
    shipped = source.resolve() == data_path("sentences.csv").resolve()
    return table_candidates(data), data.labels, default_target() if shipped else ""


def _is_queue(path: Path) -> bool:
    from stance.labelling import QUEUE_COLUMNS

    if path.suffix.lower() != ".csv":
        return False
    with path.open(encoding="utf-8", errors="replace", newline="") as lines:
        return tuple(next(csv.reader(lines), ())) == QUEUE_COLUMNS


def _merge(table: UserTable, rows: Sequence[Row]) -> tuple[int, int]:
    """Add rows to a table, or put them in the place of their ids; returns how many of each."""
    places = {row.id: place for place, row in enumerate(table.rows)}
    merged = list(table.rows)
    added = updated = 0
    for row in rows:
        place = places.get(row.id)
        if place is None:
            merged.append(row)
            added += 1
        elif (merged[place].label, merged[place].actor) != (row.label, row.actor):
            merged[place] = row
            updated += 1
    if added or updated:
        table.replace(merged)
    return added, updated
