"""Tokens and terms: what the model sees of a sentence, and that it never sees who speaks."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stance.blocks import ACTOR, NUMBER, OTHER
from stance.errors import InputError
from stance.features import Featurizer
from stance.lexicon import Entry, Lexicon
from stance.records import Span
from stance.settings import BLOCKS, FeatureSettings
from stance.tokens import char_ngrams, known_words

LEXICON = Lexicon(
    (
        Entry("alliance", "nato", "target"),
        Entry("step", "such a step", "reference"),
        Entry("negation", "not"),
        Entry("refuse", "reject*"),
    )
)
KNOWN = known_words(
    ["the minister said that we will not join nato today, and he rejects what others want"]
)


@pytest.fixture(scope="module")
def featurizer() -> Featurizer:
    return Featurizer(FeatureSettings(), LEXICON, KNOWN)


def forms(featurizer: Featurizer, sentence: str, actor: str | None = None) -> list[str]:
    return [token.form for token in featurizer.tokens(sentence, actor)]


def names(featurizer: Featurizer, sentence: str, actor: str | None) -> dict[str, list[str]]:
    terms = featurizer.terms(sentence, actor)
    return {block: [term.name for term in found] for block, found in terms.items()}


# --- tokens ----------------------------------------------------------------------------


def test_a_span_is_the_only_place_of_the_actor(featurizer: Featurizer):
    """The same name elsewhere is a name like any other, a role a word like any other."""
    sentence = "Lind said the minister rejects what Lind and the minister want."
    expected = {
        Span(0, 4, "Lind"): "ACTOR said the minister rejects what OTHER and the minister want .",
        Span(36, 40, "Lind"): "OTHER said the minister rejects what ACTOR and the minister want .",
        Span(45, 57, "the minister"):
            "OTHER said the minister rejects what OTHER and ACTOR want .",
        "Lind": "ACTOR said the minister rejects what ACTOR and the minister want .",
    }  # fmt: skip
    for actor, shown in expected.items():
        assert [token.form for token in featurizer.tokens(sentence, actor)] == shown.split()


def test_only_the_mention_that_is_meant_has_the_words_it_says(featurizer: Featurizer):
    sentence = "The minister rejects entry and the envoy said that the minister wants peace."
    first, second = sentence.index("minister") - 4, sentence.rindex("minister") - 4
    states = [
        featurizer.raw(sentence, Span(at, at + 12, sentence[at : at + 12])).voice.contents
        for at in (first, second)
    ]
    assert states[0] != states[1]


@pytest.mark.parametrize("mark", "'’‘`´")
@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("don't", ["do", "not"]),
        ("doesn't", ["does", "not"]),
        ("isn't", ["is", "not"]),
        ("won't", ["will", "not"]),
        ("can't", ["can", "not"]),
        ("shan't", ["shall", "not"]),
        ("mustn't", ["must", "not"]),
    ],
)
def test_a_negated_verb_becomes_verb_and_not(featurizer, short: str, long: list[str], mark: str):
    assert forms(featurizer, short.replace("'", mark)) == long


def test_a_negated_verb_at_the_beginning_is_no_name(featurizer):
    assert "not" in forms(featurizer, "DON'T join.")
    assert forms(featurizer, "Won’t they?")[1] == "not"


@pytest.mark.parametrize("mark", "'’‘`´")
def test_a_possessive_is_cut_from_its_noun(featurizer, mark: str):
    assert forms(featurizer, f"the minister{mark}s plan") == ["the", "minister", "'s", "plan"]


@pytest.mark.parametrize("mark", "'’")
def test_a_possessive_is_cut_from_the_actor(featurizer, mark: str):
    assert forms(featurizer, f"Bo Ek{mark}s plan", "Bo Ek") == [ACTOR, "'s", "plan"]


def test_typographic_and_plain_apostrophes_give_the_same_tokens(featurizer):
    plain = "the minister's words o'clock aren't many"
    assert forms(featurizer, plain.replace("'", "’")) == forms(featurizer, plain)


def test_a_hyphenated_word_is_one_token(featurizer):
    assert forms(featurizer, "a so-called step-by-step plan") == [
        "a", "so-called", "step-by-step", "plan",
    ]  # fmt: skip


@pytest.mark.parametrize("number", ["7", "2024", "30th", "5G"])
def test_numbers_are_masked(featurizer, number: str):
    assert forms(featurizer, f"in {number} days") == ["in", NUMBER, "days"]


@pytest.mark.parametrize("text", ["", " ", "\n\t", "...", "“”", "_", "\u200b", "\ud800"])
def test_a_text_without_words_has_no_words_and_no_error(featurizer, text: str):
    assert featurizer.terms(text, "x")["words"] == []
    assert featurizer.terms(text)["chars"] == []


# --- masking ---------------------------------------------------------------------------


def test_the_actor_is_masked_and_other_names_too(featurizer):
    assert forms(featurizer, "Ann Lee said that Bo Ek will not join", "Ann Lee") == [
        ACTOR, "said", "that", OTHER, "will", "not", "join",
    ]  # fmt: skip


def test_every_mention_of_the_actor_is_masked(featurizer):
    assert forms(featurizer, "Lee said that Lee will join", "Lee").count(ACTOR) == 2


def test_the_actor_is_not_found_inside_a_word(featurizer):
    assert ACTOR not in forms(featurizer, "the leeway said", "lee")
    assert ACTOR not in forms(featurizer, "the leeway said", "way")


def test_the_actor_is_found_in_another_case_if_it_must_be(featurizer):
    assert forms(featurizer, "The minister said", "the minister") == [ACTOR, "said"]


def test_an_actor_with_signs_of_regular_expressions_is_taken_literally(featurizer):
    assert forms(featurizer, "A+B (ltd.) said", "A+B (ltd.)")[0] == ACTOR
    assert ACTOR not in forms(featurizer, "aab said", "a+b")


def test_an_actor_that_is_a_common_noun_is_masked(featurizer):
    """Roles are actors as well: who they are decides nothing."""
    sentence = "the {} said that others want nato"
    one = names(featurizer, sentence.format("minister"), "the minister")
    other = names(featurizer, sentence.format("treasurer of the east"), "the treasurer of the east")
    one_other = sentence.replace("the {}", "{}")
    assert names(featurizer, one_other.format("Bo"), "Bo") == one == other


@pytest.mark.parametrize("actor", [None, "", "  ", "Nobody Here"])
def test_an_actor_that_is_absent_masks_nothing(featurizer, actor: str | None):
    sentence = "the minister said that we will join"
    assert forms(featurizer, sentence, actor) == sentence.split()


def test_a_word_of_the_lexicon_is_never_a_name(featurizer):
    assert forms(featurizer, "NATO will not join", None)[0] == "nato"


def test_a_capitalised_word_seen_in_lower_case_is_no_name(featurizer):
    assert forms(featurizer, "Today we join", None)[0] == "today"


def test_a_name_of_several_words_is_one_placeholder(featurizer):
    assert forms(featurizer, "said Jan Piet van Ek Olm", None) == [
        "said", OTHER, "van", OTHER,
    ]  # fmt: skip


def test_without_masking_names_stay():
    plain = Featurizer(FeatureSettings(mask_names=False), LEXICON, KNOWN)
    assert forms(plain, "Ann Lee said", "Ann Lee") == ["ann", "lee", "said"]


LETTERS = st.characters(whitelist_categories=("Ll",), max_codepoint=0x24F)
NAME_PART = st.text(LETTERS, min_size=2, max_size=8).map(lambda part: "X" + part)
NAME = st.lists(NAME_PART, min_size=1, max_size=3).map(" ".join)
SENTENCES = [
    "{a} said that we will not join nato today.",
    "“We reject nato,” {a} said, and {b} will not join.",
    "the minister said {a}’s words and {b}'s 30 words rejected such a step",
    "{b} said that {a} said that {b} will join",
    "{a}",
]


@given(one=NAME, other=NAME, third=NAME, sentence=st.sampled_from(SENTENCES))
def test_swapping_unknown_names_changes_no_term(featurizer, one, other, third, sentence):
    """The heart of the matter: the stance is in the words, not in who says them."""
    before = names(featurizer, sentence.format(a=one, b="Yq"), one)
    if one != "Yq" != other:
        assert names(featurizer, sentence.format(a=other, b="Yq"), other) == before
    if third not in (one, other) and not _within(third, one):
        assert names(featurizer, sentence.format(a=one, b=third), one) == before


def _within(name: str, actor: str) -> bool:
    return bool(set(name.lower().split()) & set(actor.lower().split()))


@given(st.text(max_size=60), st.text(max_size=10))
def test_no_name_is_left_among_the_words(featurizer, sentence: str, actor: str):
    """A word that is shown was seen in lower case, or stands in lower case."""
    shown = {token.form for token in featurizer.tokens(sentence, actor)}
    for form in shown - {ACTOR, OTHER, NUMBER}:
        assert form in KNOWN or not form[0].isupper()


# --- spans -----------------------------------------------------------------------------

TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            ["NATO", "İstanbul", "don’t", "Ann", "ﬁne", "ß", "ΑΣ", "’s", "5", "“", "not", "😀", " "]
        ),
        max_size=14,
    ).map(" ".join),
)


@given(sentence=TEXTS, actor=st.one_of(st.none(), st.text(max_size=4), st.just("Ann")))
@example(sentence="İİİ said", actor="İİİ")
@example(sentence="ann's ANN Ann’s", actor="Ann")
def test_tokens_stand_in_order_and_do_not_overlap(featurizer, sentence, actor):
    end = 0
    for token in featurizer.tokens(sentence, actor):
        assert end <= token.start < token.end <= len(sentence)
        end = token.end


@given(sentence=TEXTS)
def test_a_word_stands_where_its_span_says(featurizer, sentence: str):
    for token in featurizer.tokens(sentence):
        shown = sentence[token.start : token.end].lower()
        for mark in "’‘`´":
            shown = shown.replace(mark, "'")
        if token.form not in (ACTOR, OTHER, NUMBER, "not", "'s", "will", "can", "shall"):
            assert token.form == shown
        if token.form == "not":
            assert shown in ("not", "n't")


@given(sentence=TEXTS, actor=st.one_of(st.none(), st.just("Ann")))
def test_every_term_points_into_the_sentence(featurizer, sentence: str, actor: str | None):
    borders = [(t.start, t.end) for t in featurizer.tokens(sentence, actor)]
    starts, ends = {start for start, _ in borders}, {end for _, end in borders}
    for block, terms in featurizer.terms(sentence, actor).items():
        assert block in BLOCKS
        for term in terms:
            assert 0 <= term.start <= term.end <= len(sentence)
            assert term.start in starts
            assert term.end in ends or term.start == term.end
            assert term.name


@given(sentence=TEXTS)
def test_word_terms_cover_their_words(featurizer, sentence: str):
    tokens = {(t.start, t.end): t.form for t in featurizer.tokens(sentence)}
    for term in featurizer.terms(sentence)["words"]:
        inside = [f for (s, e), f in tokens.items() if term.start <= s and e <= term.end]
        assert set(term.name.split(" ")) <= set(inside)


@given(st.one_of(TEXTS))
def test_terms_are_the_same_every_time(featurizer, sentence: str):
    assert featurizer.terms(sentence, "Ann") == featurizer.terms(sentence, "Ann")


# --- blocks ----------------------------------------------------------------------------


def test_concepts_stand_for_their_forms(featurizer):
    concepts = names(featurizer, "he rejects nato", None)["concepts"]
    assert {"refuse", "alliance", "refuse>alliance"} <= set(concepts)


def test_an_empty_lexicon_leaves_no_concept():
    empty = Featurizer(FeatureSettings(), Lexicon(()), KNOWN)
    assert names(empty, "he rejects what others want", None)["concepts"] == []


def test_anchored_terms_depend_on_where_the_actor_stands(featurizer):
    sentence = "Ann rejects what Bo wants"
    one, other = (names(featurizer, sentence, actor)["anchored"] for actor in ("Ann", "Bo"))
    assert one != other


@pytest.mark.parametrize("block", BLOCKS)
def test_only_the_chosen_blocks_are_made(block: str):
    only = Featurizer(FeatureSettings(weights=((block, 1.0),)), LEXICON, KNOWN)
    assert list(only.terms("he rejects nato")) == [block]


def test_the_lexicons_roles_are_found_in_any_case(featurizer):
    assert featurizer.roles("Such a step, NATO said.") == {"reference", "target"}
    assert featurizer.roles("") == set()


def test_known_words_are_those_seen_in_lower_case():
    assert known_words(["The Lee said", "Don’t he’s"]) >= {"said", "he"} - {"he"}
    assert "lee" not in known_words(["The Lee said"])


@pytest.mark.parametrize(
    ("word", "grams"),
    [
        ("abc", (" ab", "abc", "bc ", " abc", "abc ", " abc ")),
        ("a", (" a ",)),
        ("ab", (" ab", "ab ", " ab ")),
    ],
)
def test_character_n_grams_of_a_padded_word(word: str, grams: tuple[str, ...]):
    assert char_ngrams(word, 3, 5) == grams


def test_a_word_shorter_than_every_n_gram_is_given_once():
    assert char_ngrams("a", 5, 8) == (" a ",)


def test_an_endless_word_is_cut():
    assert len(char_ngrams("x" * 100_000, 3, 5)) < 200


# --- settings --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "weights",
    [(), (("words", 1.0), ("words", 1.0)), (("tokens", 1.0),), (("words", 1.0), ("", 1.0))],
)
def test_unknown_missing_or_double_blocks_are_refused(weights):
    with pytest.raises(InputError, match="expected distinct names out of"):
        FeatureSettings(weights=weights)


@pytest.mark.parametrize("sizes", [(0, 1), (2, 1), (1, 9), (-1, 2)])
@pytest.mark.parametrize("name", ["word_ngrams", "char_ngrams", "concept_ngrams"])
def test_impossible_n_grams_are_refused(name: str, sizes: tuple[int, int]):
    with pytest.raises(InputError, match="expected 1 <= low <= high <= 8"):
        FeatureSettings(**{name: sizes})


def test_settings_are_plain_data():
    assert FeatureSettings().to_dict()["word_ngrams"] == FeatureSettings().word_ngrams


# --- cost ------------------------------------------------------------------------------

PIECES = {
    "words": "the minister said that Bo Ek will not join nato, ",
    "actors": "Ann said ",
    "names": "Bo Ek ",
    "quotation marks": "“”",
    "apostrophes": "a'",
    "n and apostrophes": "n't",
    "negated verbs": "don't ",
    "hyphens": "a-",
    "letters": "n",
    "matches cut short": "such a ",
}


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES.keys())
def test_the_cost_is_linear(featurizer, piece: str):
    """Four times the text takes about four times as long; 12 is generous."""

    def seconds(size: int) -> float:
        sentence = (piece * (size // len(piece) + 1))[:size]
        started = time.perf_counter()
        featurizer.tokens(sentence, "Ann")
        return time.perf_counter() - started

    quarter = max(min(seconds(2**16) for _ in range(3)), 0.01)
    assert min(seconds(2**18) for _ in range(3)) < 12 * quarter


def test_the_terms_of_a_megabyte_are_made_in_linear_time(featurizer):
    def seconds(size: int) -> float:
        sentence = (PIECES["words"] * size)[:size]
        started = time.perf_counter()
        featurizer.terms(sentence, "Bo Ek")
        return time.perf_counter() - started

    quarter = max(seconds(2**18), 0.01)
    assert seconds(2**20) < 12 * quarter


def test_large_tables_ask_for_more_of_a_term():
    assert FeatureSettings.for_rows(9_999) == FeatureSettings()
    large = FeatureSettings.for_rows(10_000)
    assert (large.least("words"), large.least("own_words")) == (3, 4)
