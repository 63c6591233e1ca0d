"""Figures of merit, held against scikit-learn and against arithmetic by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as oracle

from stance.metrics import (
    bootstrap_interval,
    bootstrap_intervals,
    class_scores,
    cohen_kappa,
    confusion_matrix,
    expected_calibration_error,
    macro_f1,
    reliability,
    risk_coverage,
)

PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60)


def columns(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([a for a, _ in pairs]), np.array([b for _, b in pairs])


def random_case(seed: int, rows: int = 200, labels: int = 4) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random.dirichlet(np.full(labels, 0.6), rows), random.integers(0, labels, rows)


@given(PAIRS)
def test_the_confusion_matrix_is_scikit_learns(pairs):
    truth, guess = columns(pairs)
    expected = oracle.confusion_matrix(truth, guess, labels=range(4))
    assert np.array_equal(confusion_matrix(truth, guess, 4), expected)


@given(PAIRS)
def test_precision_recall_and_f1_are_scikit_learns(pairs):
    """Labels that never occur included: 0/0 is 0."""
    truth, guess = columns(pairs)
    expected = oracle.precision_recall_fscore_support(
        truth, guess, labels=range(4), zero_division=0
    )
    for ours, theirs in zip(
        class_scores(confusion_matrix(truth, guess, 4)), expected, strict=False
    ):
        assert ours == pytest.approx(theirs, abs=1e-12)


@given(PAIRS)
def test_macro_f1_is_scikit_learns(pairs):
    truth, guess = columns(pairs)
    expected = oracle.f1_score(truth, guess, labels=range(4), average="macro", zero_division=0)
    assert macro_f1(truth, guess, 4) == pytest.approx(expected, abs=1e-12)


def test_macro_f1_counts_a_label_that_no_row_bears():
    assert macro_f1(np.array([0, 0]), np.array([0, 0]), 4) == 0.25


@given(PAIRS)
def test_kappa_is_scikit_learns(pairs):
    one, other = [str(a) for a, _ in pairs], [str(b) for _, b in pairs]
    if len({*one, *other}) > 1:  # scikit-learn gives NaN for one label
        assert cohen_kappa(one, other) == pytest.approx(oracle.cohen_kappa_score(one, other))


def test_kappa_of_one_label_only_is_one():
    assert cohen_kappa(["a", "a"], ["a", "a"]) == 1.0


@pytest.mark.parametrize(("one", "other"), [(["a"], ["a", "b"]), ([], [])])
def test_kappa_refuses_lists_that_do_not_fit(one: list[str], other: list[str]):
    with pytest.raises(ValueError, match="expected the same number, not 0"):
        cohen_kappa(one, other)


# --- calibration -----------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_the_calibration_error_is_the_mean_gap_of_the_bins(seed: int):
    probabilities, truth = random_case(seed)
    top, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    gap = 0.0
    for low in np.arange(0.0, 1.0, 0.1):
        inside = (top >= low - 1e-12) & (top < low + 0.1 - 1e-12)
        if inside.any():
            gap += inside.mean() * abs(top[inside].mean() - right[inside].mean())
    assert expected_calibration_error(probabilities, truth) == pytest.approx(gap, abs=1e-9)


def test_certain_and_right_is_calibrated_certain_and_wrong_is_not():
    sure = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert expected_calibration_error(sure, np.array([0, 1])) == 0.0
    assert expected_calibration_error(sure, np.array([1, 0])) == 1.0


@pytest.mark.parametrize("seed", range(3))
def test_the_bins_hold_every_row_once(seed: int):
    probabilities, truth = random_case(seed)
    bins = reliability(probabilities, truth)
    assert sum(part["n"] for part in bins) == len(truth)
    assert sum(part["share"] for part in bins) == pytest.approx(1.0)
    assert all(0.0 <= part["accuracy"] <= 1.0 for part in bins)


# --- risk and coverage -----------------------------------------------------------------


def test_risk_and_coverage_by_hand():
    probabilities = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]])
    coverage, risk, area = risk_coverage(probabilities, np.array([0, 0, 1]))
    assert coverage.tolist() == pytest.approx([1 / 3, 2 / 3, 1.0])
    assert risk.tolist() == pytest.approx([0.0, 0.0, 1 / 3])
    assert area == pytest.approx(1 / 9)


@pytest.mark.parametrize("seed", range(5))
def test_risk_at_full_coverage_is_the_error_rate(seed: int):
    probabilities, truth = random_case(seed)
    coverage, risk, _ = risk_coverage(probabilities, truth)
    assert coverage[-1] == 1.0
    error = 1.0 - oracle.accuracy_score(truth, probabilities.argmax(axis=1))
    assert risk[-1] == pytest.approx(error)


# --- intervals -------------------------------------------------------------------------


def test_the_bootstrap_is_repeatable_and_depends_on_its_seed():
    values = np.random.default_rng(0).normal(size=50)
    groups = [str(number) for number in range(50)]

    def interval(seed: int) -> tuple[float, float]:
        return bootstrap_interval(lambda rows: values[rows].mean(), groups, seed=seed, rounds=200)

    assert interval(1) == interval(1) != interval(2)


def test_the_interval_of_a_mean_is_close_to_the_normal_one():
    values = np.random.default_rng(0).normal(size=400)
    groups = [str(number) for number in range(400)]
    found = bootstrap_interval(lambda rows: values[rows].mean(), groups, seed=0)
    half = 1.96 * values.std() / 20
    assert found == pytest.approx((values.mean() - half, values.mean() + half), abs=0.02)


def test_whole_groups_are_drawn():
    groups = ["a", "b", "a", "c", "b", "a"]
    sizes = {"a": 3, "b": 2, "c": 1}

    def figure(rows: np.ndarray) -> float:
        counts = np.bincount(rows, minlength=6)
        assert counts[0] == counts[2] == counts[5]
        assert counts[1] == counts[4]
        assert counts[0] + counts[1] + counts[3] == len(sizes)
        return 0.0

    assert bootstrap_interval(figure, groups, seed=0, rounds=50) == (0.0, 0.0)


def test_dependent_rows_give_a_wider_interval():
    """Ten copies of each value are no more evidence than one."""
    values = np.repeat(np.random.default_rng(0).normal(size=30), 10)
    together = [str(number // 10) for number in range(300)]
    apart = [str(number) for number in range(300)]

    def width(groups: list[str]) -> float:
        low, high = bootstrap_interval(lambda rows: values[rows].mean(), groups, seed=0)
        return high - low

    assert width(together) > 2 * width(apart)


def test_several_figures_have_the_intervals_that_each_has_alone():
    values = np.random.default_rng(0).normal(size=40)
    groups = [str(number) for number in range(40)]

    def mean(rows: np.ndarray) -> float:
        return float(values[rows].mean())

    def most(rows: np.ndarray) -> float:
        return float(values[rows].max())

    both = bootstrap_intervals(lambda rows: [mean(rows), most(rows)], groups, seed=3, rounds=100)
    alone = [bootstrap_interval(figure, groups, seed=3, rounds=100) for figure in (mean, most)]
    assert both == alone
