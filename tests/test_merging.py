"""Several tables as one dataset: corrections, copies, groups over their borders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.dataset import Dataset, Row, near_duplicates, read_dataset, sentence_key
from stance.errors import InputError
from stance.merging import NearDuplicates, combine, read_tables
from stance.tablerules import check

LONG = "The minister said that the country would join the alliance after the war"
NEAR = "The minister said that the country would join the alliance after the election"
FAR = "A spokesman of the city council spoke about the new bridge over the river"


def row(id: str, sentence: str = LONG, label: str = "favor", **more: str) -> Row:
    return Row(id, sentence, more.pop("actor", ""), label, **{"group": f"g-{id}", **more})


def table(*rows: Row, name: str = "first.csv", skipped: Sequence[str] = ()) -> Dataset:
    return Dataset(tuple(rows), tuple(skipped), name)


def merged(*rows: Row, base: Row | None = None) -> Dataset:
    return combine([table(base or row("a")), table(*rows, name="user.csv")])


def test_a_single_table_stays_as_it_is():
    data = table(row("a"), row("a"))
    assert combine([data]) is data


def test_rows_follow_one_another_under_both_names():
    found = merged(row("b", FAR))
    assert [one.id for one in found.rows] == ["a", "b"]
    assert found.name == "first.csv + user.csv"
    assert found.notes == ()


def test_another_label_of_the_same_unit_corrects_the_earlier_row():
    """Both labels in training would cancel each other out."""
    found = merged(row("u-1", label="against", provenance="user"))
    assert [(one.id, one.group, one.label) for one in found.rows] == [("a", "g-a", "against")]
    assert found.rows[0].provenance == "user"
    assert found.notes == ("a: 'favor' was corrected by user.csv to 'against'",)


def test_the_same_label_of_the_same_unit_adds_no_row():
    found = merged(row("u-1"), row("u-2", FAR))
    assert [one.id for one in found.rows] == ["a", "u-2"]
    assert found.notes == ("user.csv: 1 rows that stand in an earlier table were left out",)


def test_another_actor_of_a_sentence_is_a_row_of_its_own_in_the_same_group():
    found = merged(row("u-1", label="against", actor="The minister"))
    assert [(one.label, one.group) for one in found.rows] == [("favor", "g-a"), ("against", "g-a")]


def test_a_near_duplicate_shares_the_group_with_all_of_its_own():
    """Otherwise a split could put the copy into training and the original into the test."""
    found = merged(row("b", NEAR, group="x"), row("c", FAR, group="x"))
    assert [one.group for one in found.rows] == ["g-a", "g-a", "g-a"]


def test_one_new_row_near_two_groups_joins_them():
    two = table(row("a", LONG), row("b", FAR))
    found = combine([two, table(row("c", f"{LONG} {FAR}"), name="user.csv")])
    assert {one.group for one in found.rows} == {"g-a"}


def test_rows_of_one_table_are_not_regrouped_among_themselves():
    found = merged(row("b", FAR), row("c", f"{FAR} again"))
    assert [one.group for one in found.rows[1:]] == ["g-b", "g-c"]


def test_an_id_of_two_tables_is_told_apart():
    found = merged(row("a", FAR), row("a", "Nobody knows what the weather will be like"))
    assert [one.id for one in found.rows][:2] == ["a", "user:a"]


def test_groups_that_reading_made_do_not_meet_by_their_number():
    base = row("row-2", group="auto-row-2")
    found = merged(row("row-2", FAR, group="auto-row-2"), base=base)
    assert [one.group for one in found.rows] == ["auto-row-2", "user-auto-row-2"]


def test_what_was_not_read_names_its_table():
    found = combine([table(row("a"), skipped=["row 3: x"]), table(row("b", FAR), name="u.csv")])
    assert found.skipped == ("first.csv: row 3: x",)


def test_tables_are_read_and_the_shipped_one_is_the_default(tmp_path: Path):
    path = tmp_path / "mine.csv"
    path.write_text(f"sentence,label\n{FAR},none\n", "utf-8")
    assert read_tables([path]).name == "mine.csv"
    assert read_tables([]).digest == read_dataset().digest
    with pytest.raises(InputError, match="no such file"):
        read_tables([tmp_path / "other.csv"])


def test_rows_of_a_user_break_no_rule():
    base = row("a", provenance="composed")
    assert check(merged(row("u-1", FAR, "against", provenance="user"), base=base)) == ()


words = st.lists(
    st.sampled_from(["nato", "kyiv", "will", "not", "join", "the", "alliance", "now"]), max_size=9
)
sentences = st.lists(words.map(" ".join), max_size=12)


@given(sentences)
def test_the_index_finds_what_comparing_all_pairs_finds(some: list[str]):
    wanted = {(one, other) for one, other, _ in near_duplicates(some)}
    keys = [sentence_key(one) for one in some]
    wanted |= {(a, b) for a in range(len(some)) for b in range(a) if keys[a] == keys[b]}
    index, found = NearDuplicates(), set()
    for number, sentence in enumerate(some):
        matches = index.matches(sentence)
        assert all(0.6 < share <= 1.0 for _, share in matches)
        assert [share for _, share in matches] == sorted((s for _, s in matches), reverse=True)
        found |= {(number, other) for other, _ in matches}
        index.add(sentence)
    assert found == wanted


@given(sentences, sentences)
def test_no_group_is_torn_and_no_unit_stands_twice(one: list[str], other: list[str]):
    def rows(some: list[str], name: str) -> Dataset:
        unique = [text for text in dict.fromkeys(some) if text] or ["x"]
        made = [row(f"{name}{n}", text) for n, text in enumerate(unique)]
        return table(*made, name=f"{name}.csv")

    first, second = rows(one, "a"), rows(other, "b")
    found = combine([first, second])
    assert len({(item.sentence, item.actor) for item in found.rows}) == len(found.rows)
    ids = {item.id for item in first.rows}
    groups = {item.id: item.group for item in found.rows}
    index = NearDuplicates(item.sentence for item in first.rows)
    for item in found.rows:
        if item.id not in ids:
            near = index.matches(item.sentence)
            assert {groups[first.rows[n].id] for n, _ in near} <= {item.group}


def test_more_than_two_tables_and_a_correction_of_a_correction():
    first, second, third = (table(row("a", label=x), name=f"{x}.csv") for x in "pqr")
    found = combine([first, second, third])
    assert found.rows == (replace(third.rows[0], id="a", group="g-a"),)
    assert len(found.notes) == 2


def test_two_mentions_of_one_name_do_not_correct_each_other():
    sentence = "Lind rejected the bid of Lind."

    def one(id: str, start: int, label: str) -> Row:
        return Row(id, sentence, "Lind", label, group="g", actor_start=start, actor_end=start + 4)

    found = merged(one("b", 25, "against"), one("c", 0, "none"), base=one("a", 0, "favor"))
    assert [(row.id, row.label) for row in found.rows] == [("a", "none"), ("b", "against")]
