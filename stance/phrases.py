"""Noun phrases and verbs in a unit of tokens.

There is no parser: a phrase is looked for leftwards from its last word, up to the nearest
word that cannot belong to it. Ranges are pairs of token indices, the end exclusive.
"""

from __future__ import annotations

from collections.abc import Mapping

from stance.cues import Cue
from stance.grammar import (
    AUXILIARIES,
    COORDINATORS,
    DETERMINERS,
    MOST_FORMS,
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
from stance.memo import Memo
from stance.names import person_words
from stance.text import word_set

Range = tuple[int, int]

MAX_SUBJECT = 60  # tokens looked at leftwards from a verb; a guess
DAYS = word_set("monday tuesday wednesday thursday friday saturday sunday")
ADVERBIAL = word_set("yesterday today tonight tomorrow however meanwhile though")
_NOUNLIKE = word_set(
    "one two three four five six seven eight nine ten many some few most all both several "
    "this that these those others other another each neither either any more dozens "
    "hundreds thousands"
)
_IN_RELATIVE = ("in", "at", "on")  # the diplomat who was in the building said
_NO_PHRASE = PREPOSITIONS | SUBORDINATORS | OBJECTS | TIMES | AUXILIARIES  # opens none
_PRONOUNS = PRONOUNS - {"one"}
_FUNCTION = (  # words that may end a phrase on its left
    SUBORDINATORS | PREPOSITIONS | COORDINATORS | RELATIVES | PRONOUNS | OBJECTS | ADVERBIAL | {"&"}
)
_ASIDES = frozenset(
    tuple(phrase.split())
    for phrase in [
        "in the past",
        "at the time",
        "in part",
        "in turn",
        "of course",
        "at times",
        "for years",
        "at once",
        "at first",
        "in recent days",
        "in recent weeks",
        "in recent months",
        "in recent years",
        "at least",
        "last week",
        "last month",
        "last year",
        "this week",
        "this month",
        "this year",
    ]
)


_ENDS_OF_TIMES = DAYS | {phrase[-1] for phrase in _ASIDES}  # besides numbers


def _form_of(low: str) -> str:
    if low in AUXILIARIES:
        return "auxiliary"
    if low in VERBS:
        return "verb"
    if low.endswith(("'s", "'")):
        return "owner"
    return "past" if low.endswith("ed") and len(low) > 4 else ""


_FORM_OF = Memo[str, str](_form_of, MOST_FORMS)


class NounPhrases:
    """Looks for phrases in one unit."""

    def __init__(self, tokens: Tokens, cues: Mapping[int, Cue]) -> None:
        self.t = tokens
        self.cues = cues
        self._verbs: dict[int, bool] = {}
        self._phrases: dict[int, Range | None] = {}
        self._before_verb: dict[int, tuple[int, bool]] = {}
        self._subjects: dict[tuple[int, bool], Range | None] = {}

    def before_verb(self, verb: int) -> tuple[int, bool]:
        """Return the last token before a verb's adverbs and auxiliaries, and whether any is modal.

        The second value also tells *to* before an infinitive.
        """
        known = self._before_verb.get(verb)
        if known is None:
            known = self._before_verb[verb] = self._find_before_verb(verb)
        return known

    def _find_before_verb(self, verb: int) -> tuple[int, bool]:
        t, j, modal = self.t, verb - 1, False
        while j >= 0:
            back = self.before_time(j)
            if back < j:
                j = back
                continue
            low = t.lows[j]
            auxiliary = low in AUXILIARIES
            if not auxiliary and not t.is_adverb(j):
                break
            if low == "will" and t.is_name(j) and (j or self._simple_past(j + 1)):
                break  # a Will; Will wrote
            if low in ("then", "yet") and j and t.kinds[j - 1] == "p":
                break
            modal = modal or auxiliary
            j -= 1
        return j, modal

    def _simple_past(self, i: int) -> bool:
        cue = self.cues.get(i)
        return cue is not None and cue.tense in ("past", "s")

    def before_time(self, j: int) -> int:
        """Return the token before an adverbial such as *on Tuesday* that ends with token `j`."""
        lows = self.t.lows
        low = lows[j]
        if j < 1 or not (low in _ENDS_OF_TIMES or low.isdigit()):
            return j
        if j >= 2 and tuple(lows[j - 2 : j + 1]) in _ASIDES:
            return j - 3
        if tuple(lows[j - 1 : j + 1]) in _ASIDES:
            return j - 2
        if low in DAYS or low.isdigit():
            if lows[j - 1] in ("on", "in", "since", "by"):
                return j - 2
            if low in DAYS:
                return j - 1
        return j

    def is_verb(self, i: int) -> bool:
        """Tell whether token `i` looks like a finite verb, or a participle that ends a phrase."""
        known = self._verbs.get(i)
        if known is None:
            known = self._verbs[i] = self._is_verb(i)
        return known

    def _is_verb(self, i: int) -> bool:
        t = self.t
        if t.kinds[i] != "w":
            return False
        low, name = t.lows[i], t.is_name(i)
        if low == "will" and name and self._simple_past(i + 1):
            return False  # Will wrote
        form = _FORM_OF[low]
        if form == "auxiliary" or (form == "verb" and not name):
            return True
        if form == "owner" or name:
            return False
        cue = self.cues.get(i)
        if cue is not None and cue.tense in ("past", "s", "ing", "be"):
            return cue.tense != "s" or not self.is_nominal(i)
        return form == "past" and not self.is_nominal(i)

    def is_nominal(self, i: int) -> bool:
        """Tell whether the token before makes `i` a noun or adjective, not a verb."""
        if i == 0:
            return False
        low = self.t.lows[i - 1]
        return (
            (
                low in DETERMINERS
                and low
                not in ("that", "all", "both", "some", "many", "most", "few", "each", "this")
            )
            or low in POSSESSIVES
            or low in PREPOSITIONS
            or low.endswith(("'s", "s'"))
        )

    def noun_phrase(self, last: int) -> Range | None:
        """Return the noun phrase that ends with token `last`."""
        if last not in self._phrases:
            self._phrases[last] = self._noun_phrase(last)
        return self._phrases[last]

    def _noun_phrase(self, last: int) -> Range | None:
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
        if low in COORDINATORS:
            return None
        if low in PRONOUNS:
            return (last, last + 1)
        if low in OBJECTS:
            return self._with_relative(last)
        if (low in DETERMINERS and low not in _NOUNLIKE) or self.is_verb(last):
            return None
        stop = max(-1, last - MAX_SUBJECT)
        joined = False
        while k - 1 > stop:
            joined = joined or t.lows[k] == "and"
            listed = joined and t.words[k - 1] == ","
            if listed and t.is_name(k) and t.is_name(k - 2):
                k -= 2  # A, B and C
            elif listed and self._listed(k):
                k = 0  # The minister, the senator and the mayor
            elif self._continues(k - 1, k):
                k -= 1
            else:
                break
        if k - 1 > stop and (
            self.is_verb(k - 1) or t.lows[k - 1] == "to" or t.lows[k - 1] in _IN_RELATIVE
        ):
            found = self._with_relative(last, k - 1)
            if found is not None:
                return found
        start = self._trimmed(k, last)
        return (start, last + 1) if start <= last else None

    def _listed(self, k: int) -> bool:
        """Tell whether a phrase of an article, from the unit's start, ends before the comma."""
        t = self.t
        if t.lows[0] not in ("the", "a", "an") or t.lows[k] not in ("the", "a", "an"):
            return False
        before = self.noun_phrase(k - 2)
        return before is not None and before[0] == 0

    def _with_relative(self, last: int, k: int | None = None) -> Range | None:
        """Return the phrase that a relative clause ends: *voters who backed her*."""
        k = last - 1 if k is None else k
        for r in range(k, max(0, k - 7), -1):
            if self.t.lows[r] in ("who", "that", "which"):
                before = self.noun_phrase(r - 1)
                return (before[0], last + 1) if before is not None else None
        return None

    def after(self, i: int) -> Range | None:
        """Return the noun phrase that starts at token `i`: the subject after *said*."""
        t, n = self.t, self.t.size
        if i >= n or t.kinds[i] != "w":
            return None
        if t.lows[i] in PRONOUNS and not (t.lows[i] == "one" and t.kinds[i + 1 : i + 2] == "w"):
            return (i, i + 1) if t.lows[i] in ("he", "she", "they", "i", "we", "it") else None
        if t.lows[i] in _NO_PHRASE:
            return None
        k = i
        while k < n and not self._ends_phrase(k, i):
            k += 1
        while k > i and (t.is_adverb(k - 1) or t.lows[k - 1] in TIMES) and k - 1 > i:
            k -= 1
        return (i, k) if k > i else None

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
        if low in _FUNCTION:
            known = self._function_continues(k, after)
            if known is not None:
                return known
        if t.lows[after] in DETERMINERS and t.lows[after] not in _NOUNLIKE:
            if low in ("all", "both", "of", "some", "many", "most", "half"):
                return True
            return low in PREPOSITIONS
        return not self.is_verb(k)

    def _function_continues(self, k: int, after: int) -> bool | None:
        """Tell whether function word `k` belongs to a phrase; None if it is like other words."""
        low = self.t.lows[k]
        if low in SUBORDINATORS and low not in ("as", "than", "like"):
            return False
        if low == "to" and after in self.cues and self.cues[after].tense == "base":
            return False  # to discuss the plan
        if low in PREPOSITIONS:
            return low in NOUN_PREPOSITIONS and k > 0 and self._nounlike(k - 1)
        if low in ("and", "or", "&"):
            return k > 0 and self._nounlike(k - 1) and self._parallel(k)
        if low in ("but", "then", "yet", "nor") or low in RELATIVES or low in ADVERBIAL:
            return False
        if (low in PRONOUNS and low != "one") or (low in OBJECTS and low not in POSSESSIVES):
            return False
        return None

    def _nounlike(self, k: int) -> bool:
        t = self.t
        low = t.lows[k]
        if t.kinds[k] != "w":
            return False
        if low in PREPOSITIONS or low in SUBORDINATORS or low in AUXILIARIES:
            return False
        return not (low in TIMES or t.is_adverb(k) or self.is_verb(k) or low in _PRONOUNS)

    def _parallel(self, k: int) -> bool:
        """Tell whether *and* joins nouns rather than clauses: no verb shortly before it."""
        t = self.t
        if t.is_name(k - 1) and (t.is_name(k + 1) or t.lows[k + 1] in ("other", "others")):
            return True
        for i in range(k - 1, max(-1, k - 12), -1):
            if t.kinds[i] == "p" and (t.words[i] != "," or i >= k - 3):
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
            or (t.lows[start] in TIMES and t.lows[start] not in ("next", "last", "this"))
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
        initial = t.is_name(k) and t.is_name(k - 1)  # John A. Smith
        article = low in ("a", "an", "the") and k > start and not initial
        if article and t.lows[k - 1] not in PREPOSITIONS and t.lows[k - 1] not in ("and", "or"):
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
