"""A user's own table of labelled rows: appended to and taken back, one row at a time.

Every change replaces the file in one step, so whatever stops the program leaves a whole
table that `stance train` reads.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from stance.dataset import TEXT_COLUMNS, Row
from stance.errors import DataError, InputError
from stance.files import write_atomic

COLUMNS = TEXT_COLUMNS  # rows labelled here name no offsets


class UserTable:
    """The rows of a CSV file with the columns of the dataset; the file may not exist yet.

    Parameters
    ----------
    path : path
        Ends in .csv. Its rows are kept as they are, those without a label too.

    Raises
    ------
    InputError
        If the name ends otherwise, or there is no such folder.
    DataError
        If the file is no UTF-8, or has other columns.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        if self.path.suffix.lower() != ".csv":
            raise InputError(f"{self.path}: expected a name that ends in .csv")
        if not self.path.parent.is_dir() or self.path.is_dir():
            raise InputError(f"{self.path}: expected a file in an existing folder")
        self.rows: list[Row] = []
        self._seen = self._content()
        if self._seen:
            self.rows = _parsed(self._seen, self.path)

    def append(self, rows: Sequence[Row]) -> None:
        """Add rows and write the file; returns once they are on the disk.

        Raises
        ------
        InputError
            If another program has changed the file since it was read.
        OSError
            As the system gives it; the file is then as it was.
        """
        self._save([*self.rows, *rows])

    def replace(self, rows: Sequence[Row]) -> None:
        """Write these rows in place of all; raises as `append`."""
        self._save(list(rows))

    def pop(self, row_id: str) -> Row:
        """Take the last row of that id back; raises as `append`, and KeyError if there is none."""
        for place in range(len(self.rows) - 1, -1, -1):
            if self.rows[place].id == row_id:
                row = self.rows[place]
                self._save(self.rows[:place] + self.rows[place + 1 :])
                return row
        raise KeyError(row_id)

    def _content(self) -> bytes:
        return self.path.read_bytes() if self.path.is_file() else b""

    def _save(self, rows: list[Row]) -> None:
        if self._content() != self._seen:
            raise InputError(
                f"{self.path} was changed by another program in the meantime; expected to be the "
                "only one; nothing was written: run the same command again"
            )
        content = dumps(COLUMNS, [asdict(row) for row in rows]).encode()
        write_atomic(self.path, content)
        self.rows, self._seen = rows, content


def dumps(columns: Sequence[str], rows: Sequence[dict[str, object]]) -> str:
    """Return a CSV table as text."""
    file = io.StringIO()
    writer = csv.DictWriter(file, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def _parsed(content: bytes, path: Path) -> list[Row]:
    try:
        text = content.decode("utf-8-sig")
        records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} is no CSV table in UTF-8: {error}") from None
    records = [record for record in records if record]
    if not records or tuple(records[0]) != COLUMNS:
        raise DataError(
            f"{path} has the columns {', '.join(records[0] if records else ())}; expected "
            f"{', '.join(COLUMNS)}; write to another file: --out"
        )
    wrong = [n for n, record in enumerate(records, 1) if len(record) != len(COLUMNS)]
    if wrong:
        raise DataError(f"{path}: row {wrong[0]} has not {len(COLUMNS)} fields; mend it first")
    named = (dict(zip(COLUMNS, record, strict=True)) for record in records[1:])
    return [Row(**row, actor_start=None, actor_end=None) for row in named]
