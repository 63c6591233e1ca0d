"""`stance batch` as a user types it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

pytest.importorskip("pyarrow")
import pyarrow.parquet as pq
from corpora import write_jsonl

from stance import cli
from stance.cli import batch as command

runner = CliRunner()


def batch(*arguments: object) -> tuple[int, str]:
    done = runner.invoke(cli.app, ["batch", *map(str, arguments)])
    return done.exit_code, done.output


def test_help_teaches():
    code, shown = batch("--help")
    assert code == 0
    for words in ("--shard", "--dask", "stance batch news.parquet --out stances", "SLURM_ARRAY"):
        assert words in shown


def test_a_corpus_becomes_tables(tmp_path: Path):
    corpus = write_jsonl(tmp_path / "a.jsonl", 50, {7: "{broken"})
    out = tmp_path / "out"
    code, shown = batch(corpus, "--out", out, "--jobs", 1)
    assert code == 0, shown
    assert "50 articles" in shown
    assert "1 article skipped (reasons in" in shown
    assert f"stance: not read: {corpus}:8: no JSON: " in shown
    assert pq.read_table(out / "statements").num_rows > 20
    code, shown = batch(corpus, "--out", out, "--jobs", 1)
    assert "Done before: 50 articles" in shown


@pytest.mark.parametrize("format", ["parquet", "jsonl", "csv"])
def test_reasons_are_shown_and_a_corpus_of_nothing_else_fails(tmp_path: Path, format: str):
    corpus = write_jsonl(tmp_path / "a.jsonl", 7, dict.fromkeys(range(7), '{"text": ""}'))
    code, shown = batch(corpus, "-o", tmp_path / "out", "-j", 1, "-f", format)
    assert code == cli.DATA
    assert shown.count("not read: ") == 6
    assert "the text is empty" in shown
    assert "not read: 2 more; see" in shown


def test_shards_say_what_is_missing(tmp_path: Path):
    corpus = write_jsonl(tmp_path / "a.jsonl", 130)
    rest = ("--out", tmp_path / "out", "--jobs", 1, "--part-articles", 64)
    code, shown = batch(corpus, *rest, "--shard", "2/2")
    assert code == 0
    assert "1 of 3 parts are there" in shown
    code, shown = batch(corpus, *rest, "--shard", "1/2")
    assert "130 articles" in shown


def test_columns_are_named_by_options(tmp_path: Path):
    path = tmp_path / "a.csv"
    words = "key,lead,when,from\nk1,The mayor said Ukraine must join NATO.,2024,The Post\n"
    path.write_text(words, "utf-8")
    names = ("--text", "lead", "--id", "key", "--date", "when", "--source", "from")
    code, shown = batch(path, "--out", tmp_path / "out", "-j", 1, *names)
    assert code == 0, shown
    (row,) = pq.read_table(tmp_path / "out" / "statements").to_pylist()
    assert (row["article_id"], row["date"], row["source"]) == ("k1", "2024", "The Post")


def test_an_office_is_whose_it_was_on_the_day_of_the_article(tmp_path: Path):
    path = tmp_path / "a.csv"
    said = '"Summit\n\nThe German chancellor said Ukraine could not join NATO during a war."'
    rows = (f"old,2015-06-30,{said}", f"new,2023-06-30,{said}", f"none,,{said}")
    path.write_text("\n".join(("id,date,text", *rows)) + "\n", "utf-8")
    code, shown = batch(path, "--out", tmp_path / "out", "--jobs", 1)
    assert code == 0, shown
    found = pq.read_table(tmp_path / "out" / "statements").to_pylist()
    assert {row["article_id"]: row["actor"] for row in found} == {
        "old": "Angela Merkel",
        "new": "Olaf Scholz",
        "none": "Chancellor of Germany",
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--shard", "3"], "--shard 3; expected I/N"),
        (["--shard", "3/2"], "--shard 3/2; expected I/N"),
        (["--jobs", "0"], "--jobs 0; expected a number of processes"),
        (["none.csv"], "no file or folder 'none.csv'"),
    ],
)
def test_wrong_commands_are_exit_code_2(tmp_path: Path, arguments: list[str], message: str):
    corpus = write_jsonl(tmp_path / "a.jsonl", 1)
    code, shown = batch(corpus, "--out", tmp_path / "out", *arguments)
    assert code == cli.USAGE
    assert message in shown
    assert not (tmp_path / "out").exists()


def test_the_missing_extra_is_named(tmp_path: Path):
    corpus = write_jsonl(tmp_path / "a.jsonl", 1)
    code = "import sys; sys.modules['pyarrow'] = None; from stance.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "batch", str(corpus), "--out", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == cli.DATA
    assert "pip install 'actor-stance[batch]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("stance.runs.run_batch", interrupted)
    code, shown = batch(write_jsonl(tmp_path / "a.jsonl", 1), "--out", tmp_path / "out")
    assert code == 130
    assert "run the same command again to go on" in shown


def test_a_log_gets_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(command, "_EVERY", 0)
    code, shown = batch(write_jsonl(tmp_path / "a.jsonl", 130), "--out", tmp_path / "o", "-j", 1)
    assert code == 0
    assert "analyze: 64 of 130 articles" in shown
    assert "a second" in shown
    assert "min left" in shown
