"""The golden articles: sound files, honest texts, two readers; and what is computed of them."""

from __future__ import annotations

import copy
import csv
import json
import re
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from stance.actors import load_registry
from stance.attribution import Unit
from stance.dataset import LABELS, near_duplicates, read_dataset, sentence_key
from stance.errors import DataError
from stance.golden import MIXED, compare, found_units, gold_units, golden_for
from stance.goldfigures import golden_figures
from stance.goldfiles import GoldArticle, problems_of, read_gold, read_golden
from stance.metrics import cohen_kappa
from stance.predict import load_model
from stance.resources import seeds_path
from stance.statements import read_article
from stance.text import sentences

FOLDER = Path(__file__).parent / "golden"
PATHS = sorted(FOLDER.glob("*.gold.json"))
ARTICLES = read_golden(FOLDER)
SHORTEST = 12  # words of a sentence that can be a copy
MOST_QUOTED = 4  # set words that a real person may be quoted with


def second_readings() -> list[dict[str, str]]:
    with (FOLDER / "second_reading.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- the files ----------------------------------------------------------------------------


def test_there_are_articles_enough_and_each_has_its_text():
    assert len(PATHS) >= 26
    assert {path.name.removesuffix(".gold.json") for path in PATHS} == {
        path.stem for path in FOLDER.glob("*.txt")
    }


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_a_gold_file_is_sound(path: Path):
    gold = json.loads(path.read_text("utf-8"))
    article = read_gold(path)
    assert list(problems_of(article.text, gold)) == []
    assert gold["article"] == f"{path.name.removesuffix('.gold.json')}.txt"
    assert {"style", "sources", "annotation", "source"} <= set(gold)
    assert gold["sources"], "every article says what its facts rest on"
    assert {one.stance for one in article.statements} <= set(LABELS)
    assert set(article.actors.values()) <= {*LABELS, MIXED}
    assert 300 <= len(article.text.split()) <= 900
    assert len(article.statements) >= 8
    assert {one.actor for one in article.statements} - {None} <= set(article.actors)


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.name)
def test_an_actors_stance_is_the_most_frequent_of_its_statements(article: GoldArticle):
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in article.statements:
        if one.actor is not None and one.stance != "none":
            counts[one.actor][one.stance] += 1
    for actor, label in article.actors.items():
        ranked = counts[actor].most_common(2)
        if not ranked:
            expected = "none"
        elif len(ranked) == 2 and ranked[0][1] == ranked[1][1]:
            expected = MIXED
        else:
            expected = ranked[0][0]
        assert label == expected, actor


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.name)
def test_real_persons_are_quoted_with_set_words_at_most(article: GoldArticle):
    registry = load_registry()
    for one in article.statements:
        actor = registry.canonical(one.actor) if one.actor else None
        if actor is None or actor.kind != "person" or one.kind == "reported":
            continue
        for start, end in one.fragments:
            quoted = re.findall('["“„«‘]([^"”“»’]+)["”“»’]', article.text[start:end])
            assert all(len(part.split()) <= MOST_QUOTED for part in quoted), quoted


def test_no_sentence_is_a_near_copy_of_training_data():
    """Short ones are set phrases: “Ukraine belongs in NATO” stands in many articles."""
    trained = sorted({row.sentence for row in read_dataset().rows})
    tested = sorted(
        {
            one.span.text
            for article in ARTICLES
            for one in sentences(article.text)
            if one.kind in ("body", "headline")
        }
    )
    assert not set(map(sentence_key, tested)) & set(map(sentence_key, trained))
    border, texts = len(trained), [*trained, *tested]
    close = [
        (trained[min(one, other)], tested[max(one, other) - border])
        for one, other, _ in near_duplicates(texts)
        if min(one, other) < border <= max(one, other)
        and min(len(sentence.split()) for sentence in (texts[one], texts[other])) >= SHORTEST
    ]
    assert close == []


# --- two readers --------------------------------------------------------------------------


def test_every_statement_has_a_second_reading_and_the_label_that_was_settled_on():
    settled = {(row["article"], int(row["statement"])): row["settled"] for row in second_readings()}
    assert settled == {
        (article.name.removesuffix(".txt"), index): one.stance
        for article in ARTICLES
        for index, one in enumerate(article.statements)
    }


def test_the_two_readers_agree():
    """Almost perfectly, in the words of Landis and Koch (1977)."""
    rows = [row for row in second_readings() if row["first"] and row["second"]]
    assert len(rows) > 0.95 * len(second_readings())
    assert cohen_kappa([row["first"] for row in rows], [row["second"] for row in rows]) > 0.8


# --- reading gold files -------------------------------------------------------------------

TEXT = "Mara Venn said that it was over. “Never,” she said."
SPAN = {"start": 20, "end": 31, "text": "it was over"}
GOLD = {
    "article": "a.txt",
    "date": "2020-01-02",
    "actors": {"Mara Venn": "none"},
    "statements": [
        {
            "content": SPAN,
            "fragments": [SPAN],
            "cue": {"start": 10, "end": 14, "text": "said"},
            "mention": {"start": 0, "end": 9, "text": "Mara Venn"},
            "actor": "Mara Venn",
            "kind": "reported",
            "stance": "none",
        }
    ],
}


def written(folder: Path, gold: object, text: str | None = TEXT) -> Path:
    path = folder / "a.gold.json"
    path.write_text(gold if isinstance(gold, str) else json.dumps(gold), "utf-8")
    if text is not None:
        (folder / "a.txt").write_text(text, "utf-8")
    return path


def test_a_gold_file_is_read(tmp_path: Path):
    article = read_gold(written(tmp_path, GOLD))
    assert article.date == "2020-01-02"
    assert article.statements[0].content == (20, 31)
    assert article.statements[0].mention == (0, 9)
    assert read_golden(tmp_path) == [article]


def changed(**fields: object) -> dict[str, object]:
    return {**GOLD, "statements": [{**GOLD["statements"][0], **fields}]}


@pytest.mark.parametrize(
    ("gold", "message"),
    [
        ("{", "is no gold file"),
        ([], "is no gold file"),
        ({**GOLD, "date": "soon"}, "is no date"),
        ({**GOLD, "statements": []}, "no statements"),
        ({"article": "a.txt"}, "is no gold file"),
        (changed(content={**SPAN, "text": "it is over"}), "content is not what stands at 20–31"),
        (changed(kind="spoken"), "kind 'spoken'; expected one of direct"),
        (changed(fragments=[{"start": 0, "end": 4, "text": "Mara"}]), "content is not what its"),
        (changed(fragments=[SPAN, SPAN]), "fragments overlap"),
        (changed(fragments=[]), "content is not what its fragments span"),
    ],
)
def test_a_faulty_gold_file_is_refused(tmp_path: Path, gold: object, message: str):
    with pytest.raises(DataError, match=message):
        read_gold(written(tmp_path, gold))


def test_a_gold_file_without_its_article_is_refused(tmp_path: Path):
    with pytest.raises(DataError, match="names an article that is missing"):
        read_gold(written(tmp_path, GOLD, text=None))


def test_a_folder_without_gold_articles_is_refused(tmp_path: Path):
    with pytest.raises(DataError, match="no gold articles in"):
        read_golden(tmp_path)


# --- comparison ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model():
    return load_model()


@pytest.fixture(scope="module")
def article() -> GoldArticle:
    return next(one for one in ARTICLES if one.name.startswith("wire-summit"))


def test_what_is_found_is_counted_out_of_what_the_readers_marked(model, article: GoldArticle):
    found = compare(article, model)
    counts = found["counts"]
    assert counts["gold"] == len(gold_units(article))
    assert 0 < counts["name"] <= counts["matched"] <= min(counts["gold"], counts["found"])
    assert counts["resolved_right"] <= counts["resolved"] <= counts["matched"]
    assert len(found["stances"]) == len(article.statements)
    assert [gold for gold, _ in found["stances"]] == [one.stance for one in article.statements]
    assert {one["actor"]: one["gold"] for one in found["actors"]} == article.actors
    json.dumps(found, allow_nan=False)


def test_the_readers_own_statements_would_score_fully(model, article: GoldArticle):
    """What the rules find must be able to be right: gold against itself is perfect."""
    units = gold_units(article)
    assert units == sorted(units, key=lambda one: (one.start, one.end))
    assert all(isinstance(one, Unit) for one in found_units(read_article(article.text)))


def test_an_article_of_which_nothing_is_found(model, article: GoldArticle):
    empty = GoldArticle("a.txt", "It rained.", "2020", {"Mara Venn": "favor"}, ())
    found = compare(replace(empty, statements=article.statements[:0]), model)
    assert found["counts"]["found"] == found["counts"]["matched"] == 0
    assert found["actors"][0]["found"] == "none"
    assert found["actors_right"] == 0


def test_figures_have_n_and_an_interval_over_articles(model):
    some = [compare(article, model) for article in ARTICLES[:3]]
    figures = {one["name"]: one for one in golden_figures(some, model.labels, seed=0)}
    expected = "quote_f1 mention_f1 name_f1 name_precision stance_accuracy stance_macro_f1 "
    expected += "actor_accuracy actor_accuracy_with_stance"
    assert set(expected.split()) == set(figures)
    for figure in figures.values():
        low, high = figure["interval"]
        assert 0 <= low <= figure["value"] <= high <= 1
        assert figure["n"] > 0
    assert figures["quote_f1"]["value"] >= figures["mention_f1"]["value"]
    assert figures["stance_accuracy"]["n"] == sum(one["statements"] for one in some)
    assert golden_figures(some[:1], model.labels, seed=0)[0]["interval"] is None
    assert golden_figures([], model.labels, seed=0) == []


def test_a_mixed_actor_is_right_where_its_statements_disagree(model):
    text = (
        "Headline\n\nMara Venn, the foreign minister, said Ukraine should join NATO now.\n\n"
        "Mara Venn also said Ukraine must never join NATO."
    )
    gold = GoldArticle("a.txt", text, "2020", {"Mara Venn": MIXED}, ())
    (actor,) = compare(gold, model)["actors"]
    assert actor["n"] == 2
    assert actor["found"] == MIXED


def test_golden_articles_need_a_model_that_knows_their_labels(model):
    other = copy.copy(model)
    other.labels = ("favor", "against", "none")
    with pytest.raises(DataError, match="the model knows favor, against, none"):
        golden_for(FOLDER, other)


def test_articles_that_a_row_is_taken_from_are_refused(model):
    with pytest.raises(DataError, match="was trained on a sentence of"):
        golden_for(seeds_path(), model)


def test_the_articles_themselves_are_not_refused(model):
    assert len(golden_for(FOLDER, model)) == len(ARTICLES)
