"""Outputs of `stance batch`, made without a model: invented actors and what they said."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from stance.arrow import pa
from stance.batch import Tables
from stance.parts import Part
from stance.rows import TABLES, schemas

LABELS = ("favor", "conditional", "against", "none")
POLES = ("favor", "against")
TARGET = "a bridge to the island"
SENTENCE = "{0} spoke of bridge{1}, cost{1}, pier{1}, lamp{1} and rope{1}."  # no two are alike


def said(
    actor: str | None,
    label: str = "favor",
    date: str | None = "2024-05-03",
    *,
    article: str = "",
    sentence: str | None = None,
    sure: float = 0.94,
    **more: Any,
) -> dict[str, Any]:
    """Return a row of the table of statements; `article` names the article it stands in."""
    said.count += 1  # type: ignore[attr-defined]
    number = said.count  # type: ignore[attr-defined]
    text = sentence if sentence is not None else SENTENCE.format(actor, number)
    rest = (1 - sure) / 3
    start = zlib.crc32(text.encode()) % 100_000  # the same sentence stands at the same place
    row = {
        "article_id": article or f"a{number}",
        "date": date,
        "actor": actor,
        "label": label,
        **{f"p_{name}": sure if name == label else rest for name in LABELS},
        "score": None,
        "confident": True,
        "kind": "reported",
        "content": text[2:],
        "content_start": start + 2,
        "content_end": start + len(text),
        "sentence": text,
        "sentence_start": start,
        "sentence_end": start + len(text),
        "rule": "test",
        "model_id": "test-00000000",
    }
    return row | more


said.count = 0  # type: ignore[attr-defined]


def write_output(
    folder: Path,
    rows: Iterable[Mapping[str, Any]],
    format: str = "parquet",
    *,
    parts: int = 1,
    labels: Sequence[str] = LABELS,
    poles: Sequence[str] | None = POLES,
    articles: int | None = None,
) -> Path:
    """Write a folder as `stance batch` does; rows of one article stand together."""
    rows = list(rows)
    names = list(dict.fromkeys(row["article_id"] for row in rows))
    numbered = [
        {"input": "corpus.csv", "row": names.index(row["article_id"]) + 1, "statement": 0, **row}
        for row in rows
    ]
    known = schemas(tuple(labels))
    files: dict[str, Any] = {}
    for number in range(parts):
        part = Part(folder, number, format, known)
        mine = [row for row in numbered if (row["row"] - 1) * parts // len(names) == number]
        made = {name: pa.RecordBatch.from_pylist([], schema=known[name]) for name in TABLES}
        made["statements"] = pa.RecordBatch.from_pylist(mine, schema=known["statements"])
        part.write(Tables(len(names), **made))
        files |= part.commit()
    manifest = {
        "counts": {
            "articles": len(names) if articles is None else articles,
            "statements": len(rows),
            "actors": 0,
            "skipped": 0,
            "skipped_articles": 0,
        },
        "model": {
            "id": "test-00000000",
            "target": TARGET,
            "labels": list(labels),
            "poles": list(poles or ()),
        },
        "format": format,
        "files": files,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder
