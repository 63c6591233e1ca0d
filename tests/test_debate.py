"""A corpus that was read → all that `stance aggregate` writes."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow")
pytest.importorskip("matplotlib")
pytest.importorskip("networkx")
import pyarrow.parquet as pq
from debates import TARGET, said, write_output

from stance import debate as module
from stance.debate import PRODUCTS, aggregate_corpus
from stance.errors import InputError, MissingExtraError
from stance.parts import FORMATS

WORDS = "Ada said that the bridge would be there before the winter comes."
ROWS = [
    *(said("Ada", "favor", f"2024-01-{day:02d}") for day in range(1, 9)),
    *(said("Ada", "against", f"2024-06-{day:02d}") for day in range(1, 9)),
    *(said("Bo", "against", f"2024-06-{day:02d}") for day in range(1, 5)),
    *(said("Ada", "favor", "2024-01-20", article=f"https://{p}.example/1", sentence=WORDS)
      for p in "abc"),
    said("Cy", "conditional", "soon"), said(None, "favor"), said("the minister", "favor", None),
]  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_all_products_are_written_and_named(tmp_path: Path):
    folder = write_output(tmp_path / "o", ROWS)
    done = aggregate_corpus(folder)
    assert set(done.files) == {
        folder / "aggregate" / name for name in contents(folder / "aggregate")
    }
    assert {"actors.csv", "actors.parquet", "balance.csv", "balance.parquet", "report.md",
            "aggregate.json", "plots/heatmap.svg", "plots/timelines.png", "plots/balance.png",
            "networks/congruence.graphml", "networks/subtract.gexf", "dna/statements.csv",
            "dna/documents.csv", "dna/load.R"} <= set(contents(folder / "aggregate"))  # fmt: skip


def test_formats_parts_and_repetition_change_nothing(tmp_path: Path):
    found = []
    for format in FORMATS:
        folder = write_output(tmp_path / format, ROWS, format, parts=2)
        aggregate_corpus(folder, tmp_path / f"{format}-out", most=5)
        found.append(contents(tmp_path / f"{format}-out"))
    aggregate_corpus(folder, tmp_path / "csv-out", most=5)  # over what is there
    assert found[0] == found[1] == found[2] == contents(tmp_path / "csv-out")


def test_csv_and_parquet_say_the_same(tmp_path: Path):
    aggregate_corpus(write_output(tmp_path / "o", ROWS), tmp_path / "a", products=["tables"])
    for name in ("actors", "balance"):
        packed = pq.read_table(tmp_path / "a" / f"{name}.parquet").to_pylist()
        with (tmp_path / "a" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in packed] == rows


def test_the_sentences_are_computed(tmp_path: Path):
    done = aggregate_corpus(write_output(tmp_path / "o", ROWS, articles=30), products=["tables"])
    text = (tmp_path / "o" / "aggregate" / "report.md").read_text("utf-8")
    assert text.startswith(f"# {TARGET}\n\n* Read: 30 articles (0 of them skipped) with 26 st")
    for words in (
        "2 of these repeat another and count with it, which leaves 24.",
        "Without a known speaker, and in no table: 1 statement; ",
        "the other 23 come from 4 actors, and 23 of them bear a stance.",
        'Of roles without a name (kind "role"), and so in the tables but not in the plots and '
        "networks: 1 statement.",
        "From 2024-01 to 2024-06: 6 months.\n",
        'Without a date that lies in one month, and in the rows of period "undated": 2 statements '
        "(with a date that cannot be read, as printed: 1; expected 2015-06-30",
        "stance batch TABLE --date COLUMN",
        "Named actors with at least 3 statements that bear a stance: 2; the interval lies on the "
        "side of favor for 0 of them, on that of against for 1, and on neither for 1.",
        "Most clearly against: Bo (−0.92, −1.00 to",
        "Statements: 10 favor and 12 against, a share of 45% favor",
        "That share was highest in 2024-01 (100%, n = 9) and lowest in 2024-06 (0%, n = 12).",
        "Ada moved from +0.92, ",
    ):
        assert words in text, words
    assert done.figures == json.loads((tmp_path / "o/aggregate/aggregate.json").read_text("utf-8"))
    counted = done.figures
    assert counted["printed"] == counted["statements"] + counted["copies"] == 26
    assert counted["settings"]["period"] == "month"


def test_a_debate_without_sides_is_told(tmp_path: Path):
    done = aggregate_corpus(write_output(tmp_path / "a", [said("Ada", "conditional")]))
    assert "No statement takes one of the two sides." in done.sentences
    assert "No named actor has 3 statements that bear a stance, or more." in done.sentences
    done = aggregate_corpus(write_output(tmp_path / "b", ROWS, poles=None))
    assert not any("side" in sentence for sentence in done.sentences)
    assert not list((tmp_path / "b" / "aggregate" / "plots").iterdir())
    assert (tmp_path / "b" / "aggregate" / "networks" / "congruence.gexf").exists()


def test_a_debate_without_dates_says_what_is_missing(tmp_path: Path):
    done = aggregate_corpus(write_output(tmp_path / "o", [said("Ada", date=None)]))
    assert any(
        s.startswith("No statement has a date that lies in one month") for s in done.sentences
    )
    assert not any(path.suffix == ".png" for path in done.files)


def test_many_empty_periods_ask_for_longer_ones(tmp_path: Path):
    rows = [said("Ada", date=day) for day in ("2020-01-03", "2022-06-03", "2022-07-03")]
    empty = "Without any statement: 28 months; longer periods show more: --period quarter or year."
    assert empty in aggregate_corpus(write_output(tmp_path / "a", rows)).sentences
    for number, more in enumerate(({"period": "quarter"}, {"period": "year"})):
        told = aggregate_corpus(write_output(tmp_path / f"b{number}", rows), **more).sentences
        assert not any("Without any statement" in sentence for sentence in told)


def test_many_movers_are_counted(tmp_path: Path):
    rows = [
        said(f"Actor {name}", label, f"2024-{month}-{day:02d}")
        for name in "ABCDEFG"
        for month, label in (("01", "favor"), ("06", "against"))
        for day in range(1, 5)
    ]
    done = aggregate_corpus(write_output(tmp_path / "o", rows), products=["tables"])
    assert sum(" moved from " in sentence for sentence in done.sentences) == 5
    assert done.sentences[-1] == "2 other actors moved as clearly."


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"period": "day"}, "period 'day'; expected one of week, month, quarter, year"),
        ({"fewest": 0}, "fewest 0; expected at least 1"),
        ({"most": 0}, "most 0; expected at least 1"),
        ({"window": -1}, "window -1; expected"),
        ({"overlap": 0.0}, "overlap 0.0, window 7; expected a share above 0"),
        ({"overlap": float("nan")}, "overlap nan"),
        ({"products": ["maps"]}, "product 'maps'; expected one of tables, plots, networks, dna"),
        ({"normalise": "odd"}, "normalise 'odd'; expected one of"),
    ],
)
def test_wrong_arguments_are_told_before_anything_is_written(
    tmp_path: Path, options: dict[str, Any], message: str
):
    folder = write_output(tmp_path / "o", ROWS)
    with pytest.raises(InputError, match=message):
        aggregate_corpus(folder, **options)
    assert not (folder / "aggregate").exists()


@pytest.mark.parametrize(
    ("library", "product", "extra"),
    [("matplotlib", "plots", "report"), ("networkx", "networks", "network")],
)
def test_a_missing_extra_is_named_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str, product: str, extra: str
):
    monkeypatch.setitem(sys.modules, library, None)
    folder = write_output(tmp_path / "o", ROWS)
    with pytest.raises(MissingExtraError, match=rf"actor-stance\[{extra}\]"):
        aggregate_corpus(folder)
    assert not (folder / "aggregate").exists()
    aggregate_corpus(folder, products=[name for name in PRODUCTS if name != product])


def test_a_break_leaves_whole_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = write_output(tmp_path / "o", ROWS)
    aggregate_corpus(folder)
    before = contents(folder / "aggregate" / "dna")

    def broken(*_: Any) -> Any:
        raise OSError("disk full")

    monkeypatch.setattr("stance.dna._statement", broken)
    with pytest.raises(OSError, match="disk full"):
        module.aggregate_corpus(folder)
    assert contents(folder / "aggregate" / "dna") == before
