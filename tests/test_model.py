"""The estimator, its calibration, its folds, and the way to plain arrays and back."""

from __future__ import annotations

import pickle
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.utils.estimator_checks import parametrize_with_checks

from stance.calibration import (
    confidence_threshold,
    grouped_folds,
    inverse_temperature,
    require_folds,
)
from stance.errors import DataError
from stance.lexicon import Lexicon
from stance.model import (
    StanceClassifier,
    carried_weights,
    export_arrays,
    make_pipeline,
    rebuild_pipeline,
    to_matrix,
)
from stance.scorer import ModelArrays, Scorer
from stance.settings import FeatureSettings

LABELS = ("pro", "contra", "neither")


def plain_regression() -> LogisticRegression:
    """Return scikit-learn's regression with the settings that `StanceClassifier` has by default."""
    return LogisticRegression(
        C=2.0, class_weight="balanced", max_iter=1000, solver="newton-cg", tol=1e-7
    )


@parametrize_with_checks([StanceClassifier()])
def test_scikit_learns_estimator_checks(estimator, check):
    check(estimator)


def blobs(rows: int = 150, labels: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return overlapping clouds of points, one a label."""
    random = np.random.default_rng(seed)
    y = np.arange(rows) % labels
    return random.normal(size=(rows, 5)) + 1.2 * np.eye(5)[y], y


# --- calibration -----------------------------------------------------------------------


@pytest.mark.parametrize("labels", [2, 3, 5])
def test_the_inverse_temperature_is_scikit_learns(labels: int):
    X, y = blobs(labels=labels)
    folds = grouped_folds(y, None, 5, 0)
    base = plain_regression()
    ours = StanceClassifier().fit(X, y)
    theirs = CalibratedClassifierCV(base, method="temperature", ensemble=False, cv=folds).fit(X, y)
    beta = theirs.calibrated_classifiers_[0].calibrators[0].beta_
    assert ours.beta_ == pytest.approx(float(beta), abs=1e-4)
    assert ours.predict_proba(X) == pytest.approx(theirs.predict_proba(X), abs=1e-4)
    assert abs(ours.beta_ - 1.0) > 1e-3  # there was something to calibrate


@pytest.mark.parametrize("factor", [0.25, 4.0])
def test_the_temperature_undoes_a_factor_on_the_logits(factor: float):
    random = np.random.default_rng(0)
    logits = random.normal(size=(4000, 3)) * 2
    noisy = logits + random.gumbel(size=logits.shape)  # labels drawn from softmax(logits)
    beta = inverse_temperature(logits / factor, noisy.argmax(axis=1))
    assert beta == pytest.approx(factor, rel=0.1)


def test_calibration_changes_no_decision():
    X, y = blobs()
    model = StanceClassifier().fit(X, y)
    plain = plain_regression().fit(X, y)
    assert np.array_equal(model.predict(X), plain.predict(X))


def test_too_few_rows_are_not_calibrated_and_nothing_is_confident():
    model = StanceClassifier().fit([[0.0], [1.0]], ["a", "b"])
    assert (model.beta_, model.threshold_) == (1.0, 1.0)


def test_groups_change_the_folds_and_so_the_calibration():
    """Copies of a row in other folds make the model look surer than it is."""
    X, y = blobs(60)
    X, y = np.repeat(X, 5, axis=0), np.repeat(y, 5)
    groups = [str(row // 5) for row in range(len(y))]
    assert StanceClassifier().fit(X, y, groups).beta_ < StanceClassifier().fit(X, y).beta_


# --- the threshold ---------------------------------------------------------------------


def brute_threshold(top: np.ndarray, right: np.ndarray, target: float, least: int) -> float:
    fine = [t for t in top if (top >= t).sum() >= least and right[top >= t].mean() >= target]
    return min(fine, default=1.0)


@given(
    rows=st.lists(st.tuples(st.integers(30, 99), st.booleans()), min_size=1, max_size=60),
    target=st.sampled_from([0.5, 0.8, 0.9, 1.0]),
    least=st.sampled_from([1, 5, 20]),
)
def test_the_threshold_is_the_lowest_that_reaches_its_accuracy(rows, target, least):
    top = np.array([share for share, _ in rows]) / 100
    right = np.array([flag for _, flag in rows])
    found = confidence_threshold(top, right, target, least)
    assert found == brute_threshold(top, right, target, least)


def test_a_handful_of_lucky_rows_does_not_set_the_threshold():
    top, right = np.linspace(0.9, 0.5, 100), np.arange(100) < 10
    assert confidence_threshold(top, right, 0.9) == 1.0


def test_the_fitted_threshold_reaches_its_accuracy_out_of_fold():
    X, y = blobs(600)
    model = StanceClassifier(target_accuracy=0.85).fit(X, y)
    base = plain_regression()
    probabilities = cross_val_predict(
        base, X, y, cv=grouped_folds(y, None, 5, 0), method="decision_function"
    )
    logits = probabilities * model.beta_
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    top = (shares / shares.sum(axis=1, keepdims=True)).max(axis=1)
    kept = top >= model.threshold_ - 1e-12
    assert 20 <= kept.sum() < len(y)
    assert top[kept].min() == pytest.approx(model.threshold_)
    assert (probabilities.argmax(axis=1) == y)[kept].mean() >= 0.85


# --- folds -----------------------------------------------------------------------------


@given(
    rows=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9)), min_size=4, max_size=60),
    folds=st.integers(2, 6),
    seed=st.integers(0, 3),
)
def test_folds_never_split_a_group_and_train_on_every_label(rows, folds: int, seed: int):
    _, y = np.unique([label for label, _ in rows], return_inverse=True)
    groups = np.array([str(group) for _, group in rows])
    found = grouped_folds(y, groups.tolist(), folds, seed)
    assert len(found) <= folds
    for train, test in found:
        assert not set(groups[train]) & set(groups[test])
        assert set(y[train]) == set(y)
        assert len(test)
    if found:
        assert sorted(np.concatenate([test for _, test in found])) == list(range(len(y)))


def test_folds_depend_on_the_seed_and_on_nothing_else():
    y = np.arange(60) % 3
    groups = [str(row // 2) for row in range(60)]

    def tests(seed: int) -> list[list[int]]:
        return [test.tolist() for _, test in grouped_folds(y, groups, 5, seed)]

    assert tests(1) == tests(1) != tests(2)


def test_fewer_groups_than_folds_give_fewer_folds():
    groups = ["a", "b", "c"] * 10
    assert len(grouped_folds(np.repeat([0, 1], 15), groups, 5, 0)) == 3


def test_a_group_that_covers_everything_is_named():
    with pytest.raises(DataError, match=r"1 groups; 'article' covers 20 of 20 rows.*of its own"):
        require_folds(["a", "b"] * 10, ["article"] * 20, 5, 0)


def test_a_label_that_stands_in_one_group_only_cannot_be_tested():
    labels, groups = ["a"] * 10 + ["b"] * 10, ["x"] * 10 + ["y"] * 10
    with pytest.raises(DataError, match="at least two groups per label"):
        require_folds(labels, groups, 5, 0)


@pytest.mark.parametrize(("labels", "shown"), [(["a"] * 5, "a"), ([], "none")])
def test_a_table_with_one_label_is_refused(labels: list[str], shown: str):
    with pytest.raises(DataError, match=rf"only one label \({shown}\).*expected two or more"):
        require_folds(labels, [str(n) for n in range(len(labels))], 5, 0)


# --- fitting ---------------------------------------------------------------------------


def test_fitting_twice_gives_the_same_model(fitted, arrays: ModelArrays, wealth_tax):
    pipeline, pairs, labels = fitted
    again = clone(pipeline).fit(
        pairs, labels, classifier__groups=[row.group for row in wealth_tax.rows]
    )
    found = export_arrays(again, arrays.labels)
    for field in fields(ModelArrays):
        one, other = getattr(arrays, field.name), getattr(found, field.name)
        assert np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other


def test_fitting_leaves_numpys_global_randomness_alone():
    np.random.seed(7)
    before = np.random.get_state()[1].copy()
    StanceClassifier().fit(*blobs())
    assert np.array_equal(np.random.get_state()[1], before)


def test_sparse_and_dense_input_give_the_same_probabilities():
    X, y = blobs()
    dense = StanceClassifier().fit(X, y).predict_proba(X)
    assert StanceClassifier().fit(sparse.csr_matrix(X), y).predict_proba(X) == pytest.approx(
        dense, abs=1e-6
    )


def test_two_classes_have_one_decision_value_and_two_rows_of_weights():
    X, y = blobs(labels=2)
    model = StanceClassifier().fit(X, y)
    assert model.decision_function(X).shape == (len(X),)
    assert model.coef_.shape == (2, 5)
    odds = np.log(model.predict_proba(X)[:, 1] / model.predict_proba(X)[:, 0])
    assert model.decision_function(X) == pytest.approx(odds, abs=1e-9)


def test_two_classes_are_as_sure_as_the_plain_regression_before_calibration():
    X, y = blobs(labels=2)
    model = StanceClassifier().fit(X, y)
    plain = plain_regression().fit(X, y)
    assert model.coef_[1] - model.coef_[0] == pytest.approx(2 * plain.coef_[0], abs=1e-9)


def test_the_pipeline_can_be_pickled(fitted):
    """Joblib sends it to other processes."""
    pipeline, pairs, _ = fitted
    again = pickle.loads(pickle.dumps(pipeline))
    assert np.array_equal(again.predict_proba(pairs), pipeline.predict_proba(pairs))


def test_an_empty_lexicon_can_be_trained_on(fitted):
    from stance.lexicon import Lexicon

    _, pairs, labels = fitted
    pipeline = make_pipeline(FeatureSettings(min_df=1), Lexicon(())).fit(pairs, labels)
    assert set(pipeline.predict(pairs)) <= set(labels)


# --- plain arrays and back -------------------------------------------------------------


def test_a_rebuilt_pipeline_gives_the_same_probabilities(fitted, arrays: ModelArrays):
    pipeline, pairs, _ = fitted
    rebuilt = rebuild_pipeline(arrays)
    assert rebuilt.classes_.tolist() == pipeline.classes_.tolist()
    assert np.abs(rebuilt.predict_proba(pairs) - pipeline.predict_proba(pairs)).max() < 1e-9
    assert rebuilt.predict(pairs).tolist() == pipeline.predict(pairs).tolist()


def test_a_rebuilt_pipeline_exports_to_the_same_arrays(arrays: ModelArrays):
    again = export_arrays(rebuild_pipeline(arrays), arrays.labels)
    assert again.vocabularies == arrays.vocabularies
    assert again.threshold == arrays.threshold
    for name in ("idf", "coef", "intercept"):
        assert np.array_equal(getattr(again, name), getattr(arrays, name))


def test_a_rebuilt_pipeline_gives_the_same_matrix(fitted, arrays: ModelArrays):
    pipeline, pairs, _ = fitted
    difference = to_matrix(rebuild_pipeline(arrays), pairs) - to_matrix(pipeline, pairs)
    assert abs(difference).max() < 1e-12


@pytest.mark.parametrize("order", [LABELS, LABELS[::-1], ("neither", "pro", "contra")])
def test_the_columns_follow_the_order_of_the_labels(order: tuple[str, ...], fitted):
    pipeline, pairs, _ = fitted
    found = Scorer(export_arrays(pipeline, order)).probabilities(pairs)
    named = [order[column] for column in found.argmax(axis=1)]
    assert named == pipeline.predict(pairs).tolist()


def test_the_calibration_is_folded_into_the_weights(fitted, arrays: ModelArrays):
    classifier = fitted[0]["classifier"]
    row = list(classifier.classes_).index("pro")
    assert arrays.coef[:, 0] == pytest.approx(classifier.coef_[row] * classifier.beta_)
    assert arrays.intercept[0] == pytest.approx(classifier.intercept_[row] * classifier.beta_)


def test_weights_are_carried_by_term_and_the_start_does_not_move_the_optimum():
    pairs = [
        (f"the {word} will join soon {number}", None) for number, word in enumerate("aabbccdd")
    ]
    labels = np.array(list("xxyyzzxy"))
    settings = FeatureSettings(min_df=1, weights=(("words", 1.0), ("chars", 0.5)))
    whole = make_pipeline(settings, Lexicon(())).fit(pairs, labels)
    part = make_pipeline(settings, Lexicon(()))
    matrix = part[:-1].fit_transform(pairs[1:])
    coef, intercept = carried_weights(whole, part)
    assert coef.shape == (3, matrix.shape[1])
    names = list(part["tfidf"].get_feature_names_out())
    known = list(whole["tfidf"].get_feature_names_out())
    for column, name in enumerate(names):
        assert np.array_equal(coef[:, column], whole["classifier"].coef_[:, known.index(name)])
    cold = StanceClassifier(folds=0).fit(matrix, labels[1:])
    warm = StanceClassifier(folds=0).fit(
        matrix, labels[1:], coef_init=coef, intercept_init=intercept
    )
    assert np.allclose(cold.coef_, warm.coef_, atol=1e-5)


def test_a_term_that_the_source_lacks_starts_at_zero():
    pairs = [("alpha beta", None), ("alpha beta", None), ("gamma delta", None), ("gamma", None)]
    settings = FeatureSettings(min_df=1, own_min_df=1, weights=(("words", 1.0),))
    source = make_pipeline(settings, Lexicon(())).fit(pairs[:2] + pairs[:1], ["x", "y", "x"])
    target = make_pipeline(settings, Lexicon(()))
    target[:-1].fit_transform(pairs[2:])
    assert not carried_weights(source, target)[0].any()
