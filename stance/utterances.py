"""The statements of a corpus as columns in memory: who, when, what position, in which article.

A statement costs some 100 bytes and a distinct sentence as many again; no text is held.
"""

from __future__ import annotations

import re
import zlib
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stance.actors import load_registry
from stance.dataset import sentence_key, shingles
from stance.errors import InputError
from stance.offices import days_of
from stance.outputs import Chunk, Output, chunks
from stance.periods import day_number

Ints = NDArray[np.int64]
Days = tuple[tuple[str, str], ...]

_ADDRESS = re.compile(r"https?://(?:[^/?#@\s]*@)?(?P<host>[^/?#@:\s\[\]]+)", re.IGNORECASE)
_SOMEBODY = re.compile(
    r"(?:an?|his|her|its|their|our|my|your|one|two|three|some|several|many|other|another)\b"
)  # his ministry in Kyiv: whose, only the article knows
_CAPITAL = re.compile(r"[^\W\d_a-z]")  # a letter that is no small Latin one


@dataclass(frozen=True, slots=True)
class Who:
    """An actor of the corpus.

    Attributes
    ----------
    name : str
    actor_id : str
        The registry's id; empty for somebody it does not know.
    kind : {"person", "government", "organisation", "office", "name", "role"}
        The registry's, where it knows the actor. Others are a "name", or a "role" where
        nothing has a capital, or it is *his ministry in Kyiv*: that of one article need not
        be that of another.
    country, wikidata : str
        ISO 3166-1 and QID where the registry has them, else empty.
    """

    name: str
    actor_id: str = ""
    kind: str = "name"
    country: str = ""
    wikidata: str = ""

    @property
    def key(self) -> str:
        """What tells actors apart."""
        return self.actor_id or self.name


@dataclass(frozen=True)
class Utterances:
    """All statements of an output, in its order; index i is the same statement in each column.

    Attributes
    ----------
    output : Output
    actors : tuple of Who
    papers : int
        Sources of the articles (see `paper_of`); an article without one is its own paper.
    actor : int64, shape (n,)
        Index into `actors`; −1 where the article does not say who speaks.
    label : int64, shape (n,)
        Index into the labels of the output.
    probabilities : float64, shape (n, n_labels)
    days : tuple of (first, last)
        The distinct dates, as ISO days; `date` is an index into them, −1 for none.
    date, article, paper : int64, shape (n,)
    text : int64, shape (n,)
        Sentences with the same words, case apart, have the same number.
    grams, starts : uint32, shape (m,) and int64, shape (n_texts + 1,)
        Hashed word 3-grams of text t: ``grams[starts[t]:starts[t + 1]]``, sorted, each once.
    unreadable : int
        Statements of articles that have a date which is none; they count as undated.
    """

    output: Output
    actors: tuple[Who, ...]
    papers: int
    actor: Ints
    label: Ints
    probabilities: NDArray[np.float64]
    days: Days
    date: Ints
    article: Ints
    paper: Ints
    text: Ints
    grams: NDArray[np.uint32]
    starts: Ints
    unreadable: int

    def __len__(self) -> int:
        return len(self.actor)

    @property
    def day(self) -> Ints:
        """The first day that each date may mean, as a number of days; 0 for none."""
        numbers = [day_number(first) for first, _ in self.days]
        return np.array([*numbers, 0], dtype=np.int64)[self.date]


@dataclass
class _Columns:
    """What grows while the parts are read."""

    actor: array[int] = field(default_factory=lambda: array("q"))
    label: array[int] = field(default_factory=lambda: array("q"))
    probabilities: array[float] = field(default_factory=lambda: array("d"))
    date: array[int] = field(default_factory=lambda: array("q"))
    article: array[int] = field(default_factory=lambda: array("q"))
    paper: array[int] = field(default_factory=lambda: array("q"))
    text: array[int] = field(default_factory=lambda: array("q"))
    grams: array[int] = field(default_factory=lambda: array("I"))
    starts: array[int] = field(default_factory=lambda: array("q", [0]))
    unreadable: int = 0
    articles: int = 0
    last: tuple[str, int] | None = None


COLUMNS = ("input", "row", "article_id", "date", "source", "actor", "actor_id", "label", "sentence")


def read_utterances(
    output: Output, progress: Callable[[str, int, int], None] = lambda stage, done, total: None
) -> Utterances:
    """Read the statements of an output, part by part.

    Raises
    ------
    InputError
        If a part file is broken, or a label is none of the model's.
    """
    found = _Columns()
    who: dict[str, tuple[int, Who]] = {}
    papers: dict[str, int] = {}
    dates: dict[str, int] = {}
    days: dict[tuple[str, str], int] = {}
    texts: dict[str, int] = {}
    for chunk in chunks(output, (*COLUMNS, *(f"p_{label}" for label in output.labels))):
        for place, (source, row) in enumerate(zip(chunk["input"], chunk["row"], strict=True)):
            if (source, row) != found.last:
                found.last, found.articles = (source, row), found.articles + 1
            _add(found, output, chunk, place)
            found.actor.append(_actor_number(chunk, place, who))
            paper = paper_of(chunk["article_id"][place], chunk["source"][place])
            paper = paper or f"\0{found.articles}"
            found.paper.append(papers.setdefault(paper, len(papers)))
            date = chunk["date"][place]
            if date not in dates:
                dates[date] = _date_number(date, days)
            found.date.append(max(-1, dates[date]))
            found.unreadable += dates[date] == _UNREADABLE
            found.text.append(_text_number(chunk["sentence"][place] or "", texts, found))
        progress("read", len(found.actor), output.statements)
    return _frozen(found, output, tuple(one for _, one in who.values()), len(papers), tuple(days))


_UNREADABLE = -2


def paper_of(article_id: str | None, source: str | None) -> str | None:
    """Return the source of an article, or the host of its address, without www.

    None where it has no source and its id is no address.
    """
    if source and source.strip():
        return source.strip()
    match = _ADDRESS.match(article_id or "")
    return match["host"].lower().removeprefix("www.") if match else None


def identify(name: str, actor_id: str | None) -> Who:
    """Return what the registry knows of an actor, or whether it is a name or a role."""
    known = load_registry().by_id.get(actor_id) if actor_id else None
    if known is not None:
        return Who(known.name, known.id, known.kind, known.country, known.wikidata)
    kind = "name" if _CAPITAL.search(name) and not _SOMEBODY.match(name) else "role"
    return Who(name, actor_id or "", kind)


def _add(found: _Columns, output: Output, chunk: Chunk, place: int) -> None:
    label = chunk["label"][place]
    if label not in output.labels:
        raise InputError(
            f"label {label!r} in {output.folder}; expected one of {', '.join(output.labels)}"
        )
    found.label.append(output.labels.index(label))
    found.article.append(found.articles - 1)
    found.probabilities.extend(chunk[f"p_{name}"][place] for name in output.labels)


def _actor_number(chunk: Chunk, place: int, who: dict[str, tuple[int, Who]]) -> int:
    name, actor_id = chunk["actor"][place], chunk["actor_id"][place]
    if not name:
        return -1
    key = actor_id or name
    if key not in who:
        who[key] = (len(who), identify(name, actor_id))
    return who[key][0]


def _date_number(date: str | None, days: dict[tuple[str, str], int]) -> int:
    try:
        known = days_of(date)
    except InputError:
        return _UNREADABLE
    return -1 if known is None else days.setdefault(known, len(days))


def _text_number(sentence: str, texts: dict[str, int], found: _Columns) -> int:
    number = texts.setdefault(sentence_key(sentence), len(texts))
    if number == len(found.starts) - 1:  # words that were not seen before
        grams = {zlib.crc32(" ".join(gram).encode("utf-8")) for gram in shingles(sentence)}
        found.grams.extend(sorted(grams))
        found.starts.append(len(found.grams))
    return number


def _frozen(
    found: _Columns, output: Output, actors: tuple[Who, ...], papers: int, days: Days
) -> Utterances:
    def column(name: str) -> Ints:
        return np.array(getattr(found, name), dtype=np.int64)

    return Utterances(
        output=output,
        actors=actors,
        papers=papers,
        probabilities=np.array(found.probabilities).reshape(-1, len(output.labels)),
        days=days,
        grams=np.array(found.grams, dtype=np.uint32),
        unreadable=found.unreadable,
        **{
            name: column(name)
            for name in ("actor", "label", "date", "article", "paper", "text", "starts")
        },
    )
