"""Folders and zips: order, odd names, members that cannot be read."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from stance.corpus import Broken, Folder, Row, Source, Zip, file_digest, walk

MOST = 100


def read(source: Source) -> list[Row]:
    return [source.row(raw) for raw in list(source.raw())]


def test_a_folder_is_walked_in_one_order(tmp_path: Path):
    for name in ("b/2.txt", "a.txt", "b/1.html", "B.txt", ".hidden/x.txt", "__MACOSX/y.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name, "utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.txt")
    assert list(walk(tmp_path)) == ["B.txt", "a.txt", "b/1.html", "b/2.txt"]
    rows = read(Folder("f", tmp_path, MOST))
    assert rows[1] == Row("a.txt", data=b"a.txt")


def test_files_that_cannot_be_read_are_rows(tmp_path: Path):
    (tmp_path / "link.txt").symlink_to(tmp_path / "gone.txt")
    folder = Folder("f", tmp_path, MOST, ("link.txt",))
    assert "not read: No such file" in str(read(folder)[0].problem)
    assert folder.digest()[0] == 0
    missing = Folder("f", tmp_path / "none", MOST)
    assert "not listed: No such file" in str(read(missing)[0].problem)
    assert missing.digest()[0] == 0


def test_names_of_odd_bytes_are_read(tmp_path: Path):
    name = os.fsdecode(b"caf\xe9.txt")
    (tmp_path / name).write_text("Words.", "utf-8")
    assert read(Folder("f", tmp_path, MOST)) == [Row("caf?.txt", data=b"Words.")]


def test_the_digest_sees_names_and_contents(tmp_path: Path):
    (tmp_path / "a.txt").write_text("One.", "utf-8")
    folder = Folder("f", tmp_path, MOST)
    first = folder.digest()
    (tmp_path / "a.txt").write_text("Two.", "utf-8")
    second = folder.digest()
    (tmp_path / "a.txt").rename(tmp_path / "b.txt")
    assert len({first, second, folder.digest()}) == 3
    assert first[0] == 4


def test_a_zip_gives_its_members(tmp_path: Path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b.txt", "One.")
        archive.writestr("a/", "")
        archive.writestr("a/c.txt", "Two. " * 1_000_000)  # a bomb is read to its limit
        archive.writestr("t.csv", "text\nx")
        archive.writestr("__MACOSX/b.txt", "no")
        archive.writestr("d.txt", "Four.", zipfile.ZIP_STORED)
    content = path.read_bytes().replace(b"Four.", b"Fxur.")
    path.write_bytes(content)
    rows = read(Zip("a.zip", path, MOST))
    assert [row.article_id for row in rows] == ["b.txt", "a/c.txt", "t.csv", "d.txt"]
    assert rows[0].data == b"One."
    assert rows[1].data is not None
    assert len(rows[1].data) == MOST + 1
    assert "expected a name in .txt" in str(rows[2].problem)
    assert "BadZipFile" in str(rows[3].problem)
    assert Zip("a.zip", path, MOST).digest() == file_digest(path)


def test_a_zip_that_is_none_is_a_row(tmp_path: Path):
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 and no more")
    rows = read(Zip("a.zip", tmp_path / "a.zip", MOST))
    assert [("no zip that can be read" in str(row.problem)) for row in rows] == [True]


def test_a_broken_file_is_one_row(tmp_path: Path):
    (tmp_path / "a.csv").write_bytes(b"x")
    broken = Broken("a.csv", tmp_path / "a.csv", "cannot be opened")
    assert read(broken) == [Row(problem="cannot be opened")]
    assert broken.digest()[0] == 1
    with pytest.raises(OSError, match="none"):
        file_digest(tmp_path / "none")
