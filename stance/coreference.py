"""Who is meant: names, titles, pronouns and nominals → the actors of an article.

A name resolves to the mention that is the head of the phrase; a pronoun to the last subject
that fits its gender and number; *the minister* to the person that the text gave that office.
Where nothing fits, the answer is None: a wrong name is worse than none.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from stance.actors import Mention, Registry, fold, person_words
from stance.grammar import DETERMINERS, PREPOSITIONS

Offsets = tuple[int, int]

REACH = 6  # units looked back for a pronoun; a guess
_WORD = re.compile(r"[^\W_]+(?:[-'.][^\W_]+)*")
_AFTER_HEAD = re.compile(r"['’]?$|,|\s*\(|\s+(?:of|for|from|at|in|on|who|and|or|with|as)\b|\s*[—-]")
_GENDERS = {"he": "m", "she": "f", "him": "m", "her": "f", "his": "m"}
_PLURAL = frozenset(["they", "their", "them"])
_SINGULAR = frozenset(["it", "its"])
_OTHER_PRONOUNS = frozenset(["i", "we", "you", "who", "one", "us", "me", "my", "our", "your", "which", "that", "those", "these"])
_TITLE_ROLES = {
    "sen": "senator", "rep": "representative", "gov": "governor", "gen": "general",
    "pres": "president", "amb": "ambassador", "prof": "professor", "dr": "doctor",
    "lt": "lieutenant", "col": "colonel", "adm": "admiral", "rev": "reverend",
}  # fmt: skip
_FILLERS = frozenset(
    ["the", "that", "this", "former", "new", "then", "current", "outgoing", "incoming", "late", "long-time", "longtime", "top"]
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """A resolved speaker: the span of its mention, its name, its id, and the rule."""

    mention: Offsets | None
    actor: str | None
    actor_id: str | None
    rule: str


@dataclass(slots=True)
class _Person:
    name: str
    actor_id: str | None
    kind: str
    gender: str
    plural: bool
    roles: set[str]
    context: set[str]


class Resolver:
    """Resolves the speakers of one article, in text order.

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
    """

    def __init__(
        self,
        text: str,
        clean: str,
        mentions: Sequence[Mention],
        quoted: Sequence[Offsets],
        units: Sequence[Offsets],
        registry: Registry,
    ) -> None:
        self.text, self.clean, self.registry = text, clean, registry
        self._quote_starts = [start for start, _ in quoted]
        self._quoted = quoted
        self._unit_starts = [start for start, _ in units]
        self._mentions = mentions
        self._starts = [mention.span.start for mention in mentions]
        self._persons: dict[str, _Person] = {}
        for mention in mentions:
            self._introduce(mention)
        self._focus: list[list[tuple[int, int, str]]] = [[] for _ in units]
        self._fill_focus(units)

    def resolve(self, start: int, end: int) -> list[Speaker]:
        """Return the speakers named by the phrase at `start`: one, or several joined by *and*."""
        phrase = self.clean[start:end]
        low = phrase.strip().lower()
        if low in _GENDERS:
            return [self._pronoun(start, end, _GENDERS[low])]
        if low in _PLURAL or low in _SINGULAR:
            return [self._group(start, end, plural=low in _PLURAL)]
        if low in _OTHER_PRONOUNS:
            return [Speaker((start, end), None, None, "pronoun")]
        heads = self._heads(start, end)
        if heads:
            speakers = []
            for mention in heads:
                person = self._persons[_key(mention)]
                self._note(mention.span.start, 0, _key(mention))
                span = (mention.span.start, mention.span.end)
                speakers.append(Speaker(span, person.name, person.actor_id, "name"))
            return speakers
        return [self._nominal(start, end)]

    def quoted_share(self, fragments: Sequence[Offsets]) -> Literal["direct", "mixed", "reported"]:
        """Tell whether all, some or none of the words stand in quotation marks."""
        inside = outside = False
        for start, end in fragments:
            at = start
            k = max(0, bisect_right(self._quote_starts, start) - 1)
            while k < len(self._quoted) and self._quoted[k][0] < end:
                a, b = self._quoted[k]
                inside = inside or min(b, end) > max(a, start)
                outside = outside or _has_word(self.clean, at, a)
                at = max(at, b)
                k += 1
            outside = outside or _has_word(self.clean, at, end)
        if not inside:
            return "reported"
        return "mixed" if outside else "direct"

    def last_speaker(self, position: int) -> Speaker | None:
        """Return the speaker noted last before `position`, at most two units back."""
        unit = self._unit(position)
        for k in range(unit, max(-1, unit - 3), -1):
            noted = [entry for entry in self._focus[k] if entry[0] < position and entry[1] == 0]
            if noted:
                person = self._persons.get(noted[-1][2])
                if person is not None:
                    return Speaker(None, person.name, person.actor_id, "run-on")
        return None

    # -- persons -----------------------------------------------------------------------

    def _introduce(self, mention: Mention) -> None:
        key = _key(mention)
        person = self._persons.get(key)
        if person is None:
            actor = self.registry.by_id.get(mention.actor_id or "")
            gender = actor.gender if actor else ""
            plural = actor is not None and actor.number == "plural"
            if mention.kind == "person" and not gender:
                gender = _given_gender(mention.name)
            person = self._persons[key] = _Person(
                mention.name, mention.actor_id, mention.kind, gender, plural, set(), set()
            )
            if actor is not None:
                person.context.update(_office_words(actor.offices))
        if mention.kind == "person":
            self._learn(person, mention)

    def _learn(self, person: _Person, mention: Mention) -> None:
        """Take up titles, roles and gender from the words around a name."""
        words = person_words()
        start, end = mention.span.start, mention.span.end
        before = self.clean[max(0, start - 80) : start]
        before = re.split(r"[.,;:!?\n\"“”()]+ |[,;:\n\"“”()]", before)[-1]
        near: list[str] = []
        for word in reversed(_WORD.findall(before)):
            low = word.lower()
            if (low in PREPOSITIONS and low not in ("of", "for")) or low in ("and", "that", "as"):
                break
            near.append(low)
            if low in DETERMINERS:
                break
        after = re.match(r",? \(?(?:R|D|I)-|, ([^,;:.\n\"“”]{3,80})", self.clean[end : end + 90])
        apposition = _WORD.findall((after[1] or "").lower()) if after and after[1] else []
        if (
            apposition
            and apposition[0] not in _APPOSITIVE
            and not (set(apposition[:5]) & set(words["role"]))
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

    def _fill_focus(self, units: Sequence[Offsets]) -> None:
        """Note each unit's names: rank 1 for the first outside quotations, 2 for the others."""
        for index, (start, end) in enumerate(units):
            first = True
            for mention in self._between(start, end):
                if self._in_quotation(mention.span.start):
                    continue
                possessive = self.clean[mention.span.end : mention.span.end + 2] == "'s"
                rank = 1 if first and not possessive else 2
                first = first and possessive
                self._focus[index].append((mention.span.start, rank, _key(mention)))
            self._focus[index].sort()
            match = _FIRST_PRONOUN.match(self.clean, start, min(end, start + 60))
            if match and not self._in_quotation(match.start(1)):
                found = self._antecedent(match.start(1), _GENDERS[match[1].lower()])
                if found is not None:
                    self._focus[index].insert(0, (match.start(1), 1, found))
                    self._focus[index][1:] = [(at, 2, key) for at, _, key in self._focus[index][1:]]

    def _between(self, start: int, end: int) -> Iterable[Mention]:
        return self._mentions[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def _in_quotation(self, position: int) -> bool:
        k = bisect_right(self._quote_starts, position) - 1
        return k >= 0 and position < self._quoted[k][1]

    def _unit(self, position: int) -> int:
        return max(0, bisect_right(self._unit_starts, position) - 1)

    def _note(self, position: int, rank: int, key: str) -> None:
        if self._focus:
            self._focus[self._unit(position)].append((position, rank, key))

    # -- pronouns ----------------------------------------------------------------------

    def _pronoun(self, start: int, end: int, gender: str) -> Speaker:
        key = self._antecedent(start, gender)
        if key is None:
            return Speaker((start, end), None, None, "pronoun")
        self._note(start, 0, key)
        person = self._persons[key]
        if not person.gender:
            person.gender = gender
        return Speaker((start, end), person.name, person.actor_id, "pronoun")

    def _antecedent(self, position: int, gender: str) -> str | None:
        """Return the last subject before `position` that the pronoun may mean."""
        if not self._focus:
            return None
        unit = self._unit(position)
        for k in range(unit, max(-1, unit - REACH), -1):
            best: tuple[int, int, str] | None = None
            for at, rank, key in self._focus[k]:
                person = self._persons[key]
                if at >= position or person.kind != "person" or person.gender not in ("", gender):
                    continue
                score = (rank + (2 if not person.gender else 0), -at if rank == 0 else at)
                if best is None or score < best[:2]:
                    best = (*score, key)
            if best is not None:
                return best[2]
        return None

    def _group(self, start: int, end: int, *, plural: bool) -> Speaker:
        """Resolve *it* and *they*: the last subject that is no single person."""
        unit = self._unit(start)
        for k in range(unit, max(-1, unit - 2), -1):
            for at, rank, key in self._focus[k] if self._focus else ():
                person = self._persons[key]
                if at >= start or rank > 1 or person.kind == "person":
                    continue
                if plural == person.plural:
                    return Speaker((start, end), person.name, person.actor_id, "pronoun")
        return Speaker((start, end), None, None, "pronoun")

    # -- names and nominals ------------------------------------------------------------

    def _heads(self, start: int, end: int) -> list[Mention]:
        """Return the mentions that are heads of the phrase, not parts of another name."""
        found: list[Mention] = []
        for mention in self._between(start, end):
            a, b = mention.span.start, min(mention.span.end, end)
            if not _AFTER_HEAD.match(self.clean[b:end]):
                continue
            before = self.clean[start:a]
            joined = re.search(r"(?:\band|,|\bor) (?:the )?$", before)
            if found and not joined:
                continue
            if not found and not self._heads_phrase(before):
                continue
            found.append(mention)
            if "," in self.clean[b:end].split(" and ")[0]:
                break
        return found

    def _heads_phrase(self, before: str) -> bool:
        """Tell whether nothing before the name in its phrase makes it a complement."""
        words = before.split()
        for k in range(len(words) - 1, -1, -1):
            low = words[k].lower().strip(",")
            if low in PREPOSITIONS or low == "and":
                return False
            if words[k].endswith(("'s", "'", ",")):
                return True
            if not words[k][0].isupper() and low not in person_words()["role"]:
                rest = words[:k]
                return not any(word in PREPOSITIONS for word in rest[-2:])
        return True

    def _nominal(self, start: int, end: int) -> Speaker:
        phrase = self.clean[start:end]
        words = _WORD.findall(phrase)
        lows = [word.lower() for word in words]
        name = self.text[start:end]
        for article in ("the ", "The "):
            name = name.removeprefix(article)
        own = Speaker((start, end), " ".join(name.split()) or None, None, "nominal")
        actor = self.registry.canonical(phrase)
        if actor is not None:
            return Speaker((start, end), actor.name, actor.id, "name")
        if len(words) == 1 and lows[0] in self.registry.demonyms:
            actor = self.registry.demonyms[lows[0]]
            return Speaker((start, end), actor.name, actor.id, "demonym")
        if not lows or lows[0] not in ("the", "that", "this"):
            return own
        key = self._by_office(start, lows, words)
        if key is None:
            return own
        self._note(start, 0, key)
        person = self._persons[key]
        return Speaker((start, end), person.name, person.actor_id, "office")

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
        fits: list[str] = []
        for mention in self._mentions[: bisect_left(self._starts, position)]:
            key = _key(mention)
            person = self._persons[key]
            if mention.kind != "person" or key in fits:
                continue
            known = office in person.roles or (person.actor_id and office in person.context)
            if known and all(self._fits(low, capital, person) for low, capital in wanted):
                fits.append(key)
        return fits[0] if len(fits) == 1 else self._latest(fits, position)

    def _fits(self, low: str, capital: bool, person: _Person) -> bool:
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


def _has_word(clean: str, start: int, end: int) -> bool:
    return start < end and _WORD.search(clean, start, end) is not None


def _key(mention: Mention) -> str:
    return mention.actor_id or fold(mention.name)


def _given_gender(name: str) -> str:
    return person_words()["given"].get(fold(name).split()[0].lower(), "")


def _office_words(offices: Iterable[str]) -> Iterable[str]:
    for office in offices:
        yield from _WORD.findall(office.partition("@")[0].lower())


_FIRST_PRONOUN = re.compile(
    r"(?:(?:But|And|Yet|So|Still|However|Instead|Later|Then|Also),? |[A-Z][a-z]+ [^,.]{3,40}, )?"
    r"\b(He|She|he|she)\b"
)
_APPOSITIVE = frozenset(["a", "an", "the", "who", "whose", "former", "then", "one"])
_DISTINCTIVE = frozenset(["foreign", "defense", "defence", "prime", "interior", "finance", "vice", "deputy"])
