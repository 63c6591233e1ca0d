"""What one sentence gives to one actor: the content of the actor's statements, and its cues.

The rules of `stance.passages` read the sentence with the actor's name replaced by one and the
same name, so that who the actor is cannot change what is found.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

from stance.grammar import POSSESSIVES
from stance.passages import read_units
from stance.text import normalise, pieces
from stance.units import units_of

Offsets = tuple[int, int]
State = Literal["own", "within", "silent", "absent"]
STATES: tuple[str, ...] = get_args(State)
_NAME = "Novak"  # a word that is nothing but a name


class Voice(NamedTuple):
    """What an actor says or wants in a sentence, as offsets into it.

    Attributes
    ----------
    state : {"own", "within", "silent", "absent"}
        Statements of the actor were found; or only others' statements, one of which mentions
        the actor; or the actor speaks in none; or no actor stands in the sentence.
    contents, cues : tuple of (int, int)
        What is said, and the words that say so; empty unless the state is "own".
    """

    state: State
    contents: tuple[Offsets, ...] = ()
    cues: tuple[Offsets, ...] = ()


_ABSENT, _SILENT, _WITHIN = Voice("absent"), Voice("silent"), Voice("within")


def voice_of(sentence: str, places: Sequence[Offsets]) -> Voice:
    """Return what `sentence` gives to the actor who stands at `places`, which are in order."""
    if not places:
        return _ABSENT
    masked = _Masked(sentence, places)
    clean = normalise(masked.text)
    units, _ = units_of(clean, pieces(clean))
    contents: list[Offsets] = []
    cues: list[Offsets] = []
    within = False
    for _, one in read_units(clean, units, lambda start, end: clean[start : start + 1].isupper()):
        if one.mention is not None and masked.names_actor(*one.mention):
            contents += [masked.back(*fragment) for fragment in one.fragments]
            if one.cue is not None:
                cues.append(masked.back(*one.cue))
        else:
            within = within or any(masked.names_actor(*fragment) for fragment in one.fragments)
    if contents:
        return Voice("own", tuple(contents), tuple(cues))
    return _WITHIN if within else _SILENT


class _Masked:
    """A sentence whose actor has the name of everybody, and the way back to its offsets."""

    def __init__(self, sentence: str, places: Sequence[Offsets]) -> None:
        parts: list[str] = []
        self._starts: list[int] = []  # of each name in the masked text
        self._ends: list[int] = []
        self._places = places
        size = before = 0
        for start, end in places:
            owner = sentence[start:end].lower() in POSSESSIVES
            name = f"{_NAME}'s" if owner else _NAME
            parts += (sentence[before:start], name)
            size += start - before
            self._starts.append(size)
            size += len(name)
            self._ends.append(size)
            before = end
        parts.append(sentence[before:])
        self.text = "".join(parts)

    def names_actor(self, start: int, end: int) -> bool:
        """Tell whether a stretch of the masked text holds a name of the actor, in part or whole."""
        first = bisect_right(self._ends, start)
        return first < len(self._starts) and self._starts[first] < end

    def back(self, start: int, end: int) -> Offsets:
        """Return the stretch of the sentence that a stretch of the masked text stands for."""
        return self._back(start, last=False), self._back(end, last=True)

    def _back(self, offset: int, *, last: bool) -> int:
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return offset
        if offset >= self._ends[index]:
            return offset - self._ends[index] + self._places[index][1]
        if offset == self._starts[index] or not last:
            return self._places[index][0]
        return self._places[index][1]
