"""Cues: the words that give a statement to somebody, read from `data/cues.csv`.

A row is a lemma with its forms, the frames it stands in, and its kind. Frames:
``quote`` (introduces quoted words), ``that`` (a clause, without *that* only where its verb is
plain), ``bare`` (a clause without *that* is the rule), ``post``
(may follow what is said), ``addressee`` (somebody told before the clause), ``to-inf``,
``obj-to-inf`` (*urge allies to …*), ``np`` (a noun phrase), ``ing``, ``wh`` (an indirect
question), ``prefix`` (*according to X*), ``prefix-name`` (*for X, …*, only before a known
name), ``prefix-owner`` (*in X's view*), ``clear`` (the content is the sentence before),
``expletive`` (an *it* before it is nobody: *it is unclear whether*),
``noun-np``, ``noun-to``, ``noun-that`` (*X's objections to …*), ``noun-self`` (*X's treaty bid*).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stance.errors import DataError
from stance.resources import data_path
from stance.text import word_set

FRAMES = word_set(
    "quote that bare post addressee to-inf obj-to-inf np ing wh prefix prefix-name prefix-owner "
    "clear expletive noun-np noun-to noun-that noun-self"
)
KINDS = frozenset({"speech", "stance", "noun"})
COLUMNS = ["lemma", "forms", "frame", "kind"]


@dataclass(frozen=True, slots=True)
class Cue:
    """One form of a cue.

    Attributes
    ----------
    lemma : str
        The row it comes from.
    words : tuple of str
        Lower-case words of the form: ``("called", "for")``.
    frames : frozenset of str
        See the module's docstring.
    kind : {"speech", "stance", "noun"}
    tense : {"base", "s", "past", "ing", "be", ""}
        Form of the first word, as far as it can be told; empty for nouns and prefixes.
    """

    lemma: str
    words: tuple[str, ...]
    frames: frozenset[str]
    kind: str
    tense: str


@cache
def load_cues(path: Path | None = None) -> Mapping[str, tuple[Cue, ...]]:
    """Return the cues by their first word, longest first.

    Raises
    ------
    DataError
        Naming the rows with an unknown frame or kind, or a form that another row has.
    """
    table = path or data_path("cues.csv")
    problems: list[str] = []
    owners: dict[tuple[bool, str], str] = {}
    found: dict[str, list[Cue]] = {}
    with table.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        if reader.fieldnames != COLUMNS:
            raise DataError(
                f"{table.name} has the columns {reader.fieldnames}; expected {', '.join(COLUMNS)}"
            )
        for number, row in enumerate(reader, 2):
            lemma, frames = row["lemma"], frozenset(row["frame"].split("|"))
            where = f"row {number} ({lemma})"
            if frames - FRAMES:
                problems.append(f"{where}: unknown frame {', '.join(sorted(frames - FRAMES))}")
            if row["kind"] not in KINDS:
                problems.append(f"{where}: kind {row['kind']!r}; expected speech, stance or noun")
            for form in row["forms"].split("|"):
                if (
                    not form.strip()
                    or owners.setdefault((row["kind"] == "noun", form), lemma) != lemma
                ):
                    problems.append(f"{where}: form {form!r} is empty or belongs to another row")
                    continue
                words = tuple(form.lower().split())
                tense = _tense(words[0], lemma, frames)
                found.setdefault(words[0], []).append(Cue(lemma, words, frames, row["kind"], tense))
    if problems:
        raise DataError(
            f"{table.name} has {len(problems)} problems: {'; '.join(problems[:5])}", tuple(problems)
        )
    return {
        first: tuple(sorted(cues, key=lambda cue: -len(cue.words))) for first, cues in found.items()
    }


@cache
def cue_index() -> Mapping[str, tuple[tuple[Cue, ...], Mapping[str, tuple[Cue, ...]]]]:
    """Return, by first word, the cues of that word alone and the longer ones by second word."""
    index: dict[str, tuple[tuple[Cue, ...], Mapping[str, tuple[Cue, ...]]]] = {}
    for first, cues in load_cues().items():
        longer: dict[str, list[Cue]] = {}
        for cue in cues:
            if len(cue.words) > 1:
                longer.setdefault(cue.words[1], []).append(cue)
        alone = tuple(cue for cue in cues if len(cue.words) == 1)
        index[first] = (alone, {second: tuple(found) for second, found in longer.items()})
    return index


def _tense(word: str, lemma: str, frames: frozenset[str]) -> str:
    if any(frame.startswith(("noun", "prefix")) for frame in frames):
        return ""
    first = lemma.split()[0]
    if first in ("would", "should"):
        return "past"  # would like: the same for every subject
    if first == "be":
        return "be"
    if word.endswith("ing") and word != first:
        return "ing"
    if word == first:
        return "base"
    if word.endswith("s") and word[: len(first) - 1] == first[:-1]:
        return "s"
    return "past"
