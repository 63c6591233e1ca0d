"""The pure function: articles in, rows out; none takes another down."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow")
import corpora
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from stance import batch, load_model, predict
from stance.actors import load_registry
from stance.batch import ModelRef, analyze_batch, resolve
from stance.errors import MissingExtraError, ModelError
from stance.predict import StanceModel, analyze, judge, judge_many
from stance.resources import model_path, seeds_path
from stance.rows import ARTICLES, TABLES, schemas
from stance.statements import Article, read_article
from stance.text import MAX_SENTENCE

SEED = next(seeds_path().glob("*.txt")).read_text("utf-8")


@pytest.fixture(scope="module")
def ref() -> ModelRef:
    return ModelRef.of(None)


def texts(*values: str | None) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"text": pa.array(values, pa.string())})


def test_the_rows_say_what_analyze_says(ref: ModelRef):
    found = analyze_batch(texts(SEED), ref)
    analysis = analyze(SEED)
    rows = found.statements.to_pylist()
    assert len(rows) == len(analysis.statements) > 5
    for row, item in zip(rows, analysis.statements, strict=True):
        assert row["label"] == item.prediction.label
        assert {name: row[f"p_{name}"] for name in load_model().labels} == dict(
            item.prediction.probabilities
        )
        assert (row["actor"], row["actor_id"]) == (item.statement.actor, item.statement.actor_id)
        for name in ("content", "sentence", "cue", "mention"):
            if row[name] is not None:
                assert SEED[row[f"{name}_start"] : row[f"{name}_end"]] == row[name]
        pieces = [SEED[slice(*map(int, p.split("-")))] for p in row["fragments"].split()]
        assert pieces == [fragment.text for fragment in item.statement.fragments]
    actors = found.actors.to_pylist()
    assert [(a["actor"], a["label"], a["n"], a["score"]) for a in actors] == [
        (a.actor, a.label, a.n, a.score) for a in analysis.actors
    ]
    assert {a["model_id"] for a in actors} == {analysis.model_id}


def test_each_column_holds_what_its_name_says(ref: ModelRef):
    """Rows are built by position."""
    articles = {"text": [SEED], "source": ["The Post"], "input": ["a.csv"], "row": [7]}
    found = analyze_batch(pa.RecordBatch.from_pydict(articles), ref)
    analysis = analyze(SEED)
    for row, item in zip(found.statements.to_pylist(), analysis.statements, strict=True):
        for name in ("actor", "actor_id", "kind", "rule"):
            assert row[name] == getattr(item.statement, name), name
        for name in ("label", "score", "confident", "model_id"):
            assert row[name] == getattr(item.prediction, name), name
        for name in ("content", "sentence", "cue", "mention"):
            span = getattr(item.statement, name)
            wanted = (span.text, span.start, span.end) if span else (None, None, None)
            assert (row[name], row[f"{name}_start"], row[f"{name}_end"]) == wanted
        assert (row["source"], row["input"], row["row"]) == ("The Post", "a.csv", 7)
    assert [row["statement"] for row in found.statements.to_pylist()] == list(
        range(len(analysis.statements))
    )
    for row, actor in zip(found.actors.to_pylist(), analysis.actors, strict=True):
        for name in ("actor", "actor_id", "label", "score", "n", "mixed", "confident"):
            assert row[name] == getattr(actor, name), name
        assert (row["score_low"], row["score_high"]) == (actor.interval or (None, None))
        assert row["statements"] == len(actor.statements)


@pytest.mark.parametrize(
    ("date", "actor"),
    [("2015-06-30", "Angela Merkel"), ("2023", "Olaf Scholz"), ("no day", None), (None, None)],
)
def test_the_day_of_an_article_says_who_held_an_office(
    ref: ModelRef, date: str | None, actor: str | None
):
    text = "The German chancellor said that Ukraine must join NATO."
    article = {"text": [text], "date": pa.array([date], pa.string()), "source": ["The Post"]}
    (row,) = analyze_batch(pa.RecordBatch.from_pydict(article), ref).statements.to_pylist()
    assert row["actor"] == actor if actor else row["actor"] not in ("Angela Merkel", "Olaf Scholz")
    assert (row["date"], row["source"]) == (date, "The Post")


def test_actors_carry_their_wikidata_item(ref: ModelRef):
    known = load_registry().by_id
    rows = analyze_batch(texts(SEED), ref).actors.to_pylist()
    expected = [known[r["actor_id"]].wikidata or None if r["actor_id"] else None for r in rows]
    assert [row["wikidata"] for row in rows] == expected
    assert any(expected)


def test_each_bad_article_is_a_row_with_its_reason(ref: ModelRef):
    good = corpora.article(0)["text"]
    articles = pa.RecordBatch.from_pylist(
        [
            {"article_id": "1", "text": good},
            {"article_id": "2"},
            {"article_id": "3", "text": " \n "},
            {"article_id": "4", "text": "Endless. " * 40},
            {"article_id": "5", "text": "<html><body><p>He said no.</p></body></html>"},
            {"article_id": "6", "text": "\x00\x01" * 20},
            {"article_id": "7", "problem": "no JSON"},
            {"article_id": "8.txt", "data": b"caf\xe9"},
            {"article_id": "9.txt", "data": b"x" * 2_000},
            {"article_id": "10.txt", "data": good.encode()},
        ],
        schema=ARTICLES,
    )
    found = analyze_batch(articles, ref, max_chars=300)
    reasons = {row["article_id"]: row["reason"] for row in found.skipped.to_pylist()}
    assert set(reasons) == {"2", "3", "4", "5", "6", "7", "8.txt", "9.txt"}
    assert {row["what"] for row in found.skipped.to_pylist()} == {"article"}
    for number, words in (
        ("2", "no text (null)"),
        ("3", "empty"),
        ("4", "360 characters; expected at most 300 (--max-chars)"),
        ("5", "HTML"),
        ("6", "binary"),
        ("7", "no JSON"),
        ("8.txt", "UTF-8"),
        ("9.txt", "more than 1,200 bytes"),
    ):
        assert words in reasons[number]
    said = {row["article_id"] for row in found.statements.to_pylist()}
    assert said == {"1", "10.txt"}


def test_a_passage_that_was_not_read_is_told(ref: ModelRef):
    found = analyze_batch(texts("word " * (MAX_SENTENCE // 4)), ref)
    (row,) = found.skipped.to_pylist()
    assert (row["what"], row["start"]) == ("passage", 0)
    assert "without a stop" in row["reason"]


@pytest.mark.parametrize("step", ["read_article", "judge"])
def test_a_fault_of_ours_costs_one_article(
    ref: ModelRef, monkeypatch: pytest.MonkeyPatch, step: str
):
    right = getattr(batch, step)

    def faulty(what: Any, *others: Any, **more: Any) -> Any:
        if "Boom" in (what if isinstance(what, str) else what.text):
            raise RecursionError("too deep \ud800")
        return right(what, *others, **more)

    def all_at_once(articles: list[Article], model: StanceModel) -> list[Any]:
        return [faulty(article, model) for article in articles]

    monkeypatch.setattr(batch, step, faulty)
    if step == "judge":
        monkeypatch.setattr(batch, "judge_many", all_at_once)
    found = analyze_batch(texts("Boom.", corpora.article(0)["text"]), ref)
    (row,) = found.skipped.to_pylist()
    assert row["reason"] == "internal error, please report it: RecursionError: too deep ?"
    assert found.statements.num_rows


def test_an_extra_that_is_missing_ends_the_run(ref: ModelRef, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("STANCE_KERNEL", "numba")
    monkeypatch.setattr("stance.compiled._installed", lambda: False)
    with pytest.raises(MissingExtraError, match="actor-stance\\[fast\\]"):
        analyze_batch(texts(corpora.article(0)["text"]), ref)


@pytest.mark.parametrize("at_once", [1, 7, 40, 1_000])
def test_articles_judged_together_have_the_numbers_of_each_alone(
    monkeypatch: pytest.MonkeyPatch, at_once: int
):
    model = load_model()
    said = "Ukraine must join NATO, the envoy said."
    few = [read_article(" ".join([said] * count)) for count in range(6)]
    articles = [*few, *(read_article(corpora.article(number)["text"]) for number in range(6))]
    alone = [judge(article, model) for article in articles]
    monkeypatch.setattr(predict, "_AT_ONCE", at_once)
    assert judge_many(articles, model) == alone
    assert judge_many(articles[::-1], model) == alone[::-1]
    assert judge_many([], model) == []


@given(st.lists(st.none() | st.text(max_size=60), max_size=6))
def test_no_text_stops_the_others(values: list[str | None]):
    good = corpora.article(0)["text"]
    clean = [v if v is None else v.encode("utf-8", "replace").decode() for v in values]
    found = analyze_batch(texts(good, *clean, good), ModelRef.of(None))
    assert found.articles == len(values) + 2
    alone = analyze_batch(texts(good), ModelRef.of(None)).statements.num_rows
    assert found.statements.num_rows >= 2 * alone > 0


def test_the_schema_is_the_same_without_rows(ref: ModelRef):
    wanted = schemas(load_model().labels)
    for articles in (texts(), texts(SEED), texts(None)):
        found = analyze_batch(articles, ref)
        for name in TABLES:
            assert getattr(found, name).schema == wanted[name]
            assert getattr(found, name).validate(full=True) is None


def test_a_batch_and_its_halves_give_the_same(ref: ModelRef):
    articles = pa.RecordBatch.from_pylist([corpora.article(n) for n in range(10)])
    articles = articles.rename_columns(["article_id", "date", "text"])
    whole = analyze_batch(articles, ref)
    halves = [analyze_batch(articles.slice(start, 5), ref) for start in (0, 5)]
    for name in TABLES:
        joined = pa.Table.from_batches([getattr(half, name) for half in halves])
        assert joined.to_pylist() == getattr(whole, name).to_pylist()


def test_a_reference_is_small_and_loads_once(ref: ModelRef, monkeypatch: pytest.MonkeyPatch):
    assert len(pickle.dumps(ref)) < 500
    other = pickle.loads(pickle.dumps(ref))
    assert resolve(other) is resolve(ref)
    monkeypatch.setattr(batch, "_models", {})
    fresh = resolve(other)
    assert resolve(ref) is fresh


def test_another_model_at_the_path_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "model"
    shutil.copytree(model_path(), folder)
    ref = ModelRef.of(folder)
    assert ref.path == str(folder)
    monkeypatch.setattr(batch, "_models", {})
    assert resolve(ref).model_id == load_model().model_id
    monkeypatch.setattr(batch, "_models", {})
    with pytest.raises(ModelError, match="no model 00000000 on this worker"):
        resolve(ModelRef(str(folder), "0" * 64))
    shutil.rmtree(folder)  # the machine lacks the folder, but has the shipped model
    assert resolve(ref).model_id == load_model().model_id
