"""Terms whose names are made of forms, as keys: whole numbers of 64 bits.

Each form that a model's terms have gets a number from 1 on, and a term the key whose digits are
the numbers of its forms, and last its tag: that of its block and prefix, or of where it stands
beside the actor. The keys of all n-grams of many sentences are one sum of arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from stance.blocks import ANCHORS, BESIDE, NEAR, OWN, PAIRED, WINDOW
from stance.formtables import IS_ACTOR, IS_BORDER, IS_END, IS_MARK, IS_OTHER
from stance.keytable import KeyTable
from stance.numbering import Integers, ranges
from stance.sequences import Run, Sequences
from stance.settings import FeatureSettings
from stance.voice import STATES, Voice

Found = tuple[Integers, Integers]  # indices of sentences, rows or keys

GLUE = {"words": " ", "own_words": " ", "concepts": ">", "own_concepts": ">", "own_pairs": "&"}
_PREFIXES = ("", *(f"{state} " for state in STATES))
_PLACES = {state: 0 if state == "own" else place for place, state in enumerate(STATES, start=1)}
_MOST = 2**63 - 1


class Joined:
    """N-grams, pairs and neighbours of the actor → rows.

    Parameters
    ----------
    tables : mapping of str to mapping of str to int
        Blocks and the rows of their terms.
    settings : FeatureSettings
    concepts : sequence of str
        Sorted.

    Attributes
    ----------
    blocks : tuple of str
        Those of the blocks whose keys fit into 64 bits; the others are not looked up.
    base : int
        One more than there are numbers of forms.
    tags : int
        How many tags there are: a key is ``code * tags + tag``.
    keys : KeyTable
    ranked : ndarray of shape (n_concepts,)
        The number of each concept.
    """

    def __init__(
        self,
        tables: Mapping[str, Mapping[str, int]],
        settings: FeatureSettings,
        concepts: Sequence[str],
    ) -> None:
        self.sizes = {
            block: (2, 2) if block == "own_pairs" else (1, 1) if block == "anchored"
            else settings.concept_ngrams if GLUE[block] == ">" else settings.word_ngrams
            for block in tables
        }  # fmt: skip
        split = {block: [*self._split(block, table)] for block, table in tables.items()}
        forms = sorted({form for terms in split.values() for _, term, _ in terms for form in term})
        self._numbers = dict(zip(forms, range(1, len(forms) + 1), strict=True))
        self.base = len(forms) + 1
        self.tags = len(tables) * len(BESIDE)
        self.blocks = tuple(
            block for block in tables if self.base ** self.sizes[block][1] * self.tags < _MOST
        )
        keys: dict[int, int] = {}
        for block in self.blocks:
            first = self.tag(block)
            for place, term, row in split[block]:
                code = 0
                for form in term:
                    code = code * self.base + self._numbers[form]
                keys[code * self.tags + first + place] = row
        self.keys = KeyTable(keys)
        self.ranked = np.array([*map(self.number, concepts)], dtype=np.int64)

    def number(self, form: str) -> int:
        """Return the number of a form, 0 if no term has it."""
        return self._numbers.get(form, 0)

    def place(self, voice: Voice) -> int:
        """Return what is added to the tags of the actor's own terms: 0 if it speaks."""
        return _PLACES[voice.state]

    def tag(self, block: str) -> int:
        """Return the first tag of a block; that of a prefix or place is so much more."""
        return self.blocks.index(block) * len(BESIDE)

    def rows(self, read: Sequences, numbers: Integers, ranks: Integers) -> Found:
        """Return the rows of the terms of `blocks`, and the indices of their sentences.

        Parameters
        ----------
        read : Sequences
        numbers, ranks : ndarray of shape (n_known_forms,)
            The number of each form, and its place among the concepts or -1.
        """
        kinds = np.array([*map(self.place, read.voices), 0], dtype=np.int64)
        runs: dict[str, Run] = {"words": read.words}
        runs["concepts"] = read.concepts.chosen((read.concepts.flags & IS_MARK) == 0)
        for name in ("words", "concepts"):
            if f"own_{name}" in self.blocks or name == "concepts":
                runs[f"own_{name}"] = _own(runs[name], read.own, kinds)
        keys: list[Integers] = []
        owners: list[Integers] = []

        def add(found: Found) -> None:
            owners.append(found[0])
            keys.append(found[1])

        for sizes in {self.sizes[block] for block in self.blocks if block in runs}:
            some = [block for block in self.blocks if block in runs and self.sizes[block] == sizes]
            of = np.concatenate([runs[block].owners for block in some])
            tags = [
                kinds.take(runs[block].owners) + self.tag(block)
                if block in OWN
                else np.full(len(runs[block].owners), self.tag(block))
                for block in some
            ]
            forms = np.concatenate([runs[block].forms for block in some])
            for one in _ngrams(numbers.take(forms), of, np.concatenate(tags), sizes, self):
                add(one)
        if "anchored" in self.blocks:
            tag = self.tag("anchored")
            for run, near in ((read.words, NEAR), (read.concepts, WINDOW)):
                codes, of, places = _beside(run, near)
                add((of, numbers.take(codes) * self.tags + (places + tag)))
        if "own_pairs" in self.blocks:
            add(self._pairs(runs["own_concepts"], ranks, kinds))
        hits, rows = self.keys.find(np.concatenate(keys))
        return np.concatenate(owners).take(hits), rows

    def _pairs(self, run: Run, ranks: Integers, kinds: Integers) -> Found:
        """Return the keys of two concepts in any order."""
        found = ranks.take(run.forms)
        at = np.flatnonzero(found >= 0)
        distinct = np.unique(run.owners.take(at) * len(self.ranked) + found.take(at))
        owners, ranked = np.divmod(distinct, max(len(self.ranked), 1))
        before = _before(owners)
        owners, ranked, before = (one[before < PAIRED] for one in (owners, ranked, before))
        numbers = self.ranked.take(ranked)
        first = ranges(np.arange(len(owners)) - before, before)
        of = np.repeat(owners, before)
        codes = numbers.take(first) * self.base + np.repeat(numbers, before)
        return of, codes * self.tags + (kinds.take(of) + self.tag("own_pairs"))

    def _split(
        self, block: str, table: Mapping[str, int]
    ) -> Iterator[tuple[int, tuple[str, ...], int]]:
        """Yield place, forms and row of each term, in each way to read its name."""
        low, high = self.sizes[block]
        prefixes = _PREFIXES if block in OWN else BESIDE if block == "anchored" else ("",)
        for name, row in table.items():
            for place, prefix in enumerate(prefixes):
                if name.startswith(prefix):
                    rest = name[len(prefix) :]
                    term = tuple(rest.split(GLUE[block])) if block in GLUE else (rest,)
                    if low <= len(term) <= high:
                        yield place, term, row


def _own(run: Run, stretches: Integers, kinds: Integers) -> Run:
    """Return the forms that the actor says, and all where it says nothing."""
    kept = (kinds.take(run.owners) > 0) | ((run.flags & IS_BORDER) > 0)
    return run.chosen(kept | run.covered(stretches))


def _before(owners: Integers) -> Integers:
    """Return how many of the same sentence stand before each; the sentences are in order."""
    return np.arange(len(owners)) - owners.searchsorted(owners)


def _ngrams(
    numbers: Integers, owners: Integers, tags: Integers, sizes: tuple[int, int], joined: Joined
) -> Iterator[Found]:
    """Yield the keys of each size; the number 0 is of forms that no term has."""
    codes, whole = numbers, numbers > 0
    for size in range(1, sizes[1] + 1):
        if size > 1:
            codes = codes[:-1] * joined.base + numbers[size - 1 :]
            whole = whole[:-1] & (numbers[size - 1 :] > 0)
        if size >= sizes[0]:
            at = np.flatnonzero(whole)
            yield owners.take(at), codes.take(at) * joined.tags + tags.take(at)


def _beside(run: Run, near: int) -> tuple[Integers, Integers, Integers]:
    """Return the forms beside the actors of a run, their owners, and their places in `BESIDE`."""
    actors = np.flatnonzero(run.flags & IS_ACTOR)
    actors = actors[_before(run.owners.take(actors)) < ANCHORS]
    steps = np.arange(1, near + 1)
    at = actors[:, None, None] + np.array([[[-1], [1]]], dtype=np.int64) * steps
    flags = run.flags.take(at, mode="clip")
    near_enough = ~np.logical_or.accumulate((flags & IS_END) > 0, axis=2)
    if near == NEAR:
        places = np.broadcast_to(steps - 1, at.shape)
    else:
        other = np.logical_or.accumulate((flags & IS_OTHER) > 0, axis=2)
        places = np.full(at.shape, 2)
        places[:, :, 1:] += other[:, :, :-1]
    places = places + np.array([[[0], [len(BESIDE) // 2]]], dtype=np.int64)
    found = np.flatnonzero(near_enough)
    of = np.repeat(run.owners.take(actors), 2 * near)
    return (
        run.forms.take(at.ravel().take(found)),
        of.take(found),
        places.ravel().take(found),
    )
