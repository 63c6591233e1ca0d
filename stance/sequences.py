"""Many sentences with their actors → arrays of forms, as `Featurizer.read` gives them for one.

All sentences are one text, each after a border, so that what is done for every token is done for
all sentences at once. Python only finds the actors, cuts the text, matches the lexicon and reads
what the actors say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.blocks import OF_VOICE, Named, named
from stance.features import Featurizer
from stance.formtables import (
    BEGINS,
    CUT,
    IS_BETWEEN,
    IS_MARK,
    IS_OTHER,
    LOWERED,
    MATCHED,
    SECOND,
    SHOWN,
    FormTables,
)
from stance.lexicon import Entry
from stance.numbering import Integers, Numbering
from stance.tokens import BARE, BORDER, OWNER, Offsets, Pair, actor_places, masked, split_many
from stance.voice import Voice, voice_of

Flags = NDArray[np.bool_]
Matches = list[tuple[int, int, Entry]]
_MOST = 200_000  # tokens that are remembered; then all are forgotten
_MOST_STEPS = 500_000
_ABSENT = Voice("absent")


@dataclass(frozen=True, slots=True)
class Run:
    """A sequence of forms for every sentence, each after a border, and one border at the end.

    Attributes
    ----------
    forms, flags : ndarray of shape (n_forms,)
        The number of each form, and what it is.
    starts, ends : ndarray of shape (n_forms,)
        Offsets into the text of all sentences.
    owners : ndarray of shape (n_forms,)
        The number of the sentence; the last border has the number of none.
    """

    forms: Integers
    flags: Integers
    starts: Integers
    ends: Integers
    owners: Integers

    def chosen(self, kept: Flags) -> Run:
        """Return the forms where a flag is set."""
        at = np.flatnonzero(kept)
        return Run(
            self.forms.take(at),
            self.flags.take(at),
            self.starts.take(at),
            self.ends.take(at),
            self.owners.take(at),
        )

    def covered(self, stretches: Integers) -> Flags:
        """Tell which forms lie within one of the stretches, shape (n_stretches, 2)."""
        first = self.starts.searchsorted(stretches[:, 0])
        last = self.ends.searchsorted(stretches[:, 1], side="right")
        whole, size = last > first, len(self.starts) + 1
        begun = np.bincount(first[whole], minlength=size)
        ended = np.bincount(last[whole], minlength=size)
        return (begun - ended).cumsum()[:-1] > 0


@dataclass(frozen=True, slots=True)
class Sequences:
    """Sentences read for their actors.

    Attributes
    ----------
    count : int
        How many sentences there are.
    known : ndarray of shape (n_known_forms, n_columns)
        What the caller knows of each form; the last columns.
    words, concepts : Run
        As `stance.blocks.Reading` has them.
    own, cues : ndarray of shape (n, 2)
        Where the actors' statements and cues stand, and the cues alone.
    voices : list of Voice
    named : list of Named
        How each sentence names the target.
    """

    count: int
    known: Integers
    words: Run
    concepts: Run
    own: Integers
    cues: Integers
    voices: list[Voice]
    named: list[Named]


class Reader:
    """Pairs → sequences.

    Parameters
    ----------
    featurizer : Featurizer
    fresh : callable
        Returns tables that know nothing yet, of the same featurizer.
    """

    def __init__(self, featurizer: Featurizer, fresh: Callable[[], FormTables]) -> None:
        self.featurizer = featurizer
        self._fresh = fresh
        self._tables = fresh()

    def read(self, pairs: Sequence[Pair]) -> Sequences:
        """Return the sequences of the pairs."""
        tables = self.tables()
        shown = tables.shown
        settings = self.featurizer.settings
        places = [actor_places(*pair) for pair in pairs]
        tokens = _cut(pairs, places if settings.mask_names else None, tables.printed)
        matches = self._matches(tokens, shown)
        first = np.array([start for start, _, _ in matches], dtype=np.int64)
        last = np.array([end for _, end, _ in matches], dtype=np.int64)
        inside = _between(first, last, len(tokens.owners))
        forms = np.where(inside, tokens.known[:, MATCHED], tokens.known[:, SHOWN])
        flags = shown.rows[:, 0].take(forms)
        other = (flags & IS_OTHER) > 0
        kept = np.ones(len(other), dtype=bool)  # but words of a name after the first
        np.logical_not(other[1:] & other[:-1], out=kept[1:])
        at = np.flatnonzero(kept)
        ends = tokens.ends
        ends[at[:-1]] = ends.take(at[1:] - 1)
        run = Run(forms, flags, tokens.starts, ends, tokens.owners)
        words = run.chosen(kept & ((flags & IS_MARK) == 0))
        kept &= ((flags & IS_BETWEEN) > 0) & ~inside
        kept[first] = True
        names = shown.of([entry.concept for _, _, entry in matches], len(matches))
        forms[first], flags[first] = names, shown.rows[:, 0].take(names)
        ends[first] = ends.take(last - 1)
        voices = self.voices(pairs, places)
        own, cues = _stretches(voices, tokens.starts[tokens.borders] + 1)
        return Sequences(
            len(pairs), shown.rows[:, 1:], words, run.chosen(kept), own, cues, voices,
            _named(matches, tokens.owners, len(pairs)),
        )  # fmt: skip

    def tables(self) -> FormTables:
        """Return what is known of forms, begun anew where that has become too much."""
        if len(self._tables.printed) > _MOST or len(self._tables.steps) > _MOST_STEPS:
            self._tables = self._fresh()
        return self._tables  # not what another thread may begin meanwhile

    def _matches(self, tokens: _Tokens, shown: Numbering) -> Matches:
        """Return start, end and entry of each match of the lexicon."""
        places = np.flatnonzero(tokens.known[:, BEGINS]).tolist()
        lowered = [*map(shown.names.__getitem__, tokens.known[:, LOWERED].tolist())]
        return [*self.featurizer.lexicon.match_at(lowered, places)]

    def voices(self, pairs: Sequence[Pair], places: Sequence[Sequence[Offsets]]) -> list[Voice]:
        if OF_VOICE.isdisjoint(self.featurizer.settings.blocks):
            return [_ABSENT] * len(pairs)
        return [voice_of(pair[0], found) for pair, found in zip(pairs, places, strict=True)]


class _Tokens(NamedTuple):
    """The tokens of many sentences, cut into pieces: what is known of each, and where it stands."""

    known: Integers
    starts: Integers
    ends: Integers
    owners: Integers
    borders: Integers


def printed(
    pairs: Sequence[Pair], places: Sequence[Sequence[Offsets]] | None, numbering: Numbering
) -> tuple[Integers, Integers]:
    """Return the numbers of the tokens, and the sizes of them and of what is between them.

    Every sentence begins with a border, and one is the last; without `places` no actor is masked.
    """
    if places is None:
        text = [masked(sentence, ()) for sentence, _ in pairs]
    else:
        text = [masked(one[0], found) for one, found in zip(pairs, places, strict=True)]
    parts = split_many("".join(text) + BORDER)
    tokens = parts[1::2]
    sizes = np.fromiter(map(len, parts), np.int64, len(parts))
    numbers = numbering.of(tokens, len(tokens))
    widths = [end - start for found in places or () for start, end in found]
    if widths:
        actors = (numbers == numbering[OWNER]) | (numbers == numbering[BARE])
        sizes[2 * np.flatnonzero(actors) + 1] = widths
    return numbers, sizes


def _cut(
    pairs: Sequence[Pair], places: Sequence[Sequence[Offsets]] | None, numbering: Numbering
) -> _Tokens:
    """Return the tokens in their pieces."""
    numbers, sizes = printed(pairs, places, numbering)
    offsets = sizes.cumsum()
    known = numbering.rows.take(numbers, axis=0)
    starts, ends = offsets[:-1:2], offsets[1::2]
    second = known[:, SECOND]
    if (second >= 0).any():
        doubled = 1 + (second >= 0)
        behind = doubled.cumsum()[doubled == 2] - 1  # the places of the second pieces
        known = np.repeat(known, doubled, axis=0)
        starts, ends = np.repeat(starts, doubled), np.repeat(ends, doubled)
        ends[behind - 1] = starts[behind] = starts[behind] + known[behind, CUT]
        known[behind] = numbering.rows.take(known[behind, SECOND], axis=0)
    else:
        ends = ends.copy()
    border = known[:, SHOWN] == numbering.rows[numbering[BORDER], SHOWN]
    return _Tokens(known, starts, ends, border.cumsum() - 1, np.flatnonzero(border)[:-1])


def _between(first: Integers, last: Integers, size: int) -> Flags:
    """Tell which of so many places lie in ranges that do not overlap."""
    change = np.zeros(size + 1, dtype=np.int64)
    change[first] = 1
    change[last] -= 1
    return change.cumsum()[:-1] > 0


def _stretches(voices: Sequence[Voice], bases: Integers) -> tuple[Integers, Integers]:
    """Return statements and cues, and the cues alone, as offsets into the whole text."""
    own: list[int] = []
    cues: list[int] = []
    for voice, base in zip(voices, bases.tolist(), strict=True):
        if voice.state == "own":
            cued = [offset + base for offset in chain.from_iterable(voice.cues)]
            cues += cued
            own += cued
            own += [offset + base for offset in chain.from_iterable(voice.contents)]
    return np.array(own, np.int64).reshape(-1, 2), np.array(cues, np.int64).reshape(-1, 2)


def _named(matches: Matches, owners: Integers, count: int) -> list[Named]:
    """Return for each sentence how its matches name the target."""
    naming: dict[int, list[Entry]] = {}
    for start, _, entry in matches:
        if entry.role:
            naming.setdefault(int(owners[start]), []).append(entry)
    return [named(naming.get(owner, ())) for owner in range(count)]
