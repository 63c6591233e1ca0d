"""JSON Lines, CSV and TSV, packed or not → sources of rows; only one row is held at a time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from stance.arrow import pa
from stance.columns import Columns, Names, choose
from stance.corpus import OneFile, Row
from stance.errors import InputError
from stance.text import encodable

COMPRESSED = {"": None, ".gz": "gzip", ".zst": "zstd"}
_BLOCK = 1 << 20
_BUFFER = 1 << 16  # what a torn archive may cost before its tear
_FIRST = 100  # lines of JSON whose keys count as the columns


@dataclass(frozen=True)
class JsonLines(OneFile):
    """One JSON object a line."""

    names: Names
    most: int

    @classmethod
    def opened(cls, path: Path, name: str, columns: Columns, most: int) -> JsonLines:
        """Look at the first lines for the columns."""
        keys: dict[str, None] = {}
        for line in islice(_lines(path, most), _FIRST):
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(value, dict):
                keys |= dict.fromkeys(value)
        if not keys:
            raise ValueError(f"none of its first {_FIRST} lines is a JSON object")
        return cls(name, path, choose(list(keys), columns, name), most)

    def raw(self) -> Iterator[bytes | Row]:
        """Yield the lines that are not blank."""
        return _guarded((line for line in _lines(self.path, self.most) if line.strip()), self.name)

    def row(self, raw: bytes | Row) -> Row:
        """Parse a line."""
        if isinstance(raw, Row):
            return raw
        if len(raw) > self.most:
            return Row(problem=f"a line of more than {self.most:,} bytes")
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError) as error:
            return Row(problem=f"no JSON: {encodable(str(error))}")
        if not isinstance(value, dict):
            return Row(problem=f"a JSON {type(value).__name__}; expected an object")
        text, *others = self.names
        known = _known(value, others)
        if text not in value:
            return replace(known, problem=f"no key {text!r}")
        words = value[text]
        if words is not None and not isinstance(words, str):
            return replace(known, problem=f"{text!r} is {type(words).__name__}; expected text")
        return replace(known, text=None if words is None else encodable(words))


@dataclass(frozen=True)
class Delimited(OneFile):
    """CSV or TSV with a header, in UTF-8; `;`, tab and `|` are found by the header."""

    header: tuple[str, ...]
    delimiter: str
    names: Names
    most: int

    @classmethod
    def opened(cls, path: Path, name: str, columns: Columns, most: int) -> Delimited:
        """Read the header, with the delimiter under which it has the columns."""
        first = next(_lines(path, most))
        try:
            line = first.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValueError("it is not in UTF-8; save it as CSV in UTF-8") from None
        delimiters = "\t,;|" if ".tsv" in path.name.lower() else ",;\t|"
        problem: InputError | None = None
        for delimiter in delimiters:
            header = next(csv.reader([line], delimiter=delimiter))
            try:
                names = choose(header, columns, name)
            except InputError as error:
                problem = problem or error
                continue
            return cls(name, path, tuple(header), delimiter, names, most)
        assert problem is not None
        raise problem

    def raw(self) -> Iterator[list[str] | Row]:
        """Yield the fields of each row; a quotation mark left open costs at most `most`."""
        cut: list[int] = []

        def decoded() -> Iterator[str]:
            for number, line in enumerate(_lines(self.path, self.most)):
                if len(line) > self.most:
                    cut.append(number)
                yield line.decode("utf-8-sig" if not number else "utf-8", "surrogateescape")

        before = csv.field_size_limit(self.most)  # of the whole process: put back in the end
        try:
            reader = csv.reader(decoded(), delimiter=self.delimiter)
            rows = _each(reader, lambda error: Row(problem=f"line {reader.line_num}: {error}"))
            for number, row in enumerate(_guarded(rows, self.name)):
                if cut:
                    cut.clear()
                    yield Row(problem=f"a line of more than {self.most:,} bytes")
                elif number and row:  # the first one is the header
                    yield row
        finally:
            csv.field_size_limit(before)

    def row(self, raw: list[str] | Row) -> Row:
        """Pick the columns."""
        if isinstance(raw, Row):
            return raw
        if len(raw) != len(self.header):
            return Row(problem=f"{len(raw)} columns; expected {len(self.header)}")
        values = dict(zip(self.header, raw, strict=True))
        text, *others = self.names
        known = _known(values, others)
        try:
            values[text].encode("utf-8")
        except UnicodeEncodeError:
            return replace(known, problem="the text is not in UTF-8")
        return replace(known, text=values[text])


def _lines(path: Path, most: int) -> Iterator[bytes]:
    """Yield the lines of a file, unpacked; of a longer one its first `most` + 1 bytes."""
    ending = path.suffix.lower()
    stream = pa.input_stream(str(path), compression=COMPRESSED.get(ending), buffer_size=_BLOCK)
    with io.BufferedReader(stream, _BUFFER) as file:
        while line := file.readline(most + 1):
            yield line
            if len(line) > most and not line.endswith(b"\n"):
                while (rest := file.readline(_BLOCK)) and not rest.endswith(b"\n"):
                    pass


def _guarded(rows: Iterable[Any], name: str) -> Iterator[Any]:
    """Yield the rows, and where the file breaks off a last one that says so."""
    count = 0
    try:
        for row in rows:
            yield row
            count += 1
    except (OSError, ValueError, pa.ArrowException) as error:
        yield Row(problem=f"{name} is broken after row {count}: {error}")


def _each(rows: Iterator[Any], made: Callable[[csv.Error], Row]) -> Iterator[Any]:
    """Yield the rows of a CSV reader; one that it refuses becomes a row with a problem."""
    while True:
        try:
            yield next(rows)
        except csv.Error as error:
            yield made(error)
        except StopIteration:
            return


def _known(values: Mapping[str, Any], names: Iterable[str | None]) -> Row:
    """Return a row with what is known of the article apart from its text."""
    article_id, date, source = (_scalar(values.get(name or "")) for name in names)
    return Row(article_id, date, source=source)


def _scalar(value: Any) -> str | None:
    return None if value is None else encodable(str(value))
