"""Actors × periods → a heat map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from stance.cells import Cell
from stance.drawing import (
    BETWEEN,
    INK,
    LABELS,
    WIDEST,
    Drawn,
    drawn,
    fitted,
    period_ticks,
    short,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MAP = "RdBu"
_HATCH = "#59636e"


def heatmap(
    shown: Sequence[Cell],
    cells: Sequence[Cell],
    periods: list[str],
    title: str,
    poles: tuple[str, str],
) -> Drawn:
    keys = {cell.who.key: row for row, cell in enumerate(shown)}
    places = {period: place for place, period in enumerate(periods)}
    written = len(periods) <= 24
    cell_size = 0.42 if written else 0.2
    wide = max(6.4, min(WIDEST, 3.2 + cell_size * len(periods)))

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
                _square(axes, cell, place, shades, written=written)
        axes.set_ylim(len(shown) - 0.5, -0.5)
        names = [f"{short(cell.who.name)} ({cell.n:,})" for cell in shown]
        axes.set_yticks(range(len(shown)), names)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        period_ticks(axes, periods, LABELS if wide < 9 else 2 * LABELS)
        bar = figure.colorbar(shades, ax=axes, shrink=min(1.0, 8 / max(8, len(shown))), pad=0.02)
        bar.set_ticks([-1, 0, 1], labels=[poles[1], "0", poles[0]])
        few = Patch(facecolor="white", edgecolor=_HATCH, hatch="/////", label="too few statements")
        none = Patch(facecolor=BETWEEN, label="no stance taken")
        figure.legend(
            handles=[few, none], loc="outside lower center", ncols=2, frameon=False, fontsize=8
        )
        numbers = " (number: statements with a stance)" if written else ""
        figure.suptitle(fitted(title + numbers, wide), fontsize=10)

    return drawn("heatmap", (wide, 1.7 + 0.27 * max(3, len(shown))), draw)


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
