"""What every rule needs while it reads a unit: its tokens, its cues, what was found."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from stance.adverbials import SUBJECT_PRONOUNS
from stance.cues import Cue
from stance.grammar import AUXILIARIES, BE, DETERMINERS, Tokens
from stance.phrases import Range
from stance.quotations import Quotation
from stance.subjects import Phrases
from stance.text import word_set

Offsets = tuple[int, int]
_WORDS = re.compile(r"[^\W_]+")
_NO_CLAUSE = word_set("who which that whose where when after before because as while although")


@dataclass(slots=True)
class Found:
    """A statement before its speaker is resolved; all offsets count characters.

    `fragments` is empty where the content is the sentence before (rule ``clear``).
    """

    rule: str
    fragments: list[Offsets]
    cue: Offsets | None
    mention: Offsets | None
    kind: str = "speech"
    possessive: bool = False
    notes: list[str] = field(default_factory=list)


def is_title(clean: str, quote: Quotation) -> bool:
    """Tell whether all longer words of a quotation have capitals: “Politics at Noon”."""
    inner = clean[quote.inner_start : quote.inner_end]
    if len(inner) > 80 or inner.rstrip()[-1:] in "!?":
        return False
    words = [word for word in _WORDS.findall(inner) if len(word) > 3]
    return len(words) > 1 and all(word[0].isupper() or word[0].isdigit() for word in words)


class Reading:
    """State of reading one unit, and what the families of rules share."""

    def __init__(
        self, tokens: Tokens, cues: dict[int, Cue], is_actor: Callable[[int, int], bool]
    ) -> None:
        self.t = tokens
        self.p = Phrases(tokens, cues)
        self.cues = cues
        self.is_actor = is_actor
        self.found: list[Found] = []
        self.border = 0  # tokens before it are spent on an earlier statement
        self._speaker: Range | None = None
        self._inside = ""
        self._spent: set[int] = set()
        self._speakers: dict[int, Range] = {}

    def _over_apposition(self, r: int) -> int:
        """Return the token after the apposition at `r`, if one is there: ``, a spokesman,``."""
        t, n = self.t, self.t.size
        if r + 1 >= n or t.words[r] != ",":
            return r
        if (
            t.lows[r + 1] not in DETERMINERS
            and not (r + 2 < n and t.lows[r + 1] in ("who", "whose", "which"))
            and not t.is_name(r + 1)
            and not t.lows[r + 1].isdigit()
        ):
            return r
        if r + 1 < n and (t.kinds[r + 1] == "q" or (r + 1) in self.cues):
            return r
        relative = t.lows[r + 1] in ("who", "whose", "which")
        for k in range(r + 1, n):
            if not relative and t.kinds[k] == "w" and self.p.is_verb(k):
                relative = t.lows[k - 1] in ("who", "which", "that")
                if not relative:
                    return r
            if t.kinds[k] == "q":
                return k - 1 if t.words[k - 1] == "," else k
            ends = k + 1 < n and (t.kinds[k + 1] == "q" or self.p.is_verb(k + 1))
            if ends and t.words[k] == ",":
                return k
        return n

    def _left_start(self, k: int) -> int:
        t = self.t
        for i in range(k - 1, self.border - 1, -1):
            if t.kinds[i] == "p" and t.words[i] in (":", ";"):
                return i + 1
        return self.border

    def _has_verb(self, r: int, end: int | None = None, *, sure: bool = False) -> bool:
        """Tell whether a clause follows: some word after the first looks like a verb.

        With `sure` a word in -s or a cue is not enough, nor is the verb of a relative clause:
        *maintains a lead that has grown* takes a noun phrase.
        """
        t, p = self.t, self.p
        if t.lows[r] in SUBJECT_PRONOUNS:
            return True
        for k in range(r + 1, min(t.size if end is None else end, r + 30)):
            if t.words[k] in (";", ":"):
                return False
            if t.kinds[k] == "q" and end is None and self._full(k):
                return True  # said the plan “is a mistake.”
            if sure:
                if t.lows[k] in _NO_CLAUSE:
                    return False
                if t.kinds[k] == "w" and self._finite(k):
                    return True
                continue
            if t.kinds[k] == "w" and (p.is_verb(k) or k in self.cues):
                return True
            if t.lows[k].endswith("s") and k > r + 1 and t.kinds[k] == "w":
                return True
        return False

    def _finite(self, k: int) -> bool:
        """Tell whether token `k` is a finite verb for certain."""
        t = self.t
        low = t.lows[k]
        if low in AUXILIARIES:
            return low not in ("having", "being", "been", "be") and not t.is_name(k)
        return (
            self.p.is_verb(k)
            and not low.endswith(("ing", "n"))
            and t.lows[k - 1] not in AUXILIARIES
            and (k + 1 >= t.size or t.lows[k + 1] != "by")
        )

    def _cue_end(self, i: int, cue: Cue) -> int:
        t, end = self.t, i + len(cue.words)
        if cue.tense == "be":
            while end < t.size and t.lows[end - 1] != cue.words[-1]:
                end += 1
        return end

    def _full(self, k: int) -> bool:
        quote = self.t.quotes[k]
        return self.t.clean[quote.inner_end - 1] in ",.!?"

    def _is_title(self, k: int) -> bool:
        """Tell whether the quotation at token `k` is the title of a work or programme.

        All its longer words have capitals, there are two or more, and it does not stand alone.
        """
        t = self.t
        return is_title(t.clean, t.quotes[k]) and t.size > 1

    def _is_passive(self, i: int, end: int, cue: Cue) -> bool:
        """Tell whether *by* follows the cue, or a form of *be* precedes it."""
        t = self.t
        if cue.tense != "past":
            return False
        if end < t.size and t.lows[end] == "by":
            return True
        j = i - 1
        while j >= 0 and t.is_adverb(j):
            j -= 1
        return j >= 0 and t.lows[j] in BE

    def _add(
        self, rule: str, fragments: Sequence[Range], cue_at: Range, who: Range | None, cue: Cue
    ) -> None:
        t = self.t
        mention = None
        if who is not None:
            start, end = t.starts[who[0]], t.ends[who[1] - 1]
            text = t.clean[start:end]
            if text.endswith("'s"):
                end -= 2
            elif text.endswith("s'"):
                end -= 1
            mention = (start, end)
            if cue.kind != "noun":
                self._speaker = self._speakers[cue_at[0]] = who
        first = cue_at[1] - len(cue.words) + 1 if cue.tense == "be" else cue_at[0]
        self.found.append(
            Found(
                rule,
                [(t.starts[a], t.ends[b - 1]) for a, b in fragments if a < b],
                (t.starts[first], t.ends[cue_at[1] - 1]),
                mention,
                cue.kind,
            )
        )
