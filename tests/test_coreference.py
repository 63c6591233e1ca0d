"""Speakers: pronouns, offices, nominals, and when the answer is unknown."""

import pytest

from stance.actors import COLUMNS, load_registry
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
def registry(tmp_path_factory):
    path = tmp_path_factory.mktemp("actors") / "actors.csv"
    path.write_text("\n".join((",".join(COLUMNS), *ROWS)) + "\n", encoding="utf-8")
    return load_registry(path)


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
