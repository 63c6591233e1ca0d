"""Corpora and batch outputs as candidates: the same ones, with their context."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stance.candidates import Candidate, one_line
from stance.errors import InputError
from stance.pool import is_batch_output, read_batch_output, read_corpus, read_pool
from stance.predict import StanceModel, analyze, load_model
from stance.resources import seeds_path
from stance.runs import run_batch
from stance.surroundings import with_context

ARTICLES = {
    "one.txt": "Talks in Veldania\n\nThe prime minister of Veldania said that Ukraine must be "
    "invited to NATO\nbefore winter. Trade grew by four percent. Membership for Kyiv would be a "
    "grave mistake, the interior minister said.\n",
    "two.txt": "Norland votes\n\nThe president of Norland said he would sign Ukraine's accession "
    "to NATO on the first day. He left for Ostland in the evening.\n",
    "off.txt": "Weather\n\nThe mayor said that it would rain.\n",
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus") / "articles"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def model() -> StanceModel:
    return load_model()


@pytest.fixture(scope="module")
def direct(corpus: Path, model: StanceModel) -> tuple[Candidate, ...]:
    return read_corpus([corpus], model).candidates


def test_every_statement_about_the_target_is_a_candidate(direct, model: StanceModel):
    wanted = {
        (one_line(item.statement.sentence.text), item.prediction.label)
        for text in ARTICLES.values()
        for item in analyze(text, model=model).statements
    }
    assert {(one.sentence, one.label) for one in direct} == wanted
    assert len(wanted) == 3


def test_the_actor_stands_where_it_is_said_to_stand(direct):
    for one in direct:
        assert one.start is not None
        assert one.sentence[one.start : one.start + len(one.actor)] == one.actor != ""


def test_sentences_are_one_line_with_their_neighbours(direct):
    first = next(one for one in direct if "winter" in one.sentence)
    assert "\n" not in first.sentence
    assert (first.before, first.after) == ("Talks in Veldania", "Trade grew by four percent.")
    assert first.article == "one.txt"


def test_rows_of_one_article_share_a_group(direct):
    groups = {one.article: set() for one in direct}
    for one in direct:
        groups[one.article].add(one.group)
    assert all(len(found) == 1 for found in groups.values())
    assert len(set.union(*groups.values())) == len(groups) == 2


@pytest.mark.parametrize("format", ["parquet", "jsonl", "csv"])
def test_a_batch_output_gives_the_same(
    tmp_path: Path, corpus: Path, direct, model: StanceModel, format: str
):
    out = tmp_path / "out"
    run_batch([corpus], out, format=format, jobs=1)
    assert is_batch_output(out)
    assert not is_batch_output(corpus)
    found = read_pool([out], model).candidates
    plain = [one.__class__(**{**fields(one), "before": "", "after": ""}) for one in direct]
    assert [fields(one) for one in found] == [fields(one) for one in plain]
    assert [fields(one) for one in with_context(found, out)] == [fields(one) for one in direct]


def fields(one: Candidate) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__slots__}


def test_another_model_judges_the_statements_of_a_batch_anew(tmp_path: Path, corpus: Path, arrays):
    out = tmp_path / "out"
    run_batch([corpus], out, jobs=1)
    other = StanceModel(arrays, {"name": "levy"})
    found = read_batch_output(out, other).candidates
    assert {one.judge for one in found} == {other.model_id}
    assert set(found[0].probabilities) == set(other.labels)
    assert {one.judge for one in read_batch_output(out).candidates} != {other.model_id}


def test_context_is_left_out_where_the_article_has_changed(tmp_path: Path, corpus: Path):
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, "utf-8")
    out = tmp_path / "out"
    run_batch([folder], out, jobs=1)
    found = read_batch_output(out).candidates
    changed = ARTICLES["one.txt"].replace("winter", "summer").replace("grave", "great")
    (folder / "one.txt").write_text(changed, "utf-8")
    (folder / "two.txt").write_bytes(b"\xff\xfe")
    assert with_context(found, out) == list(found)
    (out / "manifest.json").unlink()
    assert with_context(found, out) == list(found)


def test_a_syndicated_sentence_is_one_candidate(tmp_path: Path, model: StanceModel):
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text(ARTICLES["two.txt"], "utf-8")
    found = read_corpus([tmp_path], model)
    assert (len(found.candidates), found.statements) == (1, 3)


def test_sentences_of_the_training_are_no_candidates(model: StanceModel):
    everything = read_corpus([seeds_path()], model)
    assert everything.candidates
    assert read_pool([seeds_path()], model).candidates == ()
    assert any("gold.json" in line for line in everything.skipped)


def test_articles_that_cannot_be_read_are_named(tmp_path: Path, model: StanceModel):
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe\0\0")
    (tmp_path / "good.txt").write_text(ARTICLES["two.txt"], "utf-8")
    told: list[tuple[str, int, int]] = []
    found = read_corpus([tmp_path], model, progress=lambda *step: told.append(step))
    assert len(found.candidates) == 1
    assert [line.split(":")[0] for line in found.skipped] == ["bad.txt"]
    assert told == [("read", 0, 2), ("read", 1, 2)]


def test_a_corpus_about_something_else_says_so(tmp_path: Path, model: StanceModel):
    (tmp_path / "off.txt").write_text(ARTICLES["off.txt"], "utf-8")
    with pytest.raises(InputError, match=r"no statement about the target in .*stance analyze"):
        read_pool([tmp_path], model)
    (tmp_path / "off.txt").write_bytes(b"\xff\xfe\0\0")
    with pytest.raises(InputError, match=r"1 articles were not read: off.txt"):
        read_pool([tmp_path], model)


@pytest.mark.parametrize("content", ['{"sentence": 3}\n', "no json\n"])
def test_a_part_file_of_another_kind_is_named(tmp_path: Path, content: str):
    for name in ("statements", "actors"):
        (tmp_path / name).mkdir()
    (tmp_path / "statements" / ".hidden-x").write_text("left by a kill", "utf-8")
    (tmp_path / "statements" / "part-00000.jsonl").write_text(content, "utf-8")
    with pytest.raises(InputError, match=r"part-00000.jsonl is no table of stance batch"):
        read_batch_output(tmp_path)


def test_a_mention_outside_of_its_sentence_leaves_the_actor_out(tmp_path: Path, corpus: Path):
    out = tmp_path / "out"
    run_batch([corpus], out, format="jsonl", jobs=1)
    (part,) = (out / "statements").glob("*.jsonl")
    lines = [json.loads(line) for line in part.read_text("utf-8").splitlines()]
    for line in lines:
        line["mention_start"] -= 10_000
        line["mention_end"] -= 10_000
    part.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    found = read_batch_output(out).candidates
    assert {(one.actor, one.start) for one in found} == {("", None)}
    assert all(one.speaker for one in found)
