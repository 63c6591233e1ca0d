"""Sentences → units for attribution, and the statements found in them.

A unit is a sentence, or the sentences that one quotation spans: “A. B,” he said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stance.cues import load_cues
from stance.grammar import Tokens
from stance.phrases import Phrases
from stance.quotations import Quotation, quotations
from stance.rules import Found, UnitReader, match_cues
from stance.text import MAX_SENTENCE, Sentence

Offsets = tuple[int, int]

MAX_UNIT = 4 * MAX_SENTENCE
MIN_QUOTE = 4  # words; a shorter quotation without a cue is no statement
_LABEL = re.compile(r"([A-Z][\w.'-]*+(?: (?:[A-Z][\w.'-]*+|of|the|for)){0,5}): +(?=\S)")
_MARK = re.compile(r"[\"“]|''|``")
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of text that is searched for statements."""

    start: int
    end: int
    paragraph: int
    headline: bool
    quotes: tuple[Quotation, ...]


def units_of(clean: str, split: Sequence[Sentence]) -> tuple[list[Unit], list[Offsets]]:
    """Return the units of a text, and its stretches in quotation marks."""
    paragraphs: list[list[Sentence]] = []
    for sentence in split:
        if sentence.kind not in ("body", "headline") or len(sentence.span.text) > MAX_SENTENCE:
            continue
        if paragraphs and paragraphs[-1][0].paragraph == sentence.paragraph:
            paragraphs[-1].append(sentence)
        else:
            paragraphs.append([sentence])
    units: list[Unit] = []
    quoted: list[Offsets] = []
    for number, paragraph in enumerate(paragraphs):
        start, end = paragraph[0].span.start, paragraph[-1].span.end
        quotes = quotations(clean, start, end)
        if quotes and not quotes[-1].closed:
            after = paragraphs[number + 1] if number + 1 < len(paragraphs) else None
            goes_on = after is not None and _MARK.match(clean, after[0].span.start) is not None
            if not goes_on and not _opens_speech(clean, start, quotes[-1]):
                quotes = quotes[:-1]  # a stray mark
        quoted.extend((quote.start, quote.end) for quote in quotes)
        units.extend(_merged(paragraph, quotes))
    return units, quoted


def read_units(
    clean: str, units: Sequence[Unit], is_actor: Callable[[int, int], bool]
) -> list[tuple[int, Found]]:
    """Return what the rules find, each with the index of its unit, in text order."""
    reading = _Reading(clean, units, is_actor)
    for index in range(len(units)):
        reading.read(index)
    return reading.found


def _opens_speech(clean: str, start: int, quote: Quotation) -> bool:
    before = clean[max(start, quote.start - 2) : quote.start].rstrip()
    return not before or before[-1] in ":,"


def _merged(paragraph: Sequence[Sentence], quotes: Sequence[Quotation]) -> list[Unit]:
    units: list[Unit] = []
    start: int | None = None
    q = first = 0
    for sentence in paragraph:
        span = sentence.span
        start = span.start if start is None else start
        while q < len(quotes) and quotes[q].end <= span.end:
            q += 1
        if q < len(quotes) and quotes[q].start < span.end and span.end - start < MAX_UNIT:
            if sentence is not paragraph[-1]:
                continue
        inside = tuple(one for one in quotes[first:q] if one.start >= start)
        first = q
        units.append(Unit(start, span.end, sentence.paragraph, sentence.kind == "headline", inside))
        start = None
    return units


class _Reading:
    """State of reading an article's units one after the other."""

    def __init__(
        self, clean: str, units: Sequence[Unit], is_actor: Callable[[int, int], bool]
    ) -> None:
        self.clean = clean
        self.units = units
        self.is_actor = is_actor
        self.table = load_cues()
        self.found: list[tuple[int, Found]] = []
        self._spoken: list[bool] = []  # whether a unit has statements
        self._pending: list[tuple[int, Offsets]] = []  # quotations waiting for the next cue

    def read(self, index: int) -> None:
        """Read one unit."""
        unit = self.units[index]
        before = len(self.found)
        if not self._label(index, unit):
            tokens = Tokens(self.clean, unit.start, unit.end, unit.quotes)
            cues = match_cues(tokens, self.table)
            if cues:
                for one in UnitReader(tokens, cues, self.is_actor).read():
                    if one.fragments or self._elsewhere(index, one):
                        self.found.append((index, one))
            if unit.quotes:
                self._loose(index, unit, tokens, before)
        self._spoken.append(len(self.found) > before)

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
        if not unit.quotes or unit.quotes[0].start > unit.start + 1:
            return False
        one.fragments = [(unit.quotes[0].start, unit.quotes[0].end)]
        return True

    def _label(self, index: int, unit: Unit) -> bool:
        """Read ``NAME: what NAME says`` in headlines and transcripts."""
        match = _LABEL.match(self.clean, unit.start, min(unit.end, unit.start + 80))
        if match is None:
            return False
        first = not index or self.units[index - 1].paragraph != unit.paragraph
        name = match[1]
        known = self.is_actor(match.start(1), match.end(1))
        if not first or not (known or (name.isupper() and len(name) > 2)):
            return False
        self.found.append(
            (
                index,
                Found(
                    "headline" if unit.headline else "transcript",
                    [_without_stop(self.clean, match.end(), unit.end)],
                    None,
                    match.span(1),
                ),
            )
        )
        return True

    def _loose(self, index: int, unit: Unit, tokens: Tokens, before: int) -> None:
        """Give quotations without a cue to whoever speaks around them."""
        spent = [
            span
            for _, one in self.found[max(0, before - 8) :]
            for span in one.fragments
            if span[1] > unit.start
        ]
        loose = [
            quote
            for quote in unit.quotes
            if not any(a <= quote.start and quote.end <= b + 2 for a, b in spent)
            and len(_WORDS.findall(self.clean, quote.inner_start, quote.inner_end)) >= MIN_QUOTE
        ]
        if not loose:
            return
        pure = not any(kind == "w" for kind in tokens.kinds)
        for quote in loose:
            mention, rule = None, "quote-run-on"
            if not pure:
                subject = Phrases(tokens, {}).clause_subject(len(tokens))
                if subject is not None and self.found[before:] == []:
                    mention = (tokens.starts[subject[0]], tokens.ends[subject[1] - 1])
                    rule = "quote-subject"
            self.found.append((index, Found(rule, [(quote.start, quote.end)], None, mention)))


def _without_stop(clean: str, start: int, end: int) -> Offsets:
    while end > start and clean[end - 1] in ".!? ":
        end -= 1
    return start, end
