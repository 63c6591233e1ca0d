"""Rows of a debate → CSV and Parquet, each file replaced in one step."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from stance.arrow import pa, pq
from stance.cells import Balance, Cell
from stance.files import write_atomic

_COUNTS = (("articles", pa.int64()), ("papers", pa.int64()), ("printed", pa.int64()))


def actor_schema(labels: Sequence[str]) -> pa.Schema:
    """Return the columns of the table of actors; ``n_<label>`` counts the statements by label."""
    texts = ("actor", "actor_id", "wikidata", "country", "kind", "period", "start", "label")
    numbers = [(f"score{end}", pa.float64()) for end in ("", "_low", "_high")]
    return pa.schema(
        [
            *((name, pa.string()) for name in texts),
            *numbers,
            ("n", pa.int64()),
            *((f"n_{label}", pa.int64()) for label in labels),
            *_COUNTS,
            ("mixed", pa.bool_()),
            ("few", pa.bool_()),
        ]
    )


def actor_rows(cells: Iterable[Cell]) -> list[dict[str, Any]]:
    """Return the rows of the table of actors."""
    return [
        {
            "actor": cell.who.name,
            "actor_id": cell.who.actor_id or None,
            "wikidata": cell.who.wikidata or None,
            "country": cell.who.country or None,
            "kind": cell.who.kind,
            "period": cell.period,
            "start": cell.start,
            "label": cell.label,
            "score": _rounded(cell.score),
            "score_low": _rounded(cell.low),
            "score_high": _rounded(cell.high),
            "n": cell.n,
            **_by_label(cell.counts),
            "articles": cell.articles,
            "papers": cell.papers,
            "printed": cell.printed,
            "mixed": cell.mixed,
            "few": cell.few,
        }
        for cell in cells
    ]


def balance_schema(labels: Sequence[str]) -> pa.Schema:
    """Return the columns of the table of the balance."""
    return pa.schema(
        [
            ("period", pa.string()),
            ("start", pa.string()),
            ("n", pa.int64()),
            *((f"n_{label}", pa.int64()) for label in labels),
            *((f"share{end}", pa.float64()) for end in ("", "_low", "_high")),
            ("actors", pa.int64()),
            *_COUNTS,
            ("few", pa.bool_()),
        ]
    )


def balance_rows(balances: Iterable[Balance]) -> list[dict[str, Any]]:
    """Return the rows of the table of the balance."""
    return [
        {
            "period": one.period,
            "start": one.start,
            "n": one.n,
            **_by_label(one.counts),
            "share": _rounded(one.share),
            "share_low": _rounded(one.low),
            "share_high": _rounded(one.high),
            "actors": one.actors,
            "articles": one.articles,
            "papers": one.papers,
            "printed": one.printed,
            "few": one.few,
        }
        for one in balances
    ]


def write_sheet(path: Path, rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> list[Path]:
    """Write a table as `path` with the endings .csv and .parquet."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, schema.names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_atomic(path.with_suffix(".csv"), text.getvalue())
    packed = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(list(rows), schema), packed, compression="zstd")
    write_atomic(path.with_suffix(".parquet"), packed.getvalue().to_pybytes())
    return [path.with_suffix(".csv"), path.with_suffix(".parquet")]


def _by_label(counts: Mapping[str, int]) -> dict[str, int]:
    return {f"n_{label}": count for label, count in counts.items()}


def _rounded(value: float | None) -> float | None:
    """Return four decimals: the draws of the bootstrap bear no more."""
    return None if value is None else round(value, 4)
