"""Rules for cues that follow what is said: “…,” she said; …, said the minister."""

from __future__ import annotations

from stance.adverbials import is_later, is_trailing, skip_adverbials
from stance.borders import content_end, trimmed
from stance.cues import Cue
from stance.phrases import Range, head
from stance.reading import Reading
from stance.text import word_set

_INTRODUCERS = word_set(
    "in on at after before during when while as although though since despite if asked with "
    "for by citing according unlike earlier later"
)


_BEFORE_SPEECH = word_set("but and so yet because that if while")


class AfterCues(Reading):
    """Reads cues that come after their content, or in the midst of it."""

    def _after_content(self, i: int, cue: Cue) -> bool:
        if cue.tense == "ing":
            return False
        end = self._cue_end(i, cue)
        if self._is_passive(i, end, cue):
            return False
        if "to-inf" in cue.frames and "to" in self.t.lows[end : end + 2]:
            return False
        subject = self.p.subject(i, cue)
        if (
            subject is not None
            and "who" in self.t.lows[subject[1] : i]
            and self.t.words[i - 1] != ","  # the aside has ended: …, who was there, said
        ):
            return False
        if subject is None:
            return self._inverted(i, end, cue)
        return self._post(subject, i, end, cue)

    def _post(self, subject: Range, i: int, end: int, cue: Cue) -> bool:
        """Read ``“…,” she said`` and ``…, she said``; True if it was one."""
        left = self._left(subject[0], end, cue)
        if left is None:
            return False
        self._finish_post(left, (i, end), subject, cue, end, "cue-after")
        return True

    def _inverted(self, i: int, end: int, cue: Cue) -> bool:
        """Read ``“…,” said the minister``."""
        t, p = self.t, self.p
        subject = p.after(end)
        if subject is None or i == 0:
            return False
        several = head(t, subject).endswith("s") and not t.is_name(subject[1] - 1)
        if cue.tense not in ("past", "s") and not (cue.tense == "base" and several):
            return False
        left = self._left(i, subject[1], cue)
        if left is None:
            return False
        after = self._over_apposition(subject[1])
        quoted = t.kinds[left[1] - 1] == "q"
        if not quoted and not is_trailing(p, after) and not self._goes_on(after):
            return False
        self._finish_post(left, (i, end), subject, cue, after, "cue-inverted")
        return True

    def _left(self, start: int, after: int, cue: Cue) -> Range | None:
        """Return the content that ends right before token `start`, if it is one."""
        t = self.t
        k = start - 1
        if k >= 0 and t.kinds[k] == "p" and t.words[k] in (",", "—", "-"):
            k -= 1
            comma = True
        elif k >= 1 and t.lows[k] == "as" and t.words[k - 1] == ",":  # …, as the ministry said
            k -= 2
            comma = True
        else:
            comma = False
        if k < self.border:
            return None
        if t.kinds[k] == "q":
            if k > self.border + 2 and t.lows[k - 1] == "that" and self._claimed(k - 1):
                return None  # even as she claimed that “…,” others said
            quote = t.quotes[k]
            last = t.clean[quote.inner_end - 1]
            if k and self._is_title(k) and self._in_phrase(k):
                return None  # on the programme “Politics at Noon,” she said
            if not comma and last not in ",.?!—-…'”" and quote.closed:
                return None
        trailing = is_trailing(self.p, after)
        after = skip_adverbials(self.p, after, addressee="addressee" in cue.frames)
        goes_on = self._goes_on(after) or self._goes_on_quoted(k, after)
        trailing = trailing or is_trailing(self.p, after)
        if t.kinds[k] != "q" and (
            "that" not in cue.frames or not comma or (not goes_on and not trailing)
        ):
            return None
        first = max(self.border, self._left_start(k))
        if first > k:
            return None
        opening = self.cues.get(first)
        participle = t.kinds[first] != "q" and opening is not None and opening.tense == "ing"
        if participle and not trailing:
            return None  # Citing “…,” the minister told reporters that …
        if t.kinds[k] != "q":
            if goes_on:
                return (first, k + 1)
            if k - first < 2 or (
                t.lows[first] in _INTRODUCERS and not self._has_verb(first, k + 1)
            ):
                return None
        return (first, k + 1)

    def _in_phrase(self, k: int) -> bool:
        """Tell whether the word before the quotation at `k` makes it part of a phrase."""
        return self.t.kinds[k - 1] == "w" and self.t.lows[k - 1] not in _BEFORE_SPEECH

    def _claimed(self, k: int) -> bool:
        """Tell whether a cue with its own subject stands shortly before the *that* at `k`."""
        for i in range(k - 1, max(self.border, k - 5), -1):
            cue = self.cues.get(i)
            if cue is not None and "that" in cue.frames:
                return self.p.subject(i, cue) is not None
        return False

    def _goes_on(self, r: int) -> bool:
        """Tell whether ``X, he said, Y``: the content goes on after a comma."""
        t, n = self.t, self.t.size
        if r + 1 >= n or t.words[r] != ",":
            return False
        low = t.lows[r + 1]
        if t.kinds[r + 1] == "q" or is_later(self.p, r + 1):
            return False
        if low == "but":
            return r + 2 < n and t.lows[r + 2] in ("also", "not", "only")
        return not low.endswith("ing") and low not in ("and", "while", "as", "according")

    def _goes_on_quoted(self, k: int, r: int) -> bool:
        """Tell whether ``Her ships, she said, “cannot wait”``: the quotation holds the verb."""
        t, n = self.t, self.t.size
        if r + 1 >= n or t.words[r] != "," or t.kinds[r + 1] != "q" or t.kinds[k] == "q":
            return False
        first = max(self.border, self._left_start(k))
        opener = t.lows[first] in _INTRODUCERS or t.is_adverb(first)
        return not opener and not any(t.kinds[m] == "p" for m in range(first, k))

    def _finish_post(
        self, left: Range, cue_at: Range, subject: Range, cue: Cue, after: int, rule: str
    ) -> None:
        t, p, n = self.t, self.p, self.t.size
        fragments = [trimmed(p, *left)]
        addressee = "addressee" in cue.frames
        r = skip_adverbials(p, after, addressee=addressee) if after < n else n
        if r < n and t.kinds[r] == "p" and t.words[r] in (",", ":", "—") and r + 1 < n:
            nxt = r + 1
            if t.kinds[nxt] == "q" or (t.kinds[left[1] - 1] != "q" and self._goes_on(r)):
                stop = content_end(p, nxt, cue, strict=False)
                fragments.append(trimmed(p, nxt, stop))
        elif r < n and t.kinds[r] == "q" and not self._is_title(r):
            stop = content_end(p, r, cue, strict=True)
            fragments.append(trimmed(p, r, stop))
        quoted = any(t.kinds[k] == "q" for k in range(*left))
        name = f"quote-{rule}" if quoted else f"clause-{rule}"
        self._add(name, fragments, cue_at, subject, cue)
        self.border = max([after, *(b for _, b in fragments)])
