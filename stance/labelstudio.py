"""Label Studio's tasks, out and back.

Format of Label Studio 1.x ("Basic Label Studio JSON format" and "Label Studio JSON format of
annotated tasks" of its guide; before 1.0 annotations were called completions): a task is an object
with ``data``, ``predictions`` (suggestions, with ``model_version`` and ``score``) and
``annotations``, whose ``result`` lists a region each: ``type`` "choices" or "labels",
``from_name``, ``to_name``, ``value``. Its import button takes a JSON array; JSON Lines, a task each
line, are read from storages since 1.20 (its issue 1960). Both come back, and the short export
JSON_MIN as well. Checked against the validator and the converter of label-studio-sdk 2.1.2.

Offsets count code points; old versions counted UTF-16 units (its issue 1008). Where offsets do not
fit the words that stand beside them, the words count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from stance.candidates import Candidate
from stance.exchange import ACTOR, Annotation, actor_span, meta_of, read_records

STANCE, SPAN, TEXT = "stance", "actor_span", "text"  # names in the labelling interface


def export_tasks(candidates: Iterable[Candidate], *, lines: bool = False) -> str:
    """Return tasks with the prediction as a suggestion: a JSON array, or a task each line."""
    tasks = [_task(one) for one in candidates]
    if lines:
        return "".join(json.dumps(task, ensure_ascii=False) + "\n" for task in tasks)
    return json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"


def labelling_interface(labels: Sequence[str], target: str = "") -> str:
    """Return the XML for *Settings → Labeling Interface → Code* that fits the tasks."""
    choices = "\n".join(f"    <Choice value={quoteattr(label)}/>" for label in labels)
    question = quoteattr(f"Stance on {target or 'the target'}?")
    return f"""<View>
  <Header value="$speaker" size="4"/>
  <Text name="before" value="$before"/>
  <Labels name="{SPAN}" toName="{TEXT}">
    <Label value="{ACTOR}"/>
  </Labels>
  <Text name="{TEXT}" value="${TEXT}"/>
  <Text name="after" value="$after"/>
  <Header value={question} size="4"/>
  <Choices name="{STANCE}" toName="{TEXT}" choice="single" required="true">
{choices}
  </Choices>
</View>
"""


def read_label_studio(path: Path) -> Iterator[Annotation]:
    """Yield the annotations of an export (JSON, JSON Lines or JSON_MIN).

    Suggestions that nobody submitted are no annotations; skipped and cancelled ones are yielded
    with their problem.

    Raises
    ------
    InputError, DataError
        See `read_records`.
    """
    for place, record in read_records(path):
        if isinstance(record, str):
            yield Annotation(place, problem=record)
            continue
        name = f"task {record['id']}" if "id" in record else place
        try:
            yield from _annotations(name, record)
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            yield Annotation(name, problem=f"not of Label Studio's form: {error!r}")


def _task(one: Candidate) -> dict[str, Any]:
    share = one.probabilities.get(one.label)
    result: list[dict[str, Any]] = [
        _region("choices", STANCE, {"choices": [one.label]}),
    ]
    span = actor_span(one)
    if span:
        value = {"start": span[0], "end": span[1], "text": one.actor, "labels": [ACTOR]}
        result.append(_region("labels", SPAN, value))
    prediction: dict[str, Any] = {"model_version": one.judge, "result": result}
    if share is not None:
        prediction["score"] = round(share, 4)
    return {"data": {TEXT: one.sentence, **meta_of(one)}, "predictions": [prediction]}


def _region(kind: str, name: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "from_name": name, "to_name": TEXT, "type": kind, "value": value}


def _annotations(place: str, record: dict[str, Any]) -> Iterator[Annotation]:
    if "data" not in record:
        yield _short(place, record)
        return
    data = record["data"]
    given = record.get("annotations", record.get("completions")) or []
    if not given:
        yield Annotation(place, problem="not annotated")
    for one in given:
        if one.get("was_cancelled"):
            yield Annotation(place, problem="skipped by the annotator")
            continue
        regions = [item for item in one.get("result") or [] if isinstance(item, dict)]
        choices = [
            str(choice)
            for item in regions
            if item.get("type") == "choices"
            for choice in item["value"]["choices"]
        ]
        marked = [item["value"] for item in regions if item.get("type") == "labels"]
        yield _annotation(place, data, choices, marked)


def _short(place: str, record: dict[str, Any]) -> Annotation:
    """Read a task of JSON_MIN: the values of the data and of the controls side by side."""
    chosen = record.get(STANCE)
    if isinstance(chosen, dict):
        chosen = chosen["choices"]
    choices = [chosen] if isinstance(chosen, str) else list(chosen or [])
    return _annotation(place, record, choices, record.get(SPAN) or [])


def _annotation(
    place: str, data: dict[str, Any], choices: Sequence[str], marked: Sequence[Any]
) -> Annotation:
    text = str(data.get(TEXT, ""))
    actors = tuple(_words(value, text) for value in marked if ACTOR in value["labels"])
    return Annotation(place, text, tuple(choices), actors, data)


def _words(value: dict[str, Any], text: str) -> str:
    start, end = int(value["start"]), int(value["end"])
    words = value.get("text")
    if isinstance(words, str) and words in text:
        return words.strip()
    if not 0 <= start < end <= len(text):
        raise ValueError(f"span {start} to {end} in a text of {len(text)} characters")
    return text[start:end].strip()
