"""A sentence and an actor that a reader may be asked about, wherever it was found."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from stance.dataset import Dataset, Row

_LINE_BREAKS = re.compile(r"[\r\n\t\v\f\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence and an actor that a reader may be asked about.

    Attributes
    ----------
    id : str
        Of the row that it becomes; the same sentence and actor have the same.
    actor : str
        As it stands in the sentence; empty where it does not.
    start : int or None
        Where the actor stands in the sentence, in characters from 0.
    speaker : str
        Who that is, or who speaks, by name; empty if unknown.
    group : str
        The article, so that its rows are never split.
    article, date : str
        Its id and date, as far as known.
    label : str
        What the model said, or the table.
    probabilities : mapping
        Of each label, in the model's order; empty for a table.
    judge : str
        The model's id, or the table's name.
    before, after : str
        The sentences around it; empty where they are not known.
    input, row, offset
        Where the sentence was found: the name of the input, the article's number in it, from 1,
        and the sentence's first character.
    source, note : str
        Of a labelled table's row.
    """

    id: str
    sentence: str
    actor: str
    start: int | None
    speaker: str
    group: str
    article: str
    date: str
    label: str
    probabilities: Mapping[str, float]
    judge: str
    before: str = ""
    after: str = ""
    input: str = ""
    row: int = 0
    offset: int = 0
    source: str = ""
    note: str = ""

    @property
    def pair(self) -> tuple[str, str | None]:
        """What the model reads."""
        return self.sentence, self.actor or None


def candidate_id(sentence: str, actor: str) -> str:
    """Return "u-" and twelve hexadecimal digits that stand for a sentence and an actor."""
    content = json.dumps([sentence, actor], ensure_ascii=False).encode()
    return f"u-{hashlib.blake2b(content, digest_size=6).hexdigest()}"


def one_line(text: str) -> str:
    """Return a text with a blank for each line break and tab; offsets stay as they are."""
    return _LINE_BREAKS.sub(" ", text)


def make_candidate(
    sentence: str,
    span: tuple[int, int] | None,
    *,
    speaker: str,
    article: str,
    date: str,
    input: str,
    row: int,
    offset: int,
    label: str,
    probabilities: Mapping[str, float],
    judge: str,
) -> Candidate:
    """Return the candidate of a statement; `span` is the actor's within the sentence, if there."""
    line = one_line(sentence)
    actor = line[slice(*span)] if span else ""
    article_key = hashlib.blake2b(f"{input}\0{article}".encode(), digest_size=6).hexdigest()
    return Candidate(
        id=candidate_id(line, actor),
        sentence=line,
        actor=actor,
        start=span[0] if span else None,
        speaker=speaker,
        group=f"user-{article_key}",
        article=article,
        date=date,
        label=label,
        probabilities=probabilities,
        judge=judge,
        input=input,
        row=row,
        offset=offset,
    )


def table_candidates(data: Dataset) -> list[Candidate]:
    """Return the rows of a labelled table, ids and groups kept, their labels as the table's."""
    return [_of_row(row, data.name) for row in data.rows]


def _of_row(row: Row, name: str) -> Candidate:
    found = re.search(rf"(?<!\w){re.escape(row.actor)}(?!\w)", row.sentence) if row.actor else None
    return Candidate(
        id=row.id,
        sentence=one_line(row.sentence),
        actor=row.actor,
        start=found.start() if found else None,
        speaker=row.actor,
        group=row.group,
        article="",
        date=row.date,
        label=row.label,
        probabilities={},
        judge=name,
        source=row.source,
        note=row.note,
    )
