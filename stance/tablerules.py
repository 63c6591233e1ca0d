"""The project's own rules for a labelled table: every breach, with the row that it is in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from stance.dataset import LABELS, PROVENANCES, Dataset, Row, near_duplicates


def check(dataset: Dataset) -> tuple[str, ...]:
    """Return every breach of the project's own rules, one line each, naming the row.

    What no row of a table has (a provenance, a group, a label of the codebook) is one line.

    Unknown labels and provenances, duplicate ids, the same sentence and actor twice, one
    sentence or near-duplicates in several groups, an actor that does not occur in its
    sentence, missing sources, contrasts without a base, and rows that could not be read.
    """
    absent = _absent(dataset.rows)
    problems = [*dataset.skipped, *absent.values()]
    ids: dict[str, str] = {}
    units: dict[tuple[str, str, int | None], str] = {}
    groups: dict[str, Row] = {}
    for row in dataset.rows:
        problems += [f"{row.id}: {problem}" for problem in _row_problems(row, absent)]
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


def _absent(rows: Sequence[Row]) -> dict[str, str]:
    """Return what no row of a table has, which is said once and not of each row."""
    if len(rows) < 2:
        return {}
    tables = "the project's own tables need it, training does without"
    labels = sorted({row.label for row in rows})
    found = {}
    if not set(labels) & set(LABELS):
        found["label"] = (
            f"labels {', '.join(labels)}; the codebook has {', '.join(LABELS)}; training takes any"
        )
    if not any(row.provenance for row in rows):
        found["provenance"] = f"no row has a provenance; {tables}"
    if all(_ungrouped(row) for row in rows):
        found["group"] = f"no row has a group; {tables}, and groups near-duplicates itself"
    return found


def _ungrouped(row: Row) -> bool:
    return not row.group or row.group.startswith("auto-")


def _row_problems(row: Row, absent: Mapping[str, str]) -> Iterator[str]:
    if row.label not in LABELS and "label" not in absent:
        yield f"label {row.label!r}; expected one of {', '.join(LABELS)}"
    if row.provenance not in PROVENANCES and "provenance" not in absent:
        yield f"provenance {row.provenance!r}; expected one of {', '.join(PROVENANCES)}"
    if row.actor and not re.search(rf"(?<!\w){re.escape(row.actor)}(?!\w)", row.sentence):
        yield f"actor {row.actor!r} does not stand in its sentence"
    if _ungrouped(row) and "group" not in absent:
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
