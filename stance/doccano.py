"""doccano's JSON Lines, out and back.

Formats of doccano 1.8 (backend/data_import/pipeline and backend/data_export/pipeline of its
repository), JSON Lines with one document each:

* project "Intent detection and slot filling": ``text``, ``cats`` (list of categories) and
  ``entities`` (list of ``[start, end, label]``), the only project with a label for the whole
  text and spans in it; goes out and comes back.
* project "Text classification": ``text``, ``label`` (list of categories); goes out and comes back.
* project "Sequence labeling": ``text``, ``label`` (list of ``[start, end, label]``), or
  ``entities`` (objects with ``start_offset``, ``end_offset``, ``label``) where relations are
  used; comes back, each span an actor and the label of the span its stance.

Every other field is kept by doccano as metadata and stands in its export again, after doccano's
own ``id``. Offsets count code points. What goes out is an annotation in doccano, not a
suggestion: export *approved documents only*, or what nobody looked at comes back as well.
All of it was checked with the import and export of doccano 1.8.4.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from stance.candidates import Candidate
from stance.exchange import ACTOR, Annotation, actor_span, meta_of, read_records


def export_intent(candidates: Iterable[Candidate]) -> str:
    """Return documents for a project "Intent detection and slot filling"."""
    lines = []
    for one in candidates:
        span = actor_span(one)
        lines.append(
            {
                "text": one.sentence,
                "cats": [one.label],
                "entities": [[*span, ACTOR]] if span else [],
                **meta_of(one),
            }
        )
    return _dumps(lines)


def export_categories(candidates: Iterable[Candidate]) -> str:
    """Return documents for a project "Text classification"; the actor is metadata."""
    return _dumps(
        {"text": one.sentence, "label": [one.label], **meta_of(one)} for one in candidates
    )


def read_doccano(path: Path) -> Iterator[Annotation]:
    """Yield the annotations of an export, whichever of the projects it is from.

    Raises
    ------
    InputError, DataError
        See `read_records`.
    """
    for place, record in read_records(path):
        if isinstance(record, str):
            yield Annotation(place, problem=record)
            continue
        text = record.get("text", record.get("data"))
        if not isinstance(text, str):
            yield Annotation(place, problem="no text; expected the field text")
            continue
        try:
            yield from _annotations(place, text, record)
        except (TypeError, ValueError, KeyError) as error:
            yield Annotation(place, problem=f"not of doccano's form: {error}")


def _annotations(place: str, text: str, record: dict[str, Any]) -> Iterator[Annotation]:
    given = record.get("label", record.get("labels"))
    given = [given] if isinstance(given, str) else given or []
    spans = [_span(item, text) for item in record.get("entities") or []]
    if "cats" in record:
        categories = tuple(map(str, record["cats"] or []))
        actors = tuple(words for words, label in spans if label == ACTOR)
        yield Annotation(place, text, categories, actors, record)
        return
    if not all(isinstance(item, str) for item in given):
        spans += [_span(item, text) for item in given]
        given = []
    if spans:
        kept = {key: value for key, value in record.items() if key != "stance_id"}
        for words, label in spans:
            if label != ACTOR:
                same = words == record.get("actor")
                yield Annotation(place, text, (label,), (words,), record if same else kept)
        return
    yield Annotation(place, text, tuple(given), (), record)


def _span(item: Any, text: str) -> tuple[str, str]:
    """Return the words and the label of a span, written as a list or as an object."""
    if isinstance(item, dict):
        item = [item["start_offset"], item["end_offset"], item["label"]]
    start, end, label = item
    if not 0 <= int(start) < int(end) <= len(text):
        raise ValueError(f"span {start} to {end} in a text of {len(text)} characters")
    return text[int(start) : int(end)], str(label)


def _dumps(documents: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in documents)
