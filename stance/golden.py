"""A model and the rules on articles with gold statements → figures with intervals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

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
from stance.dataset import sentence_key
from stance.errors import DataError
from stance.goldfiles import GoldArticle, GoldStatement, read_golden
from stance.predict import StanceModel, judge
from stance.quotations import has_word
from stance.records import Analysis, Span, Statement
from stance.statements import Article, read_article
from stance.text import sentences

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


def golden_for(folder: Path | str, model: StanceModel) -> list[GoldArticle]:
    """Read golden articles for a model.

    Raises
    ------
    DataError
        If an article breaks a rule, bears a label that the model does not know, or holds a
        sentence that the model was trained on.
    """
    articles = read_golden(folder)
    unknown = sorted({one.stance for a in articles for one in a.statements} - set(model.labels))
    if unknown or NEUTRAL not in model.labels:
        raise DataError(
            f"the golden articles in {folder} have the labels {', '.join(unknown) or NEUTRAL}; the "
            f"model knows {', '.join(model.labels)}; leave out --golden, or evaluate the model "
            "that they were labelled for"
        )
    seen = set(model.arrays.trained_on)
    for article in articles:
        for sentence in sentences(article.text):
            if sentence.kind == "body" and sentence_key(sentence.span.text) in seen:
                raise DataError(
                    f"the model was trained on a sentence of {article.name} "
                    f"({sentence.span.text[:60]!r}); expected articles that no row is taken from; "
                    "take the row out and train anew: stance train"
                )
    return articles


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
