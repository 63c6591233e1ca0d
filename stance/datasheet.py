"""Counts and agreement of a labelled table, as the Markdown that stands in its datasheet."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from stance.dataset import LABELS, PROVENANCES, Dataset
from stance.errors import DataError
from stance.metrics import cohen_kappa
from stance.resources import data_path

_BEGIN, _END = "<!-- stance data summary -->", "<!-- end -->"
_COLUMNS = ("id", "provenance", "first", "second", "settled")


@dataclass(frozen=True, slots=True)
class Reading:
    """One row read by two people: both labels, and what was settled ("dropped" for none)."""

    id: str
    provenance: str
    first: str
    second: str
    settled: str


def read_readings(path: Path | str | None = None) -> list[Reading]:
    """Read the second readings: CSV with the columns id, provenance, first, second, settled.

    Raises
    ------
    DataError
        Names each line with a label outside of the codebook, or with too many fields.
    """
    source = Path(path) if path is not None else data_path("second_reading.csv")
    with source.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, restkey="more")
        if tuple(reader.fieldnames or ()) != _COLUMNS:
            raise DataError(f"{source.name}: columns {reader.fieldnames}; expected {_COLUMNS}")
        lines = list(reader)
    readings = [Reading(*(line[name] or "" for name in _COLUMNS)) for line in lines]
    problems = tuple(
        f"{line['id']}: {len(line['more'])} fields more than the header"
        for line in lines
        if "more" in line
    ) + tuple(
        f"{reading.id}: {label!r} is no label"
        for reading in readings
        for label, allowed in (
            (reading.first, LABELS),
            (reading.second, LABELS),
            (reading.settled, (*LABELS, "dropped")),
        )
        if label not in allowed
    )
    if problems:
        raise DataError(f"{source.name}:\n  " + "\n  ".join(problems[:20]), problems)
    return readings


def summary(dataset: Dataset, readings: Sequence[Reading]) -> str:
    """Return the tables of the datasheet: counts by provenance and label, and Cohen's κ."""
    return "\n".join([*_counts(dataset), "", *_agreement(readings)]) + "\n"


def replace_summary(sheet: str, tables: str) -> str:
    """Return the datasheet with the tables between its marks replaced.

    Raises
    ------
    DataError
        If the marks ``<!-- stance data summary -->`` and ``<!-- end -->`` are missing.
    """
    before, mark, rest = sheet.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not mark or not end:
        raise DataError(f"the datasheet lacks the marks {_BEGIN} and {_END}")
    return f"{before}{mark}\n{tables}{end}{after}"


def _counts(dataset: Dataset) -> list[str]:
    table = Counter((row.provenance, row.label) for row in dataset.rows)
    per_sentence = Counter(row.sentence for row in dataset.rows)
    lines = [
        "| provenance | " + " | ".join(LABELS) + " | all |",
        "|---|" + "---:|" * (len(LABELS) + 1),
    ]
    for provenance in PROVENANCES:
        if provenance == "user" and not any(table[provenance, label] for label in LABELS):
            continue  # the shipped table has none
        counts = [table[provenance, label] for label in LABELS]
        cells = " | ".join(map(str, [*counts, sum(counts)]))
        lines.append(f"| {provenance} | {cells} |")
    totals = [sum(table[p, label] for p in PROVENANCES) for label in LABELS]
    shares = " | ".join(f"{count} ({count / len(dataset):.0%})" for count in totals)
    lines.append(f"| all | {shares} | {len(dataset)} |")
    several = sum(count for count in per_sentence.values() if count > 1)
    sources = {row.source for row in dataset.rows if row.provenance == "documented"}
    groups = {row.group for row in dataset.rows}
    dates = sorted(row.date[:4] for row in dataset.rows if row.provenance == "documented")
    lines += [
        "",
        f"{len(per_sentence)} sentences in {len(groups)} groups; {several} rows stand in sentences "
        f"with two or more actors. {len(sources)} sources of the documented rows, "
        f"{dates[0] if dates else '–'} to {dates[-1] if dates else '–'}.",
    ]
    return lines


def _agreement(readings: Sequence[Reading]) -> list[str]:
    if not readings:
        return ["No row has been read twice."]
    different = [reading for reading in readings if reading.first != reading.second]
    settled = Counter(
        "the second reader's label"
        if reading.settled == reading.second
        else "the first reader's label"
        if reading.settled == reading.first
        else "dropped"
        if reading.settled == "dropped"
        else "a third label"
        for reading in different
    )
    parts = ", ".join(f"{name} {count}" for name, count in settled.most_common())
    lines = [
        f"{len(readings)} rows were read twice. The readers differ on {len(different)}; "
        f"settled as: {parts or 'nothing to settle'}.",
        "",
        "| Cohen's κ | rows | κ | same label |",
        "|---|---:|---:|---:|",
        _kappa_line("all labels", readings),
    ]
    for provenance in PROVENANCES:
        chosen = [reading for reading in readings if reading.provenance == provenance]
        if chosen:
            lines.append(_kappa_line(provenance, chosen))
    for label in LABELS:
        lines.append(_kappa_line(f"{label} or not", readings, partial(_is, label)))
    return lines


def _is(label: str, other: str) -> str:
    return str(label == other)


def _kappa_line(
    name: str, readings: Sequence[Reading], read: Callable[[str], str] = lambda label: label
) -> str:
    first = [read(reading.first) for reading in readings]
    second = [read(reading.second) for reading in readings]
    same = sum(a == b for a, b in zip(first, second, strict=True)) / len(readings)
    return f"| {name} | {len(readings)} | {cohen_kappa(first, second):.2f} | {same:.0%} |"
