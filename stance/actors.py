"""Registry of actors, and their mentions in a text: known by alias, unknown by form.

The registry is data (`data/actors.csv`), and so are the words that tell a person from
other capitalised words (`data/persons.csv`: given names, titles, roles).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

from stance.aliases import Alias, alias_at, in_word, longest, without_capital
from stance.names import find_persons, fold
from stance.records import Span
from stance.resources import data_path
from stance.roster import COLUMNS, KINDS, Actor, name_key, read_actors
from stance.text import normalise

_WORD = re.compile(r"[^\W_]+")
_CAPITAL = re.compile(r"[^a-z \W_][^\W_]*+")  # a space is in \W: named, it is passed faster
_BEFORE = re.compile(r"(?:\w|[^\W_]['-])\Z")
_AFTER = re.compile(r"\w|['-][A-Z]")

__all__ = ["COLUMNS", "KINDS", "Actor", "Mention", "Registry", "load_registry"]


@dataclass(frozen=True, slots=True)
class Mention:
    """An actor as printed in a text.

    Attributes
    ----------
    span : Span
        The words, without a possessive ending.
    actor_id : str or None
        The registry's id; None for somebody the registry does not know.
    name : str
        The canonical name, or the fullest name the text gives.
    kind : str
        One of `KINDS`.
    """

    span: Span
    actor_id: str | None
    name: str
    kind: str


class Registry:
    """Actors by alias; finds their mentions, and those of unknown persons, in a text."""

    def __init__(self, actors: Iterable[Actor]) -> None:
        self.actors = tuple(actors)
        self.by_id = {actor.id: actor for actor in self.actors}
        self._aliases: dict[str, Actor] = {}
        self._index: dict[str, list[tuple[str, bool, Actor]]] = {}  # by first word as printed
        self._shaped: dict[str, list[Alias]] = {}  # the same of the words that texts had
        self.demonyms: dict[str, Actor] = {}
        for actor in self.actors:
            for alias in (actor.name, *actor.aliases):
                self._add(alias, actor)
        self._small = without_capital(self._index)

    def canonical(self, name: str) -> Actor | None:
        """Return the actor that bears this name or alias, in any case and with any accents."""
        return self._aliases.get(name_key(name))

    def find(self, text: str) -> list[Mention]:
        """Return every mention of an actor, in order, none overlapping another.

        The longest alias wins. Persons the registry does not know are found by form (a given
        name or title before a surname, or an apposition after the name); once the text has
        given a full name, the surname alone is a mention of it too, unless two persons of the
        text bear that surname.
        """
        folded = fold(normalise(text))
        known = self._known(folded)
        whole = [
            (start, end) for start, end, actor in known if not _is_surname(folded, start, actor)
        ]
        persons = find_persons(folded, whole)
        known, persons = _apart(folded, known, persons)
        found = sorted(
            _resolved(text, folded, known, persons), key=lambda mention: mention.span.start
        )
        return _with_holders(found, folded)

    def _add(self, alias: str, actor: Actor) -> None:
        key = name_key(alias)
        if not key:
            return
        self._aliases[key] = actor
        printed = fold(normalise(alias)).strip()
        article = printed.lower().startswith("the ")
        printed = printed[4:] if article else printed
        first = _WORD.search(printed)
        if first is None:
            return
        word = first.group()
        for form in {word, word.upper(), word[:1].upper() + word[1:]}:
            self._index.setdefault(form, []).append((printed, article, actor))
        if actor.kind == "government" and key.endswith(" government") and key.count(" ") == 1:
            self.demonyms.setdefault(key.split()[0], actor)

    def _shape(self, word: str) -> list[Alias]:
        """Return the aliases that start with a word, the longest first."""
        aliases = [
            alias_at(printed, word, actor, article=article)
            for printed, article, actor in self._index[word]
        ]
        aliases.sort(key=lambda alias: -alias.length)
        self._shaped[word] = aliases
        return aliases

    def _known(self, folded: str) -> list[tuple[int, int, Actor]]:
        """Return start, end and actor of every alias in the folded text."""
        found: list[tuple[int, int, Actor]] = []
        index, done = self._index, 0
        starts = [
            (match.start(), word)
            for match in _CAPITAL.finditer(folded)
            if (word := match[0]) in index
        ]
        for stem, phrases in self._small:
            at = folded.find(stem)
            while at >= 0:
                starts += [(at, word) for words, word in phrases if folded.startswith(words, at)]
                at = folded.find(stem, at + 1)
        starts.sort()
        for start, word in starts:
            if start < done or (start and in_word(folded[start - 1])):
                continue
            hit = longest(folded, start, self._shaped.get(word) or self._shape(word))
            if hit is not None:
                done = start + hit.length
                start = _with_article(folded, start) if hit.article else start
                found.append((start, done, hit.actor))
        return found


def load_registry(path: Path | None = None) -> Registry:
    """Read and check a table of actors; without `path` the shipped one (once per process).

    Raises
    ------
    DataError
        Naming every row that is malformed, doubled, or claims another row's alias.
    """
    return _default_registry() if path is None else Registry(read_actors(path))


@cache
def _default_registry() -> Registry:
    return Registry(read_actors(data_path("actors.csv")))


def _is_surname(folded: str, start: int, actor: Actor) -> bool:
    return actor.kind == "person" and folded[max(0, start - 1) : start] == " "


def _apart(
    folded: str,
    known: list[tuple[int, int, Actor]],
    persons: list[tuple[int, int, str, str]],
) -> tuple[list[tuple[int, int, Actor]], list[tuple[int, int, str, str]]]:
    """Tell Jane Novak from the registry's Novak, and Mara J. Novak from neither.

    A name that was found by form and ends with an alias is that actor's where its first word
    is one of the actor's names too, else another person's.
    """
    starts = [start for start, _, _ in known]
    ends = {end: (start, actor) for start, end, actor in known}
    gone: set[int] = set()
    longer: list[tuple[int, int, Actor]] = []
    others: list[tuple[int, int, str, str]] = []
    for person in persons:
        start, end, name, _ = person
        held = ends.get(end)
        if held is None:
            others.append(person)
            for index in range(bisect_left(starts, start), bisect_left(starts, end)):
                gone.add(starts[index])
        elif held[0] > start:
            gone.add(held[0])
            first = name.split()[0].casefold()
            names = (held[1].name, *held[1].aliases)
            if any(name_key(alias).split()[:1] == [first] for alias in names):
                longer.append((start, end, held[1]))
            else:
                others.append(person)
    inside = [one for one in known if one[0] not in gone]
    return sorted(inside + longer, key=lambda one: one[0]), others


def _with_article(folded: str, start: int) -> int:
    before = folded[max(0, start - 5) : start]
    if before[-4:].lower() == "the " and not before[:-4].isalnum():
        return start - 4
    return start


def _resolved(
    text: str,
    folded: str,
    known: list[tuple[int, int, Actor]],
    persons: list[tuple[int, int, str, str]],
) -> Iterable[Mention]:
    full: dict[str, dict[str, str]] = {}  # surname → names that bear it → id
    for start, end, name, surname in persons:
        if " " in name:
            full.setdefault(surname, {})[text[start:end]] = ""
    for start, end, actor in known:
        if actor.kind == "person":
            words = folded[start:end].split()
            if len(words) > 1:
                full.setdefault(words[-1], {})[actor.name] = actor.id
    spans: dict[int, Mention] = {}
    for start, end, actor in known:
        if actor.kind == "person":
            bearers = full.get(folded[start:end])
            if bearers and actor.id not in bearers.values():
                continue  # the text introduces somebody else of that surname
        spans[start] = Mention(Span(start, end, text[start:end]), actor.id, actor.name, actor.kind)
    for start, end, name, surname in persons:
        printed = text[start:end]
        bearers = full.get(surname, {})
        span = Span(start, end, printed)
        if " " not in name and len(bearers) == 1:
            (printed,) = bearers
        spans[start] = Mention(span, bearers.get(printed) or None, printed, "person")
    yield from spans.values()
    yield from _surnames(text, folded, spans, full)


def _with_holders(mentions: list[Mention], folded: str) -> list[Mention]:
    """Drop an office that is printed as a title, and give it to its one holder elsewhere.

    In *Norish President Karl Brandt* the office is no actor of its own; *the Norish president*
    is Karl Brandt where the text gives that office to nobody else.
    """
    holders: dict[str, dict[str, Mention]] = {}
    titles: set[int] = set()
    for one, other in pairwise(mentions):
        if one.kind != "office" or other.kind != "person" or not one.actor_id:
            continue
        if folded[one.span.end : other.span.start] == " ":
            holders.setdefault(one.actor_id, {})[other.name] = other
            titles.add(one.span.start)
    if not titles:
        return mentions
    kept = []
    for mention in mentions:
        held = holders.get(mention.actor_id or "", {})
        if mention.span.start in titles:
            continue
        if len(held) == 1:
            (holder,) = held.values()
            mention = replace(mention, actor_id=holder.actor_id, name=holder.name, kind=holder.kind)
        kept.append(mention)
    return kept


def _surnames(
    text: str, folded: str, spans: Mapping[int, Mention], full: Mapping[str, dict[str, str]]
) -> Iterable[Mention]:
    if not full:
        return
    covered = sorted((m.span.start, m.span.end) for m in spans.values())
    position = 0
    for start, end in sorted(_alone(folded, full)):
        while position < len(covered) and covered[position][1] <= start:
            position += 1
        if position < len(covered) and covered[position][0] < end:
            continue
        bearers = full[folded[start:end]]
        if len(bearers) == 1:
            ((name, actor_id),) = bearers.items()
        else:
            name, actor_id = text[start:end], ""
        yield Mention(Span(start, end, text[start:end]), actor_id or None, name, "person")


def _alone(folded: str, surnames: Iterable[str]) -> Iterable[tuple[int, int]]:
    """Return where the surnames stand as whole words: not *Doe* in *Doe-Roe* or *O'Doe*."""
    for surname in surnames:
        start = folded.find(surname)
        while start >= 0:
            end = start + len(surname)
            if (
                not start
                or folded[start - 1] == " "
                or not _BEFORE.search(folded, max(0, start - 2), start)
            ) and not _AFTER.match(folded, end):
                yield start, end
            start = folded.find(surname, end)
