"""What each block of terms buys: the same folds, trained without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from stance.blocks import OF_VOICE
from stance.calibration import Folds
from stance.dataset import Dataset
from stance.fitting import Fitter
from stance.metrics import IntArray, bootstrap_intervals, compared

PARTS = 2  # of the folds whose held-out rows are judged; two of five cost 40 % and say as much


def ablate(
    data: Dataset,
    folds: Folds,
    fitter: Fitter,
    start: Pipeline,
    *,
    seed: int,
    progress: Callable[[str, int, int], None],
) -> list[dict[str, Any]]:
    """Judge held-out rows by models with all blocks, and without each one in turn.

    Parameters
    ----------
    folds : list of (train, test) row numbers
        The held-out rows of the first `PARTS` are judged.
    fitter : Fitter
        Of the rows of `data`, with all blocks.
    start : Pipeline
        Fitted with all blocks; only the place where the search begins.

    Returns
    -------
    list of dict
        For each block, and for those together that need the statements of the sentence: n,
        macro-F1 with all blocks and without, the difference (all − without) and its paired 95 %
        bootstrap interval over groups. Empty for one block.
    """
    blocks = fitter.settings.blocks
    if len(blocks) < 2:
        return []
    parts = folds[:PARTS]
    rows = np.concatenate([outside for _, outside in parts])
    numbers = {label: number for number, label in enumerate(data.labels)}
    truth = np.array([numbers[data.rows[i].label] for i in rows], dtype=np.intp)
    groups = [data.rows[i].group for i in rows]

    def guessed(other: Fitter) -> IntArray:
        found: list[int] = []
        for inside, outside in parts:
            pipeline = other.fit(inside, start=start)
            found += [numbers[label] for label in other.guesses(pipeline, outside)]
        return np.array(found, dtype=np.intp)

    variants = {block: frozenset({block}) for block in blocks}
    said = OF_VOICE.intersection(blocks)
    if 1 < len(said) < len(blocks):
        variants["all that the actor says"] = said
    progress("ablation", 0, len(variants))
    whole = guessed(fitter)
    found = []
    for number, (name, left_out) in enumerate(variants.items()):
        progress("ablation", number, len(variants))
        without = guessed(fitter.without(left_out))
        figures = compared(truth, without, whole, len(data.labels))
        values = figures(np.arange(len(rows)))
        interval = bootstrap_intervals(figures, groups, seed=seed)[2]
        found.append(
            {
                "block": name,
                "n": len(rows),
                "macro_f1": float(values[1]),
                "macro_f1_without": float(values[0]),
                "difference": float(values[2]),
                "difference_interval": None if interval is None else list(interval),
            }
        )
    return found
