"""Registry of actors, and their mentions in a text: known by alias, unknown by form.

The registry is data (`data/actors.csv`), and so are the words that tell a person from
other capitalised words (`data/persons.csv`: given names, titles, roles).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stance.errors import DataError
from stance.records import Span
from stance.resources import data_path
from stance.text import normalise

KINDS = ("person", "government", "organisation", "office")
COLUMNS = (
    "id", "name", "kind", "aliases", "office", "country", "gender", "number", "wikidata",
)  # fmt: skip
_GENDERS = ("", "f", "m")
_NUMBERS = ("", "singular", "plural")
_QID = re.compile(r"Q[1-9][0-9]*\Z")
_WORD = re.compile(r"[^\W_]+")
_CAPITALS = re.compile(
    r"(?:(?:[A-Z]|Mrs?|Ms|Dr|Sen|Rep|Gov|Gen|Lt|Col|Maj|Capt|Adm|Prof|Rev|Sgt|St|Jr|Sr)\.|"
    r"[A-Z][\w'-]*+)"
    r"(?: (?:(?:[A-Z]|Mrs?|Ms|Dr|Sen|Rep|Gov|Gen|Lt|Col|Maj|Capt|Adm|Prof|Rev|Sgt|St|Jr|Sr)\.|"
    r"[A-Z][\w'-]*+|(?:van|von|der|den|de|del|di|da|la|le|bin|al|ter)(?= [A-Z]))){0,7}+"
)
_POSSESSIVE = re.compile(r"'s?$")
_NOT_NAMES = frozenset(
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "i",
        "the",
        "a",
        "an",
        "in",
        "on",
        "at",
        "for",
        "and",
        "but",
        "he",
        "she",
        "it",
        "they",
        "we",
        "you",
        "this",
        "that",
        "these",
        "those",
        "who",
        "what",
        "when",
        "where",
        "why",
        "how",
        "is",
        "was",
        "are",
        "were",
        "not",
        "his",
        "her",
        "its",
        "their",
        "our",
        "my",
        "new",
        "says",
        "said",
    ]
)
_AFTER_NAME = re.compile(
    r", (?:(?:a|an|the|then|now|former|one of|[\w.]+'s?) (?P<apposition>[^,.;:()\n]{3,80})"
    r"|(?:aged )?[1-9][0-9],)"
)


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor of the registry; `offices` are ``title@from-to`` as in the table."""

    id: str
    name: str
    kind: str
    aliases: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    country: str = ""
    gender: str = ""
    number: str = "singular"
    wikidata: str = ""


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
        self._index: dict[str, list[tuple[str, bool, Actor]]] = {}
        self.demonyms: dict[str, Actor] = {}
        for actor in self.actors:
            for alias in (actor.name, *actor.aliases):
                self._add(alias, actor)
        for entries in self._index.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def canonical(self, name: str) -> Actor | None:
        """Return the actor that bears this name or alias, in any case and with any accents."""
        return self._aliases.get(_key(name))

    def find(self, text: str) -> list[Mention]:
        """Return every mention of an actor, in order, none overlapping another.

        The longest alias wins. Persons the registry does not know are found by form (a given
        name or title before a surname, or an apposition after the name); once the text has
        given a full name, the surname alone is a mention of it too, unless two persons of the
        text bear that surname.
        """
        folded = fold(normalise(text))
        known = self._known(folded)
        persons = _persons(folded, known, self)
        return sorted(
            _resolved(text, folded, known, persons), key=lambda mention: mention.span.start
        )

    def _add(self, alias: str, actor: Actor) -> None:
        key = _key(alias)
        if not key:
            return
        self._aliases[key] = actor
        printed = fold(normalise(alias)).strip()
        article = printed.lower().startswith("the ")
        printed = printed[4:] if article else printed
        first = _WORD.search(printed)
        if first is None:
            return
        entry = (printed, article, actor)
        self._index.setdefault(first.group().lower(), []).append(entry)
        if actor.kind == "government" and key.endswith(" government") and key.count(" ") == 1:
            self.demonyms.setdefault(key.split()[0], actor)

    def _known(self, folded: str) -> list[tuple[int, int, Actor]]:
        """Return start, end and actor of every alias in the folded text."""
        found: list[tuple[int, int, Actor]] = []
        index, done = self._index, 0
        for match in _WORD.finditer(folded):
            word = match.group()
            entries = index.get(word.lower())
            if entries is None or match.start() < done:
                continue
            hit = _longest(folded, match.start(), entries)
            if hit is not None:
                end, article, actor = hit
                start = _with_article(folded, match.start()) if article else match.start()
                found.append((start, end, actor))
                done = end
        return found


def load_registry(path: Path | None = None) -> Registry:
    """Read and check a table of actors; without `path` the shipped one (once per process).

    Raises
    ------
    DataError
        Naming every row that is malformed, doubled, or claims another row's alias.
    """
    return _default_registry() if path is None else Registry(_read(path))


def fold(text: str) -> str:
    """Drop diacritics; the length stays, so offsets do too."""
    if text.isascii():
        return text
    return text.translate({ord(char): _base(char) for char in set(text) if not char.isascii()})


@cache
def person_words() -> Mapping[str, dict[str, str]]:
    """Return word → gender for each kind of `data/persons.csv`, such as ``title``."""
    kinds: dict[str, dict[str, str]] = {}
    with data_path("persons.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            kinds.setdefault(row["kind"], {})[row["word"]] = row["gender"]
    return kinds


@cache
def _base(char: str) -> str:
    special = {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "ß": "s"}
    if char in special:
        return special[char]
    first = unicodedata.normalize("NFKD", char)[0]
    return first if first.isascii() and first.isalpha() else char


@cache
def _default_registry() -> Registry:
    return Registry(_read(data_path("actors.csv")))


def _key(name: str) -> str:
    key = " ".join(fold(normalise(name)).split()).casefold()
    return key.removeprefix("the ")


def _longest(
    folded: str, start: int, entries: list[tuple[str, bool, Actor]]
) -> tuple[int, bool, Actor] | None:
    for printed, article, actor in entries:
        end = start + len(printed)
        piece = folded[start:end]
        if not _same(piece, printed):
            continue
        if end < len(folded) and (folded[end].isalnum() or folded[end] == "_"):
            continue
        if start and (folded[start - 1].isalnum() or folded[start - 1] == "_"):
            continue
        return end, article or actor.kind == "organisation", actor
    return None


def _same(piece: str, printed: str) -> bool:
    """Compare as printed, or all in capitals, or with a capital at a sentence's start."""
    if piece == printed:
        return True
    if len(printed) > 3 and piece.isupper():
        return piece == printed.upper()
    return piece[:1].isupper() and piece[1:] == printed[1:] and piece[:1] == printed[:1].upper()


def _with_article(folded: str, start: int) -> int:
    before = folded[max(0, start - 5) : start]
    if before[-4:].lower() == "the " and not before[:-4].isalnum():
        return start - 4
    return start


def _persons(
    folded: str, known: list[tuple[int, int, Actor]], registry: Registry
) -> list[tuple[int, int, str, str]]:
    """Return start, end, full name and surname of persons that the registry does not know."""
    taken = {start: end for start, end, _ in known}
    covered = sorted(taken.items())
    found = []
    position = 0
    for match in _CAPITALS.finditer(folded):
        while position < len(covered) and covered[position][1] <= match.start():
            position += 1
        if position < len(covered) and covered[position][0] < match.end():
            continue
        person = _person(folded, match.start(), match.group())
        if person is not None:
            start, end = person
            name = folded[start:end]
            found.append((start, end, name, name.rpartition(" ")[2]))
    return found


def _person(folded: str, start: int, run: str) -> tuple[int, int] | None:
    """Return start and end of the person's name in a run of capitalised words, if there is one."""
    words = person_words()
    given, titles, roles = words["given"], words["title"], words["role"]
    pieces = []
    for match in re.finditer(r"[^ ]+", run):
        low = match.group().lower().rstrip(".")
        pieces.append((start + match.start(), match.group(), low))
        if match.group().endswith(("'s", "'")):
            break
    lows = [low for _, _, low in pieces]
    first, sure = 0, False
    for index, low in enumerate(lows):
        if low in titles or low in roles:
            first, sure = index + 1, True
        elif low in _NOT_NAMES:
            if index > first:
                pieces, lows = pieces[:index], lows[:index]
                break
            first = index + 1
        elif low in given and not any(after in titles for after in lows[index + 1 : index + 3]):
            first, sure = (first if sure and first == index else index), True
            break
    last = next((i for i in range(first, len(lows)) if lows[i] in _NOT_NAMES), len(lows))
    pieces = pieces[first:last]
    if not pieces:
        return None
    begin = pieces[0][0]
    end = begin + len(_POSSESSIVE.sub("", folded[begin : pieces[-1][0] + len(pieces[-1][1])]))
    sure = sure and (len(pieces) > 1 or first > 0)
    if not sure and len(pieces) in (2, 3) and not any(low in words["collective"] for low in lows):
        sure = _introduced(folded, begin, end)
    return (begin, end) if sure and len(pieces) <= 4 and end - begin > 2 else None


def _introduced(folded: str, begin: int, end: int) -> bool:
    """Tell whether a role stands right before a name, or in an apposition after it."""
    roles = person_words()["role"]
    before = folded[max(0, begin - 30) : begin].split()
    if before and before[-1] in roles:
        return True
    match = _AFTER_NAME.match(folded, end, end + 100)
    if match is None:
        return False
    apposition = match["apposition"]
    return apposition is None or any(word in roles for word in apposition.lower().split())


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
        words = folded[start:end].split()
        if actor.kind == "person" and len(words) > 1:
            full.setdefault(words[-1], {})[actor.name] = actor.id
    spans: dict[int, Mention] = {}
    for start, end, actor in known:
        bearers = full.get(folded[start:end], {})
        if actor.kind == "person" and bearers and actor.id not in bearers.values():
            continue  # the text introduces somebody else of that surname
        spans[start] = Mention(Span(start, end, text[start:end]), actor.id, actor.name, actor.kind)
    for start, end, name, surname in persons:
        printed = text[start:end]
        bearers = full.get(surname, {})
        if " " not in name and len(bearers) == 1:
            printed = next(iter(bearers))
        spans[start] = Mention(
            Span(start, end, text[start:end]), bearers.get(printed) or None, printed, "person"
        )
    yield from spans.values()
    yield from _surnames(text, folded, spans, full)


def _surnames(
    text: str, folded: str, spans: Mapping[int, Mention], full: Mapping[str, dict[str, str]]
) -> Iterable[Mention]:
    if not full:
        return
    covered = sorted((m.span.start, m.span.end) for m in spans.values())
    position = 0
    for match in _WORD.finditer(folded):
        start, end = match.span()
        while position < len(covered) and covered[position][1] <= start:
            position += 1
        bearers = full.get(match.group())
        if bearers is None or (position < len(covered) and covered[position][0] < end):
            continue
        if len(bearers) == 1:
            ((name, actor_id),) = bearers.items()
        else:
            name, actor_id = text[start:end], ""
        yield Mention(Span(start, end, text[start:end]), actor_id or None, name, "person")


def _read(path: Path) -> list[Actor]:
    problems: list[str] = []
    actors: list[Actor] = []
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise DataError(
                f"{path.name} has the columns {reader.fieldnames}; expected {', '.join(COLUMNS)}"
            )
        for number, row in enumerate(reader, 2):
            where = f"row {number} ({row['id']})"
            if None in row or None in row.values():
                problems.append(f"{where}: wrong number of columns")
                continue
            problems.extend(f"{where}: {problem}" for problem in _row_problems(row))
            actors.append(_actor(row))
    problems.extend(_clashes(actors))
    if problems:
        shown = "; ".join(problems[:5]) + ("; …" if len(problems) > 5 else "")
        raise DataError(f"{path.name} has {len(problems)} problems: {shown}", tuple(problems))
    return actors


def _actor(row: Mapping[str, str]) -> Actor:
    return Actor(
        id=row["id"].strip(),
        name=row["name"].strip(),
        kind=row["kind"],
        aliases=tuple(part.strip() for part in row["aliases"].split("|") if part.strip()),
        offices=tuple(part.strip() for part in row["office"].split("|") if part.strip()),
        country=row["country"],
        gender=row["gender"],
        number=row["number"] or "singular",
        wikidata=row["wikidata"],
    )


def _row_problems(row: Mapping[str, str]) -> Iterable[str]:
    if not row["id"].strip() or not row["name"].strip():
        yield "id and name must not be empty"
    if row["kind"] not in KINDS:
        yield f"kind {row['kind']!r}; expected one of {', '.join(KINDS)}"
    if row["gender"] not in _GENDERS:
        yield f"gender {row['gender']!r}; expected f, m or nothing"
    if row["number"] not in _NUMBERS:
        yield f"number {row['number']!r}; expected singular or plural"
    if row["wikidata"] and not _QID.match(row["wikidata"]):
        yield f"wikidata {row['wikidata']!r}; expected Q and digits"


def _clashes(actors: Iterable[Actor]) -> Iterable[str]:
    ids: set[str] = set()
    owners: dict[str, str] = {}
    for actor in actors:
        if actor.id in ids:
            yield f"{actor.id}: the id occurs twice"
        ids.add(actor.id)
        for alias in {_key(name): name for name in (actor.name, *actor.aliases)}.items():
            owner = owners.setdefault(alias[0], actor.id)
            if owner != actor.id:
                yield f"{actor.id}: alias {alias[1]!r} belongs to {owner} already"
