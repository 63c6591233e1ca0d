"""What is known of an actor in a period, and of the whole debate in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stance.utterances import Who

UNDATED = "undated"  # the period of statements that lie in none
WHOLE = "all"  # the period of a row over all statements


@dataclass(frozen=True, slots=True)
class Cell:
    """The stance of an actor in a period.

    Attributes
    ----------
    who : Who
    period : str
        As `stance.periods.period_of` names it; "undated" for statements that lie in none,
        "all" over all of them.
    start : str or None
        The first day of the period.
    label : str
        The label with the highest mean probability over the stance-bearing statements;
        "none" where there are none.
    score, low, high : float or None
        Mean of P(positive) − P(negative) over them, with its 95 % interval by
        `stance.aggregate.cluster_interval`; None without them, or without poles.
    n : int
        Stance-bearing statements, each once however many papers carried it.
    counts : mapping of label to int
        All statements by label.
    articles : int
        In which they were printed first.
    papers : int
        That carried them.
    printed : int
        Statements as printed, copies among them.
    mixed : bool
        True where the stance-bearing statements bear different labels.
    few : bool
        True where n is below the minimum, or a single article printed all of them (unless the
        minimum is 1): what other articles might have printed cannot be told from one.
    """

    who: Who
    period: str
    start: str | None
    label: str
    score: float | None
    low: float | None
    high: float | None
    n: int
    counts: Mapping[str, int]
    articles: int
    papers: int
    printed: int
    mixed: bool
    few: bool


@dataclass(frozen=True, slots=True)
class Balance:
    """All statements of a period whose speaker is known.

    `share` is that of the positive label among those with a positive or negative one, with its
    Wilson interval; None where there are none, or no poles.
    """

    period: str
    start: str | None
    n: int
    counts: Mapping[str, int]
    share: float | None
    low: float | None
    high: float | None
    actors: int
    articles: int
    papers: int
    printed: int
    few: bool
