"""A debate over time → plots: a timeline for each actor, actors × periods, the balance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

from stance.drawing import FAINT, INK, as_png, as_svg, new_figure
from stance.text import fit_for_xml
from stance.trends import UNDATED, WHOLE, Balance, Cell

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FOR, BETWEEN, AGAINST = "#2166ac", "#c9ccd1", "#b2182b"  # told apart by the colour-blind, too
_MAP = "RdBu"
_HATCH = "#59636e"
_LABELS = 12  # of an axis of periods at most, so that they do not run into one another
_NAME = 34  # characters of an actor's name that a plot has room for

Drawn = tuple[str, str, bytes]


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
        yield _heatmap(shown, cells, periods, f"{target}: stance by actor and period{note}", poles)
    yield _balance(balances, periods, f"{target}: {poles[0]} and {poles[1]}", poles)


def chosen(cells: Sequence[Cell], most: int) -> tuple[list[Cell], int]:
    """Return the actors to show, by statements with a stance, and how many are left out."""
    named = [cell for cell in cells if cell.period == WHOLE and cell.who.kind != "role" and cell.n]
    named.sort(key=lambda cell: -cell.n)
    return named[:most], max(0, len(named) - most)


def _drawn(name: str, size: tuple[float, float], draw: Callable[[Figure], None]) -> Drawn:
    with new_figure(size) as figure:
        draw(figure)
        return name, as_svg(figure), as_png(figure)


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
        figure.suptitle(_fitted(title, wide * columns), fontsize=10)
        figure.supxlabel(
            f"dot: mean of P({poles[0]}) − P({poles[1]}), area by statements; bar: 95 % interval\n"
            "blue, red: the interval lies on one side of 0; hollow and grey: too few statements",
            fontsize=8,
        )

    return _drawn("timelines", (wide * columns, 0.9 + 1.45 * rows), draw)


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
    axes.set_title(f"{_short(actor.who.name)} (n = {actor.n:,})", fontsize=8.5, loc="left")
    axes.set_xlim(-0.6, len(periods) - 0.4)
    axes.set_ylim(-1.12, 1.12)
    axes.set_yticks([-1, 0, 1], [poles[1], "0", poles[0]])
    _period_ticks(axes, periods, 4)


def _side(cell: Cell) -> str:
    """Return the colour of the side on which the whole interval lies, or of neither."""
    if cell.low is None or cell.high is None or cell.low <= 0 <= cell.high:
        return INK
    return FOR if cell.low > 0 else AGAINST


def _heatmap(
    shown: Sequence[Cell],
    cells: Sequence[Cell],
    periods: list[str],
    title: str,
    poles: tuple[str, str],
) -> Drawn:
    keys = {cell.who.key: row for row, cell in enumerate(shown)}
    places = {period: place for place, period in enumerate(periods)}
    cell_size = 0.42 if len(periods) <= 24 else 0.2
    wide = max(6.4, 3.2 + cell_size * len(periods))

    def draw(figure: Figure) -> None:
        from matplotlib import colormaps
        from matplotlib.cm import ScalarMappable
        from matplotlib.colors import Normalize
        from matplotlib.patches import Patch

        axes = figure.subplots()
        shades = ScalarMappable(Normalize(-1, 1), colormaps[_MAP])
        for cell in cells:
            if cell.who.key in keys and cell.period in places:
                place = (places[cell.period], keys[cell.who.key])
                _square(axes, cell, place, shades, written=cell_size > 0.3)
        axes.set_xlim(-0.5, len(periods) - 0.5)
        axes.set_ylim(len(shown) - 0.5, -0.5)
        names = [f"{_short(cell.who.name)} ({cell.n:,})" for cell in shown]
        axes.set_yticks(range(len(shown)), names)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        _period_ticks(axes, periods, _LABELS if wide < 9 else 2 * _LABELS)
        bar = figure.colorbar(shades, ax=axes, shrink=min(1.0, 8 / max(8, len(shown))), pad=0.02)
        bar.set_ticks([-1, 0, 1], labels=[poles[1], "0", poles[0]])
        few = Patch(facecolor="white", edgecolor=_HATCH, hatch="/////", label="too few statements")
        none = Patch(facecolor=BETWEEN, label="no stance taken")
        figure.legend(
            handles=[few, none], loc="outside lower center", ncols=2, frameon=False, fontsize=8
        )
        figure.suptitle(_fitted(f"{title} (number: statements with a stance)", wide), fontsize=10)

    return _drawn("heatmap", (wide, 1.7 + 0.27 * max(3, len(shown))), draw)


def _square(axes: Axes, cell: Cell, place: tuple[int, int], shades: Any, *, written: bool) -> None:
    from matplotlib.patches import Rectangle

    corner = (place[0] - 0.47, place[1] - 0.45)
    face = BETWEEN if cell.score is None else shades.to_rgba(cell.score)
    axes.add_patch(Rectangle(corner, 0.94, 0.9, facecolor=face, edgecolor="none"))
    if cell.n and cell.few:  # pale, under hatching: not to be read as firm
        axes.add_patch(
            Rectangle(
                corner, 0.94, 0.9, facecolor=(1, 1, 1, 0.6), edgecolor=_HATCH, hatch="/////",
                linewidth=0,
            )
        )  # fmt: skip
    if written and cell.n:
        strong = abs(cell.score or 0) > 0.6 and not cell.few
        ink = "white" if strong else INK
        axes.text(*place, f"{cell.n}", ha="center", va="center", fontsize=7, color=ink)


def _balance(
    balances: Sequence[Balance], periods: list[str], title: str, poles: tuple[str, str]
) -> Drawn:
    dated = [one for one in balances if one.period in set(periods)]
    wide = max(6.4, min(16.0, 2.5 + 0.3 * len(periods)))

    def draw(figure: Figure) -> None:
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
        _bars(above, dated, poles)
        _share(below, dated, poles)
        for axes in (above, below):
            axes.spines[["top", "right"]].set_visible(False)
        _period_ticks(below, periods, _LABELS if wide < 9 else 2 * _LABELS)
        below.set_xlim(-0.6, len(periods) - 0.4)
        figure.suptitle(_fitted(title, wide), fontsize=10)

    return _drawn("balance", (wide, 5.0), draw)


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


def _period_ticks(axes: Axes, periods: list[str], most: int) -> None:
    step = ceil(len(periods) / most)
    spots = range(0, len(periods), step)
    turned = len(periods) > 4
    axes.set_xticks(
        spots,
        [periods[spot] for spot in spots],
        fontsize=7.5,
        rotation=45 if turned else 0,
        ha="right" if turned else "center",
        rotation_mode="anchor",
    )


def _short(name: str) -> str:
    name = fit_for_xml(" ".join(name.split()))
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"


def _fitted(title: str, inches: float) -> str:
    """Break a title into lines that the figure has room for."""
    from textwrap import fill

    return fill(fit_for_xml(title), max(30, int(inches * 13)))
