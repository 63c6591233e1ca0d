"""Tables of articles: columns, odd rows, broken files; nothing stops, nothing vanishes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow")
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from stance.columns import Columns, choose
from stance.corpus import Row, Source
from stance.errors import InputError
from stance.tables import find_sources, open_table

MOST = 1_000  # characters of an article in these tests


def rows_of(path: Path, most: int = MOST) -> list[Row]:
    source = open_table(path, path.name, Columns(), most)
    return read(source)


def read(source: Source) -> list[Row]:
    rows = [source.row(raw) for raw in source.raw()]
    assert len(rows) == sum(1 for _ in source.raw())
    return rows


def texts(rows: list[Row]) -> list[str | None]:
    return [row.text if row.problem is None else f"! {row.problem}" for row in rows]


# --- columns -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["id", "date", "text"], ("text", "id", "date", None)),
        (["URL", "Published", "Body"], ("Body", "URL", "Published", None)),
        (["content", "text"], ("text", None, None, None)),
        (["title", "maintext", "date_publish"], ("maintext", None, "date_publish", None)),
        (["Newspaper", "text"], ("text", None, None, "Newspaper")),
    ],
)
def test_columns_are_guessed(names: list[str], expected: tuple[str, ...]):
    assert choose(names, Columns(), "t.csv") == expected


def test_a_named_column_wins_over_a_guess():
    names = ["text", "lead", "key", "id"]
    assert choose(names, Columns("lead", "key"), "t") == ("lead", "key", None, None)


def test_columns_that_are_missing_are_named():
    with pytest.raises(InputError, match=r"no column 'lead' \(--text\); it has: a, b"):
        choose(["a", "b"], Columns("lead"), "t.csv")
    with pytest.raises(InputError, match=r"no column of t.csv looks like the text.*--text COLUMN"):
        choose(["a", "b"], Columns(), "t.csv")


# --- JSON Lines --------------------------------------------------------------------------

LINES = [
    json.dumps({"id": 1, "text": "One."}),
    "",
    '{"id": 2, "text": null}',
    "{broken",
    "[1, 2]",
    '{"id": 5}',
    '{"id": 6, "text": ["a"]}',
    '{"id": 7, "text": "half a pair \\ud83d here"}',
    json.dumps({"id": 8, "text": "Long. " * 9_000_00}),
    "[" * 100_000,
    '{"id": 10, "date": "2024-05-01", "text": "Ten."}',
]


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_json_lines_survive_odd_rows(tmp_path: Path, ending: str):
    path = tmp_path / f"a.jsonl{ending}"
    kind = {"": None, ".gz": "gzip", ".zst": "zstd"}[ending]
    with pa.output_stream(str(path), compression=kind) as file:
        file.write("\n".join(LINES).encode())
    rows = rows_of(path)
    assert [row.article_id for row in rows if row.article_id] == ["1", "2", "5", "6", "7", "10"]
    assert rows[-1] == Row("10", "2024-05-01", "Ten.")
    found = texts(rows)
    assert found[:2] == ["One.", None]
    for index, words in enumerate(
        ["no JSON", "a JSON list", "no key 'text'", "'text' is list", "half a pair ? here"], 2
    ):
        assert words in str(found[index])
    assert "a line of more than" in str(found[7])
    assert "no JSON" in str(found[8])
    assert len(rows) == 10


def test_a_torn_archive_gives_what_it_has_and_says_so(tmp_path: Path):
    path = tmp_path / "a.jsonl.gz"
    lines = "".join(json.dumps({"text": f"Number {i}."}) + "\n" for i in range(50_000))
    whole = gzip.compress(lines.encode())
    path.write_bytes(whole[: len(whole) // 2])
    rows = rows_of(path)
    assert 1_000 < len(rows) < 50_000
    assert [row.text for row in rows[:2]] == ["Number 0.", "Number 1."]
    assert all(row.problem is None for row in rows[:-2])
    assert "broken after row" in str(rows[-1].problem)


def test_bytes_that_are_no_utf8_cost_their_row(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"text": "Fine."}\n{"text": "caf\xe9"}\n{"text": "Good."}')
    assert [row.text for row in rows_of(path)] == ["Fine.", None, "Good."]


@given(st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\n", b"")), max_size=8))
def test_no_line_stops_the_others(tmp_path_factory: Any, lines: list[bytes]):
    path = tmp_path_factory.mktemp("j") / "a.jsonl"
    good = b'{"text": "Good."}'
    path.write_bytes(b"\n".join([good, *lines, good]))
    rows = rows_of(path)
    assert len(rows) == 2 + sum(bool(line.strip()) for line in lines)
    assert rows[0].text == rows[-1].text == "Good."


# --- CSV ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", 'id,date,text\n1,2024,"One, and\n""two""."\n'),
        ("a.csv", '\ufeffid;date;text\r\n1;2024;"One, and\n""two""."\r\n'),
        ("a.tsv", 'id\tdate\ttext\n1\t2024\t"One, and\n""two""."\n'),
        ("a.csv", '"id"|"date"|"text"\n1|2024|"One, and\n""two""."'),
    ],
)
def test_delimiters_are_found(tmp_path: Path, name: str, content: str):
    (tmp_path / name).write_bytes(content.encode())
    assert rows_of(tmp_path / name) == [Row("1", "2024", 'One, and\n"two".')]


def test_csv_survives_odd_rows(tmp_path: Path):
    path = tmp_path / "a.csv"
    endless = b'"' + b"And so on. \n" * 100_000
    path.write_bytes(
        b"id,text\n1,One.\n2\n3,caf\xe9\n\n4,a,b\n5," + endless + b"\n6,Six.\n7,Seven.\n"
    )
    rows = rows_of(path, most=10)
    found = texts(rows)
    assert found[:4] == [
        "One.",
        "! 1 columns; expected 2",
        "! the text is not in UTF-8",
        "! 3 columns; expected 2",
    ]
    assert any("field larger than field limit" in str(text) for text in found)
    assert found[-2:] == ["Six.", "Seven."]  # an open quotation mark does not eat the file


def test_an_endless_line_of_csv_costs_its_row(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,text\n1," + b"x" * 3_000_000 + b"\n2,Two.\n")
    found = texts(rows_of(path, most=10))
    assert found[-1] == "Two."
    assert len(found) == 2


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.csv.gz", "a.parquet", "a.jsonl.zst"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfei\x00d\x00"])
def test_a_file_that_cannot_be_opened_is_one_row(tmp_path: Path, name: str, content: bytes):
    (tmp_path / name).write_bytes(content)
    rows = rows_of(tmp_path / name)
    assert len(rows) == 1
    assert f"{name} cannot be opened" in str(rows[0].problem)
    assert not str(rows[0].problem).endswith(": ")


# --- Parquet -----------------------------------------------------------------------------


def test_parquet_of_many_types(tmp_path: Path):
    import datetime

    texts_ = ["One.", None, "Three."]
    day = datetime.datetime(2024, 5, 1)
    for kind in (pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())):
        table = pa.table(
            {
                "id": [7, None, 9],
                "date": pa.array([day, None, day], pa.timestamp("ns")),
                "text": pa.array(texts_).cast(kind),
            }
        )
        pq.write_table(table, tmp_path / "a.parquet", row_group_size=2)
        rows = rows_of(tmp_path / "a.parquet")
        assert [row.article_id for row in rows] == ["7", None, "9"]
        assert [row.text for row in rows] == texts_
        assert str(rows[0].date).startswith("2024-05-01")


def test_parquet_with_bytes_that_are_no_utf8(tmp_path: Path):
    table = pa.table({"text": pa.array([b"One.", b"caf\xe9"], pa.binary())})
    pq.write_table(table, tmp_path / "a.parquet")
    assert texts(rows_of(tmp_path / "a.parquet")) == ["One.", "! the text is not in UTF-8"]


def test_parquet_without_text_is_refused(tmp_path: Path):
    pq.write_table(pa.table({"text": [1, 2]}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r"column 'text' of a.parquet is int64; expected text"):
        rows_of(tmp_path / "a.parquet")


def test_a_broken_row_group_takes_no_other_down(tmp_path: Path):
    path = tmp_path / "a.parquet"
    words = [f"Number {i} is not the same as any other, {i * i}." for i in range(300)]
    pq.write_table(pa.table({"text": words}), path, row_group_size=100, use_dictionary=False)
    content = bytearray(path.read_bytes())
    chunk = pq.ParquetFile(path).metadata.row_group(1).column(0)
    start = chunk.data_page_offset
    content[start : start + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
    path.write_bytes(bytes(content))
    rows = rows_of(path)
    assert len(rows) == 300
    assert [row.text for row in rows[:100] + rows[200:]] == words[:100] + words[200:]
    assert all("row group 1 of a.parquet is broken" in str(row.problem) for row in rows[100:200])


# --- which reader ------------------------------------------------------------------------


def test_inputs_become_sources_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    for name in ("b.txt", "a.txt", "f/x.txt", "f/sub/y.htm", "f/t.csv", "f/note.pdf", "f/.hid.txt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("text\nWords.\n", "utf-8")
    sources = list(find_sources(["b.txt", "a.txt", "f", "f/t.csv"], Columns(), MOST))
    assert [source.name for source in sources] == ["2 files", "f", "f/t.csv", "f/t.csv"]
    ids = [row.article_id for row in read(sources[0]) + read(sources[1])]
    assert ids == ["b.txt", "a.txt", "note.pdf", "sub/y.htm", "x.txt"]
    assert "no text; expected a name in .txt" in str(read(sources[1])[0].problem)


def test_paths_that_are_no_input(tmp_path: Path):
    (tmp_path / "a.docx").write_bytes(b"x")
    with pytest.raises(InputError, match=r"unknown kind of file; expected a folder or a name"):
        list(find_sources([tmp_path / "a.docx"], Columns(), MOST))
    with pytest.raises(InputError, match="no file or folder"):
        list(find_sources([tmp_path / "none.csv"], Columns(), MOST))


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
def test_the_source_of_an_article_is_read_from_every_kind_of_table(tmp_path: Path, name: str):
    row = {"id": "1", "text": "One.", "outlet": "The Post", "wire": "Agency"}
    if name.endswith(".csv"):
        (tmp_path / name).write_text(f"{','.join(row)}\n{','.join(row.values())}\n", "utf-8")
    elif name.endswith(".jsonl"):
        (tmp_path / name).write_text(json.dumps(row) + "\n", "utf-8")
    else:
        pq.write_table(pa.Table.from_pylist([row]), tmp_path / name)
    assert rows_of(tmp_path / name) == [Row("1", text="One.", source="The Post")]
    source = open_table(tmp_path / name, name, Columns(source="wire"), MOST)
    assert [source.row(raw).source for raw in source.raw()] == ["Agency"]
