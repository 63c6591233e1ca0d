"""Questions and answers: a queue of picks, a user's table, and what is still open.

Two files: the table holds the answers and decides what is answered; the queue beside it holds
what was picked and what was skipped. Both are replaced in one step at every key.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from stance.acquisition import RANDOM, TEACHING, Pick
from stance.candidates import Candidate
from stance.dataset import Row
from stance.errors import DataError, InputError
from stance.files import write_atomic
from stance.usertable import COLUMNS, UserTable, dumps

PROVENANCE = "user"
RESERVED = "usq?"  # undo, skip, quit, codebook
QUEUE_COLUMNS = (*COLUMNS, "picked", "uncertainty", "predicted", "probabilities", "speaker",
                 "start", "before", "after", "model", "corpus", "state")  # fmt: skip


class Session:
    """One queue of questions and the table that takes the answers.

    Parameters
    ----------
    table : UserTable
    queue : path
        The file of the queue; it may not exist yet.

    Attributes
    ----------
    picks : list of Pick
        The queue, in the order of asking.
    left : list of Pick
        What was skipped in queues before this one; it is not picked again.
    """

    def __init__(self, table: UserTable, queue: Path) -> None:
        self.table = table
        self.path = queue
        self.picks: list[Pick] = []
        self.left: list[Pick] = []
        self._skipped: list[str] = []
        self._history: list[str] = []
        self._corpus = ""

    def resume(self, model_id: str, corpus: str) -> bool:
        """Take up the queue of the file; tells whether it has open questions for that corpus.

        Raises
        ------
        DataError
            If the file is no queue.
        """
        if not self.path.is_file():
            return False
        records = queue_records(self.path)
        now = [one for one in records if one["state"] != "left"]
        self.left = [pick_of(one) for one in records if one["state"] == "left"]
        self.picks = [pick_of(one) for one in now]
        self._skipped = [one["id"] for one in now if one["state"] == "skipped"]
        self._corpus = corpus
        if any((one["model"], one["corpus"]) != (model_id, corpus) for one in now):
            return False
        mine = {one.candidate.id for one in self.picks}
        self._history = [row.id for row in self.table.rows if row.id in mine]
        return bool(self.open)

    def start(self, picks: Sequence[Pick], corpus: str) -> None:
        """Make a new queue and write it; what was skipped in the old one is kept as left."""
        self.left += [one for one in self.picks if one.candidate.id in self._skipped]
        self.picks, self._corpus = list(picks), corpus
        self._skipped, self._history = [], []
        self._write()

    @property
    def open(self) -> list[Pick]:
        """What has neither an answer nor been skipped, in order."""
        done = {row.id for row in self.table.rows} | set(self._skipped)
        return [one for one in self.picks if one.candidate.id not in done]

    @property
    def skipped(self) -> tuple[str, ...]:
        """The ids that were skipped."""
        return tuple(self._skipped)

    @property
    def skipped_sentences(self) -> list[str]:
        """The sentences that were skipped, in this queue or in one before."""
        gone = [one for one in self.picks if one.candidate.id in self._skipped]
        return [one.candidate.sentence for one in (*self.left, *gone)]

    @property
    def answers(self) -> list[tuple[Pick, str]]:
        """The picks of the queue that have an answer, with it."""
        labels = {row.id: row.label for row in self.table.rows}
        return [(one, labels[one.candidate.id]) for one in self.picks if one.candidate.id in labels]

    def answer(self, pick: Pick, label: str) -> None:
        """Write the answer; returns once it is on the disk."""
        self.table.append([row_of(pick, label)])
        self._history.append(pick.candidate.id)

    def skip(self, pick: Pick) -> None:
        """Leave a question out, now and when the queue is taken up again."""
        self._skipped.append(pick.candidate.id)
        self._history.append(pick.candidate.id)
        self._write()

    def undo(self) -> Pick | None:
        """Open the last question again, whether answered or skipped; None where there is none."""
        if not self._history:
            return None
        last = self._history[-1]
        if last in self._skipped:
            self._skipped.remove(last)
            self._write()
        else:
            self.table.pop(last)
        self._history.pop()
        return next(one for one in self.picks if one.candidate.id == last)

    def _write(self) -> None:
        states = dict.fromkeys(self._skipped, "skipped")
        states |= dict.fromkeys((one.candidate.id for one in self.left), "left")
        write_atomic(self.path, queue_csv([*self.left, *self.picks], self._corpus, states))


def keys_of(labels: Sequence[str]) -> dict[str, str]:
    """Return the key of each label: digits, then letters, and the first letter where it is free.

    Raises
    ------
    InputError
        If there are more labels than keys.
    """
    free = [key for key in "123456789abcdefghijklmnoprtvwxyz" if key not in RESERVED]
    if len(labels) > len(free):
        raise InputError(
            f"{len(labels)} labels; expected at most {len(free)}, a key for each; fill in a table "
            "instead: stance label CORPUS --queue FILE"
        )
    keys = dict(zip(free, labels, strict=False))
    for label in labels:
        first = label[:1].casefold()
        alone = sum(other[:1].casefold() == first for other in labels) == 1
        free_letter = len(first) == 1 and first.isalpha() and first not in {*keys, *RESERVED}
        if alone and free_letter:
            keys[first] = label
    return keys


def row_of(pick: Pick, label: str) -> Row:
    """Return the row of the dataset that an answer makes."""
    one = pick.candidate
    share = f" {one.probabilities[one.label]:.2f}" if one.label in one.probabilities else ""
    return Row(
        id=one.id,
        sentence=one.sentence,
        actor=one.actor,
        label=label,
        provenance=PROVENANCE,
        group=one.group,
        source=one.article,
        date=one.date[:10],
        note=f"picked: {pick.how}; {one.judge} said {one.label}{share}",
    )


def queue_csv(picks: Sequence[Pick], corpus: str, states: Mapping[str, str] | None = None) -> str:
    """Return picks as a CSV table, labels left empty: filled in, it is a table for training.

    `states` says of ids whether they were skipped in this queue, or left in one before.
    """
    known = states or {}
    return dumps(
        QUEUE_COLUMNS,
        [
            {
                **asdict(row_of(one, "")),
                "picked": one.how,
                "uncertainty": f"{one.uncertainty:.4f}",
                "predicted": one.candidate.label,
                "probabilities": json.dumps(dict(one.candidate.probabilities), ensure_ascii=False),
                "speaker": one.candidate.speaker,
                "start": "" if one.candidate.start is None else one.candidate.start,
                "before": one.candidate.before,
                "after": one.candidate.after,
                "model": one.candidate.judge,
                "corpus": corpus,
                "state": known.get(one.candidate.id, ""),
            }
            for one in picks
        ],
    )


def queue_records(path: Path) -> list[dict[str, str]]:
    """Read a queue as it stands in its file.

    Raises
    ------
    DataError
        If it is no queue.
    """
    try:
        text = path.read_text("utf-8")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        records: list[Any] = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} is no queue of stance label: {error}; remove it") from None
    whole = all(None not in one and None not in one.values() for one in records)
    if tuple(reader.fieldnames or ()) != QUEUE_COLUMNS or not whole:
        raise DataError(
            f"{path} is no queue of stance label; expected the columns {', '.join(QUEUE_COLUMNS)}; "
            "remove it, or write to another file: --out"
        )
    return records


def pick_of(record: Mapping[str, str]) -> Pick:
    """Return the pick of a line of the queue.

    Raises
    ------
    DataError
        If a value is not what `queue_csv` writes.
    """
    try:
        probabilities = {str(k): float(v) for k, v in json.loads(record["probabilities"]).items()}
        return Pick(
            Candidate(
                id=record["id"],
                sentence=record["sentence"],
                actor=record["actor"],
                start=int(record["start"]) if record["start"] else None,
                speaker=record["speaker"],
                group=record["group"],
                article=record["source"],
                date=record["date"],
                label=record["predicted"],
                probabilities=probabilities,
                judge=record["model"],
                before=record["before"],
                after=record["after"],
            ),
            RANDOM if record["picked"] == RANDOM else TEACHING,
            float(record["uncertainty"]),
        )
    except (ValueError, AttributeError) as error:
        raise DataError(
            f"the queue's line of {record['id']} is broken ({error}); remove the file"
        ) from None
