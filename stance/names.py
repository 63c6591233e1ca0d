"""Names of persons the registry does not know, by their form.

The words that tell a person from other capitalised words are data (`data/persons.csv`:
given names, titles, roles).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from stance.cues import load_cues
from stance.grammar import DETERMINERS, PREPOSITIONS, SUBORDINATORS
from stance.memo import Memo
from stance.resources import data_path
from stance.text import word_set

_SHORT = word_set("Mrs Mr Ms Dr Sen Rep Gov Gen Lt Col Maj Capt Adm Prof Rev Sgt St Jr Sr")
_REST = "|".join(f"(?<={word[0]}){word[1:]}" for word in sorted(_SHORT))
# A word after its first letter, which comes before: a search is fast where one of a set does.
_AFTER_FIRST = rf"(?:(?=[a-z]{{0,4}}\.)(?:{_REST}|)\.|[a-z]*+[\w'-]*+)"
# Two capitalised words or more: one alone is never a person for certain.
_CAPITALS = re.compile(
    rf"[A-Z](?<![^\W_].){_AFTER_FIRST}"
    rf"(?: (?:[A-Z]{_AFTER_FIRST}"
    r"|(?:van|von|der|den|de|del|di|da|la|le|bin|al|ter)(?= [A-Z]))){1,7}+"
)
_NEXT = re.compile(r":(?= )| ([a-z]+)\b")
_NOT_NAMES = word_set(
    "monday tuesday wednesday thursday friday saturday sunday january february march april "
    "june july august september october november december i the a an in on at for and but "
    "he she it they we you this that these those who what when where why how is was are "
    "were not his her its their our my new says said"
)
_PLACES = word_set("san santa saint fort port mount lake new los las el cape")
_AFTER_NAME = re.compile(
    r", (?:(?:a|an|the|then|now|former|one of|[\w.]+'s?) (?P<apposition>[^,.;:()\n]{3,80})"
    r"|(?:aged )?[1-9][0-9],|(?P<who>who(?:se)?) "
    r"|(?P<bare>(?:[a-z][\w-]*+ ){1,4})(?:of|at|in|for) )"
)
_FOREIGN = re.compile("[^\0-\x7f“”’‘—…]")  # what may have a diacritic
_FUNCTION = PREPOSITIONS | SUBORDINATORS | DETERMINERS
_COURTESY = word_set("mr. mr mrs. mrs ms. ms dr. dr miss prof. professor")


def fold(text: str) -> str:
    """Drop diacritics; the length stays, so offsets do too."""
    if text.isascii():
        return text
    for char in set(_FOREIGN.findall(text)):
        text = text.replace(char, _base(char))
    return text


@cache
def person_words() -> Mapping[str, dict[str, str]]:
    """Return word → gender for each kind of `data/persons.csv`, such as ``title``."""
    kinds: dict[str, dict[str, str]] = {}
    with data_path("persons.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            kinds.setdefault(row["kind"], {})[row["word"]] = row["gender"]
    return kinds


@cache
def _finite_cues() -> frozenset[str]:
    """Return the cues of one word that end a name in a headline: *Jane Doe Rejects*."""
    return frozenset(
        first
        for first, cues in load_cues().items()
        if any(len(cue.words) == 1 and cue.tense in ("s", "past") for cue in cues)
    )


def find_persons(folded: str, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int, str, str]]:
    """Return start, end, full name and surname of persons named outside the `taken` stretches.

    `folded` is the normalised text without diacritics; `taken` is in order.
    """
    found = []
    position = 0
    recurring: dict[str, bool] = {}  # by surname

    def recurs(begin: int, end: int) -> bool:
        surname = folded[begin:end].rpartition(" ")[2]
        if surname not in recurring:
            recurring[surname] = _recurs(folded, surname)
        return recurring[surname] and folded[max(0, begin - 4) : begin].lower() != "the "

    for match in _CAPITALS.finditer(folded):
        start, end = match.span()
        while position < len(taken) and taken[position][1] <= start:
            position += 1
        if position < len(taken) and taken[position][0] < end:
            continue
        shape = _SHAPES[match[0]]
        if shape is None:
            continue
        start, end = start + shape.begin, start + shape.end
        if (
            shape.sure
            or _introduced(folded, start, end)
            or (shape.may_recur and recurs(start, end))
        ):
            name = folded[start:end]
            found.append((start, end, name, name.rpartition(" ")[2]))
    return found


class _Word(NamedTuple):
    """What a capitalised word may be in a run of them."""

    title: bool
    leads: bool  # a title or role
    given: bool
    other: bool  # in no name
    place: bool
    verb: bool
    collective: bool
    thing: bool  # a collective or a document
    function: bool


def _word(printed: str) -> _Word:
    """Look a printed word up in all lists."""
    words = person_words()
    initial = len(printed) == 2 and printed[1] == "."  # A. is no article
    low = printed.lower() if initial else printed.lower().rstrip(".")
    title, collective = low in words["title"], low in words["collective"]
    return _Word(
        title=title,
        leads=title or low in words["role"],
        given=low in words["given"],
        other=low in _NOT_NAMES,
        place=low in _PLACES,
        verb=low in _finite_cues(),
        collective=collective,
        thing=collective or low in words["document"],
        function=low in _FUNCTION,
    )


_WORDS = Memo[str, _Word](_word, 16_384)


class _Shape(NamedTuple):
    """The part of a run of capitalised words that may be a person's name."""

    begin: int
    end: int
    sure: bool  # by its own words; else what stands round it must tell
    may_recur: bool  # or its surname, elsewhere in the text


def _shape(run: str) -> _Shape | None:
    """Find the name in a run of capitalised words, by the words alone."""
    printed = run.split(" ")
    if "'" in run:
        for index, word in enumerate(printed):
            if word.endswith(("'s", "'")):
                del printed[index + 1 :]
                break
    words = [*map(_WORDS.__getitem__, printed)]
    if words[0].place and len(words) < 4:
        return None  # San Jose, Fort Wayne
    first, last, sure = 0, len(words), False
    for index, form in enumerate(words):
        if form.leads:
            first, sure = index + 1, True
        elif form.other:
            if index > first:
                last = index
                break
            first = index + 1
        elif form.given and not any(after.title for after in words[index + 1 : index + 3]):
            first, sure = (first if sure and first == index else index), True
            break
    last = next((k for k in range(first, last) if words[k].other), last)
    last = next((k for k in range(first + 1, last) if words[k].verb), last)  # Jane Doe Rejects …
    size = last - first
    if not 0 < size <= 4 or words[last - 1].thing:
        return None
    begin = sum(map(len, printed[:first])) + first
    final = printed[last - 1]
    end = begin + sum(map(len, printed[first:last])) + size - 1
    end -= 2 if final.endswith("'s") else final.endswith("'")
    if end - begin <= 2:
        return None
    if sure and (size > 1 or first > 0):
        return _Shape(begin, end, True, False)
    if size == 1 or size == 4 or any(form.collective for form in words[first:last]):
        return None
    return _Shape(begin, end, False, size == 2 and not words[first].function)


_SHAPES = Memo[str, _Shape | None](_shape, 16_384)  # names return, in an article and in others


def _introduced(folded: str, begin: int, end: int) -> bool:
    """Tell whether a role stands right before a name, or in an apposition after it."""
    roles = person_words()["role"]
    before = folded[max(0, begin - 30) : begin].split()
    if before and before[-1].rstrip(",") in roles:
        return True
    aside = folded.startswith(", ", end)
    match = _AFTER_NAME.match(folded, end, end + 100) if aside else None
    if match is None:
        return False
    if match["who"]:  # not: … of the ruling Homeland Circle, who …
        return not {"the", "of"}.intersection(before[-3:])
    apposition = match["apposition"] or match["bare"]
    return apposition is None or any(word in roles for word in apposition.lower().split())


def _recurs(folded: str, surname: str) -> bool:
    """Tell whether a word stands somewhere as a person's surname does.

    That is after a courtesy title (*Ms Novak*), next to a verb of saying (*said Novak*) or as
    the label of a turn (*Novak: …*); never after an article (*the Court said*).
    """
    at = folded.find(surname)
    while at >= 0:
        after = at + len(surname)
        if not folded[max(0, at - 1) : at].isalnum() and not folded[after : after + 1].isalnum():
            before = folded[max(0, at - 20) : at].split(" ")
            word = before[-2] if len(before) > 1 and not before[-1] else ""
            low = word.lower()
            if low in _COURTESY or (word[:1].islower() and _is_saying(word)):
                return True
            follows = _NEXT.match(folded, after)
            if (
                follows is not None
                and not word[:1].isupper()
                and low != "the"
                and (follows[1] is None or _is_saying(follows[1]))
            ):
                return True
        at = folded.find(surname, after)
    return False


@cache
def _is_saying(word: str) -> bool:
    """Tell whether a word is a verb of saying in the past or present: *said*, *says*."""
    return any(
        len(cue.words) == 1 and cue.kind == "speech" and cue.tense in ("s", "past")
        for cue in load_cues().get(word, ())
    )


@cache
def _base(char: str) -> str:
    special = {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "ß": "s"}
    if char in special:
        return special[char]
    first = unicodedata.normalize("NFKD", char)[0]
    return first if first.isascii() and first.isalpha() else char
