"""From predictions to the stance of an actor."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.aggregate import (
    actor_stance,
    around,
    cluster_interval,
    score_interval,
    wilson_interval,
)
from stance.records import ActorStance, JudgedStatement, Prediction, Span, Statement

LABELS = ("favor", "conditional", "against", "none")
POLES = ("favor", "against")


def judged(*probabilities: float, confident: bool = True, labels=LABELS) -> JudgedStatement:
    """Make a statement with these probabilities, in label order."""
    span = Span(0, 4, "text")
    statement = Statement(span, (span,), None, None, "the minister", None, "reported", span, "test")
    named = dict(zip(labels, probabilities, strict=True))
    label = max(named, key=lambda name: named[name])
    return JudgedStatement(statement, Prediction(label, named, None, confident, "model"))


FAVOR = judged(1.0, 0.0, 0.0, 0.0)
AGAINST = judged(0.0, 0.0, 1.0, 0.0)
NONE = judged(0.0, 0.0, 0.0, 1.0)


def stance(*statements: JudgedStatement, poles=POLES) -> ActorStance:
    return actor_stance("the minister", "Q1", statements, poles=poles)


@given(st.lists(st.tuples(*[st.floats(0.01, 1.0)] * 3), min_size=1, max_size=16))
def test_few_or_many_statements_have_the_mean_of_numpy(shares: list[tuple[float, ...]]):
    """Plain Python adds up to seven, numpy more; nobody can tell."""
    rows = [[one / sum(three) for one in three] for three in shares]
    found = stance(*(judged(*row, 0.0) for row in rows))
    table = np.array(rows)
    assert found.score == float(np.mean(table[:, 0] - table[:, 2]))


def test_one_certain_statement_has_an_interval_without_width():
    found = stance(FAVOR)
    assert (found.label, found.score, found.interval, found.n) == ("favor", 1.0, (1.0, 1.0), 1)
    assert not found.mixed


def test_a_certain_statement_against_is_the_other_pole():
    assert stance(AGAINST).interval == (-1.0, -1.0)


def test_one_uncertain_statement_has_the_widest_interval():
    """One draw out of {-1, 0, 1} says little: nothing between the ends is likelier."""
    assert stance(judged(0.5, 0.1, 0.3, 0.1)).interval == (-1.0, 1.0)


def test_mixed_says_that_the_statements_disagree():
    assert stance(FAVOR, FAVOR, AGAINST).mixed
    assert not stance(FAVOR, FAVOR).mixed


def test_statements_without_stance_do_not_make_it_mixed():
    assert not stance(FAVOR, NONE).mixed


def test_statements_without_stance_do_not_dilute():
    alone, among = stance(FAVOR, AGAINST, FAVOR), stance(FAVOR, NONE, AGAINST, NONE, FAVOR)
    assert (among.score, among.interval, among.n) == (alone.score, alone.interval, 3)
    assert len(among.statements) == 5


def test_an_actor_without_any_stance_is_listed_as_none():
    found = stance(NONE, NONE)
    assert (found.label, found.score, found.interval, found.n) == ("none", None, None, 0)
    assert found.confident


def test_no_statement_at_all_is_no_stance_and_not_confident():
    found = stance()
    assert (found.label, found.score, found.confident, found.statements) == (
        "none",
        None,
        False,
        (),
    )


def test_without_poles_there_is_a_label_but_no_score():
    found = stance(FAVOR, AGAINST, FAVOR, poles=None)
    assert (found.label, found.score, found.interval) == ("favor", None, None)


def test_the_label_has_the_highest_mean_not_the_most_votes():
    weak, strong = judged(0.4, 0.2, 0.35, 0.05), judged(0.0, 0.0, 0.98, 0.02)
    assert stance(weak, weak, strong).label == "against"


def test_the_neutral_label_is_never_the_stance_of_statements_that_bear_one():
    leaning = judged(0.3, 0.25, 0.0, 0.2, labels=LABELS)
    hidden = judged(0.36, 0.0, 0.29, 0.35)
    assert stance(leaning, hidden).label == "favor"


def test_another_neutral_label_can_be_named():
    item = judged(0.1, 0.9, labels=("pro", "neither"))
    found = actor_stance("x", None, [item], poles=None, neutral="neither")
    assert (found.label, found.n) == ("neither", 0)


def test_confident_needs_a_confident_statement_of_the_same_label():
    unsure = judged(0.9, 0.0, 0.1, 0.0, confident=False)
    sure_against = judged(0.0, 0.4, 0.6, 0.0, confident=True)
    assert not stance(unsure, unsure, sure_against).confident
    assert stance(unsure, FAVOR).confident


def test_the_score_is_the_mean_difference_of_the_poles():
    assert stance(judged(0.7, 0.1, 0.2, 0.0), judged(0.5, 0.2, 0.2, 0.1)).score == pytest.approx(
        0.4
    )


def test_statements_stay_in_text_order():
    assert stance(AGAINST, FAVOR, NONE).statements == (AGAINST, FAVOR, NONE)


# --- the interval ----------------------------------------------------------------------


def exact(positive, negative, level: float = 0.95) -> tuple[float, float]:
    """Return the interval by counting every outcome."""
    outcomes = {0: 1.0}
    for up, down in zip(positive, negative, strict=True):
        new: dict[int, float] = {}
        for total, share in outcomes.items():
            for step, weight in ((1, up), (-1, down), (0, 1.0 - up - down)):
                new[total + step] = new.get(total + step, 0.0) + share * weight
        outcomes = new
    ordered = sorted(outcomes)
    sums = np.cumsum([outcomes[total] for total in ordered])
    low = next(t for t, s in zip(ordered, sums, strict=True) if s >= (1 - level) / 2)
    high = next(t for t, s in zip(ordered, sums, strict=True) if s >= (1 + level) / 2 - 1e-9)
    return low / len(positive), high / len(positive)


@st.composite
def draws(draw, most: int = 12):
    size = draw(st.integers(1, most))
    shares = st.integers(0, 20)
    parts = [draw(st.tuples(shares, shares, shares)) for _ in range(size)]
    parts = [(a, b, c) if a + b + c else (0, 0, 1) for a, b, c in parts]
    total = np.array([sum(part) for part in parts], dtype=float)
    return (np.array([p[0] for p in parts]) / total, np.array([p[1] for p in parts]) / total)


@given(draws())
def test_the_interval_holds_the_central_95_percent(case):
    positive, negative = case
    low, high = score_interval(positive, negative)
    assert (low, high) == pytest.approx(exact(positive, negative), abs=1e-12)


@given(draws())
def test_the_interval_lies_within_bounds_and_is_ordered(case):
    low, high = score_interval(*case)
    assert -1.0 <= low <= high <= 1.0


@given(draws(), st.floats(0.5, 0.9))
def test_a_lower_level_gives_no_wider_interval(case, level: float):
    low, high = score_interval(*case, level=level)
    wide = score_interval(*case, level=0.95)
    assert wide[0] <= low <= high <= wide[1]


@pytest.mark.parametrize("level", [0.5, 0.95])
@pytest.mark.parametrize(("up", "down"), [(0.5, 0.2), (0.05, 0.9), (0.3, 0.3)])
def test_above_500_statements_the_normal_interval_is_close_to_the_exact_one(up, down, level):
    size = 501
    positive, negative = np.full(size, up), np.full(size, down)
    approximate = score_interval(positive, negative, level)
    assert approximate == pytest.approx(exact(positive, negative, level), abs=2 / size)


def test_more_than_500_certain_statements_have_no_width():
    assert score_interval(np.ones(600), np.zeros(600)) == (1.0, 1.0)


# --- intervals over articles --------------------------------------------------------------


def table(*rows: tuple[float, float, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    up, down, cluster = zip(*rows, strict=True)
    return np.array(up), np.array(down), np.array(cluster)


def test_statements_of_one_article_have_the_interval_of_their_labels_alone():
    case = table((0.7, 0.1, 4), (0.5, 0.4, 4), (0.2, 0.7, 4))
    assert cluster_interval(*case) == score_interval(case[0], case[1])


def test_the_same_seed_gives_the_same_interval_and_another_nearly_so():
    case = table(*[(0.6 + 0.01 * n, 0.2, n) for n in range(15)])
    one, same, other = (cluster_interval(*case, seed=[seed]) for seed in (1, 1, 2))
    assert one == same
    assert other == pytest.approx(one, abs=0.15)


def test_what_one_article_repeats_counts_little_more_than_once():
    apart = table(*[(0.97, 0.01, n) if n % 2 else (0.01, 0.97, n) for n in range(40)])
    together = (*apart[:2], np.array([n % 2 for n in range(40)]))
    low, high = cluster_interval(*apart)
    wide_low, wide_high = cluster_interval(*together)
    assert wide_high - wide_low > 2 * (high - low)


def test_a_long_article_weighs_by_its_statements():
    """Either article may be drawn twice, and then its side is all there is."""
    sure = table(*[(1.0, 0.0, 1)] * 10, (0.0, 1.0, 2))
    assert cluster_interval(*sure) == (-1.0, 1.0)


def test_above_500_statements_articles_still_hang_together():
    sides = np.arange(600) // 20 % 2  # 30 articles of 20, each of one side
    low, high = cluster_interval(1.0 - sides, sides.astype(float), np.arange(600) // 20)
    assert (low, high) == pytest.approx((-1.96 / np.sqrt(29), 1.96 / np.sqrt(29)), abs=0.01)


@pytest.mark.parametrize("size", [400, 600])
def test_the_bootstrap_agrees_with_the_theory_of_independent_articles(size: int):
    """Labels of variance 1 − mean², one to an article; 600 are above where it turns normal."""
    up, down = np.full(size, 0.8), np.full(size, 0.2)
    low, high = cluster_interval(up, down, np.arange(size))
    half = 1.96 * np.sqrt((1 - 0.6**2) / size)
    assert (low, high) == pytest.approx((0.6 - half, 0.6 + half), abs=0.02)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    """200 corpora of 12 articles with one to three statements, true mean 0.3."""
    draw = np.random.default_rng(3)
    hits = 0
    for number in range(200):
        leaning = draw.choice([0.9, 0.0], size=12, p=[1 / 3, 2 / 3])  # of an article
        sizes = draw.integers(1, 4, size=12)
        cluster = np.repeat(np.arange(12), sizes)
        up = (1 + leaning[cluster]) / 2
        low, high = cluster_interval(up, 1 - up, cluster, seed=[number])
        hits += low <= 0.3 <= high
    assert 0.90 <= hits / 200 <= 1.0


@given(draws(), st.integers(1, 5))
def test_a_cluster_interval_lies_within_bounds_and_is_ordered(case, count: int):
    cluster = np.arange(len(case[0])) % count
    low, high = cluster_interval(*case, cluster)
    assert -1.0 <= low <= high <= 1.0


@pytest.mark.parametrize(
    ("hits", "size", "expected"),
    [(0, 10, (0.0, 0.2775)), (10, 10, (0.7225, 1.0)), (5, 10, (0.2366, 0.7634)), (81, 263, None)],
)
def test_wilson(hits: int, size: int, expected: tuple[float, float] | None):
    """The last case is Newcombe's (1998): 0.2553 to 0.3662."""
    assert wilson_interval(hits, size) == pytest.approx(expected or (0.2553, 0.3662), abs=1e-4)


def test_no_cases_have_no_share():
    with pytest.raises(ValueError, match="no cases; expected at least one"):
        wilson_interval(0, 0)


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_interval_of_one_statement_holds_its_score(one: float, other: float):
    positive, negative = min(one, other), 1.0 - max(one, other)
    score = positive - negative
    low, high = around(score, score_interval([positive], [negative]))
    assert -1.0 <= low <= score <= high <= 1.0


def test_an_interval_that_holds_the_score_stays():
    assert around(-0.2, (-1.0, 0.5)) == (-1.0, 0.5)
    assert around(-0.97, (-1.0, -1.0)) == (-1.0, -0.97)
