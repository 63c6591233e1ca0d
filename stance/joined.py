"""Terms whose names join forms of a sequence, found by the numbers of the forms.

Each form that a model's terms have gets a number, and a term the key whose digits are the numbers
of its forms, and last that of its block and prefix: 64 bits. The keys of all n-grams of many
sentences are one sum of arrays, and are looked for in the sorted keys of the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, combinations, repeat
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from stance.blocks import OWN, Reading, paired
from stance.settings import FeatureSettings
from stance.voice import STATES

Integers = NDArray[np.int64]
Found = tuple[Integers, Integers]  # indices of readings, rows

GLUE = {"words": " ", "own_words": " ", "concepts": ">", "own_concepts": ">", "own_pairs": "&"}
_PREFIXES = ("", *(f"{state} " for state in STATES))
_PLACES = {prefix: place for place, prefix in enumerate(_PREFIXES)}
_FORMS = {
    "words": attrgetter("words.forms"),
    "own_words": attrgetter("own_words.forms"),
    "concepts": attrgetter("plain.forms"),
    "own_concepts": attrgetter("own_concepts.forms"),
}
_MOST = 2**63 - 1


class Joined:
    """N-grams and pairs of forms → rows.

    Parameters
    ----------
    tables : mapping of str to mapping of str to int
        Blocks and the rows of their terms.
    settings : FeatureSettings

    Attributes
    ----------
    blocks : tuple of str
        Those of the blocks whose keys fit into 64 bits; the others are not looked up.
    """

    def __init__(self, tables: Mapping[str, Mapping[str, int]], settings: FeatureSettings) -> None:
        sizes = {
            block: settings.concept_ngrams if GLUE[block] == ">" else settings.word_ngrams
            for block in tables
        } | {"own_pairs": (2, 2)}
        split = {block: _split(block, table, sizes[block]) for block, table in tables.items()}
        forms = sorted({form for terms in split.values() for _, term, _ in terms for form in term})
        self._numbers = dict(zip(forms, range(1, len(forms) + 1), strict=True))
        self._forms = len(forms) + 1
        self._tags = len(tables) * len(_PREFIXES)
        self.blocks = tuple(
            block for block in tables if self._forms ** sizes[block][1] * self._tags < _MOST
        )
        keys: dict[int, dict[int, int]] = {}
        for number, block in enumerate(self.blocks):
            for place, term, row in split[block]:
                key = 0
                for form in term:
                    key = key * self._forms + self._numbers[form]
                key = key * self._tags + number * len(_PREFIXES) + place
                keys.setdefault(len(term), {})[key] = row
        self._keys: dict[int, Found] = {}
        for size, found in keys.items():
            ordered = sorted(found)
            self._keys[size] = (
                np.array([*ordered, _MOST]),
                np.array([*(found[key] for key in ordered), -1]),
            )

    def rows(self, readings: Sequence[Reading]) -> list[Found]:
        """Return the rows of the terms and the indices of their readings."""
        if not self.blocks:
            return []
        found: list[Found] = []
        running = [block for block in self.blocks if block != "own_pairs"]
        sequences = [[*map(_FORMS[block], readings)] for block in running]
        tags = [self._tagged(block, readings) for block in running]
        if running:
            found += self._ngrams([*chain.from_iterable(sequences)], np.concatenate(tags))
            count = len(readings)
            found = [(indices % count, rows) for indices, rows in found]
        if "own_pairs" in self.blocks:
            found.append(self._pairs([*map(paired, readings)], self._tagged("own_pairs", readings)))
        return found

    def _tagged(self, block: str, readings: Sequence[Reading]) -> Integers:
        """Return the last digit of the keys of each reading."""
        first = self.blocks.index(block) * len(_PREFIXES)
        if block not in OWN:
            return np.full(len(readings), first)
        return np.array([first + _PLACES[one.prefix] for one in readings])

    def _ngrams(self, sequences: Sequence[Sequence[str]], tags: Integers) -> list[Found]:
        """Return what is found in sequences with one tag each, by the index of the sequence."""
        sizes = np.array([*map(len, sequences)])
        numbers = self._numbered(chain.from_iterable(sequences), int(sizes.sum()))
        owners = np.repeat(np.arange(len(sequences)), sizes)
        tags = np.repeat(tags, sizes)
        found = []
        codes = numbers
        for size in range(1, max(self._keys, default=0) + 1):
            if size > len(numbers):
                break
            if size > 1:
                codes = codes[:-1] * self._forms + numbers[size - 1 :]
            last = len(codes)
            whole = np.flatnonzero(owners[:last] == owners[size - 1 :])
            keys = codes.take(whole) * self._tags + tags.take(whole)
            found.append(self._found(size, keys, owners.take(whole)))
        return found

    def _pairs(self, forms: Sequence[Sequence[str]], tags: Integers) -> Found:
        numbers = [[self._numbers.get(form, 0) for form in one] for one in forms]
        sizes = [len(one) * (len(one) - 1) // 2 for one in numbers]
        flat = chain.from_iterable(combinations(one, 2) for one in numbers)
        both = np.fromiter(chain.from_iterable(flat), np.int64, 2 * sum(sizes))
        owners = np.repeat(np.arange(len(forms)), sizes)
        keys = (both[::2] * self._forms + both[1::2]) * self._tags + tags.take(owners)
        return self._found(2, keys, owners)

    def _numbered(self, forms: Iterable[str], count: int) -> Integers:
        return np.fromiter(map(self._numbers.get, forms, repeat(0)), np.int64, count)

    def _found(self, size: int, keys: Integers, owners: Integers) -> Found:
        if size not in self._keys:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        known, rows = self._keys[size]
        at = known.searchsorted(keys)
        hits = np.flatnonzero(known.take(at) == keys)
        return owners.take(hits), rows.take(at.take(hits))


def _split(
    block: str, table: Mapping[str, int], sizes: tuple[int, int]
) -> list[tuple[int, tuple[str, ...], int]]:
    """Return place of the prefix, forms and row of each term, in each way to read its name."""
    found = []
    for name, row in table.items():
        for place, prefix in enumerate(_PREFIXES if block in OWN else ("",)):
            if name.startswith(prefix):
                term = tuple(name[len(prefix) :].split(GLUE[block]))
                if sizes[0] <= len(term) <= sizes[1]:
                    found.append((place, term, row))
    return found
