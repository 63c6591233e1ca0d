"""A model and the rules on articles with gold statements → figures with intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from stance.actors import Registry, load_registry
from stance.aggregate import NEUTRAL
from stance.attribution import (
    Unit,
    actor_key,
    joined,
    matched,
    mention_right,
    name_right,
)
from stance.goldfiles import GoldArticle, GoldStatement
from stance.metrics import bootstrap_intervals, macro_f1
from stance.predict import StanceModel, judge
from stance.quotations import has_word
from stance.records import Analysis, Span, Statement
from stance.statements import Article, read_article

MIXED = "mixed"  # of an actor whose statements disagree, in gold files
ROUNDS = 1000
_RESOLVED = (
    "turn",
    "author",
    "pronoun",
    "apposition",
    "office",
    "office-date",
    "name",
    "demonym",
    "run-on",
)


def compare(gold: GoldArticle, model: StanceModel) -> dict[str, Any]:
    """Compare what is found in one article with its gold statements.

    Returns
    -------
    dict
        ``counts`` of units (gold, found, matched, with the right mention, with the right name,
        resolved to a name, and those rightly), ``stances``: pairs of the gold label of each gold
        statement and the model's given the statement, and ``actors``: gold and found label,
        score and n of each gold actor.
    """
    registry = load_registry()
    article = read_article(gold.text, registry, date=gold.date)
    actors = _actors(gold, judge(article, model), registry)
    return {
        "article": gold.name,
        "statements": len(gold.statements),
        "counts": _counts(gold, article, registry),
        "stances": _stances(gold, article, model),
        "actors": actors,
        "actors_right": sum(one["gold"] == one["found"] for one in actors),
    }


def golden_figures(
    articles: Sequence[Mapping[str, Any]], labels: Sequence[str], *, seed: int
) -> list[dict[str, Any]]:
    """Return name, value, 95 % interval (bootstrap over articles) and n of each figure.

    `articles` are results of `compare`; without any there are no figures.
    """
    if not articles:
        return []
    found = []
    for name, said, size, figure in _FIGURES:

        def values(rows: Any, figure: Any = figure) -> list[float]:
            return [figure([articles[i] for i in rows], labels)]

        value = values(range(len(articles)))[0]
        names = [one["article"] for one in articles]
        (interval,) = bootstrap_intervals(values, names, seed=seed, rounds=ROUNDS)
        found.append(
            {
                "name": name,
                "what": said,
                "value": value,
                "interval": None if interval is None else list(interval),
                "n": size(articles),
            }
        )
    return found


# --- one article ------------------------------------------------------------------------


def _counts(gold: GoldArticle, article: Article, registry: Registry) -> dict[str, int]:
    wanted, given = gold_units(gold), found_units(article)
    pairs = matched(gold.text, wanted, given, registry)
    right = [name_right(wanted[p.gold], given[p.found], registry) for p in pairs]
    named = [given[pair.found].resolved for pair in pairs]
    return {
        "gold": len(wanted),
        "found": len(given),
        "matched": len(pairs),
        "mention": sum(mention_right(wanted[p.gold], given[p.found]) for p in pairs),
        "name": sum(right),
        "resolved": sum(named),
        "resolved_right": sum(a and b for a, b in zip(named, right, strict=True)),
    }


def gold_units(gold: GoldArticle) -> list[Unit]:
    """Return the pieces of what is said, as the readers marked them."""
    return joined(
        Unit(
            start, end,
            one.cue[0] if one.cue else None,
            gold.text[slice(*one.mention)] if one.mention else None,
            one.actor,
        )
        for one in gold.statements
        for start, end in one.fragments
    )  # fmt: skip


def found_units(article: Article) -> list[Unit]:
    """Return the pieces of what is said, as the rules found them."""
    return joined(
        Unit(
            piece.start, piece.end,
            one.cue.start if one.cue else None,
            one.mention.text if one.mention else None,
            one.actor,
            one.actor is not None and one.rule.rpartition("/")[2] in _RESOLVED,
        )
        for one in article.statements
        for piece in one.fragments
    )  # fmt: skip


def _stances(gold: GoldArticle, article: Article, model: StanceModel) -> list[tuple[str, str]]:
    """Return gold label and the model's label of each gold statement.

    A statement of several sentences has the label of the one that bears a stance, and of several
    that do, of the surest.
    """
    pieces = [
        statement
        for index, one in enumerate(gold.statements)
        for statement in _pieces(gold, article, one, index)
    ]
    judged = judge(replace(article, statements=tuple(pieces)), model).statements
    best: dict[int, tuple[float, str]] = {}
    for item in judged:
        prediction = item.prediction
        if prediction.label != NEUTRAL:
            sure = (prediction.probabilities[prediction.label], prediction.label)
            index = int(item.statement.rule)
            best[index] = max(sure, best.get(index, sure))
    return [
        (one.stance, best[index][1] if index in best else NEUTRAL)
        for index, one in enumerate(gold.statements)
    ]


def _pieces(gold: GoldArticle, article: Article, one: GoldStatement, index: int) -> list[Statement]:
    """Return a gold statement as `judge` reads it, one for each sentence; the rule is its index."""

    def span(place: tuple[int, int]) -> Span:
        return Span(*place, gold.text[slice(*place)])

    return [
        Statement(
            content=span(one.content),
            fragments=tuple(map(span, one.fragments)),
            cue=span(one.cue) if one.cue else None,
            mention=span(one.mention) if one.mention else None,
            actor=one.actor,
            actor_id=None,
            kind="reported",
            sentence=sentence.span,
            rule=str(index),
        )
        for sentence in article.sentences
        if any(
            has_word(gold.text, max(a, sentence.span.start), min(b, sentence.span.end))
            for a, b in one.fragments
        )
    ]


def _actors(gold: GoldArticle, analysis: Analysis, registry: Registry) -> list[dict[str, Any]]:
    found = {actor_key(one.actor, registry): one for one in reversed(analysis.actors)}
    actors = []
    for name, label in gold.actors.items():
        actor = found.get(actor_key(name, registry))
        said = NEUTRAL if actor is None else actor.label
        actors.append(
            {
                "actor": name,
                "gold": label,
                "found": MIXED if label == MIXED and actor is not None and actor.mixed else said,
                "score": actor.score if actor else None,
                "n": actor.n if actor else 0,
            }
        )
    return actors


# --- figures over articles ---------------------------------------------------------------

Articles = Sequence[Mapping[str, Any]]
Figure = Callable[[Articles, Sequence[str]], float]


def _total(articles: Articles, name: str) -> int:
    return sum(one["counts"][name] for one in articles)


def _f1(name: str) -> Figure:
    def figure(articles: Articles, labels: Sequence[str]) -> float:
        return (
            2
            * _total(articles, name)
            / max(1, _total(articles, "gold") + _total(articles, "found"))
        )

    return figure


def _precision(articles: Articles, labels: Sequence[str]) -> float:
    return _total(articles, "resolved_right") / max(1, _total(articles, "resolved"))


def _stance_pairs(articles: Articles) -> list[tuple[str, str]]:
    return [pair for one in articles for pair in one["stances"]]


def _accuracy(articles: Articles, labels: Sequence[str]) -> float:
    pairs = _stance_pairs(articles)
    return sum(gold == found for gold, found in pairs) / max(1, len(pairs))


def _macro(articles: Articles, labels: Sequence[str]) -> float:
    numbers = {label: number for number, label in enumerate(labels)}
    pairs = np.array([[numbers[gold], numbers[found]] for gold, found in _stance_pairs(articles)])
    return macro_f1(pairs[:, 0], pairs[:, 1], len(labels))


def _actor_entries(articles: Articles, *, stance: bool = False) -> list[Mapping[str, Any]]:
    return [
        actor
        for one in articles
        for actor in one["actors"]
        if not stance or actor["gold"] != NEUTRAL
    ]


def _actor_accuracy(*, stance: bool) -> Figure:
    def figure(articles: Articles, labels: Sequence[str]) -> float:
        actors = _actor_entries(articles, stance=stance)
        return sum(one["gold"] == one["found"] for one in actors) / max(1, len(actors))

    return figure


def _units(articles: Articles) -> int:
    return _total(articles, "gold")


def _statements(articles: Articles) -> int:
    return len(_stance_pairs(articles))


_FIGURES: tuple[tuple[str, str, Callable[[Articles], int], Figure], ...] = (
    ("quote_f1", "what is said found, F1", _units, _f1("matched")),
    ("mention_f1", "… and the speaker as printed, F1", _units, _f1("mention")),
    ("name_f1", "… and the speaker's name, F1", _units, _f1("name")),
    (
        "name_precision",
        "speakers that were resolved to a name, precision",
        lambda articles: _total(articles, "resolved"),
        _precision,
    ),
    ("stance_accuracy", "stance of a given statement, accuracy", _statements, _accuracy),
    ("stance_macro_f1", "stance of a given statement, macro-F1", _statements, _macro),
    (
        "actor_accuracy",
        "stance of an actor over an article, accuracy",
        lambda articles: len(_actor_entries(articles)),
        _actor_accuracy(stance=False),
    ),
    (
        "actor_accuracy_with_stance",
        "the same of actors that have a stance",
        lambda articles: len(_actor_entries(articles, stance=True)),
        _actor_accuracy(stance=True),
    ),
)
