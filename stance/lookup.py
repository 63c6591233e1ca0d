"""Pairs → the rows of their terms in a model's arrays.

`stance.blocks` defines the terms. Here hardly a name is made: terms of several forms are found by
keys (`stance.joined`), and what depends on one form alone, its character n-grams and its being a
cue, is known with the form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from stance.blocks import CUE, NO_ACTOR, OWN, make, stated
from stance.features import Featurizer
from stance.formtables import IS_ACTOR, FormTables
from stance.joined import GLUE, Joined
from stance.memo import Memo
from stance.numbering import Integers, Pool, ranges
from stance.sequences import Reader, Sequences
from stance.tokens import Pair, char_ngrams

Found = tuple[Integers, Integers]  # indices of pairs, rows
FEW = 4  # pairs for which calling numpy costs more than it saves
_MEMO = 100_000  # forms whose character n-grams are remembered
_NUMBER, _CUE, _RANK, _CHARS, _SIZE = range(5)  # columns of what is known of a form


class Lookup:
    """Rows of terms; a term that occurs twice has its row twice.

    Parameters
    ----------
    featurizer : Featurizer
    vocabularies : mapping of str to sequence of str
        The terms of each block; rows are counted block after block.
    concepts : sequence of str
        Names of the lexicon's concepts, sorted. One that holds the sign which joins concepts makes
        names ambiguous; then they are looked up as they are.
    """

    def __init__(
        self,
        featurizer: Featurizer,
        vocabularies: Mapping[str, Sequence[str]],
        concepts: Sequence[str] = (),
    ) -> None:
        self.featurizer = featurizer
        self.blocks = featurizer.settings.blocks
        self._tables: dict[str, dict[str, int]] = {}
        first = 0
        for block in self.blocks:
            terms = vocabularies[block]
            self._tables[block] = dict(zip(terms, range(first, first + len(terms)), strict=True))
            first += len(terms)
        signs = frozenset("".join(concepts))
        keyed = {
            block: table
            for block, table in self._tables.items()
            if block == "anchored" or (GLUE.get(block, "") not in signs and block in GLUE)
        }
        self.joined = Joined(keyed, featurizer.settings, concepts)
        self.named = set(self.blocks) - {*self.joined.blocks, "chars", "voice"}
        self._ranks = dict(zip(concepts, range(len(concepts)), strict=True))
        self.no_actor = self._tables.get("anchored", {}).get(NO_ACTOR, -1)
        self._spelled = Memo(self._spell, _MEMO)
        self.pool = Pool()
        self.reader = Reader(featurizer, partial(FormTables, featurizer, self._describe, 5))

    def row(self, block: str, name: str) -> int | None:
        """Return the row of a term, or None if the model does not know it."""
        return self._tables[block].get(name)

    def rows_of_few(self, pairs: Sequence[Pair]) -> Found:
        """Return the rows of all terms, and for each the index of its pair, in any order.

        One sentence and block after the other.
        """
        featurizer = self.featurizer
        rows: list[int] = []
        sizes: list[int] = []
        for pair in pairs:
            reading = featurizer.read(featurizer.raw(*pair))
            before = len(rows)
            for block in self.blocks:
                names = make(block, reading, featurizer.settings)
                if block == "chars":
                    rows += chain.from_iterable(map(self._spelled.__getitem__, names))
                else:
                    rows += map(self._tables[block].get, names, repeat(-1))
            sizes.append(len(rows) - before)
        return _known(np.arange(len(pairs)).repeat(sizes), np.array(rows, dtype=np.int64))

    def rows_of_many(self, pairs: Sequence[Pair]) -> Found:
        """Return what `rows_of_few` does, in another order, for all sentences at once."""
        read = self.reader.read(pairs)
        spoken = np.bincount(read.words.owners, minlength=read.count + 1)[: read.count] > 1
        found = [*self._by_name(pairs, read, spoken)]
        if "chars" in self.blocks:
            found.append(self._characters(read))
        if self.joined.blocks:
            numbers, ranks = read.known[:, _NUMBER], read.known[:, _RANK]
            found.append(self.joined.rows(read, numbers, ranks))
        owners, rows = zip(*found, strict=True)
        return np.concatenate(owners), np.concatenate(rows)

    def _describe(self, form: str) -> tuple[int, int, int, int, int]:
        """Return what is known of a form, for the columns `_NUMBER` to `_SIZE`."""
        spelled = () if form.isupper() else self._spelled[form]
        return (
            self.joined.number(form),
            self._tables.get("voice", {}).get(CUE + form, -1),
            self._ranks.get(form, -1),
            self.pool.add(spelled),
            len(spelled),
        )

    def _spell(self, form: str) -> tuple[int, ...]:
        """Return the rows of the character n-grams of a form."""
        table = self._tables.get("chars", {})
        grams = char_ngrams(form, *self.featurizer.settings.char_ngrams) if table else ()
        return tuple(table[gram] for gram in grams if gram in table)

    def _by_name(
        self, pairs: Sequence[Pair], read: Sequences, spoken: NDArray[np.bool_]
    ) -> Iterator[Found]:
        """Yield what is found by the names of terms."""
        owners: list[int] = []
        rows: list[int] = []
        with_words = np.flatnonzero(spoken).tolist()
        for block in self.blocks:
            table = self._tables[block]
            if block in self.named:
                for owner, pair in enumerate(pairs):
                    reading = self.featurizer.read(self.featurizer.raw(*pair))
                    names = make(block, reading, self.featurizer.settings)
                    rows += [table.get(name, -1) for name in names]
                    owners += [owner] * len(names)
            elif block == "voice":
                for owner in with_words:
                    names = stated(read.voices[owner].state, read.named[owner])
                    rows += [table.get(name, -1) for name in names]
                    owners += [owner] * len(names)
                yield self._cues(read)
            elif block in OWN:
                rows += [table.get(read.voices[owner].state, -1) for owner in with_words]
                owners += with_words
            elif block == "anchored" and self.no_actor >= 0:
                absent = spoken.copy()
                absent[read.words.owners[(read.words.flags & IS_ACTOR) > 0]] = False
                found = np.flatnonzero(absent)
                yield found, np.full(len(found), self.no_actor)
        yield _known(np.array(owners, dtype=np.int64), np.array(rows, dtype=np.int64))

    def _cues(self, read: Sequences) -> Found:
        words = read.words
        at = np.flatnonzero(words.covered(read.cues))
        return _known(words.owners.take(at), read.known[words.forms.take(at), _CUE])

    def _characters(self, read: Sequences) -> Found:
        known = read.known.take(read.words.forms, axis=0)
        sizes = known[:, _SIZE]
        rows = self.pool.values.take(ranges(known[:, _CHARS], sizes))
        return np.repeat(read.words.owners, sizes), rows


def _known(owners: Integers, rows: Integers) -> Found:
    known = np.flatnonzero(rows >= 0)
    return owners.take(known), rows.take(known)
