"""One model for each target of a table: names of folders, targets too small, the command."""

from __future__ import annotations

import csv
import json
import re
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from typer.testing import CliRunner

import stance
from stance import FeatureSettings, cli, load_model
from stance.dataset import Dataset, Row, grouped
from stance.errors import DataError, InputError
from stance.lexicon import Lexicon
from stance.targets import folder_names, train_by_target

PLENTY = Path(__file__).parent / "tables" / "public" / "semeval"
SETTINGS = FeatureSettings(weights=(("words", 0.3), ("chars", 1.0)), C=3.0, min_df=1)
QUICK = {"settings": SETTINGS, "lexicon": Lexicon(())}
runner = CliRunner()


def tweets() -> list[dict[str, str]]:
    """Return the made-up tweets about night trains and fireworks."""
    found = []
    for name in ("semeval2016-task6-trialdata.txt", "semeval2016-task6-trainingdata.txt"):
        lines = (PLENTY / name).read_text("utf-8").splitlines()[1:]
        for _, target, tweet, stance_ in (line.split("\t") for line in lines):
            found.append({"topic": target, "sentence": tweet, "label": stance_})
    return found


def write(path: Path, records: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory):
    """Models of a table with two good targets, a poor one, and rows of none."""
    home = tmp_path_factory.mktemp("targets")
    records = [
        *tweets(),
        {"topic": "Toll Bridge", "sentence": "Tear it down at last.", "label": "AGAINST"},
        {"topic": "", "sentence": "About nothing at all.", "label": "NONE"},
        {"topic": "City Fireworks", "sentence": "", "label": "NONE"},
    ]
    out = home / "models"
    told: list[tuple[str, int, int]] = []
    found = train_by_target(
        write(home / "tweets.jsonl", records),
        "topic",
        out=out,
        progress=lambda *stage: told.append(stage),
        **QUICK,
    )
    return found, out, told


def test_each_target_has_a_model_of_its_rows_alone(trained):
    found, out, _ = trained
    assert set(found.models) == {"Night Trains", "City Fireworks"}
    model = load_model(out / "night-trains")
    assert model.target == "Night Trains"
    assert model.labels == ("AGAINST", "FAVOR", "NONE")
    assert model.manifest["dataset"]["rows"] == 18
    assert model.manifest["dataset"]["name"] == "tweets.jsonl[Night Trains]"
    assert model.arrays.settings == SETTINGS
    pair = [("Bring back the sleeper to the coast!", None)]
    assert (model.probabilities(pair) == found.models["Night Trains"].probabilities(pair)).all()


def test_a_target_with_too_few_rows_stops_no_other_and_says_why(trained):
    found, out, _ = trained
    poor = found.targets[-1]
    assert (poor.target, poor.rows, poor.labels) == ("Toll Bridge", 1, {"AGAINST": 1})
    assert poor.model is None
    assert "only one label (AGAINST)" in poor.problem
    assert not (out / poor.folder).exists()


def test_rows_without_a_target_and_rows_without_a_sentence_are_named(trained):
    found, _, _ = trained
    assert found.skipped == ("row 38 (row-38): no topic",)
    assert found.models["City Fireworks"].manifest["dataset"]["skipped"] == 1


def test_the_summary_lists_every_target(trained):
    found, out, _ = trained
    rows = list(csv.DictReader((out / "targets.csv").open(encoding="utf-8")))
    assert [row["target"] for row in rows] == [one.target for one in found.targets]
    assert [row["folder"] for row in rows] == ["night-trains", "city-fireworks", ""]
    metrics = found.models["Night Trains"].manifest["metrics"]
    assert rows[0]["macro_f1"] == f"{metrics['macro_f1']:.4f}"
    assert rows[0]["labels"] == "AGAINST=6 FAVOR=6 NONE=6"
    assert "only one label" in rows[2]["problem"]


def test_progress_names_the_target(trained):
    told = trained[2]
    assert told[0][0] == "Night Trains: read"
    assert "City Fireworks: fit" in [stage for stage, _, _ in told]


def test_rows_by_target_are_taken_from_python():
    rows = [
        Row(str(i), one["sentence"], "", one["label"])
        for i, one in enumerate(tweets())
        if one["topic"] == "Night Trains"
    ]
    found = stance.train_by_target({"rows": rows, "data": Dataset(tuple(grouped(rows)))}, **QUICK)
    one, other = found.models.values()
    assert one.manifest["metrics"] == other.manifest["metrics"]
    assert [x.target for x in found.targets] == ["rows", "data"]


def test_no_target_that_can_be_trained_is_an_error_that_names_them(tmp_path: Path):
    records = [{"topic": name, "sentence": "Yes, please.", "label": "FAVOR"} for name in "ab"]
    table = write(tmp_path / "t.jsonl", records)
    with pytest.raises(DataError, match="a: only one label") as caught:
        train_by_target(table, "topic", out=tmp_path / "out", **QUICK)
    assert len(caught.value.problems) == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["file", "model"])
def test_the_folder_of_the_models_is_not_a_file_nor_a_model(kind: str, tmp_path: Path):
    out = tmp_path / "out"
    if kind == "file":
        out.write_text("")
    else:
        out.mkdir()
        (out / "model.json").write_text("{}")
    with pytest.raises(InputError, match=r"is a file|is a model itself"):
        train_by_target({"a": []}, out=out)


def test_a_missing_column_is_named_with_those_that_are_there(tmp_path: Path):
    table = write(tmp_path / "t.jsonl", tweets())
    with pytest.raises(DataError, match=r"no column target; found label, sentence, topic"):
        train_by_target(table)


def test_a_table_of_which_no_row_can_be_used_says_so(tmp_path: Path):
    table = write(tmp_path / "t.jsonl", [{"topic": "a", "sentence": "", "label": ""}])
    with pytest.raises(DataError, match="holds no usable row"):
        train_by_target(table, "topic")


# --- names of folders ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("Legalization of Abortion", "legalization-of-abortion"),
        ("  Köln / Zürich?  ", "koln-zurich"),
        ("../../etc/passwd", "etc-passwd"),
        ("x" * 300, "x" * 60),
        ("атом", "target-"),
        ("CON", "con-"),
        ("lpt1", "lpt1-"),
    ],
)
def test_names_of_folders_are_made_safe(target: str, name: str):
    made = folder_names([target])[target]
    assert re.fullmatch(re.escape(name) + ("[0-9a-f]{8}" if name.endswith("-") else ""), made)


@given(st.lists(st.text(min_size=1), unique=True))
@example(["a b", "A-B", "a_b"])
@example(["x" * 60 + "1", "x" * 60 + "2"])
def test_no_two_targets_share_a_folder(targets: list[str]):
    names = folder_names(targets)
    assert len(set(names.values())) == len(targets)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in names.values())
    assert folder_names(targets[::-1]) == names


# --- the command -----------------------------------------------------------------------

BLOCKS = ["--no-lexicon", "--keep-names", "--blocks", "words=0.3,chars=1", "--C", "3"]


def test_the_command_trains_each_target_and_shows_a_table(tmp_path: Path):
    table = write(tmp_path / "t.jsonl", tweets())
    out = tmp_path / "models"
    done = runner.invoke(
        cli.app,
        ["train", str(table), "--by-target", "topic", "--out", str(out), *BLOCKS, "--min-df", "1"],
    )
    assert done.exit_code == 0, done.output
    assert "Night Trains" in done.output
    assert "city-fireworks" in done.output
    settings = json.loads((out / "night-trains" / "model.json").read_text("utf-8"))["settings"]
    assert settings["weights"] == [["words", 0.3], ["chars", 1.0]]
    assert (settings["C"], settings["min_df"], settings["mask_names"]) == (3.0, 1, False)
    assert settings["char_ngrams"] == list(FeatureSettings().char_ngrams)
    assert "C = 3" in (out / "night-trains" / "README.md").read_text("utf-8")
    assert "read as they stand" in (out / "night-trains" / "README.md").read_text("utf-8")


def test_the_command_leaves_with_1_where_a_target_has_no_model(tmp_path: Path):
    poor = {"topic": "Toll Bridge", "sentence": "Tear it down at last.", "label": "AGAINST"}
    odd = [{"topic": "", "sentence": "Yes.", "label": "NONE"}, {**poor, "sentence": ""}]
    records = [one for one in tweets() if one["topic"] == "Night Trains"]
    table = write(tmp_path / "t.jsonl", [*records, poor, *odd, {**records[0], "sentence": ""}])
    out = tmp_path / "models"
    done = runner.invoke(
        cli.app,
        ["train", str(table), "--by-target", "topic", "--out", str(out), *BLOCKS, "--min-df", "1"],
    )
    assert done.exit_code == cli.DATA
    assert "Toll Bridge (AGAINST 1): only one label" in done.output
    assert "not used: row 20 (row-20): no topic" in done.output
    assert "not used: row 21 (row-21): no sentence" in done.output  # of the target without model
    assert "not used: row 22 (row-22): no sentence" in done.output
    assert load_model(out / "night-trains").target == "Night Trains"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--by-target", "topic"], "needs one TABLE"),
        (["a.csv", "b.csv", "--by-target", "topic"], "needs one TABLE"),
        (["t.csv", "--by-target", "topic", "--target", "x"], "no --target"),
        (["--lexicon", "x.csv", "--no-lexicon"], "expected one of the two"),
        (["--blocks", "words=much"], "'words=much'; expected NAME=WEIGHT"),
        (["--blocks", "wurds"], "expected distinct names out of"),
        (["--blocks", "words=-1"], "weight of words -1.0; expected a number above 0"),
        (["--C", "0"], "C 0.0; expected a number above 0"),
        (["--C", "inf"], "C inf; expected"),
        (["--word-ngrams", "2-1"], r"n-gram range \(2, 1\); expected 1 <= low"),
        (["--char-ngrams", "three"], "'three'; expected LOW-HIGH"),
    ],
)
def test_wrong_options_of_training_are_refused_before_any_work(
    arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "stance.training", None)
    done = runner.invoke(cli.app, ["train", *arguments])
    assert done.exit_code == cli.USAGE, done.output
    assert re.search(message, done.output.replace("\n", " "))


def test_every_option_of_the_terms_reaches_the_model(tmp_path: Path):
    table = write(tmp_path / "t.jsonl", [one for one in tweets() if one["topic"] == "Night Trains"])
    out = tmp_path / "model"
    more = ["--word-ngrams", "1", "--char-ngrams", "2-6", "--class-weight", "none"]
    done = runner.invoke(cli.app, ["train", str(table), "--out", str(out), *BLOCKS, *more])
    assert done.exit_code == 0, done.output
    settings = load_model(out).arrays.settings
    assert (settings.word_ngrams, settings.char_ngrams) == ((1, 1), (2, 6))
    assert settings.class_weight is None
    assert settings.min_df == FeatureSettings().min_df
    assert load_model(out).arrays.lexicon == Lexicon(()).dumps()


def test_a_lexicon_of_ones_own_is_stored_with_its_roles(tmp_path: Path):
    table = write(tmp_path / "t.jsonl", [one for one in tweets() if one["topic"] == "Night Trains"])
    (tmp_path / "l.csv").write_text("concept,form,role,note\nsleeper,sleeper*,target,\n", "utf-8")
    arguments = ["train", str(table), "--out", str(tmp_path / "m")]
    done = runner.invoke(cli.app, [*arguments, "--lexicon", str(tmp_path / "l.csv")])
    assert done.exit_code == 0, done.output
    model = load_model(tmp_path / "m")
    assert model.about_target("Bring back the sleepers!")
    assert not model.about_target("Kyiv will join NATO.")
