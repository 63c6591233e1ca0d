"""Speakers: pronouns, offices, nominals, and when the answer is unknown."""

import pytest

from stance.statements import extract

ROWS = (
    "mara-novak,Mara Novák,person,Novak,Prime Minister of Norland@2020-,NL,f,singular,",
    "karl-brandt,Karl Brandt,person,Brandt,President of Sudland@2019-,SD,m,singular,",
    "norland,Government of Norland,government,Norland|the Norish government,,NL,,singular,",
    "sudland,Government of Sudland,government,Sudland|the Sudish government,,SD,,singular,",
    "premier,Prime Minister of Norland,office,the Norish prime minister,,NL,,singular,",
    "league,League of States,organisation,the League|the alliance,,,,singular,",
    "allies,League allies,organisation,the allies,,,,plural,",
)


@pytest.fixture(scope="module")
def last(registry):
    """Return the actor of the last statement of a paragraph, and the rule that resolved it."""

    def speaker(text):
        statement = extract("Headline\n\n" + text, registry)[-1]
        return statement.actor, statement.rule.partition("/")[2]

    return speaker


RESOLVED = [
    # the subject of the sentence before, not the name nearest to the pronoun
    ("Novak met a baker. She said it was over.", "Mara Novák"),
    ("Mr. Roe met Mr. Doe. He said it was over.", "Roe"),
    # gender decides between two names
    ("Novak met Brandt. He said it was over.", "Karl Brandt"),
    ("Novak met Brandt. She said it was over.", "Mara Novák"),
    # gender of unknown persons: given name, title, role
    ("Brandt met Jane Doe. She said it was over.", "Jane Doe"),
    ("Brandt met Mrs. Doe. She said it was over.", "Doe"),
    ("Brandt met the spokeswoman Xan Doe. She said it was over.", "Xan Doe"),
    # a name inside a quotation is nobody's subject
    ("Novak waited. “Jane Doe left,” she said.", "Mara Novák"),
    # a possessive name is no subject
    ("Novak read Jane Doe's letter. She said it was over.", "Mara Novák"),
    # a chain of pronouns keeps its subject
    ("Brandt met Mr. Doe. He smiled. He said it was over.", "Karl Brandt"),
    # it and they: the last actor that is no person
    ("The League met Novak. It said the talks were over.", "League of States"),
    ("The allies met Novak. They said the talks were over.", "League allies"),
    # its, within the sentence: the actor before it
    ("Sudland said Norland would keep its bid to join.", "Government of Norland"),
]


@pytest.mark.parametrize(("text", "actor"), RESOLVED, ids=[text for text, _ in RESOLVED])
def test_pronoun(last, text, actor):
    assert last(text) == (actor, "pronoun")


UNKNOWN = [
    "He said it was over.",  # nobody before
    "Novak waited. He said it was over.",  # nobody of that gender
    "Novak waited. They said it was over.",  # a single person is not they
    "I said it was over.",
    "No country said it was over.",
]


@pytest.mark.parametrize("text", UNKNOWN)
def test_a_wrong_name_is_worse_than_none(last, text):
    assert last(text)[0] is None


OFFICES = [
    ("Foreign Minister Jane Doe waited. The minister said it was over.", "Jane Doe"),
    ("Jane Doe, the foreign minister, waited. The minister said it was over.", "Jane Doe"),
    ("The Norish prime minister, Mara Novak, waited. The Norish premier said so.", None),
    ("Prime Minister Novak waited. The Norish prime minister said it was over.", "Mara Novák"),
    # another country's office
    ("Prime Minister Novak waited. The Sudish prime minister said it was over.", None),
    # an office that nobody was given
    ("Novak waited. The general said it was over.", None),
    # an indefinite phrase introduces somebody new
    ("Foreign Minister Jane Doe waited. A minister said it was over.", None),
]


@pytest.mark.parametrize(("text", "actor"), OFFICES, ids=[text for text, _ in OFFICES])
def test_an_office_is_whose_the_text_gave_it(last, text, actor):
    name, rule = last(text)
    assert (name, rule) == (actor, "office") if actor else rule == "nominal"


def test_a_nominal_keeps_its_own_words(last):
    assert last("According to diplomats, it is over.") == ("diplomats", "nominal")
    assert last("It is all over, as his ministry in Norgrad explained.")[0] == (
        "his ministry in Norgrad"
    )


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("A spokesman for Brandt said it was over.", "A spokesman for Brandt"),
        ("Brandt's lawyer said it was over.", "Brandt's lawyer"),
        ("Brandt's lawyer Jane Doe said it was over.", "Jane Doe"),
        ("Brandt, as well as his deputy, has said that it is over.", "Karl Brandt"),
        ("President of Sudland Karl Brandt said it was over.", "Karl Brandt"),
    ],
)
def test_the_head_of_the_phrase_speaks(last, text, actor):
    assert last(text)[0] == actor


def test_the_surname_resolves_to_the_full_name(last):
    assert last("Jane Doe waited. Doe said it was over.") == ("Jane Doe", "name")


def test_two_persons_of_one_surname_are_not_confused(last):
    assert last("Jane Doe met John Doe. Doe said it was over.")[0] == "Doe"


def test_joined_names_speak_each(registry):
    text = "Headline\n\nPrime Minister Mara Novak and President Karl Brandt said it was over."
    assert [s.actor for s in extract(text, registry)] == ["Mara Novák", "Karl Brandt"]


# --- roles, offices and the day of the article -----------------------------------------


def test_a_role_without_a_name_is_remembered(last):
    assert last("The mayor said no. He left.")[0] == "mayor"
    assert last("The mayor said no. He added it was over.") == ("mayor", "pronoun")


def test_a_role_at_the_start_is_a_subject_though_it_says_nothing(last):
    assert last("The mayor has left. He said it was over.") == ("mayor", "pronoun")


def test_a_role_after_a_name_may_be_that_person_so_nobody_is_named_by_it(last):
    assert last("Brandt waited. The trader has left. He said no.")[0] == "Karl Brandt"


def test_the_name_after_an_office_is_its_holder(last):
    text = "Norland's prime minister, Mara Novák, said it was over."
    assert last(text) == ("Mara Novák", "apposition")


def test_an_unknown_name_after_an_office_is_its_holder_too(last):
    """A reader wants the name; that some corpora mark the office as the head is theirs."""
    text = "Norland's trade spokesman, Jane Doe, said it was over."
    assert last(text) == ("Jane Doe", "apposition")
    assert last("The deputy minister of defence, Ms Jane Doe, said no.")[0] == "Jane Doe"
    assert last("The minister, Doe, said it was over.")[1] != "apposition"  # no full name


def test_who_was_named_after_an_office_is_meant_by_it_later(last):
    text = "The deputy minister, Ms Jane Doe, said no. The deputy minister added it was over."
    assert last(text) == ("Jane Doe", "office")


def test_the_name_after_an_office_of_state_is_the_speaker(last):
    text = "First Deputy Secretary of State Jane Doe said it was over."
    assert last(text) == ("Jane Doe", "name")
    assert last("Voters of Norland said it was over.")[0] == "Voters of Norland"


def test_a_given_name_is_whose_the_text_has_told(last):
    assert last("Jane Doe, a baker, left. Jane said it was over.") == ("Jane Doe", "name")
    text = "Jane Doe, a baker, met Jane Roe, a poet. Jane said it was over."
    assert last(text)[1] == "nominal"


def test_a_surname_of_two_persons_is_nobody_for_certain(last):
    text = "Jane Doe, a baker, met John Doe, a poet. Doe said it was over."
    assert last(text)[0] == "Doe"


def test_an_unknown_name_that_spoke_is_meant_by_a_pronoun(last):
    assert last("Zorg Quux said no. He added it was over.")[0] == "Zorg Quux"
    assert last("Zorg Bank said no. He added it was over.")[0] is None


def test_a_speaker_with_a_relative_clause_or_an_adjective_is_remembered(last):
    text = "A diplomat who was in the room said no. She added it was over."
    assert last(text) == ("A diplomat who was in the room", "pronoun")
    text = "An official familiar with the talks said no. She added it was over."
    assert last(text) == ("An official familiar with the talks", "pronoun")


def test_they_are_several_that_spoke(last):
    text = "The presidents of nine states said no. They added it was over."
    assert last(text) == ("presidents of nine states", "pronoun")


def test_an_office_that_spoke_may_be_meant_by_a_pronoun(last):
    text = "The Norish prime minister said no. She added it was over."
    assert last(text) == ("Prime Minister of Norland", "pronoun")


def test_an_office_that_said_nothing_is_not_meant(last):
    text = "Mr. Doe met the Norish prime minister. He said it was over."
    assert last(text)[0] == "Doe"


def test_members_in_a_list_of_countries_are_no_country(last):
    text = "Most voters in Sudria, Norland and Ostland said it was over."
    assert last(text)[1] == "nominal"


def test_who_is_named_in_a_content_speaks_less_likely_next(last):
    text = "Jane Doe said Mara Poe had left. She added it was over."
    assert last(text)[0] == "Jane Doe"


def test_an_office_goes_to_its_holder_on_the_day(registry):
    def speaker(date):
        text = (
            "Talks\n\nThe president of Sudland said no. Norland's prime minister agreed with him."
        )
        return [
            (one.actor, one.rule.rpartition("/")[2]) for one in extract(text, registry, date=date)
        ]

    assert speaker("2021") == [("Karl Brandt", "office-date"), ("Mara Novák", "office-date")]
    assert (
        speaker("2018")
        == speaker(None)
        == [
            ("president of Sudland", "nominal"),
            ("Norland's prime minister", "nominal"),
        ]
    )


def test_the_day_decides_between_two_holders():
    def speaker(date):
        (statement,) = extract("Talks\n\nThe German chancellor opposes the plan.", date=date)
        return statement.actor

    assert speaker("2015") == "Angela Merkel"
    assert speaker("2021-12-07") == "Angela Merkel"
    assert speaker("2021-12-08") == "Olaf Scholz"
    assert speaker("2023-05") == "Olaf Scholz"
    assert speaker("2025") == "Friedrich Merz"  # for most of the year
    assert speaker(None) == "Chancellor of Germany"
