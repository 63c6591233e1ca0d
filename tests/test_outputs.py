"""The output of `stance batch`, read again."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

pytest.importorskip("pyarrow")
from debates import LABELS, POLES, TARGET, said, write_output

from stance.errors import InputError
from stance.outputs import chunks, open_output
from stance.parts import FORMATS

COLUMNS = ("actor", "date", "row", "p_favor", "score", "confident", "sentence", "sentence_start")
ROWS = [
    said("the mayor", sentence='He said: "no,\nnever; \u2013 \U0001f309".', article="a1"),
    said(None, "none", None, article="a1", confident=False),
    said("Ada Brandt", "against", score=-0.5, article="a2"),
]


def values(folder: Path) -> list[tuple[object, ...]]:
    return [
        row
        for chunk in chunks(open_output(folder), COLUMNS)
        for row in zip(*(chunk[name] for name in COLUMNS), strict=True)
    ]


def test_all_formats_give_the_same_values(tmp_path: Path):
    found = [values(write_output(tmp_path / name, ROWS, name, parts=2)) for name in FORMATS]
    assert found[0] == found[1] == found[2]
    assert found[0][1][:3] == (None, None, 1)
    assert [row[5] for row in found[0]] == [True, False, True]
    assert found[0][2][4] == -0.5


def test_the_manifest_is_read(tmp_path: Path):
    output = open_output(write_output(tmp_path / "o", ROWS, parts=2))
    assert (output.target, output.labels, output.poles) == (TARGET, LABELS, POLES)
    assert (output.statements, output.articles, len(output.files)) == (3, 2, 2)
    assert open_output(write_output(tmp_path / "p", ROWS, poles=None)).poles is None


def test_a_long_field_of_csv_is_read_and_the_limit_put_back(tmp_path: Path):
    before = csv.field_size_limit()
    rows = [said("the mayor", sentence="word " * 60_000)]
    (row,) = values(write_output(tmp_path / "o", rows, "csv"))
    assert len(str(row[6])) == 300_000
    assert csv.field_size_limit() == before


def test_an_unfinished_run_says_how_to_go_on(tmp_path: Path):
    folder = write_output(tmp_path / "o", ROWS)
    (folder / "manifest.json").unlink()
    with pytest.raises(InputError, match=r"no manifest.json; .*run the same stance batch command"):
        open_output(folder)
    with pytest.raises(InputError, match="no folder"):
        open_output(tmp_path / "none")


@pytest.mark.parametrize("content", ["[1]", "{", '{"model": 3, "counts": {}}', '{"files": []}'])
def test_another_manifest_is_told(tmp_path: Path, content: str):
    (tmp_path / "manifest.json").write_text(content, "utf-8")
    with pytest.raises(InputError, match=r"manifest.json cannot be read"):
        open_output(tmp_path)


def test_a_missing_or_changed_part_is_told(tmp_path: Path):
    folder = write_output(tmp_path / "o", ROWS)
    file = folder / "statements" / "part-00000.parquet"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(InputError, match="not as the manifest says"):
        open_output(folder)
    file.unlink()
    with pytest.raises(InputError, match="is missing; run the same stance batch command"):
        open_output(folder)


@pytest.mark.parametrize("format", FORMATS)
def test_a_broken_part_is_told(tmp_path: Path, format: str):
    folder = write_output(tmp_path / "o", ROWS, format)
    file = folder / "statements" / f"part-00000.{format}"
    size = file.stat().st_size
    file.write_bytes(b"\xff" * size)
    with pytest.raises(InputError, match="cannot be read"):
        list(chunks(open_output(folder), COLUMNS))


def test_a_missing_column_is_told(tmp_path: Path):
    folder = write_output(tmp_path / "o", ROWS, "jsonl")
    with pytest.raises(InputError, match=r"KeyError: 'colour'"):
        list(chunks(open_output(folder), ["colour"]))
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["files"]
