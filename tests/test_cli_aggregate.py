"""`stance aggregate` as a user types it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

pytest.importorskip("pyarrow")
pytest.importorskip("matplotlib")
pytest.importorskip("networkx")
import corpora
import pyarrow.parquet as pq
from debates import said, write_output

from stance import cli

runner = CliRunner()
ROWS = [said("Ada \x1b[31m[bold]", label) for label in ("favor", "favor", "against", "favor")]


def run(*arguments: object) -> tuple[int, str]:
    done = runner.invoke(cli.app, [*map(str, arguments)])
    return done.exit_code, " ".join(done.output.split())


def test_help_teaches():
    code, shown = run("aggregate", "--help")
    assert code == 0
    for words in ("stance aggregate stances --period quarter", "--min", "--only", "visone"):
        assert words in shown


@pytest.mark.parametrize("format", ["parquet", "jsonl", "csv"])
def test_what_batch_writes_is_aggregated(tmp_path: Path, format: str):
    corpus = corpora.write_jsonl(tmp_path / "a.jsonl", 60)
    code, shown = run("batch", corpus, "-o", tmp_path / "o", "-j", 1, "-f", format)
    assert code == 0, shown
    code, shown = run("aggregate", tmp_path / "o", "--only", "tables,networks,dna", "--min", 1)
    assert code == 0, shown
    assert "Read: 60 articles (0 of them skipped) with" in shown
    assert f"files in {tmp_path / 'o' / 'aggregate'}" in shown
    rows = pq.read_table(tmp_path / "o" / "aggregate" / "actors.parquet").to_pylist()
    assert {row["period"] for row in rows} == {"all", "2024-05"}
    whole = {row["actor"]: row for row in rows if row["period"] == "all"}
    assert sum(row["printed"] for row in whole.values()) > 50
    assert not (tmp_path / "o" / "aggregate" / "plots").exists()


def test_the_terminal_shows_actors_without_steering_it(tmp_path: Path):
    folder = write_output(tmp_path / "o", ROWS)
    code, shown = run("aggregate", folder, "--out", tmp_path / "a", "--top", 3)
    assert code == 0, shown
    assert "\x1b" not in shown
    assert "[bold]" in shown
    assert "favor (mixed)" in shown
    assert (tmp_path / "a" / "plots" / "heatmap.png").exists()


def test_without_poles_the_score_is_a_dash(tmp_path: Path):
    code, shown = run("aggregate", write_output(tmp_path / "o", ROWS, poles=None))
    assert code == 0, shown
    assert "– –" in shown


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        (["none"], "no folder 'none'; expected the --out of stance batch", cli.USAGE),
        ([".", "--only", "maps"], "--only maps; expected some of tables,plots", cli.USAGE),
        ([".", "--out", "file"], "--out file: expected a folder", cli.USAGE),
        ([".", "--period", "day"], "Invalid value for '--period'", cli.USAGE),
        ([".", "--min", "0"], "Invalid value for '--min'", cli.USAGE),
    ],
)
def test_wrong_commands_say_what_is_expected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str, code: int
):
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    found, shown = run("aggregate", *arguments)
    assert found == code
    assert message in shown.replace("│", "")


def test_a_folder_that_is_no_output_is_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("sys.argv", ["stance", "aggregate", str(tmp_path)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == cli.DATA
    assert "no manifest.json; expected the output of a stance batch" in capsys.readouterr().err
