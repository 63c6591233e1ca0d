"""An article → its statements: who says or wants what, with spans into the text."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from stance.actors import Mention, Registry, load_registry
from stance.coreference import Resolver
from stance.crossheads import given_to_their_sources
from stance.firstperson import FirstPerson
from stance.offices import days_of, offices_of
from stance.passages import read_units
from stance.people import Speaker
from stance.quotations import has_word, quoted_share
from stance.reading import Found
from stance.records import Skipped, Span, Statement
from stance.text import MAX_SENTENCE, Sentence, as_sentences, normalise, pieces
from stance.units import Unit, units_of

MAX_RUN_ON = 4  # units back to whom a quotation without a cue may belong; a guess


@dataclass(frozen=True, slots=True)
class Article:
    """An article that was read.

    Attributes
    ----------
    text : str
        As it was handed in; all spans point into it.
    sentences : tuple of Sentence
        In order, furniture (headings, tags) included.
    mentions : tuple of Mention
        Every actor that is named, whether or not it says anything.
    statements : tuple of Statement
        In order of their contents.
    skipped : tuple of Skipped
        What was not read, and why.
    """

    text: str
    sentences: tuple[Sentence, ...]
    mentions: tuple[Mention, ...]
    statements: tuple[Statement, ...]
    skipped: tuple[Skipped, ...] = ()


def extract(
    text: str, registry: Registry | None = None, *, date: str | dt.date | None = None
) -> list[Statement]:
    """Return every statement of an article, whatever its topic, in text order.

    A quotation of several sentences gives one statement for each of them. For `date` and
    errors see `read_article`.
    """
    return list(read_article(text, registry, date=date).statements)


def read_article(
    text: str, registry: Registry | None = None, *, date: str | dt.date | None = None
) -> Article:
    """Read an article: sentences, actors, statements. No text makes it raise.

    Parameters
    ----------
    text : str
        Plain text, paragraphs parted by line ends.
    registry : Registry, optional
        The actors to know; by default `data/actors.csv`.
    date : str or datetime.date, optional
        Day, month or year of the article: offices that the text gives to nobody, such as *the
        German chancellor*, go to who held them then. Without it they stay offices.

    Raises
    ------
    InputError
        If `date` is no date.
    """
    days = days_of(date)
    registry = registry or load_registry()
    clean = normalise(text)
    parts = pieces(clean)
    split = as_sentences(text, parts)
    mentions = registry.find(text)
    offices = offices_of(registry) if days else None
    if offices is not None and days is not None:
        mentions = offices.dated(mentions, days)
    skipped = tuple(
        Skipped(f"longer than {MAX_SENTENCE:,} characters without a stop", one.span)
        for one in split
        if len(one.span.text) > MAX_SENTENCE
    )
    units, quoted = units_of(clean, parts)
    actors = {(m.span.start, m.span.end) for m in mentions}
    found = read_units(clean, units, lambda start, end: _names(actors, registry, clean, start, end))
    contents = sorted(span for _, one in found if one.kind != "noun" for span in one.fragments)
    resolver = Resolver(
        text, clean, mentions, quoted, [(u.start, u.end) for u in units], registry, contents,
        held=partial(offices.holder, days=days) if offices and days else None,
    )  # fmt: skip
    statements = _Assembler(text, clean, split, quoted, resolver).statements(units, found)
    return Article(text, tuple(split), tuple(mentions), tuple(statements), skipped)


def _names(
    actors: set[tuple[int, int]], registry: Registry, clean: str, start: int, end: int
) -> bool:
    if (start, end) in actors:
        return True
    word = clean[start:end].lower()
    return word in registry.demonyms or registry.canonical(word) is not None


def _weight(one: Found) -> int:
    """Rank who a quotation without a cue goes on from: quoted before, reported, of a view."""
    if one.rule.startswith("quote"):
        return 4 if one.rule.startswith("quote-run-on") else 5
    if one.kind == "speech":
        return 3
    return 2 if one.kind == "stance" else 1


class _Assembler:
    """Turns what the rules found into statements with resolved speakers."""

    def __init__(
        self,
        text: str,
        clean: str,
        split: Sequence[Sentence],
        quoted: Sequence[tuple[int, int]],
        resolver: Resolver,
    ) -> None:
        self.text = text
        self.clean = clean
        self.quoted = quoted
        self.resolver = resolver
        self.spans = [sentence.span for sentence in split]
        self.starts = [span.start for span in self.spans]
        self.first_person = FirstPerson(clean, split, resolver.registry)

    def statements(
        self, units: Sequence[Unit], found: Sequence[tuple[int, Found]]
    ) -> list[Statement]:
        """Return the statements in order of content and cue."""
        statements: list[Statement] = []
        voices: dict[int, tuple[int, Speaker]] = {}
        self.first_person.count(one.mention for _, one in found if one.mention)
        for index, one in found:
            speakers = self._speakers(one, index, voices)
            weight = _weight(one)
            if weight > voices.get(index, (0, None))[0]:
                voices[index] = (weight, speakers[0])
            for speaker in speakers:
                statements.extend(self._split(one, speaker))
        statements = list(given_to_their_sources(self.clean, statements))
        statements.sort(key=lambda s: (s.content.start, s.cue.start if s.cue else s.content.start))
        return statements

    def _speakers(
        self, one: Found, index: int, voices: Mapping[int, tuple[int, Speaker]]
    ) -> list[Speaker]:
        if one.mention is not None:
            start, end = one.mention
            speaker = self.first_person.speaker(start, end)
            speakers = [speaker] if speaker is not None else self.resolver.resolve(start, end)
            if one.rule == "transcript" and len(speakers) == 1:
                self.first_person.take_turn(one.fragments, speakers[0])
            return speakers
        if one.rule.startswith("quote-run-on"):
            for unit in range(index, max(-1, index - MAX_RUN_ON), -1):
                if unit in voices:
                    voice = voices[unit][1]
                    return [Speaker(None, voice.actor, voice.actor_id, "run-on")]
        return [Speaker(None, None, None, "none")]

    def _split(self, one: Found, speaker: Speaker) -> Iterator[Statement]:
        """Yield one statement for each sentence of the content."""
        cue = self._span(*one.cue) if one.cue else None
        mention = self._span(*speaker.mention) if speaker.mention else None
        rule = f"{one.rule}/{speaker.rule}"
        for index, fragments in self._by_sentence(one.fragments).items():
            yield Statement(
                fragments[0]
                if len(fragments) == 1
                else self._span(fragments[0].start, fragments[-1].end),
                tuple(fragments),
                cue,
                mention,
                speaker.actor,
                speaker.actor_id,
                quoted_share(self.clean, self.quoted, [(one.start, one.end) for one in fragments])
                if self.quoted
                else "reported",
                self.spans[index],
                rule,
            )

    def _by_sentence(self, fragments: Sequence[tuple[int, int]]) -> dict[int, list[Span]]:
        """Cut the fragments where sentences end."""
        text, clean, spans = self.text, self.clean, self.spans
        found: dict[int, list[Span]] = {}
        for start, end in fragments:
            for index in range(max(0, bisect_right(self.starts, start) - 1), len(spans)):
                sentence = spans[index]
                if sentence.start >= end:
                    break
                a, b = max(start, sentence.start), min(end, sentence.end)
                if has_word(clean, a, b):
                    found.setdefault(index, []).append(Span(a, b, text[a:b]))
        return found

    def _span(self, start: int, end: int) -> Span:
        return Span(start, end, self.text[start:end])
