"""Sentences: offsets, kinds, borders, and what `read_text` refuses."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.errors import InputError
from stance.text import normalise, read_text, sentences

HOSTILE = st.text(
    alphabet=st.sampled_from(
        [*"abZ .!?,:;\n\r\t\"'“”„«»‘’´`—-–()•0İß", "\x00", "\ufeff", "\u200f", "\u2028"]
    ),
    max_size=300,
)


def texts(text):
    return [sentence.span.text for sentence in sentences(text)]


def bodies(text):
    return [s.span.text for s in sentences("Headline\n\n" + text) if s.kind == "body"]


def kinds(text):
    return [(s.kind, s.span.text) for s in sentences(text)]


DIGEST = "The week\n\n" + "\n\n".join(
    ["Novak demands a vote on pact", "Sudland: no money left", "WORLD", "Brandt backs treaty bid"]
    * 3
)


def test_in_a_list_of_headlines_each_is_one():
    assert [kind for kind, _ in kinds(DIGEST)[1:5]] == ["headline"] * 2 + ["heading", "headline"]


def test_headings_among_paragraphs_are_none():
    text = DIGEST + "\n\nRain fell." * 12
    assert {kind for kind, _ in kinds(text)[1:5]} == {"heading"}


def test_the_headline_of_another_article_is_one_and_joins_no_other_line():
    text = "Headline\n\nRain fell.\n\nRead also: Brewers ask the minister to wait\nRead also: Short"
    assert kinds(text)[2:] == [("headline", "Brewers ask the minister to wait"), ("tags", "Short")]


def test_the_number_of_a_note_is_no_part_of_a_sentence():
    assert bodies("He came.[1] She left “it.”[12] They slept.[3]") == [
        "He came.", "She left “it.”", "They slept.",
    ]  # fmt: skip
    assert bodies("He came [1] and she left.") == ["He came [1] and she left."]


@pytest.mark.parametrize("text", ["Rain fell.", "Mr. Doe met Gen. Roe in the U.S. on Dec. 3."])
def test_an_abbreviation_ends_no_sentence(text):
    assert bodies(text) == [text]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("He came. She left.", 2),
        ("He lives in the U.S. The vote is near.", 2),  # an opener after the abbreviation
        ("No. 5 is out. They won.", 2),
        ("It rose 3.5 percent. Analysts shrugged.", 2),
        ("“We will join. We must,” she said.", 2),  # a stop inside quotation marks
        ("“Will it join?” she asked.", 1),  # goes on in lower case
        ("Well … we shall see. Perhaps.", 2),
        ("J. R. Doe spoke. Nobody listened.", 2),
        ("He said “no.” She agreed.", 2),
    ],
)
def test_borders(text, count):
    assert len(bodies(text)) == count


def test_the_first_short_line_without_a_stop_is_the_headline():
    found = sentences("Doe rejects plan\n\nThe minister said so.")
    assert [sentence.kind for sentence in found] == ["headline", "body"]


def test_a_list_of_tags_at_the_end_is_not_read_as_sentences():
    found = sentences("Doe rejects plan\n\nShe said so.\n\n  • Doe\n\n  • Plan of action\n")
    assert [sentence.kind for sentence in found][-2:] == ["tags", "tags"]
    assert found[-1].span.text == "Plan of action"


def test_a_bulleted_sentence_is_body():
    found = sentences("Doe rejects plan\n\n• The minister said that no date had been set.")
    assert found[-1].kind == "body"


@pytest.mark.parametrize("line", ["By Jane Doe", "Reporting by Jane Doe; editing by John Roe"])
def test_a_byline_is_no_sentence(line):
    assert sentences(f"Doe rejects plan\n\n{line}\n\nShe said so.")[1].kind == "byline"


def test_a_dateline_is_left_out_of_its_sentence():
    assert bodies("BRUSSELS, Dec 3 (Agency) - The minister said no.") == ["The minister said no."]


def test_hard_wrapped_lines_are_one_paragraph():
    text = "Headline\n\nThe minister said on Tuesday that the government would\nnot join.\n"
    assert texts(text)[1].startswith("The minister")
    assert texts(text)[1].endswith("join.")


def test_an_overlong_stretch_is_one_sentence():
    assert len(sentences("word " * 20_000)) == 1


@given(HOSTILE)
def test_spans_hold_their_text_and_keep_their_order(text):
    found = sentences(text)
    assert all(text[s.span.start : s.span.end] == s.span.text for s in found)
    assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(found))
    assert all(s.span.text.strip() for s in found)


@given(st.text())
def test_normalising_keeps_the_length(text):
    assert len(normalise(text)) == len(text)


def test_normalising_maps_each_kind_to_one():
    assert normalise("„a“ «b» ’c – d\u200b\x00\xa0") == "“a“ “b” 'c — d   "


@pytest.mark.parametrize("pattern", ["a. ", "A. ", '" ', "... ", "\n", "• x\n", "word "])
def test_time_is_linear(pattern):
    def seconds(size):
        text = pattern * (size // len(pattern))
        taken = []
        for _ in range(3):  # the best of three: other work on the machine only adds
            began = time.process_time()
            sentences(text)
            taken.append(time.process_time() - began)
        return min(taken)

    assert seconds(400_000) < 20 * max(seconds(40_000), 0.005)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Löwe".encode(), "Löwe"),
        (b"\xef\xbb\xbfcat", "cat"),
        ("Löwe".encode("utf-16"), "Löwe"),
    ],
)
def test_utf_8_and_utf_16_with_a_mark_are_read(data, text):
    assert read_text(data, "a.txt") == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "a.txt is empty"),
        (b"\xef\xbb\xbf \n", "a.txt is empty"),
        (b"ab\x00cd", "binary"),
        (b"\x01\x02\x03\x04ab", "binary"),
        (b"caf\xe9", "byte 3 is 0xe9.*iconv"),
        (b"\xff\xfea", "broken UTF-16"),
        (b"<!DOCTYPE html><p>x</p>", "is HTML"),
        (b"\n<html>x</html>", "is HTML"),
        (b"<p>a</p><p>b</p><p>c</p>", "is HTML"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(data, message):
    with pytest.raises(InputError, match=message):
        read_text(data, "a.txt")
