"""An article → its statements: who says or wants what, with spans into the text."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from stance.actors import Mention, Registry, load_registry
from stance.coreference import Resolver
from stance.offices import days_of, offices_of
from stance.passages import read_units
from stance.people import Speaker
from stance.quotations import has_word, quoted_share
from stance.reading import Found
from stance.records import Kind, Skipped, Span, Statement
from stance.text import MAX_SENTENCE, Sentence, normalise, sentences
from stance.units import Unit, units_of

LEAST_FIRST_PERSON = 3  # statements of *I* that make a text its author's; a guess
_FIRST_PERSON = ("i", "me", "my")
_WORD = re.compile(r"[^\W_]+")
_SIGNED = re.compile(r"(?i:by|text|author)[ :]+((?:[^\W\da-z][\w.'’-]*[ ]?){2,4})$")
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
    split = sentences(text)
    mentions = registry.find(text)
    offices = offices_of(registry) if days else None
    if offices is not None and days is not None:
        mentions = offices.dated(mentions, days)
    skipped = tuple(
        Skipped(f"longer than {MAX_SENTENCE:,} characters without a stop", one.span)
        for one in split
        if len(one.span.text) > MAX_SENTENCE
    )
    units, quoted = units_of(clean, split)
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


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


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
        self.split = split
        self.author: str | None = None  # whom *I* means outside of turns
        self.spans = [sentence.span for sentence in split]
        self.starts = [span.start for span in self.spans]
        self.turns: list[tuple[int, int, Speaker]] = []  # of a transcript, in order

    def statements(
        self, units: Sequence[Unit], found: Sequence[tuple[int, Found]]
    ) -> list[Statement]:
        """Return the statements in order of content and cue."""
        statements: list[Statement] = []
        voices: dict[int, tuple[int, Speaker]] = {}
        self.author = self._author(self.split, found)
        for index, one in found:
            speakers = self._speakers(one, index, voices)
            weight = _weight(one)
            if weight > voices.get(index, (0, None))[0]:
                voices[index] = (weight, speakers[0])
            for speaker in speakers:
                statements.extend(self._split(one, speaker))
        statements = list(self._crossheads(statements))
        statements.sort(key=lambda s: (s.content.start, s.cue.start if s.cue else s.content.start))
        return statements

    def _crossheads(self, statements: Sequence[Statement]) -> Iterator[Statement]:
        """Give a quotation that is a heading to who says its words in the text, or to nobody.

        Whoever spoke before a heading is rarely quoted in it: it announces what comes.
        """
        for one in statements:
            if one.rule.startswith("quote-run-on") and self._is_heading(one):
                words = _plain(one.content.text)
                others = (other for other in statements if other is not one)
                source = next((o for o in others if words in _plain(o.content.text)), None)
                one = replace(
                    one,
                    actor=source.actor if source else None,
                    actor_id=source.actor_id if source else None,
                    rule=f"quote-run-on/{'run-on' if source and source.actor else 'none'}",
                )
            yield one

    def _is_heading(self, one: Statement) -> bool:
        """Tell whether a quotation is all of its paragraph and has no stop or comma at its end."""
        start, end = one.sentence.start, one.sentence.end
        alone = not self.clean[:start].rstrip(" ").rpartition("\n")[2]
        alone = alone and not self.clean[end:].lstrip(" ").partition("\n")[0]
        words = self.clean[start:end].strip("\"“”'‘ ")
        return (
            alone
            and not has_word(self.clean, start, one.content.start)
            and (words[-1:] not in tuple(".,!?…—-"))
        )

    def _speakers(
        self, one: Found, index: int, voices: Mapping[int, tuple[int, Speaker]]
    ) -> list[Speaker]:
        if one.mention is not None:
            start, end = one.mention
            speaker = self._first_person(start, end)
            speakers = [speaker] if speaker is not None else self.resolver.resolve(start, end)
            if one.rule == "transcript" and len(speakers) == 1:
                self.turns.extend((*span, speakers[0]) for span in one.fragments)
            return speakers
        if one.rule.startswith("quote-run-on"):
            for unit in range(index, max(-1, index - MAX_RUN_ON), -1):
                if unit in voices:
                    voice = voices[unit][1]
                    return [Speaker(None, voice.actor, voice.actor_id, "run-on")]
        return [Speaker(None, None, None, "none")]

    def _first_person(self, start: int, end: int) -> Speaker | None:
        """Return who has the turn in which *I* stands: the last one that is open."""
        if self.clean[start:end].lower() not in _FIRST_PERSON:
            return None
        for first, last, speaker in reversed(self.turns):
            if first <= start < last and speaker.actor is not None:
                return Speaker((start, end), speaker.actor, speaker.actor_id, "turn")
        if self.author is None:
            return None
        known = self.resolver.registry.canonical(self.author)
        name, actor_id = (known.name, known.id) if known else (self.author, None)
        return Speaker((start, end), name, actor_id, "author")

    def _author(self, split: Sequence[Sentence], found: Sequence[tuple[int, Found]]) -> str | None:
        """Return who signs a text in the first person: the one name of its byline, if *I* returns.

        A news report has a byline too, but says *I* in quotations alone.
        """
        said = [self.clean[slice(*one.mention)].lower() for _, one in found if one.mention]
        if sum(word in _FIRST_PERSON for word in said) < LEAST_FIRST_PERSON:
            return None
        lines = (_SIGNED.match(one.span.text) for one in split if one.kind == "byline")
        names = {line[1] for line in lines if line}
        return names.pop() if len(names) == 1 else None

    def _split(self, one: Found, speaker: Speaker) -> Iterator[Statement]:
        """Yield one statement for each sentence of the content."""
        cue = self._span(*one.cue) if one.cue else None
        mention = self._span(*speaker.mention) if speaker.mention else None
        rule = f"{one.rule}/{speaker.rule}"
        pieces: dict[int, list[Span]] = {}
        for start, end in one.fragments:
            for index, piece in self._by_sentence(start, end):
                pieces.setdefault(index, []).append(piece)
        for index, fragments in pieces.items():
            first, last = fragments[0].start, fragments[-1].end
            single = len(fragments) == 1
            yield Statement(
                content=fragments[0] if single else self._span(first, last),
                fragments=tuple(fragments),
                cue=cue,
                mention=mention,
                actor=speaker.actor,
                actor_id=speaker.actor_id,
                kind=self._kind(fragments),
                sentence=self.spans[index],
                rule=rule,
            )

    def _by_sentence(self, start: int, end: int) -> Iterator[tuple[int, Span]]:
        index = max(0, bisect_right(self.starts, start) - 1)
        while index < len(self.spans) and self.spans[index].start < end:
            a = max(start, self.spans[index].start)
            b = min(end, self.spans[index].end)
            if has_word(self.clean, a, b):
                yield index, self._span(a, b)
            index += 1

    def _span(self, start: int, end: int) -> Span:
        return Span(start, end, self.text[start:end])

    def _kind(self, fragments: Sequence[Span]) -> Kind:
        return quoted_share(self.clean, self.quoted, [(one.start, one.end) for one in fragments])
