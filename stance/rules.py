"""Rules that find statements in one unit of text: who, by which cue, what."""

from __future__ import annotations

from stance.aftercues import AfterCues
from stance.borders import trimmed
from stance.contents import Contents
from stance.cues import Cue
from stance.grammar import (
    BE,
    DETERMINERS,
    OBJECTS,
    POSSESSIVES,
    PREPOSITIONS,
    SUBORDINATORS,
)
from stance.nouncues import NounCues
from stance.phrases import Range, head, is_document
from stance.reading import Found
from stance.text import word_set

LIST_REACH = 14  # tokens to the last verb of a list; a guess
_GOVERNORS = word_set(
    "able about going likely unlikely ready set quick continue continues hope hopes plan "
    "plans right time way way seem seems appear appears begin begins free first willing "
    "reluctant eager and try tries attempt attempts refuse refuses"
)
_OUGHT = word_set("should must ought could may might shouldn't mustn't couldn't")
_CLAUSE_OPENERS = word_set("while although though when as after before since if once")
_BEFORE_PARTICIPLE = word_set("by after before in without since")


class UnitReader(AfterCues, NounCues, Contents):
    """Applies the rules to one unit; `found` holds the statements in order of their cues."""

    def read(self) -> list[Found]:
        """Return the statements of the unit."""
        for i, cue in self.cues.items():
            if cue.tense:
                continue  # a verb
            if "prefix" in cue.frames or "prefix-name" in cue.frames:
                self._prefix(i, cue)
            elif "prefix-owner" in cue.frames:
                self._view(i, cue)
        for i, cue in self.cues.items():
            if i not in self._spent and "post" in cue.frames and self._after_content(i, cue):
                self._spent.add(i)
        self._speaker = None
        for i, cue in self.cues.items():
            if i in self._spent:
                self._speaker = self._speakers.get(i, self._speaker)
            elif cue.kind == "noun":
                self._noun(i, cue)
            else:
                self._verb(i, cue)
        return self.found

    def _verb(self, i: int, cue: Cue) -> None:
        t, end = self.t, self._cue_end(i, cue)
        if self._is_passive(i, end, cue):
            self._passive(i, end, cue)
            return
        if i == 0 and "post" in cue.frames and cue.tense in ("past", "s") and self._first(end, cue):
            return
        subject, how = self._subject(i, cue)
        if subject is None:
            return
        if cue.tense == "base" and not _OUGHT.isdisjoint(t.lows[self.p.before_verb(i)[0] + 1 : i]):
            return  # Kyiv should show restraint: what somebody else thinks
        if "expletive" in cue.frames and t.lows[subject[0]] in ("it", "there"):
            return
        if "clear" in cue.frames:
            if end < t.size and t.kinds[end] == "w" and t.lows[end] not in PREPOSITIONS:
                return  # said this week
            self._add("clear", [], (i, end), subject, cue)
            return
        self._inside = self._context(subject) if subject else ""
        content, rule = self._content(i, end, cue)
        if content is None:
            return
        start, stop = trimmed(self.p, *content)
        lone = rule == "np" and stop == start + 1 and t.lows[start] in OBJECTS
        if lone and cue.kind != "stance" and t.lows[start] not in POSSESSIVES:
            return  # they discussed it: no position
        gap = self._gap(subject) if rule == "bare" else None
        if gap is not None:
            self._add(f"{rule}-gap", [gap, (start, stop)], (i, end), subject, cue)
            return
        if rule == "colon" and start >= stop:
            self._add(f"colon-next-{how}", [], (i, end), subject, cue)
        elif start < stop:
            self._add(f"{rule}-{how}", [(start, stop)], (i, end), subject, cue)

    def _first(self, end: int, cue: Cue) -> bool:
        """Read ``Said the minister: “…”``; True if it was one."""
        t, n = self.t, self.t.size
        subject = self.p.after(end)
        if subject is None or subject[1] + 1 >= n or t.words[subject[1]] not in (":", ","):
            return False
        if t.kinds[subject[1] + 1] != "q":
            return False
        content = trimmed(self.p, subject[1] + 1, n)
        self._add("quote-cue-first", [content], (0, end), subject, cue)
        return True

    def _subject(self, i: int, cue: Cue) -> tuple[Range | None, str]:
        """Return the subject of a cue, and how it was found; "none" if the cue is no verb."""
        t, p = self.t, self.p
        j, modal = p.before_verb(i)
        low = t.lows[j] if j >= 0 else ""
        if cue.tense == "ing" and not any(t.lows[k] in BE for k in range(j + 1, i)):
            return self._participle(i, j)
        if j < 0:
            return None, "none"
        if (i and "to" in t.lows[j + 1 : i]) or low == "to":
            return self._controller(i, j)
        joined = low in ("and", "but", "or", "then", "yet")
        if joined or (low == "," and j + 1 < i and t.lows[j + 1] in ("then", "and", "but")):
            subject = self._speaker or p.clause_subject(j)
            if cue.tense == "base" and not modal and not self._is_plural(subject):
                return None, "none"
            return subject, "coordination" if subject else "none"
        if low == "," and self._speaker is not None and self._in_list(i, cue):
            return self._speaker, "coordination"
        subject = p.subject(i, cue)
        if subject is None:
            return None, "none"
        return subject, "relative" if low in ("who", "which", "that") else "subject"

    def _in_list(self, i: int, cue: Cue) -> bool:
        """Tell whether *rejected* is one of a list: *welcomed X, rejected Y and backed Z*."""
        t = self.t
        if cue.tense not in ("past", "s"):
            return False
        for k in range(i + 1, min(t.size, i + LIST_REACH)):
            other = self.cues.get(k)
            if other is not None and other.tense == cue.tense and t.lows[k - 1] == "and":
                return True
        return False

    def _is_plural(self, subject: Range | None) -> bool:
        if subject is None:
            return False
        low = self.t.lows[subject[0]]
        return low in ("they", "we", "i", "you") or (
            head(self.t, subject).endswith("s") and not self.t.is_name(subject[1] - 1)
        )

    def _participle(self, i: int, j: int) -> tuple[Range | None, str]:
        """Resolve *…, adding that* and *officials saying that*."""
        t, p = self.t, self.p
        if j < 0:  # Citing …, the minister said
            subject = self._after_opening(i)
            return subject, "participle" if subject else "none"
        if t.kinds[j] == "w" and not t.is_adverb(j):
            low = t.lows[j]
            if low in DETERMINERS or low in POSSESSIVES or low.endswith("'s"):
                return None, "none"
            if low in PREPOSITIONS and low not in _BEFORE_PARTICIPLE:
                return None, "none"
            if low not in PREPOSITIONS and low not in SUBORDINATORS and low not in ("and", "or"):
                subject = p.noun_phrase(j)
                absolute = subject is not None and t.lows[subject[0] - 1] == "with"
                subject = subject if absolute or not self._speaker else None
                if subject is not None and not is_document(head(t, subject)):
                    return subject, "participle"
        subject = self._speaker or p.clause_subject(i) or self._after_opening(i)
        return subject, "participle" if subject else "none"

    def _after_opening(self, i: int) -> Range | None:
        """Return the subject after *In a letter calling for talks,*."""
        t = self.t
        if i and t.lows[0] not in PREPOSITIONS:
            return None
        comma = next((k for k in range(i, t.size) if t.words[k] == ","), -1)
        if comma < 0:
            return None
        verbs = (v for v in range(comma + 2, t.size) if t.kinds[v] == "w" and self.p.is_verb(v))
        verb = next(verbs, -1)
        return self.p.subject(verb) if verb >= 0 else None

    def _controller(self, i: int, j: int) -> tuple[Range | None, str]:
        """Resolve the subject of an infinitive: that of the verb that governs it."""
        to = next((k for k in range(i - 1, max(-1, i - 4), -1) if self.t.lows[k] == "to"), -1)
        if to > 0 and not self._governs(to - 1):
            return None, "none"
        if to >= 0 and any(
            one.fragments[:1] and one.fragments[0][0] == self.t.starts[to] for one in self.found
        ):
            return None, "none"
        subject = self._speaker or self.p.clause_subject(i)
        if subject is None or self.t.lows[subject[0]] in ("it", "there"):
            return None, "none"
        return subject, "infinitive"

    def _context(self, subject: Range) -> str:
        """Tell whether the clause of this subject is a subordinate or relative one."""
        t = self.t
        k = subject[0] - 1
        while k >= 0 and t.is_adverb(k) and t.lows[k] not in _CLAUSE_OPENERS:
            k -= 1
        if k >= 0 and t.lows[k] in _CLAUSE_OPENERS and (k == 0 or t.kinds[k - 1] == "p"):
            return "subordinate"
        gap = self._gap(subject)
        if gap is not None and gap[0] and t.words[gap[0] - 1] == ",":
            return "relative"  # …, which she said failed, …
        after = subject[1]
        if after + 1 < t.size and t.words[after] in (",", "—", "-"):
            return "relative" if t.lows[after + 1] in ("who", "which") else ""
        return ""

    def _governs(self, k: int) -> bool:
        """Tell whether token `k` takes an infinitive; else *to* tells somebody else's purpose."""
        t, p = self.t, self.p
        if k > 0 and t.lows[k] == "on" and p.is_verb(k - 1):
            return True  # went on to say
        while k > 0 and p.before_time(k) < k:
            k = p.before_time(k)
        while k > 0 and t.is_adverb(k) and not p.is_verb(k):
            k -= 1
        return p.is_verb(k) or k in self.cues or t.lows[k] in _GOVERNORS
