"""Questions and answers: what is open, what a key does, and that no answer gets lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.acquisition import RANDOM, TEACHING, Pick
from stance.candidates import candidate_id, make_candidate, table_candidates
from stance.dataset import LABELS, Dataset, Row, read_dataset
from stance.errors import DataError, InputError
from stance.labelling import (
    QUEUE_COLUMNS,
    RESERVED,
    Session,
    keys_of,
    pick_of,
    queue_csv,
    queue_records,
    row_of,
)
from stance.usertable import UserTable


def make_pick(number: int, how: str = TEACHING) -> Pick:
    sentence = f"Minister {number} wants\nthe levy, “now”."
    candidate = make_candidate(
        sentence,
        (0, 10),
        speaker="Ann",
        article=f"a{number // 2}",
        date="2024-03-05T10:00",
        input="in.csv",
        row=number,
        offset=0,
        label="pro",
        probabilities={"pro": 0.75, "contra": 0.25},
        judge="levy-1",
    )
    return Pick(candidate, how, 0.5)


PICKS = [make_pick(n, RANDOM if n == 2 else TEACHING) for n in range(5)]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    found = Session(UserTable(tmp_path / "user.csv"), tmp_path / "user.queue.csv")
    found.start(PICKS, "in.csv")
    return found


def ids(picks: list[Pick]) -> list[str]:
    return [one.candidate.id for one in picks]


def again(session: Session) -> Session:
    """Return the session as a new process finds it."""
    found = Session(UserTable(session.table.path), session.path)
    assert found.resume("levy-1", "in.csv")
    return found


# --- rows and keys ---------------------------------------------------------------------


def test_an_answer_becomes_a_row_that_training_takes():
    row = row_of(PICKS[0], "contra")
    assert row == Row(
        id=candidate_id("Minister 0 wants the levy, “now”.", "Minister 0"),
        sentence="Minister 0 wants the levy, “now”.",
        actor="Minister 0",
        label="contra",
        provenance="user",
        group=row_of(PICKS[1], "pro").group,  # of the same article
        source="a0",
        date="2024-03-05",
        note="picked: teaching; levy-1 said pro 0.75",
    )
    assert row_of(PICKS[2], "pro").group != row.group


def test_the_keys_of_the_codebook():
    keys = keys_of(LABELS)
    assert {key: label for key, label in keys.items() if key.isdigit()} == dict(
        zip("1234", LABELS, strict=True)
    )
    assert (keys["f"], keys["c"], keys["a"], keys["n"]) == LABELS


@given(st.lists(st.text(min_size=1, max_size=5), min_size=2, max_size=30, unique=True))
def test_any_label_has_a_key_and_none_is_a_command(labels: list[str]):
    keys = keys_of(labels)
    assert set(keys.values()) == set(labels)
    assert not set(keys) & set(RESERVED)
    assert all(len(key) == 1 for key in keys)


def test_more_labels_than_keys_are_refused():
    with pytest.raises(InputError, match=r"40 labels; expected at most 32.*--queue"):
        keys_of([f"label {number}" for number in range(40)])


def test_a_letter_that_two_labels_share_is_no_key():
    assert set(keys_of(["negative", "neutral", "positive"])) == {"1", "2", "3", "p"}


def test_a_row_of_a_table_becomes_a_candidate_with_its_id():
    row = Row("r1", "No, said Ann Lee, Ann Lee.", "Ann Lee", "none", "seed", "g", "s", "2020")
    (found,) = table_candidates(Dataset((row,), name="t.csv"))
    assert (found.id, found.group, found.label, found.judge) == ("r1", "g", "none", "t.csv")
    assert found.sentence[found.start :].startswith("Ann Lee,")
    absent = Row("r2", "Nobody.", "Ann", "none")
    assert table_candidates(Dataset((absent,)))[0].start is None


# --- open, answered, skipped -----------------------------------------------------------


def test_an_answer_is_on_the_disk_at_once_and_asked_no_more(session: Session):
    session.answer(PICKS[0], "pro")
    assert [row.label for row in read_dataset(session.table.path).rows] == ["pro"]
    assert ids(again(session).open) == ids(PICKS[1:])
    ((answered, label),) = again(session).answers
    assert (answered.candidate.id, label) == (PICKS[0].candidate.id, "pro")


def test_a_skipped_question_stays_skipped(session: Session):
    session.skip(PICKS[1])
    assert ids(again(session).open) == ids([PICKS[0], *PICKS[2:]])
    assert again(session).skipped == (PICKS[1].candidate.id,)


def test_undo_opens_the_last_question_whatever_was_done_with_it(session: Session):
    session.answer(PICKS[0], "pro")
    session.skip(PICKS[1])
    session.answer(PICKS[2], "contra")
    assert [session.undo() for _ in range(4)] == [PICKS[2], PICKS[1], PICKS[0], None]
    assert session.open == PICKS
    assert session.table.rows == []


def test_undo_reaches_answers_of_the_run_before_but_no_other_rows(session: Session):
    session.table.append([Row("mine", "A sentence.", "", "pro", "user", "g")])
    session.answer(PICKS[0], "pro")
    found = again(session)
    assert ids([found.undo()]) == ids(PICKS[:1])
    assert found.undo() is None
    assert [row.id for row in found.table.rows] == ["mine"]


def test_a_kill_between_table_and_queue_loses_nothing(session: Session):
    """The table alone says what is answered; the queue was written before."""
    queue = session.path.read_bytes()
    session.answer(PICKS[0], "pro")
    session.path.write_bytes(queue)
    assert ids(again(session).open) == ids(PICKS[1:])


def test_a_queue_of_another_corpus_or_model_is_not_taken_up(session: Session):
    other = Session(session.table, session.path)
    assert not other.resume("levy-2", "in.csv")
    assert not other.resume("levy-1", "out.csv")
    assert other.resume("levy-1", "in.csv")


def test_a_queue_that_is_done_is_not_taken_up(session: Session):
    for one in PICKS:
        session.answer(one, "pro")
    assert not Session(UserTable(session.table.path), session.path).resume("levy-1", "in.csv")


def test_what_was_skipped_is_kept_from_queue_to_queue(session: Session):
    session.skip(PICKS[0])
    for more in ([make_pick(7)], [make_pick(8)]):
        found = Session(session.table, session.path)
        found.resume("levy-1", "other")
        assert found.skipped_sentences == [PICKS[0].candidate.sentence]
        found.start(more, "other")
    assert Session(session.table, session.path).resume("levy-1", "other")


def test_no_file_is_no_queue(tmp_path: Path):
    found = Session(UserTable(tmp_path / "user.csv"), tmp_path / "user.queue.csv")
    assert not found.resume("levy-1", "in.csv")
    assert found.open == []


# --- the file --------------------------------------------------------------------------


def test_a_queue_filled_in_by_hand_is_a_table_for_training(tmp_path: Path):
    path = tmp_path / "queue.csv"
    lines = queue_csv(PICKS, "in.csv").replace("Minister 1,,user", "Minister 1,contra,user")
    path.write_text(lines, "utf-8")
    data = read_dataset(path)
    assert data.rows == (row_of(PICKS[1], "contra"),)
    assert len(data.skipped) == 4


def test_a_queue_comes_back_as_it_was(tmp_path: Path):
    path = tmp_path / "queue.csv"
    path.write_text(queue_csv(PICKS, "in.csv"), "utf-8")
    found = [pick_of(one) for one in queue_records(path)]
    for one, other in zip(found, PICKS, strict=True):
        assert row_of(one, "pro") == row_of(other, "pro")
        assert one.candidate.start == 0
        assert one.candidate.probabilities == {"pro": 0.75, "contra": 0.25}


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"\xff\xfe", b'"open', b""])
def test_another_file_in_its_place_is_named(tmp_path: Path, content: bytes):
    path = tmp_path / "user.queue.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"is no queue of stance label"):
        Session(UserTable(tmp_path / "user.csv"), path).resume("m", "c")


def test_a_line_that_is_torn_is_named(tmp_path: Path):
    path = tmp_path / "user.queue.csv"
    text = queue_csv(PICKS, "in.csv")
    path.write_text(text.replace("0.5000", "much", 1), "utf-8")
    with pytest.raises(DataError, match=r"line of u-\w+ is broken"):
        Session(UserTable(tmp_path / "user.csv"), path).resume("m", "c")
    path.write_text(text[: text.index("Minister 1")], "utf-8")
    with pytest.raises(DataError, match="no queue"):
        queue_records(path)


def test_the_columns_begin_with_those_of_the_dataset():
    header = queue_csv([], "x").strip().split(",")
    assert tuple(header) == QUEUE_COLUMNS
