"""Where a content ends."""

from __future__ import annotations

from stance.adverbials import SUBJECT_PRONOUNS, is_later, is_trailing, skip_addressee
from stance.cues import Cue
from stance.grammar import (
    PREPOSITIONS,
    VERBS,
)
from stance.subjects import Phrases
from stance.text import word_set

WH = word_set("if whether why how what when where who which")
_CLAUSE_BREAKS = word_set("but while whereas although though and as yet nor so")
_STRICT_BREAKS = word_set(
    "but while whereas although though as yet nor despite and saying so after before"
)
_STRICT_JOINS = word_set("which and or including such among especially particularly")
_CLAUSE_VERBS = word_set("is was are were would will has have had")
_OPEN_CLAUSE = word_set("that which who what how to if whether why where all everything")
_BORDERS = _CLAUSE_VERBS | word_set(  # the only tokens a content may end before, but for quotations
    ", ; — - and but according when because even said says told while"
)
LOOK_AHEAD = 14  # tokens; a guess


def content_end(p: Phrases, start: int, cue: Cue | None, *, strict: bool, inside: str = "") -> int:
    """Return the token after the last one of the content that starts at `start`.

    `strict` is for phrases (*opposes the plan*), which end sooner than clauses do. `inside`
    tells what the cue stands in: a ``subordinate`` clause (*While she said …, he …*) or a
    ``relative`` one after a comma or dash ends with the next of those.
    """
    t, n = p.t, p.t.size
    resume = 0 if strict else _opening_aside(p, start)
    for k in range(start + 1, n):
        if k <= resume or (t.lows[k] not in _BORDERS and t.kinds[k - 1] != "q"):
            continue
        word = t.words[k]
        if strict and word == ",":
            resume = aside(p, k + 1)
            if resume:
                continue
        if word == ";" and t.kinds[k] == "p":
            return k
        if inside and word in (",", "—") and k + 1 < n:
            if inside == "subordinate" and t.lows[k + 1] not in ("and", "or", "but"):
                return k
            if inside == "relative" and (
                p.is_verb(k + 1) or k + 1 in p.cues or t.is_adverb(k + 1) or word == "—"
            ):
                return k
        if word in (",", "—") or (word == "-" and t.kinds[k] == "p"):
            if k + 1 < n and _breaks(p, k + 1, strict=strict, dash=word != ","):
                return k
        elif strict and k > start + 1 and _ends_phrase(p, start, k):
            return k
        elif t.lows[k] in ("and", "but") and cue is not None:
            if strict and k + 1 < n and t.lows[k + 1] in VERBS and cue.tense != "base":
                return k  # rejected the plan and left
            if _coordinated_cue(p, k + 1, cue, strict=strict):
                return k
        elif (t.lows[k] == "according" and k + 1 < n and t.lows[k + 1] == "to") or (
            (strict or (k - 1 == start and t.lows[k] not in ("and", "but", "or")))
            and t.kinds[k - 1] == "q"
            and _closes(p, k - 1)
            and t.kinds[k] == "w"
        ):
            return k
    return n


def trimmed(p: Phrases, start: int, end: int) -> tuple[int, int]:
    """Drop punctuation and conjunctions at both ends of a range of tokens."""
    t = p.t
    while start < end and t.kinds[start] == "p" and t.words[start] not in "($€£'":
        start += 1
    while end > start and t.kinds[end - 1] == "p" and t.words[end - 1] not in ")%":
        end -= 1
    return start, end


def _breaks(p: Phrases, k: int, *, strict: bool, dash: bool) -> bool:
    """Tell whether a content ends at the comma or dash before token `k`."""
    t, n = p.t, p.t.size
    low = t.lows[k]
    cue = p.cues.get(k)
    if cue is not None and cue.tense == "ing" and (cue.kind == "speech" or strict):
        return True
    if low in ("according", "adding", "citing"):
        return True
    if is_later(p, k):
        return True
    following = t.lows[k + 1] if k + 1 < n else ""
    participle = low.endswith("ing") and len(low) > 5 and t.kinds[k] == "w" and low != "including"
    if participle or low in ("while", "though", "although", "whereas", "despite"):
        return True
    if low == "even" and following in ("as", "though", "if", "after"):
        return True
    if low == "after" and not strict:
        return True
    if low in ("and", "but") and following in SUBJECT_PRONOUNS:
        return True
    if strict:
        if low in _STRICT_BREAKS or (dash and low in ("a", "an")):
            return True
        if not dash and low not in _STRICT_JOINS and not _is_list(p, k):
            return True
    if low in _CLAUSE_BREAKS:
        m = k + 1
        while m < n and t.is_adverb(m):
            m += 1
        direct = p.cues.get(m)
        if direct is not None and direct.kind == "speech" and direct.tense in ("past", "s"):
            return True
        return _foreign_cue(p, k + 1, trailing=False)
    return _foreign_cue(p, k, trailing=True)


def _opening_aside(p: Phrases, k: int) -> int:
    """Return the comma that closes an aside right after *that*: *that, given the cost, …*."""
    t, n = p.t, p.t.size
    if k < n and t.words[k] in (",", "—"):
        for m in range(k + 1, min(n - 1, k + 20)):
            if t.words[m] == t.words[k]:
                return m
    return 0


def aside(p: Phrases, k: int) -> int:
    """Return the comma that closes ``, among other things,`` at `k`; 0 if there is none."""
    t, n = p.t, p.t.size
    if k < n and t.lows[k] in PREPOSITIONS and t.lows[k] not in _STRICT_BREAKS:
        for m in range(k, min(n - 1, k + 6)):
            if t.words[m] == ",":
                return m
    return 0


def _ends_phrase(p: Phrases, start: int, k: int) -> bool:
    """Tell whether a phrase ends before *because*, *when* or the verb of the clause around it.

    Not before *after*, *if*, *without*: a condition is part of a position.
    """
    t = p.t
    low = t.lows[k]
    if low in ("when", "because", "even", "said", "says", "told"):
        return True
    if low == "while":  # not: opposes it while the war lasts, a condition
        following = (p.cues.get(m) for m in range(k + 1, min(t.size, k + 8)))
        return (k + 1 < t.size and t.lows[k + 1].endswith("ing")) or any(
            cue is not None and cue.kind == "speech" and "bare" in cue.frames for cue in following
        )
    return low in _CLAUSE_VERBS and not _OPEN_CLAUSE.intersection(t.lows[start:k])


def _is_list(p: Phrases, k: int) -> bool:
    """Tell whether ``a, b and c`` goes on at `k`: *and* before a verb or another border."""
    t, n = p.t, p.t.size
    for m in range(k, min(n, k + 8)):
        if t.lows[m] in ("and", "or"):
            return m > k
        if t.kinds[m] == "w" and p.is_verb(m):
            return False
        if t.kinds[m] == "p" and t.words[m] != ",":
            return False
    return False


def _foreign_cue(p: Phrases, k: int, *, trailing: bool) -> bool:
    """Tell whether a subject at `k` is followed by a cue of its own."""
    for m in range(k + 1, min(p.t.size, k + LOOK_AHEAD)):
        cue = p.cues.get(m)
        if cue is None or cue.kind != "speech" or cue.tense not in ("past", "s", "base"):
            continue
        if trailing and "post" not in cue.frames:
            continue
        subject = p.subject(m, cue)
        if subject is not None and subject[0] == k:
            if not trailing:
                return True
            after = m + len(cue.words)
            return is_trailing(p, skip_addressee(p, after) if "addressee" in cue.frames else after)
        if trailing:
            return False
    return False


def _coordinated_cue(p: Phrases, k: int, cue: Cue, *, strict: bool) -> bool:
    t, n = p.t, p.t.size
    while k < n and (t.is_adverb(k) or t.lows[k] in ("has", "have", "had", "is", "are", "was")):
        k += 1
    other = p.cues.get(k)
    if other is None or not other.tense or other.kind == "noun":
        return False
    if other.tense == "ing" and cue.tense == "ing":
        return True
    same = other.tense == cue.tense or {other.tense, cue.tense} <= {"s", "be", "past"}
    if other.tense in ("base", "ing") or not same:
        return False
    return strict or other.kind == "speech"


def _closes(p: Phrases, k: int) -> bool:
    quote = p.t.quotes[k]
    return p.t.clean[quote.inner_end - 1] in ",.!?"
