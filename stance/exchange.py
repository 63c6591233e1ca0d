"""Annotations that come back from another tool → rows for training, or why not.

What the tools have in common; `stance.doccano` and `stance.labelstudio` know their formats.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from stance.candidates import Candidate, candidate_id, one_line
from stance.dataset import Dataset, Row, sentence_key
from stance.errors import DataError, InputError
from stance.merging import NearDuplicates

PROVENANCE = "user"
ACTOR = "actor"  # the label of the span that marks the actor


@dataclass(frozen=True, slots=True)
class Annotation:
    """What one person said of one sentence, or the problem with it.

    Attributes
    ----------
    place : str
        Where it stands in the file: "line 3", "task 17".
    labels : tuple of str
        Those that were chosen; one is expected.
    actors : tuple of str
        The words that were marked as the actor; none leaves the actor as it was.
    meta : mapping
        What went out with the sentence; see `meta_of`.
    """

    place: str
    sentence: str = ""
    labels: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    meta: Mapping[str, Any] | None = None
    problem: str = ""


@dataclass(frozen=True)
class Returned:
    """The rows that come of an import.

    Attributes
    ----------
    rows : tuple of Row
    as_predicted : int
        How many bear the label that they went out with.
    skipped : tuple of str
        What became no row, and why.
    notes : tuple of str
        Rows that correct, confirm or nearly repeat a row of the known table.
    """

    rows: tuple[Row, ...]
    as_predicted: int
    skipped: tuple[str, ...]
    notes: tuple[str, ...]


def meta_of(one: Candidate) -> dict[str, Any]:
    """Return what travels with a sentence, so that it comes back as the same row."""
    share = one.probabilities.get(one.label)
    return {
        "stance_id": one.id,
        "actor": one.actor,
        "speaker": one.speaker,
        "predicted": one.label,
        "probability": None if share is None else round(share, 4),
        "judge": one.judge,
        "group": one.group,
        "source": one.source or one.article,
        "date": one.date,
        "before": one.before,
        "after": one.after,
    }


def actor_span(one: Candidate) -> tuple[int, int] | None:
    """Return where the actor stands in the sentence, in characters (code points) from 0."""
    return None if one.start is None else (one.start, one.start + len(one.actor))


def read_records(path: Path) -> Iterator[tuple[str, dict[str, Any] | str]]:
    """Yield place and object, or what is wrong with it, of a JSON or JSON Lines file.

    Raises
    ------
    InputError
        If there is no such file, or its name ends otherwise than .json, .jsonl or .ndjson.
    DataError
        If it is no UTF-8, or a .json file is no JSON.
    """
    kind = path.suffix.lower()
    if kind not in (".json", ".jsonl", ".ndjson"):
        raise InputError(f"{path.name!r}: expected an export that ends in .json or .jsonl")
    if not path.is_file():
        raise InputError(f"no such file: {path}; expected an export of the tool")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path.name} is not UTF-8 (byte {error.start})") from None
    if kind == ".json":
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path.name} is no JSON: {error}; export it again") from None
        listed = content if isinstance(content, list) else [content]
        for number, item in enumerate(listed, 1):
            yield f"item {number}", item if isinstance(item, dict) else "not a JSON object"
        return
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            item = None
        yield f"line {number}", item if isinstance(item, dict) else "not a JSON object"


def rows_of(
    annotations: Iterable[Annotation], labels: Collection[str], known: Dataset, tool: str
) -> Returned:
    """Return the rows of annotations; those of one sentence and actor must agree.

    Parameters
    ----------
    labels : collection of str
        Those that are allowed; case does not matter.
    known : Dataset
        Rows that exist, for the notes.
    tool : str
        Its name, for the note of each row.
    """
    canonical = {label.casefold(): label for label in labels}
    found: dict[str, list[tuple[str, Row, str]]] = {}
    skipped: list[str] = []
    for one in annotations:
        row = _row(one, canonical, tool)
        if isinstance(row, str):
            skipped.append(f"{one.place}: {row}")
        else:
            said = str((one.meta or {}).get("predicted") or "")
            found.setdefault(row.id, []).append((one.place, row, said))
    rows: list[Row] = []
    same = 0
    for versions in found.values():
        place, row, said = versions[0]
        given = sorted({version.label for _, version, _ in versions})
        if len(given) > 1:
            skipped.append(f"{place}: annotators disagree ({', '.join(given)}); settle it first")
            continue
        rows.append(row)
        same += row.label == said
    noted, notes = _noted(rows, known)
    return Returned(tuple(noted), same, tuple(skipped), tuple(notes))


def _row(one: Annotation, canonical: Mapping[str, str], tool: str) -> Row | str:
    """Return the row of an annotation, or why there is none."""
    meta = {key: "" if value is None else str(value) for key, value in (one.meta or {}).items()}
    sentence = one_line(one.sentence)
    labels = sorted(set(one.labels))
    actors = list(dict.fromkeys(one.actors))
    if one.problem:
        return one.problem
    if not sentence.strip():
        return "no text"
    if not labels:
        return "no label"
    if len(labels) > 1:
        return f"several labels ({', '.join(labels)}); expected one"
    label = canonical.get(labels[0].strip().casefold())
    if label is None:
        known = ", ".join(canonical.values())
        return f"label {labels[0]!r}; expected one of {known} (other labels: --model or --known)"
    if len(actors) > 1:
        return f"several actors marked ({', '.join(actors)}); expected one"
    was = meta.get("actor", "")
    actor = actors[0] if actors else was
    said = meta.get("predicted", "")
    note = f"{tool}; {meta.get('judge') or 'nobody'} said {said}" if said else tool
    if actor != was and "stance_id" in meta:
        note += f"; the actor was {was or 'not marked'}"
    return Row(
        id=meta.get("stance_id") or candidate_id(sentence, actor),
        sentence=sentence,
        actor=actor,
        label=label,
        provenance=PROVENANCE,
        group=meta.get("group") or f"user-{sentence_key(sentence)}",
        source=meta.get("source", ""),
        date=meta.get("date", ""),
        note=note,
    )


def _noted(rows: Iterable[Row], known: Dataset) -> tuple[list[Row], list[str]]:
    """Return the rows and what they have to do with those that exist."""
    units = {(row.sentence, row.actor): row for row in known.rows}
    index = NearDuplicates(row.sentence for row in known.rows)
    found, notes = [], []
    for row in rows:
        old = units.get((row.sentence, row.actor))
        near = index.matches(row.sentence) if old is None else []
        note = ""
        if old is not None and old.label == row.label:
            note = f"confirms {old.id}"
        elif old is not None:
            note = f"corrects {old.id} ({old.label})"
        elif near:
            number, share = near[0]
            note = f"near-duplicate of {known.rows[number].id} ({share:.0%})"
        if note:
            notes.append(f"{row.id}: {note}")
        found.append(replace(row, note=f"{row.note}; {note}") if note else row)
    return found, notes
