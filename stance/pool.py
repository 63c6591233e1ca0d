"""Corpora and outputs of `stance batch` → the candidates for labelling, with their context."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from stance.arrow import pa, pq
from stance.batch import MAX_CHARS, article_text, day_of
from stance.candidates import Candidate, make_candidate
from stance.columns import Columns
from stance.dataset import sentence_key
from stance.errors import InputError
from stance.predict import MAX_SENTENCE, StanceModel, judge, judged_pair
from stance.statements import Article, read_article
from stance.surroundings import article_of, context_of
from stance.tables import find_sources

Progress = Callable[[str, int, int], None]
_FIELDS = ("article_id", "date", "input", "row", "actor", "label", "mention", "mention_start",
           "mention_end", "sentence", "sentence_start", "sentence_end", "model_id")  # fmt: skip


@dataclass(frozen=True)
class Pool:
    """The candidates of a corpus, each sentence and actor once, in order.

    Attributes
    ----------
    candidates : tuple of Candidate
    statements : int
        How many they stand for: a syndicated sentence counts as often as it was printed.
    skipped : tuple of str
        Articles that were not read, and why.
    """

    candidates: tuple[Candidate, ...]
    statements: int
    skipped: tuple[str, ...] = ()


def is_batch_output(path: Path) -> bool:
    """Tell whether a folder was written by `stance batch`, finished or not."""
    return path.is_dir() and (path / "statements").is_dir() and (path / "actors").is_dir()


def read_pool(
    inputs: Sequence[Path],
    model: StanceModel,
    *,
    columns: Columns | None = None,
    progress: Progress = lambda stage, done, total: None,
) -> Pool:
    """Return the statements of a corpus, or of a folder that `stance batch` has written.

    Raises as `read_corpus` and `read_batch_output`; a sentence that the model was trained on is
    no candidate.
    """
    if len(inputs) == 1 and is_batch_output(inputs[0]):
        pool = read_batch_output(inputs[0], model)
    else:
        pool = read_corpus(inputs, model, columns=columns, progress=progress)
    seen = set(model.arrays.trained_on)
    new = tuple(one for one in pool.candidates if sentence_key(one.sentence) not in seen)
    return replace(pool, candidates=new)


def read_corpus(
    inputs: Sequence[Path | str],
    model: StanceModel,
    *,
    columns: Columns | None = None,
    max_chars: int = MAX_CHARS,
    progress: Progress = lambda stage, done, total: None,
) -> Pool:
    """Read every article of a corpus and return its statements about the target.

    Parameters
    ----------
    inputs : sequence of path
        What `stance batch` takes.
    progress : callable
        Called with stage, articles done, articles in all (0: not known yet).

    Raises
    ------
    InputError
        If a path does not exist or is of an unknown kind, a table lacks the columns, or no
        statement is about the target.
    """
    sources = list(find_sources(inputs, columns or Columns(), max_chars))
    total = sum(1 for source in sources for _ in source.raw())
    found: list[Candidate] = []
    skipped: list[str] = []
    done = 0
    for source in sources:
        for number, raw in enumerate(source.raw(), 1):
            progress("read", done, total)
            done += 1
            key = article_of(source, number, raw)
            try:
                text = article_text(key, max_chars)
                article = read_article(text, date=day_of(key["date"]))
            except InputError as error:
                skipped.append(f"{key['article_id']}: {error}")
                continue
            found += _statements(article, key, model)
    return _pool(found, skipped, ", ".join(map(str, inputs)))


def read_batch_output(folder: Path, model: StanceModel | None = None) -> Pool:
    """Return the statements that `stance batch` has written to a folder.

    Where `model` is another than the one that wrote them, the labels are its own. The context is
    read by `with_context`, for those that need it.

    Raises
    ------
    InputError
        If a part file cannot be read, or there is no statement.
    """
    found: list[Candidate] = []
    for path in sorted((folder / "statements").iterdir()):
        if path.name.startswith("."):
            continue
        try:
            found += [_of_record(record) for record in _records(path)]
        except (OSError, ValueError, KeyError, TypeError, csv.Error, pa.ArrowException) as error:
            raise InputError(
                f"{path} is no table of stance batch: {type(error).__name__}: {error}; run stance "
                "batch anew"
            ) from None
    if model is not None:
        other = [place for place, one in enumerate(found) if one.judge != model.model_id]
        predictions = model.predict([found[place].pair for place in other])
        for place, new in zip(other, predictions, strict=True):
            found[place] = replace(
                found[place],
                label=new.label,
                probabilities=new.probabilities,
                judge=new.model_id,
            )
    return _pool(found, [], str(folder))


def _statements(
    article: Article, key: Mapping[str, Any], model: StanceModel
) -> Iterator[Candidate]:
    around = context_of(article)
    for item in judge(article, model).statements:
        statement, prediction = item.statement, item.prediction
        sentence, mention = statement.sentence, statement.mention
        words, actor = judged_pair(statement)
        inside = actor is not None and mention is not None
        start = mention.start - sentence.start if inside and mention else 0
        before, after = around.get(sentence.start, ("", ""))
        candidate = make_candidate(
            words,
            (start, start + len(actor)) if actor else None,
            speaker=statement.actor or "",
            article=str(key["article_id"]),
            date=str(key["date"] or ""),
            input=str(key["input"]),
            row=int(key["row"]),
            offset=sentence.start,
            label=prediction.label,
            probabilities=prediction.probabilities,
            judge=prediction.model_id,
        )
        yield replace(candidate, before=before, after=after)


def _records(path: Path) -> Iterator[Mapping[str, Any]]:
    if path.suffix == ".parquet":
        with pq.ParquetFile(path) as file:
            names = [n for n in file.schema_arrow.names if n in _FIELDS or n.startswith("p_")]
            for batch in file.iter_batches(columns=names):
                yield from batch.to_pylist()
    elif path.suffix == ".jsonl":
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)
    else:
        with path.open(encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)


def _of_record(record: Mapping[str, Any]) -> Candidate:
    sentence, begin = record["sentence"][:MAX_SENTENCE], int(record["sentence_start"])
    span = None
    if record["mention"]:
        start, end = (int(record[name]) - begin for name in ("mention_start", "mention_end"))
        if start >= 0 and end <= len(sentence):
            span = (start, end)
    return make_candidate(
        sentence,
        span,
        speaker=record["actor"] or "",
        article=record["article_id"],
        date=record["date"] or "",
        input=record["input"],
        row=int(record["row"]),
        offset=begin,
        label=record["label"],
        probabilities={
            name.removeprefix("p_"): float(value)
            for name, value in record.items()
            if name.startswith("p_")
        },
        judge=record["model_id"],
    )


def _pool(found: Iterable[Candidate], skipped: Sequence[str], where: str) -> Pool:
    unique: dict[str, Candidate] = {}
    count = 0
    for one in found:
        count += 1
        unique.setdefault(one.id, one)
    if not unique:
        why = f" ({len(skipped)} articles were not read: {skipped[0]})" if skipped else ""
        raise InputError(
            f"no statement about the target in {where}{why}; expected articles about it; see: "
            "stance analyze ARTICLE"
        )
    return Pool(tuple(unique.values()), count, tuple(skipped))
