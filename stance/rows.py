"""The tables of `stance batch`: their schemas, and an analysis → their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stance.actors import load_registry
from stance.arrow import pa
from stance.records import ActorStance, Analysis, JudgedStatement, Span

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


def table_rows(key: Mapping[str, Any], analysis: Analysis) -> Iterator[Iterator[dict[str, Any]]]:
    """Yield the rows of each table, in the order of `TABLES`."""
    yield (
        {**key, "statement": number, **_statement(item), "model_id": analysis.model_id}
        for number, item in enumerate(analysis.statements)
    )
    yield ({**key, **_actor(actor), "model_id": analysis.model_id} for actor in analysis.actors)
    yield (
        {
            **key,
            "what": "passage",
            "start": one.span.start if one.span else None,
            "end": one.span.end if one.span else None,
            "reason": one.reason,
        }
        for one in analysis.skipped
    )


def _statement(item: JudgedStatement) -> dict[str, Any]:
    statement, prediction = item.statement, item.prediction
    row: dict[str, Any] = {
        "actor": statement.actor,
        "actor_id": statement.actor_id,
        "wikidata": _wikidata(statement.actor_id),
        "label": prediction.label,
        "score": prediction.score,
        "confident": prediction.confident,
        "kind": statement.kind,
        "fragments": " ".join(f"{one.start}-{one.end}" for one in statement.fragments),
        "rule": statement.rule,
    }
    row |= {f"p_{label}": value for label, value in prediction.probabilities.items()}
    for name in ("mention", "cue", "content", "sentence"):
        span: Span | None = getattr(statement, name)
        if span is not None:
            row |= {name: span.text, f"{name}_start": span.start, f"{name}_end": span.end}
    return row


def _actor(actor: ActorStance) -> dict[str, Any]:
    low, high = actor.interval or (None, None)
    return {
        "actor": actor.actor,
        "actor_id": actor.actor_id,
        "wikidata": _wikidata(actor.actor_id),
        "label": actor.label,
        "score": actor.score,
        "score_low": low,
        "score_high": high,
        "n": actor.n,
        "mixed": actor.mixed,
        "confident": actor.confident,
        "statements": len(actor.statements),
    }


def _wikidata(actor_id: str | None) -> str | None:
    known = load_registry().by_id.get(actor_id) if actor_id else None
    return known.wikidata or None if known else None
