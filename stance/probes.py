"""A probe of a model: the names of known actors swapped at random."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

import numpy as np

from stance.actors import load_registry
from stance.dataset import Row
from stance.lexicon import loads_lexicon
from stance.predict import StanceModel
from stance.records import Span
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


def _drawn(drawn: dict[str, str], match: re.Match[str]) -> str:
    return drawn[match.group()]
