"""Probes of a model: names swapped at random, articles with gold statements."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from stance.actors import load_registry
from stance.aggregate import NEUTRAL
from stance.dataset import Row
from stance.lexicon import loads_lexicon
from stance.predict import StanceModel, judge
from stance.records import Span
from stance.statements import read_article
from stance.tokens import Pair


def swap_actors(
    rows: Sequence[Row], model: StanceModel, *, seed: int, everyone: bool
) -> tuple[list[Pair], list[bool]]:
    """Replace the names of known actors by others drawn at random.

    Only names of the registry are replaced, by names of the registry; names that belong
    to the target itself (in the model's lexicon) stay, since the sentence would then be about
    another target.

    Returns
    -------
    pairs, changed
        (sentence, actor) of each row, and whether anything was replaced.
    """
    registry = load_registry()
    lexicon = loads_lexicon(model.arrays.lexicon)

    def of_target(name: str) -> bool:
        return bool(lexicon.match(re.findall(r"[\w'’-]+", name.lower())))

    names = sorted(actor.name for actor in registry.actors if not of_target(actor.name))
    random = np.random.default_rng(seed)
    pairs: list[Pair] = []
    changed: list[bool] = []
    for row in rows:
        sentence, actor, before = row.sentence, row.actor, row.sentence[: row.actor_start or 0]
        found = {
            mention.span.text
            for mention in registry.find(row.sentence)
            if mention.actor_id and not of_target(mention.span.text)
        }
        known = actor in found or (
            registry.canonical(actor) is not None and bool(actor) and not of_target(actor)
        )
        others = {name for name in found if actor not in name} if everyone else set()
        chosen = {actor} | others if known else set()
        drawn = {
            old: names[int(random.integers(len(names)))]
            for old in sorted(chosen, key=lambda name: (-len(name), name))
        }
        if drawn:  # all in one pass, so that no name is put into another new one
            anyone = "|".join(map(re.escape, drawn))
            names_in = re.compile(rf"(?<!\w)(?:{anyone})(?!\w)")
            sentence = names_in.sub(partial(_drawn, drawn), sentence)
            before = names_in.sub(partial(_drawn, drawn), before)
            actor = drawn.get(actor, actor)
        given = row.actor_start is not None and sentence.startswith(actor, len(before))
        mention = Span(len(before), len(before) + len(actor), actor) if given else actor or None
        pairs.append((sentence, mention))
        changed.append(sentence != row.sentence)
    return pairs, changed


def compare_with_gold(text: str, gold: dict[str, Any], model: StanceModel) -> dict[str, Any]:
    """Compare an analysis with gold statements: what was found, by whom, and the stances."""
    article = read_article(text, date=gold.get("date"))
    analysis = judge(article, model)
    registry = load_registry()

    def canonical(name: str) -> str:
        known = registry.canonical(name)
        return known.name if known else name

    spans = [
        (statement.content.start, statement.content.end, statement.actor or "")
        for statement in article.statements
    ]
    found = speaker = 0
    for item in gold["statements"]:
        start, end = item["content"]["start"], item["content"]["end"]
        hits = [s for s in spans if _overlap((s[0], s[1]), (start, end)) >= 0.5]
        found += bool(hits)
        speaker += any(s[2] == canonical(item["actor"]) for s in hits)
    stances = {actor.actor: actor for actor in analysis.actors}
    actors = []
    for name, label in gold["actors"].items():
        actor = stances.get(canonical(name))
        actors.append(
            {
                "actor": name,
                "gold": label,
                "found": actor.label if actor else NEUTRAL,
                "score": actor.score if actor else None,
                "n": actor.n if actor else 0,
            }
        )
    right = sum(entry["gold"] == entry["found"] for entry in actors)
    return {
        "statements": len(gold["statements"]),
        "statements_found": found,
        "speakers_right": speaker,
        "actors": actors,
        "actors_right": right,
        "without_rows_of_the_article": True,
    }


def _drawn(drawn: dict[str, str], match: re.Match[str]) -> str:
    return drawn[match.group()]


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Return intersection over union of two stretches of characters."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return max(0, shared) / (max(one[1], other[1]) - min(one[0], other[0]))
