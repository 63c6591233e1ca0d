"""Plots of a debate: what they hold, and that odd debates can be drawn."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow")
pytest.importorskip("matplotlib")
from debates import POLES, TARGET, said, write_output

from stance.copies import join_copies
from stance.drawing import AGAINST, FOR, WIDEST, period_ticks
from stance.errors import MissingExtraError
from stance.outputs import open_output
from stance.trendplots import chosen, trend_plots
from stance.trends import Debate, actor_cells, balances
from stance.utterances import read_utterances

SOME = [
    *(said("Ada", "favor", f"2024-01-{day:02d}") for day in range(1, 9)),
    *(said("Bo", "against", f"2024-03-{day:02d}") for day in range(1, 9)),
    said("Ada", "none", "2024-02-03"), said("Ada", "conditional", "2024-03-03"),
    said("the minister", "favor", "2024-03-03"), said("Cy", "none", "2024-03-03"),
]  # fmt: skip


def drawn(
    folder: Path,
    rows: list[dict[str, Any]] = SOME,
    *,
    most: int = 24,
    unit: str = "month",
    **more: Any,
) -> dict[str, tuple[str, bytes]]:
    found = read_utterances(open_output(write_output(folder, rows, **more)))
    debate = Debate.of(found, join_copies(found), unit)
    cells, totals = actor_cells(debate), balances(debate)
    plots = trend_plots(cells, totals, target=TARGET, poles=found.output.poles, most=most)
    return {name: (svg, png) for name, svg, png in plots}


def words(svg: str) -> str:
    root = ET.fromstring(svg)
    return " ".join(filter(None, (text.strip() for text in root.itertext())))


def test_each_plot_is_an_svg_and_a_png(tmp_path: Path):
    found = drawn(tmp_path)
    assert list(found) == ["timelines", "heatmap", "balance"]
    for svg, png in found.values():
        assert TARGET in words(svg)
        assert png.startswith(b"\x89PNG")


def test_actors_are_named_with_their_statements_and_roles_are_not(tmp_path: Path):
    found = drawn(tmp_path)
    for name, shown in (("timelines", "Ada (n = 9)"), ("heatmap", "Ada (9)")):
        assert shown in words(found[name][0])
        assert "the minister" not in words(found[name][0])
        assert "Cy" not in words(found[name][0])
        assert "2024-02" in words(found[name][0])


def test_a_side_has_its_colour_only_where_the_interval_lies_on_it(tmp_path: Path):
    svg = drawn(tmp_path / "a")["timelines"][0]
    assert FOR in svg
    assert AGAINST in svg
    divided = [said("Ada", label, "2024-01-03") for label in ("favor", "against") * 4]
    svg = drawn(tmp_path / "b", divided)["timelines"][0]
    assert FOR not in svg
    assert AGAINST not in svg


def test_too_few_statements_are_hatched(tmp_path: Path):
    few = [said("Ada", "favor", "2024-01-03"), said("Bo", "against", "2024-01-03")]
    hatched = drawn(tmp_path / "a", few)["heatmap"][0].count("fill: url(#")
    assert hatched == 2 + 1  # the legend
    assert FOR not in drawn(tmp_path / "b", few)["timelines"][0]


def test_those_left_out_are_counted(tmp_path: Path):
    found = drawn(tmp_path, most=1)
    assert "1 actors with fewer statements are not shown" in words(found["heatmap"][0])
    assert "Bo (8)" not in words(found["heatmap"][0])


def test_the_same_debate_gives_the_same_plots(tmp_path: Path):
    assert drawn(tmp_path / "a") == drawn(tmp_path / "b")


def test_without_poles_or_dates_there_is_nothing_to_draw(tmp_path: Path):
    assert drawn(tmp_path / "a", poles=None) == {}
    assert drawn(tmp_path / "b", [said("Ada", date=None)]) == {}


def test_without_a_named_actor_the_balance_is_left(tmp_path: Path):
    assert list(drawn(tmp_path, [said("the minister")])) == ["balance"]


@pytest.mark.parametrize("unit", ["week", "quarter", "year"])
def test_a_long_debate_of_odd_names_can_be_drawn(tmp_path: Path, unit: str):
    names = ("$x^2$ & <b>", "Ада " * 20, "日本 \u202e", "A\x00b")
    rows = [said(name, "favor", f"{year}-02-03") for name in names for year in (2014, 2024)]
    for svg, _ in drawn(tmp_path, rows, unit=unit).values():
        assert ET.fromstring(svg) is not None


def test_many_periods_get_no_wider_and_are_named_by_years(tmp_path: Path):
    rows = [said("Ada", date="2008-04-03"), said("Ada", date="2025-08-03")]
    for svg, _ in drawn(tmp_path, rows).values():
        width = float(ET.fromstring(svg).attrib["width"].removesuffix("pt"))
        assert width <= 72 * WIDEST
        assert " 2020 " in words(svg)
        assert "2020-" not in words(svg)


def test_what_stands_in_the_last_period_is_not_cut():
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    periods = [f"{year}-{month:02d}" for year in range(2008, 2025) for month in range(1, 13)]
    period_ticks(axes, periods, 4)
    low, high = axes.get_xlim()
    assert low < -2
    assert high > len(periods) + 1
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2010", "2015", "2020"]
    period_ticks(axes, periods[-12:], 12)
    assert [label.get_text() for label in axes.get_xticklabels()] == periods[-12:]


def test_the_most_talkative_come_first(tmp_path: Path):
    found = read_utterances(open_output(write_output(tmp_path, SOME)))
    cells = actor_cells(Debate.of(found, join_copies(found)))
    shown, omitted = chosen(cells, 1)
    assert ([one.who.name for one in shown], omitted) == (["Ada"], 1)
    assert found.output.poles == POLES


def test_the_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'actor-stance\[report\]'"):
        drawn(tmp_path)
