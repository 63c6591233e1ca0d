"""Quotation marks of all kinds, nested, doubled, stray."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.quotations import quotations, quoted_share
from stance.text import normalise


def inner(text):
    clean = normalise(text)
    return [text[q.inner_start : q.inner_end] for q in quotations(clean, 0, len(clean))]


@pytest.mark.parametrize(
    "text",
    [
        "“we won,” she said",
        '"we won," she said',
        "„we won,“ she said",
        "«we won,» she said",
        "»we won,« she said",
        "''we won,'' she said",
        "´´we won,´´ she said",
        "``we won,'' she said",
        "‘we won,’ she said",
        "'we won,' she said",
        "”we won,” she said",
    ],
)
def test_every_kind_of_mark(text):
    assert inner(text) == ["we won,"]


def test_two_quotations_in_straight_marks():
    assert inner('"We won," she said, "at last."') == ["We won,", "at last."]


def test_a_nested_quotation_is_part_of_the_outer_one():
    assert inner("“She called it ‘a mistake’ twice,” he said") == [
        "She called it ‘a mistake’ twice,"
    ]


@pytest.mark.parametrize("text", ["the allies' bid and Doe's plan", "rock 'n' roll", "the '90s"])
def test_an_apostrophe_opens_nothing(text):
    assert inner(text) == []


def test_inches_open_nothing():
    assert inner('a 6" pipe was laid') == []


def test_an_unclosed_quotation_ends_with_its_paragraph():
    found = quotations("“We won. We", 0, 11)
    assert (found[0].end, found[0].closed) == (11, False)


@given(st.text(alphabet=st.sampled_from(list("ab ,.“”\"'‘’„«»`´—(")), max_size=80))
def test_quotations_are_in_order_and_apart(text):
    clean = normalise(text)
    found = quotations(clean, 0, len(clean))
    assert all(q.start < q.inner_start <= q.inner_end <= q.end <= len(text) for q in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


@pytest.mark.parametrize(
    ("fragment", "kind"), [((0, 8), "direct"), ((0, 14), "mixed"), ((9, 14), "reported")]
)
def test_share(fragment, kind):
    assert quoted_share("“we won” today", [(0, 8)], [fragment]) == kind
