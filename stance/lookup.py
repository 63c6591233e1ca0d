"""Pairs → the rows of their terms in a model's arrays.

`stance.blocks` defines the terms. Here hardly a name is made: terms of several forms are found by
keys (`stance.joined`), and what depends on one form alone, its character n-grams and its being a
cue, is known with the form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from stance.blocks import (
    ANCHORS,
    BESIDE,
    CUE,
    NEAR,
    NO_ACTOR,
    OWN,
    PAIRED,
    WINDOW,
    make,
    stated,
)
from stance.features import Featurizer
from stance.formtables import IS_ACTOR, IS_BORDER, IS_END, IS_MARK, IS_OTHER
from stance.joined import GLUE, PLACES, Joined
from stance.memo import Memo
from stance.numbering import Integers, Pool, ranges
from stance.sequences import Reader, Run, Sequences
from stance.tokens import Pair, char_ngrams

Found = tuple[Integers, Integers]  # indices of pairs, rows
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
            if block == "anchored" or GLUE.get(block, "") not in signs and block in GLUE
        }
        self._joined = Joined(keyed, featurizer.settings)
        self._named = set(self.blocks) - {*self._joined.blocks, "chars", "voice"}
        self._ranks = dict(zip(concepts, range(len(concepts)), strict=True))
        self._ranked = np.array([*map(self._joined.number, concepts)], dtype=np.int64)
        self._pool = Pool()
        self.reader = Reader(featurizer, self._describe, 5)

    def row(self, block: str, name: str) -> int | None:
        """Return the row of a term, or None if the model does not know it."""
        return self._tables[block].get(name)

    def rows(self, pairs: Sequence[Pair]) -> Found:
        """Return the rows of all terms, and for each the index of its pair, in any order."""
        read = self.reader.read(pairs)
        spoken = np.bincount(read.words.owners, minlength=read.count + 1)[: read.count] > 1
        found = [*self._by_name(pairs, read, spoken)]
        if "chars" in self.blocks:
            found.append(self._characters(read))
        if self._joined.blocks:
            found.append(self._keyed(read))
        owners, rows = zip(*found, strict=True)
        return np.concatenate(owners), np.concatenate(rows)

    def _describe(self, form: str) -> tuple[int, int, int, int, int]:
        """Return what is known of a form, for the columns `_NUMBER` to `_SIZE`."""
        table: Mapping[str, int] = self._tables.get("chars", {})
        spelled: list[int] = []
        if table and not form.isupper():
            grams = char_ngrams(form, *self.featurizer.settings.char_ngrams)
            spelled = [table[gram] for gram in grams if gram in table]
        return (
            self._joined.number(form),
            self._tables.get("voice", {}).get(CUE + form, -1),
            self._ranks.get(form, -1),
            self._pool.add(spelled),
            len(spelled),
        )

    def _by_name(self, pairs: Sequence[Pair], read: Sequences, spoken: Integers) -> Iterator[Found]:
        """Yield what is found by the names of terms."""
        owners: list[int] = []
        rows: list[int] = []
        spoke = [*enumerate(spoken.tolist())]
        for block in self.blocks:
            table = self._tables[block]
            if block in self._named:
                for owner, pair in enumerate(pairs):
                    reading = self.featurizer.read(self.featurizer.raw(*pair))
                    names = make(block, reading, self.featurizer.settings)
                    rows += [table.get(name, -1) for name in names]
                    owners += [owner] * len(names)
            elif block == "voice":
                for owner in [owner for owner, any_word in spoke if any_word]:
                    names = stated(read.voices[owner], read.roles[owner])
                    rows += [table.get(name, -1) for name in names]
                    owners += [owner] * len(names)
                yield self._cues(read)
            elif block in OWN:
                own = [owner for owner, any_word in spoke if any_word]
                rows += [table.get(read.voices[owner].state, -1) for owner in own]
                owners += own
            elif block == "anchored" and NO_ACTOR in table:
                absent = spoken.copy()
                absent[read.words.owners[(read.words.flags & IS_ACTOR) > 0]] = False
                found = np.flatnonzero(absent)
                yield found, np.full(len(found), table[NO_ACTOR])
        yield _known(np.array(owners, dtype=np.int64), np.array(rows, dtype=np.int64))

    def _cues(self, read: Sequences) -> Found:
        words = read.words
        at = np.flatnonzero(words.covered(read.cues))
        return _known(words.owners.take(at), read.known[words.forms.take(at), _CUE])

    def _characters(self, read: Sequences) -> Found:
        known = read.known.take(read.words.forms, axis=0)
        sizes = known[:, _SIZE]
        rows = self._pool.values.take(ranges(known[:, _CHARS], sizes))
        return np.repeat(read.words.owners, sizes), rows

    def _keyed(self, read: Sequences) -> Found:
        """Return what is found by keys."""
        joined = self._joined
        kinds = np.array([PLACES[voice.state] for voice in read.voices] + [0])
        numbers = read.known[:, _NUMBER]
        runs: dict[str, Run] = {"words": read.words}
        runs["concepts"] = read.concepts.chosen((read.concepts.flags & IS_MARK) == 0)
        for name in ("words", "concepts"):
            if f"own_{name}" in joined.blocks or name == "concepts":
                runs[f"own_{name}"] = _own(runs[name], read.own, kinds)
        keys: list[Integers] = []
        owners: list[Integers] = []

        def add(found: Found) -> None:
            owners.append(found[0])
            keys.append(found[1])

        for sizes in {joined.sizes[block] for block in joined.blocks if block in runs}:
            some = [block for block in joined.blocks if block in runs and joined.sizes[block] == sizes]
            of = np.concatenate([runs[block].owners for block in some])
            tags = [
                kinds.take(runs[block].owners) + joined.tag(block)
                if block in OWN
                else np.full(len(runs[block].owners), joined.tag(block))
                for block in some
            ]
            forms = np.concatenate([runs[block].forms for block in some])
            for one in _ngrams(numbers.take(forms), of, np.concatenate(tags), sizes, joined):
                add(one)
        if "anchored" in joined.blocks:
            tag = joined.tag("anchored")
            for run, near in ((read.words, NEAR), (read.concepts, WINDOW)):
                codes, of, places = _beside(run, near)
                add((of, numbers.take(codes) * joined.tags + (places + tag)))
        if "own_pairs" in joined.blocks:
            add(self._pairs(runs["own_concepts"], read.known[:, _RANK], kinds))
        hits, rows = joined.keys.find(np.concatenate(keys))
        return np.concatenate(owners).take(hits), rows

    def _pairs(self, run: Run, ranks: Integers, kinds: Integers) -> Found:
        """Return the keys of two concepts in any order."""
        joined = self._joined
        found = ranks.take(run.forms)
        at = np.flatnonzero(found >= 0)
        distinct = np.unique(run.owners.take(at) * len(self._ranks) + found.take(at))
        owners, ranked = np.divmod(distinct, max(len(self._ranks), 1))
        before = _before(owners)
        owners, ranked, before = (one[before < PAIRED] for one in (owners, ranked, before))
        numbers = self._ranked.take(ranked)
        first = ranges(np.arange(len(owners)) - before, before)
        of = np.repeat(owners, before)
        codes = numbers.take(first) * joined.base + np.repeat(numbers, before)
        return of, codes * joined.tags + (kinds.take(of) + joined.tag("own_pairs"))


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
    at = actors[:, None, None] + np.array([[[-1], [1]]]) * steps
    flags = run.flags.take(at, mode="clip")
    near_enough = ~np.logical_or.accumulate((flags & IS_END) > 0, axis=2)
    if near == NEAR:
        places = np.broadcast_to(steps - 1, at.shape)
    else:
        other = np.logical_or.accumulate((flags & IS_OTHER) > 0, axis=2)
        places = np.full(at.shape, 2)
        places[:, :, 1:] += other[:, :, :-1]
    places = places + np.array([[[0], [len(BESIDE) // 2]]])
    found = np.flatnonzero(near_enough)
    of = np.repeat(run.owners.take(actors), 2 * near)
    return (
        run.forms.take(at.ravel().take(found)),
        of.take(found),
        places.ravel().take(found),
    )


def _known(owners: Integers, rows: Integers) -> Found:
    known = np.flatnonzero(rows >= 0)
    return owners.take(known), rows.take(known)
