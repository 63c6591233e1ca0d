"""Syndicated copies: the same statement in several papers counts once."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from stance.periods import day_number
from stance.utterances import Ints, Utterances

OVERLAP = 0.8  # share of the shorter sentence's word 3-grams; a guess, stricter than OVERLAP
# of `stance.dataset`, which only keeps what is alike out of a test set
WINDOW = 7  # days from the first copy to the last; a guess: agencies' copy is printed within days
_FEWEST = 4  # 3-grams (six words) of the shorter one; below that only the same words count
_COMMON = 40  # a 3-gram in more open statements of an actor than this is a set phrase


def join_copies(
    found: Utterances,
    *,
    overlap: float = OVERLAP,
    window: int = WINDOW,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Ints:
    """Return, for each statement, the index of the statement that it is a copy of.

    Statements are copies if they have the same actor and label, were printed within `window`
    days of the first of them, and their sentences have the same words or share at least
    `overlap` of the shorter one's word 3-grams (containment; Broder 1997). Statements without
    a date are compared with one another; with dated ones, and those of a whole month or year
    with those of a day in it, only the same words make copies. A statement that is no copy has
    its own index; of several, the earliest is the one that counts, and the first in the corpus
    of one day.

    Each statement is compared with the first ones of its actor and label that are still within
    the window, by an index of 3-grams, so the cost grows with the number of statements and not
    with its square. Copies are not entered in the index: a text in a thousand papers makes
    its own words no set phrase, as it would in `stance.dataset.near_duplicates`.
    """
    day = found.day
    kind = _exact(found) * 2 + (day == 0)  # of a day, of a month or year, of no date
    order = np.lexsort((day, kind, found.label, found.actor))
    first = np.arange(len(found), dtype=np.int64)
    block: tuple[int, int, int] | None = None
    open_ones = _Open(found, overlap, window)
    for done, index in enumerate(order.tolist()):
        mine = (int(found.actor[index]), int(found.label[index]), int(kind[index]))
        if mine != block:
            block, open_ones = mine, _Open(found, overlap, window)
        first[index] = open_ones.leader(index, int(day[index]))
        if not done % 1_000:
            progress("join copies", done, len(found))
    _join_vague(found, first, window)
    return first


def _join_vague(found: Utterances, first: Ints, window: int) -> None:
    """Make statements of no day in particular copies of those of a day that theirs may be."""
    exact = _exact(found)
    same = [tuple(row) for row in np.stack([found.actor, found.label, found.text], 1).tolist()]
    vague = [index for index in np.flatnonzero(~exact).tolist() if first[index] == index]
    wanted = {same[index] for index in vague}
    known: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for index in np.flatnonzero(exact).tolist():
        if same[index] in wanted:
            known[same[index]].append(index)
    day, moved = found.day, {}
    for index in vague:
        low, high = _range(found, index, window)
        fitting = [other for other in known.get(same[index], ()) if low <= day[other] <= high]
        if fitting:
            moved[index] = int(first[min(fitting, key=lambda other: (day[other], other))])
    for index, leader in enumerate(first.tolist()):
        first[index] = moved.get(leader, leader)


def _exact(found: Utterances) -> NDArray[np.bool_]:
    """Tell which statements have a date that is one day."""
    return np.array([one == other for one, other in found.days] + [False])[found.date]


def _range(found: Utterances, index: int, window: int) -> tuple[int, int]:
    date = int(found.date[index])
    if date < 0:
        return 0, dt.date.max.toordinal()
    start, end = (day_number(iso) for iso in found.days[date])
    return start - window, end + window


class _Open:
    """The first statements of one actor and label that later ones may be copies of."""

    def __init__(self, found: Utterances, overlap: float, window: int) -> None:
        self._found = found
        self._overlap, self._window = overlap, window
        self._by_text: dict[int, int] = {}
        self._texts: dict[int, list[int]] = defaultdict(list)  # of a first statement, all copies
        self._by_gram: dict[int, set[int]] = defaultdict(set)
        self._queue: deque[tuple[int, int]] = deque()  # (day, index)

    def leader(self, index: int, day: int) -> int:
        """Return the statement that this one is a copy of; itself, entered, where there is none."""
        while self._queue and self._queue[0][0] < day - self._window:
            self._close(self._queue.popleft()[1])
        text = int(self._found.text[index])
        if text in self._by_text:
            return self._by_text[text]
        alike = self._alike(text)
        leader = index if alike is None else alike
        self._by_text[text] = leader
        self._texts[leader].append(text)
        if alike is None:
            self._queue.append((day, index))
            for gram in self._grams(text):
                self._by_gram[gram].add(index)
        return leader

    def _alike(self, text: int) -> int | None:
        grams = self._grams(text)
        shared: Counter[int] = Counter()
        for gram in grams:
            places = self._by_gram.get(gram, ())
            if len(places) <= _COMMON:
                shared.update(places)
        best: tuple[float, int] | None = None
        for other, count in shared.items():
            shorter = min(len(grams), len(self._grams(int(self._found.text[other]))))
            share = count / shorter
            if shorter >= _FEWEST and share >= self._overlap:
                best = max(best or (share, -other), (share, -other))
        return None if best is None else -best[1]

    def _close(self, index: int) -> None:
        for text in self._texts.pop(index):
            del self._by_text[text]
        for gram in self._grams(int(self._found.text[index])):
            self._by_gram[gram].discard(index)
            if not self._by_gram[gram]:
                del self._by_gram[gram]

    def _grams(self, text: int) -> list[int]:
        start, end = self._found.starts[text : text + 2]
        return list(self._found.grams[start:end].tolist())


def groups(first: Ints) -> Iterator[tuple[int, Ints]]:
    """Yield each statement that counts, with the indices of all its copies, itself among them."""
    order = np.argsort(first, kind="stable")
    borders = np.flatnonzero(np.diff(first[order])) + 1
    for members in np.split(order, borders):
        if len(members):
            yield int(first[members[0]]), members
