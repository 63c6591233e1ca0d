"""Who *I* is: the speaker of a transcript's turn, or whoever signs a column."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from stance.actors import Registry
from stance.people import Speaker
from stance.text import Sentence

Offsets = tuple[int, int]

LEAST = 3  # statements of *I* that make a text its author's; a guess
_WORDS = ("i", "me", "my")
_SIGNED = re.compile(r"(?i:by|text|author)[ :]+((?:[^\W\da-z][\w.'’-]*[ ]?){2,4})$")


class FirstPerson:
    """Resolves *I* in one text; turns are told to it in order."""

    def __init__(self, clean: str, split: Sequence[Sentence], registry: Registry) -> None:
        self.clean = clean
        self.registry = registry
        self._bylines = [one.span.text for one in split if one.kind == "byline"]
        self._author: str | None = None
        self._starts: list[int] = []
        self._turns: list[tuple[int, Speaker]] = []  # end and speaker of each turn

    def count(self, mentions: Iterable[Offsets]) -> None:
        """Find out whether the text is its author's: *I* returns outside of quotations.

        A news report has a byline too, but says *I* in quotations alone.
        """
        said = sum(self._is_first(*mention) for mention in mentions)
        names = {match[1].strip() for match in map(_SIGNED.match, self._bylines) if match}
        self._author = names.pop() if said >= LEAST and len(names) == 1 else None

    def take_turn(self, fragments: Iterable[Offsets], speaker: Speaker) -> None:
        """Note what somebody says in a turn."""
        for start, end in fragments:
            self._starts.append(start)
            self._turns.append((end, speaker))

    def speaker(self, start: int, end: int) -> Speaker | None:
        """Return who is meant by the mention at `start`; None if it is not *I*, or nobody's."""
        if not self._is_first(start, end):
            return None
        k = bisect_right(self._starts, start) - 1
        if k >= 0 and start < self._turns[k][0]:
            speaker = self._turns[k][1]
            return Speaker((start, end), speaker.actor, speaker.actor_id, "turn")
        if self._author is None:
            return None
        known = self.registry.canonical(self._author)
        name, actor_id = (known.name, known.id) if known else (self._author, None)
        return Speaker((start, end), name, actor_id, "author")

    def _is_first(self, start: int, end: int) -> bool:
        return end - start <= 2 and self.clean[start:end].lower() in _WORDS
