"""What rows added by a user change: the same folds, trained with them and without."""

from __future__ import annotations

from typing import Any

import numpy as np

from stance.calibration import Folds
from stance.dataset import Dataset
from stance.errors import DataError
from stance.fitting import Fitter
from stance.lexicon import Lexicon
from stance.metrics import IntArray, bootstrap_intervals, compared
from stance.settings import FeatureSettings
from stance.training import pairs_of, truth_of

ADDED = "user"  # the provenance of rows from `stance label` and `stance import`


def added_rows(
    data: Dataset,
    folds: Folds,
    guess: IntArray,
    *,
    settings: FeatureSettings,
    lexicon: Lexicon,
    seed: int,
    rounds: int = 1000,
) -> list[dict[str, Any]]:
    """Compare models trained with and without the rows of the provenance `user`.

    Every row is judged twice, by two models that saw none of its group: one trained on the
    other folds, and one trained on the same folds without the added rows. A row that a
    correction has replaced is in neither.

    Parameters
    ----------
    data : Dataset
    folds : list of (train, test) row numbers
    guess : ndarray of shape (n_rows,)
        Label numbers, counted as in `data.labels`, out of fold, trained with the added rows.
    seed : int
        Of the bootstrap over groups (Field and Welsh 2007); both models are judged on the same
        draws, so the interval is that of the difference (paired; Koehn 2004).

    Returns
    -------
    list of dict
        One each for all rows, the rows before and the added rows: how many rows were added,
        n, macro-F1 over the labels that those rows hold without and with them, the difference
        (with − without) and its 95 % interval. Empty where no row, or every row, was added, or
        where the others do not have every label in each fold.
    """
    added = np.array([row.provenance == ADDED for row in data.rows])
    if not added.any() or added.all():
        return []
    before = _without(data, folds, added, settings, lexicon)
    if before is None:
        return []
    truth, groups = truth_of(data), [row.group for row in data.rows]
    found = []
    for name, chosen in (
        ("all rows", added | True),
        ("rows before", ~added),
        ("added rows", added),
    ):
        rows = np.flatnonzero(chosen)
        figures = compared(truth[rows], before[rows], guess[rows], len(data.labels))
        values = figures(np.arange(len(rows)))
        intervals = bootstrap_intervals(
            figures, [groups[i] for i in rows], seed=seed, rounds=rounds
        )
        found.append(
            {
                "rows": name,
                "added": int(added.sum()),
                "n": len(rows),
                "macro_f1_without": float(values[0]),
                "macro_f1_with": float(values[1]),
                "difference": float(values[2]),
                "difference_interval": None if intervals[2] is None else list(intervals[2]),
            }
        )
    return found


def _without(
    data: Dataset,
    folds: Folds,
    added: Any,
    settings: FeatureSettings,
    lexicon: Lexicon,
) -> IntArray | None:
    """Return the out-of-fold guesses of models that saw no added row."""
    labels = np.array([row.label for row in data.rows])
    fitter = Fitter(pairs_of(data), labels, settings, lexicon)
    numbers = {label: number for number, label in enumerate(data.labels)}
    guess = np.zeros(len(data), dtype=np.intp)
    for inside, outside in folds:
        rows = inside[~added[inside]]
        if set(labels[rows]) != set(numbers):
            return None
        try:
            pipeline = fitter.fit(rows)
        except DataError:  # no term is left
            return None
        guess[outside] = [numbers[one] for one in fitter.guesses(pipeline, outside)]
    return guess
