"""Labelled rows: read, check, digest, near-duplicates."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from stance.errors import DataError, InputError
from stance.records import Span
from stance.resources import data_path

LABELS = ("favor", "conditional", "against", "none")
PROVENANCES = ("seed", "documented", "composed", "contrast", "user")
REQUIRED = ("sentence", "label")
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
    found = [_row(number, record) for number, record in _records(source)]
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
    for number, record in _records(source, (*REQUIRED, column)):
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


def check(dataset: Dataset) -> tuple[str, ...]:
    """Return every breach of the project's own rules, one line each, naming the row.

    Unknown labels and provenances, duplicate ids, the same sentence and actor twice, one
    sentence or near-duplicates in several groups, an actor that does not occur in its
    sentence, missing sources, contrasts without a base, and rows that could not be read.
    """
    problems = list(dataset.skipped)
    ids: dict[str, str] = {}
    units: dict[tuple[str, str, int | None], str] = {}
    groups: dict[str, Row] = {}
    for row in dataset.rows:
        problems += [f"{row.id}: {problem}" for problem in _row_problems(row)]
        if row.id in ids:
            problems.append(f"{row.id}: the id stands twice")
        ids[row.id] = row.id
        unit = (row.sentence, row.actor, row.actor_start)
        if unit in units:
            problems.append(f"{row.id}: same sentence and actor as {units[unit]}")
        units.setdefault(unit, row.id)
        first = groups.setdefault(row.sentence, row)
        if first.group != row.group:
            problems.append(
                f"{row.id}: same sentence as {first.id}, but group {row.group!r} is not "
                f"{first.group!r}"
            )
    problems += _base_problems(dataset.rows)
    unique = list(groups.values())
    for one, other, share in near_duplicates([row.sentence for row in unique]):
        if unique[one].group != unique[other].group:
            problems.append(
                f"{unique[one].id}: near-duplicate of {unique[other].id} ({share:.0%} of its "
                f"word 3-grams) in another group; give both one group or rewrite it"
            )
    return tuple(problems)


def _row_problems(row: Row) -> Iterator[str]:
    if row.label not in LABELS:
        yield f"label {row.label!r}; expected one of {', '.join(LABELS)}"
    if row.provenance not in PROVENANCES:
        yield f"provenance {row.provenance!r}; expected one of {', '.join(PROVENANCES)}"
    if row.actor and not re.search(rf"(?<!\w){re.escape(row.actor)}(?!\w)", row.sentence):
        yield f"actor {row.actor!r} does not stand in its sentence"
    if not row.group or row.group.startswith("auto-"):
        yield "no group"
    if row.provenance == "documented":
        if not row.source:
            yield "documented, but no source"
        if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", row.date):
            yield f"date {row.date!r}; expected YYYY, YYYY-MM or YYYY-MM-DD"
    if "\n" in row.sentence or "\r" in row.sentence:
        yield "line break inside the sentence"


def _base_problems(rows: Sequence[Row]) -> Iterator[str]:
    by_id = {row.id: row for row in rows}
    for row in rows:
        if row.provenance != "contrast":
            continue
        named = re.search(r"\bof ([\w-]+)", row.note)
        base = by_id.get(named.group(1)) if named else None
        if base is None:
            yield f"{row.id}: a contrast needs 'of <id>' of its base row in the note"
        elif base.group != row.group:
            yield f"{row.id}: a contrast shares the group of its base {base.id}"
        elif (base.label, base.actor) == (row.label, row.actor):
            yield f"{row.id}: a contrast changes the label, but {base.id} is {row.label!r} as well"


def shingles(sentence: str) -> set[tuple[str, ...]]:
    """Return the 3-grams of a sentence's words in lower case; fewer words are one."""
    words = _WORD.findall(sentence.lower())
    if len(words) < 3:
        return {tuple(words)} if words else set()
    return set(zip(words, words[1:], words[2:], strict=False))


def _records(
    path: Path, required: Sequence[str] = REQUIRED
) -> Iterator[tuple[int, Mapping[str, object] | str]]:
    """Yield the row number and the record, or why there is none."""
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".tsv", ".jsonl"):
        raise InputError(f"{path.name!r}: expected a table that ends in .csv, .tsv or .jsonl")
    if not path.is_file():
        raise InputError(f"no such file: {path}; expected a table of labelled rows")
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
