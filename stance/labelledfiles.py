"""Tables of labelled rows as they lie on the disk: CSV, TSV or JSON Lines → one record a row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from stance.errors import DataError, InputError
from stance.resources import data_path

REQUIRED = ("sentence", "label")


def labelled_records(
    path: Path, required: Sequence[str] = REQUIRED
) -> Iterator[tuple[int, Mapping[str, object] | str]]:
    """Yield the row number and the record, or why there is none.

    Raises
    ------
    InputError
        If there is no such file, or its name ends otherwise than .csv, .tsv or .jsonl.
    DataError
        If it is no text in UTF-8, or lacks a column that is required.
    """
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".tsv", ".jsonl"):
        raise InputError(f"{path.name!r}: expected a table that ends in .csv, .tsv or .jsonl")
    if not path.is_file():
        raise InputError(
            f"no such file: {path}; expected a table of labelled rows; the shipped one is "
            f"{data_path('sentences.csv')}"
        )
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path.name} is not UTF-8 (byte {error.start}); convert it, for instance with "
            f"iconv -f WINDOWS-1252 -t UTF-8"
        ) from None
    if "\0" in text:
        raise DataError(f"{path.name} holds NUL characters; expected a text table")
    read = _json_lines if suffix == ".jsonl" else _delimited
    yield from read(path, text, required)


def _json_lines(
    path: Path, text: str, required: Sequence[str]
) -> Iterator[tuple[int, Mapping[str, object] | str]]:
    present: set[str] = set()
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):  # ValueError: also a number of 5,000 digits
            yield number, "not a JSON object"
            continue
        if isinstance(record, dict):
            present.update(record)
            yield number, record
        else:
            yield number, "not a JSON object"
    _require_columns(path, present, required)


def _delimited(
    path: Path, text: str, required: Sequence[str]
) -> Iterator[tuple[int, Mapping[str, object] | str]]:
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey="*")
    _require_columns(path, set(reader.fieldnames or ()), required)
    number = 1
    while True:
        number += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, str(error)
            continue
        if "*" in record:
            yield number, f"{len(record['*'])} fields more than the header"
        else:
            yield number, record


def _require_columns(path: Path, present: set[str], required: Sequence[str]) -> None:
    missing = [name for name in required if name not in present]
    if missing:
        raise DataError(
            f"{path.name} has no column {' and no '.join(missing)}; found "
            f"{', '.join(sorted(map(str, present))) or 'none'}; expected at least "
            f"{', '.join(required[:-1])} and {required[-1]} (and actor, group where you have them)"
        )
