"""The rows that a model looks up are those of the terms that `Featurizer` names."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stance import load_model
from stance.dataset import read_dataset
from stance.lexicon import Entry, Lexicon
from stance.memo import Memo
from stance.resources import data_path
from stance.scorer import ModelArrays, Scorer
from stance.settings import FeatureSettings

WORDS = ["wealth tax", "Wealth", "said", "that", "Ann", "opposes", "against", "“", "”", ",", "no"]
TEXTS = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join))
ACTORS = st.one_of(st.none(), st.text(max_size=5), st.sampled_from(["Ann", "Wealth", "no"]))
Pairs = list[tuple[str, str | None]]


def looked_up(scorer: Scorer, pairs: Pairs) -> list[Counter[int]]:
    """Return how often each pair has each row, which is the same for few pairs and for many."""
    lookup = scorer._lookup
    ways: list[list[Counter[int]]] = []
    for look_up in (lookup.rows_of_few, lookup.rows_of_many):
        owners, rows = look_up(pairs)
        assert owners.shape == rows.shape
        ways.append([Counter() for _ in pairs])
        for owner, row in zip(owners.tolist(), rows.tolist(), strict=True):
            ways[-1][owner][row] += 1
    assert ways[0] == ways[1]
    return ways[0]


def named(scorer: Scorer, pair: tuple[str, str | None]) -> Counter[int]:
    """Return the same by the names of the terms."""
    rows, first = Counter[int](), 0
    terms = scorer.featurizer.terms(*pair)
    for block, vocabulary in scorer.arrays.vocabularies.items():
        table = dict(zip(vocabulary, range(first, first + len(vocabulary)), strict=True))
        rows.update(table[term.name] for term in terms[block] if term.name in table)
        first += len(vocabulary)
    return rows


@pytest.fixture(scope="module")
def scorer(arrays: ModelArrays) -> Scorer:
    return Scorer(arrays)


def with_terms(pairs: Pairs, settings: FeatureSettings, lexicon: Lexicon) -> Scorer:
    """Return a scorer that knows all terms of the pairs."""
    base = ModelArrays(
        ("a", "b"), settings, dict.fromkeys(settings.blocks, ()), np.empty(0),
        np.empty((0, 2)), np.zeros(2), 1.0, lexicon.dumps(), ("the", "said", "that"),
    )  # fmt: skip
    terms = [Scorer(base).featurizer.terms(*pair) for pair in pairs]
    vocabularies = {
        block: tuple(sorted({term.name for one in terms for term in one[block]}))
        for block in settings.blocks
    }
    size = sum(map(len, vocabularies.values()))
    weights = np.ones((size, 2))
    return Scorer(replace(base, vocabularies=vocabularies, idf=weights[:, 0], coef=weights))


@given(pairs=st.lists(st.tuples(TEXTS, ACTORS), min_size=1, max_size=4))
@example(pairs=[("", None), ("wealth tax " * 50, "tax"), ("İstanbul’s tax\u2028", "İstanbul")])
def test_any_texts_have_the_rows_of_their_terms(scorer: Scorer, pairs: Pairs):
    assert looked_up(scorer, pairs) == [named(scorer, pair) for pair in pairs]


@pytest.mark.slow
def test_the_dataset_has_the_rows_of_its_terms():
    scorer = Scorer(load_model().arrays)
    rows = read_dataset(data_path("sentences.csv")).rows[::12]
    pairs: Pairs = [(row.sentence, row.actor or None) for row in rows]
    for at in range(0, len(pairs), 50):
        some = pairs[at : at + 50]
        assert looked_up(scorer, some) == [named(scorer, pair) for pair in some]


@given(pairs=st.lists(st.tuples(TEXTS, ACTORS), min_size=1, max_size=3))
def test_concepts_whose_names_hold_the_glue_are_told_apart(pairs: Pairs):
    lexicon = Lexicon(
        (
            Entry("a>b", "wealth"), Entry("a", "tax"), Entry("b", "no"),
            Entry("a&b", "against"), Entry("b>a", "said"),
        )
    )  # fmt: skip
    scorer = with_terms(pairs, FeatureSettings(), lexicon)
    assert looked_up(scorer, pairs) == [named(scorer, pair) for pair in pairs]
    assert set(scorer._lookup.joined.blocks) == {"words", "anchored", "own_words"}


def test_keys_that_need_more_than_64_bits_are_looked_up_by_name():
    words = " ".join(f"word{number}" for number in range(400))
    pairs: Pairs = [(words, None), ("word1 word2 word3 word4 word5 word6 word7 word8", None)]
    settings = FeatureSettings(weights=(("words", 1.0), ("concepts", 1.0)), word_ngrams=(1, 8))
    scorer = with_terms(pairs, settings, Lexicon(()))
    assert scorer._lookup.joined.blocks == ("concepts",)
    assert looked_up(scorer, pairs) == [named(scorer, pair) for pair in pairs]
    assert sum(looked_up(scorer, pairs)[1].values()) == 36


@pytest.mark.parametrize("block", ["words", "own_words", "own_pairs", "chars", "voice"])
def test_a_block_alone_is_looked_up(block: str, small_lexicon: Lexicon):
    pairs: Pairs = [("Ann said that the wealth tax is against no law, Bo opposes it.", "Ann")] * 2
    scorer = with_terms(pairs, FeatureSettings(weights=((block, 1.0),)), small_lexicon)
    found = looked_up(scorer, [*pairs, ("", None)])
    assert found[:2] == [named(scorer, pair) for pair in pairs]
    assert found[0]
    assert not found[2]


# --- memo ------------------------------------------------------------------------------


def test_a_memo_works_out_each_key_once_and_remembers_no_more_than_it_may():
    asked: list[int] = []

    def double(key: int) -> int:
        asked.append(key)
        return 2 * key

    memo = Memo(double, 2)
    assert [memo[key] for key in (1, 2, 3, 1, 3)] == [2, 4, 6, 2, 6]
    assert asked == [1, 2, 3, 3]
    assert dict(memo) == {1: 2, 2: 4}
