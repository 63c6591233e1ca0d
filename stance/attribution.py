"""Statements found and gold statements of one article: which belong together, who speaks.

The unit is one contiguous piece of what is said: statements of one cue and speaker are joined
before, so that neither joining nor parting *“A,” she said. “B.”* costs anything. Two units match
where the intersection over union of their words is at least one half; pairs are taken greedily,
the best first and, of equal ones, those of the right speaker. A speaker is compared by the head
of the phrase, as PolNeAR's users do (Newell et al. 2018, *An attribution relations corpus*).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from stance.actors import Registry
from stance.roster import name_key
from stance.text import normalise

Offsets = tuple[int, int]

LEAST = 0.5  # intersection over union of the words of a match
GAP = 2  # characters that may lie between joined pieces: a space, a mark
_TOKEN = re.compile(r"\w+(?:[.'-]\w+)*")
_CUT = re.compile(
    r"\s*[,(\[;:—]|\s-+\s|\s(?:who|whom|whose|which|that|of|for|from|at|in|on|with|to|by|inside"
    r"|outside|within|among|close|familiar|near|like|as|about|against|and|or)\b",
    re.IGNORECASE,
)
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of what is said: where it stands, and whose it is.

    `mention` is the speaker as printed, `actor` the name; `resolved` tells of a found one that
    it was resolved to somebody, and not left as printed.
    """

    start: int
    end: int
    cue: int | None
    mention: str | None
    actor: str | None
    resolved: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A gold unit and the one that was found for it, as indices."""

    gold: int
    found: int


def joined(units: Iterable[Unit]) -> list[Unit]:
    """Join units of one cue and speaker that adjoin; the result is in order of their starts."""
    joint: list[Unit] = []
    order = sorted(units, key=lambda one: (_group(one), one.start, one.end))
    for _, group in groupby(order, key=_group):
        open_ended: Unit | None = None
        for one in group:
            if open_ended is not None and one.start - open_ended.end <= GAP:
                open_ended = replace(open_ended, end=max(one.end, open_ended.end))
                joint[-1] = open_ended
            else:
                open_ended = one
                joint.append(one)
    return sorted(joint, key=lambda one: (one.start, one.end))


def matched(
    text: str, gold: Sequence[Unit], found: Sequence[Unit], registry: Registry
) -> list[Pair]:
    """Return the pairs of gold and found units, each unit at most once."""
    tokens = [match.span() for match in _TOKEN.finditer(normalise(text))]
    starts, ends = [start for start, _ in tokens], [end for _, end in tokens]

    def words(one: Unit) -> Offsets:
        return bisect_right(ends, one.start), bisect_left(starts, one.end)

    candidates = []
    for i, one in enumerate(gold):
        a, b = words(one)
        for j, other in enumerate(found):
            c, d = words(other)
            shared = min(b, d) - max(a, c)
            share = shared / (max(b, d) - min(a, c)) if shared > 0 else 0.0
            if share >= LEAST:
                right = name_right(one, other, registry)
                candidates.append((-share, not right, i, j))
    taken_gold: set[int] = set()
    taken_found: set[int] = set()
    pairs = []
    for _, _, i, j in sorted(candidates):
        if i not in taken_gold and j not in taken_found:
            taken_gold.add(i)
            taken_found.add(j)
            pairs.append(Pair(i, j))
    return sorted(pairs, key=lambda pair: pair.gold)


def mention_right(gold: Unit, found: Unit) -> bool:
    """Tell whether the printed speaker is right: *he* for *he*, or the name of who is meant."""
    wanted = {head(gold.mention), head(gold.actor)} - {""}
    given = {head(found.mention), head(found.actor)} - {""}
    return bool(wanted & given) if wanted else not given


def name_right(gold: Unit, found: Unit, registry: Registry) -> bool:
    """Tell whether the name is right: *he* has to be resolved, and Ann Lee is not Bob Lee."""
    if gold.actor is None or found.actor is None:
        return gold.actor is found.actor
    return same_actor(gold.actor, found.actor, registry) or (
        head(gold.actor) == head(found.actor)
        and not (_is_full(gold.actor) and _is_full(found.actor))
    )


def same_actor(one: str, other: str, registry: Registry) -> bool:
    """Tell whether two names are one actor's: by the registry, else by their words."""
    return actor_key(one, registry) == actor_key(other, registry)


def actor_key(name: str, registry: Registry) -> str:
    """Return what is the same for all names of one actor."""
    known = registry.canonical(name)
    return known.id if known else name_key(name).removeprefix("government of ")


def head(phrase: str | None) -> str:
    """Return the head of a speaker's phrase in lower case: *Ann Lee, the minister,* → *lee*."""
    if not phrase:
        return ""
    clean = normalise(phrase).strip("\"“”'‘.,;: ")
    cut = _CUT.search(clean, 1)
    if cut:
        clean = clean[: cut.start()]
    words = [re.sub(r"'s?$", "", word).strip(".'").casefold() for word in _TOKEN.findall(clean)]
    words = [word for word in words if word]
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    return words[-1] if words else ""


def _is_full(name: str) -> bool:
    words = name.split()
    return len(words) > 1 and all(word[0].isupper() for word in words)


def _group(one: Unit) -> tuple[int, str, str]:
    return (-1 if one.cue is None else one.cue, one.actor or "", one.mention or "")


__all__ = [
    "Pair", "Unit", "actor_key", "head", "joined", "matched", "mention_right", "name_right",
    "same_actor",
]  # fmt: skip
