"""The command line, called in-process with the shipped model; errors by subprocess."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stance import cli
from stance.resources import data_path, seeds_path

ARTICLE = next(seeds_path().glob("*.txt"))
runner = CliRunner()


def run(*arguments: str, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does; the code tells what kind of error it was."""
    done = subprocess.run(
        [sys.executable, "-c", "from stance.cli import main; main()", *arguments],
        input=stdin,
        capture_output=True,
        env=os.environ | env,
        timeout=120,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    )


def test_version_and_help_teach():
    assert runner.invoke(cli.app, ["--version"]).output.startswith("stance 0.")
    shown = runner.invoke(cli.app, ["analyze", "--help"]).output
    assert "stance analyze article.txt" in shown
    assert "Exit codes" in runner.invoke(cli.app, ["--help"]).output


def test_table_names_every_actor_with_its_words():
    shown = runner.invoke(cli.app, ["analyze", str(ARTICLE)])
    assert shown.exit_code == 0
    for name in ("Rutte", "Sybiha", "Zelensky", "Baerbock", "Kremlin"):
        assert name in shown.output
    assert "No stance:" in shown.output


def test_json_offsets_point_into_the_text():
    shown = runner.invoke(cli.app, ["analyze", str(ARTICLE), "--format", "json"])
    text = ARTICLE.read_text("utf-8")
    analysis = json.loads(shown.output)["analyses"][0]
    spans = [
        item[key]
        for actor in analysis["actors"]
        for item in actor["statements"]
        for key in ("content", "cue", "mention", "sentence")
        if item[key]
    ]
    assert spans
    assert all(text[s["start"] : s["end"]] == s["text"] for s in spans)


def test_csv_has_one_row_for_each_actor_and_statement():
    shown = runner.invoke(cli.app, ["analyze", str(ARTICLE), "-f", "csv"])
    rows = list(csv.DictReader(io.StringIO(shown.output)))
    assert {"Mark Rutte", "Kaja Kallas"} <= {row["actor"] for row in rows}
    assert all(None not in row for row in rows)


def test_markdown_and_html_are_complete(tmp_path: Path):
    for format, start in (("markdown", "# "), ("html", "<!doctype html>")):
        out = tmp_path / f"out.{format}"
        done = runner.invoke(cli.app, ["analyze", str(ARTICLE), "-f", format, "-o", str(out)])
        assert done.exit_code == 0, done.output
        assert out.read_text("utf-8").startswith(start)


def test_table_can_go_to_a_file(tmp_path: Path):
    out = tmp_path / "table.txt"
    runner.invoke(cli.app, ["analyze", str(ARTICLE), "-o", str(out)])
    assert "Rutte" in out.read_text("utf-8")


def test_one_bad_article_does_not_take_the_others_down(tmp_path: Path):
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\xff\xfe\x00\x00\x01")
    done = run("analyze", str(bad), str(ARTICLE), str(tmp_path / "missing.txt"), "-f", "json")
    assert done.returncode == cli.DATA
    content = json.loads(done.stdout)
    assert [a["name"] for a in content["analyses"]] == [str(ARTICLE)]
    assert {f["name"] for f in content["failed"]} == {str(bad), str(tmp_path / "missing.txt")}
    assert done.stderr.count("not read") == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"caf\xe9 and more words of an article", "UTF-8"),
        (bytes(range(256)) * 20, "binary|UTF-8"),
        (b"<!DOCTYPE html><html><body><p>He said no.</p></body></html>", "HTML"),
    ],
)
def test_text_that_cannot_be_read_says_why(content: bytes, message: str):
    done = run("analyze", "-", stdin=content)
    assert done.returncode == cli.DATA
    assert "Traceback" not in done.stderr
    assert any(word in done.stderr for word in message.split("|")), done.stderr


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfKyiv must join NATO, the minister said.",
        "\u202e\u200fThe minister \u201csaid\u201d no\u202c.".encode(),
        b'"""""""" \'\'\'\' "" "',
        b"a\x00b said no" + b" and more words" * 20,
    ],
)
def test_odd_text_is_read_or_refused_without_a_traceback(content: bytes):
    done = run("analyze", "-", "-f", "json", stdin=content)
    assert done.returncode in (0, cli.DATA)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyze"],
        ["analyze", "x.txt", "--format", "xml"],
        ["analyze", "-", "-"],
        ["analyze", "x.txt", "-o", "/no/such/folder/out.csv"],
        ["train", "--seed", "-1"],
        ["train", "--accuracy", "1.0"],
        ["nonsense"],
        ["floors", "check", "/no/such/report.json"],
    ],
)
def test_a_wrong_command_is_exit_code_2(arguments: list[str]):
    done = run(*arguments)
    assert done.returncode == cli.USAGE, done.stderr
    assert "Traceback" not in done.stderr


def test_missing_model_says_how_to_make_one(tmp_path: Path):
    done = run("analyze", str(ARTICLE), "--model", str(tmp_path / "none"))
    assert done.returncode == cli.DATA
    assert "stance train" in done.stderr


def test_hostile_names_do_not_steer_the_terminal(tmp_path: Path):
    text = "Jane\x1b[31m Doe said she backed the bid to join NATO, \x9b2J and left."
    done = run("analyze", "-", stdin=text.encode())
    assert "\x1b" not in done.stdout
    assert "\x9b" not in done.stdout


def test_classify_shows_label_and_sum():
    done = runner.invoke(
        cli.app, ["classify", "Kyiv must join NATO, the minister said.", "--actor", "the minister"]
    )
    assert done.exit_code == 0
    assert done.output.startswith("favor  (confident)")
    assert "why favor rather than against (log-odds)" in done.output
    assert "sum" in done.output


def test_classify_says_when_the_actor_does_not_stand_in_the_sentence():
    done = run("classify", "Kyiv must join NATO, the minister said.", "--actor", "the president")
    assert done.returncode == 0
    assert "actor 'the president' does not stand in the sentence" in done.stderr
    assert done.stdout.startswith("favor  (not sure: below the confidence threshold)")


@pytest.mark.parametrize("format", ["table", "markdown", "html"])
def test_an_article_about_something_else_says_so(format: str):
    done = run("analyze", "-", "-f", format, stdin=b"The mayor opened a bridge on Monday.")
    assert done.returncode == 0
    assert "No statement about the target was found." in done.stdout
    assert "<th>" not in done.stdout


def test_data_check_names_the_row_and_fails(tmp_path: Path):
    table = tmp_path / "rows.csv"
    table.write_text(
        "id,sentence,actor,label,provenance,group\n"
        "a1,The minister said no.,the president,maybe,composed,g1\n",
        "utf-8",
    )
    done = run("data", "check", str(table))
    assert done.returncode == cli.DATA
    assert "a1: label 'maybe'" in done.stdout
    assert "a1: actor 'the president'" in done.stdout


def test_data_check_says_once_what_no_row_of_a_table_has(tmp_path: Path):
    table = tmp_path / "rows.csv"
    rows = (f"Sentence {word} of my own.,{word}" for word in ("yes", "no", "so", "we", "you"))
    table.write_text("\n".join(["sentence,label", *rows]) + "\n", "utf-8")
    done = run("data", "check", str(table))
    assert done.returncode == cli.DATA
    assert done.stdout.splitlines()[:3] == [
        "labels no, so, we, yes, you; the codebook has favor, conditional, against, none; training "
        "takes any",
        "no row has a provenance; the project's own tables need it, training does without",
        "no row has a group; the project's own tables need it, training does without, and groups "
        "near-duplicates itself",
    ]
    assert ": 5 rows, 3 problems; " in done.stdout


def test_where_the_shipped_table_is_stands_in_the_message():
    done = run("data", "check", "data/none.csv")
    assert f"the shipped one is {data_path('sentences.csv')}" in done.stderr


def test_shipped_data_pass_their_check():
    done = runner.invoke(cli.app, ["data", "check"])
    assert done.exit_code == 0, done.output
    assert " 0 problems" in done.output


def test_full_disk_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    out = tmp_path / "out.csv"
    out.write_text("old", "utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    done = runner.invoke(cli.app, ["analyze", str(ARTICLE), "-f", "csv", "-o", str(out)])
    assert isinstance(done.exception, OSError)
    assert out.read_text("utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (OSError(28, "No space left on device"), 1, "No space left"),
        (MemoryError(), 1, "out of memory"),
        (BrokenPipeError(), 0, ""),
    ],
)
def test_errors_become_one_message(
    error: BaseException,
    code: int,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    def fail() -> None:
        raise error

    monkeypatch.setattr(cli, "app", fail)
    if isinstance(error, BrokenPipeError):
        monkeypatch.setattr(sys, "stderr", io.StringIO())
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == code
    assert message in capsys.readouterr().err


def test_a_missing_plot_library_is_told_before_the_evaluation():
    code = (
        "import sys; sys.modules['matplotlib'] = None; import stance.evaluation\n"
        "stance.evaluation.evaluate = lambda *_, **__: sys.exit('worked')\n"
        "from stance.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "evaluate"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == cli.DATA
    assert "pip install 'actor-stance[report]'" in done.stderr
