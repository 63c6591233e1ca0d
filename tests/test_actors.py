"""The registry: checks at load, aliases, unknown persons by form."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.actors import COLUMNS, load_registry
from stance.errors import DataError
from stance.names import fold

HEADER = ",".join(COLUMNS)
ROWS = (
    "mara-novak,Mara Novák,person,Novak|Mara Nowak,Prime Minister of Norland@2020-,NL,f,singular,",
    "norland,Government of Norland,government,Norland|Norgrad|the Norish government,,NL,,singular,",
    "league,League of States,organisation,the League|LOS,,,,singular,Q1",
    "premier,Premier of Norland,office,the Norish premier,,NL,,singular,",
    "palace,Palace,organisation,the Palace,,NL,,singular,",
)


@pytest.fixture
def registry(tmp_path):
    return load_registry(write(tmp_path, *ROWS))


def write(folder, *rows):
    path = folder / "actors.csv"
    path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return path


def found(registry, text):
    return [(mention.span.text, mention.name) for mention in registry.find(text)]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (ROWS[0], "the id occurs twice"),
        ("other,Other,person,NOVAK,,,,,", "alias 'NOVAK' belongs to mara-novak already"),
        ("other,Mara Novak,person,,,,,,", "belongs to mara-novak already"),  # without the accent
        ("other,Other,city,,,,,,", "kind 'city'; expected one of person"),
        ("other,Other,person,,,,,,17", "wikidata '17'; expected Q and digits"),
        ("other,Other,person,,,,x,,", "gender 'x'"),
        ("other,,person,,,,,,", "id and name must not be empty"),
        ("other,Other,person", "wrong number of columns"),
    ],
)
def test_a_faulty_row_is_named(tmp_path, row, message):
    with pytest.raises(DataError, match=message):
        load_registry(write(tmp_path, *ROWS, row))


def test_other_columns_are_refused(tmp_path):
    path = tmp_path / "actors.csv"
    path.write_text("id,name\n", encoding="utf-8")
    with pytest.raises(DataError, match="expected id, name, kind"):
        load_registry(path)


def test_the_longest_alias_wins(registry):
    assert found(registry, "It was the Norish government.")[0][1] == "Government of Norland"
    assert [m.span.text for m in registry.find("A League of States")] == ["League of States"]


def test_a_possessive_is_left_out_of_the_span(registry):
    assert found(registry, "Novak’s plan and Norland's bid") == [
        ("Novak", "Mara Novák"),
        ("Norland", "Government of Norland"),
    ]


def test_an_alias_with_an_article_takes_it(registry):
    assert found(registry, "On Monday the Palace said no.") == [("the Palace", "Palace")]


def test_accents_do_not_matter_in_either_direction(registry):
    assert found(registry, "Mara Novák and Mara Novak")[0][1] == "Mara Novák"
    assert registry.canonical("mara NOVAK").id == "mara-novak"
    assert registry.canonical("nobody") is None


def test_an_alias_is_matched_at_word_borders_and_with_its_capital(registry):
    assert found(registry, "Norlanders liked the palace and their league.") == []


def test_capitals_throughout_are_the_same_name(registry):
    assert found(registry, "NOVAK: no") == [("NOVAK", "Mara Novák")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("It was Jane Q. Doe again.", "Jane Q. Doe"),  # a given name
        ("Mr. Quux left.", "Quux"),  # a title
        ("Foreign Minister Xan Quux left.", "Xan Quux"),  # an office
        ("The spokeswoman Xan Quux left.", "Xan Quux"),  # a role in lower case
        ("Xan Quux, the deputy minister, left.", "Xan Quux"),  # an apposition
        ("Xan Quux, 55, left.", "Xan Quux"),  # an age
        ("Xan Quux, head of the bank, left.", "Xan Quux"),  # a role without an article
        ("Xan Quux, who left, slept.", "Xan Quux"),  # who is said of persons
    ],
)
def test_an_unknown_person_is_found_by_form(registry, text, name):
    assert [(m.name, m.actor_id, m.kind) for m in registry.find(text)] == [(name, None, "person")]


@pytest.mark.parametrize(
    "later",
    ["Quux said it was over.", "“No,” said Quux.", "Nobody asked Ms Quux.", "Quux: It is over."],
)
def test_a_surname_that_returns_as_a_speaker_makes_a_person(registry, later):
    assert found(registry, f"Xan Quux left. {later}")[0] == ("Xan Quux", "Xan Quux")


@pytest.mark.parametrize(
    "text",
    [
        "Xan Quux left. The Quux fell.",  # nobody speaks
        "Supreme Court met. The Court said no.",  # an article
        "Outside Quux they wait. Quux said no.",  # a preposition at the start of a sentence
        "The pact of the Home Circle, who left, is dead.",
    ],
)
def test_other_words_that_return_make_none(registry, text):
    assert not [name for _, name in found(registry, text) if " " in name]


@pytest.mark.parametrize("text", ["The Security Council met.", "Jane Doe Foundation gave.", "May"])
def test_other_capitalised_words_are_no_persons(registry, text):
    assert found(registry, text) == []


def test_the_surname_joins_the_full_name_of_the_article(registry):
    assert [name for _, name in found(registry, "Jane Doe left. Doe came back.")] == [
        "Jane Doe",
        "Jane Doe",
    ]


def test_two_persons_of_one_surname_are_kept_apart(registry):
    names = [name for _, name in found(registry, "Jane Doe met John Doe. Doe left.")]
    assert names == ["Jane Doe", "John Doe", "Doe"]


def test_a_registered_surname_gives_way_to_another_bearer_in_the_article(registry):
    mentions = registry.find("Jane Novak, a baker, left. Novak came back.")
    assert [(m.name, m.actor_id) for m in mentions] == [("Jane Novak", None)] * 2


def test_a_longer_form_of_a_registered_name_is_the_same_person(registry):
    assert found(registry, "Mara J. Novak left.") == [("Mara J. Novak", "Mara Novák")]


def test_an_office_before_a_name_is_a_title_and_elsewhere_its_holder(registry):
    text = "The Norish premier Mara Novak left. The Norish premier came back."
    assert found(registry, text) == [
        ("Mara Novak", "Mara Novák"),
        ("The Norish premier", "Mara Novák"),
    ]
    assert found(registry, "The Norish premier left.")[0][1] == "Premier of Norland"


def test_a_government_gives_its_adjective(registry):
    assert registry.demonyms["norish"].id == "norland"


@given(st.text())
def test_folding_keeps_the_length(text):
    assert len(fold(text)) == len(text)


@given(
    st.text(alphabet=st.sampled_from(list("Novak’s the League, Jane Doe.Mr\n“” ńİß")), max_size=200)
)
def test_spans_hold_their_text_and_do_not_overlap(text):
    mentions = load_registry().find(text)
    assert all(text[m.span.start : m.span.end] == m.span.text for m in mentions)
    assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(mentions))


def test_the_shipped_registry_is_sound_and_read_once():
    assert load_registry() is load_registry()
    assert len(load_registry().actors) > 300
