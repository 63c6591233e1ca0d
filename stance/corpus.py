"""The inputs of `stance batch`: paths → sources, each a stream of rows that never breaks off.

A source gives its rows in one order, always the same: `raw` walks through them at little
cost, `row` reads one. So a run that goes on after a break, or a shard of it, skips rows
without reading them, and a row that cannot be read is a row with a `problem`.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from stance.text import encodable
from stance.webpage import PAGE_SUFFIXES

TEXT_SUFFIXES = (".txt", *PAGE_SUFFIXES)


@dataclass(frozen=True, slots=True)
class Row:
    """One article as it was found: its `text`, a file's `data`, or the `problem` with it."""

    article_id: str | None = None
    date: str | None = None
    text: str | None = None
    data: bytes | None = None
    problem: str | None = None
    source: str | None = None


class Source(Protocol):
    """One input: a table, a folder of files, or a zip."""

    @property
    def name(self) -> str:
        """Its path, as it was given."""

    def raw(self) -> Iterator[Any]:
        """Yield what stands for each row, cheaply; raises nothing once it has begun."""

    def row(self, raw: Any) -> Row:
        """Read one row; never raises."""

    def digest(self) -> tuple[int, str]:
        """Return the size in bytes and the SHA-256 of the content."""


@dataclass(frozen=True)
class OneFile:
    """What sources that are one file have in common."""

    name: str
    path: Path

    def digest(self) -> tuple[int, str]:
        """Return size and digest of the file."""
        return file_digest(self.path)


@dataclass(frozen=True)
class Folder:
    """Text and HTML files: those below `root`, in the order of their names, or those of `files`.

    The rows' ids are the paths from `root`. Files that end in one of `others` are no rows: they
    are sources of their own.
    """

    name: str
    root: Path
    most: int
    files: tuple[str, ...] | None = None
    others: tuple[str, ...] = ()

    def raw(self) -> Iterator[str | Row]:
        """Yield the relative paths."""
        for raw in self.files if self.files is not None else walk(self.root):
            if isinstance(raw, Row) or not raw.lower().endswith(self.others):
                yield raw

    def row(self, raw: str | Row) -> Row:
        """Read a file, up to a byte more than may be read of one."""
        if isinstance(raw, Row):
            return raw
        name = encodable(raw)
        if not raw.lower().endswith(TEXT_SUFFIXES):
            return Row(name, problem=f"no text; expected a name in {', '.join(TEXT_SUFFIXES)}")
        try:
            with (self.root / raw).open("rb") as file:
                return Row(name, data=file.read(self.most + 1))
        except OSError as error:
            return Row(name, problem=f"not read: {error.strerror or error}")

    def digest(self) -> tuple[int, str]:
        """Return size and digest over all names and contents."""
        total, whole = 0, hashlib.sha256()
        for raw in self.raw():
            if isinstance(raw, Row):
                continue
            try:
                size, digest = file_digest(self.root / raw)
            except OSError:
                size, digest = 0, "unreadable"
            total += size
            whole.update(f"{encodable(raw)}\0{digest}\n".encode())
        return total, whole.hexdigest()


@dataclass(frozen=True)
class Zip(OneFile):
    """Text and HTML files of a zip, in the order of its directory; ids are their names."""

    most: int

    def raw(self) -> Iterator[Any]:
        """Yield (open archive, member) pairs; the archive closes with the last of them."""
        try:
            archive = zipfile.ZipFile(self.path)
        except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
            yield Row(problem=f"{self.name} is no zip that can be read: {error}")
            return
        for member in archive.infolist():
            if not member.is_dir() and not hidden(member.filename):
                yield archive, member

    def row(self, raw: Any) -> Row:
        """Read a member, up to a byte more than may be read of one."""
        if isinstance(raw, Row):
            return raw
        archive, member = raw
        name = encodable(member.filename)
        if not name.lower().endswith(TEXT_SUFFIXES):
            return Row(name, problem=f"no text; expected a name in {', '.join(TEXT_SUFFIXES)}")
        try:
            with archive.open(member) as file:
                return Row(name, data=file.read(self.most + 1))
        except Exception as error:  # a password, a checksum, whatever zlib makes of it
            return Row(name, problem=f"not read: {type(error).__name__}: {error}")


@dataclass(frozen=True)
class Broken(OneFile):
    """A file that cannot be opened: one row that says so."""

    problem: str

    def raw(self) -> Iterator[Row]:
        """Yield the one row."""
        yield Row(problem=self.problem)

    def row(self, raw: Row) -> Row:
        """Return it."""
        return raw


def walk(root: Path, below: str = "") -> Iterator[str | Row]:
    """Yield the relative paths of the files below a folder, sorted; hidden ones are left out.

    Links to folders are not followed. A folder that cannot be listed is a row that says so.
    """
    try:
        entries = sorted(os.scandir(root / below), key=lambda entry: entry.name)
    except OSError as error:
        yield Row(encodable(below), problem=f"not listed: {error.strerror or error}")
        return
    for entry in entries:
        path = f"{below}/{entry.name}" if below else entry.name
        if hidden(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from walk(root, path)
        elif entry.is_file():
            yield path


def hidden(path: str) -> bool:
    """Tell whether a part of a path is hidden, or what macOS adds to a zip."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.split("/"))


def file_digest(path: Path) -> tuple[int, str]:
    """Return a file's size in bytes and its SHA-256."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest
