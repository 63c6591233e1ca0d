"""doccano and Label Studio: what goes out fits their formats, what comes back becomes rows.

The exports are those that doccano 1.8.4 and the converter of label-studio-sdk 2.1.2 made of
what `stance export` had written, cut to what matters.
"""

from __future__ import annotations

import copy
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.candidates import Candidate, candidate_id, make_candidate, table_candidates
from stance.dataset import LABELS, Dataset, Row
from stance.doccano import export_categories, export_intent, read_doccano
from stance.errors import DataError, InputError
from stance.exchange import Annotation, meta_of, read_records, rows_of
from stance.labelstudio import export_tasks, labelling_interface, read_label_studio

SENTENCE = "🙂 Kyiv must join NATO, the minister of Norland said."
ACTOR = "the minister of Norland"
START = SENTENCE.index(ACTOR)
NOBODY = Dataset((), name="none.csv")


def make(sentence: str = SENTENCE, actor: str = ACTOR, label: str = "favor") -> Candidate:
    start = sentence.find(actor) if actor else -1
    return make_candidate(
        sentence,
        (start, start + len(actor)) if start >= 0 else None,
        speaker="minister of Norland",
        article="a1.txt",
        date="2024-05-01",
        input="in",
        row=1,
        offset=0,
        label=label,
        probabilities={"favor": 0.75, "none": 0.25},
        judge="model-1",
    )


def written(tmp_path: Path, content: Any, name: str = "export.json") -> Path:
    path = tmp_path / name
    if not isinstance(content, str):
        lines = name.endswith("l")
        content = "\n".join(map(json.dumps, content)) if lines else json.dumps(content)
    path.write_text(content, "utf-8")
    return path


def returned(path: Path, tool: str, labels=LABELS, known: Dataset = NOBODY):
    read = read_doccano if tool == "doccano" else read_label_studio
    return rows_of(read(path), labels, known, tool)


# --- doccano ---------------------------------------------------------------------------

DOCCANO_INTENT = {
    "id": 1, "text": SENTENCE, **meta_of(make()), "cats": ["favor"],
    "entities": [[START, START + len(ACTOR), "actor"]], "Comments": [],
}  # fmt: skip
DOCCANO_TEXT = {"id": 12, "text": SENTENCE, **meta_of(make()), "label": ["favor"], "Comments": []}
DOCCANO_SPANS = {
    "id": 3, "text": SENTENCE, **meta_of(make()), "Comments": [],
    "label": [[START, START + len(ACTOR), "favor"], [2, 6, "against"]],
}  # fmt: skip
DOCCANO_RELATIONS = {
    "id": 4, "text": SENTENCE, **meta_of(make()), "relations": [], "Comments": [],
    "entities": [{"id": 9, "label": "favor", "start_offset": START, "end_offset": START + 23}],
}  # fmt: skip


def test_doccano_gets_the_text_the_label_and_the_span():
    (line,) = export_intent([make()]).splitlines()
    found = json.loads(line)
    (start, end, label) = found["entities"][0]
    assert (found["text"], found["cats"], label) == (SENTENCE, ["favor"], "actor")
    assert found["text"][start:end] == ACTOR
    assert json.loads(export_categories([make()]))["label"] == ["favor"]
    assert json.loads(export_intent([make(actor="")]))["entities"] == []


@pytest.mark.parametrize("record", [DOCCANO_INTENT, DOCCANO_TEXT, DOCCANO_RELATIONS])
def test_a_document_of_doccano_comes_back_as_its_row(tmp_path: Path, record: dict[str, Any]):
    found = returned(written(tmp_path, [record], "all.jsonl"), "doccano")
    assert found.skipped == ()
    assert found.rows == (
        Row(
            id=make().id,
            sentence=SENTENCE,
            actor=ACTOR,
            label="favor",
            provenance="user",
            group=make().group,
            source="a1.txt",
            date="2024-05-01",
            note="doccano; model-1 said favor",
        ),
    )
    assert found.as_predicted == 1


def test_spans_of_sequence_labelling_are_a_row_each(tmp_path: Path):
    """A sentence that gives positions to two actors is two units."""
    found = returned(written(tmp_path, [DOCCANO_SPANS], "all.jsonl"), "doccano")
    assert [(row.actor, row.label) for row in found.rows] == [(ACTOR, "favor"), ("Kyiv", "against")]
    assert found.rows[0].id == make().id
    assert found.rows[1].id == candidate_id(SENTENCE, "Kyiv")


def test_a_corrected_label_and_a_moved_actor_come_back(tmp_path: Path):
    record = DOCCANO_INTENT | {"cats": ["none"], "entities": [[2, 6, "actor"]]}
    (row,) = returned(written(tmp_path, [record], "all.jsonl"), "doccano").rows
    assert (row.id, row.label, row.actor) == (make().id, "none", "Kyiv")
    assert row.note == f"doccano; model-1 said favor; the actor was {ACTOR}"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"cats": []}, "no label"),
        ({"cats": None}, "no label"),
        ({"cats": ["favor", "none"]}, r"several labels \(favor, none\)"),
        ({"cats": ["Favour"]}, "label 'Favour'; expected one of favor, conditional"),
        ({"text": " ", "entities": []}, "no text"),
        ({"text": None}, "no text; expected the field text"),
        ({"entities": [[0, 999, "actor"]]}, "not of doccano's form: span 0 to 999"),
        ({"entities": [[0]]}, "not of doccano's form"),
        ({"entities": [[2, 6, "actor"], [START, START + 3, "actor"]]}, "several actors marked"),
    ],
)
def test_what_becomes_no_row_says_why(tmp_path: Path, change: dict[str, Any], reason: str):
    path = written(tmp_path, [DOCCANO_INTENT | change, DOCCANO_INTENT], "all.jsonl")
    found = returned(path, "doccano")
    assert len(found.rows) == 1
    (line,) = found.skipped
    assert line.startswith("line 1: ")
    assert re.search(reason, line), line


def test_case_of_a_label_does_not_matter(tmp_path: Path):
    path = written(tmp_path, [DOCCANO_TEXT | {"label": "FAVOR"}], "all.jsonl")
    assert returned(path, "doccano").rows[0].label == "favor"


def test_a_document_that_did_not_come_from_here_gets_an_id_and_a_group(tmp_path: Path):
    path = written(tmp_path, [{"text": SENTENCE, "label": ["none"]}], "all.jsonl")
    (row,) = returned(path, "doccano").rows
    assert (row.id, row.actor, row.note) == (candidate_id(SENTENCE, ""), "", "doccano")
    assert row.group.startswith("user-")


# --- Label Studio ----------------------------------------------------------------------


def annotated(*labels: str, **more: Any) -> dict[str, Any]:
    """Return a task as Label Studio exports it, one annotation for each label."""
    (task,) = json.loads(export_tasks([make()]))
    annotations = []
    for number, label in enumerate(labels):
        result = copy.deepcopy(task["predictions"][0]["result"])
        result[0]["value"]["choices"] = [label]
        annotations.append(
            {"id": 100 + number, "completed_by": 1, "result": result, "was_cancelled": False,
             "ground_truth": False, "lead_time": 4.2, **more}
        )  # fmt: skip
    return {"id": 17, "project": 3, **task, "annotations": annotations}


def test_label_studio_gets_a_suggestion_with_its_score():
    (task,) = json.loads(export_tasks([make()]))
    (prediction,) = task["predictions"]
    choice, span = prediction["result"]
    assert (prediction["model_version"], prediction["score"]) == ("model-1", 0.75)
    assert choice["value"] == {"choices": ["favor"]}
    assert SENTENCE[span["value"]["start"] : span["value"]["end"]] == span["value"]["text"] == ACTOR
    assert task["data"]["text"] == SENTENCE
    assert export_tasks([make()], lines=True).count("\n") == 1
    (bare,) = json.loads(export_tasks([make(actor="")]))
    assert len(bare["predictions"][0]["result"]) == 1


def test_the_interface_names_what_the_tasks_use():
    root = ET.fromstring(labelling_interface(["pro & more", '"con"'], "a <levy>"))
    names = {node.get("name") for node in root.iter() if node.get("name")}
    (task,) = json.loads(export_tasks([make()]))
    for region in task["predictions"][0]["result"]:
        assert {region["from_name"], region["to_name"]} <= names
    assert [node.get("value") for node in root.iter("Choice")] == ["pro & more", '"con"']
    used = {node.get("value", "")[1:] for node in root.iter() if node.get("value", "")[:1] == "$"}
    assert used <= set(task["data"])


@pytest.mark.parametrize("name", ["export.json", "export.jsonl"])
def test_a_corrected_task_comes_back_as_its_row(tmp_path: Path, name: str):
    found = returned(written(tmp_path, [annotated("none")], name), "label-studio")
    (row,) = found.rows
    assert (row.id, row.actor, row.label, row.group) == (make().id, ACTOR, "none", make().group)
    assert row.note == "label-studio; model-1 said favor"
    assert (found.as_predicted, found.skipped) == (0, ())


def test_the_short_export_gives_the_same_row(tmp_path: Path):
    short = {**meta_of(make()), "text": SENTENCE, "id": 17, "stance": "none", "annotator": "a@b",
             "actor_span": [{"start": START, "end": START + len(ACTOR), "text": ACTOR,
                             "labels": ["actor"]}]}  # fmt: skip
    for stance in ("none", {"choices": ["none"]}):
        found = returned(written(tmp_path, [short | {"stance": stance}]), "label-studio")
        whole = returned(written(tmp_path, [annotated("none")], "w.json"), "label-studio")
        assert found.rows == whole.rows
    assert returned(written(tmp_path, [meta_of(make())]), "label-studio").rows == ()


def test_a_suggestion_that_nobody_submitted_is_no_annotation(tmp_path: Path):
    found = returned(written(tmp_path, json.loads(export_tasks([make()]))), "label-studio")
    assert (found.rows, found.skipped) == ((), ("item 1: not annotated",))


def test_a_skipped_task_is_no_row(tmp_path: Path):
    path = written(tmp_path, [annotated("favor", was_cancelled=True)])
    assert returned(path, "label-studio").skipped == ("task 17: skipped by the annotator",)


def test_annotators_who_agree_give_one_row_and_others_none(tmp_path: Path):
    agree, differ = annotated("none", "none"), annotated("favor", "none")
    assert len(returned(written(tmp_path, [agree]), "label-studio").rows) == 1
    found = returned(written(tmp_path, [differ]), "label-studio")
    assert found.rows == ()
    assert found.skipped == ("task 17: annotators disagree (favor, none); settle it first",)


def test_offsets_in_utf_16_give_way_to_the_words(tmp_path: Path):
    """Old versions of Label Studio counted an emoji twice."""
    task = annotated("favor")
    value = task["annotations"][0]["result"][1]["value"]
    value["start"] += 1
    value["end"] += 1
    assert returned(written(tmp_path, [task]), "label-studio").rows[0].actor == ACTOR
    value["text"] = "\ufffd"
    value["start"] -= 1
    value["end"] -= 1
    assert returned(written(tmp_path, [task]), "label-studio").rows[0].actor == ACTOR
    value["end"] = 999
    found = returned(written(tmp_path, [task]), "label-studio")
    assert "span" in found.skipped[0]


@pytest.mark.parametrize("annotations", [[3], {"a": 1}, "x", [{"result": [{"type": "choices"}]}]])
def test_a_task_of_another_form_takes_no_other_down(tmp_path: Path, annotations: Any):
    path = written(tmp_path, [annotated("none") | {"annotations": annotations}, annotated("none")])
    found = returned(path, "label-studio")
    assert len(found.rows) == 1
    assert "task 17: not of Label Studio's form" in found.skipped[0]


# --- files -----------------------------------------------------------------------------


def test_lines_and_items_that_are_no_objects_are_named(tmp_path: Path):
    lines = written(tmp_path, '{"text": "x", "label": "none"}\n\n[1]\n{"torn', "a.jsonl")
    assert [place for place, item in read_records(lines) if item == "not a JSON object"] == [
        "line 3",
        "line 4",
    ]
    found = returned(lines, "doccano")
    assert (len(found.rows), len(found.skipped)) == (1, 2)
    assert len(returned(lines, "label-studio").skipped) == 3
    assert list(read_records(written(tmp_path, '{"a": 1}'))) == [("item 1", {"a": 1})]


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("a.csv", "x", InputError, r"ends in .json or .jsonl"),
        ("a.json", "[1", DataError, "is no JSON"),
        ("a.json", b"\xff", DataError, "not UTF-8"),
        ("missing.json", None, InputError, "no such file"),
    ],
)
def test_another_kind_of_file_is_refused(tmp_path: Path, name, content, error, message):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(error, match=message):
        list(read_records(path))


# --- what exists already ---------------------------------------------------------------


def test_rows_say_what_they_do_to_known_ones():
    text = "The minister said that the country would join the alliance after the war"
    known = Dataset(
        (Row("k1", SENTENCE, ACTOR, "favor"), Row("k2", text, "", "none")), name="known.csv"
    )
    annotations = [
        Annotation("1", SENTENCE, ("favor",), (), {"stance_id": "a", "actor": ACTOR}),
        Annotation("2", SENTENCE, ("none",), (), {"stance_id": "b", "actor": ACTOR}),
        Annotation("3", f"{text} ends", ("none",), (), {"stance_id": "c"}),
        Annotation("4", "Nobody knows what the weather will be.", ("none",), (), {}),
    ]
    found = rows_of(annotations, LABELS, known, "tool")
    assert found.notes[:2] == ("a: confirms k1", "b: corrects k1 (favor)")
    assert found.notes[2].startswith("c: near-duplicate of k2 (")
    assert len(found.notes) == 3
    assert found.rows[1].note == "tool; corrects k1 (favor)"


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=25)


@given(texts, texts, texts, st.sampled_from(LABELS))
def test_any_sentence_comes_back_as_it_went_out(
    tmp_path_factory: pytest.TempPathFactory, before: str, actor: str, after: str, label: str
):
    """Through both tools, as if a person had confirmed every suggestion."""
    row = Row("r1", f"{before} x {actor} y {after}".strip(), actor.strip(), label, "seed", "g1")
    (one,) = table_candidates(Dataset((row,), name="t.csv"))
    folder = tmp_path_factory.mktemp("round")
    (task,) = json.loads(export_tasks([one]))
    task["annotations"] = [{"result": task.pop("predictions")[0]["result"]}]
    (folder / "a.jsonl").write_text(export_intent([one]), "utf-8", newline="")
    (folder / "b.jsonl").write_text(export_categories([one]), "utf-8", newline="")
    (folder / "c.json").write_text(json.dumps([task]), "utf-8")
    for name, tool in (("a.jsonl", "doccano"), ("b.jsonl", "doccano"), ("c.json", "label-studio")):
        found = returned(folder / name, tool)
        assert found.skipped == ()
        (back,) = found.rows
        assert (back.id, back.group, back.label) == ("r1", "g1", label)
        assert back.sentence == one.sentence
        assert back.actor.split() == row.actor.split()
