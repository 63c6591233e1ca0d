"""Offices by date: *the German chancellor* of an article → the person who held the office then.

Knowledge is the table of actors alone: each person's offices are ``title@from-to`` in years, or
``title@from/to`` with days where the table knows them. Of a year or month in which the office
changed hands, it belongs to who held it for most of that time, by far, and else to nobody: a
wrong name is worse than none.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from stance.actors import Mention, Registry, load_registry
from stance.errors import InputError
from stance.roster import Actor, name_key, term_of

Days = tuple[str, str]

MOST = 0.6  # share of a year or month that somebody must have held an office; a guess

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:[T ].*)?)?)?\Z", re.DOTALL)
_SPELLINGS = (
    (re.compile(r"\bdefense\b"), "defence"),
    (re.compile(r"\bsecretary-general\b"), "secretary general"),
    (re.compile(r"\bminister (?:of|for) foreign affairs\b"), "foreign minister"),
    (re.compile(r"\bminister of defence\b"), "defence minister"),
    (re.compile(r"\b(?:premier|head of government)\b"), "prime minister"),
    (re.compile(r"\bspokes(?:wo)?man\b"), "spokesperson"),
    (re.compile(r"\bchair(?:wo)?man\b"), "chair"),
)  # fmt: skip
_OWNED = re.compile(r"(?P<owner>[\w.-]+)(?:'s)? (?P<title>[a-z].*)\Z")
_OF = re.compile(r"(?P<title>.+?) of (?P<owner>(?:the )?[^,]+)\Z")


@dataclass(frozen=True, slots=True)
class Term:
    """Somebody in an office, from the first day to the day before the last, as ISO strings."""

    start: str
    end: str
    actor: Actor


def days_of(date: str | dt.date | None) -> Days | None:
    """Return the first and last day that a date may mean, as ISO strings; None for no date.

    Parameters
    ----------
    date : str, datetime.date or None
        ``2015``, ``2015-06``, ``2015-06-30``; a time after the day is left out.

    Raises
    ------
    InputError
        If it is no date.
    """
    if date is None or date == "":
        return None
    if isinstance(date, dt.date):
        return (date.isoformat()[:10],) * 2
    match = _DATE.match(date.strip()) if isinstance(date, str) else None
    try:
        if match is None:
            raise ValueError
        year, month, day = match.groups()
        dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise InputError(
            f"{date!r} is no date; expected the day of the article as 2015-06-30, 2015-06 or 2015"
        ) from None
    return f"{year}-{month or '01'}-{day or '01'}", f"{year}-{month or '12'}-{day or '31'}"


def _share(term: Term, days: Days) -> int:
    """Return how many of the days lie in a term; the ends of a term in years are days too."""
    first = max(_number(term.start), _number(days[0]))
    return max(0, min(_number(term.end), _number(days[1]) + 1) - first)


def _number(day: str) -> int:
    """Return the number of a day; that of a 31st that is none lies in the next month."""
    year, month, rest = (int(part) for part in day.split("-"))
    return dt.date(year, month, 1).toordinal() + rest - 1


class Offices:
    """The offices of a registry by title and owner."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._terms: dict[tuple[str, str], list[Term]] = {}
        self._bodies: dict[str, list[tuple[Term, str]]] = {}  # of a person → terms, owners
        for actor in registry.actors:
            for office in actor.offices:
                title, start, end = term_of(office)
                key = self._key(title)
                if key is not None:
                    term = Term(start, end, actor)
                    self._terms.setdefault(key, []).append(term)
                    self._bodies.setdefault(actor.id, []).append((term, key[1]))
        self._named: dict[str, tuple[str, str]] = {}  # office of the table → key of its title
        for actor in registry.actors:
            if actor.kind == "office":
                keys = (self._key(name) for name in (actor.name, *actor.aliases))
                held = next((key for key in keys if key is not None and key in self._terms), None)
                if held is not None:
                    self._named[actor.id] = held

    def holder(self, phrase: str, days: Days) -> Actor | None:
        """Return who held the office that a phrase names on those days, if it was one person."""
        actor = self.registry.canonical(phrase)
        if actor is not None and actor.kind == "office":
            key = self._named.get(actor.id)
        else:
            key = self._key(phrase)
        terms = self._terms.get(key, ()) if key is not None else ()
        shares: dict[str, float] = {}
        holders = {term.actor.id: term.actor for term in terms}
        for term in terms:
            shares[term.actor.id] = shares.get(term.actor.id, 0) + _share(term, days)
        best = max(shares, key=shares.__getitem__, default=None)
        return (
            holders[best]
            if best is not None and shares[best] > MOST * sum(shares.values())
            else None
        )

    def body(self, actor: Actor, days: Days | None) -> Actor | None:
        """Return the government or organisation that somebody had an office of on those days.

        That of an office itself is who it belongs to. Without days, the one of all terms; None
        where there are several, or no office that the registry knows the owner of.
        """
        if actor.kind == "office":
            key = self._named.get(actor.id) or self._key(actor.name)
            return self.registry.by_id[key[1]] if key is not None else None
        terms = self._bodies.get(actor.id, [])
        if days is not None:
            terms = [(term, owner) for term, owner in terms if _share(term, days)]
        owners = {owner for _, owner in terms}
        return self.registry.by_id[owners.pop()] if len(owners) == 1 else None

    def dated(self, mentions: Iterable[Mention], days: Days) -> list[Mention]:
        """Give the offices among the mentions of a text to who held them on those days."""
        found = []
        for mention in mentions:
            held = self.holder(mention.span.text, days) if mention.kind == "office" else None
            if held is not None:
                mention = replace(mention, actor_id=held.id, name=held.name, kind=held.kind)
            found.append(mention)
        return found

    def _key(self, phrase: str) -> tuple[str, str] | None:
        """Return title and owner of *foreign minister of Spain*, *Spain's foreign minister*."""
        key = name_key(phrase)
        for pattern, word in _SPELLINGS:
            key = pattern.sub(word, key)
        for form in (_OF, _OWNED):
            match = form.match(key)
            owner = self._owner(match["owner"]) if match else None
            if match is not None and owner is not None:
                return match["title"], owner
        return None

    def _owner(self, name: str) -> str | None:
        actor = self.registry.canonical(name) or self.registry.demonyms.get(name)
        return actor.id if actor is not None and actor.kind != "person" else None


@cache
def load_offices() -> Offices:
    """Return the offices of the shipped registry (once per process)."""
    return Offices(load_registry())


def offices_of(registry: Registry) -> Offices:
    """Return the offices of a registry; those of the shipped one are kept."""
    return load_offices() if registry is load_registry() else Offices(registry)
