"""Predictions → the stance of each actor, with an interval."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from stance.records import ActorStance, JudgedStatement

NEUTRAL = "none"
LEVEL = 0.95
DRAWS = 2_000  # of the bootstrap; the ends of an interval then vary by some 0.02
_FEW = 7  # statements up to which plain Python is faster than numpy
_MANY = 500  # statements from which on the normal distribution stands in for draws

Probabilities = Sequence[float] | NDArray[np.float64]
Ends = tuple[float, float]


def actor_stance(
    actor: str,
    actor_id: str | None,
    statements: Sequence[JudgedStatement],
    *,
    poles: tuple[str, str] | None,
    neutral: str = NEUTRAL,
) -> ActorStance:
    """Return one actor's stance over its statements about the target.

    Statements whose label is `neutral` bear no stance and do not dilute the others. The
    label is the one with the highest mean probability over the stance-bearing ones.

    Parameters
    ----------
    poles : (positive, negative) labels, or None where the labels name none
        Without poles, score and interval are None.
    """
    bearing = [item for item in statements if item.prediction.label != neutral]
    if not bearing:
        return ActorStance(
            actor, actor_id, neutral, None, None, 0, False,
            any(item.prediction.confident for item in statements), tuple(statements),
        )  # fmt: skip
    found = [item.prediction.probabilities for item in bearing]
    means = {name: _mean([one[name] for one in found]) for name in found[0] if name != neutral}
    label = max(means, key=means.__getitem__)
    score, interval = None, None
    if poles is not None:
        positive, negative = ([one[pole] for one in found] for pole in poles)
        score = _mean([up - down for up, down in zip(positive, negative, strict=True)])
        interval = around(score, score_interval(positive, negative))
    return ActorStance(
        actor=actor,
        actor_id=actor_id,
        label=label,
        score=score,
        interval=interval,
        n=len(bearing),
        mixed=len({item.prediction.label for item in bearing}) > 1,
        confident=any(
            item.prediction.confident and item.prediction.label == label for item in bearing
        ),
        statements=tuple(statements),
    )


def _mean(values: list[float]) -> float:
    """Return the mean as numpy gives it; for a few values an array costs more than the sum."""
    if len(values) > _FEW:
        return float(np.mean(values))
    total = 0.0
    for value in values:  # one after the other, as numpy adds so few; `sum` would compensate
        total += value
    return total / len(values)


def around(score: float, ends: Ends) -> Ends:
    """Return an interval with its ends drawn out to the score, where nearly all draws agree.

    A statement that is "against" with a probability of .97 has the score −.97, and 95 % of the
    draws of its label are −1: an interval from −1 to −1 would not hold the score it is printed by.
    """
    return min(ends[0], score), max(ends[1], score)


def score_interval(positive: Probabilities, negative: Probabilities, level: float = LEVEL) -> Ends:
    """Return the central interval of the mean of independent draws from {−1, 0, +1}.

    Draw i is +1 with probability ``positive[i]`` and −1 with ``negative[i]``. The
    distribution of the sum is exact up to 500 draws (convolution) and normal above.

    Returns
    -------
    (low, high) in [−1, 1]
    """
    size = len(positive)
    if size <= _FEW:
        return _few_interval(positive, negative, level)
    positive, negative = np.asarray(positive), np.asarray(negative)
    if size > _MANY:
        mean = float(np.mean(positive - negative))
        variance = positive + negative - (positive - negative) ** 2
        width = NormalDist().inv_cdf((1.0 + level) / 2)
        half = width * float(np.sqrt(max(0.0, variance.sum()))) / size
        return max(-1.0, mean - half), min(1.0, mean + half)
    distribution = np.ones(1)
    for up, down in zip(positive, negative, strict=True):
        distribution = np.convolve(distribution, [down, max(0.0, 1.0 - up - down), up])
    cumulative = np.cumsum(distribution) / distribution.sum()
    sums = np.arange(-size, size + 1)
    tail = (1.0 - level) / 2
    low = int(np.searchsorted(cumulative, tail))
    high = int(np.searchsorted(cumulative, 1.0 - tail - 1e-12))
    return float(sums[low] / size), float(sums[min(high, len(sums) - 1)] / size)


def _few_interval(positive: Probabilities, negative: Probabilities, level: float) -> Ends:
    """Return the exact interval of some draws; most actors of an article have one or two."""
    distribution = [1.0]
    for up, down in zip(positive, negative, strict=True):
        stay = max(0.0, 1.0 - up - down)
        padded = [0.0, 0.0, *distribution, 0.0, 0.0]
        distribution = [
            padded[i] * up + padded[i + 1] * stay + padded[i + 2] * down
            for i in range(len(distribution) + 2)
        ]
    cumulative = list(accumulate(distribution))
    tail, whole, size = (1.0 - level) / 2, cumulative[-1], len(positive)
    low = bisect_left(cumulative, tail * whole)
    high = min(bisect_left(cumulative, (1.0 - tail - 1e-12) * whole), 2 * size)
    return (low - size) / size, (high - size) / size


def cluster_interval(
    positive: NDArray[np.float64],
    negative: NDArray[np.float64],
    clusters: NDArray[np.int64],
    *,
    seed: Sequence[int] = (0,),
    level: float = LEVEL,
) -> tuple[float, float]:
    """Return the central interval of a mean score over statements from several articles.

    A bootstrap over articles (the clusters), since what one article prints hangs together:
    articles are drawn with replacement (Cameron, Gelbach and Miller 2008, *Bootstrap-based
    improvements for inference with clustered errors*), and the label of each statement in them
    from its calibrated probabilities, as in `score_interval`; the ends are percentiles (Efron
    and Tibshirani 1993, chapter 13). So it holds both what other articles might have printed
    and what the model may have got wrong. With a single article only the second is left, and
    the interval is that of `score_interval`. Above 500 statements it is normal, with the
    variance between clusters and that of the labels.

    Parameters
    ----------
    positive, negative : float64, shape (n,)
        Probabilities of the poles.
    clusters : int64, shape (n,)
        The article of each statement, as any number.
    seed : sequence of int
        The same seed gives the same interval.

    Returns
    -------
    (low, high) in [−1, 1]
    """
    _, cluster = np.unique(clusters, return_inverse=True)
    count = int(cluster.max()) + 1
    if count == 1:
        return score_interval(positive, negative, level)
    if len(positive) > _MANY:
        return _normal_interval(positive, negative, cluster, count, level)
    draw = np.random.default_rng(list(seed))
    picked = draw.integers(count, size=(DRAWS, count))
    size = np.bincount(cluster)[picked].sum(axis=1)
    total = np.zeros(DRAWS)
    place = np.array([np.count_nonzero(cluster[:i] == c) for i, c in enumerate(cluster)])
    for number in range(int(place.max()) + 1):  # the first, second … statement of each article
        up, down = np.zeros(count), np.zeros(count)
        mine = place == number
        up[cluster[mine]], down[cluster[mine]] = positive[mine], negative[mine]
        chance = draw.random((DRAWS, count))
        total += (chance < up[picked]).sum(axis=1)
        total -= (chance > 1.0 - down[picked]).sum(axis=1)
    tail = (1.0 - level) / 2
    low, high = np.quantile(total / size, [tail, 1.0 - tail], method="inverted_cdf")
    return float(low), float(high)


def _normal_interval(
    positive: NDArray[np.float64],
    negative: NDArray[np.float64],
    cluster: NDArray[np.int64],
    count: int,
    level: float,
) -> tuple[float, float]:
    score = positive - negative
    mean = float(score.mean())
    sums = np.bincount(cluster, score - mean, minlength=count)
    between = float((sums**2).sum()) * count / (count - 1)
    labels = float((positive + negative - score**2).sum())
    half = NormalDist().inv_cdf((1.0 + level) / 2) * np.sqrt(max(0.0, between + labels))
    half = float(half) / len(score)
    return max(-1.0, mean - half), min(1.0, mean + half)


def wilson_interval(hits: int, size: int, level: float = LEVEL) -> tuple[float, float]:
    """Return the score interval of a share (Wilson 1927), in [0, 1].

    It keeps near its level for few cases and shares near 0 and 1 (Brown, Cai and DasGupta
    2001, *Interval estimation for a binomial proportion*), but takes the cases for
    independent.

    Raises
    ------
    ValueError
        If `size` is 0: no case, no share.
    """
    if size < 1:
        raise ValueError("no cases; expected at least one")
    z = NormalDist().inv_cdf((1.0 + level) / 2)
    share = hits / size
    middle = (share + z * z / (2 * size)) / (1 + z * z / size)
    half = z * np.sqrt(share * (1 - share) / size + z * z / (4 * size * size)) / (1 + z * z / size)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))
