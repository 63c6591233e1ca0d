"""A debate over time → plots: a timeline for each actor, actors × periods, the balance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
from typing import TYPE_CHECKING

from stance.cells import UNDATED, WHOLE, Balance, Cell
from stance.drawing import (
    AGAINST,
    BETWEEN,
    FAINT,
    FOR,
    INK,
    LABELS,
    WIDEST,
    Drawn,
    drawn,
    fitted,
    period_ticks,
    short,
)
from stance.heatmaps import heatmap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def trend_plots(
    cells: Sequence[Cell],
    balances: Sequence[Balance],
    *,
    target: str,
    poles: tuple[str, str] | None,
    most: int,
) -> Iterator[Drawn]:
    """Yield (name, SVG, PNG) of each plot: timelines, heatmap, balance.

    Parameters
    ----------
    cells, balances
        As `stance.trends` gives them. Roles without a name are left out of the plots of
        actors, since *the minister* is not one person.
    most : int
        Actors that are shown, those with most statements that bear a stance.
    poles : (positive, negative) or None
        Without poles there is no score, and nothing is drawn.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    periods = [one.period for one in balances if one.period not in (WHOLE, UNDATED)]
    if poles is None or not periods:
        return
    shown, omitted = chosen(cells, most)
    note = f"; {omitted:,} actors with fewer statements are not shown" if omitted else ""
    if shown:
        yield _timelines(shown, cells, periods, f"{target}: stance of actors{note}", poles)
        yield heatmap(shown, cells, periods, f"{target}: stance by actor and period{note}", poles)
    yield _balance(balances, periods, f"{target}: {poles[0]} and {poles[1]}", poles)


def chosen(cells: Sequence[Cell], most: int) -> tuple[list[Cell], int]:
    """Return the actors to show, by statements with a stance, and how many are left out."""
    named = [cell for cell in cells if cell.period == WHOLE and cell.who.kind != "role" and cell.n]
    named.sort(key=lambda cell: -cell.n)
    return named[:most], max(0, len(named) - most)


def _timelines(
    shown: Sequence[Cell],
    cells: Sequence[Cell],
    periods: list[str],
    title: str,
    poles: tuple[str, str],
) -> Drawn:
    columns = 1 if len(shown) == 1 else 2 if len(shown) < 5 else 3 if len(shown) < 25 else 5
    rows = ceil(len(shown) / columns)
    wide = max(2.7, 7.2 / columns)

    def draw(figure: Figure) -> None:
        grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for place, axes in enumerate(grid.flat):
            if place >= len(shown):
                axes.set_visible(False)
                continue
            _timeline(axes, shown[place], cells, periods, poles)
            if place + columns >= len(shown):  # the lowest one of its column
                axes.tick_params(labelbottom=True)
        figure.suptitle(fitted(title, wide * columns), fontsize=10)
        figure.supxlabel(
            f"dot: mean of P({poles[0]}) − P({poles[1]}), area by statements; bar: 95 % interval\n"
            "blue, red: the interval lies on one side of 0; hollow and grey: too few statements",
            fontsize=8,
        )

    return drawn("timelines", (wide * columns, 0.9 + 1.45 * rows), draw)


def _timeline(
    axes: Axes, actor: Cell, cells: Sequence[Cell], periods: list[str], poles: tuple[str, str]
) -> None:
    places = {period: place for place, period in enumerate(periods)}
    axes.axhline(0, color=FAINT, linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    mine = [c for c in cells if c.who.key == actor.who.key and c.period in places and c.n]
    solid = [cell for cell in mine if not cell.few]
    axes.plot(
        [places[c.period] for c in solid],
        [c.score or 0.0 for c in solid],
        color=FAINT,
        linewidth=1,
        zorder=1,
    )
    spots = [places[cell.period] for cell in mine]
    scores = [cell.score or 0.0 for cell in mine]
    colours = [FAINT if cell.few else _side(cell) for cell in mine]
    faces = ["white" if cell.few else _side(cell) for cell in mine]
    lows, highs = [cell.low or 0.0 for cell in mine], [cell.high or 0.0 for cell in mine]
    axes.vlines(spots, lows, highs, colors=colours, linewidth=1.2, zorder=2)
    sizes = [12 + 6 * min(cell.n, 20) for cell in mine]
    axes.scatter(
        spots, scores, s=sizes, color=faces, edgecolors=colours, linewidths=1, zorder=3,
        clip_on=False,
    )  # fmt: skip
    axes.set_title(f"{short(actor.who.name)} (n = {actor.n:,})", fontsize=8.5, loc="left")
    axes.set_ylim(-1.12, 1.12)
    axes.set_yticks([-1, 0, 1], [poles[1], "0", poles[0]])
    period_ticks(axes, periods, 4)


def _side(cell: Cell) -> str:
    """Return the colour of the side on which the whole interval lies, or of neither."""
    if cell.low is None or cell.high is None or cell.low <= 0 <= cell.high:
        return INK
    return FOR if cell.low > 0 else AGAINST


def _balance(
    balances: Sequence[Balance], periods: list[str], title: str, poles: tuple[str, str]
) -> Drawn:
    dated = [one for one in balances if one.period in set(periods)]
    wide = max(6.4, min(WIDEST, 2.5 + 0.3 * len(periods)))

    def draw(figure: Figure) -> None:
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
        _bars(above, dated, poles)
        _share(below, dated, poles)
        for axes in (above, below):
            axes.spines[["top", "right"]].set_visible(False)
        period_ticks(below, periods, LABELS if wide < 9 else 2 * LABELS)
        figure.suptitle(fitted(title, wide), fontsize=10)

    return drawn("balance", (wide, 5.0), draw)


def _bars(axes: Axes, dated: Sequence[Balance], poles: tuple[str, str]) -> None:
    from matplotlib.ticker import MaxNLocator

    labels = [name for name in dated[0].counts if name not in (*poles, "none")]
    spots = range(len(dated))
    up = [one.counts[poles[0]] for one in dated]
    down = [-one.counts[poles[1]] for one in dated]
    axes.bar(spots, up, color=FOR, label=poles[0])
    top = up
    for number, name in enumerate(labels):  # what takes neither side lies beyond the favour
        more = [one.counts[name] for one in dated]
        shade = BETWEEN if not number % 2 else FAINT
        axes.bar(spots, more, bottom=top, color=shade, label=name)
        top = [a + b for a, b in zip(top, more, strict=True)]
    axes.bar(spots, down, color=AGAINST, label=poles[1])
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.yaxis.set_major_formatter(lambda value, _: f"{abs(value):,.0f}")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel("statements")
    axes.legend(frameon=False, ncols=4, fontsize=8, loc="lower left", bbox_to_anchor=(0, 1))


def _share(axes: Axes, dated: Sequence[Balance], poles: tuple[str, str]) -> None:
    axes.axhline(0.5, color=FAINT, linewidth=0.8)
    for place, one in enumerate(dated):
        if one.share is None:
            continue
        colour = FAINT if one.few else INK
        axes.vlines(place, one.low or 0.0, one.high or 0.0, colors=colour, linewidth=1.2)
        axes.plot(
            [place], [one.share], "o", color=colour, markersize=4,
            markerfacecolor="white" if one.few else colour,
        )  # fmt: skip
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
    axes.set_ylabel(f"{poles[0]} among\n{poles[0]} and {poles[1]}")
