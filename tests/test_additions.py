"""What added rows change: the same folds and rows, models with and without them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from stance.additions import added_rows
from stance.calibration import require_folds
from stance.dataset import Dataset, Row
from stance.fitting import Fitter
from stance.metrics import macro_f1
from stance.settings import FeatureSettings
from stance.training import pairs_of, truth_of

SETTINGS = FeatureSettings(weights=(("words", 1.0), ("concepts", 1.0)), min_df=1)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


def guesses(data: Dataset, folds, lexicon, keep=None) -> np.ndarray:
    """Return out-of-fold guesses of models trained on the rows for which `keep` is true."""
    labels = np.array([row.label for row in data.rows])
    fitter = Fitter(pairs_of(data), labels, SETTINGS, lexicon)
    found = np.zeros(len(data), dtype=np.intp)
    for inside, outside in folds:
        rows = inside if keep is None else np.array([i for i in inside if keep[i]])
        pipeline = fitter.fit(rows)
        told = pipeline.predict([fitter.pairs[i] for i in outside])
        found[outside] = [data.labels.index(label) for label in told]
    return found


def effect(data: Dataset, lexicon, folds=None) -> list[dict]:
    folds = folds or folds_of(data)
    guess = guesses(data, folds, lexicon)
    return added_rows(data, folds, guess, settings=SETTINGS, lexicon=lexicon, seed=1, rounds=60)


def folds_of(data: Dataset):
    labels, groups = zip(*((row.label, row.group) for row in data.rows), strict=True)
    return require_folds(labels, groups, 5, 1)


@pytest.fixture(scope="module")
def mixed(wealth_tax: Dataset) -> Dataset:
    """Every fifth row is a user's."""
    rows = [
        replace(row, provenance="user" if n % 5 == 0 else "composed", group=f"g{n}")
        for n, row in enumerate(wealth_tax.rows)
    ]
    return Dataset(tuple(rows), name="mixed.csv")


def test_both_models_are_judged_on_the_same_folds(mixed: Dataset, small_lexicon):
    """The oracle fits both by itself."""
    parts = {part["rows"]: part for part in effect(mixed, small_lexicon)}
    added = [row.provenance == "user" for row in mixed.rows]
    folds, truth = folds_of(mixed), truth_of(mixed)
    after = guesses(mixed, folds, small_lexicon)
    before = guesses(mixed, folds, small_lexicon, [not one for one in added])
    assert (before != after).any()
    whole = parts["all rows"]
    assert whole["macro_f1_without"] == pytest.approx(macro_f1(truth, before, 3))
    assert whole["macro_f1_with"] == pytest.approx(macro_f1(truth, after, 3))
    assert [parts[name]["n"] for name in ("all rows", "rows before", "added rows")] == [60, 48, 12]
    for part in parts.values():
        assert part["added"] == 12
        gap = part["macro_f1_with"] - part["macro_f1_without"]
        assert part["difference"] == pytest.approx(gap)
        low, high = part["difference_interval"]
        assert low <= part["difference"] <= high


def test_rows_that_teach_show_a_gain(small_lexicon):
    """A phrase that only the added rows hold is known with them, and not without."""
    rows = []
    for n in range(30):
        place = f"place{n}"
        rows += [
            Row(f"p{n}", f"We back the plan of {place}.", "", "pro", "composed", f"p{n}"),
            Row(f"c{n}", f"We reject the plan of {place}.", "", "contra", "composed", f"c{n}"),
            Row(f"u{n}", f"Thumbs up for {place}.", "", "pro", "user", f"u{n}"),
            Row(f"v{n}", f"Thumbs down for {place}.", "", "contra", "user", f"v{n}"),
        ]
    parts = {one["rows"]: one for one in effect(Dataset(tuple(rows)), small_lexicon)}
    assert parts["added rows"]["macro_f1_with"] == 1.0
    assert parts["added rows"]["difference_interval"][0] > 0.2
    assert parts["rows before"]["difference"] == pytest.approx(0.0)


@pytest.mark.parametrize("provenance", ["user", "composed"])
def test_there_is_nothing_to_compare_where_all_or_no_rows_were_added(
    mixed: Dataset, small_lexicon, provenance: str
):
    rows = tuple(replace(row, provenance=provenance) for row in mixed.rows)
    assert effect(Dataset(rows), small_lexicon) == []


def test_no_comparison_where_a_label_came_with_the_added_rows_only(mixed: Dataset, small_lexicon):
    rows = [replace(one, provenance="user" if one.label == "pro" else "x") for one in mixed.rows]
    assert effect(Dataset(tuple(rows)), small_lexicon) == []


def test_no_comparison_where_no_term_is_left(
    mixed: Dataset, small_lexicon, monkeypatch: pytest.MonkeyPatch
):
    folds = folds_of(mixed)
    guess = np.zeros(len(mixed), dtype=np.intp)
    monkeypatch.setattr(Fitter, "fit", raising)
    found = added_rows(
        mixed, folds, guess, settings=SETTINGS, lexicon=small_lexicon, seed=1, rounds=10
    )
    assert found == []


def raising(*_: object) -> None:
    from stance.errors import DataError

    raise DataError("no term")
