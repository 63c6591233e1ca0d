"""Statements of an article as rows, the command that lists them, and offices by date."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stance import cli, extract
from stance.errors import InputError
from stance.offices import days_of
from stance.resources import seeds_path

ARTICLE = next(seeds_path().glob("*.txt"))
runner = CliRunner()


def listed(*arguments: str) -> str:
    done = runner.invoke(cli.app, ["statements", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_every_line_of_jsonl_holds_offsets_into_the_article():
    text = ARTICLE.read_text("utf-8")
    rows = [json.loads(line) for line in listed(str(ARTICLE), "--format", "jsonl").splitlines()]
    said = [row for row in rows if row["what"] == "statement"]
    assert len(said) >= 24
    assert all(text[row["start"] : row["end"]] == row["text"] for row in said)
    assert any(row["what"] == "skipped" and row["reason"] for row in rows)


def test_csv_has_a_row_for_each_line_of_jsonl(tmp_path: Path):
    out = tmp_path / "out.csv"
    listed(str(ARTICLE), "--format", "csv", "--output", str(out))
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    assert len(rows) == len(listed(str(ARTICLE), "--format", "jsonl").splitlines())


def test_the_table_shows_speaker_words_and_what_was_not_read(tmp_path: Path):
    shown = listed(str(ARTICLE))
    assert "Mark Rutte" in shown
    assert "Not read" in shown
    out = tmp_path / "out.txt"
    listed(str(ARTICLE), "-o", str(out))
    assert "Mark Rutte" in out.read_text("utf-8")


def test_an_unknown_speaker_is_a_question_mark(tmp_path: Path):
    article = tmp_path / "a.txt"
    article.write_text("He said that the treaty would be signed on Monday.", "utf-8")
    assert "? (He)" in listed(str(article))


def test_one_missing_file_takes_no_other_down():
    done = runner.invoke(cli.app, ["statements", "no-such-file.txt", str(ARTICLE)])
    assert done.exit_code == 1
    assert "Mark Rutte" in done.stdout
    assert "not read: no-such-file.txt" in done.stderr


def test_standard_input_is_read_once_and_a_bad_date_is_named():
    with pytest.raises(SystemExit) as raised:
        cli.app(["statements", "-", "-"], standalone_mode=False)
    assert raised.value.code == 2
    assert runner.invoke(cli.app, ["statements", str(ARTICLE), "--date", "soon"]).exit_code == 2


@pytest.mark.parametrize(
    ("date", "holder"),
    [("2015-06-30", "Angela Merkel"), ("2023-06", "Olaf Scholz"), ("2025-09-01", "Friedrich Merz")],
)
def test_an_office_is_its_holder_of_the_day(date: str, holder: str):
    text = "The German chancellor said that the door was open."
    assert extract(text, date=date)[0].actor == holder
    assert extract(text)[0].actor != holder


def test_a_year_of_change_names_nobody_for_certain():
    text = "The German chancellor said that the door was open."
    assert extract(text, date="1880")[0].actor == extract(text)[0].actor


def test_dates_become_first_and_last_day():
    assert days_of(None) is None
    assert days_of("2015") == ("2015-01-01", "2015-12-31")
    first, last = days_of("2015-02") or ("", "")
    assert (first, "2015-02-28" <= last < "2015-03-01") == ("2015-02-01", True)
    for wrong in ("soon", "2015-13", "2015-02-30"):
        with pytest.raises(InputError):
            days_of(wrong)
