"""Plain arrays → probabilities, exactly as the scikit-learn pipeline gives them.

Term counts become sublinear TF-IDF (1 + ln tf, times idf), each block is scaled to unit
length and weighted, and a linear layer with the calibration folded in gives the logits.
Only numpy is needed; the tests hold scikit-learn up as the oracle (1e-9).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import cast

import numpy as np
from numpy.typing import NDArray

from stance.features import Featurizer, Term
from stance.lexicon import Lexicon, loads_lexicon
from stance.settings import FeatureSettings
from stance.tokens import ActorLike, Pair, char_ngrams

FloatArray = NDArray[np.float64]
_MEMO = 100_000  # words whose character n-grams are remembered
_CHUNK = 2_000  # sentences whose terms are held at once; bounds memory at any input size


@dataclass(frozen=True)
class ModelArrays:
    """All that prediction needs, as plain data.

    Attributes
    ----------
    labels : tuple of str
        In order; the columns of `coef`.
    settings : FeatureSettings
    vocabularies : dict of str to tuple of str
        The terms of each block; their rows in `coef` follow block after block.
    idf : ndarray of shape (n_terms,)
    coef : ndarray of shape (n_terms, n_labels)
        Calibrated weights: inverse temperature times the fitted coefficients.
    intercept : ndarray of shape (n_labels,)
    threshold : float
        A prediction is confident when its highest probability is at least this.
    lexicon : str
        The concept lexicon as `Lexicon.dumps` writes it.
    known_words : tuple of str
        Lower-case words of the training sentences.
    trained_on : tuple of str
        Keys of the training sentences, sorted (`stance.dataset.sentence_key`), so that an
        evaluation knows which rows it must not judge with this model.
    """

    labels: tuple[str, ...]
    settings: FeatureSettings
    vocabularies: dict[str, tuple[str, ...]]
    idf: FloatArray
    coef: FloatArray
    intercept: FloatArray
    threshold: float
    lexicon: str
    known_words: tuple[str, ...]
    trained_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contribution:
    """What the terms of one stretch `sentence[start:end]` add to a difference of logits."""

    start: int
    end: int
    value: float
    features: tuple[str, ...]


class Scorer:
    """Sentences and actors → logits and probabilities.

    Parameters
    ----------
    arrays : ModelArrays
        Checked by `stance.store` when it comes from a file.
    """

    def __init__(self, arrays: ModelArrays) -> None:
        self.arrays = arrays
        self.lexicon: Lexicon = loads_lexicon(arrays.lexicon)
        self.featurizer = Featurizer(arrays.settings, self.lexicon, frozenset(arrays.known_words))
        self._rows: dict[str, dict[str, int]] = {}
        self._grams: dict[str, list[int]] = {}
        first = 0
        for block in arrays.settings.blocks:
            terms = arrays.vocabularies[block]
            self._rows[block] = dict(zip(terms, range(first, first + len(terms)), strict=True))
            first += len(terms)

    def probabilities(self, pairs: Iterable[Pair]) -> FloatArray:
        """Return calibrated probabilities, shape (n_pairs, n_labels); rows sum to 1."""
        return softmax(self.logits(pairs))

    def logits(self, pairs: Iterable[Pair]) -> FloatArray:
        """Return calibrated logits, shape (n_pairs, n_labels)."""
        iterator = iter(pairs)
        chunks: list[FloatArray] = []
        while batch := list(islice(iterator, _CHUNK)):
            chunks.append(self._batch(batch))
        if not chunks:
            return np.empty((0, len(self.arrays.labels)))
        return np.concatenate(chunks)

    def vectors(
        self, pairs: Iterable[Pair]
    ) -> tuple[FloatArray, NDArray[np.intp], NDArray[np.intp]]:
        """Return the weighted TF-IDF vectors as a sparse matrix: data, indices and indptr (CSR).

        Row by row, what `coef` is multiplied with; a block's part has its weight as its length.
        """
        loads: list[FloatArray] = []
        rows: list[NDArray[np.intp]] = []
        ends = [0]
        for sentence, actor in pairs:
            size = 0
            for block, terms in self.featurizer.terms(sentence, actor).items():
                found, values = self._vector(block, [term.name for term in terms])
                rows.append(found)
                loads.append(values)
                size += len(found)
            ends.append(ends[-1] + size)
        return (
            np.concatenate(loads) if loads else np.empty(0),
            np.concatenate(rows) if rows else np.empty(0, dtype=np.intp),
            np.array(ends, dtype=np.intp),
        )

    def contributions(
        self, sentence: str, actor: ActorLike, label: int, against: int
    ) -> list[Contribution]:
        """Split ``logit[label] − logit[against]`` over the stretches of the sentence.

        A term that occurs several times shares its weight equally among its places. The
        first entry is the intercept (start = end = 0); the values sum to the difference.
        """
        weights = self.arrays.coef[:, label] - self.arrays.coef[:, against]
        base = float(self.arrays.intercept[label] - self.arrays.intercept[against])
        values: dict[tuple[int, int], float] = {}
        names: dict[tuple[int, int], list[str]] = {}
        for block, terms in self.featurizer.terms(sentence, actor).items():
            rows, loads = self._vector(block, [term.name for term in terms])
            share = dict(zip(rows.tolist(), (loads * weights[rows]).tolist(), strict=True))
            places: dict[int, list[Term]] = {}
            for term in terms:
                row = self._rows[block].get(term.name)
                if row is not None:
                    places.setdefault(row, []).append(term)
            for row, found in places.items():
                for term in found:
                    key = (term.start, term.end)
                    values[key] = values.get(key, 0.0) + share[row] / len(found)
                    names.setdefault(key, []).append(f"{block}:{term.name}")
        parts = [Contribution(0, 0, base, ())]
        parts += [
            Contribution(start, end, value, tuple(dict.fromkeys(names[start, end])))
            for (start, end), value in values.items()
        ]
        return parts

    def _batch(self, batch: Sequence[Pair]) -> FloatArray:
        rows: list[int] = []
        counts: list[int] = []
        vectors: list[tuple[int, int, float]] = []  # sentence, terms, weight of the block
        weights = dict(self.arrays.settings.weights)
        for place, (sentence, actor) in enumerate(batch):
            raw = self.featurizer.raw(sentence, actor)
            for block, forms in self.featurizer.forms(raw).items():
                found = self._spelled(forms) if block == "chars" else self._counts(block, forms)
                if found:
                    rows += found.keys()
                    counts += found.values()
                    vectors.append((place, len(found), weights[block]))
        result = np.tile(self.arrays.intercept, (len(batch), 1))
        if vectors:
            owners, sizes, shares = map(list, zip(*vectors, strict=True))
            index = np.array(rows, dtype=np.intp)
            starts = np.cumsum([0, *sizes[:-1]])
            weighted = self.arrays.coef[index]
            weighted *= self._loads(index, counts, starts, sizes, shares)[:, None]
            np.add.at(result, owners, np.add.reduceat(weighted, starts, axis=0))
        return result

    def _spelled(self, words: list[str]) -> Counter[int]:
        """Return the counts of the character block; what a word is made of is remembered."""
        known, counts = self._grams, Counter[int]()
        for word in words:
            rows = known.get(word)
            if rows is None:
                low, high = self.arrays.settings.char_ngrams
                table = self._rows["chars"]
                rows = [table[g] for g in char_ngrams(word, low, high) if g in table]
                if len(known) < _MEMO:
                    known[word] = rows
            counts.update(rows)
        return counts

    def _counts(self, block: str, names: list[str]) -> Counter[int]:
        """Return how often each row of `coef` occurs, in the order of the first places."""
        counts = Counter(map(self._rows[block].get, names))
        del counts[None]
        return cast("Counter[int]", counts)

    def _loads(
        self,
        rows: NDArray[np.intp],
        counts: Sequence[int],
        starts: Sequence[int] | NDArray[np.intp],
        sizes: Sequence[int],
        shares: Sequence[float],
    ) -> FloatArray:
        """Return TF-IDF values of vectors that lie one after the other, weighted and normalised.

        `starts` and `sizes` are those of the vectors, `shares` the lengths they shall have.
        """
        loads: FloatArray = (1.0 + np.log(counts)) * self.arrays.idf[rows]
        lengths = np.sqrt(np.add.reduceat(loads * loads, starts))
        loads *= np.repeat(shares / np.where(lengths > 0.0, lengths, 1.0), sizes)
        return loads

    def _vector(self, block: str, names: list[str]) -> tuple[NDArray[np.intp], FloatArray]:
        """Return rows of `coef` and the weighted, normalised TF-IDF values of a block."""
        counts = self._counts(block, names)
        rows = np.fromiter(counts.keys(), dtype=np.intp, count=len(counts))
        if not counts:
            return rows, np.empty(0)
        weight = dict(self.arrays.settings.weights)[block]
        return rows, self._loads(rows, list(counts.values()), [0], [len(counts)], [weight])


def softmax(logits: FloatArray) -> FloatArray:
    """Return exp(logits) scaled so that each row sums to 1."""
    if not len(logits):
        return logits
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    result: FloatArray = shifted / shifted.sum(axis=1, keepdims=True)
    return result
