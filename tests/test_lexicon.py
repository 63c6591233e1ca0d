"""Concepts and their surface forms: which form wins, and what a lexicon may not hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.errors import DataError
from stance.lexicon import (
    MAX_TOKENS,
    Entry,
    Lexicon,
    Match,
    concepts,
    load_lexicon,
    loads_lexicon,
)

WORDS = st.sampled_from(["tax", "taxes", "taxed", "wealth", "no", "t", "a", "levy"])
FORMS = st.lists(
    st.sampled_from(["tax", "tax*", "t*", "wealth", "no", "a", "le*"]), min_size=1, max_size=3
)


def lexicon(**forms: str) -> Lexicon:
    """Make a lexicon of concept = "form" or "form, form"."""
    return Lexicon(
        tuple(Entry(concept, form) for concept, all_ in forms.items() for form in all_.split(", "))
    )


def found(lex: Lexicon, text: str) -> list[tuple[int, int, str]]:
    return [(m.start, m.end, m.concept) for m in lex.match(text.split())]


# --- matching --------------------------------------------------------------------------


def test_the_longest_form_wins():
    lex = lexicon(short="wealth", long="wealth tax now", middle="wealth tax")
    assert found(lex, "a wealth tax now") == [(1, 4, "long")]


def test_a_shorter_form_is_taken_where_the_longer_one_breaks_off():
    lex = lexicon(short="wealth", long="wealth tax now")
    assert found(lex, "wealth tax later") == [(0, 1, "short")]


def test_a_form_at_the_end_is_not_read_beyond_it():
    assert found(lexicon(long="wealth tax"), "a wealth") == []


def test_each_token_belongs_to_one_match_from_the_left():
    lex = lexicon(one="a b", other="b c")
    assert found(lex, "a b c") == [(0, 2, "one")]


def test_an_exact_form_wins_over_a_starred_one():
    assert found(lexicon(star="tax*", exact="tax"), "tax") == [(0, 1, "exact")]


def test_the_longest_literal_wins_among_starred_forms():
    assert found(lexicon(wide="re*", narrow="reject*"), "rejected") == [(0, 1, "narrow")]


@pytest.mark.parametrize(("token", "fits"), [("tax", True), ("taxes", True), ("ta", False)])
def test_a_star_stands_for_every_ending_and_for_none(token: str, fits: bool):
    assert bool(found(lexicon(levy="tax*"), token)) is fits


def test_a_star_works_inside_a_form_at_every_token():
    lex = lexicon(oppose="reject* any tax*")
    assert found(lex, "rejecting any taxes") == [(0, 3, "oppose")]
    assert found(lex, "rejecting every taxes") == []


def test_a_match_carries_the_role_of_its_form():
    lex = Lexicon((Entry("levy", "wealth tax", "target"), Entry("no", "no")))
    matches = lex.match(["no", "wealth", "tax"])
    assert matches == [Match(0, 1, "no", ""), Match(1, 3, "levy", "target")]


def test_roles_are_those_of_the_forms_that_match():
    lex = Lexicon((Entry("levy", "wealth tax", "target"), Entry("no", "no wealth tax")))
    assert lex.roles(["a", "wealth", "tax"]) == {"target"}
    assert lex.roles(["no", "wealth", "tax"]) == set()  # the longer form wins, and has no role
    assert lex.roles(["a", "tax"]) == set()


def test_the_order_of_the_entries_does_not_matter():
    entries = [Entry("x", "a b"), Entry("y", "a*"), Entry("z", "a"), Entry("w", "ab*")]
    texts = [["a", "b"], ["ab"], ["abc", "b"], ["a"]]
    expected = [Lexicon(tuple(entries)).match(text) for text in texts]
    assert [Lexicon(tuple(entries[::-1])).match(text) for text in texts] == expected


def test_nothing_matches_in_an_empty_lexicon_or_text():
    assert Lexicon(()).match(["tax"]) == []
    assert lexicon(levy="tax").match([]) == []


@given(forms=st.lists(FORMS, max_size=6), tokens=st.lists(WORDS, max_size=12))
def test_matches_are_ordered_do_not_overlap_and_are_the_longest(forms, tokens):
    lex = Lexicon(tuple(Entry(f"c{n}", " ".join(form)) for n, form in enumerate(forms)))
    end = 0
    for match in lex.match(tokens):
        assert end <= match.start < match.end <= len(tokens)
        end = match.end
        fitting = [form for form in forms if _stands(form, tokens[match.start :])]
        assert match.end - match.start == max(map(len, fitting))


def _stands(form: list[str], tokens: list[str]) -> bool:
    return len(form) <= len(tokens) and all(
        token.startswith(part[:-1]) if part.endswith("*") else part == token
        for part, token in zip(form, tokens, strict=False)
    )


def test_concepts_are_sorted_and_named_once():
    assert concepts(lexicon(b="x, y", a="z")) == ["a", "b"]


# --- as text ---------------------------------------------------------------------------


def test_what_was_dumped_is_read_again():
    lex = Lexicon((Entry("levy", "wealth tax", "target"), Entry("no", "n*")))
    assert loads_lexicon(lex.dumps()).entries == lex.entries


def test_an_empty_lexicon_is_an_empty_text():
    assert Lexicon(()).dumps() == ""
    assert loads_lexicon("").entries == ()


@pytest.mark.parametrize("text", ["levy\ttax", "levy\ttax\t\t", "a\tb\t\n"])
def test_a_line_with_another_number_of_fields_is_named(text: str):
    with pytest.raises(DataError, match=r"lexicon line [12] has \d fields; expected 3"):
        loads_lexicon(text)


# --- loading ---------------------------------------------------------------------------


def table(tmp_path: Path, *lines: str, header: str = "concept,form,role,note") -> Path:
    path = tmp_path / "lexicon.csv"
    path.write_text("\n".join((header, *lines)) + "\n", "utf-8")
    return path


def test_a_good_table_loads_in_its_order(tmp_path: Path):
    path = table(tmp_path, "levy,wealth tax,target,", 'no,not,,"a note, with a comma"')
    assert load_lexicon(path).entries == (Entry("levy", "wealth tax", "target"), Entry("no", "not"))


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path):
    path = table(tmp_path, "levy,tax,,", header="\ufeffconcept,form,role,note")
    assert len(load_lexicon(path).entries) == 1


BAD = [
    (",tax,,", "concept or form is empty"),
    ("levy,,,", "concept or form is empty"),
    ("levy", "concept or form is empty"),
    ("Levy,tax,,", "concept 'Levy'; expected lower case"),
    ("le vy,tax,,", "concept 'le vy'; expected lower case without spaces"),
    ("levy ,tax,,", "concept 'levy '; expected lower case without spaces"),
    ("levy,Tax,,", "form 'Tax'; expected lower case"),
    (f"levy,{' '.join('a' * (MAX_TOKENS + 1))},,", "expected 1 to 6 tokens"),
    ("levy,wealth  tax,,", "with single spaces"),
    ("levy,tax ,,", "with single spaces"),
    ("levy,wealth\ttax,,", "with single spaces"),
    ('levy,"wealth\ntax",,', "with single spaces"),
    ("levy,t*x,,", "a star stands only at the end"),
    ("levy,*,,", "a star stands only at the end"),
    ("levy,*tax,,", "a star stands only at the end"),
    ("levy,tax,goal,", "role 'goal'; expected one of"),
]


@pytest.mark.parametrize(("line", "problem"), BAD)
def test_a_bad_line_is_named_with_its_problem(line: str, problem: str, tmp_path: Path):
    path = table(tmp_path, "no,not,,", line)
    with pytest.raises(DataError, match="1 bad entries") as caught:
        load_lexicon(path)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith("line 3: ")
    assert problem in caught.value.problems[0]


@pytest.mark.parametrize("concept", ["levy", "other"])
def test_a_form_stands_once_whatever_its_concept(concept: str, tmp_path: Path):
    """Two concepts of one form would make the answer depend on the order of the file."""
    path = table(tmp_path, "levy,tax,,", f"{concept},tax,,")
    with pytest.raises(DataError, match="'tax' stands in line 2 already"):
        load_lexicon(path)


def test_all_problems_are_reported_at_once(tmp_path: Path):
    path = table(tmp_path, ",tax,,", "levy,Tax,,", "levy,a,,", "levy,t*x,,")
    with pytest.raises(DataError, match="3 bad entries") as caught:
        load_lexicon(path)
    assert [problem[:6] for problem in caught.value.problems] == ["line 2", "line 3", "line 5"]


@pytest.mark.parametrize("header", ["form,concept,role,note", "concept,form", ""])
def test_other_columns_are_refused(header: str, tmp_path: Path):
    with pytest.raises(DataError, match=r"expected .*concept.* in this order"):
        load_lexicon(table(tmp_path, header=header))


# --- the shipped one -------------------------------------------------------------------


def test_the_shipped_lexicon_loads_and_names_its_target():
    shipped = load_lexicon()
    assert {"", "target"} <= {entry.role for entry in shipped.entries}
    assert loads_lexicon(shipped.dumps()).entries == shipped.entries


def test_every_form_of_the_shipped_lexicon_matches_itself():
    """A form that another one always hides would be dead weight."""
    shipped = load_lexicon()
    for entry in shipped.entries:
        tokens = [token.rstrip("*") for token in entry.form.split(" ")]
        assert any(m.end - m.start == len(tokens) for m in shipped.match(tokens)), entry
