"""A table of keys finds what is in it and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance import keytable
from stance.keytable import KeyTable

KEYS = st.integers(0, 2**63 - 1)


@given(known=st.dictionaries(KEYS, st.integers(0, 2**31), max_size=60), asked=st.lists(KEYS))
def test_what_is_in_the_table_is_found_and_nothing_else(known: dict[int, int], asked: list[int]):
    keys = [*asked, *known, *known, *(key ^ 1 for key in known)]
    hits, numbers = KeyTable(known).find(np.array(keys, dtype=np.int64))
    assert hits.tolist() == [index for index, key in enumerate(keys) if key in known]
    assert numbers.tolist() == [known[key] for key in keys if key in known]


def test_neighbouring_keys_have_slots_of_their_own():
    known = {key: key // 7 for key in range(0, 70_000, 7)}
    hits, numbers = KeyTable(known).find(np.arange(70_000))
    assert hits.tolist() == [*range(0, 70_000, 7)]
    assert numbers.tolist() == [*range(10_000)]


def test_hashes_with_which_the_keys_do_not_fit_are_given_up(monkeypatch: pytest.MonkeyPatch):
    """Without displacements, 12 keys have slots of their own with few of the hashes."""
    monkeypatch.setattr(keytable, "_TRIALS", 1)
    known = {key: key for key in range(12)}
    table = KeyTable(known)
    assert table.multiplier != np.uint64(keytable._SEED)
    assert table.find(np.arange(50))[1].tolist() == [*range(12)]
