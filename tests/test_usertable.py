"""A user's table: each change whole on the disk, and never over somebody else's."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance import usertable
from stance.dataset import Row, read_dataset
from stance.errors import DataError, InputError
from stance.usertable import COLUMNS, UserTable


def row(id: str, label: str = "favor", **more: str) -> Row:
    return Row(id, f"Sentence {id}, with “quotes”, said she.", "she", label, "user", "g", **more)


def test_rows_are_on_the_disk_once_append_returns(tmp_path: Path):
    table = UserTable(tmp_path / "user.csv")
    assert not table.path.exists()
    for number in range(3):
        table.append([row(str(number))])
        assert [one.id for one in UserTable(table.path).rows] == list("012")[: number + 1]
    assert read_dataset(table.path).rows == tuple(table.rows)


def test_an_id_can_be_taken_back_and_the_last_one_first(tmp_path: Path):
    table = UserTable(tmp_path / "user.csv")
    table.append([row("a", "favor"), row("b"), row("a", "against")])
    assert table.pop("a").label == "against"
    assert [(one.id, one.label) for one in UserTable(table.path).rows] == [
        ("a", "favor"),
        ("b", "favor"),
    ]
    with pytest.raises(KeyError):
        table.pop("c")


def test_a_row_without_a_label_is_kept(tmp_path: Path):
    table = UserTable(tmp_path / "user.csv")
    table.append([row("open", "")])
    UserTable(table.path).append([row("b")])
    assert [one.label for one in UserTable(table.path).rows] == ["", "favor"]


def test_two_programs_do_not_overwrite_each_other(tmp_path: Path):
    one, other = UserTable(tmp_path / "user.csv"), UserTable(tmp_path / "user.csv")
    one.append([row("a")])
    with pytest.raises(InputError, match=r"changed by another program.*run the same command"):
        other.append([row("b")])
    assert [found.id for found in UserTable(one.path).rows] == ["a"]


def test_a_full_disk_leaves_the_old_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    table = UserTable(tmp_path / "user.csv")
    table.append([row("a")])
    before = table.path.read_bytes()

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(usertable, "write_atomic", full)
    with pytest.raises(OSError, match="No space"):
        table.append([row("b")])
    assert table.path.read_bytes() == before
    assert [one.id for one in table.rows] == ["a"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,sentence\n1,x\n", "has the columns id, sentence; expected id, sentence, actor"),
        (",".join(COLUMNS) + "\n1,2\n", "row 2 has not 9 fields"),
        ("caf\xe9".encode("latin-1"), "no CSV table in UTF-8"),
        (",".join(COLUMNS) + '\n"open', "no CSV table"),
    ],
)
def test_another_kind_of_file_is_not_touched(tmp_path: Path, content: str | bytes, message: str):
    path = tmp_path / "other.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = path.read_bytes()
    with pytest.raises(DataError, match=message):
        UserTable(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("user.txt", "ends in .csv"),
        ("no/user.csv", "existing folder"),
        ("x.csv", "existing folder"),
    ],
)
def test_a_path_that_cannot_be_written_is_refused_at_once(tmp_path: Path, name: str, message: str):
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(InputError, match=message):
        UserTable(tmp_path / name)


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=20)


@given(st.lists(st.tuples(*[cells] * len(COLUMNS)), min_size=1, max_size=4))
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, rows: list):
    path = tmp_path_factory.mktemp("any") / "user.csv"
    made = [Row(*cells) for cells in rows]
    UserTable(path).append(made)
    assert UserTable(path).rows == made
