"""Floors under the figures of an evaluation, tied to the data they were set on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stance.errors import FloorError
from stance.files import write_atomic

MARGIN = 0.01  # room for other versions of the libraries; the same versions give the same figure


def bounded_figures(figures: Mapping[str, Any]) -> Iterator[tuple[str, str, float]]:
    """Yield name, "least" or "most", and value of each figure that has a floor or ceiling."""
    overall = figures["overall"]
    yield "macro_f1", "least", overall["macro_f1"]
    yield "accuracy", "least", overall["accuracy"]
    yield "ece", "most", overall["ece"]
    for entry in figures["classes"]:
        yield f"f1/{entry['label']}", "least", entry["f1"]
    for entry in figures["slices"]:
        yield f"macro_f1/{entry['kind']}/{entry['name']}", "least", entry["macro_f1"]
    curve = figures["risk_coverage"]
    yield "risk_coverage_area", "most", curve["area"]
    yield "kept", "least", curve["kept"]
    for entry in figures["actor_swap"]:
        yield f"actor_swap/{entry['replaced']}", "most", entry["share"]
    for entry in figures["checklist"]:
        yield f"checklist/{entry['capability']}", "least", entry["passed"]
    for entry in figures["seed_articles"]:
        name = f"seed/{entry['article']}"
        for count in ("matched", "mention", "name"):
            yield f"{name}/{count}", "least", entry["counts"][count]
        yield f"{name}/actors_right", "least", entry["actors_right"]
    for entry in figures["golden"]:
        yield f"golden/{entry['name']}", "least", entry["value"]


def check_floors(figures: Mapping[str, Any], path: Path | str) -> int:
    """Compare figures with their floors; return how many were checked.

    Raises
    ------
    FloorError
        No rows were evaluated, the floors are missing or belong to other data, a figure
        that has a floor was not computed, or a figure fell below its floor.
    """
    _require_rows(figures)
    floors = _read(Path(path))
    _require_same_data(figures, floors, path)
    values = {name: value for name, _, value in bounded_figures(figures)}
    problems = []
    for name, bound in floors["bounds"].items():
        if name not in values:
            hint = "; evaluate with: --golden tests/golden" if name.startswith("golden/") else ""
            problems.append(f"{name}: not computed in this evaluation{hint}")
        elif "least" in bound and values[name] < bound["least"]:
            problems.append(f"{name}: {values[name]:.4f} is below its floor {bound['least']:.4f}")
        elif "most" in bound and values[name] > bound["most"]:
            problems.append(f"{name}: {values[name]:.4f} is above its ceiling {bound['most']:.4f}")
    if problems:
        raise FloorError(
            "the evaluation does not hold its floors:\n  "
            + "\n  ".join(problems)
            + "\nMend the cause; a bound that has to give way is loosened with: stance floors set "
            "--allow-lower"
        )
    if not floors["bounds"]:
        raise FloorError("the floors are empty; set them with: stance floors set")
    return len(floors["bounds"])


def set_floors(
    figures: Mapping[str, Any], path: Path | str, *, allow_lower: bool = False
) -> dict[str, Any]:
    """Write floors a margin of 0.01 below the figures, for the data they were measured on.

    Raises
    ------
    FloorError
        No rows were evaluated, or a bound would become looser without `allow_lower`.
    """
    _require_rows(figures)
    target = Path(path)
    old = _read(target)["bounds"] if target.exists() else {}
    bounds = {name: _bound(side, value) for name, side, value in bounded_figures(figures)}
    looser = [
        f"{name}: {old[name]} → {bounds.get(name, 'gone')}"
        for name in old
        if name not in bounds or _looser(bounds[name], old[name])
    ]
    if looser and not allow_lower:
        raise FloorError(
            "these bounds would become looser:\n  "
            + "\n  ".join(looser)
            + "\nIf that is meant, and said why in the commit, use: stance floors set --allow-lower"
        )
    content = {"dataset_digest": figures["dataset"]["digest"], "bounds": bounds}
    write_atomic(target, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return content


def _bound(side: str, value: float) -> dict[str, float]:
    if isinstance(value, int):
        return {side: value}
    room = -MARGIN if side == "least" else MARGIN
    return {side: round(min(1.0, max(0.0, value + room)), 4)}


def _looser(new: Mapping[str, float], old: Mapping[str, float]) -> bool:
    if "least" in old:
        return new.get("least", -1.0) < old["least"]
    return new.get("most", 2.0) > old["most"]


def _require_rows(figures: Mapping[str, Any]) -> None:
    if not figures["overall"]["n"] or not figures["classes"]:
        raise FloorError("nothing was evaluated (n = 0); a gate that checks nothing must fail")


def _require_same_data(
    figures: Mapping[str, Any], floors: Mapping[str, Any], path: Path | str
) -> None:
    found, expected = figures["dataset"]["digest"], floors["dataset_digest"]
    if found != expected:
        raise FloorError(
            f"{Path(path).name} was set on the dataset {expected[:12]}…, this evaluation is on "
            f"{found[:12]}…; look at the new figures, then: stance floors set"
        )


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise FloorError(f"no floors at {path}; set them with: stance floors set") from None
    except ValueError as error:
        raise FloorError(f"{path} is no JSON ({error}); set it anew: stance floors set") from None
    if not isinstance(content, dict) or not {"dataset_digest", "bounds"} <= set(content):
        raise FloorError(f"{path} lacks dataset_digest or bounds; set it anew: stance floors set")
    return content
