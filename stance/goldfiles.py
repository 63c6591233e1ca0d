"""Articles with gold statements: files `NAME.txt` and `NAME.gold.json`, read and checked."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stance.errors import DataError, InputError
from stance.offices import days_of

ENDING = ".gold.json"
KINDS = ("direct", "mixed", "reported")


@dataclass(frozen=True, slots=True)
class GoldStatement:
    """A statement as a reader marked it; spans are (start, end) into the article."""

    content: tuple[int, int]
    fragments: tuple[tuple[int, int], ...]
    cue: tuple[int, int] | None
    mention: tuple[int, int] | None
    actor: str | None
    kind: str
    stance: str


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """An article, its day, its statements in text order, and the stance of each actor."""

    name: str
    text: str
    date: str
    actors: Mapping[str, str]
    statements: tuple[GoldStatement, ...]


def read_golden(folder: Path | str) -> list[GoldArticle]:
    """Return the gold articles of a folder, in order of their names.

    Raises
    ------
    DataError
        If there are none, or a file breaks a rule; every fault is named.
    """
    home = Path(folder)
    paths = sorted(home.glob(f"*{ENDING}"))
    if not paths:
        raise DataError(
            f"no gold articles in {home}; expected files NAME.txt and NAME{ENDING} as in seeds/"
        )
    return [read_gold(path) for path in paths]


def read_gold(path: Path) -> GoldArticle:
    """Read one gold file and its article.

    Raises
    ------
    DataError
        If the file is no JSON, lacks its article or a key, or a rule of `problems_of` is broken.
    """
    try:
        gold = json.loads(path.read_text("utf-8"))
        text = (path.parent / gold["article"]).read_text("utf-8")
        problems = list(problems_of(text, gold))
        article = GoldArticle(
            gold["article"], text, gold["date"], dict(gold["actors"]),
            tuple(map(_statement, gold["statements"])),
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(
            f"{path.name} is no gold file ({type(error).__name__}: {error}); expected article, "
            "date, actors and statements as in seeds/"
        ) from None
    except FileNotFoundError as error:
        raise DataError(
            f"{path.name} names an article that is missing ({error.filename})"
        ) from None
    if problems:
        shown = "; ".join(problems[:5]) + ("; …" if len(problems) > 5 else "")
        raise DataError(f"{path.name} has {len(problems)} problems: {shown}", tuple(problems))
    return article


def problems_of(text: str, gold: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the spans, kinds, order and day of a gold file."""
    try:
        days_of(gold["date"])
    except InputError as error:
        yield str(error)
    if not gold["statements"]:
        yield "no statements; expected at least one"
    for index, item in enumerate(gold["statements"]):
        where = f"statement {index}"
        for name, span in _spans(item):
            if text[span["start"] : span["end"]] != span["text"] or not span["text"]:
                yield f"{where}: {name} is not what stands at {span['start']}–{span['end']}"
        pieces = [(one["start"], one["end"]) for one in item["fragments"]]
        if pieces != sorted(pieces) or any(
            after[0] < before[1] for before, after in itertools.pairwise(pieces)
        ):
            yield f"{where}: fragments overlap or are out of order"
        content = item["content"]
        if not pieces or (content["start"], content["end"]) != (pieces[0][0], pieces[-1][1]):
            yield f"{where}: content is not what its fragments span"
        if item["kind"] not in KINDS:
            yield f"{where}: kind {item['kind']!r}; expected one of {', '.join(KINDS)}"


def _spans(item: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    yield "content", item["content"]
    for fragment in item["fragments"]:
        yield "a fragment", fragment
    for name in ("cue", "mention"):
        if item[name] is not None:
            yield name, item[name]


def _statement(item: Mapping[str, Any]) -> GoldStatement:
    def offsets(span: Mapping[str, int]) -> tuple[int, int]:
        return span["start"], span["end"]

    return GoldStatement(
        content=offsets(item["content"]),
        fragments=tuple(map(offsets, item["fragments"])),
        cue=offsets(item["cue"]) if item["cue"] else None,
        mention=offsets(item["mention"]) if item["mention"] else None,
        actor=item["actor"],
        kind=item["kind"],
        stance=item["stance"],
    )
