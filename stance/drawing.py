"""Figures by matplotlib, an extra, in one style; imported only when something is drawn."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from stance.errors import MissingExtraError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, ACCENT, FAINT = "#1b1f24", "#0b5fa5", "#9aa4ae"
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
