"""Rules for what follows an active verb: clause, quotation, infinitive, noun phrase."""

from __future__ import annotations

from stance.adverbials import skip_addressee, skip_adverbials
from stance.borders import WH, aside, content_end
from stance.cues import Cue
from stance.grammar import (
    AUXILIARIES,
    DETERMINERS,
    OBJECTS,
    PREPOSITIONS,
    SUBORDINATORS,
)
from stance.phrases import Range
from stance.reading import Reading
from stance.text import word_set

_DEONTIC = word_set("cannot can't must should ought mustn't shouldn't")
_CONDITIONS = word_set("if because unless once while although though when since until whenever")
_SAID = word_set("yes no goodbye nothing something anything otherwise")  # what *said* takes


class Contents(Reading):
    """Reads the content to the right of a cue."""

    def _gap(self, subject: Range) -> Range | None:
        """Return the relative pronoun that the content lacks: *a plan which she said failed*."""
        k = subject[0] - 1
        if k > 0 and self.t.lows[k] in ("which", "that", "who") and not self.p.is_verb(k - 1):
            return (k, k + 1)
        return None

    def _gapped(self, r: int, end: int, cue: Cue) -> bool:
        """Tell whether the content is a clause without its subject: *which she said failed*."""
        subject = self.p.subject(end - len(cue.words), cue) if "bare" in cue.frames else None
        if subject is None or self._gap(subject) is None:
            return False
        return self.p.is_verb(r) or self.t.lows[r].endswith(("s", "ed"))

    def _content(self, i: int, end: int, cue: Cue) -> tuple[Range | None, str]:
        """Return the content to the right of a cue."""
        t, p, n = self.t, self.p, self.t.size
        frames = cue.frames
        if end >= n:
            return None, ""
        if t.words[end] == ":" and frames & {"quote", "that", "np"}:
            return (end + 1, n), "colon"
        k = end + 1 if t.lows[end] in ("never", "not", "also") and end + 1 < n else end
        if t.lows[k] == "to" and "to-inf" in frames:
            if cue.kind == "stance" and any(w in _DEONTIC for w in t.lows[max(0, i - 2) : i]):
                return None, ""
            return (end, content_end(p, end, cue, strict=True, inside=self._inside)), "to-inf"
        if "obj-to-inf" in frames:
            to = self._object_infinitive(end)
            if to is not None:
                return (to, content_end(p, to, cue, strict=True, inside=self._inside)), "obj-to-inf"
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
        t, n = self.t, self.t.size
        for k in range(end, min(n, end + 25)):
            if k in self.cues or t.kinds[k] == "q":
                return None
            if t.words[k] == ":":
                return k if k + 1 >= n or t.kinds[k + 1] == "q" else None
        return None

    def _clause(self, r: int, end: int, cue: Cue) -> tuple[Range | None, str]:
        t, p, n = self.t, self.p, self.t.size
        if r >= n:
            return None, ""
        if t.words[r] in (",", "—") and r + 1 < n and t.kinds[r + 1] == "q":
            r += 1
        if t.words[r] == ":":
            return (r + 1, n), "colon"
        if t.kinds[r] == "q" and self._is_title(r) and t.words[r - 1] != ",":
            return None, ""
        if t.kinds[r] == "q":
            rule = "quote-cue-before"
            return (r, content_end(p, r, cue, strict=self._full(r))), rule
        if "that" not in cue.frames or t.kinds[r] == "p":
            return None, ""
        same = t.lows[r] == "the" and r + 1 < n and t.lows[r + 1] in ("same", "opposite")
        if cue.lemma == "say" and (t.lows[r] in _SAID or same) and not self._has_verb(r):
            return (r, content_end(p, r, cue, strict=True, inside=self._inside)), "np"
        if t.lows[r] == "that":
            return (r + 1, content_end(p, r + 1, cue, strict=False, inside=self._inside)), "that"
        if t.lows[r] in SUBORDINATORS or t.lows[r] in ("and", "or", "but"):
            if "bare" in cue.frames and t.lows[r] in _CONDITIONS and self._has_verb(r):
                return (r, content_end(p, r, cue, strict=False, inside=self._inside)), "bare"
            if t.lows[r] in WH or t.lows[r] == "if":
                return (r, content_end(p, r, cue, strict=False, inside=self._inside)), "wh"
            return None, ""
        if self._gapped(r, end, cue):
            return (r, content_end(p, r, cue, strict=False, inside=self._inside)), "bare"
        if self._has_verb(r, sure="bare" not in cue.frames):
            return (r, content_end(p, r, cue, strict=False, inside=self._inside)), "bare"
        return None, ""

    def _phrase(self, end: int, cue: Cue) -> tuple[Range | None, str]:
        t, p, n = self.t, self.p, self.t.size
        low = t.lows[end]
        aside_end = aside(p, end + 1) if t.words[end] == "," else 0
        if aside_end and aside_end + 1 < n:  # opposes, among other things, the plan
            return self._phrase(aside_end + 1, cue)
        if t.kinds[end] == "p" and t.words[end] not in "$€£(":
            return None, ""
        if low in OBJECTS and end + 1 < n and p.is_verb(end + 1):
            return (end, end + 1), "np"  # voters who backed her said …
        if low in AUXILIARIES or (t.kinds[end] == "q" and self._is_title(end)):
            return None, ""  # the plan she supports is cheap; a film called “The Last Treaty”
        if low == "as" and end + 1 < n:
            return (end, content_end(p, end, cue, strict=True, inside=self._inside)), "np"
        if low == "that" and "that" not in cue.frames and end + 1 < n:  # that course
            return (end, content_end(p, end, cue, strict=True, inside=self._inside)), "np"
        if low in PREPOSITIONS or (low in SUBORDINATORS and low not in WH) or low in ("and", "or"):
            return None, ""
        if t.is_adverb(end) and low not in ("all", "both", "any", "only", "very", "so"):
            return None, ""
        return (end, content_end(p, end, cue, strict=True, inside=self._inside)), "np"

    def _object_infinitive(self, end: int) -> int | None:
        """Return the *to* of ``urged OBJECT to …``, if there is one close by."""
        t = self.t
        for k in range(end, min(t.size, end + 12)):
            if t.kinds[k] == "p" or t.lows[k] in ("that", "and") or t.kinds[k] == "q":
                return None
            if t.lows[k] == "to" and (k > end):
                if t.lows[k - 1] == "not" and k - 1 > end:
                    return k - 1
                return k if k + 1 < t.size and t.lows[k + 1] not in DETERMINERS else None
        return None
