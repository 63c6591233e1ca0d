"""Interviews and transcripts: the labels that open a turn, and what belongs to it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from stance.names import person_words
from stance.text import word_set
from stance.units import Unit

LEAST_TURNS = 4  # labelled paragraphs of an interview; a guess
LABEL = re.compile(
    r"(?:\[[0-9:]{4,8}\] +)?([A-Z][\w.'-]*+(?: (?:[\w.'-]++|&)){0,6})"
    r"(?: \([^()]{1,20}\)|, [A-Z][A-Z ]{2,30})?:(?: +(?=\S)|(?=[\"“]))"
)
NO_SPEAKER = word_set(
    "analysis opinion live video watch exclusive breaking update updated comment explainer "
    "photos interview fact facts factbox timeline editorial note read more explained profile "
    "claim verdict rating context transcript summary corrections correction caption source "
    "sources background question answer"
)
_LABEL_WORDS = word_set(
    "of the and for to van von de der den former state foreign prime defence defense deputy "
    "interior finance european national retired senior"
)


class Turns:
    """The labelled paragraphs of one text."""

    def __init__(self, clean: str, units: Sequence[Unit]) -> None:
        self.clean = clean
        self.units = units

    @cached_property
    def labels(self) -> frozenset[str]:
        """Return the labels of an interview or a transcript: several, and one of them again."""
        counts = Counter(name for _, name in self._labelled)
        if sum(counts.values()) < LEAST_TURNS or max(counts.values()) < 2:
            return frozenset(name for name in counts if name.isupper() and len(self._labelled) > 2)
        return frozenset(name for name, n in counts.items() if n > 1 or name.isupper())

    @cached_property
    def _labelled(self) -> list[tuple[int, str]]:
        """Return start and name of the paragraphs that start with a label, in order."""
        found = []
        for before, unit in pairwise((None, *self.units)):
            if unit is None or (before and before.paragraph == unit.paragraph) or unit.headline:
                continue
            match = LABEL.match(self.clean, unit.start, min(unit.end, unit.start + 80))
            words = match[1].split() if match else []
            if words and words[0].lower() not in NO_SPEAKER and all(map(in_label, words)):
                found.append((unit.start, " ".join(words)))
        return found

    def same_turn(self, index: int, other: Unit) -> bool:
        """Tell whether a paragraph of a transcript goes on with the turn of unit `index`.

        It does up to the next label; but nobody knows where the last turn ends, and a line in
        brackets is nobody's.
        """
        k = bisect_right(self._starts, self.units[index].start)
        bracket = self.clean[other.start : other.start + 1] in ("(", "[")
        return k < len(self._starts) and other.start < self._starts[k] and not bracket

    @cached_property
    def _starts(self) -> list[int]:
        """Return where the turns start, in order."""
        return [start for start, name in self._labelled if name in self.labels]


def in_label(word: str) -> bool:
    """Tell whether a word may stand in the label of a speaker: *Former minister Jane Doe:*."""
    low = word.lower()
    kinds = person_words()
    return not word[0].islower() or low in _LABEL_WORDS or low in kinds["role"] | kinds["title"]
