"""What may stand between a cue and its content: adverbs, days, places, who is told."""

from __future__ import annotations

from stance.grammar import (
    AUXILIARIES,
    DETERMINERS,
    OBJECTS,
    POSSESSIVES,
    PREPOSITIONS,
    SUBORDINATORS,
    TIMES,
)
from stance.subjects import Phrases
from stance.text import word_set

SUBJECT_PRONOUNS = word_set("he she they it we i you there")
_ADDED = word_set("of about after before when while as during")
_PERIODS = word_set(
    "minute minutes hour hours day days week weeks month months year years shortly long"
)
_AFTER_CUE = word_set("and but while as after before since who which when though although yet")


def skip_adverbials(p: Phrases, r: int, *, addressee: bool = False) -> int:
    """Return the first token after what may stand between a cue and its content.

    Adverbs, days, prepositional phrases (*on Tuesday at a rally in the capital*) and, with
    `addressee`, the one that is told. The end of the unit where nothing else follows.
    """
    t, n = p.t, p.t.size
    if addressee:
        r = skip_addressee(p, r)
    while r < n:
        low = t.lows[r]
        if (
            low in TIMES
            or (t.is_adverb(r) and low not in ("all", "both", "only", "perhaps"))
            or (low.isdigit() and r and t.lows[r - 1] in TIMES)
        ):
            r += 1
        elif low in PREPOSITIONS and low not in ("that", "than"):
            end = _prepositional(p, r)
            if end is None:
                return n
            r = end
        elif low == "," and r + 1 < n and _interposed(p, r):
            r = _interposed(p, r)
        else:
            break
    return r


def is_trailing(p: Phrases, r: int) -> bool:
    """Tell whether only adverbials stand between `r` and the end, or a clause of its own."""
    t, n = p.t, p.t.size
    if r < n and t.lows[r] in _ADDED:
        return True  # …, she said of the plan
    r = skip_adverbials(p, r)
    if r + 1 < n and t.words[r] == ",":
        low = t.lows[r + 1]
        participle = low.endswith("ing") and len(low) > 5
        return low in _AFTER_CUE or participle or is_later(p, r + 1)
    return (
        r >= n or (t.kinds[r] == "p" and t.words[r] in ".!?)" and r >= n - 2) or (t.words[r] == ";")
    )


def is_later(p: Phrases, k: int) -> bool:
    """Tell whether a time before or after something starts at `k`: *a day after he had left*."""
    lows = p.t.lows[k : k + 5]
    if ("after" not in lows and "before" not in lows) or lows[0] in PREPOSITIONS:
        return False
    return any(
        low in ("after", "before") and lows[m - 1] in _PERIODS for m, low in enumerate(lows) if m
    )


def skip_addressee(p: Phrases, r: int) -> int:
    """Return the first token after the one that is told."""
    t, n = p.t, p.t.size
    if r < n and t.lows[r] in OBJECTS and not _owns(p, r):
        return r + 1
    k = r
    while k < n and t.kinds[k] == "w":
        low = t.lows[k]
        if low in SUBORDINATORS or low in AUXILIARIES or low == "to":
            break
        if low in PREPOSITIONS and low != "of":
            break
        if k > r and (low in SUBJECT_PRONOUNS or low in TIMES):
            break
        if k > r and _starts_phrase(p, k):
            break
        k += 1
    return k


def _owns(p: Phrases, r: int) -> bool:
    """Tell whether *her* at `r` is a possessive: *told her colleagues that*."""
    t, n = p.t, p.t.size
    if t.lows[r] not in POSSESSIVES or r + 1 >= n or t.kinds[r + 1] != "w":
        return False
    low = t.lows[r + 1]
    known = low in SUBORDINATORS or low in PREPOSITIONS or low in DETERMINERS or low in TIMES
    return not known and low not in SUBJECT_PRONOUNS and not t.is_adverb(r + 1)


def _starts_phrase(p: Phrases, k: int) -> bool:
    """Tell whether a new noun phrase starts at `k`, right after a noun."""
    t = p.t
    before = t.lows[k - 1]
    if before in PREPOSITIONS or before in DETERMINERS or t.kinds[k - 1] == "p":
        return False
    if t.lows[k] in DETERMINERS and t.lows[k] not in ("one", "other", "more"):
        return before not in ("all", "both", "and", "or")
    return t.is_name(k) and not t.is_name(k - 1) and before not in ("and", "or")


def _prepositional(p: Phrases, r: int) -> int | None:
    """Return the token after the prepositional phrase at `r`; None if it ends the unit."""
    t, n = p.t, p.t.size
    k = r + 1
    while k < n:
        low = t.lows[k]
        if t.kinds[k] == "q" or (low == "that" and t.lows[k - 1] not in PREPOSITIONS):
            return k
        if t.kinds[k] == "p":
            if t.words[k] in "&'$%.":
                k += 1
                continue
            return k
        if k > r + 1 and (low in SUBJECT_PRONOUNS or low in TIMES or _starts_phrase(p, k)):
            return k
        if low in PREPOSITIONS and k > r + 1:
            return k
        if k > r + 1 and low in SUBORDINATORS:
            return k if low in ("whether", "if", "why", "how") else None
        k += 1
    return None


def _interposed(p: Phrases, r: int) -> int:
    """Return the token after ``, … ,`` at `r` where it holds an adverbial; else 0."""
    t, n = p.t, p.t.size
    low = t.lows[r + 1]
    adverbial = low in PREPOSITIONS or t.is_adverb(r + 1)
    for k in range(r + 2, min(n, r + (14 if adverbial else 6))):
        if t.words[k] == ",":
            return k + 1 if k + 1 < n and t.lows[k + 1] in ("that", "“”") else 0
        if t.kinds[k] == "q":
            return 0
    return 0
