"""Figures of merit as plain arithmetic on arrays; no model, no files.

`truth` and `guess` are label numbers, shape (n,); `probabilities` has shape
(n, n_labels). Undefined ratios (0/0) are 0.0, as in scikit-learn's ``zero_division=0``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
Interval = tuple[float, float]
BINS = 10


def confusion_matrix(truth: IntArray, guess: IntArray, size: int) -> IntArray:
    """Return counts, shape (size, size): rows are true labels, columns predicted ones."""
    flat = np.bincount(truth * size + guess, minlength=size * size)
    matrix: IntArray = flat.reshape(size, size)
    return matrix


def class_scores(matrix: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return precision, recall and F1 of each label, each of shape (size,)."""
    hits = np.diag(matrix).astype(float)
    precision = _ratio(hits, matrix.sum(axis=0))
    recall = _ratio(hits, matrix.sum(axis=1))
    return precision, recall, _ratio(2 * precision * recall, precision + recall)


def macro_f1(truth: IntArray, guess: IntArray, size: int) -> float:
    """Return the unweighted mean of the F1 of all labels (Opitz and Burst 2019, F_avg)."""
    return float(class_scores(confusion_matrix(truth, guess, size))[2].mean())


def reliability(probabilities: FloatArray, truth: IntArray) -> list[dict[str, float]]:
    """Return ten equal-width bins of the top probability: mean, accuracy, share of rows."""
    top, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    bins = np.minimum((top * BINS).astype(int), BINS - 1)
    found = []
    for number in range(BINS):
        inside = bins == number
        if inside.any():
            found.append(
                {
                    "confidence": float(top[inside].mean()),
                    "accuracy": float(right[inside].mean()),
                    "share": float(inside.mean()),
                    "n": int(inside.sum()),
                }
            )
    return found


def expected_calibration_error(probabilities: FloatArray, truth: IntArray) -> float:
    """Return the mean gap of confidence and accuracy over the bins (Guo et al. 2017), in [0, 1]."""
    return float(
        sum(
            part["share"] * abs(part["confidence"] - part["accuracy"])
            for part in reliability(probabilities, truth)
        )
    )


def risk_coverage(
    probabilities: FloatArray, truth: IntArray
) -> tuple[FloatArray, FloatArray, float]:
    """Return coverage, risk and the area under their curve (Geifman and El-Yaniv 2017).

    Rows are kept from the most confident on; risk is the share of errors among the kept.
    """
    order = np.argsort(-probabilities.max(axis=1), kind="stable")
    wrong = (probabilities.argmax(axis=1) != truth)[order]
    kept = np.arange(1, len(truth) + 1)
    risk = np.cumsum(wrong) / kept
    return kept / len(truth), risk, float(risk.mean())


def cohen_kappa(one: Sequence[str], other: Sequence[str]) -> float:
    """Return Cohen's κ of two readers (Cohen 1960); 1.0 where both use one label only."""
    if len(one) != len(other) or not one:
        raise ValueError(f"{len(one)} and {len(other)} labels; expected the same number, not 0")
    names = {label: number for number, label in enumerate(sorted({*one, *other}))}
    matrix = confusion_matrix(
        np.array([names[label] for label in one]),
        np.array([names[label] for label in other]),
        len(names),
    )
    share = matrix / matrix.sum()
    chance = float(share.sum(axis=0) @ share.sum(axis=1))
    return 1.0 if chance == 1.0 else float((np.trace(share) - chance) / (1.0 - chance))


def bootstrap_interval(
    figure: Callable[[Any], float], groups: Sequence[str], *, seed: int, rounds: int = 1000
) -> Interval | None:
    """Return the 95 % percentile interval of ``figure(row numbers)``, groups resampled.

    Whole groups are drawn with replacement (Field and Welsh 2007), because the rows of a
    group are not independent; a single group has no interval.
    """
    return bootstrap_intervals(lambda rows: [figure(rows)], groups, seed=seed, rounds=rounds)[0]


def bootstrap_intervals(
    figures: Callable[[Any], Sequence[float] | FloatArray],
    groups: Sequence[str],
    *,
    seed: int,
    rounds: int = 1000,
) -> list[Interval | None]:
    """Return an interval for each of the figures, as `bootstrap_interval` does for one.

    A single group has no interval: None.
    """
    names, inverse = np.unique(np.array(groups), return_inverse=True)
    if len(names) < 2:
        return [None] * len(figures(np.arange(len(groups))))
    order = np.argsort(inverse, kind="stable")
    starts = np.searchsorted(inverse[order], np.arange(len(names) + 1))
    sizes = np.diff(starts)
    random = np.random.default_rng(seed)

    def rows_of(groups_drawn: IntArray) -> IntArray:
        lengths = sizes[groups_drawn]
        before = np.repeat(starts[groups_drawn] - (np.cumsum(lengths) - lengths), lengths)
        found: IntArray = order[before + np.arange(len(before))]
        return found

    drawn = np.array(
        [figures(rows_of(random.integers(0, len(names), len(names)))) for _ in range(rounds)]
    )
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]


def compared(
    truth: IntArray, before: IntArray, after: IntArray, size: int
) -> Callable[[Any], FloatArray]:
    """Return a function of row numbers: macro-F1 of two guesses, and the second minus the first."""
    present = sorted(set(truth.tolist()))

    def figures(rows: Any) -> FloatArray:
        scores = [
            class_scores(confusion_matrix(truth[rows], guess[rows], size))[2][present].mean()
            for guess in (before, after)
        ]
        return np.array([*scores, scores[1] - scores[0]])

    return figures


def share_interval(hits: int, n: int) -> Interval:
    """Return the 95 % interval of a share (Wilson 1927); (0, 1) for no observation."""
    if not n:
        return 0.0, 1.0
    z, share = 1.959964, hits / n
    middle = share + z * z / (2 * n)
    half = z * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    scale = 1 + z * z / n
    return (middle - half) / scale, (middle + half) / scale


def _ratio(above: FloatArray, below: Any) -> FloatArray:
    below = np.asarray(below, dtype=float)
    result: FloatArray = np.divide(above, below, out=np.zeros_like(below), where=below > 0)
    return result
