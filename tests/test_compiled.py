"""The compiled kernel gives the numbers of the plain arrays."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from test_lookup import with_terms

from stance import InputError, MissingExtraError, Span, compiled, load_model
from stance.dataset import read_dataset
from stance.lexicon import Entry, Lexicon
from stance.predict import StanceModel
from stance.resources import data_path
from stance.scorer import ModelArrays, Scorer
from stance.settings import FeatureSettings

TOLERANCE = 1e-12
WORDS = [
    "wealth tax", "Wealth", "said", "that", "Ann", "Bo Ek", "opposes", "against", "“", "”", ",",
    "no", "don’t", "won't", "minister's", "such a", "step", "7", "ß", "a-b", ".", "’s", "\x00", "_",
]  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join))
ACTORS = st.one_of(st.none(), st.text(max_size=5), st.sampled_from(["Ann", "Wealth", "no", "_"]))
PAIRS = st.lists(st.tuples(TEXTS, ACTORS), min_size=1, max_size=5)
LEXICON = Lexicon(
    (
        Entry("levy", "wealth tax", "target"), Entry("levy", "tax"), Entry("move", "such a step",
        "reference"), Entry("refuse", "oppose*"), Entry("refuse", "against"), Entry("say", "said*"),
        Entry("say", "said that no"), Entry("negation", "not"), Entry("such", "such"),
    )
)  # fmt: skip
TEXT = [
    ("Ann said that the wealth tax is against no law, but Bo Ek, 7, opposes such a step.", "Ann"),
    ("“Don’t do it,” said Bo Ek’s minister, “tax wealth, such a tax!” Ann said.", "Bo Ek"),
    ("The minister said: no wealth tax. Ann opposes what Bo wants.", None),
]
needs_numba = pytest.mark.skipif(
    not compiled._installed(), reason="numba is not installed (pip install 'actor-stance[fast]')"
)


def both(scorer: Scorer, pairs: list, monkeypatch: pytest.MonkeyPatch) -> tuple:
    """Return the logits of the plain way and of the kernel."""
    monkeypatch.setenv(compiled.VARIABLE, "numpy")
    plain = scorer.logits(pairs)
    monkeypatch.setenv(compiled.VARIABLE, "numba")
    assert scorer.kernel(1) == "numba"
    return plain, scorer.logits(pairs)


@pytest.fixture(scope="module")
def patch():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(
    scope="module",
    params=[
        FeatureSettings(),
        FeatureSettings(word_ngrams=(1, 3), concept_ngrams=(2, 2), char_ngrams=(2, 2)),
        FeatureSettings(mask_names=False, word_ngrams=(2, 2)),
        FeatureSettings(weights=(("words", 1.0), ("chars", 0.6))),
        FeatureSettings(weights=(("anchored", 1.0), ("own_pairs", 0.5), ("voice", 2.0))),
        FeatureSettings(weights=(("chars", 1.0),)),
    ],
    ids=[
        "default",
        "other n-grams",
        "names",
        "words, chars",
        "anchored, own pairs, voice",
        "chars",
    ],
)
def known(request: pytest.FixtureRequest) -> Scorer:
    """A model of each kind that knows all terms of `TEXT`, with weights drawn by chance."""
    arrays = with_terms(TEXT, request.param, LEXICON).arrays
    chance = np.random.default_rng(0)
    return Scorer(
        ModelArrays(
            **{
                **arrays.__dict__,
                "idf": chance.uniform(1, 9, len(arrays.idf)),
                "coef": chance.normal(size=(len(arrays.idf), 2)),
            }
        )
    )


@needs_numba
@given(pairs=PAIRS)
@example(pairs=[("", None), ("wealth tax " * 60, "tax"), ("İstanbul’s tax\u2028", "İstanbul")])
@example(pairs=[(f"{TEXT[0][0]} {TEXT[1][0]}", "Ann"), *TEXT])
def test_any_texts_have_the_same_logits(known: Scorer, patch: pytest.MonkeyPatch, pairs):
    plain, fast = both(known, pairs, patch)
    assert np.abs(plain - fast).max() < TOLERANCE


@needs_numba
def test_the_comparison_is_none_of_constants(known: Scorer, patch: pytest.MonkeyPatch):
    assert both(known, TEXT, patch)[1].std() > 0.01


@needs_numba
@pytest.mark.slow
def test_the_dataset_has_the_same_logits(monkeypatch: pytest.MonkeyPatch):
    rows = read_dataset(data_path("sentences.csv")).rows
    pairs = [(row.sentence, row.actor or None) for row in rows[::3]]
    plain, fast = both(Scorer(load_model().arrays), pairs, monkeypatch)
    assert np.abs(plain - fast).max() < TOLERANCE


@needs_numba
def test_a_span_is_the_only_place_of_the_actor(known: Scorer, monkeypatch: pytest.MonkeyPatch):
    sentence = "Ann said that Ann’s minister opposes what Ann wants."
    pairs = [(sentence, Span(at, at + 3, "Ann")) for at in (0, 14, 42)]
    plain, fast = both(known, pairs, monkeypatch)
    assert np.abs(plain - fast).max() < TOLERANCE


@needs_numba
def test_threads_have_the_same_logits(known: Scorer, monkeypatch: pytest.MonkeyPatch):
    plain, _ = both(known, TEXT * 20, monkeypatch)
    with ThreadPoolExecutor(4) as pool:
        for fast in pool.map(lambda _: known.logits(TEXT * 20), range(8)):
            assert np.abs(plain - fast).max() < TOLERANCE


@needs_numba
def test_tables_that_are_begun_anew_change_nothing(known: Scorer, monkeypatch: pytest.MonkeyPatch):
    plain, _ = both(known, TEXT, monkeypatch)
    monkeypatch.setattr("stance.sequences._MOST", 3)
    for pair, expected in zip(TEXT * 2, [*plain, *plain], strict=True):
        assert np.abs(known.logits([pair]) - expected).max() < TOLERANCE


@needs_numba
def test_a_model_can_be_pickled_after_the_kernel_was_used(known, monkeypatch):
    plain, _ = both(known, TEXT, monkeypatch)
    assert np.abs(pickle.loads(pickle.dumps(known)).logits(TEXT) - plain).max() < TOLERANCE


# --- which one is used -----------------------------------------------------------------


def test_numpy_is_used_where_it_is_asked_for(known: Scorer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(compiled.VARIABLE, "numpy")
    assert known.kernel(10**9) == "numpy"


@pytest.mark.parametrize(("installed", "expected"), [(True, "numba"), (False, "numpy")])
def test_numba_is_used_from_where_it_pays(arrays: ModelArrays, monkeypatch, installed, expected):
    monkeypatch.delenv(compiled.VARIABLE, raising=False)
    monkeypatch.setattr(compiled, "_installed", lambda: installed)
    model = StanceModel(arrays, {})
    assert model.kernel() == model.kernel(compiled.PAYS - 1) == "numpy"
    assert model.kernel(compiled.PAYS) == expected


@needs_numba
def test_a_large_call_uses_numba_by_itself(known: Scorer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(compiled.VARIABLE, raising=False)
    monkeypatch.setattr(compiled, "PAYS", 4)
    monkeypatch.setattr(compiled.Compiled, "sums", lambda self, pairs: np.zeros((len(pairs), 2)))
    assert not np.array_equal(known.logits(TEXT), np.tile(known.arrays.intercept, (3, 1)))
    assert np.array_equal(known.logits(TEXT + TEXT), np.tile(known.arrays.intercept, (6, 1)))


def test_numba_that_is_asked_for_and_missing_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(compiled.VARIABLE, "numba")
    monkeypatch.setattr(compiled, "_installed", lambda: False)
    with pytest.raises(MissingExtraError, match=r"pip install 'actor-stance\[fast\]'"):
        compiled.wanted(0)


def test_another_value_of_the_variable_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(compiled.VARIABLE, "cuda")
    with pytest.raises(InputError, match="STANCE_KERNEL='cuda'; expected auto, numba or numpy"):
        compiled.wanted(0)


def test_a_model_with_blocks_that_need_names_stays_with_numpy(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(compiled.VARIABLE, "numba")
    monkeypatch.setattr(compiled, "_installed", lambda: True)
    odd = Lexicon((Entry("a>b", "wealth"),))
    assert with_terms(TEXT, FeatureSettings(), odd).kernel(1) == "numpy"


def test_the_constants_of_the_kernel_are_those_of_the_package():
    """It is compiled with its own, since the cache on disk knows of its own file only."""
    pytest.importorskip("numba", reason="numba is not installed")
    from stance import blocks, formtables, kernel, keytable

    assert (kernel._MARK, kernel._END, kernel._BETWEEN) == (
        formtables.IS_MARK, formtables.IS_END, formtables.IS_BETWEEN,
    )  # fmt: skip
    assert (kernel._ACTOR, kernel._OTHER) == (formtables.IS_ACTOR, formtables.IS_OTHER)
    assert (kernel._NEAR, kernel._WINDOW, kernel._MOST) == (blocks.NEAR, blocks.WINDOW, blocks.MOST)
    assert (kernel._ANCHORS, kernel._PAIRED) == (blocks.ANCHORS, blocks.PAIRED)
    assert int(kernel._SEED) == keytable._SEED
