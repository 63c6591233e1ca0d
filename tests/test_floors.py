"""Floors: a fall fails, other data ask for new floors, lowering needs its flag."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from stance.errors import FloorError
from stance.floors import check_floors, set_floors

FIGURES: dict[str, Any] = {
    "dataset": {"digest": "a" * 64},
    "overall": {"n": 100, "macro_f1": 0.7, "accuracy": 0.71, "ece": 0.04},
    "classes": [{"label": "favor", "f1": 0.72}],
    "slices": [{"kind": "actors", "name": "several", "macro_f1": 0.6}],
    "risk_coverage": {"area": 0.2, "kept": 0.4},
    "actor_swap": [{"replaced": "the row's actor", "share": 0.0}],
    "checklist": [{"capability": "negation", "passed": 20}],
    "seed_articles": [
        {
            "article": "a.txt",
            "counts": {"matched": 12, "mention": 11, "name": 10},
            "actors_right": 13,
        }
    ],
    "golden": [{"name": "quote_f1", "value": 0.84}],
}


def changed(path: str, value: object) -> dict[str, Any]:
    """Return the figures with one of them changed."""
    figures = copy.deepcopy(FIGURES)
    place: Any = figures
    *parents, last = path.split("/")
    for name in parents:
        place = place[int(name) if name.isdigit() else name]
    place[last] = value
    return figures


@pytest.fixture
def floors(tmp_path: Path) -> Path:
    path = tmp_path / "floors.json"
    set_floors(FIGURES, path)
    return path


def test_the_same_figures_hold(floors: Path):
    assert check_floors(FIGURES, floors) == 14


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("overall/macro_f1", 0.68, "macro_f1: 0.6800 is below its floor 0.6900"),
        ("overall/ece", 0.06, "ece: 0.0600 is above its ceiling 0.0500"),
        ("classes/0/f1", 0.5, "f1/favor"),
        ("seed_articles/0/actors_right", 12, "actors_right"),
        ("checklist/0/passed", 19, "checklist/negation"),
        ("golden/0/value", 0.82, "golden/quote_f1: 0.8200 is below its floor 0.8300"),
        ("golden", [], "not computed in this evaluation; evaluate with: --golden tests/golden"),
        ("slices", [], "not computed"),
    ],
)
def test_a_fall_fails_and_names_the_figure(floors: Path, path: str, value: object, message: str):
    with pytest.raises(FloorError, match=message):
        check_floors(changed(path, value), floors)


def test_noise_within_the_margin_holds(floors: Path):
    assert check_floors(changed("overall/macro_f1", 0.691), floors)


def test_other_data_ask_for_new_floors(floors: Path):
    with pytest.raises(FloorError, match="stance floors set"):
        check_floors(changed("dataset/digest", "b" * 64), floors)


def test_an_empty_evaluation_fails(floors: Path):
    with pytest.raises(FloorError, match="checks nothing must fail"):
        check_floors(changed("overall/n", 0), floors)
    with pytest.raises(FloorError, match="checks nothing must fail"):
        set_floors(changed("classes", []), floors)


def test_empty_floors_fail(floors: Path):
    floors.write_text(json.dumps({"dataset_digest": "a" * 64, "bounds": {}}), "utf-8")
    with pytest.raises(FloorError, match="empty"):
        check_floors(FIGURES, floors)


def test_lowering_needs_its_flag(floors: Path):
    lower = changed("overall/macro_f1", 0.6)
    with pytest.raises(FloorError, match="allow-lower"):
        set_floors(lower, floors)
    assert check_floors(FIGURES, floors), "the refused change left the file as it was"
    set_floors(lower, floors, allow_lower=True)
    assert check_floors(lower, floors)


def test_a_bound_that_disappears_counts_as_lowering(floors: Path):
    with pytest.raises(FloorError, match="gone"):
        set_floors(changed("slices", []), floors)


def test_raising_needs_no_flag(floors: Path):
    higher = changed("overall/macro_f1", 0.8)
    set_floors(higher, floors)
    with pytest.raises(FloorError, match="below"):
        check_floors(FIGURES, floors)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"bounds": {}}'])
def test_broken_floors_say_so(floors: Path, content: str):
    floors.write_text(content, "utf-8")
    with pytest.raises(FloorError, match="stance floors set"):
        check_floors(FIGURES, floors)


def test_missing_floors_say_so(tmp_path: Path):
    with pytest.raises(FloorError, match="no floors at"):
        check_floors(FIGURES, tmp_path / "none.json")
