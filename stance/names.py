"""Names of persons the registry does not know, by their form.

The words that tell a person from other capitalised words are data (`data/persons.csv`:
given names, titles, roles).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from stance.cues import load_cues
from stance.grammar import DETERMINERS, PREPOSITIONS, SUBORDINATORS
from stance.resources import data_path
from stance.text import word_set

# Two capitalised words or more: one alone is never a person for certain.
_CAPITALS = re.compile(
    r"(?=[A-Z])(?<![^\W_])(?:(?:[A-Z]|Mrs?|Ms|Dr|Sen|Rep|Gov|Gen|Lt|Col|Maj|Capt|Adm|Prof|Rev|Sgt|St|Jr|Sr)\.|"
    r"[A-Z][\w'-]*+)"
    r"(?: (?:(?:[A-Z]|Mrs?|Ms|Dr|Sen|Rep|Gov|Gen|Lt|Col|Maj|Capt|Adm|Prof|Rev|Sgt|St|Jr|Sr)\.|"
    r"[A-Z][\w'-]*+|(?:van|von|der|den|de|del|di|da|la|le|bin|al|ter)(?= [A-Z]))){1,7}+"
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
_FUNCTION = PREPOSITIONS | SUBORDINATORS | DETERMINERS
_COURTESY = word_set("mr. mr mrs. mrs ms. ms dr. dr miss prof. professor")


def fold(text: str) -> str:
    """Drop diacritics; the length stays, so offsets do too."""
    if text.isascii():
        return text
    for char in set(text):
        if not char.isascii():
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
        while position < len(taken) and taken[position][1] <= match.start():
            position += 1
        if position < len(taken) and taken[position][0] < match.end():
            continue
        person = _person(folded, match.start(), match.group(), recurs)
        if person is not None:
            start, end = person
            name = folded[start:end]
            found.append((start, end, name, name.rpartition(" ")[2]))
    return found


def _person(
    folded: str, start: int, run: str, recurs: Callable[[int, int], bool]
) -> tuple[int, int] | None:
    """Return start and end of the person's name in a run of capitalised words, if there is one."""
    words = person_words()
    given, titles, roles = words["given"], words["title"], words["role"]
    pieces = []
    for word in run.split(" "):
        initial = len(word) == 2 and word[1] == "."  # A. is no article
        pieces.append((start, word, word.lower() if initial else word.lower().rstrip(".")))
        if word.endswith(("'s", "'")):
            break
        start += len(word) + 1
    lows = [low for _, _, low in pieces]
    if lows[0] in _PLACES and len(lows) < 4:
        return None  # San Jose, Fort Wayne
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
    verbs = _finite_cues()
    for index in range(1, len(pieces)):
        if pieces[index][2] in verbs:
            pieces = pieces[:index]  # a headline: Jane Doe Rejects …
            break
    if not pieces or pieces[-1][2] in words["collective"] or pieces[-1][2] in words["document"]:
        return None
    lows = [low for _, _, low in pieces]
    begin, (last_start, last_word, _) = pieces[0][0], pieces[-1]
    end = last_start + len(last_word.removesuffix("'s" if last_word.endswith("s") else "'"))
    sure = sure and (len(pieces) > 1 or first > 0)
    if not sure and len(pieces) in (2, 3) and not any(low in words["collective"] for low in lows):
        sure = _introduced(folded, begin, end) or (
            len(pieces) == 2 and pieces[0][2] not in _FUNCTION and recurs(begin, end)
        )
    return (begin, end) if sure and len(pieces) <= 4 and end - begin > 2 else None


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
