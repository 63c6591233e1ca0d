"""Classification, reasons and analysis: numbers agree, sums hold, odd input is refused."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance import analyze, classify, classify_many, explain, load_model, predict
from stance.actors import Mention
from stance.errors import InputError, ModelError
from stance.predict import StanceModel, judge
from stance.records import Skipped, Span, Statement
from stance.resources import model_path
from stance.scorer import ModelArrays
from stance.settings import FeatureSettings
from stance.statements import Article
from stance.text import Sentence

SENTENCES = [
    "The mayor backed the wealth tax and asked that cities receive a third of it.",
    "The senator urged colleagues to bury the wealth tax for good.",
    "The library lists forty books on the wealth tax.",
    "“Such a levy is welcome,” she said, “but not before 2030.”",
    "!!!",
]
WORDS = [
    "Mark", "Rutte", "the", "mayor", "backed", "wealth", "tax", "not", "don't", "said", "“we",
    "want”", "such", "a", "levy", "3.5", "Straße", "Čeština", "п’ять", "中文", "🇺🇦", "e\u0301",
    "\u202e", "İ", "-", ".",
]  # fmt: skip
texts = st.one_of(
    st.text(min_size=1), st.lists(st.sampled_from(WORDS), min_size=1).map(" ".join)
).filter(str.strip)
actor_names = st.one_of(st.none(), st.sampled_from(WORDS), st.text())


@pytest.fixture(scope="session")
def own_model(arrays: ModelArrays) -> StanceModel:
    """A model of another debate: its labels are pro, contra and neither."""
    return StanceModel(arrays, {"name": "levy", "poles": ["pro", "contra"]})


def word_model(
    labels: tuple[str, ...] = ("favor", "conditional", "against", "none"),
    poles: tuple[str, str] | None = ("favor", "against"),
) -> StanceModel:
    """Return a model whose label hangs on one word each; without one of them it is the last.

    A sentence with one such word has the logits 4 for its label, 1 for the last one and 0
    for the others, so that every number can be worked out by hand.
    """
    words = ("backs", "may", "opposes")[: len(labels) - 1]
    coef = np.zeros((len(words), len(labels)))
    coef[np.arange(len(words)), np.arange(len(words))] = 4.0
    intercept = np.zeros(len(labels))
    intercept[-1] = 1.0
    return StanceModel(
        ModelArrays(
            labels=labels,
            settings=FeatureSettings(weights=(("words", 1.0),), word_ngrams=(1, 1), min_df=1),
            vocabularies={"words": words},
            idf=np.ones(len(words)),
            coef=coef,
            intercept=intercept,
            threshold=0.8,
            lexicon="levy\twealth tax\ttarget\nsuch\tsuch a levy\treference",
            known_words=words,
        ),
        {"name": "words", "target": "a wealth tax", "poles": poles},
    )


def article_of(*said: tuple[str, str, str | None], headlines: int = 0) -> Article:
    """Return an article of (sentence, mention in it, name of the actor who says it or None).

    An actor of None is mentioned under the words of the mention, and says nothing. The first
    `headlines` sentences are headlines.
    """
    text = " ".join(sentence for sentence, _, _ in said)
    sentences, mentions, statements = [], [], []
    position = 0
    for sentence, printed, actor in said:
        start = text.index(sentence, position)
        span = Span(start, start + len(sentence), sentence)
        position = span.end
        at = start + sentence.index(printed)
        mention = Span(at, at + len(printed), printed)
        kind = "headline" if len(sentences) < headlines else "body"
        sentences.append(Sentence(span, 0, kind))
        mentions.append(Mention(mention, None, actor or printed, "person"))
        if actor:
            statements.append(
                Statement(span, (span,), None, mention, actor, None, "reported", span, "test")
            )
    return Article(text, tuple(sentences), tuple(mentions), tuple(statements))


# --- classify and classify_many -------------------------------------------------------


def test_one_and_many_give_the_same_numbers():
    actors = ["The mayor", None, "The library", "she", ""]
    many = classify_many(SENTENCES, actors)
    for sentence, actor, found in zip(SENTENCES, actors, many, strict=True):
        alone = classify(sentence, actor)
        assert alone.label == found.label
        assert alone.confident == found.confident
        assert list(alone.probabilities.values()) == pytest.approx(
            list(found.probabilities.values()), abs=1e-12
        )


def test_numbers_do_not_depend_on_the_neighbours(own_model: StanceModel):
    # 2,000 sentences are scored at once; the 2,001st begins a new batch
    many = classify_many(["The pollster asked."] * 2_000 + [SENTENCES[0]], model=own_model)
    alone = classify(SENTENCES[0], model=own_model)
    assert many[-1].probabilities == pytest.approx(alone.probabilities, abs=1e-12)


def test_labels_of_the_shipped_model_stand_in_the_documented_order():
    found = classify("Kyiv must join NATO, the minister said.", actor="the minister")
    assert list(found.probabilities) == ["favor", "conditional", "against", "none"]
    assert load_model().labels == tuple(found.probabilities)


def test_labels_of_an_own_model_keep_its_order(own_model: StanceModel):
    assert list(classify("Yes.", model=own_model).probabilities) == ["pro", "contra", "neither"]


@given(text=texts, actor=actor_names)
def test_probabilities_sum_to_one_and_the_top_is_the_label(
    own_model: StanceModel, text: str, actor: str | None
):
    found = classify(text, actor, model=own_model)
    assert sum(found.probabilities.values()) == pytest.approx(1.0, abs=1e-12)
    assert found.probabilities[found.label] == max(found.probabilities.values())
    assert found.score == found.probabilities["pro"] - found.probabilities["contra"]


def test_worked_example_of_all_numbers():
    found = classify("He backs it.", model=word_model())
    total = math.exp(4) + math.e + 2
    assert found.label == "favor"
    assert found.probabilities == pytest.approx(
        {"favor": math.exp(4) / total, "conditional": 1 / total, "against": 1 / total,
         "none": math.e / total}
    )  # fmt: skip
    assert found.score == pytest.approx((math.exp(4) - 1) / total)
    assert found.confident  # 0.92 against a threshold of 0.8
    assert not classify("He sleeps.", model=word_model()).confident


def test_no_score_where_the_labels_name_no_poles():
    assert classify("He backs it.", model=word_model(poles=None)).score is None


@pytest.mark.parametrize(
    ("sentences", "actors", "message"),
    [
        (["a", ""], None, "sentence at position 1 is empty"),
        (["a", " \n\t"], None, "sentence at position 1 is empty"),
        (["a", None], None, "sentence at position 1 is NoneType; expected str"),
        (["a", 7], None, "sentence at position 1 is int"),
        ([b"a"], None, "sentence at position 0 is bytes"),
        (["a", "b"], ["x", 1.5], "actor at position 1 is float; expected str, Span or None"),
        (["a", "b"], ["x"], "differ in length at position 1"),
        (["a"], ["x", "y"], "differ in length at position 1"),
        ("a sentence", None, "use classify for a single one"),
        (["a"], "x", "use classify for a single one"),
    ],
)
def test_lists_that_cannot_be_used_name_the_position(sentences, actors, message: str):
    with pytest.raises(InputError, match=message):
        classify_many(sentences, actors)


@pytest.mark.parametrize(
    ("sentence", "actor", "message"),
    [
        ("", None, "sentence is empty; expected the words"),
        (" \u3000\n", None, "sentence is empty"),
        (None, None, "sentence is NoneType; expected str"),
        (b"bytes", None, "sentence is bytes"),
        (["a"], None, "sentence is list"),
        ("a", 5, "actor is int; expected str, Span or None"),
        ("Lind left.", Span(0, 3, "Lind"), "'Lind', but the sentence has 'Lin' from 0 to 3"),
        ("Lind left.", Span(-5, 4, "Lind"), "the sentence has '' from -5 to 4"),
        ("Lind left.", Span(2, 2, ""), "expected a span of the sentence"),
    ],
)
@pytest.mark.parametrize("function", [classify, explain])
def test_a_sentence_that_cannot_be_used_is_refused(function, sentence, actor, message: str):
    with pytest.raises(InputError, match=message):
        function(sentence, actor)


def test_an_input_error_is_a_value_error_too():
    with pytest.raises(ValueError, match="empty"):
        classify("")


def test_generators_are_taken(own_model: StanceModel):
    def stream() -> Iterator[str]:
        yield from SENTENCES

    found = classify_many(stream(), (None for _ in SENTENCES), model=own_model)
    assert found == classify_many(SENTENCES, model=own_model)


def test_no_sentences_give_no_predictions():
    assert classify_many([]) == []


# --- names decide nothing -------------------------------------------------------------


@pytest.mark.parametrize("name", ["Jane Doe", "Viktor Orban", "NATO", "Łukasz Żółć", "Q"])
@pytest.mark.parametrize(
    "sentence",
    [
        "{} said that Ukraine should be invited at once.",
        "Ukraine will not become a member, {} warned on Monday.",
        "“We are open to it,” {} said, “once the war is over.”",
        "{} met the ambassador in the afternoon.",
    ],
)
def test_swapping_the_actors_name_changes_no_number(sentence: str, name: str):
    usual = classify(sentence.format("Mark Rutte"), "Mark Rutte")
    other = classify(sentence.format(name), name)
    assert other.probabilities == pytest.approx(usual.probabilities, abs=1e-12)


@given(name=st.from_regex(r"\A[A-Z][a-z]{2,9}x( [A-Z][a-z]{2,9}x){0,3}\Z"))
def test_no_name_at_all_changes_a_number(own_model: StanceModel, name: str):
    usual = classify("Ann Xx backs the wealth tax, not cuts.", "Ann Xx", model=own_model)
    other = classify(f"{name} backs the wealth tax, not cuts.", name, model=own_model)
    assert other.probabilities == usual.probabilities


# --- explain --------------------------------------------------------------------------


@given(text=texts, actor=actor_names, pair=st.permutations(["pro", "contra", "neither"]))
def test_reasons_sum_to_the_log_odds_of_any_two_labels(
    own_model: StanceModel, text: str, actor: str | None, pair: list[str]
):
    label, against, _ = pair
    p = classify(text, actor, model=own_model).probabilities
    reasons = explain(text, actor, label=label, against=against, model=own_model)
    total = math.fsum(reason.contribution for reason in reasons)
    assert total == pytest.approx(math.log(p[label] / p[against]), abs=1e-9)


@given(text=texts, actor=actor_names)
def test_spans_of_reasons_lie_in_the_sentence(own_model: StanceModel, text: str, actor: str | None):
    for reason in explain(text, actor, model=own_model):
        assert reason.text
        for span in reason.spans:
            assert 0 <= span.start < span.end <= len(text)
            assert text[span.start : span.end] == span.text == reason.text


def test_reasons_of_the_shipped_model_sum_for_every_pair_of_labels():
    model = load_model()
    sentence = "Germany will not support an invitation before the war is over, Scholz said."
    p = classify(sentence, "Scholz").probabilities
    for label in model.labels:
        for against in set(model.labels) - {label}:
            reasons = explain(sentence, "Scholz", label=label, against=against)
            total = math.fsum(reason.contribution for reason in reasons)
            assert total == pytest.approx(math.log(p[label] / p[against]), abs=1e-9)


def test_reasons_compare_the_winner_with_the_runner_up_by_default():
    p = classify(SENTENCES[0]).probabilities
    first, second = sorted(p, key=p.__getitem__, reverse=True)[:2]
    assert {(r.label, r.against) for r in explain(SENTENCES[0])} == {(first, second)}


def test_reasons_come_heaviest_first_and_name_their_features():
    reasons = explain("He backs it.", model=word_model())
    assert [(r.text, r.features) for r in reasons] == [
        ("backs", ("words:backs",)),
        ("(baseline)", ()),
    ]
    assert [r.contribution for r in reasons] == [4.0, -1.0]  # favor against none


@pytest.mark.parametrize(
    ("label", "against", "message"),
    [
        ("maybe", None, "label 'maybe'; expected one of favor, conditional, against, none"),
        ("favor", "maybe", "label 'maybe'; expected one of"),
        ("favor", "favor", "label and against are both 'favor'"),
        (None, "favor", "label and against are both 'favor'"),
    ],
)
def test_labels_that_cannot_be_compared_are_refused(label, against, message: str):
    with pytest.raises(InputError, match=message):
        explain("He backs it.", label=label, against=against, model=word_model())


# --- analyze and judge ----------------------------------------------------------------


@pytest.mark.parametrize("text", ["", " \n\n\t", "\ufeff\u00a0"[1:]])
def test_an_empty_article_is_refused(text: str):
    with pytest.raises(InputError, match="the text is empty; expected an article"):
        analyze(text)


@pytest.mark.parametrize("text", [None, 3, ["a"], b"Kyiv wants to join NATO."])
def test_an_article_that_is_no_text_is_refused(text):
    with pytest.raises(InputError, match=f"text is {type(text).__name__}; expected str"):
        analyze(text)


def test_an_article_is_read_from_text_to_stances():
    text = (
        "Ukraine must be admitted to NATO as soon as possible, Andriy Sybiha said on Monday. "
        "Mark Rutte visited a school."
    )
    found = analyze(text)
    assert found.text == text
    assert found.target == load_model().target
    assert found.model_id == load_model().model_id
    names = {actor.actor for actor in found.actors}
    assert "Mark Rutte" in names
    for item in found.statements:
        for span in (item.statement.content, item.statement.sentence, *item.statement.fragments):
            assert text[span.start : span.end] == span.text


@given(text=st.text(min_size=1).filter(str.strip))
def test_any_text_is_analysed(own_model: StanceModel, text: str):
    assert analyze(text, model=own_model).text == text


def test_an_actor_without_a_stance_is_listed_with_the_label_none():
    found = judge(
        article_of(
            ("Ann Lee met Ben.", "Ben", None),
            ("Cid backs the wealth tax.", "Cid", "Cid"),
            ("Dora read the wealth tax bill.", "Dora", "Dora"),
        ),
        word_model(),
    )
    assert [(a.actor, a.label, a.n) for a in found.actors] == [
        ("Cid", "favor", 1),  # those with a stance first, the others by first mention
        ("Ben", "none", 0),
        ("Dora", "none", 0),
    ]
    assert [a.score for a in found.actors[1:]] == [None, None]
    assert [len(a.statements) for a in found.actors] == [1, 0, 1]


def test_one_sentence_counts_once_for_an_actor():
    once = article_of(("Cid backs the wealth tax.", "Cid", "Cid"))
    twice = Article(once.text, once.sentences, once.mentions, once.statements * 2)
    found = judge(twice, word_model())
    assert len(found.statements) == 2
    assert [(a.n, len(a.statements)) for a in found.actors] == [(1, 1)]


def test_one_sentence_counts_for_each_of_its_actors():
    one = article_of(("Cid and Dora back it: she backs a wealth tax.", "Cid", "Cid"))
    other = article_of((one.text, "Dora", "Dora"))
    both = Article(
        one.text, one.sentences, one.mentions + other.mentions, one.statements + other.statements
    )
    assert [(a.actor, a.n) for a in judge(both, word_model()).actors] == [("Cid", 1), ("Dora", 1)]


def test_an_actor_whose_statements_disagree_is_mixed():
    found = judge(
        article_of(
            ("Cid backs the wealth tax.", "Cid", "Cid"),
            ("Cid opposes the wealth tax.", "Cid", "Cid"),
            ("Dora backs the wealth tax.", "Dora", "Dora"),
        ),
        word_model(),
    )
    assert [(a.actor, a.mixed, a.n) for a in found.actors] == [("Cid", True, 2), ("Dora", False, 1)]
    assert found.actors[0].score == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("body", "labels"),
    [
        ("Cid opposes the wealth tax.", ["against"]),  # the body says it at length
        ("Cid read the wealth tax bill.", ["favor", "none"]),  # the body bears no stance
        ("Cid met Dora.", ["favor"]),  # the body is on something else
    ],
)
def test_a_headline_counts_only_where_the_body_bears_no_stance(body: str, labels: list[str]):
    found = judge(
        article_of(("Cid backs wealth tax", "Cid", "Cid"), (body, "Cid", "Cid"), headlines=1),
        word_model(),
    )
    assert [item.prediction.label for item in found.actors[0].statements] == labels


@pytest.mark.parametrize(
    ("sentences", "kept"),
    [
        (["Cid backs the wealth tax."], 1),  # names the target
        (["Cid backs the railways."], 0),
        (["A wealth tax came up.", "Cid backs such a levy."], 1),  # points back to it
        (["The railways came up.", "Cid backs such a levy."], 0),  # to something else
        (["Cid backs such a levy."], 0),  # to nothing
        (["A wealth tax came up.", "It rained.", "Cid backs such a levy."], 0),  # too far back
        (["A wealth tax came up.", "Cid backs the railways."], 0),  # points nowhere
    ],
)
def test_only_sentences_about_the_target_are_judged(sentences: list[str], kept: int):
    said = [
        (sentence, sentence.split()[0], "Cid" if sentence.startswith("Cid") else None)
        for sentence in sentences
    ]
    assert len(judge(article_of(*said), word_model()).statements) == kept


def test_without_a_target_in_the_lexicon_every_sentence_is_about_it():
    plain = word_model()
    model = StanceModel(
        ModelArrays(**{**vars(plain.arrays), "lexicon": ""}), {"poles": ["favor", "against"]}
    )
    assert len(judge(article_of(("Cid backs it.", "Cid", "Cid")), model).statements) == 1


def test_an_unknown_speaker_keeps_the_statement_and_is_no_actor():
    article = article_of(("Cid backs the wealth tax.", "Cid", "Cid"))
    known = article.statements[0]
    unknown = Statement(
        known.content, known.fragments, None, None, None, None, "direct", known.sentence, "test"
    )
    found = judge(Article(article.text, article.sentences, (), (unknown,)), word_model())
    assert len(found.statements) == 1
    assert found.actors == ()


def test_the_actor_is_masked_only_where_it_stands_in_the_sentence(
    monkeypatch: pytest.MonkeyPatch,
):
    seen: list[tuple[str, str | None]] = []
    model = word_model()
    scored = model.probabilities
    monkeypatch.setattr(model, "probabilities", lambda pairs: scored(seen.extend(pairs) or seen))
    article = article_of(
        ("Cid spoke.", "Cid", None), ("The wealth tax, Cid backs it.", "Cid", "Cid")
    )
    inside = article.statements[0]
    before = Statement(
        inside.content, inside.fragments, None, Span(0, 3, "Cid"), "Cid", None, "direct",
        inside.sentence, "test",
    )  # fmt: skip
    judge(Article(article.text, article.sentences, (), (inside, before)), model)
    assert [actor for _, actor in seen] == ["Cid", None]


def test_what_was_not_read_is_handed_on():
    article = article_of(("Cid backs the wealth tax.", "Cid", "Cid"))
    skipped = (Skipped("too long", Span(0, 3, "Cid")),)
    found = judge(
        Article(article.text, article.sentences, article.mentions, article.statements, skipped),
        word_model(),
    )
    assert found.skipped == skipped


@pytest.mark.parametrize("poles", [("pro", "contra"), None])
def test_a_model_without_a_label_none_judges_too(poles: tuple[str, str] | None):
    model = word_model(labels=("pro", "depends", "contra"), poles=poles)
    found = judge(
        article_of(("Cid backs the wealth tax.", "Cid", "Cid"), ("Dora is silent.", "Dora", None)),
        model,
    )
    assert [(a.actor, a.label, a.n) for a in found.actors] == [
        ("Cid", "pro", 1),
        ("Dora", "none", 0),
    ]
    assert (found.actors[0].score is None) == (poles is None)


# --- load_model and to_pipeline -------------------------------------------------------


def test_the_shipped_model_is_read_once():
    assert load_model() is load_model()


def test_a_folder_gives_the_same_model():
    loaded = load_model(model_path())
    assert loaded.model_id == load_model().model_id
    assert classify(SENTENCES[0], model=loaded) == classify(SENTENCES[0])
    assert load_model(str(model_path())).labels == loaded.labels


def test_a_missing_folder_says_how_to_make_one(tmp_path):
    with pytest.raises(ModelError, match=r"no model folder at .*stance train TABLE --out FOLDER"):
        load_model(tmp_path / "nowhere")


def test_a_manifest_with_fields_of_a_wrong_type_is_a_model_error(
    monkeypatch: pytest.MonkeyPatch, arrays: ModelArrays
):
    monkeypatch.setattr("stance.store.load_arrays", lambda *_: (arrays, {"file": None}))
    with pytest.raises(ModelError, match="fields of a wrong type"):
        predict.load_model("folder")


@pytest.mark.parametrize("source", ["own", "shipped"])
def test_the_rebuilt_pipeline_gives_the_same_probabilities(source: str, own_model: StanceModel):
    model = own_model if source == "own" else load_model()
    pairs = [(sentence, actor) for sentence in SENTENCES for actor in (None, "The mayor", "she")]
    pipeline = model.to_pipeline()
    order = [list(pipeline.classes_).index(label) for label in model.labels]
    expected = pipeline.predict_proba(pairs)[:, order]
    np.testing.assert_allclose(model.probabilities(pairs), expected, atol=1e-9, rtol=0)


def test_the_models_name_tells_which_one_it_is(own_model: StanceModel):
    assert repr(own_model) == "StanceModel('levy-unsaved', labels=['pro', 'contra', 'neither'])"


def test_a_span_means_one_mention_of_several(own_model: StanceModel):
    """The default model reads who is thanked and who thanks apart."""
    sentence = "Lind rejected the bid of Lind to join NATO."
    first, second = Span(0, 4, "Lind"), Span(25, 29, "Lind")
    one, other, both = classify_many([sentence] * 3, [first, second, "Lind"])
    assert len({one.probabilities["favor"], other.probabilities["favor"],
                both.probabilities["favor"]}) == 3  # fmt: skip
    assert classify(sentence, first) == one
    total = sum(reason.contribution for reason in explain(sentence, second))
    top = sorted(other.probabilities.values(), reverse=True)
    assert total == pytest.approx(math.log(top[0] / top[1]), abs=1e-9)


def test_a_span_of_the_only_mention_is_the_same_as_its_name():
    sentence = "The bid of Norland to join NATO was rejected by Lind."
    assert classify(sentence, Span(48, 52, "Lind")) == classify(sentence, "Lind")


def test_how_the_actor_stands_in_the_sentence_is_a_reason_of_its_own():
    reasons = load_model().reasons("Ukraine will join NATO, the minister said.", "the minister")
    (one,) = [reason for reason in reasons if reason.text == "(actor)"]
    assert one.spans == ()
    assert {feature.split(":")[0] for feature in one.features} >= {"voice"}


def test_reasons_tell_what_no_word_bears():
    without = explain("Never, the envoy said.", "the envoy")
    assert {one.text for one in without if not one.spans} == {
        "(baseline)",
        "(actor)",
        "(no target)",
    }
    named = explain("Never in NATO, the envoy said.", "the envoy")
    assert "(no target)" not in {one.text for one in named}
    assert any("voice:target" in one.features for one in named if one.text == "Never in NATO")
