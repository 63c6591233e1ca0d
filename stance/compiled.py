"""Pairs → sums of weighted terms by the compiled kernel of `actor-stance[fast]`.

Which arithmetic is used says the variable ``STANCE_KERNEL``: "numpy"; "numba", which pays in a
process that lives long; or "auto", the default: "numba", where it is installed, for calls with so
many sentences that loading it pays. It never depends on what was judged before, so that the same
call has the same last digits; those of the two differ by less than 1e-12.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from itertools import accumulate, chain, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.blocks import MOST, NOT_NAMED, OF_VOICE, OWN, ROLES, Named, stated
from stance.errors import InputError, MissingExtraError
from stance.formtables import FormTables
from stance.kernelarrays import Given, Layer, Plan, Scratch, Tables
from stance.keytable import KeyTable
from stance.lookup import Lookup
from stance.numbering import Integers
from stance.sequences import printed
from stance.settings import FeatureSettings
from stance.tallies import Weights
from stance.tokens import Offsets, Pair, actor_places
from stance.voice import State, Voice

VARIABLE = "STANCE_KERNEL"
PAYS = 20_000  # sentences whose gain, 30 to 50 µs each, is about what loading costs
_TAGGED = ("words", "own_words", "concepts", "own_concepts", "own_pairs", "anchored")


def wanted(sentences: int) -> bool:
    """Tell whether the kernel is to be used for so many sentences.

    Raises
    ------
    InputError
        If the variable has another value.
    MissingExtraError
        If numba is asked for and not installed.
    """
    asked = os.environ.get(VARIABLE, "auto") or "auto"
    if asked not in ("auto", "numba", "numpy"):
        raise InputError(f"{VARIABLE}={asked!r}; expected auto, numba or numpy")
    if asked == "numpy" or (asked == "auto" and sentences < PAYS):
        return False
    if _installed():
        return True
    if asked == "auto":
        return False
    raise MissingExtraError(
        f"{VARIABLE}=numba needs numba, which is not installed; run: "
        "pip install 'actor-stance[fast]'"
    )


@cache
def _installed() -> bool:
    return find_spec("numba") is not None


class Compiled:
    """The kernel with the arrays of one model.

    Parameters
    ----------
    lookup : Lookup
        All blocks of which are found without names (`Lookup.named` is empty).
    weights : Weights
    """

    def __init__(self, lookup: Lookup, weights: Weights) -> None:
        from stance import kernel

        self._kernel: Any = kernel
        self._lookup = lookup
        self._settings: FeatureSettings = lookup.featurizer.settings
        terms = np.column_stack([weights.idf, weights.blocks, weights.coef])
        self._layer = Layer(np.ascontiguousarray(terms, dtype=np.float64), weights.lengths)
        joined = lookup.joined
        self._slots, self._keys = _packed(joined.keys)
        self._plan = Plan(
            np.array([joined.tag(b) if b in joined.blocks else -1 for b in _TAGGED]),
            np.array([*self._settings.word_ngrams, *self._settings.concept_ngrams]),
            joined.base, joined.tags, joined.keys.multiplier,
            np.uint64(65 - len(joined.keys.displacements).bit_length()), lookup.no_actor,
            "chars" in lookup.blocks,
        )  # fmt: skip
        self._own = [block for block in lookup.blocks if block in OWN]
        self._voiced = not OF_VOICE.isdisjoint(lookup.blocks)
        self._plain: dict[str, list[tuple[int, int]]] = {}
        self._idle: list[Scratch] = []  # scratch memory, as much as threads were counting at once

    def sums(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        """Return what `weighted_sums` does, shape (n_pairs, n_labels)."""
        reader = self._lookup.reader
        tables = reader.tables()
        places = [actor_places(*pair) for pair in pairs]
        voices = reader.voices(pairs, places)
        masked = places if self._settings.mask_names else None
        numbers, sizes = printed(pairs, masked, tables.printed)
        given = self._given(numbers, sizes, voices)
        missing = np.empty((64 + len(numbers), 2), dtype=np.int64)
        scratch = self._idle.pop() if self._idle else self._scratch()
        while True:
            logits = np.zeros((len(pairs), self._layer.terms.shape[1] - 2))
            arrays = self._arrays(tables)
            lacking = self._kernel.score(
                given, arrays, self._plan, self._layer, scratch, missing, logits
            )
            if not lacking:
                break
            tables.steps.add(missing[:lacking].tolist())
        self._idle.append(scratch)
        return logits

    def _arrays(self, tables: FormTables) -> Tables:
        joined, steps = self._lookup.joined, tables.steps
        return Tables(
            tables.printed.rows, tables.shown.rows, self._lookup.pool.values,
            self._slots, self._keys, joined.keys.displacements,
            steps.keys, steps.targets, steps.steps, joined.ranked,
        )  # fmt: skip

    def _scratch(self) -> Scratch:
        size = len(self._layer.terms)
        return Scratch(np.zeros(size, np.int32), np.zeros(size + 1, np.int64), np.zeros(size))

    def _given(self, numbers: Integers, sizes: Integers, voices: Sequence[Voice]) -> Given:
        kinds = np.array([self._lookup.joined.place(voice) for voice in voices], dtype=np.int64)
        said = _stacked([self._said(voice) for voice in voices])
        if self._voiced:
            spoken = _stacked([(*one.contents, *one.cues) for one in voices])
            cues = _stacked([one.cues for one in voices])
        else:
            spoken = cues = np.empty((0, 2), np.int64), np.zeros(len(voices) + 1, np.int64)
        return Given(numbers, sizes, kinds, *spoken, *cues, *said)

    def _said(self, voice: Voice) -> Sequence[tuple[int, int]]:
        """Return naming (-1 for each) and row of the terms that are made of no form."""
        if not self._voiced:
            return ()
        if voice.state not in self._plain:
            self._plain[voice.state] = [*self._stated(voice.state)]
        return self._plain[voice.state]

    def _stated(self, state: State) -> Iterator[tuple[int, int]]:
        row = self._lookup.row
        for block in self._own:
            found = row(block, state)
            if found is not None:
                yield -1, found
        if "voice" in self._lookup.blocks:
            for naming, target in _namings():
                for name in stated(state, target):
                    found = row("voice", name)
                    if found is not None:
                        yield naming, found


def _namings() -> Iterator[tuple[int, Named]]:
    """Yield the ways to name the target that are told apart, with the kernel's number of each."""
    yield 0, NOT_NAMED
    for (number, role), times, ways in product(
        enumerate(ROLES, 1), range(1, MOST + 1), range(1, MOST + 1)
    ):
        if ways <= times:
            yield (number * (MOST + 1) + times) * (MOST + 1) + ways, Named(role, times, ways)


def _packed(table: KeyTable) -> tuple[NDArray[np.int32], Integers]:
    """Return the number of the key in each slot, 0 in free ones, and the keys with their rows."""
    taken = np.flatnonzero(table.keys >= 0)
    slots = np.zeros(len(table.keys), dtype=np.int32)
    slots[taken] = np.arange(1, len(taken) + 1)
    keys = np.column_stack([table.keys.take(taken), table.numbers.take(taken)])
    return slots, np.concatenate([[[-1, -1]], keys]).astype(np.int64)


def _stacked(lists: Sequence[Sequence[Offsets]]) -> tuple[Integers, Integers]:
    """Return all pairs, shape (n_pairs, 2), and where those of each list begin."""
    firsts = np.array([*accumulate(map(len, lists), initial=0)], dtype=np.int64)
    flat = [*chain.from_iterable(chain.from_iterable(lists))]
    return np.array(flat, dtype=np.int64).reshape(-1, 2), firsts
