"""A debate for Discourse Network Analyzer: its statements as CSV, and an R script that loads them.

A ``.dna`` database is never written here: the script does it by rDNA's own functions.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from stance.actors import load_registry
from stance.aggregate import NEUTRAL
from stance.copies import groups
from stance.files import replacing, write_atomic
from stance.offices import load_offices
from stance.outputs import Output, chunks
from stance.trends import Debate
from stance.utterances import paper_of

STATEMENTS = (
    "statement_id", "document_id", "document", "date", "person", "organization", "concept",
    "agreement", "label", "text", "start", "stop", "excerpt_start", "excerpt_stop", "sentence",
    "confident", "score", "papers", "printed", "actor_id", "wikidata", "country",
)  # fmt: skip
DOCUMENTS = ("document_id", "document", "date", "paper", "text", "note")
_READ = (
    "input", "row", "article_id", "date", "source", "actor", "actor_id", "label", "score",
    "confident",
    "content", "content_start", "content_end", "sentence", "sentence_start", "sentence_end",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exported:
    """How many rows were written, and how many statements have no agreement, by label."""

    statements: int
    documents: int
    without: dict[str, int]


def export_dna(
    debate: Debate,
    folder: Path,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Exported:
    """Write `statements.csv`, `documents.csv` and `load.R`; each is replaced in one step.

    One row for each statement that is no copy of another, with DNA's variables person,
    organization, concept and agreement. `agreement` is 1 for the positive label, 0 for the
    negative one, and empty for all others: neither *none* nor *conditional* is a rejection.
    `concept` is the target. `start` and `stop` count the characters of the article, from 0;
    the article's text is not in the output of `stance batch`, so a document's text is an
    excerpt, its sentences about the target line by line, and `excerpt_start` and
    `excerpt_stop` count the characters of that.

    Statements whose speaker is not known are rows, too, with neither person nor organization.
    """
    papers = _papers(debate)
    without: dict[str, int] = {}
    number = documents = 0
    with (
        replacing(folder / "statements.csv") as one,
        replacing(folder / "documents.csv") as other,
    ):
        _write(one, STATEMENTS)
        _write(other, DOCUMENTS)
        for _, article in groupby(_rows(debate, progress), lambda row: (row["input"], row["row"])):
            rows = list(article)
            documents += 1
            excerpt = _Excerpt()
            for row in rows:
                number += 1
                made = _statement(debate.found.output, row, excerpt, papers[row["index"]])
                _write(one, [number, documents, *(made[name] for name in STATEMENTS[2:])])
                if made["agreement"] == "":
                    without[row["label"]] = without.get(row["label"], 0) + 1
            _write(other, _document(documents, rows[0], excerpt))
    write_atomic(folder / "load.R", load_script(debate.found.output))
    return Exported(number, documents, without)


def load_script(output: Output) -> str:
    """Return the R script for an output's labels."""
    templates = Environment(loader=PackageLoader("stance"), undefined=StrictUndefined)
    positive, negative = output.poles or ("(the labels name none)", "(the labels name none)")
    others = [label for label in output.labels if label not in (positive, negative, NEUTRAL)]
    return (
        templates.get_template("load_dna.R.j2").render(
            positive=_word(positive), negative=_word(negative),
            between=_word(others[0] if others else "(no such label)"),
        )
        + "\n"
    )  # fmt: skip


def agreement_of(label: str, poles: tuple[str, str] | None) -> str:
    """Return "1" for the positive label, "0" for the negative one, and else nothing."""
    if poles is None:
        return ""
    return {poles[0]: "1", poles[1]: "0"}.get(label, "")


class _Excerpt:
    """The sentences of an article that were taken so far, each once."""

    def __init__(self) -> None:
        self.text = ""
        self._starts: dict[int, int] = {}

    def place(self, row: dict[str, Any]) -> tuple[int, int]:
        """Take the sentence of a statement; return where its words stand in the excerpt."""
        start, sentence = row["sentence_start"], row["sentence"] or ""
        if start not in self._starts:
            self.text += "\n" if self.text else ""
            self._starts[start] = len(self.text)
            self.text += sentence
        begin = self._starts[start]
        if start <= row["content_start"] and row["content_end"] <= row["sentence_end"]:
            return begin + row["content_start"] - start, begin + row["content_end"] - start
        return begin, begin + len(sentence)  # words of several sentences


def _rows(debate: Debate, progress: Callable[[str, int, int], None]) -> Iterator[dict[str, Any]]:
    index = -1
    for chunk in chunks(debate.found.output, _READ):
        for values in zip(*(chunk[name] for name in _READ), strict=True):
            index += 1
            if debate.first[index] == index:
                yield dict(zip(_READ, values, strict=True)) | {
                    "index": index,
                    "days": _days(debate, index),
                }
        progress("write statements", index + 1, len(debate.found))


def _days(debate: Debate, index: int) -> tuple[str, str] | None:
    date = int(debate.found.date[index])
    return debate.found.days[date] if date >= 0 else None


def _papers(debate: Debate) -> dict[int, tuple[int, int]]:
    """Return the papers and the printed copies of each statement that counts."""
    return {
        leader: (len(np.unique(debate.found.paper[members])), len(members))
        for leader, members in groups(debate.first)
    }


def _statement(
    output: Output, row: dict[str, Any], excerpt: _Excerpt, papers: tuple[int, int]
) -> dict[str, Any]:
    known = load_registry().by_id.get(row["actor_id"] or "")
    body = load_offices().body(known, row["days"]) if known is not None else None
    is_body = known is not None and known.kind in ("government", "organisation")
    start, stop = excerpt.place(row)
    return {
        "document": row["article_id"],
        "date": row["days"][0] if row["days"] else "",
        "person": "" if is_body else row["actor"] or "",
        "organization": known.name if is_body and known else body.name if body else "",
        "concept": output.target,
        "agreement": agreement_of(row["label"], output.poles),
        "label": row["label"],
        "text": row["content"],
        "start": row["content_start"],
        "stop": row["content_end"],
        "excerpt_start": start,
        "excerpt_stop": stop,
        "sentence": row["sentence"],
        "confident": int(bool(row["confident"])),
        "score": row["score"],
        "papers": papers[0],
        "printed": papers[1],
        "actor_id": row["actor_id"],
        "wikidata": known.wikidata if known else "",
        "country": known.country if known else "",
    }


def _document(number: int, row: dict[str, Any], excerpt: _Excerpt) -> list[Any]:
    note = f"{row['input']}, article {row['row']}; excerpt: sentences about the target"
    date = row["days"][0] if row["days"] else ""
    paper = paper_of(row["article_id"], row["source"]) or ""
    return [number, row["article_id"], date, paper, excerpt.text, note]


def _write(file: BinaryIO, values: Any) -> None:
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\n").writerow(values)
    file.write(line.getvalue().encode("utf-8"))


def _word(label: str) -> str:
    """Return a label for a string and a comment of R."""
    kept = "".join(char if char.isprintable() else " " for char in label)
    return kept.replace("\\", "\\\\").replace('"', '\\"')
