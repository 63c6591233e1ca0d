"""Plain arrays → probabilities, exactly as the scikit-learn pipeline gives them.

Term counts become sublinear TF-IDF (1 + ln tf, times idf), each block is scaled to unit
length and weighted, and a linear layer with the calibration folded in gives the logits.
Only numpy is needed; the tests hold scikit-learn up as the oracle (1e-9).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence, Sized
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.compiled import Compiled, wanted
from stance.features import Featurizer, Term
from stance.lexicon import Lexicon, concepts, loads_lexicon
from stance.lookup import FEW, Lookup
from stance.settings import FeatureSettings
from stance.tallies import Weights, chunk_size, weighted_sums
from stance.tokens import ActorLike, Pair

FloatArray = NDArray[np.float64]


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
        self._lookup = Lookup(self.featurizer, arrays.vocabularies, concepts(self.lexicon))
        self._compiled: Compiled | None = None
        sizes = [len(arrays.vocabularies[block]) for block in arrays.settings.blocks]
        self._chunk = chunk_size(sum(sizes))
        self._weights = Weights(
            idf=arrays.idf,
            coef=arrays.coef,
            blocks=np.repeat(np.arange(len(sizes), dtype=np.int32), sizes),
            lengths=np.array([weight for _, weight in arrays.settings.weights]),
        )

    def probabilities(self, pairs: Iterable[Pair]) -> FloatArray:
        """Return calibrated probabilities, shape (n_pairs, n_labels); rows sum to 1."""
        return softmax(self.logits(pairs))

    def logits(self, pairs: Iterable[Pair]) -> FloatArray:
        """Return calibrated logits, shape (n_pairs, n_labels)."""
        compiled = self.kernel(len(pairs) if isinstance(pairs, Sized) else 1) == "numba"
        iterator = iter(pairs)
        chunks: list[FloatArray] = []
        while batch := list(islice(iterator, self._chunk)):
            few = not chunks and len(batch) < FEW  # the rest of many is summed as they are
            chunks.append(self._batch(batch, compiled, few))
        if not chunks:
            return np.empty((0, len(self.arrays.labels)))
        return np.concatenate(chunks) if len(chunks) > 1 else chunks[0]

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
                row = self._lookup.row(block, term.name)
                if row is not None:
                    places.setdefault(row, []).append(term)
            for row, found in places.items():
                part = share[row] / len(found)
                for term in found:
                    key = (term.start, term.end)
                    values[key] = values.get(key, 0.0) + part
                    names.setdefault(key, []).append(f"{block}:{term.name}")
        parts = [Contribution(0, 0, base, ())]
        parts += [
            Contribution(start, end, value, tuple(dict.fromkeys(names[start, end])))
            for (start, end), value in values.items()
        ]
        return parts

    def kernel(self, sentences: int) -> str:
        """Return what so many sentences are scored with: "numpy" or "numba"."""
        return "numba" if wanted(sentences) and not self._lookup.named else "numpy"

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_compiled": None}  # compiled code is no data

    def _batch(self, batch: Sequence[Pair], compiled: bool, few: bool) -> FloatArray:
        if compiled:
            if self._compiled is None:
                self._compiled = Compiled(self._lookup, self._weights)
            return self.arrays.intercept + self._compiled.sums(batch)
        look_up = self._lookup.rows_of_few if few else self._lookup.rows_of_many
        owners, rows = look_up(batch)
        return self.arrays.intercept + weighted_sums(owners, rows, len(batch), self._weights)

    def _vector(self, block: str, names: list[str]) -> tuple[NDArray[np.intp], FloatArray]:
        """Return rows of `coef` and the weighted, normalised TF-IDF values of a block."""
        found = (self._lookup.row(block, name) for name in names)
        counts = Counter(row for row in found if row is not None)
        rows = np.fromiter(counts, dtype=np.intp, count=len(counts))
        times = np.fromiter(counts.values(), dtype=np.float64, count=len(counts))
        loads = (1.0 + np.log(times)) * self.arrays.idf[rows]
        length = math.sqrt(float(loads @ loads)) or 1.0
        return rows, loads * (dict(self.arrays.settings.weights)[block] / length)


def softmax(logits: FloatArray) -> FloatArray:
    """Return exp(logits) scaled so that each row sums to 1."""
    if not len(logits):
        return logits
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    result: FloatArray = shifted / shifted.sum(axis=1, keepdims=True)
    return result
