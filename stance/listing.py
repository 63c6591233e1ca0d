"""An article that was read → rows of its statements and of what was left out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from stance.records import Skipped, Statement
from stance.statements import Article

COLUMNS = (
    "article", "what", "text", "start", "end", "fragments", "kind", "cue", "cue_start", "cue_end",
    "mention", "mention_start", "mention_end", "actor", "actor_id", "found_by", "resolved_by",
    "sentence", "sentence_start", "sentence_end", "reason",
)  # fmt: skip
_FURNITURE = {
    "heading": "a heading without a verb or stop",
    "byline": "a byline, dateline or credit",
    "tags": "a list of tags, a pointer to other articles, or an item of a list",
}


def left_out(article: Article) -> Iterator[Skipped]:
    """Yield every stretch of an article that was not searched for statements, and why."""
    passages = [
        Skipped(_FURNITURE[one.kind], one.span)
        for one in article.sentences
        if one.kind in _FURNITURE
    ]
    yield from sorted(
        (*passages, *article.skipped), key=lambda one: one.span.start if one.span else 0
    )


def rows(name: str, article: Article) -> Iterator[dict[str, Any]]:
    """Yield a row for each statement, then one for each stretch that was left out.

    `what` is "statement" or "skipped". Offsets count characters of the text, from 0;
    `fragments` is a list of [start, end]. A value that does not apply, or an actor that is
    not known, is None.
    """
    empty = dict.fromkeys(COLUMNS)
    for statement in article.statements:
        yield empty | {"article": name, "what": "statement"} | _row(statement)
    for one in left_out(article):
        place = (
            {"text": one.span.text, "start": one.span.start, "end": one.span.end}
            if one.span
            else {}
        )
        yield empty | {"article": name, "what": "skipped", "reason": one.reason} | place


def as_jsonl(listed: Sequence[dict[str, Any]]) -> str:
    """Return the rows as JSON Lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in listed)


def as_csv(listed: Sequence[dict[str, Any]]) -> str:
    """Return the rows as CSV; fragments as ``start-end`` with semicolons between them."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in listed:
        pieces = ";".join(f"{start}-{end}" for start, end in row["fragments"] or ())
        writer.writerow(row | {"fragments": pieces})
    return buffer.getvalue()


def _row(statement: Statement) -> dict[str, Any]:
    cue, mention = statement.cue, statement.mention
    found_by, _, resolved_by = statement.rule.partition("/")
    return {
        "text": statement.content.text,
        "start": statement.content.start,
        "end": statement.content.end,
        "fragments": [[one.start, one.end] for one in statement.fragments],
        "kind": statement.kind,
        "cue": cue.text if cue else None,
        "cue_start": cue.start if cue else None,
        "cue_end": cue.end if cue else None,
        "mention": mention.text if mention else None,
        "mention_start": mention.start if mention else None,
        "mention_end": mention.end if mention else None,
        "actor": statement.actor,
        "actor_id": statement.actor_id,
        "found_by": found_by,
        "resolved_by": resolved_by,
        "sentence": statement.sentence.text,
        "sentence_start": statement.sentence.start,
        "sentence_end": statement.sentence.end,
    }
