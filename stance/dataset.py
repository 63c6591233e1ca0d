"""Labelled rows: read, check, digest, near-duplicates."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from stance.errors import DataError, InputError
from stance.labelledfiles import REQUIRED, labelled_records
from stance.records import Span
from stance.resources import data_path

LABELS = ("favor", "conditional", "against", "none")
PROVENANCES = ("seed", "documented", "composed", "contrast", "user")
OVERLAP = 0.6  # share of the shorter sentence's word 3-grams; read by eye on the data
COMMON = 40  # a 3-gram in more sentences than this says nothing of copies
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Row:
    """One unit: a sentence, an actor in it, and the label that a reader gave.

    `group` names what may not be split between training and test; `actor` is the string
    as it stands in the sentence, empty where only the words are given. `actor_start` and
    `actor_end` say which mention is meant where its string stands there several times:
    ``sentence[actor_start:actor_end] == actor``, or `InputError` is raised.
    """

    id: str
    sentence: str
    actor: str
    label: str
    provenance: str = ""
    group: str = ""
    source: str = ""
    date: str = ""
    note: str = ""
    actor_start: int | None = None
    actor_end: int | None = None

    def __post_init__(self) -> None:
        start, end = self.actor_start, self.actor_end
        if start is None and end is None:
            return
        if start is None or end is None:
            raise InputError(f"actor_start {start}, actor_end {end}; expected both or none")
        there = self.sentence[start:end] if 0 <= start < end else ""
        if not there or there != self.actor:
            raise InputError(
                f"actor {self.actor!r}, but the sentence has {there!r} from {start} to {end}; "
                "expected sentence[actor_start:actor_end] == actor"
            )

    @property
    def mention(self) -> str | Span | None:
        """The actor as a model takes it: a span where the offsets are given, None for nobody."""
        if self.actor_start is not None and self.actor_end is not None:
            return Span(self.actor_start, self.actor_end, self.actor)
        return self.actor or None


TEXT_COLUMNS = tuple(field.name for field in fields(Row) if field.type == "str")


@dataclass(frozen=True)
class Dataset:
    """Rows in file order, with what was left out and why.

    Attributes
    ----------
    rows : tuple of Row
    skipped : tuple of str
        One line for each row that could not be used, naming it.
    name : str
        Where the rows come from.
    notes : tuple of str
        Where several tables were joined: the rows that were corrected or stood in two.
    """

    rows: tuple[Row, ...]
    skipped: tuple[str, ...] = ()
    name: str = ""
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 over sentence, actor, label, provenance and group of all rows, in order."""
        state = hashlib.sha256()
        for row in self.rows:
            parts: list[object] = [row.sentence, row.actor, row.label, row.provenance, row.group]
            if row.actor_start is not None:  # tables without offsets keep their digest
                parts += [row.actor_start, row.actor_end]
            state.update(json.dumps(parts, ensure_ascii=False).encode())
        return state.hexdigest()

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that occur: the codebook's in its order, otherwise sorted."""
        found = {row.label for row in self.rows}
        if found <= set(LABELS):
            return tuple(label for label in LABELS if label in found)
        return tuple(sorted(found))

    def only(self, keep: Iterable[bool]) -> Dataset:
        """Return a dataset with the rows for which `keep` is true."""
        kept = tuple(row for row, flag in zip(self.rows, keep, strict=True) if flag)
        return replace(self, rows=kept)

    def __len__(self) -> int:
        return len(self.rows)


def read_dataset(path: Path | str | None = None) -> Dataset:
    """Read a table of labelled rows: CSV, TSV or JSON Lines, UTF-8 with or without BOM.

    Needs the columns `sentence` and `label`; `id`, `actor`, `actor_start`, `actor_end`,
    `provenance`, `group`, `source`, `date` and `note` are optional. Without an id a row is called
    by its number; without a group every near-duplicate cluster is its own. Rows without sentence
    or label, or whose offsets do not give the actor, are listed in `skipped`.

    Raises
    ------
    InputError
        If there is no such file, or its name ends otherwise than .csv, .tsv or .jsonl.
    DataError
        If it is no UTF-8 text, lacks a column, or holds no usable row.
    """
    source = Path(path) if path is not None else data_path("sentences.csv")
    found = [_row(number, record) for number, record in labelled_records(source)]
    rows = [row for row in found if isinstance(row, Row)]
    if not rows:
        raise _unusable(source)
    skipped = tuple(row for row in found if isinstance(row, str))
    return Dataset(tuple(grouped(rows)), skipped, source.name)


def read_by(path: Path | str, column: str) -> tuple[dict[str, Dataset], tuple[str, ...]]:
    """Read a table as one dataset for each value of a column.

    Returns
    -------
    datasets : dict of str to Dataset
        In the order in which the values first occur; called ``table[value]``.
    skipped : tuple of str
        Rows that belong to no value, one line each; the others stand in their dataset's.

    Raises
    ------
    InputError, DataError
        As `read_dataset`, and for a table without the column.
    """
    source = Path(path)
    parts: dict[str, tuple[list[Row], list[str]]] = {}
    lost: list[str] = []
    for number, record in labelled_records(source, (*REQUIRED, column)):
        row = _row(number, record)
        raw = None if isinstance(record, str) else record.get(column)
        value = "" if raw is None else " ".join(str(raw).split())
        if not value:
            lost.append(row if isinstance(row, str) else f"row {number} ({row.id}): no {column}")
            continue
        rows, skipped = parts.setdefault(value, ([], []))
        if isinstance(row, str):
            skipped.append(row)
        else:
            rows.append(row)
    if not any(rows for rows, _ in parts.values()):
        raise _unusable(source)
    datasets = {
        value: Dataset(tuple(grouped(rows)), tuple(skipped), f"{source.name}[{value}]")
        for value, (rows, skipped) in parts.items()
    }
    return datasets, tuple(lost)


def _row(number: int, record: Mapping[str, object] | str) -> Row | str:
    """Return the row, or a line that says why it cannot be used."""
    if isinstance(record, str):
        return f"row {number}: {record}"
    values = {name: _text(record.get(name)) for name in TEXT_COLUMNS}
    values["id"] = values["id"] or f"row-{number}"
    missing = [name for name in REQUIRED if not values[name]]
    if missing:
        return f"row {number} ({values['id']}): no {' and no '.join(missing)}"
    try:
        start, end = _offsets(record)
        if start is not None and end is not None and not values["actor"]:
            values["actor"] = values["sentence"][max(0, start) : max(0, end)]
        return Row(**values, actor_start=start, actor_end=end)
    except InputError as error:
        return f"row {number} ({values['id']}): {error}"


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _offsets(record: Mapping[str, object]) -> tuple[int | None, int | None]:
    """Return the actor's offsets in the sentence without its outer spaces."""
    sentence = str(record.get("sentence"))
    margin = len(sentence) - len(sentence.lstrip())
    found: list[int | None] = []
    for name in ("actor_start", "actor_end"):
        value = _text(record.get(name))
        if value and not re.fullmatch(r"\d{1,9}(?:\.0)?", value):  # 12.0: a column with gaps
            raise InputError(f"{name} {value[:40]!r}; expected a number of characters")
        found.append(int(value.partition(".")[0]) - margin if value else None)
    return found[0], found[1]


def _unusable(source: Path) -> DataError:
    return DataError(
        f"{source.name} holds no usable row; expected the columns sentence and label, filled"
    )


def grouped(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with a group each.

    A row that has one keeps it. A row without one takes the group of its near-duplicates,
    or a new one with them where they have none either.
    """
    if all(row.group for row in rows):
        return list(rows)
    parent = list(range(len(rows)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    first: dict[str, int] = {}
    for index, row in enumerate(rows):
        for key in (f"s {row.sentence}", f"g {row.group}" if row.group else ""):
            if key:
                parent[root(index)] = root(first.setdefault(key, index))
    for one, other, _ in near_duplicates([row.sentence for row in rows]):
        parent[root(one)] = root(other)
    names: dict[int, str] = {}
    for index, row in enumerate(rows):
        if row.group:
            names.setdefault(root(index), row.group)
    return [
        row
        if row.group
        else replace(row, group=names.get(root(index)) or f"auto-{rows[root(index)].id}")
        for index, row in enumerate(rows)
    ]


def near_duplicates(
    sentences: Sequence[str], overlap: float = OVERLAP
) -> Iterator[tuple[int, int, float]]:
    """Yield pairs of sentences that share word 3-grams, with the share.

    The share is taken of the shorter sentence (containment; Broder 1997). 3-grams that
    stand in more than 40 sentences are not counted, which keeps the cost linear.
    """
    grams = [shingles(sentence) for sentence in sentences]
    index: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, found in enumerate(grams):
        for gram in found:
            index[gram].append(number)
    for number, found in enumerate(grams):
        shared: Counter[int] = Counter()
        for gram in found:
            places = index[gram]
            if len(places) <= COMMON:
                shared.update(place for place in places if place < number)
        for other, count in shared.items():
            share = count / max(1, min(len(found), len(grams[other])))
            if share > overlap:
                yield number, other, share


def sentence_key(sentence: str) -> str:
    """Return twelve hexadecimal digits that stand for the words of a sentence, case apart."""
    words = " ".join(_WORD.findall(sentence.casefold()))
    return hashlib.blake2b(words.encode(), digest_size=6).hexdigest()


def shingles(sentence: str) -> set[tuple[str, ...]]:
    """Return the 3-grams of a sentence's words in lower case; fewer words are one."""
    words = _WORD.findall(sentence.lower())
    if len(words) < 3:
        return {tuple(words)} if words else set()
    return set(zip(words, words[1:], words[2:], strict=False))
