"""Inputs → sources: which reader a path gets; and the reader of Parquet."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from stance.arrow import pa, pq
from stance.columns import Columns, Names, choose
from stance.corpus import TEXT_SUFFIXES, Broken, Folder, OneFile, Row, Source, Zip, walk
from stance.errors import InputError
from stance.linetables import COMPRESSED, Delimited, JsonLines
from stance.text import encodable

_PLAIN = (".jsonl", ".ndjson", ".csv", ".tsv")
TABLE_SUFFIXES = (*(kind + end for kind in _PLAIN for end in COMPRESSED), ".parquet", ".pq")
SUFFIXES = (*TABLE_SUFFIXES, ".zip")
_BLOCK = 1 << 20
_PARQUET_ROWS = 64  # read at once


def find_sources(
    inputs: Sequence[Path | str], columns: Columns, max_chars: int
) -> Iterator[Source]:
    """Yield the sources of the inputs, in their order; text files in a row are one source.

    A folder gives its text and HTML files as one source, and each table and zip below it as
    one of its own.

    Raises
    ------
    InputError
        If a path does not exist or is of an unknown kind, or a table lacks the columns.
    """
    most = max_chars * 10  # bytes of a file; what may be read of a page
    for loose, group in groupby(map(Path, inputs), _is_text):
        if loose:
            files = tuple(path.as_posix() for path in group)
            yield Folder(f"{len(files)} files", Path(), most, files)
            continue
        for path in group:
            name = encodable(path.as_posix())
            if path.is_dir():
                yield Folder(name, path, most, others=SUFFIXES)
                for raw in walk(path):
                    if isinstance(raw, str) and raw.lower().endswith(SUFFIXES):
                        yield _open(path / raw, f"{name}/{encodable(raw)}", columns, max_chars)
            else:
                yield _open(path, name, columns, max_chars)


def _is_text(path: Path) -> bool:
    return path.name.lower().endswith(TEXT_SUFFIXES) and path.is_file()


def _open(path: Path, name: str, columns: Columns, max_chars: int) -> Source:
    if not path.exists():
        raise InputError(f"no file or folder {name!r}; expected the articles to read")
    if path.name.lower().endswith(".zip"):
        return Zip(name, path, max_chars * 10)
    if path.name.lower().endswith(TABLE_SUFFIXES):
        return open_table(path, name, columns, max_chars)
    raise InputError(
        f"{name}: unknown kind of file; expected a folder or a name that ends in "
        f"{', '.join((*SUFFIXES, *TEXT_SUFFIXES))}"
    )


def open_table(path: Path, name: str, columns: Columns, max_chars: int) -> Source:
    """Return the source of a table, its columns chosen or guessed.

    Raises
    ------
    InputError
        If a column that was asked for is missing, or none looks like the text.
    """
    lower = path.name.lower()
    most = max_chars * 12 + _BLOCK  # bytes of a line: each character as two escapes of six
    try:
        if lower.endswith((".parquet", ".pq")):
            return ParquetTable.opened(path, name, columns)
        if any(kind in lower for kind in (".csv", ".tsv")):
            return Delimited.opened(path, name, columns, most)
        return JsonLines.opened(path, name, columns, most)
    except InputError:
        raise
    except (OSError, ValueError, csv.Error, pa.ArrowException, StopIteration) as error:
        return Broken(name, path, f"{name} cannot be opened: {str(error) or 'it is empty'}")


@dataclass(frozen=True)
class ParquetTable(OneFile):
    """A Parquet file; a row group that is broken takes no other down."""

    names: Names

    @classmethod
    def opened(cls, path: Path, name: str, columns: Columns) -> ParquetTable:
        """Read the schema."""
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
            names = choose(schema.names, columns, name)
            kind = str(schema.field(names[0]).type)
            if not any(word in kind for word in ("string", "binary")):
                raise InputError(
                    f"column {names[0]!r} of {name} is {kind}; expected text (--text COLUMN)"
                )
        return cls(name, path, names)

    def raw(self) -> Iterator[tuple[Any, ...] | Row]:
        """Yield (text, id, date, source) in bytes."""
        with pq.ParquetFile(self.path, buffer_size=_BLOCK, pre_buffer=False) as file:
            for group in range(file.num_row_groups):
                left = file.metadata.row_group(group).num_rows
                try:
                    for row in self._group(file, group):
                        yield row
                        left -= 1
                except (OSError, ValueError, pa.ArrowException) as error:
                    problem = f"row group {group} of {self.name} is broken: {error}"
                    yield from (Row(problem=problem) for _ in range(left))

    def _group(self, file: Any, group: int) -> Iterator[tuple[Any, ...]]:
        wanted = [name for name in self.names if name]
        for batch in file.iter_batches(_PARQUET_ROWS, [group], columns=list(set(wanted))):
            values = {name: _bytes(batch.column(name)) for name in wanted}
            empty = [None] * batch.num_rows
            yield from zip(*(values.get(name or "", empty) for name in self.names), strict=True)

    def row(self, raw: tuple[Any, ...] | Row) -> Row:
        """Decode the values."""
        if isinstance(raw, Row):
            return raw
        text, article_id, date, source = raw
        known = Row(_decoded(article_id), _decoded(date), source=_decoded(source))
        try:
            return replace(known, text=None if text is None else text.decode("utf-8"))
        except UnicodeDecodeError:
            return replace(known, problem="the text is not in UTF-8")


def _bytes(column: Any) -> list[Any]:
    """Return the values as UTF-8 bytes or None; numbers and dates as they print."""
    if "dictionary" in str(column.type):
        column = column.dictionary_decode()
    kind = str(column.type)
    if not any(word in kind for word in ("string", "binary")):
        column = column.cast(pa.string())
    return list(column.cast(pa.large_binary()).to_pylist())


def _decoded(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")
