"""`evaluate`: a model and labelled rows → figures; prints nothing, draws nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stance.aggregate import NEUTRAL
from stance.baselines import require_sentiment
from stance.checklist import read_checklist
from stance.dataset import Dataset, Row, sentence_key
from stance.errors import DataError
from stance.golden import golden_for
from stance.measuring import Run
from stance.predict import StanceModel
from stance.training import Progress, as_dataset


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
        What was found in each seed article by a model that was trained without its rows; as
        `stance.golden.compare` gives it.
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
    if model.poles is not None and NEUTRAL in model.labels:
        require_sentiment()
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
    run = Run(model, judged, data, progress or (lambda stage, done, total: None))
    before, after = run.cross_validated() if crossed else run.held_out()
    return Evaluation(**run.figures(before, after, crossed, cases, articles))


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
