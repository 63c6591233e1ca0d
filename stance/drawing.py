"""Figures by matplotlib, an extra, in one style; imported only when something is drawn."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from textwrap import fill
from typing import TYPE_CHECKING, Any

from stance.errors import MissingExtraError
from stance.periods import start_of
from stance.text import fit_for_xml

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, ACCENT, FAINT = "#1b1f24", "#0b5fa5", "#9aa4ae"
FOR, BETWEEN, AGAINST = "#2166ac", "#c9ccd1", "#b2182b"  # told apart by the colour-blind, too
LABELS = 12  # of an axis of periods at most, so that they do not run into one another
WIDEST = 16.0  # inches of a plot over periods
_NAME = 34  # characters of an actor's name that a plot has room for

Drawn = tuple[str, str, bytes]  # name, SVG, PNG

_STYLE: Any = {
    "font.size": 9,
    "svg.fonttype": "none",  # the reader draws the text, in whatever script, with its own fonts
    "svg.hashsalt": "stance",
    "text.parse_math": False,
    "hatch.linewidth": 0.6,
}


@contextmanager
def new_figure(size: tuple[float, float]) -> Iterator[Figure]:
    """Give an empty figure of so many inches; draw on it and take it out within the block.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtraError(
            "the plots need matplotlib; install it with: pip install 'actor-stance[report]'"
        ) from None
    with rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")
        yield Figure(figsize=size, layout="constrained")


def require_matplotlib() -> None:
    """Fail before the work whose figures could not be drawn.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    with new_figure((1, 1)):
        pass


def as_svg(figure: Figure) -> str:
    """Return a figure as SVG; the same figure gives the same text."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def as_png(figure: Figure) -> bytes:
    """Return a figure as PNG, 160 dots to the inch."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=160, metadata={"Software": None})
    return buffer.getvalue()


def drawn(name: str, size: tuple[float, float], draw: Callable[[Figure], None]) -> Drawn:
    """Return a figure of so many inches, as `draw` fills it."""
    with new_figure(size) as figure:
        draw(figure)
        return name, as_svg(figure), as_png(figure)


def period_ticks(axes: Axes, periods: list[str], most: int) -> None:
    """Name at most so many of the periods 0, 1, 2 … of an axis; years alone where they are many.

    The ends have room beside them, so that what is drawn there is not cut.
    """
    step = ceil(len(periods) / most)
    begins = [
        n
        for n, period in enumerate(periods)
        if start_of(period)[5:] == "01-01" or (n and period[:4] != periods[n - 1][:4])
    ]
    yearly = step > 1 and 2 * len(begins) >= most
    if yearly:
        years = ceil(len(begins) / most)
        spots = [n for n in begins if int(periods[n][:4]) % years == 0]
    else:
        spots = list(range(0, len(periods), step))
    turned = len(periods) > 4 and not yearly
    room = max(0.6, 0.015 * len(periods))
    axes.set_xlim(-room, len(periods) - 1 + room)
    axes.set_xticks(
        spots,
        [periods[spot][:4] if yearly else periods[spot] for spot in spots],
        fontsize=7.5,
        rotation=45 if turned else 0,
        ha="right" if turned else "center",
        rotation_mode="anchor",
    )


def short(name: str) -> str:
    """Return a name that a plot has room for."""
    name = fit_for_xml(" ".join(name.split()))
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"


def fitted(title: str, inches: float) -> str:
    """Break a title into lines that the figure has room for."""
    return fill(fit_for_xml(title), max(30, int(inches * 13)))
