"""Borders of subjects, noun phrases and contents in a unit of tokens.

There is no parser: a subject is looked for leftwards from its verb, up to the nearest word
that cannot belong to it. Ranges are pairs of token indices, the end exclusive.
"""

from __future__ import annotations

from collections.abc import Mapping

from stance.actors import person_words
from stance.cues import Cue
from stance.grammar import (
    AUXILIARIES,
    BE,
    COORDINATORS,
    DETERMINERS,
    MODALS,
    NOUN_PREPOSITIONS,
    OBJECTS,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    RELATIVES,
    SUBORDINATORS,
    TIMES,
    VERBS,
    Tokens,
)

Range = tuple[int, int]

MAX_SUBJECT = 60  # tokens looked at leftwards from a verb; a guess
_APPOSITION = frozenset(
    ["a", "an", "the", "who", "whose", "which", "where", "one", "formerly", "both", "including", "along", "as"]
)
_PLURALS = frozenset(
    ["they", "we", "i", "you", "people", "men", "women", "police", "many", "some", "few", "most", "others", "both", "critics", "all", "these", "those", "and", "several", "majority", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
)


class Phrases:
    """Looks for phrases in one unit."""

    def __init__(self, tokens: Tokens, cues: Mapping[int, Cue]) -> None:
        self.t = tokens
        self.cues = cues

    def before_verb(self, verb: int) -> tuple[int, bool]:
        """Return the last token before a verb's adverbs and auxiliaries, and whether any is modal.

        The second value also tells *to* before an infinitive.
        """
        t, j, modal = self.t, verb - 1, False
        while j >= 0 and (t.lows[j] in AUXILIARIES or t.is_adverb(j)):
            if t.lows[j] in ("then", "yet") and j and t.kinds[j - 1] == "p":
                break
            modal = modal or t.lows[j] in AUXILIARIES
            j -= 1
        return j, modal

    def is_verb(self, i: int) -> bool:
        """Tell whether token `i` looks like a finite verb, or a participle that ends a phrase."""
        t = self.t
        if t.kinds[i] != "w":
            return False
        low = t.lows[i]
        if low in AUXILIARIES or low in VERBS:
            return True
        if low.endswith(("'s", "'")) or t.is_name(i):
            return False
        cue = self.cues.get(i)
        if cue is not None and cue.tense in ("past", "s", "ing", "be"):
            return cue.tense != "s" or not self.is_nominal(i)
        return low.endswith("ed") and len(low) > 4 and not self.is_nominal(i)

    def is_nominal(self, i: int) -> bool:
        """Tell whether the token before makes `i` a noun or adjective, not a verb."""
        if i == 0:
            return False
        low = self.t.lows[i - 1]
        return (
            (low in DETERMINERS
            and low not in ("that", "all", "both", "some", "many", "most", "few", "each", "this"))
            or low in POSSESSIVES
            or low in PREPOSITIONS
            or low.endswith(("'s", "s'"))
        )

    def subject(self, verb: int, cue: Cue | None = None) -> Range | None:
        """Return the subject of a finite verb, or None where there is none to its left."""
        t = self.t
        j, modal = self.before_verb(verb)
        if j < 0:
            return None
        low = t.lows[j]
        if cue is not None and not modal and not self._agrees(j, cue):
            return None
        if low == "," or t.words[j] == ")" or t.words[j] == "—":
            return self._across(j)
        if low in RELATIVES:
            return self._antecedent(j)
        return self.noun_phrase(j)

    def noun_phrase(self, last: int) -> Range | None:
        """Return the noun phrase that ends with token `last`."""
        t, k = self.t, last
        if t.words[last] == ")":
            while k >= 0 and t.words[k] != "(":
                k -= 1
            return self.noun_phrase(k - 1) if k > 0 else None
        if t.kinds[last] == "q":
            return None
        low = t.lows[last]
        if t.kinds[last] == "p" or low in PREPOSITIONS or low in SUBORDINATORS:
            return None
        if low in PRONOUNS:
            return (last, last + 1)
        if (low in DETERMINERS and low not in _NOUNLIKE) or low in OBJECTS or self.is_verb(last):
            return None
        stop = max(-1, last - MAX_SUBJECT)
        while k - 1 > stop and self._continues(k - 1, k):
            k -= 1
        if k - 1 > stop and self.is_verb(k - 1):
            for r in range(k - 1, max(0, k - 5), -1):
                if t.lows[r] in ("who", "that", "which"):  # voters who backed her said
                    before = self.noun_phrase(r - 1)
                    return (before[0], last + 1) if before is not None else None
        start = self._trimmed(k, last)
        return (start, last + 1) if start <= last else None

    def after(self, i: int) -> Range | None:
        """Return the noun phrase that starts at token `i`: the subject after *said*."""
        t, n = self.t, len(self.t)
        if i >= n or t.kinds[i] != "w":
            return None
        if t.lows[i] in PRONOUNS:
            return (i, i + 1) if t.lows[i] in ("he", "she", "they", "i", "we", "it") else None
        if t.lows[i] in PREPOSITIONS | SUBORDINATORS | OBJECTS | TIMES | AUXILIARIES:
            return None
        k = i
        while k < n and not self._ends_phrase(k, i):
            k += 1
        while k > i and (t.is_adverb(k - 1) or t.lows[k - 1] in TIMES) and k - 1 > i:
            k -= 1
        return (i, k) if k > i else None

    def clause_subject(self, i: int) -> Range | None:
        """Return the subject of the first finite verb before token `i`."""
        t = self.t
        for v in range(self.clause_start(i), i):
            if t.kinds[v] == "w" and self.is_verb(v) and t.lows[v] not in ("to",):
                found = self.subject(v)
                if found is not None and t.lows[found[0]] not in RELATIVES:
                    return found
        return None

    def clause_start(self, i: int) -> int:
        """Return the first token after the last semicolon or colon before `i`."""
        t = self.t
        for k in range(i - 1, max(-1, i - 200), -1):
            if t.words[k] in (";", ":"):
                return k + 1
        return max(0, i - 200)

    def _agrees(self, j: int, cue: Cue) -> bool:
        """Tell whether the word before fits a verb of this form; else it is a noun."""
        t = self.t
        low = t.lows[j]
        if low in PREPOSITIONS or low in POSSESSIVES or low in ("the", "a", "an", "no", "to"):
            return False
        if low.endswith(("'s", "s'")):
            return False
        if cue.tense == "base":
            return (
                low in _PLURALS
                or low in ("percent", "%")
                or low.isdigit()
                or (low.endswith("s") and not low.endswith("ss"))
                or low in RELATIVES
                or t.words[j] in (",", ")")
                or self._coordinated(j)
            )
        if cue.tense == "s":
            return not (low.endswith("s") and not t.is_name(j) and not low.endswith("ss"))
        return True

    def _coordinated(self, j: int) -> bool:
        return "and" in self.t.lows[max(0, j - 6) : j]

    def _continues(self, k: int, after: int) -> bool:
        """Tell whether token `k` belongs to the phrase that starts at `after`."""
        t = self.t
        low = t.lows[k]
        if t.kinds[k] == "p":
            return t.words[k] in ("&", "$", "%") or (
                t.words[k] == "," and t.lows[after] in ("r", "d", "jr", "sr")
            )
        if t.lows[after] in PRONOUNS and t.lows[after] != "one":
            return False
        if t.kinds[k] == "q":
            quote = t.quotes[k]
            last = t.clean[quote.inner_end - 1]
            return quote.inner_end - quote.inner_start < 40 and last.isalnum()
        if low in SUBORDINATORS and low not in ("as", "than", "like"):
            return False
        if low in PREPOSITIONS:
            return low in NOUN_PREPOSITIONS and k > 0 and self._nounlike(k - 1)
        if low in ("and", "or", "&"):
            return k > 0 and self._nounlike(k - 1) and self._parallel(k)
        if low in ("but", "then", "yet", "nor") or low in RELATIVES:
            return False
        if (low in PRONOUNS and low != "one") or (low in OBJECTS and low not in POSSESSIVES):
            return False
        if low in ADVERBIAL:
            return False
        if t.lows[after] in DETERMINERS and t.lows[after] not in _NOUNLIKE:
            if low in ("all", "both", "of", "some", "many", "most", "half"):
                return True
            return low in PREPOSITIONS
        return not self.is_verb(k)

    def _nounlike(self, k: int) -> bool:
        t = self.t
        low = t.lows[k]
        if t.kinds[k] != "w":
            return False
        if low in PREPOSITIONS or low in SUBORDINATORS or low in AUXILIARIES:
            return False
        return not (low in TIMES or t.is_adverb(k) or self.is_verb(k) or low in PRONOUNS - {"one"})

    def _parallel(self, k: int) -> bool:
        """Tell whether *and* joins nouns rather than clauses: no verb shortly before it."""
        t = self.t
        for i in range(k - 1, max(-1, k - 12), -1):
            if t.kinds[i] == "p" and t.words[i] != ",":
                return True
            if t.kinds[i] == "w" and self.is_verb(i):
                return False
        return True

    def _trimmed(self, start: int, last: int) -> int:
        """Drop an adverbial that was taken for the beginning of the phrase."""
        t = self.t
        while start < last and (
            t.lows[start] in COORDINATORS
            or (t.is_adverb(start) and t.lows[start] not in _NOUNLIKE)
            or (t.lows[start] in TIMES
            and t.lows[start] not in ("next", "last", "this"))
        ):
            start += 1
        if t.lows[start] in PREPOSITIONS:
            for k in range(last, start, -1):
                low = t.lows[k]
                inner = t.lows[k - 1] in PREPOSITIONS or t.lows[k - 1] in DETERMINERS
                if low in DETERMINERS and not inner:
                    return k
            k = last
            while k - 1 > start and t.is_name(k - 1) and t.lows[k - 1] not in TIMES:
                k -= 1
            return k if t.lows[k - 1] not in PREPOSITIONS else last + 1
        return start

    def _across(self, j: int) -> Range | None:
        """Return the subject before a comma: over appositions and parentheses."""
        t = self.t
        if t.words[j] == ")":
            return self.noun_phrase(j)
        closing = t.words[j]
        segments: list[Range] = []
        end, k = j, j - 1
        floor = max(-1, j - MAX_SUBJECT)
        while k > floor:
            word = t.words[k]
            if word in (";", ":") or t.kinds[k] == "q" or (word == "—" and closing == ","):
                break
            if word == closing:
                segments.append((k + 1, end))
                end = k
            k -= 1
        segments.append((k + 1, end))
        if len(segments) < 2:
            return None
        for index, (a, b) in enumerate(segments):
            if index and not self._is_intro(a, b):
                found = self.noun_phrase(b - 1)
                if found is not None and self._is_head(segments, index):
                    return found
        return None

    def _is_head(self, segments: list[Range], index: int) -> bool:
        """Tell whether the segment is the subject itself: what precedes it is no part of it."""
        if index + 1 >= len(segments):
            return True
        t = self.t
        a, b = segments[index]
        if a >= b:
            return False
        name = t.is_name(a) and t.lows[a] not in DETERMINERS
        if name and b - a >= 2:
            return True
        before = segments[index + 1]
        if self._is_intro(*before) or before[0] >= before[1]:
            return True
        return name and not self._nounlike(before[1] - 1)

    def _is_intro(self, a: int, b: int) -> bool:
        t = self.t
        if a >= b:
            return True
        low = t.lows[a]
        if b - a <= 3 and all(t.is_adverb(i) or t.lows[i] in TIMES for i in range(a, b)):
            return True
        if low in _APPOSITION and low not in ("the", "a", "an", "one", "both"):
            return True
        return low in PREPOSITIONS or low in SUBORDINATORS or low in RELATIVES

    def _antecedent(self, j: int) -> Range | None:
        """Return the noun phrase before a relative pronoun."""
        k = j - 1
        if k >= 0 and self.t.words[k] == ",":
            k -= 1
        if k >= 0 and self.t.words[k] == ",":
            return None
        return self.noun_phrase(k) if k >= 0 else None

    def _ends_phrase(self, k: int, start: int) -> bool:
        t = self.t
        if t.kinds[k] != "w":
            return t.words[k] not in ("&", "$", "%", "'")
        low = t.lows[k]
        if low in PREPOSITIONS:
            return not (low in ("of", "for", "at", "from", "with", "close", "near") and k > start)
        if low in SUBORDINATORS or low in RELATIVES or low in ("but", "then"):
            return True
        if low in TIMES and k > start and t.lows[k - 1] not in PREPOSITIONS:
            return True
        return k > start and (low in AUXILIARIES or (low in PRONOUNS and low != "one"))


def head(tokens: Tokens, phrase: Range) -> str:
    """Return the head of a noun phrase in lower case: the last word before a preposition."""
    last = ""
    for i in range(*phrase):
        low = tokens.lows[i]
        if last and (tokens.kinds[i] == "p" or low in PREPOSITIONS or low in RELATIVES):
            break
        if tokens.kinds[i] == "w":
            last = low
    return last.removesuffix("'s").rstrip("'")


def is_document(word: str) -> bool:
    """Tell whether a word names a text: *statement*, *report*."""
    return word in person_words()["document"]


_NOUNLIKE = frozenset(
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "many", "some", "few", "most", "all", "both", "several", "this", "that", "these", "those", "others", "other", "another", "each", "neither", "either", "any", "more", "dozens", "hundreds", "thousands"]
)
ADVERBIAL = frozenset(["yesterday", "today", "tonight", "tomorrow", "however", "meanwhile", "though"])
__all__ = ["BE", "MODALS", "Phrases", "Range", "head", "is_document"]
