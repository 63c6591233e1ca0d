"""Figures → SVG text, by matplotlib; imported only when a report is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from stance.drawing import ACCENT, FAINT, INK, as_svg, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIZE = (4.6, 3.4)  # inches


def evaluation_plots(figures: Mapping[str, Any]) -> dict[str, str]:
    """Return the plots of an evaluation as inline SVG: title → markup.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    labels = [entry["label"] for entry in figures["classes"]]
    plots = {
        "Confusion matrix": _svg(lambda axes: _confusion(axes, figures["confusion"], labels)),
        "Reliability": _svg(lambda axes: _reliability(axes, figures["reliability"])),
        "Risk and coverage": _svg(lambda axes: _risk(axes, figures["risk_coverage"])),
    }
    if figures["learning_curve"]:
        plots["Learning curve"] = _svg(lambda axes: _learning(axes, figures["learning_curve"]))
    return plots


def _svg(draw: Callable[[Axes], None]) -> str:
    with new_figure(_SIZE) as figure:
        axes = figure.subplots()
        axes.spines[["top", "right"]].set_visible(False)
        draw(axes)
        markup = as_svg(figure)
    return markup[markup.index("<svg") :]  # inside HTML no XML prologue


def _confusion(axes: Axes, matrix: list[list[int]], labels: list[str]) -> None:
    shares = [[cell / max(1, sum(row)) for cell in row] for row in matrix]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(len(labels)), labels)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_xlabel("predicted")
    axes.set_ylabel("label")
    for y, row in enumerate(matrix):
        for x, cell in enumerate(row):
            ink = "white" if shares[y][x] > 0.55 else INK
            axes.text(x, y, f"{cell}\n{shares[y][x]:.0%}", ha="center", va="center", color=ink)


def _reliability(axes: Axes, bins: Mapping[str, list[dict[str, float]]]) -> None:
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=1)
    for name, colour, marker in (("before", FAINT, "s"), ("after", ACCENT, "o")):
        axes.plot(
            [part["confidence"] for part in bins[name]],
            [part["accuracy"] for part in bins[name]],
            color=colour,
            marker=marker,
            markersize=4,
            label=f"{name} calibration",
        )
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("stated probability of the label")
    axes.set_ylabel("share that was right")
    axes.legend(frameon=False)


def _risk(axes: Axes, curve: Mapping[str, Any]) -> None:
    axes.plot(curve["coverage"], curve["risk"], color=ACCENT)
    if curve["kept_accuracy"] is not None:
        place = (curve["kept"], 1 - curve["kept_accuracy"])
        axes.plot(*place, "o", color=INK)
        axes.annotate("threshold", place, textcoords="offset points", xytext=(6, -10))
    axes.set_xlim(0, 1)
    axes.set_ylim(0, None)
    axes.set_xlabel("coverage: share of rows answered")
    axes.set_ylabel("risk: share of errors among them")


def _learning(axes: Axes, curve: list[dict[str, Any]]) -> None:
    axes.plot(
        [point["rows"] for point in curve],
        [point["macro_f1"] for point in curve],
        color=ACCENT,
        marker="o",
        markersize=4,
    )
    axes.set_ylim(0, 1)
    axes.set_xlim(0, None)
    axes.set_xlabel("training rows")
    axes.set_ylabel("macro-F1")
