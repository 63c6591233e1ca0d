"""Figures of an evaluation → Markdown, JSON and a self-contained HTML page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from stance.files import write_atomic
from stance.plots import evaluation_plots

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~$&])")
_MODES = {
    "cross-validation": "{folds}-fold grouped cross-validation, each row judged by a model that "
    "saw none of its group",
    "held-out": "rows the model was not trained on",
}


def write_report(figures: Mapping[str, Any], folder: Path | str) -> list[Path]:
    """Write `report.md`, `report.json` and `report.html`; each is replaced in one step.

    Parameters
    ----------
    figures : mapping
        As `Evaluation.to_dict` gives them.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    OSError
        If the folder cannot be written.
    """
    home = Path(folder)
    contents = {
        "report.json": json.dumps(figures, indent=1, ensure_ascii=False) + "\n",
        "report.md": report_markdown(figures),
        "report.html": report_html(figures),
    }
    home.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        write_atomic(home / name, content)
    return [home / name for name in contents]


def report_markdown(figures: Mapping[str, Any]) -> str:
    """Return the report as Markdown tables, for a job summary or a paper's appendix."""
    template = environment(html=False).get_template("report.md.j2")
    return template.render(**figures, split=_split(figures))


def report_html(figures: Mapping[str, Any]) -> str:
    """Return the report as one HTML page with inline SVG; it loads nothing from elsewhere."""
    template = environment(html=True).get_template("report.html.j2")
    return template.render(**figures, split=_split(figures), plots=evaluation_plots(figures))


def environment(*, html: bool) -> Environment:
    """Return the templates with the project's filters; HTML is escaped unless drawn here."""
    found = Environment(
        loader=PackageLoader("stance"),
        autoescape=html,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    found.filters.update(
        f3=lambda value: f"{value:.3f}",
        percent=lambda value: f"{value:.1%}",
        span=interval_text,
        signed=signed,
        cell=markdown_cell,
        place=lambda value: f"{(value + 1) * 50:.1f}",
        drawing=Markup,  # only for plots, whose text matplotlib has escaped
    )
    return found


def counted(number: int, noun: str) -> str:
    """Return "1 article" or "2,000 articles"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def markdown_cell(value: object) -> str:
    """Return a text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(str(value).split()))


def interval_text(interval: Sequence[float] | None, digits: int = 2) -> str:
    """Return "0.61 to 0.66"; a single group has no interval."""
    if interval is None:
        return "no interval"
    return f"{interval[0]:.{digits}f} to {interval[1]:.{digits}f}".replace("-", "−")


def signed(value: float | None, digits: int = 2) -> str:
    """Return "+0.43", with a true minus sign, or "–" for no value."""
    if value is None:
        return "–"
    rounded = round(value, digits) + 0.0  # no −0.00
    return f"{rounded:+.{digits}f}".replace("-", "−")


def _split(figures: Mapping[str, Any]) -> str:
    return _MODES[figures["mode"]].format(folds=figures["model"]["folds"])
