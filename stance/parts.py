"""Part files: one for each table and some 4,000 articles, seen only when all is in them."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from stance.arrow import pa, pq
from stance.batch import Tables
from stance.corpus import file_digest
from stance.rows import TABLES

FORMATS = ("parquet", "jsonl", "csv")
_GROUP = 8 << 20  # bytes of Arrow data for a row group; a guess


class Sink(Protocol):
    """Takes the rows of one file."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""

    def close(self) -> None:
        """Write what is left, and close."""


class _Parquet:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")
        self._held: list[Any] = []
        self._size = 0

    def write(self, batch: pa.RecordBatch) -> None:
        self._held.append(batch)
        self._size += batch.nbytes
        if self._size >= _GROUP:
            self._flush()

    def _flush(self) -> None:
        table = pa.Table.from_batches(self._held, self._schema)
        if table.num_rows:
            self._writer.write_table(table)
        self._held, self._size = [], 0

    def close(self) -> None:
        self._flush()
        self._writer.close()


class _Text:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._names = schema.names
        self.begin()

    def begin(self) -> None:
        """Write what stands before the first row."""

    def row(self, values: Mapping[str, Any]) -> str:
        raise NotImplementedError

    def write(self, batch: pa.RecordBatch) -> None:
        self._file.writelines(map(self.row, batch.to_pylist()))

    def close(self) -> None:
        self._file.close()


class _JsonLines(_Text):
    def row(self, values: Mapping[str, Any]) -> str:
        return json.dumps(values, ensure_ascii=False) + "\n"


class _Csv(_Text):
    def begin(self) -> None:
        self._file.write(self._line(self._names))

    def row(self, values: Mapping[str, Any]) -> str:
        return self._line([values[name] for name in self._names])

    @staticmethod
    def _line(values: list[Any]) -> str:
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerow(values)
        return buffer.getvalue()


_SINKS: Mapping[str, Any] = {"parquet": _Parquet, "jsonl": _JsonLines, "csv": _Csv}


class Part:
    """The files of one part, under hidden names until `commit`.

    Parameters
    ----------
    out : Path
        The folder of the output; each table has a folder in it.
    number : int
        Of the part, over all inputs.
    format : str
        One of `FORMATS`.
    schemas : mapping of table to Schema
    """

    def __init__(self, out: Path, number: int, format: str, schemas: Mapping[str, Any]) -> None:
        self.counts = dict.fromkeys(TABLES, 0) | {"skipped_articles": 0}
        self._paths: dict[str, tuple[Path, Path]] = {}
        self._sinks: dict[str, Sink] = {}
        for name in TABLES:
            folder = out / name
            folder.mkdir(parents=True, exist_ok=True)
            final = folder / f"part-{number:05d}.{format}"
            for stale in folder.glob(f".{final.name}-*"):  # of a run that was killed
                stale.unlink(missing_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=f".{final.name}-", dir=folder)
            os.close(handle)
            self._paths[name] = (Path(temporary), final)
            self._sinks[name] = _SINKS[format](Path(temporary), schemas[name])

    def write(self, tables: Tables) -> None:
        """Add what was found in a chunk."""
        for name in TABLES:
            batch = getattr(tables, name)
            self._sinks[name].write(batch)
            self.counts[name] += batch.num_rows
        whole = tables.skipped.column("what").to_pylist().count("article")
        self.counts["skipped_articles"] += whole

    def commit(self) -> dict[str, dict[str, Any]]:
        """Give the files their names; returns size and SHA-256 of each."""
        files = {}
        for name, (temporary, final) in self._paths.items():
            self._sinks.pop(name).close()
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            temporary.chmod(0o644)
            temporary.replace(final)
            size, digest = file_digest(final)
            files[f"{name}/{final.name}"] = {"bytes": size, "sha256": digest}
        return files

    def discard(self) -> None:
        """Remove the hidden files."""
        for sink in self._sinks.values():
            sink.close()
        for temporary, _ in self._paths.values():
            temporary.unlink(missing_ok=True)
