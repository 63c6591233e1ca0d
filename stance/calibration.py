"""Folds that split no group, the temperature of a model, and the threshold of its confidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold
from sklearn.preprocessing import LabelEncoder

from stance.errors import DataError
from stance.scorer import FloatArray

Folds = list[tuple[NDArray[np.intp], NDArray[np.intp]]]


def grouped_folds(y: NDArray[Any], groups: Sequence[str] | None, folds: int, seed: int) -> Folds:
    """Return (train, test) index pairs, stratified by class; no group is split.

    Fewer folds where a class has fewer rows or the data fewer groups; an empty list where
    not even two folds leave every class in every training part.
    """
    smallest = int(np.bincount(y).min())
    size = min(folds, smallest, len(set(groups)) if groups is not None else smallest)
    for count in range(size, 1, -1):
        splitter = (
            StratifiedKFold(count, shuffle=True, random_state=seed)
            if groups is None
            else StratifiedGroupKFold(count, shuffle=True, random_state=seed)
        )
        found = list(splitter.split(np.zeros(len(y)), y, groups))
        everything = set(y.tolist())
        if all(len(test) and set(y[train].tolist()) == everything for train, test in found):
            return found
    return []


def require_folds(y: Sequence[str], groups: Sequence[str], folds: int, seed: int) -> Folds:
    """Return grouped folds, or say why there are none.

    Raises
    ------
    DataError
        One label only, or groups so large that a label is missing from every training
        part.
    """
    names = sorted(set(y))
    if len(names) < 2:
        raise DataError(
            f"only one label ({names[0] if names else 'none'}) in the data; expected two or more"
        )
    found = grouped_folds(LabelEncoder().fit_transform(list(y)), groups, folds, seed)
    if not found:
        largest = max(set(groups), key=list(groups).count)
        raise DataError(
            f"the rows cannot be split into groups so that each part has every label "
            f"({len(set(groups))} groups; {largest!r} covers {list(groups).count(largest)} of "
            f"{len(y)} rows); expected at least two groups per label; give each article or "
            "sentence a group of its own"
        )
    return found


def inverse_temperature(logits: FloatArray, y: NDArray[Any]) -> float:
    """Return the factor on the logits that minimises the log-loss (Guo et al. 2017).

    The same as scikit-learn's ``CalibratedClassifierCV(method="temperature",
    ensemble=False)`` finds, without cross-validating a second time for the threshold.
    """

    def log_loss(log_beta: float) -> float:
        scaled = logits * np.exp(log_beta)
        return float(np.mean(logsumexp(scaled, axis=1) - scaled[np.arange(len(y)), y]))

    found = minimize_scalar(log_loss, bounds=(-5.0, 5.0), method="bounded")
    return float(np.exp(found.x))


def confidence_threshold(
    top: FloatArray, right: NDArray[np.bool_], target_accuracy: float, least: int = 20
) -> float:
    """Return the lowest top probability from which on `target_accuracy` is reached.

    Accuracy is that of all predictions at or above the threshold (risk–coverage; El-Yaniv
    and Wiener 2010), of which there must be at least `least`. 1.0 where none reaches it.
    """
    order = np.argsort(-top, kind="stable")
    kept = np.arange(1, len(top) + 1)
    accuracy = np.cumsum(right[order]) / kept
    last_of_ties = np.append(np.diff(top[order]) != 0, True)
    fine = (accuracy >= target_accuracy) & (kept >= least) & last_of_ties
    return float(top[order][np.flatnonzero(fine)[-1]]) if fine.any() else 1.0
