"""What a sentence gives to one actor: contents and cues, whoever the actor is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.tokens import actor_places
from stance.voice import voice_of


def read(sentence: str, actor: str) -> tuple[str, list[str], list[str]]:
    voice = voice_of(sentence, actor_places(sentence, actor))
    contents = [sentence[start:end] for start, end in voice.contents]
    return voice.state, contents, [sentence[start:end] for start, end in voice.cues]


@pytest.mark.parametrize(
    ("actor", "state", "contents"),
    [
        ("Norland", "own", ["entry"]),
        ("the minister", "within", []),
        ("the envoy", "own", ["Norland opposes entry and the minister waits"]),
        ("nobody", "absent", []),
    ],
)
def test_each_actor_has_the_words_that_are_its_own(actor, state, contents):
    sentence = "Norland opposes entry and the minister waits, the envoy said."
    found = read(sentence, actor)
    assert found[0] == state
    if actor == "Norland":  # the content of "opposes" starts with what is opposed
        assert found[1][0].startswith("entry")
    else:
        assert found[1] == contents


def test_an_actor_who_only_stands_by_is_silent():
    assert read("In Oslo the talks went on for days.", "Oslo") == ("silent", [], [])


@pytest.mark.parametrize(
    ("sentence", "actor", "cue"),
    [
        ("“We will not join,” he said.", "he", "said"),
        ("Its objections to the treaty remain.", "Its", "objections to"),
        ("Norland's objections to the treaty remain.", "Norland", "objections to"),
        ("The prime minister ruled out entry.", "The prime minister", "ruled out"),
    ],
)
def test_pronouns_owners_and_offices_are_read_like_names(sentence: str, actor: str, cue: str):
    state, contents, cues = read(sentence, actor)
    assert state == "own"
    assert contents
    assert cues == [cue]


NAME = st.text(st.characters(whitelist_categories=("Ll",), max_codepoint=0x24F), min_size=1).map(
    lambda part: "X" + part
)
SENTENCES = (
    "{a} said that {b} rejects entry",
    "“We reject it,” {a} told {b}, which wants it.",
    "{b} opposes what {a} demands: entry, {a} added.",
    "In {a} and {b} nobody spoke",
)


@given(one=NAME, other=NAME, sentence=st.sampled_from(SENTENCES))
def test_the_actors_name_changes_nothing(one: str, other: str, sentence: str):
    """Only the masked sentence is read, so what is found lies on the same words."""
    found = []
    for name in (one, other):
        if name == "Bo":
            return
        text = sentence.format(a=name, b="Bo")
        state, contents, cues = read(text, name)
        found.append((state, [c.replace(name, "@") for c in contents], cues))
    assert found[0] == found[1]


@given(sentence=st.text(max_size=80), actor=st.text(max_size=3))
def test_offsets_lie_in_the_sentence(sentence: str, actor: str):
    voice = voice_of(sentence, actor_places(sentence, actor))
    for start, end in (*voice.contents, *voice.cues):
        assert 0 <= start <= end <= len(sentence)
    assert bool(voice.contents) == (voice.state == "own")


@given(st.lists(st.sampled_from(["Ann", "said", "that", "“", "”", ",", "opposes", "it", "."])))
def test_offsets_come_back_to_the_words_of_the_sentence(words: list[str]):
    sentence = " ".join(words)
    borders = {0, len(sentence)} | {i for i, char in enumerate(sentence) if char == " "}
    borders |= {i + 1 for i in borders}
    voice = voice_of(sentence, actor_places(sentence, "Ann"))
    for start, end in voice.cues:
        assert sentence[start:end] in ("said", "opposes")
        assert {start, end} <= borders
