"""Files and folders replaced in one step."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from stance.files import replace_folder, replacing, write_atomic

FAILURES = [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()]


def failing(error: BaseException):
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("content", ["Ünïcode – “quoted”\n", b"\x00\xff"])
def test_writes_text_as_utf_8_and_bytes_as_they_are(content: str | bytes, tmp_path: Path):
    write_atomic(tmp_path / "out", content)
    raw = content if isinstance(content, bytes) else content.encode("utf-8")
    assert (tmp_path / "out").read_bytes() == raw


def test_line_ends_are_kept(tmp_path: Path):
    """Otherwise a digest would differ from one system to the next."""
    write_atomic(tmp_path / "out", "a\r\nb\n")
    assert (tmp_path / "out").read_bytes() == b"a\r\nb\n"


def test_replaces_an_older_file(tmp_path: Path):
    (tmp_path / "out").write_text("old", "utf-8")
    write_atomic(tmp_path / "out", "new")
    assert (tmp_path / "out").read_text("utf-8") == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("error", FAILURES)
@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.chmod", "pathlib.Path.replace"])
def test_a_failure_leaves_the_old_file(step: str, error: BaseException, tmp_path, monkeypatch):
    (tmp_path / "out").write_text("old", "utf-8")
    monkeypatch.setattr(step, failing(error))
    with pytest.raises(type(error)):
        write_atomic(tmp_path / "out", "new")
    assert (tmp_path / "out").read_text("utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_without_a_folder_is_the_systems_error(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        write_atomic(tmp_path / "nowhere" / "out", "new")


@pytest.mark.skipif(os.name == "nt", reason="file modes are a POSIX idea")
def test_others_can_read_what_was_written_through_a_temporary_file(tmp_path: Path):
    """`mkstemp` makes files that only their owner reads; a report is to be shared."""
    write_atomic(tmp_path / "out", "new")
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o644


def test_a_folder_and_its_parents_are_made(tmp_path: Path):
    replace_folder(tmp_path / "a" / "b", {"one": "1", "two": b"2"})
    found = {path.name: path.read_text("utf-8") for path in (tmp_path / "a" / "b").iterdir()}
    assert found == {"one": "1", "two": "2"}


def test_nothing_of_the_old_folder_stays(tmp_path: Path):
    replace_folder(tmp_path / "m", {"one": "1", "two": "2"})
    replace_folder(tmp_path / "m", {"one": "new"})
    assert [path.name for path in (tmp_path / "m").iterdir()] == ["one"]
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


@pytest.mark.parametrize("error", FAILURES)
@pytest.mark.parametrize(
    "step", ["pathlib.Path.write_bytes", "pathlib.Path.chmod", "pathlib.Path.replace"]
)
def test_a_failure_leaves_the_old_folder(step: str, error: BaseException, tmp_path, monkeypatch):
    replace_folder(tmp_path / "m", {"one": "old"})
    monkeypatch.setattr(step, failing(error))
    with pytest.raises(type(error)):
        replace_folder(tmp_path / "m", {"one": "new"})
    assert (tmp_path / "m" / "one").read_text("utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_the_old_folder_is_put_back_when_the_new_one_cannot_take_its_place(tmp_path, monkeypatch):
    replace_folder(tmp_path / "m", {"one": "old"})
    move, calls = Path.replace, []

    def fail(path: Path, target: Path) -> Path:
        calls.append(path)
        if len(calls) == 2:
            raise OSError(errno.EIO, "Input/output error")
        return move(path, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="Input/output error"):
        replace_folder(tmp_path / "m", {"one": "new"})
    assert (tmp_path / "m" / "one").read_text("utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_the_old_folder_survives_even_when_it_cannot_be_put_back(tmp_path: Path, monkeypatch):
    """The second move fails, and so does the one that would undo the first."""
    replace_folder(tmp_path / "m", {"one": "old"})
    move, calls = Path.replace, []

    def fail(path: Path, target: Path) -> Path:
        calls.append(path)
        if len(calls) > 1:
            raise OSError(errno.EIO, "Input/output error")
        return move(path, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="Input/output error"):
        replace_folder(tmp_path / "m", {"one": "new"})
    assert [path.read_text("utf-8") for path in tmp_path.rglob("one")] == ["old"]


def test_a_file_that_is_written_piece_by_piece_appears_when_it_is_whole(tmp_path: Path):
    (tmp_path / "out").write_text("old")
    with replacing(tmp_path / "out") as file:
        file.write(b"new ")
        assert (tmp_path / "out").read_text() == "old"
        file.write(b"words")
    assert (tmp_path / "out").read_text() == "new words"

    def torn() -> None:
        with replacing(tmp_path / "out") as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        torn()
    assert (tmp_path / "out").read_text() == "new words"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
