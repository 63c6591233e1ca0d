"""Cues in a unit of tokens: the longest form at each token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress

from stance.cues import Cue, cue_index
from stance.grammar import AUXILIARIES, BE, POSSESSIVES, PREPOSITIONS, Tokens


def match_cues(tokens: Tokens) -> dict[int, Cue]:
    """Return the longest cue that starts at each token; tokens inside one start none."""
    found: dict[int, Cue] = {}
    index, done = cue_index(), 0
    lows, n = tokens.lows, tokens.size
    titled: bool | None = None
    for i in compress(range(n), map(index.__contains__, lows)):
        if i < done:
            continue
        low = lows[i]
        alone, longer = index[low]
        if not alone and low not in BE and (i + 1 >= n or lows[i + 1] not in longer):
            continue
        if i and tokens.is_name(i) and tokens.kinds[i - 1] == "w":
            titled = _is_titled(tokens) if titled is None else titled
            if not titled:
                continue  # State Department
        if low == "states" and _are_countries(tokens, i):
            continue
        cue = _cue_at(tokens, i, alone, longer)
        if cue is not None:
            found[i] = cue
            done = i + len(cue.words)
    return found


def _cue_at(
    tokens: Tokens, i: int, alone: Sequence[Cue], longer: Mapping[str, Sequence[Cue]]
) -> Cue | None:
    lows, n = tokens.lows, tokens.size
    at = i + 1
    while longer and at < n:
        fits = [
            cue
            for cue in longer[lows[at]]
            if lows[at + 1 : at - 1 + len(cue.words)] == list(cue.words[2:])
        ] if lows[at] in longer else []  # fmt: skip
        if fits:
            if alone and _names_place(tokens, at + 1):
                break  # insisted on CNN that
            noun = any(cue.kind == "noun" for cue in fits) and _owned(tokens, i)
            for cue in fits:
                if cue.tense == "be" if at > i + 1 else (cue.kind == "noun") == noun:
                    return cue
        if lows[i] in BE and at < i + 3 and tokens.is_adverb(at):
            at += 1
        else:
            break
    if len(alone) == 1:
        return alone[0] if alone[0].kind != "noun" or _owned(tokens, i) else None
    noun = bool(alone) and _owned(tokens, i)
    return next((cue for cue in alone if (cue.kind == "noun") == noun), None)


def _are_countries(tokens: Tokens, i: int) -> bool:
    """Tell whether *states* is a noun: *the Baltic states had pushed*, *states bordering it*."""
    if i == 0 or not (tokens.is_name(i - 1) or tokens.lows[i - 1] in ("member", "the", "other")):
        return False
    if i + 1 >= tokens.size:
        return True
    following = tokens.lows[i + 1]
    adjective = tokens.lows[i - 1].endswith(("ern", "ean", "ic")) or tokens.lows[i - 1] == "member"
    return (
        following in AUXILIARIES
        or following.endswith("ed")
        or (adjective and tokens.kinds[i + 1] == "p")
    )


def _names_place(tokens: Tokens, k: int) -> bool:
    """Tell whether a name and *that* follow: the preposition tells where or when."""
    n = tokens.size
    if k >= n or not tokens.is_name(k) or tokens.lows[k - 1] not in ("on", "in", "to", "at"):
        return False
    return "that" in tokens.lows[k + 1 : min(n, k + 4)]


def _is_titled(tokens: Tokens) -> bool:
    """Tell whether most words have capitals, as in a headline."""
    words = [word for word, kind in zip(tokens.words, tokens.kinds, strict=True) if kind == "w"]
    return sum(word[0].isupper() for word in words) * 2 > len(words)


def _owned(tokens: Tokens, i: int) -> bool:
    """Tell whether token `i` may be a noun with an owner: *his plans*, *Norland's treaty bid*."""
    if i == 0:
        return False
    for k in range(i - 1, max(-1, i - 4), -1):
        low = tokens.lows[k]
        if low in POSSESSIVES or low.endswith(("'s", "s'")):
            return True
        if tokens.kinds[k] != "w" or low in PREPOSITIONS or low in AUXILIARIES:
            break
    return tokens.is_name(i - 1) and not tokens.lows[i].endswith("s")
