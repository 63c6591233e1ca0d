"""Analyses → plain data, CSV, Markdown and HTML; the terminal's table is the command's own."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from stance.aggregate import NEUTRAL
from stance.records import ActorStance, Analysis, JudgedStatement, Span
from stance.report import environment, interval_text, markdown_cell, signed

CSV_COLUMNS = (
    "article", "target", "actor", "actor_id", "stance", "score", "score_low", "score_high",
    "statements", "mixed", "confident", "statement_label", "statement_probability",
    "statement_confident", "kind", "speaker", "cue", "content", "content_start", "content_end",
    "sentence", "sentence_start", "sentence_end", "rule", "model_id",
)  # fmt: skip


def analysis_data(name: str, analysis: Analysis) -> dict[str, Any]:
    """Return an analysis as plain data; offsets are in characters of the text."""
    return {
        "name": name,
        "target": analysis.target,
        "model_id": analysis.model_id,
        "actors": [_actor_data(actor, analysis) for actor in analysis.actors],
        "skipped": [
            {"reason": skipped.reason, "span": _span(skipped.span)} for skipped in analysis.skipped
        ],
    }


def analyses_json(analyses: Sequence[dict[str, Any]], failed: Sequence[dict[str, str]]) -> str:
    """Return JSON: the analyses, and the inputs that could not be read."""
    content = {"analyses": [_without_pieces(a) for a in analyses], "failed": list(failed)}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def analyses_csv(analyses: Sequence[dict[str, Any]]) -> str:
    """Return one row for each actor and statement; an actor without any has one row."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for analysis in analyses:
        for actor in analysis["actors"]:
            writer.writerows(_csv_rows(analysis, actor))
    return buffer.getvalue()


def analyses_markdown(
    analyses: Sequence[dict[str, Any]], failed: Sequence[dict[str, str]] = ()
) -> str:
    """Return a table for each article, with the words behind each stance."""
    lines: list[str] = []
    for analysis in analyses:
        lines += [f"# {markdown_cell(analysis['name'])}", ""]
        target, model = markdown_cell(analysis["target"]), markdown_cell(analysis["model_id"])
        lines += [f"Target: {target}; model {model}", ""]
        if any(actor["n"] for actor in analysis["actors"]):
            lines += ["| actor | stance | score | n | words |", "|---|---|---|---:|---|"]
        else:
            lines += ["No statement about the target was found."]
        for actor in analysis["actors"]:
            if actor["n"]:
                score = f"{signed(actor['score'])} ({interval_text(actor['interval'])})"
                words = "<br>".join(
                    markdown_cell(item["sentence"]["text"])
                    for item in actor["statements"]
                    if item["bears"]
                )
                name, stance = markdown_cell(actor["actor"]), markdown_cell(stance_words(actor))
                lines.append(f"| {name} | {stance} | {score} | {actor['n']} | {words} |")
        silent = [markdown_cell(a["actor"]) for a in analysis["actors"] if not a["n"]]
        lines += ["", f"No stance: {', '.join(silent) or 'nobody'}.", ""]
        lines += [f"Not read: {markdown_cell(s['reason'])}" for s in analysis["skipped"]]
    lines += [f"Not read: {markdown_cell(f['name'])}: {markdown_cell(f['reason'])}" for f in failed]
    return "\n".join(lines).rstrip() + "\n"


def analyses_html(analyses: Sequence[dict[str, Any]], failed: Sequence[dict[str, str]] = ()) -> str:
    """Return one HTML page; article text is escaped, nothing is loaded from elsewhere."""
    template = environment(html=True).get_template("analysis.html.j2")
    return template.render(analyses=analyses, failed=failed)


def stance_words(actor: dict[str, Any]) -> str:
    """Return the stance with its doubts: "favor, mixed, not sure"."""
    words = [actor["label"]]
    words += ["mixed"] if actor["mixed"] else []
    words += [] if actor["confident"] else ["not sure"]
    return ", ".join(words)


def _actor_data(actor: ActorStance, analysis: Analysis) -> dict[str, Any]:
    return {
        "actor": actor.actor,
        "actor_id": actor.actor_id,
        "label": actor.label,
        "score": actor.score,
        "interval": list(actor.interval) if actor.interval else None,
        "n": actor.n,
        "mixed": actor.mixed,
        "confident": actor.confident,
        "statements": [_statement_data(item, actor, analysis) for item in actor.statements],
    }


def _statement_data(
    item: JudgedStatement, actor: ActorStance, analysis: Analysis
) -> dict[str, Any]:
    statement, prediction = item.statement, item.prediction
    return {
        "label": prediction.label,
        "bears": bool(actor.n) and prediction.label != NEUTRAL,
        "probability": prediction.probabilities[prediction.label],
        "probabilities": dict(prediction.probabilities),
        "confident": prediction.confident,
        "kind": statement.kind,
        "rule": statement.rule,
        "mention": _span(statement.mention),
        "cue": _span(statement.cue),
        "content": _span(statement.content),
        "fragments": [_span(fragment) for fragment in statement.fragments],
        "sentence": _span(statement.sentence),
        "start": statement.sentence.start,
        "end": statement.sentence.end,
        "pieces": list(_pieces(item, analysis.text)),
    }


def _pieces(item: JudgedStatement, text: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, words) of the sentence: "speaker", "cue", "words" or ""."""
    statement = item.statement
    marks: list[tuple[int, int, str]] = []
    for span, kind in ((statement.mention, "speaker"), (statement.cue, "cue")):
        if span is not None:
            marks.append((span.start, span.end, kind))
    marks += [(fragment.start, fragment.end, "words") for fragment in statement.fragments]
    position, end = statement.sentence.start, statement.sentence.end
    for start, stop, kind in sorted(marks):
        start, stop = max(start, position), min(stop, end)
        if start < stop:
            if position < start:
                yield "", text[position:start]
            yield kind, text[start:stop]
            position = stop
    if position < end:
        yield "", text[position:end]


def _csv_rows(analysis: dict[str, Any], actor: dict[str, Any]) -> Iterator[dict[str, Any]]:
    low, high = actor["interval"] or ("", "")
    common = {
        "article": analysis["name"],
        "target": analysis["target"],
        "actor": actor["actor"],
        "actor_id": actor["actor_id"] or "",
        "stance": actor["label"],
        "score": "" if actor["score"] is None else actor["score"],
        "score_low": low,
        "score_high": high,
        "statements": actor["n"],
        "mixed": actor["mixed"],
        "confident": actor["confident"],
        "model_id": analysis["model_id"],
    }
    for item in actor["statements"]:
        yield common | {
            "statement_label": item["label"],
            "statement_probability": item["probability"],
            "statement_confident": item["confident"],
            "kind": item["kind"],
            "speaker": (item["mention"] or {}).get("text", ""),
            "cue": (item["cue"] or {}).get("text", ""),
            "content": item["content"]["text"],
            "content_start": item["content"]["start"],
            "content_end": item["content"]["end"],
            "sentence": item["sentence"]["text"],
            "sentence_start": item["sentence"]["start"],
            "sentence_end": item["sentence"]["end"],
            "rule": item["rule"],
        }
    if not actor["statements"]:
        yield common


def _span(span: Span | None) -> dict[str, Any] | None:
    return None if span is None else {"start": span.start, "end": span.end, "text": span.text}


def _without_pieces(analysis: dict[str, Any]) -> dict[str, Any]:
    actors = [
        actor
        | {
            "statements": [
                {key: value for key, value in item.items() if key not in ("pieces", "bears")}
                for item in actor["statements"]
            ]
        }
        for actor in analysis["actors"]
    ]
    return analysis | {"actors": actors}
