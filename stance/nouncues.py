"""Rules for cues that are no active verbs: passives, *according to X*, *X's objections to*."""

from __future__ import annotations

from stance.adverbials import SUBJECT_PRONOUNS
from stance.borders import content_end, trimmed
from stance.cues import Cue
from stance.grammar import (
    AUXILIARIES,
    DETERMINERS,
    POSSESSIVES,
    PREPOSITIONS,
    RELATIVES,
    SUBORDINATORS,
    VERBS,
)
from stance.phrases import Range
from stance.reading import Reading


class NounCues(Reading):
    """Reads passives, prefixes and nouns."""

    def _passive(self, i: int, end: int, cue: Cue) -> None:
        t, p, n = self.t, self.p, self.t.size
        by = next((k for k in range(end, min(n, end + 10)) if t.lows[k] == "by"), None)
        if by is None or ("np" not in cue.frames and "that" not in cue.frames):
            return
        speaker = p.after(by + 1)
        content = p.subject(i) if i else None
        if speaker is None or content is None or t.lows[content[0]] in SUBJECT_PRONOUNS:
            return
        content = (self._subject_start(content[0]), content[1])
        if not (t.is_name(speaker[0]) or t.lows[speaker[0]] in DETERMINERS):
            return
        self._add("passive", [content], (i, end), speaker, cue)

    def _subject_start(self, start: int) -> int:
        """Return the start of the whole subject: *Kyiv's bid to join the alliance*."""
        t = self.t
        k = start
        while k > 0 and t.kinds[k - 1] == "w" and t.lows[k - 1] not in SUBORDINATORS:
            k -= 1
            if t.lows[k] in AUXILIARIES or t.lows[k] in ("and", "but") or t.lows[k] in RELATIVES:
                return start
        return start if t.lows[k] in PREPOSITIONS else k

    def _prefix(self, i: int, cue: Cue) -> None:
        t, p, n = self.t, self.p, self.t.size
        end = i + len(cue.words)
        self._spent.add(i)
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
        self._spent.update(range(i, after))
        if fragments:
            self._add("prefix", fragments, (i, end), speaker, cue)

    def _view(self, i: int, cue: Cue) -> None:
        """Read ``In Kyiv's view, …``."""
        t, p, n = self.t, self.p, self.t.size
        self._spent.add(i)
        owner = self._owner(i - 1) if i > 1 else None
        if owner is None or owner[0] < 1 or t.lows[owner[0] - 1] != "in" or i + 2 >= n:
            return
        if t.words[i + 1] != "," or (owner[0] > 1 and t.words[owner[0] - 2] != ","):
            return
        stop = content_end(p, i + 2, None, strict=False)
        fragments = [trimmed(p, i + 2, stop)]
        if owner[0] > 1:  # The tax, in the minister's view, is a mistake
            fragments.insert(0, trimmed(p, self._left_start(owner[0] - 2), owner[0] - 2))
        self._add("prefix", [one for one in fragments if one[0] < one[1]], (i, i + 1), owner, cue)

    def _before_prefix(self, i: int) -> Range | None:
        t = self.t
        k = i - 1
        if k < 0:
            return None
        if t.kinds[k] == "p" and t.words[k] in (",", "—", "-"):
            k -= 1
        first = self._left_start(k + 1)
        if t.kinds[k] == "q":
            return (first, k + 1)
        if k - first < 1 or all(t.is_adverb(m) or t.kinds[m] == "p" for m in range(first, k + 1)):
            return None
        return trimmed(self.p, first, k + 1)

    def _noun(self, i: int, cue: Cue) -> None:
        t, p = self.t, self.p
        end = i + len(cue.words)
        if end > t.size or (end == t.size and "noun-self" not in cue.frames):
            return
        owner = self._owner(i - 1, possessive="noun-self" in cue.frames)
        if owner is None:
            return
        if "noun-self" in cue.frames:
            start = owner[1]
        else:
            start = end - 1 if "noun-to" in cue.frames else end
        stop = content_end(p, start, cue, strict="noun-that" not in cue.frames)
        if "noun-that" not in cue.frames:
            stop = self._until_verb(start, stop)
        start, stop = trimmed(p, start, stop)
        if "noun-self" in cue.frames and stop - start < 2:
            return  # his bid: for what?
        if stop - start < 1 or (t.lows[start] == "to" and stop - start < 2):
            return
        self._add("noun", [(start, stop)], (i, end), owner, cue)
        self.found[-1].possessive = True

    def _until_verb(self, start: int, stop: int) -> int:
        """Return where the clause's own verb ends a noun's content: *X's bid to join | is …*."""
        t, p = self.t, self.p
        for k in range(start + 1, stop):
            low = t.lows[k]
            if low in RELATIVES or low in SUBORDINATORS:
                return stop
            if (
                (low in AUXILIARIES or low in VERBS)
                and t.lows[k - 1] not in ("to", "not")
                and not t.is_adverb(k - 1)
            ):
                return k
            past = low.endswith("ed") and t.lows[k - 1] not in PREPOSITIONS | DETERMINERS
            if past and p.is_verb(k) and k + 1 < stop and t.lows[k + 1] not in PREPOSITIONS:
                return k  # her criticism of the plan | surprised nobody
        return stop

    def _owner(self, k: int, *, possessive: bool = False) -> Range | None:
        """Return who owns the noun after token `k`: *Moscow's*, *their*, *French*."""
        t, p = self.t, self.p
        for m in range(k, max(-1, k - 3), -1):
            low = t.lows[m]
            if t.kinds[m] == "p" or low in PREPOSITIONS:
                return None
            if low in POSSESSIVES:
                return (m, m + 1)
            if low.endswith(("'s", "s'")):
                owner = p.noun_phrase(m)
                if owner is None:
                    return None
                inner = [i for i in range(*owner) if t.lows[i] in PREPOSITIONS or p.is_verb(i)]
                return (inner[-1] + 1, m + 1) if inner else owner
            if not possessive and t.is_name(m) and self.is_actor(t.starts[m], t.ends[m]):
                return (m, m + 1)
        return None
