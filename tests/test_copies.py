"""Which statements are copies of which."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("pyarrow")
from debates import said, write_output

from stance import copies
from stance.copies import groups, join_copies
from stance.outputs import open_output
from stance.utterances import read_utterances

LONG = "The mayor of the old town said on Monday that the bridge would be built in spring"
OTHER = "Nobody has shown the council a plan with figures, and the ferry does well, said the mayor"


def joined(folder: Path, *rows: dict[str, Any], **options: Any) -> list[int]:
    found = read_utterances(open_output(write_output(folder, rows)))
    return join_copies(found, **options).tolist()


def one(
    sentence: str = LONG, date: str | None = "2024-05-03", actor: str | None = "the mayor"
) -> dict[str, Any]:
    return said(actor, date=date, sentence=sentence)


def test_the_same_words_are_a_copy_whatever_case_and_marks(tmp_path: Path):
    assert joined(tmp_path, one(), one(LONG.upper() + "!")) == [0, 0]


def test_a_word_more_or_less_is_a_copy_and_another_sentence_is_none(tmp_path: Path):
    shorter = LONG.replace(" on Monday", "")
    assert joined(tmp_path / "a", one(), one(shorter), one(OTHER)) == [0, 0, 2]
    assert joined(tmp_path / "b", one(), one(shorter), overlap=1.1) == [0, 1]


def test_a_short_sentence_needs_the_same_words(tmp_path: Path):
    assert joined(tmp_path, one("No bridge, he said."), one("No bridge, he said again.")) == [0, 1]


def test_another_actor_or_label_is_no_copy(tmp_path: Path):
    rows = (one(), one(actor="the clerk"), said("the mayor", "against", sentence=LONG))
    assert joined(tmp_path, *rows) == [0, 1, 2]


def test_the_window_counts_from_the_first_copy(tmp_path: Path):
    dates = ["2024-05-01", "2024-05-08", "2024-05-09", "2024-05-16"]
    assert joined(tmp_path / "a", *(one(date=date) for date in dates)) == [0, 0, 2, 2]
    assert joined(tmp_path / "b", *(one(date=date) for date in dates), window=0) == [0, 1, 2, 3]


def test_the_earliest_counts_and_of_one_day_the_first(tmp_path: Path):
    dates = ["2024-05-03", "2024-05-01", "2024-05-02", "2024-05-01"]
    assert joined(tmp_path, *(one(date=date) for date in dates)) == [1, 1, 1, 1]


def test_no_date_joins_the_same_words_of_a_day(tmp_path: Path):
    near = LONG.replace(" on Monday", "")
    rows = (one(date=None), one(near, date=None), one(date="2024-05-03"), one(date="2023-01-01"))
    assert joined(tmp_path / "a", *rows) == [3, 3, 2, 3]
    assert joined(tmp_path / "b", one(date=None), one(near, date=None)) == [0, 0]
    assert joined(tmp_path / "c", one(near, date=None), one()) == [0, 1]


def test_a_month_joins_a_day_in_it_only(tmp_path: Path):
    assert joined(tmp_path / "a", one(date="2024-05"), one(date="2024-05-20")) == [1, 1]
    assert joined(tmp_path / "b", one(date="2024-05"), one(date="2024-07-20")) == [0, 1]
    assert joined(tmp_path / "c", one(date="2024-05"), one(date="2024-05")) == [0, 0]


def test_a_text_in_a_hundred_papers_is_one_though_each_changes_a_word(tmp_path: Path):
    """Pairs by 3-grams of fewer than 40 sentences would find none of them."""
    rows = [one(LONG.replace("Monday", f"{n} May")) for n in range(100)]
    assert set(joined(tmp_path, *rows)) == {0}


def test_set_phrases_make_no_copies_and_cost_little(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    looked_at = []

    class Counting(Counter[int]):
        def update(self, places: Any = (), /, **more: Any) -> None:
            looked_at.append(len(places or ()))
            super().update(places, **more)

    monkeypatch.setattr(copies, "Counter", Counting)
    words = "the bridge over the water is what the town needs in word"
    rows = [one(f"{words} {n} a{n} b{n} c{n} d{n} e{n} f{n} g{n} h{n} i{n}") for n in range(300)]
    assert joined(tmp_path, *rows) == list(range(300))
    assert 300 < sum(looked_at) < 300 * 12 * 41


def test_groups_hold_each_statement_once():
    found = dict(groups(np.array([2, 1, 2, 2, 1, 5])))
    assert {leader: members.tolist() for leader, members in found.items()} == {
        1: [1, 4],
        2: [0, 2, 3],
        5: [5],
    }
    assert list(groups(np.array([], dtype=np.int64))) == []


statements = st.builds(
    one,
    sentence=st.sampled_from([LONG, LONG.replace(" on Monday", ""), OTHER, "No.", ""]),
    date=st.sampled_from([None, "2024", "2024-05", "2024-05-01", "2024-05-06", "2024-05-30", "x"]),
    actor=st.sampled_from(["the mayor", "Ada Brandt", None]),
)


@given(st.lists(statements, min_size=1, max_size=25), st.integers(0, 40))
def test_copies_point_to_one_that_counts_of_the_same_actor_and_label(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]], window: int
):
    first = joined(tmp_path_factory.mktemp("o"), *rows, window=window)
    order = list(dict.fromkeys(row["article_id"] for row in rows))
    assert len(order) == len(rows)
    for index, leader in enumerate(first):
        assert first[leader] == leader
        assert rows[index]["actor"] == rows[leader]["actor"]
        assert rows[index]["label"] == rows[leader]["label"]
