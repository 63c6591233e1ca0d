"""Rules that find statements in one unit of text: who, by which cue, what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from stance.borders import (
    SUBJECT_PRONOUNS,
    WH,
    content_end,
    is_trailing,
    skip_addressee,
    skip_adverbials,
    trimmed,
)
from stance.cues import Cue
from stance.grammar import BE, DETERMINERS, POSSESSIVES, PREPOSITIONS, SUBORDINATORS, Tokens
from stance.phrases import Phrases, Range, head, is_document

Offsets = tuple[int, int]


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


def match_cues(tokens: Tokens, table: Mapping[str, Sequence[Cue]]) -> dict[int, Cue]:
    """Return the longest cue that starts at each token; tokens inside one start none."""
    found: dict[int, Cue] = {}
    lows, n, done = tokens.lows, len(tokens), 0
    words = [word for word, kind in zip(tokens.words, tokens.kinds, strict=True) if kind == "w"]
    titled = sum(word[0].isupper() for word in words) * 2 > len(words)
    for i, low in enumerate(lows):
        if i < done:
            continue
        for cue in table.get(low, ()):
            if cue.kind == "noun" and not _owned(tokens, i):
                continue
            if i and tokens.is_name(i) and not titled:
                break  # State Department
            if len(cue.words) == 1 or lows[i + 1 : i + len(cue.words)] == list(cue.words[1:]):
                found[i] = cue
                done = i + len(cue.words) if cue.kind != "noun" else done
                break
            if cue.tense == "be" and i + 2 < n and tokens.is_adverb(i + 1):
                at = i + 3 if i + 3 < n and tokens.is_adverb(i + 2) else i + 2
                if lows[at : at + len(cue.words) - 1] == list(cue.words[1:]):
                    found[i] = cue
                    break
    return found


def _owned(tokens: Tokens, i: int) -> bool:
    """Tell whether token `i` may be a noun with an owner: *his plans*, *French plans*."""
    if i == 0:
        return False
    low = tokens.lows[i - 1]
    if low in POSSESSIVES or low.endswith(("'s", "s'")):
        return True
    if tokens.is_name(i - 1):
        return not tokens.lows[i].endswith("s")
    return i > 1 and (tokens.lows[i - 2] in POSSESSIVES or tokens.lows[i - 2].endswith("'s"))


class UnitReader:
    """Applies the rules to one unit; `found` holds the statements in order of their cues."""

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

    def read(self) -> list[Found]:
        """Return the statements of the unit."""
        for i, cue in self.cues.items():
            if "post" in cue.frames and self._after_content(i, cue):
                self._spent.add(i)
        self._speaker = None
        for i, cue in self.cues.items():
            if i in self._spent:
                self._speaker = self._speakers.get(i)
            elif "prefix" in cue.frames or "prefix-name" in cue.frames:
                self._prefix(i, cue)
            elif cue.kind == "noun":
                self._noun(i, cue)
            else:
                self._verb(i, cue)
        return self.found

    def _after_content(self, i: int, cue: Cue) -> bool:
        if cue.tense == "ing" or self._is_passive(i, cue):
            return False
        end = self._cue_end(i, cue)
        subject = self.p.subject(i, cue)
        if subject is not None and self.t.lows[subject[1]:i] and "who" in self.t.lows[subject[1]:i]:
            return False
        if subject is None:
            return self._inverted(i, end, cue)
        return self._post(subject, i, end, cue)

    # -- verbs -------------------------------------------------------------------------

    def _verb(self, i: int, cue: Cue) -> None:
        t, end = self.t, self._cue_end(i, cue)
        if self._is_passive(i, cue):
            self._passive(i, end, cue)
            return
        subject, how = self._subject(i, cue)
        if subject is None:
            return
        if "clear" in cue.frames:
            if end < len(t) and t.kinds[end] == "w" and t.lows[end] not in PREPOSITIONS:
                return  # said this week
            self._add("clear", [], (i, end), subject, cue)
            return
        self._inside = self._context(subject) if subject else ""
        content, rule = self._content(i, end, cue)
        if content is None:
            return
        start, stop = trimmed(self.p, *content)
        if rule == "colon" and start >= stop:
            self._add(f"colon-next-{how}", [], (i, end), subject, cue)
        elif start < stop:
            self._add(f"{rule}-{how}", [(start, stop)], (i, end), subject, cue)

    def _subject(self, i: int, cue: Cue) -> tuple[Range | None, str]:
        """Return the subject of a cue, and how it was found; "none" if the cue is no verb."""
        t, p = self.t, self.p
        j, modal = p.before_verb(i)
        low = t.lows[j] if j >= 0 else ""
        if cue.tense == "ing" and not any(t.lows[k] in BE for k in range(j + 1, i)):
            return self._participle(i, j)
        if j < 0:
            return None, "none"
        if i and "to" in t.lows[j + 1 : i] or low == "to":
            return self._controller(i, j)
        joined = low in ("and", "but", "or", "then", "yet")
        if joined or (low == "," and j + 1 < i and t.lows[j + 1] in ("then", "and", "but")):
            if cue.tense == "base" and not modal:
                return None, "none"
            subject = self._speaker or p.clause_subject(j)
            return subject, "coordination" if subject else "none"
        subject = p.subject(i, cue)
        if subject is None:
            return None, "none"
        return subject, "relative" if low in ("who", "which", "that") else "subject"

    def _participle(self, i: int, j: int) -> tuple[Range | None, str]:
        """Resolve *…, adding that* and *officials saying that*."""
        t, p = self.t, self.p
        if j < 0:  # Citing …, the minister said
            comma = next((k for k in range(i, len(t)) if t.words[k] == ","), -1)
            subject = p.after(comma + 1) if comma >= 0 else None
            return subject, "participle" if subject else "none"
        if t.kinds[j] == "w" and not t.is_adverb(j):
            low = t.lows[j]
            if low in DETERMINERS or low in POSSESSIVES or low.endswith("'s"):
                return None, "none"
            if low in PREPOSITIONS and low not in _BEFORE_PARTICIPLE:
                return None, "none"
            if low not in PREPOSITIONS and low not in SUBORDINATORS and low not in ("and", "or"):
                subject = None if self._speaker else p.noun_phrase(j)
                if subject is not None and not is_document(head(t, subject)):
                    return subject, "participle"
        subject = self._speaker or p.clause_subject(i)
        return subject, "participle" if subject else "none"

    def _controller(self, i: int, j: int) -> tuple[Range | None, str]:
        """Resolve the subject of an infinitive: that of the verb that governs it."""
        to = next((k for k in range(i - 1, max(-1, i - 4), -1) if self.t.lows[k] == "to"), -1)
        if to >= 0 and any(one.fragments[:1] and one.fragments[0][0] == self.t.starts[to]
                           for one in self.found):
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
        after = subject[1]
        if after + 1 < len(t) and t.words[after] in (",", "—", "-"):
            return "relative" if t.lows[after + 1] in ("who", "which") else ""
        return ""

    def _content(self, i: int, end: int, cue: Cue) -> tuple[Range | None, str]:
        """Return the content to the right of a cue."""
        t, p, n = self.t, self.p, len(self.t)
        frames = cue.frames
        if end >= n:
            return None, ""
        if t.words[end] == ":" and frames & {"quote", "that", "np"}:
            return (end + 1, n), "colon"
        if t.lows[end] == "to" and "to-inf" in frames:
            return (end, content_end(p, end, cue, strict=True, inside=self._inside)), "to-inf"
        if "obj-to-inf" in frames:
            to = self._object_infinitive(end)
            if to is not None:
                return (to, content_end(p, to, cue, strict=True)), "obj-to-inf"
        r = end
        if "that" in frames or "quote" in frames:
            told = "addressee" in frames
            if told and "np" in frames:
                k = skip_addressee(p, end)
                if end < k < n and t.lows[k] in ("against", "about", "of", "not"):
                    return (end, content_end(p, k, cue, strict=True)), "np"
            r = skip_adverbials(p, end, addressee=told)
            found = self._clause(r, end, cue)
            if found[0] is not None:
                return found
        if "wh" in frames:
            r = skip_adverbials(p, end, addressee="addressee" in frames)
            if r < n and t.lows[r] in WH:
                return (r, content_end(p, r, cue, strict=False, inside=self._inside)), "wh"
        if "quote" in frames:
            colon = self._colon(end)
            if colon is not None:
                return (colon + 1, n), "colon"
        if frames & {"np", "ing"}:
            return self._phrase(end, cue)
        return None, ""

    def _colon(self, end: int) -> int | None:
        """Return a colon before a quotation, or at the end, that belongs to the cue at `end`."""
        t, n = self.t, len(self.t)
        for k in range(end, min(n, end + 25)):
            if k in self.cues or t.kinds[k] == "q":
                return None
            if t.words[k] == ":":
                return k if k + 1 >= n or t.kinds[k + 1] == "q" else None
        return None

    def _clause(self, r: int, end: int, cue: Cue) -> tuple[Range | None, str]:
        t, p, n = self.t, self.p, len(self.t)
        if r >= n:
            return None, ""
        if t.words[r] in (",", "—") and r + 1 < n and t.kinds[r + 1] == "q":
            r += 1
        if t.words[r] == ":":
            return (r + 1, n), "colon"
        if t.kinds[r] == "q":
            rule = "quote-cue-before"
            return (r, content_end(p, r, cue, strict=self._full(r))), rule
        if "that" not in cue.frames or t.kinds[r] == "p":
            return None, ""
        if t.lows[r] == "that":
            return (r + 1, content_end(p, r + 1, cue, strict=False, inside=self._inside)), "that"
        if t.lows[r] in SUBORDINATORS or t.lows[r] in ("and", "or", "but"):
            if t.lows[r] in WH or t.lows[r] == "if":
                return (r, content_end(p, r, cue, strict=False, inside=self._inside)), "wh"
            return None, ""
        if self._has_verb(r):
            return (r, content_end(p, r, cue, strict=False, inside=self._inside)), "bare"
        return None, ""

    def _has_verb(self, r: int) -> bool:
        """Tell whether a clause follows: some word after the first looks like a verb."""
        t, p = self.t, self.p
        if t.lows[r] in SUBJECT_PRONOUNS:
            return True
        for k in range(r + 1, min(len(t), r + 30)):
            if t.words[k] in (";", ":"):
                return False
            if t.kinds[k] == "w" and (p.is_verb(k) or k in self.cues):
                return True
            if t.lows[k].endswith("s") and k > r + 1 and t.kinds[k] == "w":
                return True
        return False

    def _phrase(self, end: int, cue: Cue) -> tuple[Range | None, str]:
        t, p, n = self.t, self.p, len(self.t)
        low = t.lows[end]
        if t.kinds[end] == "p" and t.words[end] not in "$€£(":
            return None, ""
        if low == "as" and end + 1 < n:
            return (end, content_end(p, end, cue, strict=True, inside=self._inside)), "np"
        if low in PREPOSITIONS or low in SUBORDINATORS and low not in WH or low in ("and", "or"):
            return None, ""
        if t.is_adverb(end) and low not in ("all", "both", "any", "only", "very", "so"):
            return None, ""
        return (end, content_end(p, end, cue, strict=True, inside=self._inside)), "np"

    def _object_infinitive(self, end: int) -> int | None:
        """Return the *to* of ``urged OBJECT to …``, if there is one close by."""
        t = self.t
        for k in range(end, min(len(t), end + 12)):
            if t.kinds[k] == "p" or t.lows[k] in ("that", "and") or t.kinds[k] == "q":
                return None
            if t.lows[k] == "to" and (k > end):
                return k if k + 1 < len(t) and t.lows[k + 1] not in DETERMINERS else None
        return None

    # -- quotations before their cue ---------------------------------------------------

    def _post(self, subject: Range, i: int, end: int, cue: Cue) -> bool:
        """Read ``“…,” she said`` and ``…, she said``; True if it was one."""
        left = self._left(subject[0], end, cue)
        if left is None:
            return False
        self._finish_post(left, (i, end), subject, cue, end, "cue-after")
        return True

    def _inverted(self, i: int, end: int, cue: Cue) -> bool:
        """Read ``“…,” said the minister``."""
        subject = self.p.after(end)
        if subject is None or i == 0 or cue.tense not in ("past", "s"):
            return False
        left = self._left(i, subject[1], cue)
        if left is None:
            return False
        after = self._over_apposition(subject[1])
        self._finish_post(left, (i, end), subject, cue, after, "cue-inverted")
        return True

    def _over_apposition(self, r: int) -> int:
        """Return the token after the apposition at `r`, if one is there: ``, a spokesman,``."""
        t, n = self.t, len(self.t)
        if r + 1 >= n or t.words[r] != ",":
            return r
        if t.lows[r + 1] not in DETERMINERS and not (
            r + 2 < n and t.lows[r + 1] in ("who", "whose", "which")
        ) and not t.is_name(r + 1) and not t.lows[r + 1].isdigit():
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
            if t.words[k] == ",":
                if k + 1 < n and (t.kinds[k + 1] == "q" or self.p.is_verb(k + 1)):
                    return k
        return n

    def _left(self, start: int, after: int, cue: Cue) -> Range | None:
        """Return the content that ends right before token `start`, if it is one."""
        t = self.t
        k = start - 1
        if k >= 0 and t.kinds[k] == "p" and t.words[k] in (",", "—", "-"):
            k -= 1
            comma = True
        else:
            comma = False
        if k < self.border:
            return None
        if t.kinds[k] == "q":
            quote = t.quotes[k]
            last = t.clean[quote.inner_end - 1]
            if not comma and last not in ",.?!—-…'”" and quote.closed:
                return None
        goes_on = self._goes_on(after)
        if t.kinds[k] != "q" and (not comma or not goes_on and not is_trailing(self.p, after)):
            return None
        first = max(self.border, self._left_start(k))
        opening = self.cues.get(first)
        if t.kinds[first] != "q" and opening is not None and opening.tense == "ing":
            return None  # Citing “…,” the minister said
        if t.kinds[k] != "q":
            if goes_on:
                return None if all(t.is_adverb(m) for m in range(first, k + 1)) else (first, k + 1)
            if k - first < 2 or t.lows[first] in _INTRODUCERS:
                return None
        return (first, k + 1)

    def _left_start(self, k: int) -> int:
        t = self.t
        for i in range(k - 1, self.border - 1, -1):
            if t.kinds[i] == "p" and t.words[i] in (":", ";"):
                return i + 1
        return self.border

    def _goes_on(self, r: int) -> bool:
        """Tell whether ``X, he said, Y``: the content goes on after a comma."""
        t, n = self.t, len(self.t)
        if r + 1 >= n or t.words[r] != ",":
            return False
        low = t.lows[r + 1]
        if low == "but":
            return r + 2 < n and t.lows[r + 2] in ("also", "not", "only")
        return not low.endswith("ing") and low not in ("and", "while", "as", "according", "that")

    def _finish_post(
        self, left: Range, cue_at: Range, subject: Range, cue: Cue, after: int, rule: str
    ) -> None:
        t, p, n = self.t, self.p, len(self.t)
        fragments = [trimmed(p, *left)]
        addressee = "addressee" in cue.frames
        r = skip_adverbials(p, after, addressee=addressee) if after < n else n
        if r < n and t.kinds[r] == "p" and t.words[r] in (",", ":", "—") and r + 1 < n:
            nxt = r + 1
            if t.kinds[nxt] == "q" or (t.kinds[left[1] - 1] != "q" and self._goes_on(r)):
                stop = content_end(p, nxt, cue, strict=False)
                fragments.append(trimmed(p, nxt, stop))
        elif r < n and t.kinds[r] == "q":
            stop = content_end(p, r, cue, strict=True)
            fragments.append(trimmed(p, r, stop))
        elif r < n and t.lows[r] == "that":
            return
        quoted = any(t.kinds[k] == "q" for k in range(*left))
        name = f"quote-{rule}" if quoted else f"clause-{rule}"
        self._add(name, fragments, cue_at, subject, cue)
        self.border = max([after, *(b for _, b in fragments)])

    # -- passives, prefixes, nouns -----------------------------------------------------

    def _is_passive(self, i: int, cue: Cue) -> bool:
        t = self.t
        if cue.tense != "past":
            return False
        end = self._cue_end(i, cue)
        if end < len(t) and t.lows[end] == "by":
            return True
        j = i - 1
        while j >= 0 and t.is_adverb(j):
            j -= 1
        return j >= 0 and t.lows[j] in BE

    def _passive(self, i: int, end: int, cue: Cue) -> None:
        t, p, n = self.t, self.p, len(self.t)
        by = next((k for k in range(end, min(n, end + 10)) if t.lows[k] == "by"), None)
        if by is None or "np" not in cue.frames and "that" not in cue.frames:
            return
        speaker = p.after(by + 1)
        content = p.subject(i) if i else None
        if speaker is None or content is None or t.lows[content[0]] in SUBJECT_PRONOUNS:
            return
        if not (t.is_name(speaker[0]) or t.lows[speaker[0]] in DETERMINERS):
            return
        self._add("passive", [content], (i, end), speaker, cue)

    def _prefix(self, i: int, cue: Cue) -> None:
        t, p, n = self.t, self.p, len(self.t)
        end = i + len(cue.words)
        speaker = p.after(end)
        if speaker is None:
            return
        after = speaker[1]
        if "prefix-name" in cue.frames:
            known = self.is_actor(t.starts[speaker[0]], t.ends[speaker[1] - 1])
            if i or not known or after >= n or t.words[after] != ",":
                return
        fragments: list[Range] = []
        left = self._before_prefix(i)
        if left is not None:
            fragments.append(left)
        comma = self._over_apposition(after) if left is None else after
        if comma < n and t.words[comma] == "," and comma + 1 < n:
            stop = content_end(p, comma + 1, None, strict=False)
            fragments.append(trimmed(p, comma + 1, stop))
        fragments = [one for one in fragments if one[0] < one[1]]
        if fragments:
            self._add("prefix", fragments, (i, end), speaker, cue)

    def _before_prefix(self, i: int) -> Range | None:
        t = self.t
        k = i - 1
        if k < 0:
            return None
        if t.kinds[k] == "p" and t.words[k] in (",", "—", "-"):
            k -= 1
        first = self._left_start(k + 1)
        if k - first < 1 or all(t.is_adverb(m) or t.kinds[m] == "p" for m in range(first, k + 1)):
            return (first, k + 1) if k - first >= 1 and t.kinds[k] == "q" else None
        return trimmed(self.p, first, k + 1)

    def _noun(self, i: int, cue: Cue) -> None:
        t, p = self.t, self.p
        end = i + len(cue.words)
        if i == 0 or end >= len(t):
            return
        owner = self._owner(i - 1)
        if owner is None:
            return
        start = end - 1 if "noun-to" in cue.frames else end
        stop = content_end(p, start, cue, strict=True)
        start, stop = trimmed(p, start, stop)
        if stop - start < 1 or (t.lows[start] == "to" and stop - start < 2):
            return
        self._add("noun", [(start, stop)], (i, end), owner, cue)
        self.found[-1].possessive = True

    def _owner(self, k: int) -> Range | None:
        """Return who owns the noun after token `k`: *Moscow's*, *their*, *French*."""
        t, p = self.t, self.p
        for m in range(k, max(-1, k - 3), -1):
            low = t.lows[m]
            if t.kinds[m] == "p" or low in PREPOSITIONS:
                return None
            if low in POSSESSIVES:
                return (m, m + 1)
            if low.endswith(("'s", "s'")):
                return p.noun_phrase(m)
            if t.is_name(m) and self.is_actor(t.starts[m], t.ends[m]):
                return (m, m + 1)
        return None

    # -- helpers -----------------------------------------------------------------------

    def _cue_end(self, i: int, cue: Cue) -> int:
        t, end = self.t, i + len(cue.words)
        if cue.tense == "be":
            while end < len(t) and t.lows[end - 1] != cue.words[-1]:
                end += 1
        return min(end, len(t))

    def _full(self, k: int) -> bool:
        quote = self.t.quotes[k]
        return self.t.clean[quote.inner_end - 1] in ",.!?"

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
        self.found.append(
            Found(
                rule,
                [(t.starts[a], t.ends[b - 1]) for a, b in fragments if a < b],
                (t.starts[cue_at[0] + (cue.tense == "be")], t.ends[cue_at[1] - 1]),
                mention,
                cue.kind,
            )
        )


_CLAUSE_OPENERS = frozenset("while although though when as after before since if once".split())
_BEFORE_PARTICIPLE = frozenset("by after before in without since".split())
_INTRODUCERS = frozenset(
    "in on at after before during when while as although though since despite if asked with "
    "for by citing according unlike earlier later".split()
)
