"""The table of cues: its checks, and how its forms are matched."""

import pytest

from stance.cues import load_cues
from stance.errors import DataError
from stance.grammar import Tokens
from stance.matching import match_cues


def write(folder, *rows):
    path = folder / "cues.csv"
    path.write_text("\n".join(("lemma,forms,frame,kind", *rows)) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("say,say|says,quot,speech", r"row 3 \(say\): unknown frame quot"),
        ("say,say|says,quote,verb", "kind 'verb'; expected speech, stance or noun"),
        ("say,say||says,quote,speech", "form '' is empty"),
        ("utter,tell,quote,speech", "form 'tell' is empty or belongs to another row"),
    ],
)
def test_a_faulty_row_is_named(tmp_path, row, message):
    with pytest.raises(DataError, match=message):
        load_cues(write(tmp_path, "tell,tell|tells,quote,speech", row))


def test_other_columns_are_refused(tmp_path):
    path = tmp_path / "cues.csv"
    path.write_text("lemma,forms\n", encoding="utf-8")
    with pytest.raises(DataError, match="expected lemma, forms, frame, kind"):
        load_cues(path)


def test_the_shipped_table_has_several_hundred_lemmas_in_every_frame():
    cues = [cue for entries in load_cues().values() for cue in entries]
    assert len({cue.lemma for cue in cues}) > 500
    assert {cue.kind for cue in cues} == {"speech", "stance", "noun"}
    assert {"that", "quote", "post", "to-inf", "np", "prefix", "noun-np"} <= {
        frame for cue in cues for frame in cue.frames
    }


@pytest.mark.parametrize(
    ("form", "tense"),
    [("say", "base"), ("says", "s"), ("said", "past"), ("saying", "ing"), ("vetoes", "s")],
)
def test_tense(form, tense):
    assert [cue.tense for cue in load_cues()[form] if len(cue.words) == 1] == [tense]


def matched(text):
    tokens = Tokens(text, 0, len(text), [])
    return [" ".join(cue.words) for cue in match_cues(tokens).values()]


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("They called for help", ["called for"]),  # the longest form
        ("They are still against it", ["are against"]),  # an adverb after be
        ("Their call for help", ["call for"]),
        ("He left the State and went home", []),  # a name, not a verb
        ("Doe Says No To It", ["says no to"]),  # a headline in capitals
    ],
)
def test_matching(text, forms):
    assert matched(text) == forms


def test_an_owner_makes_a_noun_of_a_form_that_is_both():
    text = "Norland's call for help"
    tokens = Tokens(text, 0, len(text), [])
    assert [cue.kind for cue in match_cues(tokens).values()] == ["noun"]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Gov. Doe said he's sure.", ["Gov.", "Doe", "said", "he", "'s", "sure", "."]),
        ("Then . . . they're off.", ["Then . . .", "they", "'re", "off", "."]),
        ("Novak's U.S. visit (etc.).", ["Novak's", "U.S.", "visit", "(", "etc.", ")", "."]),
        (". It's what Rep.", [".", "It", "'s", "what", "Rep", "."]),
        ("", []),
    ],
)  # fmt: skip
def test_stops_join_their_words_and_contractions_are_cut(text: str, printed: list[str]):
    tokens = Tokens(text, 0, len(text), [])
    spans = zip(tokens.starts, tokens.ends, strict=True)
    assert [text[start:end] for start, end in spans] == printed
    assert len(tokens) == len(tokens.kinds) == len(tokens.lows) == len(printed)
    assert {kind for kind, word in zip(tokens.kinds, printed, strict=True) if word == "'s"} <= {"w"}
