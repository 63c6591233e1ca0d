"""The output folder of `stance batch`, read again: its manifest, and its statements in chunks."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from stance.arrow import pa, pq
from stance.errors import InputError

Chunk = dict[str, list[Any]]

_ROWS = 4_096  # held at once
_FIELD = 1 << 28  # characters of a CSV field; an article may be quoted whole
_FLOATS, _INTS = ("p_", "score"), ("row", "statement")


@dataclass(frozen=True)
class Output:
    """A finished run of `stance batch`.

    Attributes
    ----------
    folder : Path
    format : str
        Of its part files: parquet, jsonl or csv.
    target, model_id : str
    labels : tuple of str
        In the model's order.
    poles : (str, str) or None
        The positive and the negative label.
    articles, skipped, statements : int
        As its manifest counts them.
    files : tuple of Path
        The part files of its statements, in order.
    """

    folder: Path
    format: str
    target: str
    model_id: str
    labels: tuple[str, ...]
    poles: tuple[str, str] | None
    articles: int
    skipped: int
    statements: int
    files: tuple[Path, ...]


def open_output(folder: Path | str) -> Output:
    """Read the manifest of an output folder, and look whether its part files are there.

    Raises
    ------
    InputError
        If the folder is none of `stance batch`, the run is not finished, or a file is missing
        or of another size.
    """
    home = Path(folder)
    if not home.is_dir():
        raise InputError(f"no folder {str(folder)!r}; expected the --out of stance batch")
    try:
        manifest = json.loads((home / "manifest.json").read_text("utf-8"))
        model, counts = manifest["model"], manifest["counts"]
        sizes = {name: file["bytes"] for name, file in manifest["files"].items()}
        poles = model["poles"]
        found = Output(
            folder=home,
            format=manifest["format"],
            target=model["target"],
            model_id=model["id"],
            labels=tuple(model["labels"]),
            poles=(poles[0], poles[1]) if poles else None,
            articles=counts["articles"],
            skipped=counts["skipped_articles"],
            statements=counts["statements"],
            files=tuple(home / name for name in sorted(sizes) if name.startswith("statements/")),
        )
    except FileNotFoundError:
        raise InputError(
            f"{folder} has no manifest.json; expected the output of a stance batch that has "
            "ended; run the same stance batch command again to finish it"
        ) from None
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise InputError(
            f"{home / 'manifest.json'} cannot be read ({type(error).__name__}: {error}); "
            "expected what stance batch writes; run it again with another --out"
        ) from None
    for file in found.files:
        size = file.stat().st_size if file.is_file() else None
        if size != sizes[file.relative_to(home).as_posix()]:
            raise InputError(
                f"{file} is {'missing' if size is None else 'not as the manifest says'}; "
                "run the same stance batch command again"
            )
    return found


def chunks(output: Output, columns: Sequence[str]) -> Iterator[Chunk]:
    """Yield the statements in order, some thousands at once, as lists by column.

    Parquet, JSON Lines and CSV give the same values; an empty field of CSV is None.

    Raises
    ------
    InputError
        If a part file is broken or lacks a column.
    """
    read = {"parquet": _parquet, "jsonl": _jsonl, "csv": _csv}[output.format]
    for file in output.files:
        try:
            yield from read(file, columns)
        except (OSError, ValueError, LookupError, csv.Error, pa.ArrowException) as error:
            raise InputError(
                f"{file} cannot be read ({type(error).__name__}: {error}); remove it and run "
                "the same stance batch command again"
            ) from None


def _parquet(file: Path, columns: Sequence[str]) -> Iterator[Chunk]:
    with pq.ParquetFile(file) as parquet:
        for batch in parquet.iter_batches(_ROWS, columns=list(columns)):
            yield {name: batch.column(name).to_pylist() for name in columns}


def _jsonl(file: Path, columns: Sequence[str]) -> Iterator[Chunk]:
    with file.open(encoding="utf-8") as lines:
        while some := list(islice(lines, _ROWS)):
            rows = [json.loads(line) for line in some]
            yield {name: [row[name] for row in rows] for name in columns}


def _csv(file: Path, columns: Sequence[str]) -> Iterator[Chunk]:
    before = csv.field_size_limit(_FIELD)  # of the whole process: put back in the end
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            reader = csv.reader(lines)
            header = next(reader)
            places = {name: header.index(name) for name in columns}
            while rows := list(islice(reader, _ROWS)):
                yield {
                    name: [_value(name, row[place]) for row in rows]
                    for name, place in places.items()
                }
    finally:
        csv.field_size_limit(before)


def _value(name: str, field: str) -> Any:
    if not field:
        return None
    if name.startswith(_FLOATS):
        return float(field)
    if name in _INTS or name.endswith(("_start", "_end")):
        return int(field)
    return field == "True" if name == "confident" else field
