"""Sentences → units, which are searched for statements one by one.

A unit is a sentence, or the sentences that one quotation spans: “A. B,” he said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from stance.cues import load_cues
from stance.quotations import Quotation, quotations
from stance.text import MAX_SENTENCE, Piece

Offsets = tuple[int, int]

MAX_UNIT = 4 * MAX_SENTENCE
_SUBJECT_INSIDE = re.compile(r"[,?!] (?:[Tt]he|an?|[A-Z][\w.'-]*+|he|she|they)((?: [\w.'-]+){1,5})")
_NAME_AND_VERB = re.compile(r" (?:[A-Z][\w.'-]*+ ){1,4}([a-z]++)\b")
_MARK = re.compile(r"[\"“]|''|``")


class Unit(NamedTuple):
    """A stretch of text that is searched for statements."""

    start: int
    end: int
    paragraph: int
    headline: bool
    quotes: tuple[Quotation, ...]


def units_of(clean: str, split: Sequence[Piece]) -> tuple[list[Unit], list[Offsets]]:
    """Return the units of a text, and its stretches in quotation marks."""
    paragraphs: list[list[Piece]] = []
    number = -1
    for one in split:
        if one.kind not in ("body", "headline") or one.end - one.start > MAX_SENTENCE:
            continue
        if one.paragraph == number:
            paragraphs[-1].append(one)
        else:
            paragraphs.append([one])
            number = one.paragraph
    units: list[Unit] = []
    quoted: list[Offsets] = []
    for number, paragraph in enumerate(paragraphs):
        start, end = paragraph[0].start, paragraph[-1].end
        quotes = quotations(clean, start, end)
        if quotes and not quotes[-1].closed:
            after = paragraphs[number + 1] if number + 1 < len(paragraphs) else None
            goes_on = after is not None and _MARK.match(clean, after[0].start) is not None
            if not goes_on:
                quotes = [*quotes[:-1], *_mended(clean, start, quotes[-1])]
        quoted.extend((quote.start, quote.end) for quote in quotes)
        units.extend(_merged(clean, paragraph, quotes))
    return units, quoted


def _mended(clean: str, start: int, quote: Quotation) -> Sequence[Quotation]:
    """Return what an unclosed mark opens: up to its cue, the rest of its paragraph, or nothing."""
    if not _opens_speech(clean, start, quote):
        return ()  # a stray mark
    for match in _SUBJECT_INSIDE.finditer(clean, quote.inner_start, quote.end):
        if any(
            _is_said(word.strip(".")) for word in match[1].split()
        ):  # "We will not sign, she said.
            end = match.start() + 1
            return (Quotation(quote.start, end, quote.inner_start, end, closed=False),)
    return (quote,)


def _opens_speech(clean: str, start: int, quote: Quotation) -> bool:
    before = clean[max(start, quote.start - 2) : quote.start].rstrip()
    return not before or before[-1] in ":,"


def _asks(clean: str, end: int, last: int) -> bool:
    """Tell whether ``…?” Jane Doe asked`` goes on after a sentence's end."""
    if clean[end - 1] not in "\"”'" or clean[end - 2 : end - 1] not in ("?", "!", "…"):
        return False
    match = _NAME_AND_VERB.match(clean, end, min(last, end + 80))
    if match is None:
        return False
    return _is_said(match[1])


@cache
def _is_said(word: str) -> bool:
    """Tell whether a word may follow what is said: *said*, *asks*."""
    cues = load_cues().get(word, ())
    return any("post" in cue.frames and cue.tense in ("past", "s") for cue in cues)


def _merged(clean: str, paragraph: Sequence[Piece], quotes: Sequence[Quotation]) -> list[Unit]:
    units: list[Unit] = []
    start, last = paragraph[0].start, paragraph[-1].end
    q = first = 0
    for one in paragraph:
        end = one.end
        if start < 0:
            start = one.start
        while q < len(quotes) and quotes[q].end <= end:
            q += 1
        if end < last and end - start < MAX_UNIT:
            inside_one = q < len(quotes) and quotes[q].start < end
            if inside_one or _asks(clean, end, last):
                continue
        inside = tuple(quote for quote in quotes[first:q] if quote.start >= start)
        units.append(Unit(start, end, one.paragraph, one.kind == "headline", inside))
        first, start = q, -1
    return units
