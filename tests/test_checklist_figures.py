"""Pass rates of hard cases: counted by capability, and never on training data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from stance.checklist import Case, pass_rates, read_checklist
from stance.dataset import sentence_key
from stance.errors import DataError, InputError
from stance.predict import StanceModel
from stance.scorer import ModelArrays


@pytest.fixture
def tiny(arrays: ModelArrays) -> StanceModel:
    return StanceModel(arrays, {})


HEADER = "id,capability,sentence,actor,label,note\n"


def written(folder: Path, *lines: str) -> Path:
    (folder / "cases.csv").write_text(HEADER + "".join(f"{line}\n" for line in lines), "utf-8")
    return folder


def test_cases_come_from_all_tables_of_a_folder(tmp_path: Path):
    written(tmp_path, "a1,negation,We will not join.,,against,")
    (tmp_path / "more.csv").write_text(HEADER + "b1,threat,X warned.,X,against,r", "utf-8")
    assert read_checklist(tmp_path) == [
        Case("a1", "negation", "We will not join.", "", "against"),
        Case("b1", "threat", "X warned.", "X", "against"),
    ]


def test_a_folder_without_tables_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="no CSV file"):
        read_checklist(tmp_path)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("a1,,We.,,favor,",), "line 2: no capability"),
        (("a1,x,,,favor,",), "line 2: no sentence"),
        (("a1,x,We.,,favor,", "a1,x,They.,,favor,"), "line 3: id a1 stands twice"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, lines, message: str):
    with pytest.raises(DataError, match=message):
        read_checklist(written(tmp_path, *lines))


def test_a_table_without_a_column_is_refused(tmp_path: Path):
    (tmp_path / "x.csv").write_text("id,sentence\n1,We.\n", "utf-8")
    with pytest.raises(DataError, match=r"x\.csv lacks capability, actor, label"):
        read_checklist(tmp_path)


def cases_of(tiny: StanceModel) -> list[Case]:
    sentences = ["They will join soon.", "They never will.", "It rained in the north."]
    best = tiny.probabilities([(s, None) for s in sentences]).argmax(axis=1)
    labels = [tiny.labels[i] for i in best]
    wrong = next(label for label in tiny.labels if label != labels[2])
    return [
        Case("1", "b", sentences[0], "", labels[0]),
        Case("2", "a", sentences[1], "", labels[1]),
        Case("3", "a", sentences[2], "", wrong),
    ]


def test_capabilities_are_counted_one_by_one(tiny: StanceModel):
    one, other = pass_rates(tiny, cases_of(tiny))
    assert (one["capability"], one["n"], one["passed"], one["share"]) == ("a", 2, 1, 0.5)
    assert (other["capability"], other["n"], other["passed"], other["share"]) == ("b", 1, 1, 1.0)
    assert one["share_interval"][0] < 0.5 < one["share_interval"][1]


def test_a_sentence_of_the_training_is_left_out(tiny: StanceModel):
    cases = cases_of(tiny)
    key = sentence_key(cases[0].sentence)
    knowing = StanceModel(replace(tiny.arrays, trained_on=(key,)), tiny.manifest)
    found = pass_rates(knowing, cases)[1]
    assert (found["n"], found["left_out"], found["share"]) == (0, 1, None)


def test_a_label_that_the_model_does_not_know_is_refused(tiny: StanceModel):
    with pytest.raises(DataError, match="labels maybe in the checklist"):
        pass_rates(tiny, [Case("1", "a", "They will.", "", "maybe")])
