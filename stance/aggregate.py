"""Predictions → the stance of each actor, with an interval."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from stance.records import ActorStance, JudgedStatement

NEUTRAL = "none"
LEVEL = 0.95


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
    names = [name for name in bearing[0].prediction.probabilities if name != neutral]
    means = [
        float(np.mean([item.prediction.probabilities[name] for item in bearing])) for name in names
    ]
    label = names[int(np.argmax(means))]
    score, interval = None, None
    if poles is not None:
        table = np.array(
            [[item.prediction.probabilities[pole] for pole in poles] for item in bearing]
        )
        score = float(np.mean(table[:, 0] - table[:, 1]))
        interval = score_interval(table[:, 0], table[:, 1])
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


def score_interval(
    positive: NDArray[np.float64], negative: NDArray[np.float64], level: float = LEVEL
) -> tuple[float, float]:
    """Return the central interval of the mean of independent draws from {−1, 0, +1}.

    Draw i is +1 with probability ``positive[i]`` and −1 with ``negative[i]``. The
    distribution of the sum is exact up to 500 draws (convolution) and normal above.

    Returns
    -------
    (low, high) in [−1, 1]
    """
    size = len(positive)
    if size > 500:
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
