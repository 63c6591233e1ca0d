"""The tables of `stance batch`: their schemas, and an analysis → their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stance.actors import load_registry
from stance.arrow import pa
from stance.records import ActorStance, Analysis, JudgedStatement

Row = tuple[Any, ...]
TABLES = ("statements", "actors", "skipped")
ARTICLES = pa.schema(
    [
        ("article_id", pa.string()),
        ("date", pa.string()),
        ("source", pa.string()),
        ("input", pa.string()),
        ("row", pa.int64()),
        ("text", pa.large_string()),
        ("data", pa.large_binary()),
        ("problem", pa.string()),
    ]
)
KEY = [
    ("article_id", pa.string()),
    ("date", pa.string()),
    ("source", pa.string()),
    ("input", pa.string()),
    ("row", pa.int64()),
]
_NOWHERE = (None, None)
_ACTOR = [("actor", pa.string()), ("actor_id", pa.string()), ("wikidata", pa.string())]


def schemas(labels: tuple[str, ...]) -> Mapping[str, pa.Schema]:
    """Return the schema of each table; the probabilities of a label stand in ``p_<label>``."""
    spans = [
        (f"{name}{end}", pa.string() if not end else pa.int64())
        for name in ("mention", "cue", "content", "sentence")
        for end in ("", "_start", "_end")
    ]
    statements = [
        *KEY,
        ("statement", pa.int64()),
        *_ACTOR,
        ("label", pa.string()),
        *((f"p_{label}", pa.float64()) for label in labels),
        ("score", pa.float64()),
        ("confident", pa.bool_()),
        ("kind", pa.string()),
        *spans,
        ("fragments", pa.string()),
        ("rule", pa.string()),
        ("model_id", pa.string()),
    ]
    actors = [
        *KEY,
        *_ACTOR,
        ("label", pa.string()),
        ("score", pa.float64()),
        ("score_low", pa.float64()),
        ("score_high", pa.float64()),
        ("n", pa.int64()),
        ("mixed", pa.bool_()),
        ("confident", pa.bool_()),
        ("statements", pa.int64()),
        ("model_id", pa.string()),
    ]
    skipped = [*KEY, ("what", pa.string()), ("start", pa.int64()), ("end", pa.int64())]
    return {
        "statements": pa.schema(statements),
        "actors": pa.schema(actors),
        "skipped": pa.schema([*skipped, ("reason", pa.string())]),
    }


def table_rows(key: Sequence[Any], analysis: Analysis) -> Iterator[list[Row]]:
    """Yield the rows of each table, in the order of `TABLES`; values as in the schemas."""
    end = analysis.model_id
    yield [
        (*key, number, *_statement(item), end) for number, item in enumerate(analysis.statements)
    ]
    yield [(*key, *_actor(actor), end) for actor in analysis.actors]
    yield [
        (*key, "passage", *((one.span.start, one.span.end) if one.span else _NOWHERE), one.reason)
        for one in analysis.skipped
    ]


def skipped_row(key: Sequence[Any], reason: str) -> Row:
    """Return the row of an article that was not read."""
    return (*key, "article", *_NOWHERE, reason)


def record_batch(rows: Sequence[Row], schema: pa.Schema) -> pa.RecordBatch:
    """Return rows as a RecordBatch; by columns, which costs half of what dictionaries do."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _statement(item: JudgedStatement) -> Row:
    statement, prediction = item.statement, item.prediction
    spans: list[Any] = []
    for span in (statement.mention, statement.cue, statement.content, statement.sentence):
        spans += (span.text, span.start, span.end) if span is not None else (None, None, None)
    return (
        statement.actor,
        statement.actor_id,
        _wikidata(statement.actor_id),
        prediction.label,
        *prediction.probabilities.values(),  # in the model's order, as the schema
        prediction.score,
        prediction.confident,
        statement.kind,
        *spans,
        " ".join([f"{one.start}-{one.end}" for one in statement.fragments]),
        statement.rule,
    )


def _actor(actor: ActorStance) -> Row:
    return (
        actor.actor,
        actor.actor_id,
        _wikidata(actor.actor_id),
        actor.label,
        actor.score,
        *(actor.interval or _NOWHERE),
        actor.n,
        actor.mixed,
        actor.confident,
        len(actor.statements),
    )


def _wikidata(actor_id: str | None) -> str | None:
    known = load_registry().by_id.get(actor_id) if actor_id else None
    return known.wikidata or None if known else None
