"""Who is in focus at a place of an article: names, roles, offices, in order of their rank."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Sequence

from stance.actors import Mention, Registry
from stance.grammar import PREPOSITIONS
from stance.names import fold, person_words
from stance.people import People, Person, key_of
from stance.roster import Actor
from stance.text import word_set

Offsets = tuple[int, int]

MAX_HOLDERS = 20  # persons of one office looked at, the last introduced first; a guess
PEOPLE = ("person", "office")  # whom *he* and *she* may mean
REACH = 6  # units looked back for a pronoun; a guess
WORD = re.compile(r"[^\W_]+(?:[-'.][^\W_]+)*")
GENDERS = {"he": "m", "she": "f", "him": "m", "her": "f", "his": "m"}
_FILLERS = word_set(
    "the that this former new then current outgoing incoming late long-time longtime top"
)
_FIRST_NOMINAL = re.compile(
    r"The (?:[\w-]+ ){0,3}?([a-z]+)(?= (?:has|had|is|was|will|also|[a-z]+ed)\b|,)"
)
_FIRST_PRONOUN = re.compile(
    r"(?:(?:But|And|Yet|So|Still|However|Instead|Later|Then|Also),? |[A-Z][a-z]+ [^,.]{3,40}, )?"
    r"\b(He|She|he|she)\b"
)
_BEFORE_PRONOUN = tuple(
    word_set("He She he she But And Yet So Still However Instead Later Then Also")
)  # or a comma right before it
_DISTINCTIVE = word_set("foreign defense defence prime interior finance vice deputy")


class Focus:
    """Whom an article names where, and whom a pronoun or a role may mean at a place.

    Parameters
    ----------
    text, clean : str
        The text as handed in, and normalised (same length).
    mentions : sequence of Mention
        In order.
    quoted : sequence of (start, end)
        Stretches in quotation marks, in order: who is named there is nobody's subject.
    units : sequence of (start, end)
        The units that pronouns look back over, in order.
    contents : sequence of (start, end)
        What is said, in order of its start: who is named there rarely speaks next.
    held : callable, optional
        Phrase → who held that office on the article's day; None where the day is unknown.
    """

    def __init__(
        self,
        text: str,
        clean: str,
        mentions: Sequence[Mention],
        quoted: Sequence[Offsets],
        units: Sequence[Offsets],
        registry: Registry,
        contents: Sequence[Offsets] = (),
        held: Callable[[str], Actor | None] | None = None,
    ) -> None:
        self._held = held
        self._content_starts = [start for start, _ in contents]
        ends = [end for _, end in contents]  # the last of four, as contents may overlap
        self._content_ends = [max(ends[max(0, k - 3) : k + 1]) for k in range(len(ends))]
        self.text, self.clean, self.registry = text, clean, registry
        self._quote_starts = [start for start, _ in quoted]
        self._quoted = quoted
        self._unit_starts = [start for start, _ in units]
        self._mentions = mentions
        self._starts = [mention.span.start for mention in mentions]
        self._keys = [key_of(mention) for mention in mentions]
        people = People(clean, registry)
        for mention, key in zip(mentions, self._keys, strict=True):
            people.introduce(mention, key)
        self._persons = people.by_key
        self._holders = people.holders()
        self._focus: list[list[tuple[int, int, str]]] = [[] for _ in units]
        self._fill_focus(units)

    def _fill_focus(self, units: Sequence[Offsets]) -> None:
        """Note each unit's names, and whom its first words mean."""
        clean = self.clean
        for index, (start, end) in enumerate(units):
            self._focus[index] = self._named(start, end)
            stop = min(end, start + 60)
            if clean.startswith("The ", start):
                nominal = _FIRST_NOMINAL.match(clean, start, stop)
                if nominal is not None and nominal[1] in person_words()["role"]:
                    self._first_nominal(index, start, nominal.end())
            if not clean.startswith(_BEFORE_PRONOUN, start) and clean.find(", ", start, stop) < 0:
                continue
            match = _FIRST_PRONOUN.match(clean, start, stop)
            if match and not self._in_quotation(match.start(1)):
                found = self._antecedent(match.start(1), GENDERS[match[1].lower()])
                if found is not None:
                    others = [(at, 2, key) for at, _, key in self._focus[index]]
                    self._focus[index] = [(match.start(1), 1, found), *others]

    def _named(self, start: int, end: int) -> list[tuple[int, int, str]]:
        """Return place, rank and key of a unit's names outside quotations: 1 for the first."""
        entries: list[tuple[int, int, str]] = []
        first = True
        for k in range(bisect_left(self._starts, start), bisect_left(self._starts, end)):
            at = self._starts[k]
            if self._in_quotation(at):
                continue
            if self._in_content(at):
                rank = 3
            elif first and not self.clean.startswith("'s", self._mentions[k].span.end):
                rank, first = 1, False
            else:
                rank = 2
            entries.append((at, rank, self._keys[k]))
        return entries

    def _first_nominal(self, index: int, start: int, end: int) -> None:
        """Note *The minister* at the start of a unit: its subject, whether or not it speaks."""
        if any(at < end for at, _, _ in self._focus[index]):
            return
        words = WORD.findall(self.clean[start:end])
        key = self._by_office(start, [word.lower() for word in words], words)
        if key is None:
            if any(self._focus[k] for k in range(max(0, index - REACH), index)):
                return  # most likely somebody who was named before, but who?
            key = self._nobody(" ".join(words[1:]), words[-1].lower())
        others = [(at, max(rank, 2), other) for at, rank, other in self._focus[index]]
        self._focus[index] = [(start, 1, key), *others]

    def _appoint(self, key: str, role: str, words: Sequence[str], position: int) -> None:
        """Take up that somebody has an office, told at a position."""
        person = self._persons[key]
        if person.actor_id is not None:
            return
        person.context.update(words)
        if role not in person.roles:
            person.roles.add(role)
            insort(self._holders.setdefault(role, []), (position, key))

    def _nobody(self, name: str, role: str) -> str:
        """Return the key of somebody whom the text names by a role, or by an unknown name, only."""
        key = f"~{fold(name).casefold()}"
        gender = person_words()["role"].get(role, "")
        self._persons.setdefault(key, Person(name, None, "person", gender, False, {role}, set()))
        return key

    def _several(self, name: str) -> str:
        """Return the key of several persons whom the text names by their role only."""
        key = f"~{fold(name).casefold()}"
        self._persons.setdefault(key, Person(name, None, "group", "", True, set(), set()))
        return key

    def _between(self, start: int, end: int) -> Iterable[Mention]:
        return self._mentions[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def _in_quotation(self, position: int) -> bool:
        k = bisect_right(self._quote_starts, position) - 1
        return k >= 0 and position < self._quoted[k][1]

    def _in_content(self, position: int) -> bool:
        k = bisect_right(self._content_starts, position) - 1
        return k >= 0 and position < self._content_ends[k]

    def _unit(self, position: int) -> int:
        return max(0, bisect_right(self._unit_starts, position) - 1)

    def _note(self, position: int, rank: int, key: str) -> None:
        if self._focus:
            self._focus[self._unit(position)].append((position, rank, key))

    def _antecedent(self, position: int, gender: str) -> str | None:
        """Return the last subject before `position` that the pronoun may mean."""
        if not self._focus:
            return None
        unit = self._unit(position)
        for k in range(unit, max(-1, unit - REACH), -1):
            best: tuple[int, int, str] | None = None
            for at, rank, key in self._focus[k]:
                person = self._persons[key]
                if at >= position or person.kind not in PEOPLE or person.gender not in ("", gender):
                    continue
                if person.kind == "office" and rank:
                    continue  # an office that said nothing is rarely meant
                score = (rank + (2 if not person.gender else 0), -at if rank == 0 else at)
                if best is None or score < best[:2]:
                    best = (*score, key)
            if best is not None:
                return best[2]
        return None

    def _by_office(self, position: int, lows: list[str], words: list[str]) -> str | None:
        """Return the person named before to whom the text gave the office *the X minister*."""
        roles = person_words()["role"]
        last = len(lows)
        for k, low in enumerate(lows):
            if low in PREPOSITIONS and k:
                last = k
                break
        office = lows[last - 1]
        if office not in roles:
            return None
        wanted = [
            (low, word[0].isupper())
            for low, word in zip(lows[: last - 1], words, strict=False)
            if low not in _FILLERS
        ]
        holders = self._holders.get(office, [])
        holders = holders[: bisect_left(holders, position, key=lambda holder: holder[0])]
        fits = [
            key
            for _, key in holders[-MAX_HOLDERS:]
            if all(self._fits(low, capital, self._persons[key]) for low, capital in wanted)
        ]
        return fits[0] if len(fits) == 1 else self._latest(fits, position)

    def _fits(self, low: str, capital: bool, person: Person) -> bool:
        if low in person.context:
            return True
        if capital:
            actor = self.registry.demonyms.get(low)
            own = self.registry.by_id.get(person.actor_id or "")
            if actor is not None and own is not None:
                return actor.country == own.country
            return any(word.startswith(low[:4]) for word in person.context)
        return not person.actor_id and low not in _DISTINCTIVE

    def _latest(self, fits: Sequence[str], position: int) -> str | None:
        """Return the candidate noted last, if it stands in the last two units."""
        unit = self._unit(position)
        for k in range(unit, max(-1, unit - 2), -1):
            entries = [e for e in self._focus[k] if e[2] in fits and e[0] < position and e[1] < 2]
            if entries:
                return entries[-1][2]
        return None
