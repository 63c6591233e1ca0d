"""`evaluate`: a model and labelled rows → figures; prints nothing, draws nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from stance import baselines
from stance.additions import ADDED, added_rows
from stance.aggregate import NEUTRAL
from stance.checklist import Case, pass_rates, read_checklist
from stance.dataset import Dataset, Row, sentence_key
from stance.errors import DataError
from stance.fitting import Fitter
from stance.golden import compare, golden_for
from stance.goldfigures import golden_figures
from stance.goldfiles import GoldArticle, read_golden
from stance.lexicon import loads_lexicon
from stance.metrics import (
    FloatArray,
    IntArray,
    bootstrap_intervals,
    class_scores,
    confusion_matrix,
    expected_calibration_error,
    macro_f1,
    reliability,
    risk_coverage,
)
from stance.model import StanceClassifier, export_arrays, inverse_temperature, require_folds
from stance.predict import StanceModel
from stance.probes import compare_with_gold, swap_actors
from stance.resources import seeds_path
from stance.scorer import softmax
from stance.slices import slice_names
from stance.training import FOLDS, Progress, as_dataset, pairs_of

CURVE = (0.125, 0.25, 0.5, 0.75, 1.0)
ROUNDS = 1000


@dataclass(frozen=True)
class Evaluation:
    """All figures of one evaluation, as plain data.

    Attributes
    ----------
    mode : {"cross-validation", "held-out"}
        Whether each row was judged by models that saw none of its group, or by the model
        itself on rows that it was not trained on.
    dataset, model : dict
        Name, digest and counts; id, target, seed and versions.
    overall : dict
        n, macro_f1, accuracy, each with an interval; ece before and after calibration.
    classes : list of dict
        Precision, recall and F1 of each label, with intervals and n.
    confusion : list of list of int
        Rows are true labels.
    slices : list of dict
        Kind and name of each slice, n, macro-F1 over the labels it holds, interval.
    baselines : list of dict
    reliability : dict of list of dict
        Bins "before" and "after" calibration.
    risk_coverage : dict
        Coverage and risk, at most 200 points, their area, and what the threshold keeps.
    learning_curve : list of dict
    added_rows : list of dict
        Trained with and without the rows of the provenance `user`; see `stance.additions`.
    actor_swap : list of dict
    seed_articles : list of dict
    checklist : list of dict
        Pass rate of each capability; see `stance.checklist`.
    golden : list of dict
        Name, value, interval over articles and n of each figure of the golden articles (see
        `stance.golden`); empty without any.
    golden_articles : list of dict
        What was found in each of them.
    errors : list of dict
        The most confident mistakes, for reading.
    """

    mode: str
    dataset: dict[str, Any]
    model: dict[str, Any]
    overall: dict[str, Any]
    classes: list[dict[str, Any]]
    confusion: list[list[int]]
    slices: list[dict[str, Any]]
    baselines: list[dict[str, Any]]
    reliability: dict[str, list[dict[str, float]]]
    risk_coverage: dict[str, Any]
    learning_curve: list[dict[str, Any]]
    added_rows: list[dict[str, Any]]
    actor_swap: list[dict[str, Any]]
    seed_articles: list[dict[str, Any]]
    checklist: list[dict[str, Any]]
    golden: list[dict[str, Any]]
    golden_articles: list[dict[str, Any]]
    errors: list[dict[str, Any]]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data for `report.json`."""
        return asdict(self)


def evaluate(
    model: StanceModel,
    dataset: Dataset | Path | str | Sequence[Row] | None = None,
    *,
    checklist: Path | str | None = None,
    golden: Path | str | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Measure a model on labelled rows.

    On the table it was trained on (the same dataset digest), every row is judged by a model
    with the same settings and seed that saw none of its group. On another table the model
    itself judges the rows; a group that holds a sentence of its training is left out and
    counted. Intervals are 95 % bootstrap intervals over groups. The model itself also judges
    the cases of `checklist`, a folder as `stance.checklist.read_checklist` takes it.

    Parameters
    ----------
    golden : path, optional
        Folder of articles with gold statements, read whole. In cross-validation the seed articles
        are among them, and the model that reads them is trained without their rows.

    Raises
    ------
    DataError
        No rows, labels that the model does not know, rows that cannot be split, golden articles
        that break a rule or were trained on, or a table that holds nothing but what the model
        was trained on.
    MissingExtraError
        If the packages of the baselines are not installed.
    """
    data = as_dataset(dataset)
    cases = read_checklist(checklist) if checklist is not None else []
    unknown = sorted({row.label for row in data.rows} - set(model.labels))
    if unknown:
        raise DataError(
            f"labels {', '.join(unknown)} in {data.name}; the model knows "
            f"{', '.join(model.labels)}; evaluate it on rows of its own label set"
        )
    articles = golden_for(golden, model) if golden is not None else []
    crossed = data.digest == model.manifest.get("dataset", {}).get("digest")
    judged = data if crossed else _unseen(data, model)
    run = _Run(model, judged, data, progress or (lambda stage, done, total: None))
    before, after = run.cross_validated() if crossed else run.held_out()
    return run.figures(before, after, crossed, cases, articles)


class _Run:
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
    ) -> Evaluation:
        guess = after.argmax(axis=1)
        fitted = self._without_seeds() if crossed else None
        golden = list(self._golden(articles, fitted))
        manifest = self.model.manifest
        return Evaluation(
            mode="cross-validation" if crossed else "held-out",
            dataset={
                "name": self.data.name,
                "digest": self.given.digest,
                "left_out": len(self.given) - len(self.data),
                "rows": len(self.data),
                "groups": len(set(self.groups)),
                "skipped": list(self.data.skipped),
            },
            model={
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
            overall=self._overall(guess, before, after),
            classes=self._classes(guess),
            confusion=confusion_matrix(self.truth, guess, len(self.labels)).tolist(),
            slices=list(self._slices(guess)),
            baselines=self._baselines(guess),
            reliability={
                "before": reliability(before, self.truth),
                "after": reliability(after, self.truth),
            },
            risk_coverage=self._risk_coverage(after),
            learning_curve=list(self._learning_curve()) if crossed else [],
            added_rows=self._added_rows(guess) if crossed else [],
            actor_swap=self._actor_swap(),
            seed_articles=list(self._seed_articles(fitted)),
            checklist=pass_rates(self.model, cases) if cases else [],
            golden=golden_figures(golden, self.labels, seed=self.seed),
            golden_articles=golden,
            errors=self._errors(after),
        )

    def _fitted(self, inside: IntArray) -> StanceModel:
        """Return a model of other rows with the temperature and threshold of the whole one."""
        pipeline = self.fitter.fit(inside, start=self.first)
        classifier: StanceClassifier = pipeline["classifier"]
        classifier.beta_ = float(self.model.manifest.get("inverse_temperature", 1.0))
        classifier.threshold_ = self.model.threshold
        return StanceModel(export_arrays(pipeline, self.labels), self.model.manifest)

    def _overall(self, guess: IntArray, before: FloatArray, after: FloatArray) -> dict[str, Any]:
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
        found: dict[str, Any] = {"n": len(self.data)}
        for name, value, interval in zip(names, values, intervals, strict=True):
            found[name] = value
            found[f"{name}_interval"] = _plain(interval)
        found["ece_before"] = expected_calibration_error(before, self.truth)
        return found

    def _classes(self, guess: IntArray) -> list[dict[str, Any]]:
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

    def _slices(self, guess: IntArray) -> Iterator[dict[str, Any]]:
        for kind, names in slice_names(self.data.rows).items():
            for name in sorted(set(names)):
                rows = np.array([i for i, found in enumerate(names) if found == name])
                yield {"kind": kind, "name": name, **self._score(rows, guess)}

    def _score(self, rows: IntArray, guess: IntArray) -> dict[str, Any]:
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

    def _baselines(self, guess: IntArray) -> list[dict[str, Any]]:
        self.progress("baselines", 0, 1)
        rows, everything = self.data.rows, np.arange(len(self.data))
        numbers = {label: number for number, label in enumerate(self.labels)}
        found = [{"name": "stance", **self._score(everything, guess)}]
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
            found.append({"name": name, **self._score(everything, said)})
        return found

    def _risk_coverage(self, after: FloatArray) -> dict[str, Any]:
        coverage, risk, area = risk_coverage(after, self.truth)
        kept = after.max(axis=1) >= self.model.threshold
        right = after.argmax(axis=1) == self.truth
        points = np.unique(np.linspace(0, len(coverage) - 1, 200).astype(int))
        return {
            "coverage": coverage[points].tolist(),
            "risk": risk[points].tolist(),
            "area": area,
            "threshold": self.model.threshold,
            "kept": float(kept.mean()),
            "kept_n": int(kept.sum()),
            "kept_accuracy": float(right[kept].mean()) if kept.any() else None,
        }

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

    def _seed_articles(self, fitted: StanceModel | None) -> Iterator[dict[str, Any]]:
        """Analyse each seed article with a model that was trained without its rows."""
        if fitted is None:
            return
        for path in sorted(seeds_path().glob("*.gold.json")):
            gold = json.loads(path.read_text("utf-8"))
            text = (path.parent / gold["article"]).read_text("utf-8")
            yield {"article": gold["article"], **compare_with_gold(text, gold, fitted)}

    def _golden(
        self, articles: Sequence[GoldArticle], fitted: StanceModel | None
    ) -> Iterator[dict[str, Any]]:
        """Analyse the golden articles; the seeds among them where a model has not seen them."""
        if not articles:
            return
        seeds = read_golden(seeds_path()) if fitted is not None else []
        known = set(self.labels)
        seeds = [one for one in seeds if known.issuperset(s.stance for s in one.statements)]
        together = [*seeds, *articles]
        for number, article in enumerate(together):
            self.progress("golden articles", number, len(together))
            yield compare(article, fitted or self.model)

    def _errors(self, after: FloatArray, most: int = 25) -> list[dict[str, Any]]:
        top, guess = after.max(axis=1), after.argmax(axis=1)
        wrong = np.flatnonzero(guess != self.truth)
        return [
            {
                "id": self.data.rows[i].id,
                "sentence": self.data.rows[i].sentence,
                "actor": self.data.rows[i].actor,
                "label": self.data.rows[i].label,
                "predicted": self.labels[guess[i]],
                "probability": float(top[i]),
            }
            for i in wrong[np.argsort(-top[wrong], kind="stable")][:most]
        ]


def _unseen(data: Dataset, model: StanceModel) -> Dataset:
    """Return the rows of the groups that hold no sentence of the model's training."""
    seen = set(model.arrays.trained_on)
    touched = {row.group for row in data.rows if sentence_key(row.sentence) in seen}
    found = data.only(row.group not in touched for row in data.rows)
    if not len(found):
        raise DataError(
            f"the model was trained on all sentences of {data.name}, but on another version of "
            "that table; expected rows it has not seen; train it anew: stance train TABLE"
        )
    return found


def _uncalibrated(probabilities: FloatArray, model: StanceModel) -> FloatArray:
    """Return the probabilities as they were before the inverse temperature."""
    beta = float(model.manifest.get("inverse_temperature", 1.0))
    return softmax(np.log(np.maximum(probabilities, 1e-300)) / beta)


def _plain(interval: tuple[float, float] | None) -> list[float] | None:
    return None if interval is None else list(interval)
