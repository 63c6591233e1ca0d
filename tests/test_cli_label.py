"""The commands `label`, `export` and `import`, and training with what they made, as a user does."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from stance import cli
from stance.cli import label as label_command
from stance.dataset import LABELS, read_dataset
from stance.merging import read_tables
from stance.predict import load_model
from stance.resources import data_path, seeds_path
from stance.runs import run_batch
from stance.tablerules import check

runner = CliRunner()
TABLE = Path(__file__).parent / "tables" / "wealth_tax.csv"
ARTICLES = {
    "a1.txt": "Talks in Veldania\n\nThe prime minister of Veldania said that Ukraine must be "
    "invited to NATO before winter. Membership for Kyiv would be a grave mistake, the interior "
    "minister said. The opposition leader argued that accession should wait until the war is "
    "over.\n",
    "a2.txt": "Norland votes\n\nThe president of Norland said he would sign Ukraine's accession "
    "to NATO on the first day. The defence minister of Ostland wants a roadmap to membership for "
    "Ukraine by spring.\n",
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with a few articles, which the commands run in."""
    (tmp_path / "articles").mkdir()
    for name, text in ARTICLES.items():
        (tmp_path / "articles" / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, keys: str = "") -> Result:
    return runner.invoke(cli.app, list(arguments), input=keys)


def labels(path: str = "user.csv") -> list[str]:
    return [row.label for row in read_dataset(path).rows]


# --- label -----------------------------------------------------------------------------


def test_each_key_answers_and_the_table_is_one_for_training(here: Path):
    shown = run("label", "articles", "-n", "4", keys="1c3n")
    assert shown.exit_code == 0, shown.output
    assert labels() == ["favor", "conditional", "against", "none"]
    assert "4 answered, 0 skipped, 0 open" in shown.output
    assert f"Next: stance train {data_path('sentences.csv')} user.csv" in shown.output
    assert check(read_tables([data_path("sentences.csv"), "user.csv"])) == ()
    for row in read_dataset("user.csv").rows:
        assert row.sentence in shown.output.replace("\n", " ")
    assert "Talks in Veldania" in shown.output  # the sentence before


def test_the_guess_of_the_model_is_not_shown(here: Path):
    """Who sees it agrees with it."""
    shown = run("label", "articles", "-n", "1", keys="q")
    for pattern in ("0.", "%", "said favor", "teaching", "random"):
        assert pattern not in shown.output


def test_it_goes_on_with_what_is_open(here: Path):
    run("label", "articles", "-n", "4", keys="12")
    shown = run("label", "articles", "-n", "4", keys="34")
    assert "2 of 4 questions were done before" in shown.output
    assert "3 of 4 ·" in shown.output
    assert labels() == list(LABELS)


def test_undo_skip_and_codebook(here: Path):
    shown = run("label", "articles", "-n", "3", keys="1s?x u u 23\x1b")
    assert shown.exit_code == 0
    assert "Rules for the hard cases" in shown.output
    assert "'x' is no answer" in shown.output
    assert labels() == ["conditional", "against"]
    assert "1 open" in shown.output


def test_nothing_to_undo_is_said(here: Path):
    assert "nothing to undo" in run("label", "articles", keys="u").output


def test_new_picks_are_none_of_the_old_ones(here: Path):
    run("label", "articles", "-n", "2", keys="1s")
    before = {row.id for row in read_dataset("user.csv").rows}
    run("label", "articles", "-n", "9", keys="11111111")
    rows = read_dataset("user.csv").rows
    assert len(rows) == 4
    assert before < {row.id for row in rows}
    assert len({row.sentence for row in rows}) == 4
    done = run("label", "articles", keys="1")
    assert done.exit_code == cli.DATA
    assert "nothing to ask: each of the 5 statements" in done.output


def test_random_questions_give_an_estimate(here: Path):
    shown = run("label", "articles", "-n", "4", "--random", "1", keys="1111")
    assert "Of the 4 drawn at random the model had" in shown.output
    assert "95 % interval" in shown.output


def test_a_new_queue_can_be_asked_for(here: Path):
    run("label", "articles", "-n", "3", keys="1")
    shown = run("label", "articles", "-n", "2", "--new", keys="q")
    assert "1 of 2 ·" in shown.output


def test_the_queue_is_written_without_asking(here: Path):
    shown = run("label", "articles", "-n", "3", "--queue", "picked.csv")
    assert shown.exit_code == 0
    with Path("picked.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 3
    assert {row["label"] for row in rows} == {""}
    assert not Path("user.csv").exists()
    assert not Path("user.queue.csv").exists()


def test_a_batch_output_is_a_corpus(here: Path):
    run_batch(["articles"], "out", jobs=1)
    shown = run("label", "out", "-n", "2", "--measure", "margin", keys="12")
    assert shown.exit_code == 0, shown.output
    assert "Norland votes" in shown.output or "Talks in Veldania" in shown.output
    assert len(labels()) == 2


def test_seed_articles_are_all_labelled_already(here: Path):
    done = run("label", str(seeds_path()))
    assert done.exit_code == cli.DATA
    assert "not read: 000_3ff1d541352e87d9.gold.json" in done.output
    assert "nothing to ask" in done.output


def test_any_label_set_of_a_model_has_its_keys_and_codebook(here: Path, small_model: Path):
    shown = run("label", "articles", "-n", "1", "--model", str(small_model), keys="?p")
    assert "only word for word" in shown.output.replace("\n", " ")
    assert "[1/c] contra  [2/n] neither  [3/p] pro" in shown.output
    assert "Target. a wealth tax" in shown.output
    assert labels() == ["pro"]
    Path("rules.md").write_text("# Our rules\n\nRead twice.\n", "utf-8")
    options = ["--model", str(small_model), "--codebook", "rules.md"]
    more = run("label", "articles", *options, keys="?q")
    assert "Our rules" in more.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["label", "missing"],
        ["label", "articles", "--out", "no/user.csv"],
        ["label", "articles", "--out", "user.txt"],
        ["label", "articles", "--queue", "articles"],
        ["label", "articles", "--codebook", "missing.md"],
        ["label", "articles", "--measure", "luck"],
        ["label", "articles", "--random", "2"],
        ["export", "missing", "--to", "doccano", "-o", "x.jsonl"],
        ["export", "articles", "--to", "doccano", "-o", "x.jsonl"],
        ["export", "articles", "--to", "doccano", "-o", "no/x.jsonl"],
        ["import", "missing.json", "--from", "doccano"],
        ["import", "articles/a1.txt", "--from", "prodigy"],
    ],
)
def test_wrong_arguments_are_errors_of_usage(here: Path, arguments: list[str]):
    assert run(*arguments).exit_code == cli.USAGE
    assert not Path("user.csv").exists()


def test_many_unread_articles_are_counted(here: Path):
    for number in range(12):
        Path(f"articles/bad{number}.txt").write_bytes(b"\xff\xfe\0")
    shown = run("label", "articles", "-n", "1", keys="q")
    assert shown.output.count("not read:") == 11
    assert "not read: 2 more" in shown.output


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a pseudo-terminal")
def test_a_kill_loses_no_answer(here: Path):
    """In a real terminal, killed hard while it waits for the next key."""
    import pty

    def answers() -> int:
        return len(labels()) if Path("user.csv").exists() else 0

    master, slave = pty.openpty()
    code = "from stance.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "label", "articles", "-n", "4"],
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    os.close(slave)
    until = time.monotonic() + 60
    for number, key in enumerate((b"1", b"3"), 1):
        while time.monotonic() < until and answers() < number:
            os.write(master, key)  # a terminal drops what is typed before it is asked for
            wait = time.monotonic() + 3
            while time.monotonic() < wait and answers() < number:
                time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=20)
    os.close(master)
    assert labels() == ["favor", "against"]
    assert "2 of 4 questions were done before" in run("label", "articles", keys="q").output


def test_keys_of_a_terminal(monkeypatch: pytest.MonkeyPatch):
    """Several at once, arrows, blanks, and the ends that a user knows."""

    class Terminal:
        @staticmethod
        def isatty() -> bool:
            return True

    typed = iter(["1", "\x1b[A", "S\n2", "q\x04x", "never"])
    monkeypatch.setattr(sys, "stdin", Terminal)
    monkeypatch.setattr(label_command.typer, "getchar", lambda: next(typed))
    assert list(label_command._keys()) == ["1", "Esc", "s", "2", "q"]

    def interrupted() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(label_command.typer, "getchar", interrupted)
    assert list(label_command._keys()) == []


# --- export and import -----------------------------------------------------------------


@pytest.fixture
def out(here: Path) -> str:
    run_batch(["articles"], "out", jobs=1)
    return "out"


def test_an_export_says_what_goes_out_once(out: str):
    shown = run("export", out, "--to", "doccano", "-o", "x.jsonl")
    assert "goes out once" not in shown.output
    Path("articles/copy.txt").write_bytes(Path("articles/a1.txt").read_bytes())
    run_batch(["articles"], "twice", jobs=1)
    shown = run("export", "twice", "--to", "doccano", "-o", "x.jsonl")
    statements = json.loads(Path("twice/manifest.json").read_text("utf-8"))["counts"]["statements"]
    assert f"twice: {statements} statements; a sentence with the same actor goes out once" in (
        shown.output
    )
    shown = run("export", "articles", "--to", "doccano", "-o", "x.jsonl")
    assert "make what is exported with: stance batch articles --out FOLDER" in shown.output


def test_a_batch_goes_to_label_studio_and_comes_back_corrected(out: str):
    shown = run("export", out, "--to", "label-studio", "-o", "tasks.json", "--context")
    assert shown.exit_code == 0, shown.output
    assert all(f'"{name}"' in Path("tasks.xml").read_text("utf-8") for name in LABELS)
    tasks = json.loads(Path("tasks.json").read_text("utf-8"))
    assert any(task["data"]["before"] == "Talks in Veldania" for task in tasks)
    for task in tasks[:3]:
        task["annotations"] = [{"result": task["predictions"][0]["result"]}]
    tasks[0]["annotations"][0]["result"][0]["value"]["choices"] = ["none"]
    Path("done.json").write_text(json.dumps(tasks), "utf-8")
    back = run("import", "done.json", "--from", "label-studio")
    assert back.exit_code == 0, back.output
    assert "3 rows added, 0 updated, 0 there already; 2 annotations not taken" in back.output
    assert back.output.count("not taken: item") == 2
    assert read_dataset("user.csv").rows[0].label == "none"
    again = run("import", "done.json", "--from", "label-studio")
    assert "0 rows added, 0 updated, 3 there already" in again.output


@pytest.mark.parametrize("tool", ["doccano", "doccano-text"])
def test_a_table_goes_to_doccano_and_comes_back(here: Path, tool: str):
    rows = data_path("sentences.csv").read_text("utf-8").splitlines(keepends=True)
    Path("some.csv").write_text("".join(rows[:8]), "utf-8")
    shown = run("export", "some.csv", "--to", tool, "-o", "some.jsonl")
    assert "approved documents only" in shown.output
    text = Path("some.jsonl").read_text("utf-8")
    Path("all.jsonl").write_text(text.replace('["against"]', '["none"]', 1), "utf-8")
    back = run("import", "all.jsonl", "--from", "doccano", "--known", "some.csv")
    assert back.exit_code == 0, back.output
    assert "seed001: corrects seed001 (against)" in back.output
    assert "6 rows confirm a known row" in back.output
    merged = read_tables(["some.csv", "user.csv"])
    assert len(merged) == 7
    assert (merged.rows[0].id, merged.rows[0].label) == ("seed001", "none")


def test_an_updated_row_takes_the_place_of_the_old_one(here: Path):
    line = {"text": "Kyiv will join NATO one day.", "label": ["favor"]}
    for name in ("favor", "none"):
        Path("a.jsonl").write_text(json.dumps(line | {"label": [name]}), "utf-8")
        shown = run("import", "a.jsonl", "--from", "doccano")
    assert "0 rows added, 1 updated" in shown.output
    assert labels() == ["none"]


def test_a_queue_goes_out_as_well(here: Path):
    run("label", "articles", "-n", "3", "--queue", "picked.csv")
    shown = run("export", "picked.csv", "--to", "label-studio", "-o", "picked.jsonl")
    assert "picked.jsonl: 3 sentences" in shown.output
    assert len(Path("picked.jsonl").read_text("utf-8").splitlines()) == 3


def test_an_export_without_annotations_is_an_error_of_data(out: str):
    run("export", out, "--to", "label-studio", "-o", "tasks.json")
    shown = run("import", "tasks.json", "--from", "label-studio")
    assert shown.exit_code == cli.DATA
    assert "none of 5 annotations became a row" in shown.output
    assert not Path("user.csv").exists()


def test_an_empty_queue_is_an_error_of_data(here: Path):
    run("label", "articles", "-n", "1", "--queue", "picked.csv")
    header = Path("picked.csv").read_text("utf-8").splitlines(keepends=True)[0]
    Path("picked.csv").write_text(header, "utf-8")
    done = run("export", "picked.csv", "--to", "doccano", "-o", "x.jsonl")
    assert done.exit_code == cli.DATA
    assert not Path("x.jsonl").exists()


def test_rows_of_a_table_that_were_not_read_are_named(here: Path):
    Path("t.csv").write_text("sentence,label\nA sentence.,pro\nAnother.,\n", "utf-8")
    shown = run("export", "t.csv", "--to", "doccano", "-o", "t.jsonl")
    assert "not read: row 3" in shown.output


# --- training with the rows -------------------------------------------------------------


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small") / "levy"
    done = run("train", str(TABLE), "--out", str(folder), "--target", "a wealth tax")
    assert done.exit_code == 0, done.output
    return folder


def test_import_takes_the_labels_of_a_model(here: Path, small_model: Path):
    line = {"text": "The mayor backs the levy.", "label": ["pro"]}
    Path("a.jsonl").write_text(json.dumps(line), "utf-8")
    assert run("import", "a.jsonl", "--from", "doccano").exit_code == cli.DATA
    shown = run("import", "a.jsonl", "--from", "doccano", "--model", str(small_model))
    assert shown.exit_code == 0, shown.output
    assert labels() == ["pro"]


def test_several_tables_train_one_model_and_the_report_tells_what_the_rows_changed(here: Path):
    rows = read_dataset(TABLE).rows
    lines = ["id,sentence,actor,label,provenance,group"]
    lines += [
        f'u{n},"{row.sentence[:-1]} in {place}.",{row.actor},{row.label},user,{row.group}-{place}'
        for n, (row, place) in enumerate(zip(rows[:12], ["Ostland", "Norland"] * 6, strict=True))
    ]
    correction = rows[20]
    other = next(one for one in ("pro", "contra") if one != correction.label)
    lines.append(f'c1,"{correction.sentence}","{correction.actor}",{other},user,')
    Path("user.csv").write_text("\n".join(lines) + "\n", "utf-8")
    done = run("train", str(TABLE), "user.csv", "--out", "levy", "--target", "a wealth tax")
    assert done.exit_code == 0, done.output
    assert f"was corrected by user.csv to '{other}'" in done.output
    assert f"--data {TABLE} --data user.csv" in done.output.replace("\n", "")
    figures = run("evaluate", "--model", "levy", "--data", str(TABLE), "--data", "user.csv")
    assert figures.exit_code == 0, figures.output
    flat = figures.output.replace("\n", " ")
    assert "13 added rows: on all rows (n = " in flat
    assert "without them" in flat
    report = json.loads(Path("report/report.json").read_text("utf-8"))
    assert report["mode"] == "cross-validation"
    assert [part["added"] for part in report["added_rows"]] == [13] * 3
    assert "What the added rows change" in Path("report/report.html").read_text("utf-8")


def test_the_target_of_the_shipped_table_stays_with_more_tables(here: Path):
    from stance.cli.train import _target

    first = data_path("sentences.csv")
    assert _target([first, Path("user.csv")], None) == load_model().target
    assert _target([first], "another") == "another"
    assert _target([Path("user.csv")], None) is None


def test_data_check_reads_several_tables_as_training_does(here: Path):
    header = "id,sentence,actor,label,provenance,group\n"
    Path("a.csv").write_text(header + "a,Kyiv will join NATO.,,favor,composed,g1\n", "utf-8")
    Path("b.csv").write_text(header + "b,Kyiv will join NATO.,,none,user,g2\n", "utf-8")
    shown = run("data", "check", "a.csv", "b.csv")
    assert shown.exit_code == 0
    assert "note: a: 'favor' was corrected by b.csv to 'none'" in shown.output
    assert "a.csv + b.csv: 1 rows, 0 problems" in shown.output
