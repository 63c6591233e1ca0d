"""What an article tells of each actor it names: gender, offices, the words around the name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from stance.actors import Mention, Registry
from stance.grammar import DETERMINERS, PREPOSITIONS
from stance.names import fold, person_words
from stance.text import word_set

Offsets = tuple[int, int]

_WORD = re.compile(r"[^\W_]+(?:[-'.][^\W_]+)*")
_TITLE_ROLES = {
    "sen": "senator", "rep": "representative", "gov": "governor", "gen": "general",
    "pres": "president", "amb": "ambassador", "prof": "professor", "dr": "doctor",
    "lt": "lieutenant", "col": "colonel", "adm": "admiral", "rev": "reverend",
}  # fmt: skip
_ENDS = frozenset(',;:!?\n"“”()')
_STOPS = _ENDS | {"."}
_PARTING = re.compile(r"[,;:\n\"“”()]")
_NO_TITLE = (PREPOSITIONS - {"of", "for"}) | {"and", "that", "as"}  # end what is before a name
_APPOSITION = re.compile(r",? \(?(?:R|D|I)-|, ([^,;:.\n\"“”]{3,80})")
_OFFICE = re.compile(r"\b[Tt]he ([^,.;:()\n\"“”]{3,50}), (?:(?:Mr|Mrs|Ms|Dr)\.? )?\Z")
_APPOSITIVE = word_set("a an the who whose former then one")


@dataclass(slots=True)
class Person:
    name: str
    actor_id: str | None
    kind: str
    gender: str
    plural: bool
    roles: set[str]
    context: set[str]


class Speaker(NamedTuple):
    """A resolved speaker: the span of its mention, its name, its id, and the rule."""

    mention: Offsets | None
    actor: str | None
    actor_id: str | None
    rule: str


class People:
    """The actors of one article by key; `introduce` takes up one mention after the other."""

    def __init__(self, clean: str, registry: Registry) -> None:
        self.clean = clean
        self.registry = registry
        self.by_key: dict[str, Person] = {}
        self._first: dict[str, int] = {}

    def introduce(self, mention: Mention, key: str) -> None:
        """Take up what the words around a mention tell; `key` is its `key_of`."""
        self._first.setdefault(key, mention.span.start)
        person = self.by_key.get(key)
        if person is None:
            actor = self.registry.by_id.get(mention.actor_id or "")
            gender = actor.gender if actor else ""
            plural = actor is not None and actor.number == "plural"
            if mention.kind == "person" and not gender:
                gender = _given_gender(mention.name)
            person = self.by_key[key] = Person(
                mention.name, mention.actor_id, mention.kind, gender, plural, set(), set()
            )
            if actor is not None:
                person.context.update(_office_words(actor.offices))
        if mention.kind == "person":
            self._learn(person, mention)

    def holders(self) -> dict[str, list[tuple[int, str]]]:
        """Return, by office, where its holders are first named, and their keys, in order."""
        roles = person_words()["role"]
        found: dict[str, list[tuple[int, str]]] = {}
        for key, person in self.by_key.items():
            if person.kind == "person":
                held = person.roles | (person.context & roles.keys() if person.actor_id else set())
                for office in held:
                    found.setdefault(office, []).append((self._first[key], key))
        for entries in found.values():
            entries.sort()
        return found

    def _near(self, start: int, end: int) -> list[str]:
        """Return the words before a name that belong to it, the last first, 8 at most."""
        clean = self.clean
        near: list[str] = []
        if start > 1 and clean[start - 1] == " " and clean[start - 2] not in _ENDS:
            for word in _backwards(clean[max(0, start - 80) : start - 1]):
                low = word.lower()
                if low in _NO_TITLE:
                    break
                near.append(low)
                if low in DETERMINERS or len(near) == 8:
                    break
        titled = len(near) == 1 and near[0] in person_words()["title"]
        if clean.startswith(",", end) and (titled or not near):
            near += self._office_before(start)
        return near

    def _office_before(self, start: int) -> list[str]:
        """Return the words of *the deputy minister, Ms Jane Doe,*, the last first."""
        if self.clean.find(", ", max(0, start - 7), start) < 0:
            return []
        match = _OFFICE.search(self.clean, max(0, start - 80), start)
        found = [word.lower() for word in _WORD.findall(match[1])] if match else []
        return found[::-1] if found and found[-1] in person_words()["role"] else []

    def _apposition(self, end: int) -> list[str]:
        """Return the first words of *, the deputy minister*, after a name."""
        if not self.clean.startswith(", ", end):
            return []
        after = _APPOSITION.match(self.clean, end, end + 90)
        words = _WORD.findall(after[1].lower()) if after and after[1] else []
        if (
            words
            and words[0] not in _APPOSITIVE
            and person_words()["role"].keys().isdisjoint(words[:5])
        ):
            return []
        return words[:8]

    def _learn(self, person: Person, mention: Mention) -> None:
        """Take up titles, roles and gender from the words around a name."""
        near = self._near(mention.span.start, mention.span.end)
        apposition = self._apposition(mention.span.end)
        if not near and not apposition:
            return
        words = person_words()
        titles, roles = words["title"], words["role"]
        for low in [*near[:5], *apposition]:
            role = _TITLE_ROLES.get(low, low)
            if role in roles:
                person.roles.add(role)
                person.gender = person.gender or roles[role]
            elif low in titles:
                person.roles.add(low)
                person.gender = person.gender or titles[low]
        if near and titles.get(near[0]):
            person.gender = titles[near[0]]
        person.context.update(near[:8])
        person.context.update(apposition)


def _backwards(before: str) -> Iterator[str]:
    """Return the words before a name, the last first, back to a mark that parts them from it.

    A stop within a word, as in *U.S.-led*, parts nothing.
    """
    for piece in reversed(before.split(" ")):
        if piece.isalpha():
            yield piece
        elif piece:
            if piece[-1] in _STOPS:
                return
            part = _PARTING.split(piece)[-1]
            yield from reversed(_WORD.findall(part))
            if len(part) < len(piece):
                return


def key_of(mention: Mention) -> str:
    """Return what tells one actor from another: its id, or its folded name."""
    return mention.actor_id or fold(mention.name)


def _given_gender(name: str) -> str:
    return person_words()["given"].get(fold(name).split()[0].lower(), "")


@lru_cache(maxsize=4_096)
def _office_words(offices: tuple[str, ...]) -> frozenset[str]:
    return frozenset(
        word for office in offices for word in _WORD.findall(office.partition("@")[0].lower())
    )
