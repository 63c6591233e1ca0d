"""Labelled rows and the probabilities given to them → figures with intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from stance.dataset import Row
from stance.metrics import (
    FloatArray,
    IntArray,
    bootstrap_intervals,
    class_scores,
    confusion_matrix,
    expected_calibration_error,
    macro_f1,
    risk_coverage,
)
from stance.slices import slice_names

ROUNDS = 1000


@dataclass(frozen=True)
class RowFigures:
    """The figures of one set of rows; intervals are bootstrap intervals over their groups.

    Attributes
    ----------
    rows : sequence of Row
    truth : ndarray of int, shape (n_rows,)
        The number of each row's label.
    groups : sequence of str
    labels : tuple of str
    threshold : float
        Of the model's confidence.
    seed : int
        Of the bootstrap.
    """

    rows: Sequence[Row]
    truth: IntArray
    groups: Sequence[str]
    labels: tuple[str, ...]
    threshold: float
    seed: int

    def overall(self, guess: IntArray, before: FloatArray, after: FloatArray) -> dict[str, Any]:
        """Return n, macro-F1, accuracy and calibration error, each with its interval."""

        def both(rows: Any) -> list[float]:
            truth, found = self.truth[rows], guess[rows]
            return [
                macro_f1(truth, found, len(self.labels)),
                float((truth == found).mean()),
                expected_calibration_error(after[rows], truth),
            ]

        values = both(slice(None))
        intervals = bootstrap_intervals(both, self.groups, seed=self.seed, rounds=ROUNDS)
        names = ("macro_f1", "accuracy", "ece")
        found: dict[str, Any] = {"n": len(self.rows)}
        for name, value, interval in zip(names, values, intervals, strict=True):
            found[name] = value
            found[f"{name}_interval"] = _plain(interval)
        found["ece_before"] = expected_calibration_error(before, self.truth)
        return found

    def classes(self, guess: IntArray) -> list[dict[str, Any]]:
        """Return precision, recall and F1 of each label, with intervals."""
        size = len(self.labels)

        def all_scores(rows: Any) -> FloatArray:
            matrix = confusion_matrix(self.truth[rows], guess[rows], size)
            return np.concatenate(class_scores(matrix))

        values = all_scores(slice(None))
        intervals = bootstrap_intervals(all_scores, self.groups, seed=self.seed, rounds=ROUNDS)
        found = []
        for number, label in enumerate(self.labels):
            entry: dict[str, Any] = {"label": label, "n": int((self.truth == number).sum())}
            for offset, name in enumerate(("precision", "recall", "f1")):
                place = offset * size + number
                entry[name] = float(values[place])
                entry[f"{name}_interval"] = _plain(intervals[place])
            found.append(entry)
        return found

    def slices(self, guess: IntArray) -> Iterator[dict[str, Any]]:
        """Yield the score of each slice of the rows."""
        for kind, names in slice_names(self.rows).items():
            for name in sorted(set(names)):
                rows = np.array([i for i, found in enumerate(names) if found == name])
                yield {"kind": kind, "name": name, **self.score(rows, guess)}

    def score(self, rows: IntArray, guess: IntArray) -> dict[str, Any]:
        """Return n, accuracy and macro-F1 over the labels that the rows hold."""
        present = sorted(set(self.truth[rows].tolist()))

        def both(chosen: Any) -> list[float]:
            truth, found = self.truth[rows][chosen], guess[rows][chosen]
            f1 = class_scores(confusion_matrix(truth, found, len(self.labels)))[2]
            return [float(f1[present].mean()), float((truth == found).mean())]

        values = both(slice(None))
        intervals = bootstrap_intervals(
            both, [self.groups[i] for i in rows], seed=self.seed, rounds=ROUNDS // 4
        )
        return {
            "n": len(rows),
            "labels": len(present),
            "macro_f1": values[0],
            "macro_f1_interval": _plain(intervals[0]),
            "accuracy": values[1],
            "accuracy_interval": _plain(intervals[1]),
        }

    def risk_coverage(self, after: FloatArray) -> dict[str, Any]:
        """Return the risk at each coverage, and what the threshold keeps."""
        coverage, risk, area = risk_coverage(after, self.truth)
        kept = after.max(axis=1) >= self.threshold
        right = after.argmax(axis=1) == self.truth
        points = np.unique(np.linspace(0, len(coverage) - 1, 200).astype(int))
        return {
            "coverage": coverage[points].tolist(),
            "risk": risk[points].tolist(),
            "area": area,
            "threshold": self.threshold,
            "kept": float(kept.mean()),
            "kept_n": int(kept.sum()),
            "kept_accuracy": float(right[kept].mean()) if kept.any() else None,
        }

    def errors(self, after: FloatArray, most: int = 25) -> list[dict[str, Any]]:
        """Return the most confident mistakes."""
        top, guess = after.max(axis=1), after.argmax(axis=1)
        wrong = np.flatnonzero(guess != self.truth)
        return [
            {
                "id": self.rows[i].id,
                "sentence": self.rows[i].sentence,
                "actor": self.rows[i].actor,
                "label": self.rows[i].label,
                "predicted": self.labels[guess[i]],
                "probability": float(top[i]),
            }
            for i in wrong[np.argsort(-top[wrong], kind="stable")][:most]
        ]


def _plain(interval: tuple[float, float] | None) -> list[float] | None:
    return None if interval is None else list(interval)
