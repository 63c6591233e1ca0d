"""The script for public benchmarks, on made-up files of their formats."""

from __future__ import annotations

import json
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from stance import load_model
from stance.dataset import Row, read_dataset
from stance.errors import InputError

HERE = Path(__file__).parent
SCRIPT = HERE / "benchmarks" / "public.py"
SAMPLES = HERE / "tables" / "public"


@pytest.fixture(scope="module")
def public() -> SimpleNamespace:
    return SimpleNamespace(**runpy.run_path(str(SCRIPT)))


@pytest.fixture
def semeval(tmp_path: Path) -> Path:
    return shutil.copytree(SAMPLES / "semeval", tmp_path / "semeval")


@pytest.fixture
def newsmtsc(tmp_path: Path) -> Path:
    return shutil.copytree(SAMPLES / "newsmtsc", tmp_path / "newsmtsc")


def count(parts) -> dict[str, int]:
    return {target: len(rows) for target, rows in parts.items()}


# --- the formats -----------------------------------------------------------------------


def test_official_files_are_read_by_target(public, semeval: Path):
    bench = public.read_semeval(semeval)
    assert count(bench.train) == {"Night Trains": 18, "City Fireworks": 18}
    assert count(bench.tests["test"]) == {"Night Trains": 4, "City Fireworks": 5}
    row = bench.tests["test"]["City Fireworks"][-1]
    assert row.sentence.startswith("My “poor” dog")  # Windows-1252
    assert (row.id, row.label, row.actor) == ("10009", "AGAINST", "")
    assert "semeval2016-task6-trialdata.txt: 4 of 4 rows for the train part" in bench.notes


def test_a_file_in_both_encodings_counts_once(public, semeval: Path):
    name = "semeval2016-task6-trainingdata.txt"
    shutil.copy(semeval / name, semeval / name.replace(".txt", "-utf-8.txt"))
    (semeval / "annotations").mkdir()
    lines = (semeval / name).read_text("utf-8").splitlines()
    more = [lines[0] + "\tOpinion towards\tSentiment", *(f"{x}\tOTHER\tpos" for x in lines[1:])]
    (semeval / "annotations" / "trainingdata-all-annotations.txt").write_text(
        "\r\n".join(more) + "\r\n", "utf-8"
    )
    assert count(public.read_semeval(semeval).train) == {"Night Trains": 18, "City Fireworks": 18}


def test_what_is_no_row_of_the_task_is_left_out_and_said(public, semeval: Path):
    (semeval / "readme.txt").write_text("Terms of use\n")
    (semeval / "SemEval2016-Task6-subtaskB-testdata-gold.txt").write_text(
        "ID\tTarget\tTweet\tStance\n20001\tA Third\tWords.\tFAVOR\n"
    )
    (semeval / "SemEval2016-Task6-subtaskA-testdata.txt").write_text(
        "ID\tTarget\tTweet\tStance\n10001\tNight Trains\tWords.\tUNKNOWN\n"
        '30000\tUnseen\tA "quote mark alone.\tNONE\n30001\tNight Trains\tWords.\tMAYBE\n'
        "30002\tNight Trains\n"
    )
    bench = public.read_semeval(semeval)
    assert sum(count(bench.tests["test"]).values()) == 9
    assert "no training rows about Unseen: 1 left out" in bench.notes
    assert [note for note in bench.notes if "stance '" in note] == [
        "SemEval2016-Task6-subtaskA-testdata.txt, row 4: stance 'MAYBE'; left out"
    ]


def test_the_tables_of_the_later_release_are_read_where_there_are_no_others(public, tmp_path: Path):
    head = "Tweet,Target,Stance,Opinion Towards,Sentiment\n"
    (tmp_path / "train.csv").write_text(head + '"Yes, ""now""",Trams,FAVOR,1,pos\n')
    (tmp_path / "test.csv").write_bytes(head.encode() + b"No\x85,Trams,AGAINST,1,neg\n")
    bench = public.read_semeval(tmp_path)
    assert bench.train["Trams"][0].sentence == 'Yes, "now"'
    assert bench.tests["test"]["Trams"][0].sentence == "No…"


@pytest.mark.parametrize("part", ["train", "test"])
def test_missing_files_of_a_part_are_named(public, semeval: Path, part: str):
    for path in semeval.iterdir():
        if ("test" in path.name) == (part == "test"):
            path.unlink()
    with pytest.raises(InputError, match=f"no {part} file of SemEval"):
        public.read_semeval(semeval)


def test_each_mention_is_a_row_with_its_offsets(public, newsmtsc: Path):
    bench = public.read_newsmtsc(newsmtsc)
    assert len(bench.train[""]) == 28
    assert {name: len(parts[""]) for name, parts in bench.tests.items()} == {
        "real-world": 5,
        "several targets": 2,
    }
    first, second = bench.train[""][-2:]
    assert first.sentence == second.sentence
    assert (first.actor, second.actor) == ("Lind", "Lind")
    assert (first.label, second.label) == ("positive", "negative")
    assert first.actor_start == 0
    assert second.sentence[second.actor_start :].startswith("Lind lost")


def test_the_flat_form_of_the_data_is_read_as_well(public, tmp_path: Path):
    """One mention a line, −1, 0 and 1; a folder for each of the two test sets."""
    line = {"sentence": "Ada Quill won.", "mention": "Ada Quill ", "from": 0, "to": 10,
            "polarity": 1, "id": "x"}  # fmt: skip
    for name in ("newsmtsc-rw/train", "newsmtsc-rw/test", "newsmtsc-mt/train", "newsmtsc-mt/test"):
        path = tmp_path / f"{name}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(line) + "\n")
    (tmp_path / "newsmtsc-rw" / "dev.jsonl").write_text(json.dumps(line) + "\n")
    bench = public.read_newsmtsc(tmp_path)
    assert len(bench.train[""]) == 1
    assert sum("train.jsonl" in note for note in bench.notes) == 1
    assert set(bench.tests) == {"real-world", "several targets"}
    assert bench.train[""][0] == Row(
        "x", "Ada Quill won.", "Ada Quill", "positive", actor_start=0, actor_end=9
    )


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        "[]",
        '{"sentence": "Ada won.", "mention": "Ada", "from": 1, "to": 4, "polarity": 1}',
        '{"sentence": "Ada won.", "mention": "Ada", "from": 0, "to": 2, "polarity": 1}',
        '{"sentence": "Ada won.", "mention": "Ada", "from": 0, "to": 3, "polarity": 5}',
        '{"sentence": "Ada won.", "mention": "Ada", "from": "0", "to": 3, "polarity": 1}',
        '{"sentence": "Ada won.", "mention": "Ada"}',
    ],
)
def test_a_line_that_does_not_fit_is_left_out_and_said(public, newsmtsc: Path, broken: str):
    with (newsmtsc / "train.jsonl").open("a", encoding="utf-8") as file:
        file.write(broken + "\n")
    bench = public.read_newsmtsc(newsmtsc)
    assert len(bench.train[""]) == 28
    assert any("train.jsonl, line 27 left out" in note for note in bench.notes)


@pytest.mark.parametrize("name", ["train", "test"])
def test_missing_files_are_named(public, newsmtsc: Path, name: str):
    for path in newsmtsc.glob(f"*{name}*.jsonl"):
        path.unlink()
    with pytest.raises(InputError, match=rf"no {name}.* of NewsMTSC"):
        public.read_newsmtsc(newsmtsc)


# --- the metrics, against values worked out by hand --------------------------------------


def test_f_avg_is_that_of_the_official_script(public):
    """FAVOR: P 1/2, R 1/3, F 2/5. AGAINST: P 2/4, R 2/3, F 4/7. NONE counts by its confusions."""
    truth = ["FAVOR", "FAVOR", "FAVOR", "AGAINST", "AGAINST", "AGAINST", "NONE", "NONE"]
    guess = ["FAVOR", "AGAINST", "NONE", "AGAINST", "AGAINST", "NONE", "AGAINST", "FAVOR"]
    assert public.f_avg(truth, guess) == pytest.approx((2 / 5 + 4 / 7) / 2)


def test_f_avg_without_any_hit_is_zero(public):
    assert public.f_avg(["FAVOR", "NONE"], ["NONE", "NONE"]) == 0.0


def test_macro_f1_is_the_mean_of_three(public):
    """negative: P 1, R 1/2, F 2/3; neutral: P 1/2, R 1, F 2/3; positive: 1."""
    truth = ["negative", "negative", "neutral", "positive"]
    guess = ["negative", "neutral", "neutral", "positive"]
    assert public.macro_f1(truth, guess) == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)


def test_leaks_are_counted_by_words_and_by_near_copies(public):
    training = [Row("1", "Bring back the night train to the coast", "", "a")]
    test = [
        Row("2", "bring back THE night train, to the coast!", "", "a"),
        Row("3", "Please bring back the night train to the coast", "", "a"),
        Row("4", "The night was long and cold", "", "a"),
        Row("5", "The night was long and cold again", "", "a"),  # of another test row
    ]
    same, near = public.leaks(training, test)
    assert same == [True, False, False, False]
    assert near == [True, True, False, False]


def test_figures_are_given_with_and_without_the_leaked_rows(public):
    rows = [Row(str(i), f"s{i}", "", label) for i, label in enumerate(("FAVOR", "AGAINST") * 2)]
    guess = ["FAVOR", "AGAINST", "AGAINST", "FAVOR"]
    found = list(
        public.figure_rows("test", rows, guess, [True, True, False, False], public.f_avg, 0)
    )
    assert [(title, n, shown[:5]) for title, n, shown in found] == [
        ("test, all rows", 4, "0.500"),
        ("test, without rows that stand in training", 2, "0.000"),
        ("test, those rows alone", 2, "1.000"),
    ]
    assert "(" in found[0][2]


# --- from the files to the table ---------------------------------------------------------


def test_semeval_from_end_to_end(tmp_path: Path):
    out = tmp_path / "kept"
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "semeval", str(SAMPLES / "semeval"), "--keep", str(out)],
        capture_output=True, text=True, encoding="utf-8", timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for expected in (
        "| semeval: what | n | F_avg (95 % interval) | source |",
        "| test, all rows | 9 | ",
        "| test, without rows that stand in training | 6 | ",
        "| test, those rows alone | 3 | ",
        "| test, Night Trains alone | 4 | ",
        " 0.689 | measured before this project began",
        "* test: 2 of 9 rows have the words of a training row, 3 those or nearly those",
    ):
        assert expected in done.stdout
    model = load_model(out / "models" / "night-trains")
    settings = model.arrays.settings
    assert settings.weights == (("words", 0.3), ("chars", 1.0))
    assert (settings.C, settings.mask_names, settings.class_weight) == (3.0, False, "balanced")
    assert (settings.word_ngrams, settings.char_ngrams) == ((1, 2), (3, 5))
    assert not model.arrays.lexicon.count("\n") > 1
    assert len(read_dataset(out / "semeval.jsonl")) == 36


def test_newsmtsc_from_end_to_end(public, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    arguments = ["newsmtsc", str(SAMPLES / "newsmtsc"), "--keep", str(tmp_path)]
    assert public.main([*arguments, "--blocks", "words,chars=0.5,anchored", "--C", "4"]) == 0
    printed = capsys.readouterr().out
    assert "| real-world, all rows | 5 | " in printed
    assert "| real-world, those rows alone | 1 | " in printed
    assert "* real-world: 1 of 5 rows have the words of a training row" in printed
    settings = load_model(tmp_path / "models" / "newsmtsc").arrays.settings
    assert settings.weights == (("words", 1.0), ("chars", 0.5), ("anchored", 1.0))
    assert settings.C == 4.0
    table = read_dataset(tmp_path / "newsmtsc.jsonl")
    assert (len(table), table.skipped) == (28, ())
    assert all(row.actor_start is not None for row in table.rows)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["semeval", "no/such/folder"], "no folder no/such/folder; expected your copy"),
        (["newsmtsc", str(SAMPLES), "--C", "-1"], "C -1.0; expected a number above 0"),
    ],
)
def test_errors_are_one_line(public, arguments, message, capsys: pytest.CaptureFixture[str]):
    assert public.main(arguments) == 1
    assert message in capsys.readouterr().err


def test_a_target_that_cannot_be_trained_stops_the_benchmark(
    public, semeval: Path, capsys: pytest.CaptureFixture[str]
):
    with (semeval / "semeval2016-task6-trialdata.txt").open("a") as file:
        file.write("99\tToll Bridge\tTear it down at last\tAGAINST\r\n")
    assert public.main(["semeval", str(semeval)]) == 1
    assert "no model for Toll Bridge: only one label" in capsys.readouterr().err
