"""Statements → the stance of actors by period, and the balance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow")
from debates import said, write_output
from hypothesis import given
from hypothesis import strategies as st

from stance.cells import UNDATED, WHOLE, Cell
from stance.copies import join_copies
from stance.errors import InputError
from stance.outputs import open_output
from stance.trends import Debate, actor_cells, balances
from stance.utterances import identify, paper_of, read_utterances


def debate_of(
    folder: Path, rows: list[dict[str, Any]], unit: str = "month", fewest: int = 3, **more: Any
) -> Debate:
    found = read_utterances(open_output(write_output(folder, rows, **more)))
    return Debate.of(found, join_copies(found), unit, fewest)


def cell(cells: list[Cell], actor: str, period: str) -> Cell:
    (found,) = [one for one in cells if one.who.name == actor and one.period == period]
    return found


def test_a_copy_counts_once_and_its_papers_are_told(tmp_path: Path):
    words = "The mayor said the bridge would be built before the next winter comes"
    rows = [
        said("the Mayor of Oston", article=f"https://www.{paper}.example/1", sentence=words)
        for paper in ("herald", "herald", "post", "times")
    ]
    rows[1]["article_id"] = "https://herald.example/2"
    (whole, may) = actor_cells(debate_of(tmp_path, rows))
    assert (whole.n, whole.printed, whole.papers, whole.articles) == (1, 4, 3, 1)
    assert (may.period, may.start, may.n) == ("2024-05", "2024-05-01", 1)
    assert may.few


def test_an_article_without_an_address_is_its_own_paper(tmp_path: Path):
    rows = [said("the Mayor", sentence="The bridge, the Mayor said, would do.") for _ in range(3)]
    assert actor_cells(debate_of(tmp_path, rows))[0].papers == 3
    assert paper_of("http://www.Post.example:80/a?b", None) == "post.example"
    assert paper_of("http://www.post.example", " The Post ") == "The Post"
    for odd in ("urn:a", "a.txt", None, "http://["):
        assert paper_of(odd, " ") is None


def test_rows_come_by_actor_then_time(tmp_path: Path):
    rows = [said("Bo", date="2024-07-01"), said("Bo", date=None), said("Bo", date="2023-12-01")]
    cells = actor_cells(debate_of(tmp_path, [*rows, said("Al")]))
    assert [(one.who.name, one.period) for one in cells] == [
        ("Bo", WHOLE), ("Bo", "2023-12"), ("Bo", "2024-07"), ("Bo", UNDATED),
        ("Al", WHOLE), ("Al", "2024-05"),
    ]  # fmt: skip
    assert cells[0].n == 3  # the undated one is in the whole


def test_score_label_and_interval(tmp_path: Path):
    rows = [said("Bo"), said("Bo"), said("Bo", "against"), said("Bo", "none")]
    whole = actor_cells(debate_of(tmp_path, rows))[0]
    assert (whole.label, whole.n, whole.mixed, whole.few) == ("favor", 3, True, False)
    assert whole.score == pytest.approx(0.92 / 3)
    assert whole.low is not None
    assert whole.high is not None
    assert -1 <= whole.low < whole.score < whole.high <= 1
    assert whole.counts == {"favor": 2, "conditional": 0, "against": 1, "none": 1}


def test_the_interval_of_a_cell_depends_on_its_statements_alone(tmp_path: Path):
    mine = [said("Bo", label) for label in ("favor", "against", "favor", "conditional")]
    others = [said("Al", "against") for _ in range(5)]
    alone = actor_cells(debate_of(tmp_path / "a", mine))[0]
    among = cell(actor_cells(debate_of(tmp_path / "b", [*others, *mine])), "Bo", WHOLE)
    assert (alone.low, alone.high) == (among.low, among.high)


def test_an_actor_without_a_stance_has_none(tmp_path: Path):
    whole = actor_cells(debate_of(tmp_path, [said("Bo", "none")]))[0]
    assert (whole.label, whole.score, whole.low, whole.n, whole.few) == (
        "none",
        None,
        None,
        0,
        True,
    )


def test_one_article_is_few_however_much_it_prints(tmp_path: Path):
    rows = [said("Bo", article="a1") for _ in range(5)]
    assert actor_cells(debate_of(tmp_path / "a", rows))[0].few
    assert not actor_cells(debate_of(tmp_path / "b", rows, fewest=1))[0].few
    assert not actor_cells(debate_of(tmp_path / "c", [*rows, said("Bo")]))[0].few


def test_without_poles_there_are_labels_and_no_score(tmp_path: Path):
    debate = debate_of(tmp_path, [said("Bo"), said("Bo", "against")], poles=None)
    whole = actor_cells(debate)[0]
    assert (whole.score, whole.low, whole.n, whole.mixed) == (None, None, 2, True)
    assert balances(debate)[0].share is None


def test_statements_without_a_period_are_kept_and_counted(tmp_path: Path):
    dates = ["2024-05-03", "2024", None, "yesterday", ""]
    debate = debate_of(tmp_path, [said("Bo", date=date) for date in dates])
    assert cell(actor_cells(debate), "Bo", UNDATED).n == 4
    assert debate.found.unreadable == 1
    assert [one.period for one in balances(debate)] == [WHOLE, "2024-05", UNDATED]


def test_a_speaker_who_is_not_known_is_in_no_cell(tmp_path: Path):
    debate = debate_of(tmp_path, [said(None), said("Bo")])
    assert {one.who.name for one in actor_cells(debate)} == {"Bo"}
    assert balances(debate)[0].n == 1


def test_the_balance_has_empty_periods_and_a_wilson_interval(tmp_path: Path):
    rows = [said("Bo", date="2024-01-03"), said("Al", "against", date="2024-03-03")]
    found = balances(debate_of(tmp_path, rows))
    assert [one.period for one in found] == [WHOLE, "2024-01", "2024-02", "2024-03"]
    assert (found[0].share, found[0].actors) == (0.5, 2)
    assert found[0].low == pytest.approx(0.0945, abs=1e-4)
    assert (found[2].n, found[2].share) == (0, None)


def test_the_registry_says_who_somebody_is():
    known = identify("Zelensky", "volodymyr-zelensky")
    assert (known.kind, known.country, known.wikidata) == ("person", "UA", "Q3874799")
    assert identify("the minister", None).kind == "role"
    assert identify("his ministry in Oston", None).kind == "role"
    assert identify("the mayor of Oston", None).kind == "name"
    assert identify("Ada Brandt", None).kind == "name"
    assert identify("Ада Брандт", None).kind == "name"
    assert identify("the mayor", "gone-from-the-table").key == "gone-from-the-table"


def test_an_unknown_label_is_told(tmp_path: Path):
    with pytest.raises(InputError, match=r"label 'odd' in .*; expected one of favor"):
        debate_of(tmp_path, [said("Bo", "favor") | {"label": "odd"}])


def test_no_statement_at_all_is_an_empty_debate(tmp_path: Path):
    debate = debate_of(tmp_path, [said("Bo")])
    assert debate.periods() == ["2024-05"]
    empty = write_output(tmp_path / "none", [said(None, "none")])
    found = read_utterances(open_output(empty))
    debate = Debate.of(found, join_copies(found))
    assert (actor_cells(debate), debate.periods()) == ([], [])
    assert [one.period for one in balances(debate)] == [WHOLE]


rows_of = st.lists(
    st.builds(
        said,
        actor=st.sampled_from(["Bo", "Al", "the minister", None]),
        label=st.sampled_from(["favor", "conditional", "against", "none"]),
        date=st.sampled_from([None, "2024", "2024-05-02", "2024-06-02", "2025-01-01"]),
        article=st.sampled_from(["a1", "a2", "a3", "https://post.example/1"]),
        sentence=st.sampled_from(["One bridge.", "No bridge at all, and no ferry, he said."]),
    ),
    min_size=1,
    max_size=20,
)


@given(rows_of, st.sampled_from(["week", "month", "quarter", "year"]))
def test_every_statement_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]], unit: str
):
    rows.sort(key=lambda row: row["article_id"])
    debate = debate_of(tmp_path_factory.mktemp("o"), rows, unit)
    cells, (whole, *parts) = actor_cells(debate), balances(debate)
    named = sum(row["actor"] is not None for row in rows)
    assert sum(one.printed for one in cells if one.period == WHOLE) == named
    assert sum(one.printed for one in cells if one.period != WHOLE) == named
    assert whole.printed == sum(one.printed for one in parts) == named
    assert whole.n == sum(one.n for one in parts)
    for one in cells:
        assert one.papers <= one.printed
        assert sum(one.counts.values()) <= one.printed
        if one.score is not None:
            assert one.low is not None
            assert one.high is not None
            assert -1 <= one.low <= one.high <= 1
