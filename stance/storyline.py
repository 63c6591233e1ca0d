"""The sentences of the report on a debate, each computed from its figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stance.cells import UNDATED, WHOLE, Balance, Cell
from stance.periods import UNITS
from stance.report import counted
from stance.trends import Debate

_MANY = 24  # periods that fill a plot
_NAMED = 5  # actors that a sentence names at most


def story(
    debate: Debate, cells: Sequence[Cell], balances: Sequence[Balance]
) -> tuple[dict[str, Any], list[str]]:
    """Return the figures of a debate, and the sentences that say them.

    Every statement of the output is accounted for: counted, a copy, without a known speaker,
    without a date.
    """
    figures = _figures(debate, balances)
    sentences = [*_counted(figures), *_dated(debate, figures, balances)]
    if debate.found.output.poles is not None:
        sentences += [*_sides(cells, debate), *_balance(balances, debate), *_moved(cells)]
    return figures, sentences


def _figures(debate: Debate, balances: Sequence[Balance]) -> dict[str, Any]:
    found, leaders = debate.found, debate.leaders
    whole = balances[0]
    outside = [debate.period_at(index) == UNDATED for index in leaders.tolist()]
    return {
        "target": found.output.target,
        "model": found.output.model_id,
        "articles_read": found.output.articles,
        "articles_skipped": found.output.skipped,
        "printed": len(found),
        "statements": len(leaders),
        "copies": len(found) - len(leaders),
        "unattributed": int(np.count_nonzero(found.actor[leaders] < 0)),
        "of_roles": sum(
            actor >= 0 and found.actors[actor].kind == "role"
            for actor in found.actor[leaders].tolist()
        ),
        "outside_periods": sum(outside),
        "unreadable_dates": found.unreadable,
        "actors": whole.actors,
        "papers": whole.papers,
        "counts": dict(whole.counts),
        "with_stance": whole.n,
        "periods": debate.periods(),
    }


def _counted(figures: dict[str, Any]) -> list[str]:
    told = [
        f"Read: {counted(figures['articles_read'], 'article')} "
        f"({figures['articles_skipped']:,} of them skipped) with "
        f"{counted(figures['printed'], 'statement')} about the target as printed; "
        f"{figures['copies']:,} of these repeat another and count with it, which leaves "
        f"{figures['statements']:,}.",
        f"Without a known speaker, and in no table: "
        f"{counted(figures['unattributed'], 'statement')}; the other "
        f"{figures['statements'] - figures['unattributed']:,} come from "
        f"{counted(figures['actors'], 'actor')}, and {figures['with_stance']:,} of them bear a "
        "stance.",
    ]
    if figures["of_roles"]:
        told.append(
            f'Of roles without a name (kind "role"), and so in the tables but not in the plots '
            f"and networks: {counted(figures['of_roles'], 'statement')}."
        )
    return told


def _dated(debate: Debate, figures: dict[str, Any], balances: Sequence[Balance]) -> list[str]:
    periods = figures["periods"]
    told = []
    if periods:
        told.append(f"From {periods[0]} to {periods[-1]}: {counted(len(periods), debate.unit)}.")
        told += _sparse(balances, debate.unit)
    else:
        told.append(
            f"No statement has a date that lies in one {debate.unit}: there are no plots, and no "
            "ties between actors."
        )
    if figures["outside_periods"]:
        told.append(
            f"Without a date that lies in one {debate.unit}, and in the rows of period "
            f'"{UNDATED}": {counted(figures["outside_periods"], "statement")} (with a date that '
            f"cannot be read, as printed: {figures['unreadable_dates']:,}; expected 2015-06-30, "
            "2015-06 or 2015). Dates come from a column of the corpus: stance batch TABLE --date "
            "COLUMN."
        )
    return told


def _sparse(balances: Sequence[Balance], unit: str) -> list[str]:
    """Say so where most of many periods are empty, and what to do about it."""
    dated = [one for one in balances if one.start]
    empty = sum(not sum(one.counts.values()) for one in dated)
    longer = UNITS[UNITS.index(unit) + 1 :]
    if len(dated) < _MANY or 2 * empty < len(dated) or not longer:
        return []
    return [
        f"Without any statement: {counted(empty, unit)}; longer periods show more: --period "
        f"{' or '.join(longer)}."
    ]


def _sides(cells: Sequence[Cell], debate: Debate) -> list[str]:
    poles = debate.found.output.poles or ("", "")
    firm = [c for c in cells if c.period == WHOLE and not c.few and c.who.kind != "role"]
    above = [c for c in firm if c.low is not None and c.low > 0]
    below = [c for c in firm if c.high is not None and c.high < 0]
    if not firm:
        return [
            f"No named actor has {counted(debate.fewest, 'statement')} that "
            f"{'bears' if debate.fewest == 1 else 'bear'} a stance, or more."
        ]
    told = [
        f"Named actors with at least {counted(debate.fewest, 'statement')} that "
        f"{'bears' if debate.fewest == 1 else 'bear'} a stance: {len(firm):,}; the interval lies "
        f"on the side of {poles[0]} for {len(above):,} of them, on that of {poles[1]} for "
        f"{len(below):,}, and on neither for {len(firm) - len(above) - len(below):,}."
    ]
    for group, pole, sign in ((above, poles[0], -1), (below, poles[1], 1)):
        if group:
            group.sort(key=lambda c: (sign * (c.score or 0), c.who.name))
            told.append(f"Most clearly {pole}: {'; '.join(map(_named, group[:_NAMED]))}.")
    return told


def _named(cell: Cell) -> str:
    name = " ".join(cell.who.name.split())
    return f"{name} ({_range(cell)}, n = {cell.n:,})"


def _range(cell: Cell) -> str:
    values = f"{cell.score:+.2f}, {cell.low:+.2f} to {cell.high:+.2f}"
    return values.replace("-", "−")


def _balance(balances: Sequence[Balance], debate: Debate) -> list[str]:
    whole, poles = balances[0], debate.found.output.poles or ("", "")
    if whole.share is None:
        return ["No statement takes one of the two sides."]
    told = [
        f"Statements: {whole.counts[poles[0]]:,} {poles[0]} and {whole.counts[poles[1]]:,} "
        f"{poles[1]}, a share of {whole.share:.0%} {poles[0]} "
        f"(95 % interval {whole.low:.0%} to {whole.high:.0%}, statements taken for independent)."
    ]
    firm = [one for one in balances[1:] if one.start and not one.few and one.share is not None]
    if len(firm) > 1:
        most, least = max(firm, key=_share), min(firm, key=_share)
        told.append(
            f"That share was highest in {most.period} ({_share(most):.0%}, n = {most.n:,}) and "
            f"lowest in {least.period} ({_share(least):.0%}, n = {least.n:,})."
        )
    return told


def _share(balance: Balance) -> float:
    return balance.share if balance.share is not None else 0.0


def _moved(cells: Sequence[Cell]) -> list[str]:
    """Name the actors whose first and last periods have intervals that do not touch."""
    firm: dict[str, list[Cell]] = {}
    for cell in cells:
        if cell.start and not cell.few and cell.score is not None and cell.who.kind != "role":
            firm.setdefault(cell.who.key, []).append(cell)
    told = []
    for mine in firm.values():
        one, other = mine[0], mine[-1]
        if one.low is None or one.high is None or other.low is None or other.high is None:
            continue
        if one.high < other.low or other.high < one.low:
            name = " ".join(one.who.name.split())
            told.append(
                f"{name} moved from {_range(one)} in {one.period} (n = {one.n:,}) to "
                f"{_range(other)} in {other.period} (n = {other.n:,})."
            )
    total = len(told)
    if total > _NAMED:
        told = [*told[:_NAMED], f"{counted(total - _NAMED, 'other actor')} moved as clearly."]
    return told
