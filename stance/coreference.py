"""Who is meant: names, titles, pronouns and nominals → the actors of an article.

A name resolves to the mention that is the head of the phrase; a pronoun to the last subject
that fits its gender and number; *the minister* to the person that the text gave that office.
Where nothing fits, the answer is None: a wrong name is worse than none.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence

from stance.actors import Mention, Registry
from stance.grammar import PREPOSITIONS
from stance.names import fold, person_words
from stance.people import People, Person, Speaker, key_of
from stance.roster import Actor
from stance.text import word_set

Offsets = tuple[int, int]

MAX_HOLDERS = 20  # persons of one office looked at, the last introduced first; a guess
REACH = 6  # units looked back for a pronoun; a guess
_WORD = re.compile(r"[^\W_]+(?:[-'.][^\W_]+)*")
_AFTER_HEAD = re.compile(r"['’]?$|,|\s*\(|\s+(?:of|for|from|at|in|on|who|and|or|with|as)\b|\s*[—-]")
_JOINED = re.compile(r"(?:\band|,|\bor) (?:the )?(?:[A-Z][\w'-]*\.? |[a-z]+ (?=[A-Z]|$)){0,4}$")
_GENDERS = {"he": "m", "she": "f", "him": "m", "her": "f", "his": "m"}
_PLURAL = word_set("they their them")
_SINGULAR = word_set("it its")
_OTHER_PRONOUNS = word_set("i we you who one us me my our your which that those these")
_FILLERS = word_set(
    "the that this former new then current outgoing incoming late long-time longtime top"
)


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
        self._contents = contents
        self._content_starts = [start for start, _ in contents]
        self.text, self.clean, self.registry = text, clean, registry
        self._quote_starts = [start for start, _ in quoted]
        self._quoted = quoted
        self._unit_starts = [start for start, _ in units]
        self._mentions = mentions
        self._starts = [mention.span.start for mention in mentions]
        people = People(clean, registry)
        for mention in mentions:
            people.introduce(mention)
        self._persons = people.by_key
        self._holders = people.holders()
        self._focus: list[list[tuple[int, int, str]]] = [[] for _ in units]
        self._fill_focus(units)

    def resolve(self, start: int, end: int) -> list[Speaker]:
        """Return the speakers named by the phrase at `start`: one, or several joined by *and*."""
        phrase = self.clean[start:end]
        low = phrase.strip().lower()
        if low in _GENDERS:
            return [self._pronoun(start, end, _GENDERS[low])]
        if low in ("its", "their"):
            return [self._owner(start, end)]
        if low in _PLURAL or low in _SINGULAR:
            return [self._group(start, end, plural=low in _PLURAL)]
        if low in _OTHER_PRONOUNS or low in ("q", "a"):
            return [Speaker((start, end), None, None, "pronoun")]
        heads = self._heads(start, end)
        if len(heads) == 1 and heads[0].kind == "office":  # the holder, where the text names one
            held = self._nominal(start, end)
            if held.rule == "office":
                return [held]
        if heads:
            speakers = []
            for mention in heads:
                person = self._persons[key_of(mention)]
                self._note(mention.span.start, 0, key_of(mention))
                span = (mention.span.start, mention.span.end)
                known = self.registry.canonical(self.clean[slice(*span)])
                office = known is not None and known.kind == "office" and person.kind == "person"
                rule = "office-date" if office and self._held else "name"
                speakers.append(Speaker(span, person.name, person.actor_id, rule))
            return speakers
        return [self._remembered(self._nominal(start, end))]

    def _remembered(self, speaker: Speaker) -> Speaker:
        """Let a later *he* or *she* mean *the minister*, whom the text does not name."""
        if speaker.rule != "nominal" or speaker.actor is None or speaker.mention is None:
            return speaker
        words = _WORD.findall(speaker.actor.lower())
        last = next((k for k, low in enumerate(words) if low in PREPOSITIONS and k), len(words))
        role = words[last - 1] if words else ""
        if role not in person_words()["role"]:
            return speaker
        self._note(speaker.mention[0], 0, self._nobody(speaker.actor, role))
        return speaker

    def _fill_focus(self, units: Sequence[Offsets]) -> None:
        """Note each unit's names: rank 1 for the first outside quotations, 2 for the others."""
        for index, (start, end) in enumerate(units):
            first = True
            for mention in self._between(start, end):
                if self._in_quotation(mention.span.start):
                    continue
                possessive = self.clean[mention.span.end : mention.span.end + 2] == "'s"
                told = self._in_content(mention.span.start)
                rank = 1 if first and not possessive and not told else 3 if told else 2
                first = first and (possessive or told)
                self._focus[index].append((mention.span.start, rank, key_of(mention)))
            self._focus[index].sort()
            nominal = _FIRST_NOMINAL.match(self.clean, start, min(end, start + 60))
            if nominal is not None and nominal[1] in person_words()["role"]:
                self._first_nominal(index, start, nominal.end())
            match = _FIRST_PRONOUN.match(self.clean, start, min(end, start + 60))
            if match and not self._in_quotation(match.start(1)):
                found = self._antecedent(match.start(1), _GENDERS[match[1].lower()])
                if found is not None:
                    self._focus[index].insert(0, (match.start(1), 1, found))
                    self._focus[index][1:] = [(at, 2, key) for at, _, key in self._focus[index][1:]]

    def _first_nominal(self, index: int, start: int, end: int) -> None:
        """Note *The minister* at the start of a unit: its subject, whether or not it speaks."""
        if any(at < end for at, _, _ in self._focus[index]):
            return
        words = _WORD.findall(self.clean[start:end])
        key = self._by_office(start, [word.lower() for word in words], words)
        if key is None:
            if any(self._focus[k] for k in range(max(0, index - REACH), index)):
                return  # most likely somebody who was named before, but who?
            key = self._nobody(" ".join(words[1:]), words[-1].lower())
        others = [(at, max(rank, 2), other) for at, rank, other in self._focus[index]]
        self._focus[index] = [(start, 1, key), *others]

    def _nobody(self, name: str, role: str) -> str:
        """Return the key of somebody whom the text names by a role only."""
        key = f"~{fold(name).casefold()}"
        gender = person_words()["role"][role]
        self._persons.setdefault(key, Person(name, None, "person", gender, False, {role}, set()))
        return key

    def _between(self, start: int, end: int) -> Iterable[Mention]:
        return self._mentions[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def _in_quotation(self, position: int) -> bool:
        k = bisect_right(self._quote_starts, position) - 1
        return k >= 0 and position < self._quoted[k][1]

    def _in_content(self, position: int) -> bool:
        k = bisect_right(self._content_starts, position) - 1
        return any(position < end for _, end in self._contents[max(0, k - 3) : k + 1])

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

    def _owner(self, start: int, end: int) -> Speaker:
        """Resolve *its* and *their*: the last actor of the unit that is no person."""
        unit = self._unit(start)
        entries = [e for e in self._focus[unit] if e[0] < start] if self._focus else []
        for _, _, key in sorted(entries, reverse=True):
            person = self._persons[key]
            if person.kind != "person":
                return Speaker((start, end), person.name, person.actor_id, "pronoun")
        return self._group(start, end, plural=self.clean[start:end].lower() == "their")

    # -- names and nominals ------------------------------------------------------------

    def _heads(self, start: int, end: int) -> list[Mention]:
        """Return the mentions that are heads of the phrase, not parts of another name."""
        found: list[Mention] = []
        last = -1
        for mention in self._between(start, end):
            follows, last = mention.span.start - 1 == last, mention.span.end
            a, b = mention.span.start, min(mention.span.end, end)
            if not _AFTER_HEAD.match(self.clean[b:end]):
                continue
            before = self.clean[start:a]
            joined = _JOINED.search(before)
            if found and not joined:
                continue
            if (
                not found
                and not follows
                and not self._heads_phrase(before, person=mention.kind == "person")
            ):
                continue
            found.append(mention)
        return found

    def _heads_phrase(self, before: str, *, person: bool) -> bool:
        """Tell whether nothing before the name in its phrase makes it a complement."""
        words = before.split()
        for k in range(len(words) - 1, -1, -1):
            low = words[k].lower().strip(",")
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
        words = _WORD.findall(phrase)
        lows = [word.lower() for word in words]
        name = self.text[start:end]
        for article in ("the ", "The "):
            name = name.removeprefix(article)
        own = Speaker((start, end), " ".join(name.split()) or None, None, "nominal")
        actor = self.registry.canonical(phrase)
        if actor is not None and actor.kind != "office":
            return Speaker((start, end), actor.name, actor.id, "name")
        if len(words) == 1 and lows[0] in self.registry.demonyms:
            actor = self.registry.demonyms[lows[0]]
            return Speaker((start, end), actor.name, actor.id, "demonym")
        if lows and lows[0] in ("no", "nobody", "none", "neither"):
            return Speaker((start, end), None, None, "nominal")
        key = None
        if lows and lows[0] in ("the", "that", "this"):
            key = self._by_office(start, lows, words)
        if key is None:
            return self._by_date(start, end) or own
        self._note(start, 0, key)
        person = self._persons[key]
        return Speaker((start, end), person.name, person.actor_id, "office")

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


_FIRST_NOMINAL = re.compile(
    r"The (?:[\w-]+ ){0,3}?([a-z]+)(?= (?:has|had|is|was|will|also|[a-z]+ed)\b|,)"
)
_FIRST_PRONOUN = re.compile(
    r"(?:(?:But|And|Yet|So|Still|However|Instead|Later|Then|Also),? |[A-Z][a-z]+ [^,.]{3,40}, )?"
    r"\b(He|She|he|she)\b"
)
_DISTINCTIVE = word_set("foreign defense defence prime interior finance vice deputy")
