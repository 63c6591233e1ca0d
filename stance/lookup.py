"""Readings → the rows of their terms in a model's arrays.

`stance.blocks` defines the terms. Names that join forms of a sequence are not made at all
(`stance.joined`); the others are made and looked up. What depends on a word alone, its character
n-grams, is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat

import numpy as np

from stance.blocks import OWN, Reading, bare, make
from stance.joined import GLUE, Found, Integers, Joined
from stance.memo import Memo
from stance.settings import FeatureSettings
from stance.tokens import char_ngrams

_MEMO = 100_000  # words whose character n-grams are remembered
_ROW = np.dtype(np.int32)


class Lookup:
    """Rows of terms; a term that occurs twice has its row twice.

    Parameters
    ----------
    settings : FeatureSettings
    vocabularies : mapping of str to sequence of str
        The terms of each block; rows are counted block after block.
    concepts : iterable of str
        Names of the lexicon's concepts. One that holds the sign which joins concepts makes
        names ambiguous; then they are looked up as they are.
    """

    def __init__(
        self,
        settings: FeatureSettings,
        vocabularies: Mapping[str, Sequence[str]],
        concepts: Iterable[str] = (),
    ) -> None:
        self.settings = settings
        self._tables: dict[str, dict[str, int]] = {}
        first = 0
        for block in settings.blocks:
            terms = vocabularies[block]
            self._tables[block] = dict(zip(terms, range(first, first + len(terms)), strict=True))
            first += len(terms)
        self._spelled = Memo(self._spell, _MEMO)
        signs = frozenset("".join(concepts))
        self._joined = Joined(
            {
                block: table
                for block, table in self._tables.items()
                if block in GLUE and GLUE[block] not in signs
            },
            settings,
        )

    def row(self, block: str, name: str) -> int | None:
        """Return the row of a term, or None if the model does not know it."""
        return self._tables[block].get(name)

    def rows(self, readings: Sequence[Reading]) -> Found:
        """Return the rows of all terms, and for each the index of its reading, in any order."""
        found = self._joined.rows(readings)
        named: list[int] = []
        sizes: list[int] = []
        for block in self.settings.blocks:
            if block == "chars":
                found.append(self._characters(readings))
                continue
            look_up = self._tables[block].get
            for one in readings:
                rows = [*map(look_up, self._unjoined(block, one), repeat(-1))]
                sizes.append(len(rows))
                named += rows
        owners = np.arange(len(sizes)) % len(readings)
        found.append(_without_unknown(np.repeat(owners, sizes), np.array(named, dtype=np.int64)))
        indices, all_rows = zip(*found, strict=True)
        return np.concatenate(indices), np.concatenate(all_rows)

    def _unjoined(self, block: str, reading: Reading) -> Sequence[str]:
        """Return the names of a block's terms that are not looked up as joined ones."""
        if block not in self._joined.blocks:
            return make(block, reading, self.settings)
        if block in OWN and len(reading.words):
            return (reading.raw.voice.state,)
        return ()

    def _spell(self, word: str) -> bytes:
        table = self._tables["chars"]
        grams = char_ngrams(word, *self.settings.char_ngrams)
        return np.array([table[gram] for gram in grams if gram in table], dtype=_ROW).tobytes()

    def _characters(self, readings: Sequence[Reading]) -> Found:
        packed = [
            b"".join(map(self._spelled.__getitem__, bare("chars", reading, self.settings)))
            for reading in readings
        ]
        sizes = np.array([*map(len, packed)]) // _ROW.itemsize
        rows = np.frombuffer(b"".join(packed), dtype=_ROW).astype(np.int64)
        return np.repeat(np.arange(len(packed)), sizes), rows


def _without_unknown(owners: Integers, rows: Integers) -> Found:
    known = rows >= 0
    return owners[known], rows[known]
