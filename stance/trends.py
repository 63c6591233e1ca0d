"""Statements of a corpus → the stance of each actor in each period, and of the debate."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stance.aggregate import NEUTRAL, around, cluster_interval, wilson_interval
from stance.cells import UNDATED, WHOLE, Balance, Cell
from stance.copies import groups
from stance.periods import period_of, span, start_of
from stance.utterances import Ints, Utterances, Who

FEWEST = 3  # stance-bearing statements below which a figure is marked as few; a guess


@dataclass(frozen=True)
class Debate:
    """A corpus read as a debate.

    Attributes
    ----------
    found : Utterances
    first : int64, shape (n,)
        Of each statement the one it is a copy of (`stance.copies.join_copies`).
    unit : str
        One of `stance.periods.UNITS`.
    period : tuple of str
        The period of each distinct date; "undated" where the date is too coarse.
    fewest : int
    """

    found: Utterances
    first: Ints
    unit: str
    period: tuple[str, ...]
    fewest: int

    @classmethod
    def of(
        cls, found: Utterances, first: Ints, unit: str = "month", fewest: int = FEWEST
    ) -> Debate:
        """Find the period of each date."""
        periods = (period_of(*days, unit) or UNDATED for days in found.days)
        return cls(found, first, unit, (*periods, UNDATED), fewest)

    @property
    def leaders(self) -> Ints:
        """Indices of the statements that count."""
        return np.flatnonzero(self.first == np.arange(len(self.first)))

    def period_at(self, index: int) -> str:
        """Return the period of a statement."""
        return self.period[int(self.found.date[index])]

    def periods(self) -> list[str]:
        """Return all periods from the first to the last, empty ones too."""
        counting = self.leaders[self.found.actor[self.leaders] >= 0]
        dates = np.unique(self.found.date[counting])
        used = sorted({self.period[date] for date in dates.tolist()} - {UNDATED}, key=start_of)
        return list(span(used[0], used[-1])) if used else []


def actor_cells(
    debate: Debate,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> list[Cell]:
    """Return the stance of each actor in each period with a statement of it.

    By actor, those with most statements first; of one, first the row over all its statements
    (period "all"), then its periods, then the statements of none ("undated").
    """
    heaps = _heaps(debate)
    size: dict[int, int] = defaultdict(int)
    for (actor, period), heap in heaps.items():
        size[actor] += len(heap[0]) if period == WHOLE else 0
    names = [who.name for who in debate.found.actors]
    order = sorted(heaps, key=lambda key: (-size[key[0]], names[key[0]], key[0], _rank(key[1])))
    cells = []
    for done, key in enumerate(order):
        cells.append(_cell(debate, debate.found.actors[key[0]], key[1], heaps[key]))
        if not done % 100:
            progress("aggregate", done, len(order))
    return cells


def balances(debate: Debate) -> list[Balance]:
    """Return the balance of the debate in each period, empty ones too, and over all ("all")."""
    heaps: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for (_, period), (leaders, members) in _heaps(debate).items():
        heaps[period][0].extend(leaders)
        heaps[period][1].extend(members)
    names = [WHOLE, *debate.periods(), *([UNDATED] if UNDATED in heaps else [])]
    return [_balance(debate, period, *heaps[period]) for period in names]


def _heaps(debate: Debate) -> dict[tuple[int, str], tuple[list[int], list[int]]]:
    """Return statements that count, and all copies of them, by actor and period."""
    found: dict[tuple[int, str], tuple[list[int], list[int]]] = {}
    for leader, members in groups(debate.first):
        actor = int(debate.found.actor[leader])
        if actor < 0:
            continue
        for period in (WHOLE, debate.period_at(leader)):
            heap = found.setdefault((actor, period), ([], []))
            heap[0].append(leader)
            heap[1].extend(members.tolist())
    return found


def _rank(period: str) -> tuple[int, str]:
    if period in (WHOLE, UNDATED):
        return (0 if period == WHOLE else 2), period
    return 1, start_of(period)


def _start(period: str) -> str | None:
    return None if period in (WHOLE, UNDATED) else start_of(period)


def _counts(debate: Debate, leaders: list[int]) -> dict[str, int]:
    labels = debate.found.output.labels
    found = np.bincount(debate.found.label[leaders], minlength=len(labels)).tolist()
    return dict(zip(labels, found, strict=True))


def _distinct(values: Ints) -> int:
    return len(np.unique(values))


def _cell(debate: Debate, who: Who, period: str, heap: tuple[list[int], list[int]]) -> Cell:
    leaders, members = (np.array(part, dtype=np.int64) for part in heap)
    found, labels = debate.found, debate.found.output.labels
    counts = _counts(debate, heap[0])
    bearing = leaders[[labels[label] != NEUTRAL for label in found.label[leaders].tolist()]]
    stances = [place for place, label in enumerate(labels) if label != NEUTRAL]
    label, score, low, high = NEUTRAL, None, None, None
    if len(bearing):
        table = found.probabilities[bearing]
        label = labels[stances[int(np.argmax(table[:, stances].mean(axis=0)))]]
        if found.output.poles is not None:
            up, down = (table[:, labels.index(pole)] for pole in found.output.poles)
            score = float((up - down).mean())
            seed = (zlib.crc32(who.key.encode("utf-8", "replace")), zlib.crc32(period.encode()))
            ends = cluster_interval(up, down, found.article[bearing], seed=seed)
            low, high = around(score, ends)
    return Cell(
        who=who,
        period=period,
        start=_start(period),
        label=label,
        score=score,
        low=low,
        high=high,
        n=len(bearing),
        counts=counts,
        articles=_distinct(found.article[leaders]),
        papers=_distinct(found.paper[members]),
        printed=len(members),
        mixed=sum(1 for name, count in counts.items() if count and name != NEUTRAL) > 1,
        few=len(bearing) < debate.fewest
        or (debate.fewest > 1 and _distinct(found.article[bearing]) < 2),
    )


def _balance(debate: Debate, period: str, leaders: list[int], members: list[int]) -> Balance:
    found = debate.found
    counts = _counts(debate, leaders)
    share, low, high = None, None, None
    if found.output.poles is not None:
        up, down = (counts[pole] for pole in found.output.poles)
        if up + down:
            share, (low, high) = up / (up + down), wilson_interval(up, up + down)
    n = sum(count for name, count in counts.items() if name != NEUTRAL)
    return Balance(
        period=period,
        start=_start(period),
        n=n,
        counts=counts,
        share=share,
        low=low,
        high=high,
        actors=_distinct(found.actor[leaders]),
        articles=_distinct(found.article[leaders]),
        papers=_distinct(found.paper[members]),
        printed=len(members),
        few=n < debate.fewest,
    )
