"""What was found in golden articles → figures with intervals over the articles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from stance.aggregate import NEUTRAL
from stance.metrics import bootstrap_intervals, macro_f1

ROUNDS = 1000

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
        right = sum(bool(one["gold"] == one["found"]) for one in actors)
        return right / max(1, len(actors))

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
