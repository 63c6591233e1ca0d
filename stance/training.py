"""`train`: a labelled table → a calibrated model with its metadata; prints nothing."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from stance.ablation import PARTS, ablate
from stance.calibration import Folds, require_folds
from stance.dataset import Dataset, Row, grouped, read_dataset, sentence_key
from stance.errors import DataError, InputError
from stance.fitting import Fitter
from stance.lexicon import Lexicon, load_lexicon
from stance.metrics import (
    FloatArray,
    IntArray,
    bootstrap_interval,
    expected_calibration_error,
    macro_f1,
)
from stance.model import StanceClassifier, export_arrays
from stance.predict import StanceModel
from stance.resources import data_path, default_target, installed_version
from stance.scorer import softmax
from stance.settings import FeatureSettings
from stance.slices import slice_names
from stance.store import require_replaceable, save_model
from stance.tokens import Pair

POLES = (("favor", "against"), ("favour", "against"), ("positive", "negative"), ("pro", "contra"))
FOLDS = 5
Progress = Callable[[str, int, int], None]


def train(
    dataset: Dataset | Path | str | Sequence[Row] | None = None,
    *,
    out: Path | str | None = None,
    target: str | None = None,
    seed: int = 0,
    settings: FeatureSettings | None = None,
    lexicon: Lexicon | None = None,
    target_accuracy: float = 0.9,
    ablation: bool = False,
    progress: Progress | None = None,
) -> StanceModel:
    """Train a model on labelled rows, and save it if `out` is given.

    Parameters
    ----------
    dataset : Dataset, path, rows or None
        A table as `stance.dataset.read_dataset` takes it; None for the shipped one.
    out : path, optional
        Model folder; replaced in one step once training is over.
    target : str, optional
        The proposition; written into the model. By default the shipped target for the
        shipped data, otherwise empty.
    seed : int
        Of the folds; the same rows and seed give the same model.
    settings : FeatureSettings, optional
        Blocks with their weights, n-grams, C, class weights; stored in the model. By default
        `FeatureSettings.for_rows`.
    lexicon : Lexicon, optional
        Concepts of the debate; ``Lexicon(())`` for none. By default the shipped one; for
        another target without the forms that name the shipped one, so that `analyze` does not
        look for them.
    target_accuracy : float in (0, 1)
        Accuracy wanted of confident predictions, out of fold.
    ablation : bool
        Measure what each block of terms buys, for the model card; takes some times as long as
        the training.
    progress : callable, optional
        Called as ``progress(stage, done, total)``.

    Raises
    ------
    DataError
        Fewer than two labels, or groups that cannot be split.
    InputError
        No such file, a target accuracy outside (0, 1), or an `out` that cannot be written.
    """
    if not 0.0 < target_accuracy < 1.0:
        raise InputError(f"target accuracy {target_accuracy}; expected more than 0, less than 1")
    if out is not None:
        require_replaceable(out)
    data = as_dataset(dataset)
    tell = progress or (lambda stage, done, total: None)
    tell("read", 0, FOLDS + 2)
    if target is None:
        target = default_target() if _is_shipped(dataset) else ""
    if lexicon is None:
        about = _is_shipped(dataset) or target == default_target()
        lexicon = load_lexicon() if about else load_lexicon().without_roles()
    settings = settings or FeatureSettings.for_rows(len(data))
    labels = np.array([row.label for row in data.rows])
    folds = require_folds(labels.tolist(), [row.group for row in data.rows], FOLDS, seed)
    fitter = Fitter(pairs_of(data), labels, settings, lexicon, target_accuracy)
    pipeline, held_out = _calibrated(fitter, folds, tell)
    keys = sorted({sentence_key(row.sentence) for row in data.rows})
    arrays = replace(export_arrays(pipeline, data.labels), trained_on=tuple(keys))
    order = [list(pipeline.classes_).index(label) for label in data.labels]
    manifest = {
        "name": Path(out).name if out is not None else "unsaved",
        "target": target,
        "poles": _poles(data.labels),
        "seed": seed,
        "target_accuracy": target_accuracy,
        "inverse_temperature": pipeline["classifier"].beta_,
        "dataset": {
            "name": data.name,
            "digest": data.digest,
            "rows": len(data),
            "groups": len({row.group for row in data.rows}),
            "labels": dict(Counter(row.label for row in data.rows)),
            "skipped": len(data.skipped),
        },
        "metrics": _metrics(data, held_out[:, order], seed, len(folds)),
        "versions": versions(),
    }
    if ablation:
        manifest["ablation"] = ablate(data, folds, fitter, pipeline, seed=seed, progress=tell)
    tell("save", FOLDS + 1, FOLDS + 2)
    if out is not None:
        manifest = save_model(out, arrays, manifest, model_card(arrays.settings, manifest))
    tell("done", FOLDS + 2, FOLDS + 2)
    return StanceModel(arrays, manifest)


def as_dataset(dataset: Dataset | Path | str | Sequence[Row] | None) -> Dataset:
    """Return a dataset from whatever `train` and `evaluate` take."""
    if dataset is None or isinstance(dataset, str | Path):
        return read_dataset(dataset)
    data = (
        dataset
        if isinstance(dataset, Dataset)
        else Dataset(tuple(grouped(list(dataset))), name="rows")
    )
    if not len(data):
        raise DataError("the dataset is empty; expected labelled rows")
    return data


def _is_shipped(dataset: object) -> bool:
    """Tell whether these are the shipped rows, by default or by their path."""
    if isinstance(dataset, str | Path):
        return Path(dataset).resolve() == data_path("sentences.csv").resolve()
    return dataset is None


def pairs_of(data: Dataset) -> list[Pair]:
    """Return (sentence, actor) of each row, None for an empty actor, a span where one is given."""
    return [(row.sentence, row.mention) for row in data.rows]


def truth_of(data: Dataset) -> IntArray:
    """Return the label number of each row, counted as in `data.labels`."""
    numbers = {label: number for number, label in enumerate(data.labels)}
    return np.array([numbers[row.label] for row in data.rows], dtype=np.intp)


def _calibrated(fitter: Fitter, folds: Folds, progress: Progress) -> tuple[Pipeline, FloatArray]:
    """Fit the pipeline to all rows and calibrate it on rows it has not seen.

    For the calibration every fold repeats the whole of training (words seen, vocabulary,
    idf, weights): a vocabulary learnt on the held-out rows as well would make the model look less
    sure than it is on new text.

    Returns
    -------
    pipeline
        Fitted and calibrated.
    held_out : ndarray of shape (n_rows, n_labels)
        Out-of-fold probabilities, columns as `pipeline.classes_`.
    """
    labels = fitter.labels
    logits = np.zeros((len(labels), len(set(labels.tolist()))))
    progress("fit", 1, len(folds) + 2)
    pipeline = fitter.fit(np.arange(len(labels)))
    for number, (inside, outside) in enumerate(folds):
        progress("cross-validate", number + 2, len(folds) + 2)
        logits[outside] = fitter.logits(fitter.fit(inside, start=pipeline), outside)
    classifier: StanceClassifier = pipeline["classifier"]
    classifier.calibrate(logits, np.searchsorted(classifier.classes_, labels))
    return pipeline, softmax(logits * classifier.beta_)


def versions() -> dict[str, str]:
    """Return the versions that a model depends on."""
    names = ("actor-stance", "scikit-learn", "numpy", "joblib")
    found = {name: installed_version(name) or "unknown" for name in names}
    return {"python": platform.python_version()} | found


def _metrics(data: Dataset, probabilities: FloatArray, seed: int, folds: int) -> dict[str, Any]:
    truth = truth_of(data)
    guess = probabilities.argmax(axis=1)
    groups = [row.group for row in data.rows]

    def figure(rows: Any) -> float:
        return macro_f1(truth[rows], guess[rows], len(data.labels))

    return {
        "split": f"{folds}-fold grouped cross-validation, out of fold",
        "n": len(data),
        "macro_f1": figure(slice(None)),
        "macro_f1_interval": list(bootstrap_interval(figure, groups, seed=seed) or ()),
        "accuracy": float((truth == guess).mean()),
        "ece": expected_calibration_error(probabilities, truth),
        "slices": {
            f"{kind}/{name}": {"n": int(np.sum(rows)), "macro_f1": figure(rows)}
            for kind, names in slice_names(data.rows).items()
            for name in sorted(set(names))
            for rows in [np.array(names) == name]
        },
    }


def _poles(labels: Sequence[str]) -> list[str] | None:
    return next((list(pair) for pair in POLES if set(pair) <= set(labels)), None)


def _ablation_table(entries: Sequence[dict[str, Any]]) -> str:
    if not entries:
        return ""
    lines = [
        f"| {entry['block']} | {entry['macro_f1_without']:.3f} | {entry['difference']:+.3f} "
        f"({entry['difference_interval'][0]:+.3f} to {entry['difference_interval'][1]:+.3f}) |"
        for entry in entries
        if entry["difference_interval"]
    ]
    head = (
        f"\n**What each block of terms buys.** Macro-F1 with all blocks "
        f"{entries[0]['macro_f1']:.3f} on the held-out rows of {PARTS} folds "
        f"(n = {entries[0]['n']}), and without each one; paired 95 % bootstrap interval of the "
        "difference over groups.\n\n| without | macro-F1 | difference |\n|---|---|---|\n"
    )
    return head + "\n".join(lines) + "\n"


def model_card(settings: FeatureSettings, manifest: dict[str, Any]) -> str:
    """Return the model card as Markdown; every number comes from the manifest."""
    data, metrics = manifest["dataset"], manifest["metrics"]
    low, high = metrics["macro_f1_interval"]
    counts = ", ".join(f"{label} {count}" for label, count in data["labels"].items())
    libraries = ", ".join(f"{name} {number}" for name, number in manifest["versions"].items())
    poles = manifest["poles"]
    blocks = ", ".join(f"{name} × {weight:g}" for name, weight in settings.weights)
    slices = "\n".join(
        f"| macro-F1, {name.replace('/', ' ')} | {entry['macro_f1']:.3f} (n = {entry['n']}) |"
        for name, entry in metrics["slices"].items()
    )
    return f"""# Model `{manifest["name"]}`

**Target.** {manifest["target"] or "as the labelled table defines it"}

**What it does.** One sentence of a news report and one actor in it → a probability for each
label. TF-IDF blocks ({blocks}) and multinomial logistic regression (C = {settings.C:g}),
calibrated by one temperature on grouped out-of-fold predictions. \
Actor names are {"masked" if settings.mask_names else "read as they stand"}.

| | |
|---|---|
| trained on | {data["name"]}: {data["rows"]} rows in {data["groups"]} groups ({counts}) |
| dataset digest | `{data["digest"]}` |
| seed | {manifest["seed"]} |
| macro-F1 | {metrics["macro_f1"]:.3f} (95 % interval {low:.3f} to {high:.3f}; n = {metrics["n"]}) |
| split | {metrics["split"]} |
| accuracy | {metrics["accuracy"]:.3f} |
| expected calibration error | {metrics["ece"]:.3f} |
{slices}
| score | {f"P({poles[0]}) − P({poles[1]})" if poles else "none: the labels name no poles"} |
| made with | {libraries} |
{_ablation_table(manifest.get("ablation") or ())}
**Use.** Research and analysis of who takes which position, with a person who reads the
sentences behind each figure.

**Limits.** It reads one sentence at a time; irony, hints and what stands between the lines
are lost on it. The figure above is measured on the table named above; run
`stance evaluate --data YOUR_TABLE` on rows from your own texts before you rely on it.
Do not use it to judge persons.
"""
