"""What is picked: the uncertain, the different, no near-duplicate; and an honest random share."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as array_of

from stance.acquisition import RANDOM, TEACHING, Wish, pick, uncertainty
from stance.candidates import Candidate, make_candidate
from stance.dataset import near_duplicates
from stance.errors import InputError
from stance.model import rebuild_pipeline, to_matrix
from stance.predict import StanceModel

LABELS = ("pro", "contra", "neither")


@pytest.fixture(scope="module")
def model(arrays) -> StanceModel:
    return StanceModel(arrays, {"name": "levy", "target": "a wealth tax"})


def candidate(sentence: str, actor: str = "", shares: tuple[float, ...] = (0.5, 0.3, 0.2)):
    start = sentence.find(actor) if actor else -1
    return make_candidate(
        sentence,
        (start, start + len(actor)) if start >= 0 else None,
        speaker=actor,
        article=sentence[:9],
        date="",
        input="in",
        row=1,
        offset=0,
        label=LABELS[int(np.argmax(shares))],
        probabilities=dict(zip(LABELS, shares, strict=True)),
        judge="levy",
    )


@pytest.fixture(scope="module")
def pool(wealth_tax, model: StanceModel) -> list[Candidate]:
    rows = wealth_tax.rows
    shares = model.probabilities([(row.sentence, row.actor or None) for row in rows])
    return [
        candidate(row.sentence, row.actor, tuple(share))
        for row, share in zip(rows, shares.tolist(), strict=True)
    ]


# --- uncertainty -----------------------------------------------------------------------


def test_the_measures_at_their_ends():
    shares = np.array([[1.0, 0.0, 0.0], [1 / 3] * 3, [0.5, 0.5, 0.0]])
    assert uncertainty(shares, "entropy") == pytest.approx([0.0, 1.0, np.log(2) / np.log(3)])
    assert uncertainty(shares, "margin") == pytest.approx([0.0, 1.0, 1.0])


def test_an_unknown_measure_is_refused():
    with pytest.raises(InputError, match="'luck'; expected one of entropy, margin"):
        uncertainty(np.array([[0.5, 0.5]]), "luck")


@given(
    array_of(float, (5, 4), elements=st.floats(0.0, 50.0)), st.sampled_from(["entropy", "margin"])
)
def test_uncertainty_lies_between_0_and_1(raw: np.ndarray, measure: str):
    shares = (raw + 1e-9) / (raw + 1e-9).sum(axis=1, keepdims=True)
    found = uncertainty(shares, measure)
    assert ((found >= 0) & (found <= 1)).all()


# --- the space -------------------------------------------------------------------------


def test_vectors_are_those_of_the_pipeline(arrays, model: StanceModel, pool: list[Candidate]):
    pairs = [one.pair for one in pool]
    data, indices, indptr = model.vectors(pairs)
    oracle = to_matrix(rebuild_pipeline(arrays), pairs)
    from scipy import sparse

    found = sparse.csr_matrix((data, indices, indptr), shape=oracle.shape)
    assert abs(found - oracle).max() < 1e-12
    assert model.vectors([])[2].tolist() == [0]


# --- picking ---------------------------------------------------------------------------

FAR = [
    "The wealth tax is a mistake, the treasurer of the town said yesterday.",
    "Farmers in the north want lower prices for seeds and diesel.",
    "The union backs the levy without any reservation at all.",
]


def teaching(picks) -> list[str]:
    return [one.candidate.sentence for one in picks if one.how == TEACHING]


def test_the_most_uncertain_comes_first(model: StanceModel):
    shares = [(0.9, 0.05, 0.05), (0.4, 0.3, 0.3), (0.7, 0.2, 0.1)]
    some = [candidate(text, shares=share) for text, share in zip(FAR, shares, strict=True)]
    found = pick(some, model, Wish(3, 0.0))
    assert found[0].candidate is some[1]
    assert found[0].uncertainty == pytest.approx(uncertainty(np.array([shares[1]]))[0])


def test_a_sentence_like_one_picked_before_waits(model: StanceModel, pool: list[Candidate]):
    """Uncertainty alone would ask the same thing again and again."""
    matrix = model.probabilities([one.pair for one in pool])
    by_doubt = [pool[i] for i in np.argsort(-uncertainty(matrix), kind="stable")][:12]
    found = [one.candidate for one in pick(pool, model, Wish(12, 0.0))]

    def spread(some: list[Candidate]) -> float:
        vectors = to_matrix(model.to_pipeline(), [one.pair for one in some]).toarray()
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        products = vectors @ vectors.T
        np.fill_diagonal(products, 0.0)
        return float(products.max(axis=1).mean())

    assert spread(found) < spread(by_doubt)


def test_answers_given_before_push_picks_away(model: StanceModel):
    some = [candidate(text) for text in FAR]
    first = pick(some, model, Wish(1, 0.0))[0].candidate
    like = first.sentence.split()
    similar = (" ".join(reversed(like)), None)  # the same words, no near-duplicate
    again = pick(some, model, Wish(1, 0.0), answered=[similar])[0].candidate
    assert again is not first


def test_near_duplicates_of_each_other_or_of_a_labelled_row_are_not_picked(
    model: StanceModel, pool: list[Candidate]
):
    copies = [candidate(f"{one.sentence} Reuters reported.", one.actor) for one in pool]
    known = [one.sentence for one in pool[:10]]
    picks = pick([*pool, *copies], model, Wish(len(pool), 0.3), known=known)
    sentences = [one.candidate.sentence for one in picks]
    pairs = list(near_duplicates([*known, *sentences]))
    assert len(sentences) > 20
    assert [(a, b) for a, b, _ in pairs if max(a, b) >= len(known)] == []


def test_fewer_are_picked_where_nothing_else_differs(model: StanceModel):
    some = [candidate(FAR[0]), candidate(FAR[0].upper()), candidate(FAR[1])]
    assert len(pick(some, model, Wish(9, 0.5))) == 2
    assert pick([], model, Wish(9)) == []


def test_a_sentence_without_a_known_term_can_be_picked(model: StanceModel):
    found = pick([candidate("Zzyzx qwrt vbnm!"), candidate(FAR[0])], model, Wish(2, 0.0))
    assert len(found) == 2


def test_the_random_share_is_drawn_from_all_with_equal_chances(
    model: StanceModel, pool: list[Candidate]
):
    """An estimate from the uncertain ones would be far too low."""
    unique = [
        one for n, one in enumerate(pool) if all(one.sentence != o.sentence for o in pool[:n])
    ]
    drawn: Counter[str] = Counter()
    rounds = 300
    for seed in range(rounds):
        for one in pick(unique[:20], model, Wish(5, 1.0, seed=seed)):
            assert one.how == RANDOM
            drawn[one.candidate.id] += 1
    chance = sum(drawn.values()) / len(unique[:20])
    assert len(drawn) == len({one.id for one in unique[:20]})
    assert max(drawn.values()) - chance < 5 * np.sqrt(chance)
    assert chance - min(drawn.values()) < 5 * np.sqrt(chance)


def test_random_ones_stand_between_the_others(model: StanceModel, pool: list[Candidate]):
    picks = pick(pool, model, Wish(20, 0.25, seed=3))
    hows = [one.how for one in picks]
    assert hows.count(RANDOM) == 5
    assert hows != sorted(hows)
    assert hows != sorted(hows, reverse=True)


def test_the_seed_decides(model: StanceModel, pool: list[Candidate]):
    one, same, other = (pick(pool, model, Wish(8, 0.5, seed=seed)) for seed in (1, 1, 2))
    assert one == same
    assert one != other


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_outside_of_0_to_1_is_refused(model: StanceModel, share: float):
    with pytest.raises(InputError, match="random share"):
        pick([candidate(FAR[0])], model, Wish(1, share))


def test_of_a_large_pool_the_most_uncertain_are_compared(
    model: StanceModel, pool: list[Candidate], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("stance.acquisition._MOST", 5)
    shares = uncertainty(np.array([list(one.probabilities.values()) for one in pool]))
    fifth = np.sort(shares)[-5]
    assert min(one.uncertainty for one in pick(pool, model, Wish(5, 0.0))) >= fifth
