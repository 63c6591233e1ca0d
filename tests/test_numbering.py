"""Strings and their rows of numbers."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stance.numbering import Numbering, Pool, ranges


def squares(text: str) -> tuple[int, int]:
    return len(text), len(text) ** 2


def test_a_string_is_described_once_and_keeps_its_number_and_row_while_the_table_grows():
    strings = ["a" * size for size in range(3_000)]
    asked: list[str] = []
    numbering = Numbering(lambda text: [asked.append(text), *squares(text)][1:], 2)
    numbers = numbering.of([*strings, *reversed(strings)], 6_000)
    assert numbers.tolist() == [*range(3_000), *reversed(range(3_000))]
    assert asked == strings == numbering.names
    assert numbering.rows[numbers[:5]].tolist() == [[0, 0], [1, 1], [2, 4], [3, 9], [4, 16]]


def test_describing_a_string_may_number_others():
    numbering = Numbering(lambda text: (numbering[text[1:]] if text else -1,), 1)
    assert numbering["abc"] == 3
    assert numbering.names == ["", "c", "bc", "abc"]
    assert numbering.rows[:4, 0].tolist() == [-1, 0, 1, 2]


def test_threads_agree_on_the_numbers():
    numbering = Numbering(squares, 2)
    strings = ["b" * size for size in range(2_000)]
    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(lambda _: numbering.of(strings, 2_000).tolist(), range(4))]
    assert all(one == found[0] for one in found)
    assert sorted(found[0]) == [*range(2_000)]
    assert numbering.rows[found[0]].tolist() == [[*squares(text)] for text in strings]


def test_a_numbering_can_be_pickled():
    numbering = Numbering(squares, 2)
    assert numbering["abc"] == 0
    again = pickle.loads(pickle.dumps(numbering))
    assert (again["abc"], again["d"], again.names) == (0, 1, ["abc", "d"])
    assert again.rows[:2].tolist() == [[3, 9], [1, 1]]


@given(st.lists(st.lists(st.integers(-5, 5), max_size=900), max_size=12))
def test_a_pool_gives_back_what_was_added(parts: list[list[int]]):
    pool = Pool()
    starts = np.array([pool.add(part) for part in parts], dtype=np.int64)
    sizes = np.array([*map(len, parts)], dtype=np.int64)
    assert pool.values.take(ranges(starts, sizes)).tolist() == [x for part in parts for x in part]
