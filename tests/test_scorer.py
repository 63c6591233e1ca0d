"""Plain arrays give the probabilities of the scikit-learn pipeline; it is the oracle."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stance.model import StanceClassifier, export_arrays, make_pipeline
from stance.scorer import ModelArrays, Scorer, softmax
from stance.settings import FeatureSettings

TOLERANCE = 1e-9
WORDS = ["wealth tax", "Wealth", "no", "don’t", "Ann", "minister", "against", "“", ",", "7", "ß"]
TEXTS = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=15).map(" ".join))
ACTORS = st.one_of(st.none(), st.text(max_size=5), st.sampled_from(["Ann", "minister", "no"]))


def oracle(pipeline, pairs, labels) -> np.ndarray:
    """Return scikit-learn's probabilities, columns in the order of `labels`."""
    order = [list(pipeline.classes_).index(label) for label in labels]
    return pipeline.predict_proba(pairs)[:, order]


@pytest.fixture(scope="module")
def scorer(arrays: ModelArrays) -> Scorer:
    return Scorer(arrays)


def test_the_whole_table_scores_as_in_scikit_learn(fitted, scorer: Scorer):
    pipeline, pairs, _ = fitted
    expected = oracle(pipeline, pairs, scorer.arrays.labels)
    assert np.abs(scorer.probabilities(pairs) - expected).max() < TOLERANCE
    assert expected.std() > 0.05  # the comparison is no comparison of constants


@given(sentence=TEXTS, actor=ACTORS)
@example(sentence="", actor=None)
@example(sentence="İstanbul’s wealth tax\u2028", actor="İstanbul")
@example(sentence="wealth tax " * 300, actor="tax")
def test_any_text_scores_as_in_scikit_learn(fitted, scorer: Scorer, sentence, actor):
    pair = [(sentence, actor)]
    expected = oracle(fitted[0], pair, scorer.arrays.labels)
    assert np.abs(scorer.probabilities(pair) - expected).max() < TOLERANCE


@pytest.mark.parametrize("size", [2, 3, 5])
@pytest.mark.parametrize(
    "settings",
    [
        FeatureSettings(min_df=1),
        FeatureSettings(weights=(("chars", 0.5),), char_ngrams=(2, 3), mask_names=False),
        FeatureSettings(weights=(("anchored", 2.0), ("words", 0.3)), word_ngrams=(1, 1)),
    ],
)
def test_any_number_of_labels_scores_as_in_scikit_learn(fitted, small_lexicon, size, settings):
    _, pairs, _ = fitted
    labels = tuple(f"label {number}" for number in range(size))[::-1]
    truth = [labels[(len(sentence) + 3 * row) % size] for row, (sentence, _) in enumerate(pairs)]
    pipeline = make_pipeline(settings, small_lexicon, StanceClassifier(C=0.5, folds=2))
    pipeline.fit(pairs, truth)
    found = Scorer(export_arrays(pipeline, labels)).probabilities(pairs)
    assert found.shape == (len(pairs), size)
    assert np.abs(found - oracle(pipeline, pairs, labels)).max() < TOLERANCE


@given(sentence=TEXTS, actor=ACTORS)
def test_probabilities_sum_to_one(scorer: Scorer, sentence: str, actor: str | None):
    (row,) = scorer.probabilities([(sentence, actor)])
    assert row.sum() == pytest.approx(1.0, abs=1e-12)
    assert (row >= 0.0).all()


def test_a_text_without_known_terms_scores_the_intercept(scorer: Scorer):
    found = scorer.logits([("", None), ("\n", "x")])
    assert np.array_equal(found, np.tile(scorer.arrays.intercept, (2, 1)))


def test_no_pairs_give_no_rows(scorer: Scorer):
    assert scorer.probabilities([]).shape == (0, 3)


def test_a_sentence_scores_the_same_alone_among_others_and_across_chunks(
    fitted, scorer: Scorer, monkeypatch
):
    pairs = [*fitted[1], ("", None), ("wealth tax", None)]
    together = scorer.logits(pairs)
    alone = np.concatenate([scorer.logits([pair]) for pair in pairs])
    monkeypatch.setattr(scorer, "_chunk", 7)
    assert np.abs(together - alone).max() < 1e-12
    assert np.abs(together - scorer.logits(iter(pairs))).max() < 1e-12


def test_the_actor_makes_a_difference(scorer: Scorer):
    """Otherwise the second half of every pair would be ignored."""
    sentence = "The minister wants a wealth tax, the mayor does not want a wealth tax."
    one, other = scorer.logits([(sentence, "The minister"), (sentence, "the mayor")])
    assert np.abs(one - other).max() > 1e-6


# --- contributions ---------------------------------------------------------------------


@given(sentence=TEXTS, actor=ACTORS, labels=st.permutations([0, 1, 2]))
def test_contributions_sum_to_the_difference_of_the_logits(scorer, sentence, actor, labels):
    label, against = labels[:2]
    (logits,) = scorer.logits([(sentence, actor)])
    parts = scorer.contributions(sentence, actor, label, against)
    total = math.fsum(part.value for part in parts)
    assert total == pytest.approx(logits[label] - logits[against], abs=TOLERANCE)


def test_contributions_of_the_whole_table_sum_to_the_log_of_the_odds(fitted, scorer: Scorer):
    pairs = fitted[1]
    for pair, row in zip(pairs, scorer.probabilities(pairs), strict=True):
        total = math.fsum(part.value for part in scorer.contributions(*pair, 0, 1))
        assert total == pytest.approx(math.log(row[0] / row[1]), abs=TOLERANCE)


@given(sentence=TEXTS, actor=ACTORS)
def test_contributions_swap_their_sign_with_the_labels(scorer: Scorer, sentence, actor):
    one = scorer.contributions(sentence, actor, 0, 1)
    other = scorer.contributions(sentence, actor, 1, 0)
    assert [(p.start, p.end, p.features) for p in one] == [
        (p.start, p.end, p.features) for p in other
    ]
    assert [p.value for p in one] == pytest.approx([-p.value for p in other], abs=1e-12)


@given(sentence=TEXTS, actor=ACTORS)
def test_contributions_point_into_the_sentence_and_name_known_terms(scorer, sentence, actor):
    first, *rest = scorer.contributions(sentence, actor, 0, 1)
    assert (first.start, first.end, first.features) == (0, 0, ())
    known = {f"{b}:{term}" for b, terms in scorer.arrays.vocabularies.items() for term in terms}
    for part in rest:
        assert 0 <= part.start <= part.end <= len(sentence)
        assert part.features
        assert set(part.features) <= known


def test_a_term_shares_its_weight_among_its_places(arrays: ModelArrays):
    only = replace(
        arrays,
        settings=FeatureSettings(weights=(("words", 1.0),)),
        vocabularies={"words": ("tax",)},
        idf=np.array([2.0]),
        coef=np.array([[0.9, 0.0, 0.0]]),
        intercept=np.zeros(3),
        known_words=("tax",),
    )
    _, *parts = Scorer(only).contributions("tax, tax and tax", None, 0, 1)
    assert [(part.start, part.end) for part in parts] == [(0, 3), (5, 8), (13, 16)]
    assert [part.value for part in parts] == pytest.approx([0.3] * 3)


# --- softmax ---------------------------------------------------------------------------


@pytest.mark.parametrize("logits", [[1000.0, 0.0], [-1000.0, 0.0], [1e308, -1e308], [0.0, 0.0]])
def test_softmax_neither_overflows_nor_loses_a_row(logits: list[float]):
    with np.errstate(over="raise", invalid="raise"):
        (row,) = softmax(np.array([logits]) / 2)
    assert row.sum() == pytest.approx(1.0)
    assert row.argmax() == int(np.argmax(logits))


def test_softmax_of_nothing_is_nothing():
    assert softmax(np.empty((0, 3))).shape == (0, 3)


def test_among_many_the_last_digits_do_not_depend_on_the_others(
    fitted, scorer: Scorer, monkeypatch: pytest.MonkeyPatch
):
    pairs = fitted[1][:30]
    whole = scorer.probabilities(pairs)
    monkeypatch.setattr(scorer, "_chunk", 7)  # 4 · 7 + 2: a rest of few
    assert np.array_equal(scorer.probabilities(pairs), whole)
    assert np.array_equal(scorer.probabilities(pairs[5:]), whole[5:])
