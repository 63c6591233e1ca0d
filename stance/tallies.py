"""Rows of terms by sentence → the sums that a linear layer makes of their TF-IDF values.

A term that occurs n times has the value (1 + ln n) · idf; the values of one block of one sentence
are scaled to the length that its weight gives. Nothing is sorted: each occurrence counts up a
cell of its sentence and term, and carries 1/n of the term's value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Integers = NDArray[np.int64]
_CELLS = 8_000_000  # counted at once; 32 MB
_idle: list[
    NDArray[np.int32]
] = []  # cells that are all 0, as many as threads were counting at once


@dataclass(frozen=True, slots=True)
class Weights:
    """What a model knows of its terms.

    Attributes
    ----------
    idf : ndarray of shape (n_terms,)
    coef : ndarray of shape (n_terms, n_labels)
    blocks : ndarray of shape (n_terms,)
        The number of each term's block; it never falls.
    lengths : ndarray of shape (n_blocks,)
        The length that the values of a block are scaled to.
    """

    idf: FloatArray
    coef: FloatArray
    blocks: NDArray[np.int32]
    lengths: FloatArray


def chunk_size(terms: int) -> int:
    """Return how many sentences of a model with so many terms are best summed at once."""
    return max(1, min(250, _CELLS // max(terms, 1)))


def weighted_sums(owners: Integers, rows: Integers, count: int, weights: Weights) -> FloatArray:
    """Return the sum of values times coefficients, shape (n_sentences, n_labels).

    Parameters
    ----------
    owners, rows : ndarray of shape (n_occurrences,)
        The sentence and the term of each occurrence, in any order.
    count : int
        How many sentences there are.
    """
    terms, blocks = len(weights.idf), len(weights.lengths)
    times = _counts(owners * terms + rows, count * terms)
    values = (1.0 + np.log(times)) / times * weights.idf.take(rows)
    vectors = owners * blocks + weights.blocks.take(rows)
    lengths = np.sqrt(np.bincount(vectors, values * values * times, count * blocks))
    scales = np.tile(weights.lengths, count) / np.where(lengths > 0.0, lengths, 1.0)
    values *= scales.take(vectors)
    products = weights.coef.take(rows, axis=0)
    return np.stack([np.bincount(owners, values * column, count) for column in products.T], axis=1)


def _counts(cells: Integers, size: int) -> NDArray[np.int32]:
    """Return for each cell how often it is named."""
    try:
        board = _idle.pop()
    except IndexError:
        board = np.zeros(0, dtype=np.int32)
    if len(board) < size:
        board = np.zeros(size, dtype=np.int32)
    np.add.at(board, cells, np.int32(1))
    counts = board.take(cells)
    board[cells] = 0
    _idle.append(board)
    return counts
