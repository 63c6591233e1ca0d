"""Subjects of verbs: over appositions, relative clauses, lists; or None."""

from __future__ import annotations

from stance.cues import Cue
from stance.grammar import (
    DETERMINERS,
    PARTICIPLE_NOUNS,
    POSSESSIVES,
    PREPOSITIONS,
    RELATIVES,
    SUBORDINATORS,
    TIMES,
)
from stance.names import person_words
from stance.phrases import MAX_SUBJECT, NounPhrases, Range, head
from stance.text import word_set

_APPOSITION = word_set("a an the who whose which where one formerly both including along as")
_PLURALS = word_set(
    "they we i you people men women police many some few most others both critics all these "
    "those and several majority two three four five six seven eight nine ten"
)
_ADJECTIVES = word_set("last first second most best worst new recent old big major")


class Phrases(NounPhrases):
    """Looks for phrases and subjects in one unit."""

    def subject(self, verb: int, cue: Cue | None = None) -> Range | None:
        """Return the subject of a finite verb, or None where there is none to its left."""
        key = (verb, cue is None)  # a token has no other cue
        if key not in self._subjects:
            self._subjects[key] = self._find_subject(verb, cue)
        return self._subjects[key]

    def _find_subject(self, verb: int, cue: Cue | None) -> Range | None:
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
        return self._unclosed(self.noun_phrase(j))

    def _unclosed(self, found: Range | None) -> Range | None:
        """Return the name in *Jane Doe, head of the office said*: no comma closes the aside."""
        t = self.t
        if found is None or found[0] < 3 or t.words[found[0] - 1] != ",":
            return found
        role = head(t, found)
        name = self.noun_phrase(found[0] - 2)
        if role in person_words()["role"] and name is not None and name[1] - name[0] in (2, 3):
            names = all(t.is_name(i) for i in range(*name))
            if names and (name[0] == 0 or t.kinds[name[0] - 1] != "w"):
                return name
        return found

    def clause_subject(self, i: int) -> Range | None:
        """Return the subject of the first finite verb before token `i`."""
        t = self.t
        start = self.clause_start(i)
        if start >= i:
            return None
        if t.lows[start] in SUBORDINATORS:  # As the delegates took their seats, the party …
            comma = next((k for k in range(start, i) if t.words[k] == ","), i)
            start = comma + 1 if comma + 2 < i else start
        for v in range(start, i):
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
        owns = low in POSSESSIVES and not (low == "her" and cue.tense == "past")
        if low in PREPOSITIONS or owns or low in ("the", "a", "an", "no", "to"):
            return False
        if low.endswith(("'s", "s'")) or low in _ADJECTIVES:
            return False
        if cue.tense in ("base", "s") and low.endswith("ing") and not t.is_name(j) and len(low) > 5:
            return low in PARTICIPLE_NOUNS  # echoing comments
        if cue.tense == "base":
            return (
                low in _PLURALS
                or low in ("percent", "%")
                or (low.isdigit() and len(low) != 4)  # the 2008 promise
                or (low.endswith("s") and not low.endswith("ss"))
                or (low.endswith(("ss", "sh", "ch", "ese")) and t.is_name(j))  # the Swiss
                or low in RELATIVES
                or t.words[j] in (",", ")")
                or self._coordinated(j)
                or self._plural_head(j)
            )
        if cue.tense == "s":
            if low.isdigit() or (low in DETERMINERS and low not in ("this", "that", "each", "one")):
                return False
            plural = low.endswith("s") and not t.is_name(j) and not low.endswith("ss")
            return not plural or any(t.lows[k] in PREPOSITIONS for k in range(max(0, j - 7), j))
        return True

    def _plural_head(self, j: int) -> bool:
        """Tell whether the phrase that ends at `j` has a plural: *critics of it*."""
        found = self.noun_phrase(j)
        if found is None or found[1] - found[0] < 3:
            return False
        lows = self.t.lows[slice(*found)]
        if "of" not in lows and (not self.t.is_name(j) or PREPOSITIONS.isdisjoint(lows)):
            return False
        word = head(self.t, found)
        return word.endswith("s") and not word.endswith("ss")

    def _coordinated(self, j: int) -> bool:
        t = self.t
        for k in range(j - 1, max(-1, j - 6), -1):
            if t.lows[k] == "and":
                return t.is_name(k + 1) or t.lows[k + 1] in ("the", "his", "her", "its", "their")
            if t.kinds[k] == "w" and self.is_verb(k):
                return False
        return False

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
            if word in (";", ":") or (word == "—" and closing == ","):
                break
            if t.kinds[k] == "q" and t.quotes[k].inner_end - t.quotes[k].inner_start > 40:
                break
            if word == closing:
                segments.append((k + 1, end))
                end = k
            k -= 1
        segments.append((k + 1, end))
        if len(segments) < 2:
            return self.noun_phrase(j - 1) if j and t.words[j - 1] == ")" else None
        for index, (a, b) in enumerate(segments):
            if index and not self._is_intro(a, b):
                found = self.noun_phrase(b - 1)
                if found is not None and self._is_head(segments, index):
                    return self._named(found, segments[index - 1])
        return None

    def _named(self, found: Range, apposition: Range) -> Range:
        """Return the name in *The prime minister, Jane Doe,* rather than the office."""
        t = self.t
        a, b = apposition
        names = 2 <= b - a <= 4 and all(
            t.is_name(i) and t.lows[i] not in TIMES for i in range(a, b)
        )
        if names and t.lows[found[0]] in DETERMINERS and not t.is_name(found[1] - 1):
            return apposition
        return found

    def _is_head(self, segments: list[Range], index: int) -> bool:
        """Tell whether the segment is the subject: what precedes it is no part of it."""
        if index + 1 >= len(segments):
            return True
        t = self.t
        a, b = segments[index]
        name = t.is_name(a) and t.lows[a] not in DETERMINERS
        if name and b - a >= 2:
            return True
        if t.lows[a].isdigit():
            return False
        before = segments[index + 1]
        if before[0] < before[1] and index + 2 < len(segments):
            opener = t.lows[before[0]]
            if opener in ("of", "from") or opener.isdigit():  # Jane Doe, 30, of Salem, Ore.
                return False
        if self._is_intro(*before) or before[0] >= before[1]:
            return True
        return name and not self._nounlike(before[1] - 1)

    def _is_intro(self, a: int, b: int) -> bool:
        t = self.t
        low = t.lows[a]
        if b - a <= 3 and all(t.is_adverb(i) or t.lows[i] in TIMES for i in range(a, b)):
            return True
        if low in _APPOSITION and low not in ("the", "a", "an", "one", "both"):
            return True
        if low == "that" and a == 0:
            return False  # That letter, …, demanded
        return low in PREPOSITIONS or low in SUBORDINATORS or low in RELATIVES

    def _antecedent(self, j: int) -> Range | None:
        """Return the noun phrase before a relative pronoun."""
        k = j - 1
        comma = k >= 0 and self.t.words[k] == ","
        if comma:
            k -= 1
        found = self.noun_phrase(k) if k >= 0 else None
        if comma and found is not None and self.t.lows[found[0]] in ("a", "an", "the"):
            return self._name_before(found[0]) or found
        return found

    def _name_before(self, k: int) -> Range | None:
        """Return the name in *Jane Doe, a columnist, who wrote*, before the apposition at `k`."""
        if k < 3 or self.t.words[k - 1] != ",":
            return None
        name = self.noun_phrase(k - 2)
        if name is None or name[1] - name[0] not in (2, 3):
            return None
        return name if all(self.t.is_name(i) for i in range(*name)) else None
