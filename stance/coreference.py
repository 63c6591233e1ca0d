"""Who is meant: names, titles, pronouns and nominals → the actors of an article.

A name resolves to the mention that is the head of the phrase; a pronoun to the last subject
that fits its gender and number; *the minister* to the person that the text gave that office.
Where nothing fits, the answer is None: a wrong name is worse than none.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property

from stance.actors import Mention
from stance.focus import GENDERS, PEOPLE, WORD, Focus
from stance.grammar import PREPOSITIONS, RELATIVES
from stance.names import fold, person_words
from stance.people import Person, Speaker, key_of
from stance.text import word_set

_AFTER_HEAD = re.compile(r"['’]?$|,|\s*\(|\s+(?:of|for|from|at|in|on|who|and|or|with|as)\b|\s*[—-]")
_JOINED = re.compile(r"(?:\band|,|\bor) (?:the )?(?:[A-Z][\w'-]*\.? |[a-z]+ (?=[A-Z]|$)){0,4}$")
_AFTER_OFFICE = re.compile(r", (?:(?:Mr|Mrs|Ms|Dr)\.? )?")
_AFTER_ROLE = PREPOSITIONS | RELATIVES
_AFTER_NOUN = word_set("familiar close involved briefed present based responsible there here")
_PLURAL = word_set("they their them")
_SINGULAR = word_set("it its")
_PRONOUNS = GENDERS.keys() | word_set(
    "it its they them their i we you who one us me my our your which that those these q a"
)


class Resolver(Focus):
    """Resolves the speakers of one article, in text order (parameters: see `Focus`)."""

    def resolve(self, start: int, end: int) -> list[Speaker]:
        """Return the speakers named by the phrase at `start`: one, or several joined by *and*."""
        phrase = self.clean[start:end]
        low = phrase.strip().lower()
        if low in _PRONOUNS:
            return [self._by_pronoun(low, start, end)]
        apposed = self._apposed(start, end)
        if apposed is not None:
            return [apposed]
        heads = self._heads(start, end)
        if len(heads) == 1 and heads[0].kind == "office":  # the holder, where the text names one
            held = self._nominal(start, end)
            if held.rule == "office":
                return [held]
        if heads:
            speakers = []
            for mention in heads:
                key = key_of(mention)
                person = self._persons[key]
                span = (mention.span.start, mention.span.end)
                self._note(span[0], 0, key)
                dated = person.kind == "person" and self._is_dated(*span)
                rule = "office-date" if dated else "name"
                speakers.append(Speaker(span, person.name, person.actor_id, rule))
            return speakers
        return [self._remembered(self._nominal(start, end))]

    def _is_dated(self, start: int, end: int) -> bool:
        """Tell whether words that mean a person are an office: the article's day told who."""
        known = self.registry.canonical(self.clean[start:end]) if self._held else None
        return known is not None and known.kind == "office"

    def _apposed(self, start: int, end: int) -> Speaker | None:
        """Resolve *Norland's foreign minister* by the known name after it: ``, Jane Doe,``."""
        after = _AFTER_OFFICE.match(self.clean, end) if self.clean.startswith(",", end) else None
        if after is None:
            return None
        words = self.clean[start:end].lower().split()
        last = next((k for k, low in enumerate(words) if low in PREPOSITIONS and k), len(words))
        role = words[last - 1]
        if role not in person_words()["role"]:
            return None
        k = bisect_left(self._starts, after.end())
        if k >= len(self._starts) or self._starts[k] != after.end():
            return None
        mention = self._mentions[k]
        if mention.kind != "person" or (mention.actor_id is None and " " not in mention.name):
            return None
        self._note(start, 0, key_of(mention))
        self._appoint(key_of(mention), role, words, start)
        return Speaker((start, end), mention.name, mention.actor_id, "apposition")

    def _remembered(self, speaker: Speaker) -> Speaker:
        """Let a later *he* or *she* mean *the minister*, whom the text does not name."""
        if speaker.rule != "nominal" or speaker.actor is None or speaker.mention is None:
            return speaker
        words = WORD.findall(speaker.actor)
        lows = [word.lower() for word in words]
        last = next((k for k, low in enumerate(lows) if low in _AFTER_ROLE and k), len(words))
        while last > 1 and lows[last - 1] in _AFTER_NOUN:
            last -= 1
        role = lows[last - 1] if words else ""
        if role in person_words()["role"] or self._is_name(words, lows):
            self._note(speaker.mention[0], 0, self._nobody(speaker.actor, role))
        elif role.endswith("s") and role[:-1] in person_words()["role"]:
            self._note(speaker.mention[0], 0, self._several(speaker.actor))
        return speaker

    def _is_name(self, words: Sequence[str], lows: Sequence[str]) -> bool:
        """Tell whether two words may be a person's name, though nothing else tells so."""
        kinds = person_words()
        return (
            len(words) == 2
            and all(word[0].isupper() and not word.isupper() for word in words)
            and not any(low in kinds["collective"] or low in kinds["document"] for low in lows)
            and not any(low in self.registry.demonyms for low in lows)
        )

    # -- pronouns ----------------------------------------------------------------------

    def _by_pronoun(self, low: str, start: int, end: int) -> Speaker:
        if low in GENDERS:
            return self._pronoun(start, end, GENDERS[low])
        if low in ("its", "their"):
            return self._owner(start, end)
        if low in _PLURAL or low in _SINGULAR:
            return self._group(start, end, plural=low in _PLURAL)
        return Speaker((start, end), None, None, "pronoun")

    def _pronoun(self, start: int, end: int, gender: str) -> Speaker:
        key = self._antecedent(start, gender)
        if key is None:
            return Speaker((start, end), None, None, "pronoun")
        self._note(start, 0, key)
        person = self._persons[key]
        if not person.gender:
            person.gender = gender
        return Speaker((start, end), person.name, person.actor_id, "pronoun")

    def _group(self, start: int, end: int, *, plural: bool) -> Speaker:
        """Resolve *it* and *they*: the last subject that is no single person."""
        unit = self._unit(start)
        for k in range(unit, max(-1, unit - 2), -1):
            for at, rank, key in self._focus[k] if self._focus else ():
                person = self._persons[key]
                if at >= start or rank > 1 or person.kind in PEOPLE:
                    continue
                if plural == person.plural:
                    return Speaker((start, end), person.name, person.actor_id, "pronoun")
        return Speaker((start, end), None, None, "pronoun")

    def _owner(self, start: int, end: int) -> Speaker:
        """Resolve *its* and *their*: the last actor of the unit that is no person."""
        unit = self._unit(start)
        entries = [e for e in self._focus[unit] if e[0] < start] if self._focus else []
        for _, _, key in sorted(entries, reverse=True):
            person = self._persons[key]
            if person.kind not in PEOPLE:
                return Speaker((start, end), person.name, person.actor_id, "pronoun")
        return self._group(start, end, plural=self.clean[start:end].lower() == "their")

    # -- names and nominals ------------------------------------------------------------

    def _heads(self, start: int, end: int) -> list[Mention]:
        """Return the mentions that are heads of the phrase, not parts of another name."""
        found: list[Mention] = []
        last = -1
        for mention in self._between(start, end):
            a, b = mention.span.start, min(mention.span.end, end)
            follows, last = a - 1 == last, mention.span.end
            if b < end and not _AFTER_HEAD.match(self.clean, b, end):
                continue
            before = self.clean[start:a]
            if found:
                if not _JOINED.search(before):
                    continue
            elif not follows and not self._heads_phrase(before, person=mention.kind == "person"):
                continue
            found.append(mention)
        return found

    def _heads_phrase(self, before: str, *, person: bool) -> bool:
        """Tell whether nothing before the name in its phrase makes it a complement."""
        words = before.split()
        for k in range(len(words) - 1, -1, -1):
            low = words[k].lower().strip(",")
            if person and low == "of" and k + 1 < len(words) and words[k + 1][0].isupper():
                continue  # First Deputy Secretary of State Jane Doe
            if low in PREPOSITIONS or low == "and":
                return False
            if words[k].endswith(",") and not person:  # voters in Norland, Sudria and Ostland
                return not any(word in PREPOSITIONS for word in words[:k])
            if words[k].endswith(("'s", "'", ",")):
                return True
            if not words[k][0].isupper() and low not in person_words()["role"]:
                rest = words[:k]
                return not any(word in PREPOSITIONS for word in rest[-2:])
        return True

    def _nominal(self, start: int, end: int) -> Speaker:
        phrase = self.clean[start:end]
        words = WORD.findall(phrase)
        lows = [word.lower() for word in words]
        if len(words) == 1 and lows[0] in self.registry.demonyms:
            actor = self.registry.demonyms[lows[0]]
            return Speaker((start, end), actor.name, actor.id, "demonym")
        if lows and lows[0] in ("no", "nobody", "none", "neither"):
            return Speaker((start, end), None, None, "nominal")
        if len(words) == 1 and words[0][0].isupper() and words[0] in self.text[start:end]:
            bearers = self._bearers.get(fold(words[0]).casefold(), ())
            if len(bearers) == 1:
                self._note(start, 0, bearers[0])
                person = self._persons[bearers[0]]
                return Speaker((start, end), person.name, person.actor_id, "name")
        key = None
        if lows and lows[0] in ("the", "that", "this"):
            key = self._by_office(start, lows, words)
        if key is None:
            return self._by_date(start, end) or self._own(start, end)
        self._note(start, 0, key)
        person = self._persons[key]
        return Speaker((start, end), person.name, person.actor_id, "office")

    def _own(self, start: int, end: int) -> Speaker:
        """Return a speaker that has no other name than the phrase."""
        name = self.text[start:end].removeprefix("the ").removeprefix("The ")
        return Speaker((start, end), " ".join(name.split()) or None, None, "nominal")

    @cached_property
    def _bearers(self) -> dict[str, list[str]]:
        """Map given names and surnames of the persons of the text to their keys."""
        found: dict[str, list[str]] = {}
        for key, person in self._persons.items():
            words = fold(person.name).casefold().split()
            if person.kind == "person" and len(words) > 1 and key[0] != "~":
                for word in {words[0], words[-1]}:
                    found.setdefault(word, []).append(key)
        return found

    def _by_date(self, start: int, end: int) -> Speaker | None:
        """Resolve *the Spanish foreign minister* by the day of the article."""
        actor = self._held(self.clean[start:end]) if self._held else None
        if actor is None:
            return None
        self._persons.setdefault(
            actor.id, Person(actor.name, actor.id, actor.kind, actor.gender, False, set(), set())
        )
        self._note(start, 0, actor.id)
        return Speaker((start, end), actor.name, actor.id, "office-date")
