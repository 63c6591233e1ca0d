"""One evaluation of a model: what all its parts share, and what needs models of other rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from stance import baselines
from stance.additions import ADDED, added_rows
from stance.aggregate import NEUTRAL
from stance.calibration import inverse_temperature, require_folds
from stance.checklist import Case, pass_rates
from stance.dataset import Dataset
from stance.errors import DataError
from stance.fitting import Fitter
from stance.golden import compare
from stance.goldfigures import golden_figures
from stance.goldfiles import GoldArticle, read_golden
from stance.lexicon import loads_lexicon
from stance.metrics import FloatArray, IntArray, confusion_matrix, macro_f1, reliability
from stance.model import StanceClassifier, export_arrays
from stance.predict import StanceModel
from stance.probes import swap_actors
from stance.resources import seeds_path
from stance.rowfigures import ROUNDS, RowFigures
from stance.scorer import softmax
from stance.training import FOLDS, Progress, pairs_of

CURVE = (0.125, 0.25, 0.5, 0.75, 1.0)


class Run:
    """One evaluation: what all its parts share."""

    def __init__(
        self, model: StanceModel, data: Dataset, given: Dataset, progress: Progress
    ) -> None:
        self.model = model
        self.data = data  # the rows that are judged
        self.given = given  # the table that they are of
        self.progress = progress
        self.seed = int(model.manifest.get("seed", 0))
        self.lexicon = loads_lexicon(model.arrays.lexicon)
        self.labels = model.labels
        numbers = {label: number for number, label in enumerate(self.labels)}
        self.truth: IntArray = np.array([numbers[row.label] for row in data.rows], dtype=np.intp)
        self.groups = [row.group for row in data.rows]
        self.folds: list[tuple[IntArray, IntArray]] = []
        self.order = [sorted(self.labels).index(label) for label in self.labels]
        self.fitter = Fitter(
            pairs_of(data),
            np.array([row.label for row in data.rows]),
            model.arrays.settings,
            self.lexicon,
        )
        self.of_rows = RowFigures(
            data.rows, self.truth, self.groups, self.labels, model.threshold, self.seed
        )
        self.first: Pipeline | None = None  # of the first fold; the others start at its weights

    def cross_validated(self) -> tuple[FloatArray, FloatArray]:
        """Return out-of-fold probabilities before and after calibration.

        The temperature of a fold is the one that fits the out-of-fold logits of the others
        (cross-fitting), so that no row has a part in its own calibration.
        """
        labels = [row.label for row in self.data.rows]
        self.folds = require_folds(labels, self.groups, FOLDS, self.seed)
        logits = np.zeros((len(self.data), len(self.labels)))
        for number, (inside, outside) in enumerate(self.folds):
            self.progress("cross-validate", number, len(self.folds))
            pipeline = self.fitter.fit(inside, start=self.first)
            self.first = self.first or pipeline
            logits[outside] = self.fitter.logits(pipeline, outside)[:, self.order]
        after = np.zeros_like(logits)
        for inside, outside in self.folds:
            beta = inverse_temperature(logits[inside], self.truth[inside])
            after[outside] = softmax(logits[outside] * beta)
        return softmax(logits), after

    def held_out(self) -> tuple[FloatArray, FloatArray]:
        """Return the model's own probabilities before and after calibration."""
        after = self.model.probabilities(pairs_of(self.data))
        return _uncalibrated(after, self.model), after

    def figures(
        self,
        before: FloatArray,
        after: FloatArray,
        crossed: bool,
        cases: Sequence[Case] = (),
        articles: Sequence[GoldArticle] = (),
    ) -> dict[str, Any]:
        """Return the fields of an `Evaluation`."""
        guess = after.argmax(axis=1)
        fitted = self._without_seeds() if crossed else None
        seeds = list(self._seeds(fitted))
        golden = [*seeds, *self._golden(articles, fitted)] if articles else []
        manifest = self.model.manifest
        return {
            "mode": "cross-validation" if crossed else "held-out",
            "dataset": {
                "name": self.data.name,
                "digest": self.given.digest,
                "left_out": len(self.given) - len(self.data),
                "rows": len(self.data),
                "groups": len(set(self.groups)),
                "skipped": list(self.data.skipped),
            },
            "model": {
                "id": self.model.model_id,
                "target": self.model.target,
                "labels": list(self.labels),
                "poles": list(self.model.poles or ()),
                "seed": self.seed,
                "folds": len(self.folds),
                "versions": manifest.get("versions", {}),
                "threshold": self.model.threshold,
                "target_accuracy": manifest.get("target_accuracy"),
            },
            "overall": self.of_rows.overall(guess, before, after),
            "classes": self.of_rows.classes(guess),
            "confusion": confusion_matrix(self.truth, guess, len(self.labels)).tolist(),
            "slices": list(self.of_rows.slices(guess)),
            "baselines": self._baselines(guess),
            "reliability": {
                "before": reliability(before, self.truth),
                "after": reliability(after, self.truth),
            },
            "risk_coverage": self.of_rows.risk_coverage(after),
            "learning_curve": list(self._learning_curve()) if crossed else [],
            "added_rows": self._added_rows(guess) if crossed else [],
            "actor_swap": self._actor_swap(),
            "seed_articles": seeds,
            "checklist": pass_rates(self.model, cases) if cases else [],
            "golden": golden_figures(golden, self.labels, seed=self.seed),
            "golden_articles": golden,
            "errors": self.of_rows.errors(after),
        }

    def _fitted(self, inside: IntArray) -> StanceModel:
        """Return a model of other rows with the temperature and threshold of the whole one."""
        pipeline = self.fitter.fit(inside, start=self.first)
        classifier: StanceClassifier = pipeline["classifier"]
        classifier.beta_ = float(self.model.manifest.get("inverse_temperature", 1.0))
        classifier.threshold_ = self.model.threshold
        return StanceModel(export_arrays(pipeline, self.labels), self.model.manifest)

    def _baselines(self, guess: IntArray) -> list[dict[str, Any]]:
        self.progress("baselines", 0, 1)
        rows, everything = self.data.rows, np.arange(len(self.data))
        numbers = {label: number for number, label in enumerate(self.labels)}
        found = [{"name": "stance", **self.of_rows.score(everything, guess)}]
        methods: dict[str, Callable[[], list[str]]] = {}
        if self.folds:
            methods["majority label"] = lambda: baselines.majority(rows, self.folds)
            methods["TF-IDF of words"] = lambda: baselines.words_only(rows, self.folds)
        poles = self.model.poles
        if poles is not None and NEUTRAL in self.labels:
            methods["VADER sentiment"] = lambda: baselines.vader(rows, poles, NEUTRAL)
            methods["TextBlob sentiment"] = lambda: baselines.textblob(rows, poles, NEUTRAL)
        for name, method in methods.items():
            said = np.array([numbers[label] for label in method()], dtype=np.intp)
            found.append({"name": name, **self.of_rows.score(everything, said)})
        return found

    def _learning_curve(self) -> Iterator[dict[str, Any]]:
        """Train on growing shares of the groups of the first fold's training part."""
        inside, outside = self.folds[0]
        labels = self.fitter.labels
        names = sorted({self.groups[i] for i in inside})
        order = np.random.default_rng(self.seed).permutation(len(names))
        for number, share in enumerate(CURVE):
            self.progress("learning curve", number, len(CURVE))
            chosen = {names[i] for i in order[: max(1, round(share * len(names)))]}
            rows = np.array([i for i in inside if self.groups[i] in chosen])
            if len({labels[i] for i in rows}) < len(self.labels):
                continue  # too few rows for every label; the curve starts later
            try:
                pipeline = self.first if share == 1.0 else None
                pipeline = pipeline or self.fitter.fit(rows, start=self.first)
            except DataError:
                continue
            guess = self.fitter.logits(pipeline, outside)[:, self.order].argmax(axis=1)
            score = macro_f1(self.truth[outside], guess, len(self.labels))
            yield {"rows": len(rows), "macro_f1": score, "n": len(outside)}

    def _added_rows(self, guess: IntArray) -> list[dict[str, Any]]:
        if not any(row.provenance == ADDED for row in self.data.rows):
            return []
        self.progress("added rows", 0, 1)
        settings = self.model.arrays.settings
        return added_rows(
            self.data,
            self.folds,
            guess,
            settings=settings,
            lexicon=self.lexicon,
            seed=self.seed,
            rounds=ROUNDS,
        )

    def _actor_swap(self) -> list[dict[str, Any]]:
        """Replace actor names at random; count the labels that change."""
        self.progress("actor swap", 0, 1)
        original = self.model.probabilities(pairs_of(self.data)).argmax(axis=1)
        found = []
        for name, everyone in (("the row's actor", False), ("every name", True)):
            swapped, changed = swap_actors(
                self.data.rows, self.model, seed=self.seed, everyone=everyone
            )
            rows = np.flatnonzero(changed)
            again = self.model.probabilities([swapped[i] for i in rows]).argmax(axis=1)
            moved = int((again != original[rows]).sum())
            found.append(
                {
                    "replaced": name,
                    "n": len(rows),
                    "changed": moved,
                    "share": moved / len(rows) if len(rows) else 0.0,
                }
            )
        return found

    def _without_seeds(self) -> StanceModel | None:
        """Return a model that was trained without the rows of the seed articles."""
        self.progress("seed articles", 0, 1)
        seeds = {row.group for row in self.data.rows if row.provenance == "seed"}
        inside = np.array([i for i, group in enumerate(self.groups) if group not in seeds])
        kept = set(self.truth[inside].tolist())
        if NEUTRAL not in self.labels or not seeds or len(kept) < len(self.labels):
            return None  # nothing to leave out, or the other rows lack a label
        try:
            return self._fitted(inside)
        except DataError:
            return None  # no term is left

    def _seeds(self, fitted: StanceModel | None) -> Iterator[dict[str, Any]]:
        """Read the seed articles by a model that was trained without their rows."""
        if fitted is None:
            return
        known = set(self.labels)
        for article in read_golden(seeds_path()):
            if known.issuperset(one.stance for one in article.statements):
                yield compare(article, fitted)

    def _golden(
        self, articles: Sequence[GoldArticle], fitted: StanceModel | None
    ) -> Iterator[dict[str, Any]]:
        for number, article in enumerate(articles):
            self.progress("golden articles", number, len(articles))
            yield compare(article, fitted or self.model)


def _uncalibrated(probabilities: FloatArray, model: StanceModel) -> FloatArray:
    """Return the probabilities as they were before the inverse temperature."""
    beta = float(model.manifest.get("inverse_temperature", 1.0))
    return softmax(np.log(np.maximum(probabilities, 1e-300)) / beta)
