"""What settings can be: blocks, weights, n-grams, C."""

from __future__ import annotations

from typing import Any

import pytest

from stance.errors import InputError
from stance.settings import FeatureSettings, parse_blocks, parse_range


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"weights": (("words", 0.0),)}, "weight of words 0.0; expected a number above 0"),
        ({"weights": (("chars", float("nan")),)}, "weight of chars nan"),
        ({"weights": ()}, "expected distinct names"),
        ({"weights": (("words", 1.0), ("words", 2.0))}, "expected distinct names"),
        ({"C": -2.0}, "C -2.0; expected a number above 0"),
        ({"C": float("inf")}, "C inf"),
        ({"min_df": 0}, "min_df 0; expected 1 or more"),
        ({"own_min_df": 0}, "own_min_df 0"),
        ({"class_weight": "even"}, "class_weight 'even'; expected 'balanced' or None"),
        ({"char_ngrams": (3, 9)}, r"n-gram range \(3, 9\)"),
    ],
)
def test_settings_that_make_no_sense_are_refused(given: dict[str, Any], message: str):
    with pytest.raises(InputError, match=message):
        FeatureSettings(**given)


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("words=0.3,chars=1", (("words", 0.3), ("chars", 1.0))),
        (" words , chars = 2 ", (("words", 1.0), ("chars", 2.0))),
        ("words", (("words", 1.0),)),
    ],
)
def test_blocks_are_read_in_order(text: str, blocks: tuple[tuple[str, float], ...]):
    assert parse_blocks(text) == blocks


@pytest.mark.parametrize("text", ["words=", "words=x", "words=1=2"])
def test_a_weight_that_is_no_number_is_refused(text: str):
    with pytest.raises(InputError, match="expected NAME=WEIGHT"):
        parse_blocks(text)


def test_ranges_are_read():
    assert [parse_range(text) for text in ("1-2", " 3-5 ", "2")] == [(1, 2), (3, 5), (2, 2)]


@pytest.mark.parametrize("text", ["", "1-", "-2", "1..2", "12"])
def test_what_is_no_range_is_refused(text: str):
    with pytest.raises(InputError, match="expected LOW-HIGH"):
        parse_range(text)
