"""The datasheet: counts and agreement are computed, and agree with scikit-learn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from stance.dataset import LABELS, PROVENANCES, Dataset, Row, read_dataset
from stance.datasheet import Reading, read_readings, summary
from stance.errors import DataError

HEAD = "id,provenance,first,second,settled\n"
ROWS = (
    Row("1", "Ann and Ben met.", "Ann", "favor", "seed", "g1"),
    Row("2", "Ann and Ben met.", "Ben", "none", "seed", "g1"),
    Row("3", "Cid left.", "Cid", "favor", "documented", "g2", "https://a.example", "2019-05-01"),
    Row("4", "Dora left.", "Dora", "against", "documented", "g3", "https://a.example", "2008"),
    Row("5", "Eve left.", "Eve", "none", "documented", "g3", "https://b.example", "2024-11"),
)
labels = st.sampled_from(LABELS)
readings = st.lists(
    st.builds(
        Reading,
        id=st.text("abc123", min_size=1),
        provenance=st.sampled_from(PROVENANCES),
        first=labels,
        second=labels,
        settled=st.sampled_from((*LABELS, "dropped")),
    ),
    min_size=1,
    max_size=30,
)


def kappa_lines(text: str) -> dict[str, tuple[int, str, str]]:
    """Return the lines of the table of agreement: name → rows, κ, same label."""
    lines = re.findall(r"^\| ([^|]+) \| (\d+) \| (-?[\d.]+) \| (\d+%) \|$", text, re.MULTILINE)
    return {name: (int(rows), kappa, same) for name, rows, kappa, same in lines}


def reading(first: str, second: str, settled: str = "favor", provenance: str = "seed") -> Reading:
    return Reading("r", provenance, first, second, settled)


# --- agreement ------------------------------------------------------------------------


@given(readings)
def test_every_kappa_is_the_one_of_scikit_learn(read: list[Reading]):
    found = kappa_lines(summary(Dataset(ROWS), read))
    chosen = {"all labels": read} | {
        name: [one for one in read if one.provenance == name] for name in PROVENANCES
    }
    pairs = {
        name: ([one.first for one in some], [one.second for one in some])
        for name, some in chosen.items()
        if some
    }
    for label in LABELS:
        pairs[f"{label} or not"] = (
            [one.first == label for one in read],
            [one.second == label for one in read],
        )
    assert set(found) == set(pairs)
    for name, (first, second) in pairs.items():
        # where both use one and the same label κ is 0/0: scikit-learn says NaN, we say 1
        same = len({*first, *second}) == 1
        expected = 1.0 if same else cohen_kappa_score(first, second)
        rows, kappa, share = found[name]
        assert rows == len(first)
        assert float(kappa) == pytest.approx(expected, abs=0.00501)
        right = sum(a == b for a, b in zip(first, second, strict=True)) / len(first)
        assert share == f"{right:.0%}"


def test_worked_example_of_kappa():
    # they agree on 3 of 4; chance agrees on 3/4·1/2 + 1/4·1/2 = 1/2; κ = (3/4 − 1/2)/(1 − 1/2)
    read = [reading("favor", "favor")] * 2 + [reading("favor", "none"), reading("none", "none")]
    assert kappa_lines(summary(Dataset(ROWS), read))["all labels"] == (4, "0.50", "75%")


def test_a_provenance_that_nobody_read_twice_has_no_line():
    assert "composed" not in kappa_lines(summary(Dataset(ROWS), [reading("favor", "favor")]))


def test_how_differences_were_settled_is_counted():
    read = [
        reading("favor", "none", "none"),
        reading("favor", "none", "none"),
        reading("favor", "none", "favor"),
        reading("favor", "none", "dropped"),
        reading("favor", "none", "against"),
        reading("favor", "favor", "favor"),
    ]
    text = summary(Dataset(ROWS), read)
    assert "6 rows were read twice. The readers differ on 5; settled as: " in text
    assert "the second reader's label 2" in text
    for name in ("the first reader's label 1", "dropped 1", "a third label 1"):
        assert name in text


def test_readers_who_agree_have_nothing_to_settle():
    text = summary(Dataset(ROWS), [reading("none", "none", "none")])
    assert "differ on 0; settled as: nothing to settle." in text


def test_no_second_reading_is_said():
    assert summary(Dataset(ROWS), []).endswith("\nNo row has been read twice.\n")


# --- counts ---------------------------------------------------------------------------


def test_rows_are_counted_by_provenance_and_label():
    lines = summary(Dataset(ROWS), []).splitlines()
    assert lines[0] == "| provenance | favor | conditional | against | none | all |"
    assert "| seed | 1 | 0 | 0 | 1 | 2 |" in lines
    assert "| documented | 1 | 0 | 1 | 1 | 3 |" in lines
    assert "| composed | 0 | 0 | 0 | 0 | 0 |" in lines
    assert "| all | 2 (40%) | 0 (0%) | 1 (20%) | 2 (40%) | 5 |" in lines


def test_sentences_groups_sources_and_years_are_counted():
    text = summary(Dataset(ROWS), [])
    assert "4 sentences in 3 groups; 2 rows stand in sentences with two or more actors." in text
    assert "2 sources of the documented rows, 2008 to 2024." in text


def test_without_documented_rows_there_are_no_years():
    assert "0 sources of the documented rows, – to –." in summary(Dataset(ROWS[:2]), [])


def test_the_shipped_table_adds_up():
    data = read_dataset()
    last = next(line for line in summary(data, []).splitlines() if line.startswith("| all |"))
    counts = [int(number) for number in re.findall(r" (\d+) [(|]", last)]
    assert counts[-1] == sum(counts[:-1]) == len(data)


# --- the file -------------------------------------------------------------------------


def test_readings_are_read(tmp_path: Path):
    path = tmp_path / "second.csv"
    path.write_text(HEAD + "a1,seed,favor,none,dropped\n", encoding="utf-8")
    assert read_readings(path) == [Reading("a1", "seed", "favor", "none", "dropped")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a7,seed,maybe,none,none", "a7: 'maybe' is no label"),
        ("a7,seed,favor,Favor,none", "a7: 'Favor' is no label"),
        ("a7,seed,favor,none,gone", "a7: 'gone' is no label"),
        ("a7,seed,dropped,none,none", "a7: 'dropped' is no label"),  # only once it is settled
        ("a7,seed,favor,none,", "a7: '' is no label"),
        ("a7,seed,favor", "a7: '' is no label"),  # cut off
        ("a7,seed,favor,none,none,and,more", "a7: 2 fields more than the header"),
    ],
)
def test_a_broken_line_is_named_by_its_id(tmp_path: Path, line: str, message: str):
    path = tmp_path / "second.csv"
    path.write_text(f"{HEAD}a6,seed,favor,favor,favor\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match=re.escape(message)) as raised:
        read_readings(path)
    assert "second.csv" in str(raised.value)
    assert all(problem.startswith("a7: ") for problem in raised.value.problems)


def test_every_broken_line_is_among_the_problems(tmp_path: Path):
    path = tmp_path / "second.csv"
    path.write_text(HEAD + "".join(f"b{i},seed,x,none,none\n" for i in range(30)), "utf-8")
    with pytest.raises(DataError) as raised:
        read_readings(path)
    assert len(raised.value.problems) == 30
    assert str(raised.value).count("is no label") == 20


@pytest.mark.parametrize("head", ["id,first,second\n", "second,first,settled,provenance,id\n", ""])
def test_other_columns_are_refused(tmp_path: Path, head: str):
    path = tmp_path / "second.csv"
    path.write_text(head, encoding="utf-8")
    with pytest.raises(DataError, match=r"second\.csv: columns .*; expected"):
        read_readings(path)
