"""Matching of found and gold statements: words shared, pieces joined, speakers compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.attribution import Unit, head, joined, matched, mention_right, name_right

ROWS = (
    "mara-novak,Mara Novák,person,Novak|M. Novak,Prime Minister of Norland@2020-,NL,f,singular,",
    "norland,Government of Norland,government,Norland|the Norish government,,NL,,singular,",
)
TEXT = "The minister said that the treaty was dead and that nobody mourned it."


def unit(words: str, *, cue=13, mention=None, actor=None, resolved=False, text=TEXT) -> Unit:
    start = text.index(words)
    return Unit(start, start + len(words), cue, mention, actor, resolved)


# --- which belong together ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gold", "found", "expected"),
    [
        ("the treaty was dead", "the treaty was dead", 1),
        ("the treaty was dead", "treaty was dead", 1),
        ("the treaty was dead", "the treaty was dead and that nobody mourned", 1),  # 4 of 8
        ("the treaty was dead", "the treaty was dead and that nobody mourned it", 0),  # 4 of 9
        ("the treaty was dead", "nobody mourned it", 0),
    ],
)
def test_a_match_shares_half_of_the_words(registry, gold: str, found: str, expected: int):
    assert len(matched(TEXT, [unit(gold)], [unit(found)], registry)) == expected


def test_a_unit_matches_once_and_the_best_pair_first(registry):
    gold = [unit("the treaty was dead")]
    found = [unit("treaty was"), unit("the treaty was dead")]
    (pair,) = matched(TEXT, gold, found, registry)
    assert (pair.gold, pair.found) == (0, 1)


def test_of_two_equal_matches_the_right_speaker_counts(registry):
    """*Ann Lee and Bob Roe said that …*: one content, two statements."""
    gold = [unit("the treaty was dead", actor=name) for name in ("Ann Lee", "Bob Roe")]
    pairs = matched(TEXT, gold, gold[::-1], registry)
    assert [(pair.gold, pair.found) for pair in pairs] == [(0, 1), (1, 0)]


def test_pieces_of_one_cue_are_joined():
    text = "“A b. C d,” she said. “E f.”"
    pieces = [unit(part, text=text) for part in ("“A b.", "C d,”", "“E f.”")]
    assert [(one.start, one.end) for one in joined(pieces)] == [(0, 11), (22, 28)]
    assert len(joined([pieces[0], unit("C d,”", cue=4, text=text)])) == 2
    assert len(joined([pieces[0], unit("C d,”", actor="Ann Lee", text=text)])) == 2


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20), st.sampled_from([None, 1, 2]))))
def test_joining_keeps_what_is_covered_and_is_done_once(spans):
    units = [Unit(start, start + size, cue, None, None) for start, size, cue in spans]
    once = joined(units)
    assert joined(once) == once
    for cue in (None, 1, 2):
        covered = {i for u in units if u.cue == cue for i in range(u.start, u.end)}
        kept = {i for u in once if u.cue == cue for i in range(u.start, u.end)}
        assert covered <= kept
        assert len(kept - covered) <= 2 * len(units)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20))))
def test_every_unit_matches_itself(spans):
    from stance.actors import load_registry

    text = "word and more " * 6
    units = [Unit(start, start + size, None, None, None) for start, size in sorted(set(spans))]
    pairs = matched(text, units, units, load_registry())
    assert len({pair.gold for pair in pairs}) == len(pairs) == len({pair.found for pair in pairs})


# --- who speaks -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("Ann Lee", "lee"),
        ("the minister’s spokesman, Bob Roe,", "spokesman"),
        ("two officials close to the talks", "officials"),
        ("Norland's", "norland"),
        ("Bob Roe Jr.", "roe"),
        ("“the House”", "house"),
        ("of", "of"),
        ("", ""),
        (None, ""),
    ],
)
def test_head_of_a_speaker(phrase: str | None, expected: str):
    assert head(phrase) == expected


def speakers(mention=None, actor=None) -> Unit:
    return Unit(0, 1, None, mention, actor)


def test_a_printed_speaker_is_right_as_printed_or_by_name():
    gold = speakers("she", "Ann Lee")
    assert mention_right(gold, speakers("she", None))
    assert mention_right(gold, speakers("Lee", "Lee"))
    assert not mention_right(gold, speakers("he", "Bob Roe"))
    assert mention_right(speakers(), speakers())
    assert not mention_right(speakers(), speakers("she"))


def test_a_name_has_to_be_resolved_and_two_persons_of_one_surname_differ(registry):
    gold = speakers("she", "Ann Lee")
    assert name_right(gold, speakers("she", "Ann Lee"), registry)
    assert name_right(gold, speakers("Lee", "Lee"), registry)
    assert not name_right(gold, speakers("Lee", "Bob Lee"), registry)
    assert not name_right(gold, speakers("she", None), registry)
    assert name_right(speakers("they"), speakers("they"), registry)
    assert name_right(speakers(actor="two mayors"), speakers(actor="mayors"), registry)


def test_all_names_of_an_actor_are_one(registry):
    actor = next(one for one in registry.actors if one.aliases)
    for alias in actor.aliases:
        assert name_right(speakers(actor=actor.name), speakers(actor=alias), registry)
    assert name_right(speakers(actor="Government of Estovia"), speakers(actor="Estovia"), registry)
