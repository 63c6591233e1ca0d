"""The sentences around a candidate, read with the article or found again in a batch's input."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from stance.batch import article_text
from stance.candidates import Candidate, one_line
from stance.columns import Columns
from stance.corpus import Source
from stance.errors import InputError
from stance.statements import Article, read_article
from stance.tables import find_sources


def article_of(source: Source, number: int, raw: Any) -> dict[str, Any]:
    """Return an article with the fields of `stance.rows.ARTICLES`; `number` counts from 1."""
    row = source.row(raw)
    return {
        "article_id": row.article_id or f"{source.name}:{number}",
        "date": row.date,
        "source": row.source,
        "input": source.name,
        "row": number,
        "text": row.text,
        "data": row.data,
        "problem": row.problem,
    }


def context_of(article: Article) -> dict[int, tuple[str, str]]:
    """Map the start of each sentence to the sentences before and after it."""
    spans = [one.span for one in article.sentences]
    before = {after.start: one_line(one.text) for one, after in pairwise(spans)}
    after = {one.start: one_line(other.text) for one, other in pairwise(spans)}
    return {one.start: (before.get(one.start, ""), after.get(one.start, "")) for one in spans}


def with_context(candidates: Sequence[Candidate], folder: Path) -> list[Candidate]:
    """Return candidates of a batch output with the sentences around them.

    The articles are looked for where the batch has read them; where an input is gone, or the
    sentence no longer stands where it stood, a candidate stays without.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        columns, most = Columns(**manifest["columns"]), int(manifest["max_chars"])
    except (OSError, ValueError, KeyError, TypeError):
        return list(candidates)
    wanted: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, one in enumerate(candidates):
        wanted[one.input][one.row].append(place)
    found = list(candidates)
    for name, rows in wanted.items():
        for source in _again(name, columns, most):
            for number, raw in enumerate(source.raw(), 1):
                if number not in rows:
                    continue
                try:
                    text = article_text(article_of(source, number, raw), most)
                    around = context_of(read_article(text))
                except InputError:
                    continue
                for place in rows.pop(number):
                    one = candidates[place]
                    if one_line(text).startswith(one.sentence, one.offset):
                        before, after = around.get(one.offset, ("", ""))
                        found[place] = replace(one, before=before, after=after)
                if not rows:
                    break
    return found


def _again(name: str, columns: Columns, most: int) -> list[Source]:
    if not Path(name).exists():
        return []
    try:
        return [one for one in find_sources([name], columns, most) if one.name == name]
    except InputError:
        return []
