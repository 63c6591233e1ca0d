"""What an article tells of each actor it names: gender, offices, the words around the name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

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
_BREAK = re.compile(r"[.,;:!?\n\"“”()]+ |[,;:\n\"“”()]")
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


@dataclass(frozen=True, slots=True)
class Speaker:
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

    def introduce(self, mention: Mention) -> None:
        """Take up what the words around a mention tell."""
        key = key_of(mention)
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

    def _office_before(self, start: int, end: int) -> list[str]:
        """Return the words of *the deputy minister, Ms Jane Doe,*, the last first."""
        if self.clean[end : end + 1] != ",":
            return []
        match = _OFFICE.search(self.clean, max(0, start - 80), start)
        found = [word.lower() for word in _WORD.findall(match[1])] if match else []
        return found[::-1] if found and found[-1] in person_words()["role"] else []

    def _learn(self, person: Person, mention: Mention) -> None:
        """Take up titles, roles and gender from the words around a name."""
        words = person_words()
        start, end = mention.span.start, mention.span.end
        near: list[str] = []
        before = ""
        if start > 1 and self.clean[start - 1] == " " and self.clean[start - 2] not in _ENDS:
            before = _BREAK.split(self.clean[max(0, start - 80) : start])[-1]
        for word in reversed(_WORD.findall(before)):
            low = word.lower()
            if (low in PREPOSITIONS and low not in ("of", "for")) or low in ("and", "that", "as"):
                break
            near.append(low)
            if low in DETERMINERS:
                break
        if not near or (near == near[:1] and near[0] in words["title"]):
            near += self._office_before(start, end)
        after = _APPOSITION.match(self.clean, end, end + 90)
        apposition = _WORD.findall((after[1] or "").lower()) if after and after[1] else []
        if (
            apposition
            and apposition[0] not in _APPOSITIVE
            and words["role"].keys().isdisjoint(apposition[:5])
        ):
            apposition = []
        for low in [*near[:5], *apposition[:8]]:
            role = _TITLE_ROLES.get(low, low)
            if role in words["role"]:
                person.roles.add(role)
                person.gender = person.gender or words["role"][role]
            elif low in words["title"]:
                person.roles.add(low)
                person.gender = person.gender or words["title"][low]
        if near and near[0] in words["title"] and words["title"][near[0]]:
            person.gender = words["title"][near[0]]
        person.context.update(near[:8])
        person.context.update(apposition[:8])


def key_of(mention: Mention) -> str:
    """Return what tells one actor from another: its id, or its folded name."""
    return mention.actor_id or fold(mention.name)


def _given_gender(name: str) -> str:
    return person_words()["given"].get(fold(name).split()[0].lower(), "")


def _office_words(offices: Iterable[str]) -> Iterable[str]:
    for office in offices:
        yield from _WORD.findall(office.partition("@")[0].lower())
