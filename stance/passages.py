"""The units of an article one after the other → what the rules find in and between them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from stance.grammar import Tokens
from stance.matching import match_cues
from stance.names import person_words
from stance.quotations import Quotation
from stance.reading import Found, is_title
from stance.rules import UnitReader
from stance.subjects import Phrases
from stance.turns import LABEL, NO_SPEAKER, Turns, in_label
from stance.units import Offsets, Unit

MIN_QUOTE = 4  # words; a shorter quotation without a cue is no statement
_DASHED = re.compile(
    r" ?(?:—|--?) ?([A-Z][\w.'-]*(?: [\w.'-]+){0,5}?)(?= (?:to|in|on|at|of|after|before) |[ .]*$|,)"
)
_WORDS = re.compile(r"[^\W_]+")


def read_units(
    clean: str, units: Sequence[Unit], is_actor: Callable[[int, int], bool]
) -> list[tuple[int, Found]]:
    """Return what the rules find, each with the index of its unit, in text order."""
    reading = _Reading(clean, units, is_actor)
    for index in range(len(units)):
        reading.read(index)
    return reading.found


class _Reading(Turns):
    """State of reading an article's units one after the other."""

    def __init__(
        self, clean: str, units: Sequence[Unit], is_actor: Callable[[int, int], bool]
    ) -> None:
        super().__init__(clean, units)
        self.is_actor = is_actor
        self.found: list[tuple[int, Found]] = []
        self._done: set[int] = set()  # units that a transcript's paragraph has spent

    def read(self, index: int) -> None:
        """Read one unit."""
        if index in self._done:
            return
        unit = self.units[index]
        before = len(self.found)
        if not self._label(index, unit) and not self._dashed(index, unit):
            tokens = Tokens(self.clean, unit.start, unit.end, unit.quotes)
            for one in self._read_tokens(tokens):
                if one.fragments or self._elsewhere(index, one):
                    self.found.append((index, one))
            if unit.quotes:
                self._loose(index, unit, tokens, before)

    def _read_tokens(self, tokens: Tokens) -> list[Found]:
        cues = match_cues(tokens)
        return UnitReader(tokens, cues, self.is_actor).read() if cues else []

    def _within(self, index: int, start: int) -> Iterator[Found]:
        """Yield what a turn itself reports: *NOVAK: The minister says it is over.*."""
        unit = self.units[index]
        quotes = tuple(quote for quote in unit.quotes if quote.start >= start)
        for one in self._read_tokens(Tokens(self.clean, start, unit.end, quotes)):
            if one.fragments:
                yield one

    def _elsewhere(self, index: int, one: Found) -> bool:
        """Take the content from the unit before (*made this clear*) or after (a final colon)."""
        other = index + 1 if one.rule.startswith("colon") else index - 1
        if not 0 <= other < len(self.units):
            return False
        unit = self.units[other]
        if other < index:
            if unit.paragraph != self.units[index].paragraph:
                return False
            one.fragments = [_without_stop(self.clean, unit.start, unit.end)]
            return True
        if unit.quotes and unit.quotes[0].start <= unit.start + 1:
            one.fragments = [(unit.quotes[0].start, unit.quotes[0].end)]
            return True
        if unit.paragraph == self.units[index].paragraph or one.kind != "speech":
            return False
        end = unit.end
        for later in self.units[other + 1 :]:
            if later.paragraph != unit.paragraph:
                break
            end = later.end
        one.fragments = [_without_stop(self.clean, unit.start, end)]
        return True

    def _label(self, index: int, unit: Unit) -> bool:
        """Read ``NAME: what NAME says`` in headlines and transcripts."""
        stop = min(unit.end, unit.start + 80)
        colon = self.clean.find(":", unit.start, stop) >= 0
        match = LABEL.match(self.clean, unit.start, stop) if colon else None
        if match is None:
            return unit.headline and self._signed(index, unit)
        first = not index or self.units[index - 1].paragraph != unit.paragraph
        name, rule, end = match[1], "transcript", unit.end
        words = name.split()
        if not all(in_label(word) for word in words):
            return unit.headline and self._signed(index, unit)  # NAME told the paper: …
        known = self.is_actor(match.start(1), match.end(1)) or self.is_actor(
            match.end(1) - len(" ".join(words[-2:])), match.end(1)
        )
        listed = words[0].lower() in NO_SPEAKER
        if unit.headline:
            if not known and self._signed(index, unit):
                return True
            rule = "headline"
            office = any(word.lower() in person_words()["role"] for word in words[:-1])
            known = known or ((len(words) <= 3 or office) and not listed)
        turn = name in self.labels
        role = words[0] == "The" and words[-1] in person_words()["role"] and bool(unit.quotes)
        if not first or not (known or turn or role or (name.isupper() and not listed)):
            return False
        inner = list(self._within(index, match.end())) if rule == "transcript" else []
        if not turn and any(one.kind == "speech" and one.mention for one in inner):
            return False  # Kyiv: The minister said …
        start, stop = match.span(1)
        told = name.find(" to ")  # Novak to Norland: Sign now
        stop = start + told if unit.headline and told > 0 else stop
        self.found.append((index, Found(rule, [], None, (start, stop))))
        turn_at = len(self.found) - 1
        self.found.extend((index, one) for one in inner)
        for later in range(index + 1, len(self.units) if rule == "transcript" else 0):
            other = self.units[later]
            if other.paragraph != unit.paragraph and not (turn and self.same_turn(index, other)):
                break
            end = other.end
            self._done.add(later)
            self.found.extend((later, one) for one in self._within(later, other.start))
        self.found[turn_at][1].fragments.append(_without_stop(self.clean, match.end(), end))
        return True

    def _long(self, quote: Quotation) -> bool:
        words = _WORDS.findall(self.clean, quote.inner_start, quote.inner_end)
        return len(words) >= MIN_QUOTE

    def _signed(self, index: int, unit: Unit) -> bool:
        """Read a headline that ends with its speaker: ``What NAME says: NAME``."""
        colon = self.clean.rfind(": ", unit.start, unit.end)
        if colon < 0 or not self.is_actor(colon + 2, _without_stop(self.clean, 0, unit.end)[1]):
            return False
        speaker = (colon + 2, _without_stop(self.clean, colon, unit.end)[1])
        self.found.append((index, Found("headline", [(unit.start, colon)], None, speaker)))
        return True

    def _dashed(self, index: int, unit: Unit) -> bool:
        """Read a quotation that a dash gives to its speaker: *“It is over” — Jane Novak*."""
        if not unit.quotes or unit.quotes[0].start > unit.start:
            return False
        quote = unit.quotes[0]
        match = _DASHED.match(self.clean, quote.end, unit.end)
        if match is None or not self._long(quote):
            return False
        known = self.is_actor(*match.span(1))
        role = match[1].split()[-1].lower() in person_words()["role"] | person_words()["title"]
        if not known and not role:
            return False
        span = (quote.start, quote.end)
        self.found.append((index, Found("quote-dash", [span], None, match.span(1))))
        return True

    def _loose(self, index: int, unit: Unit, tokens: Tokens, before: int) -> None:
        """Give quotations without a cue to whoever speaks around them."""
        spent = [
            span
            for _, one in self.found[max(0, before - 8) :]
            for span in one.fragments
            if span[1] > unit.start
        ]
        pure = "w" not in tokens.kinds
        loose = [
            quote
            for quote in unit.quotes
            if not any(a <= quote.start and quote.end <= b + 2 for a, b in spent)
            and (pure or not is_title(self.clean, quote))
            and (pure or self._long(quote))
        ]
        if not loose:
            return
        for quote in loose:
            mention, rule = None, "quote-run-on"
            if not pure:
                colon = self.clean[quote.start - 2 : quote.start] == ": "
                end = bisect_left(tokens.starts, quote.start) - 1 if colon else tokens.size
                phrases = Phrases(tokens, {})
                subject = phrases.clause_subject(end)
                if colon and tokens.is_name(end - 1):  # … — Jane Doe: “…”
                    name = phrases.noun_phrase(end - 1)
                    apart = name is not None and tokens.kinds[max(0, name[0] - 1)] == "p"
                    subject = name if apart or subject is None else subject
                if subject is not None and (colon or self.found[before:] == []):
                    mention = (tokens.starts[subject[0]], tokens.ends[subject[1] - 1])
                    rule = "quote-subject"
            self.found.append((index, Found(rule, [(quote.start, quote.end)], None, mention)))


def _without_stop(clean: str, start: int, end: int) -> Offsets:
    while end > start and clean[end - 1] in ".!? ":
        end -= 1
    return start, end
