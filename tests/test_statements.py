"""Statements: one example for each rule, invariants over any text, and the gold articles."""

import cProfile
import json
import pstats
import re
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.actors import load_registry
from stance.resources import seeds_path
from stance.statements import extract, read_article

ROWS = (
    "mara-novak,Mara Novák,person,Novak,Prime Minister of Norland@2020-,NL,f,singular,",
    "karl-brandt,Karl Brandt,person,Brandt,President of Sudland@2019-,SD,m,singular,",
    "norland,Government of Norland,government,Norland|Norgrad|the Norish government,,NL,,singular,",
    "sudland,Government of Sudland,government,Sudland|Sudburg|the Sudish government,,SD,,singular,",
    "league,League of States,organisation,the League|the alliance,,,,singular,",
    "palace,Palace,organisation,the Palace,,SD,,singular,",
)


@pytest.fixture(scope="module")
def read(registry):
    """Return (actor, cue, fragments joined by |) of each statement of a paragraph."""

    def short(text):
        statements = extract(f"Headline\n\n{text}", registry)
        return [
            (s.actor, s.cue.text if s.cue else None, " | ".join(f.text for f in s.fragments))
            for s in statements
        ]

    return short


# One row a rule; the comment names it.
RULES = [
    # quotation, then name and verb
    ("“It is over,” Novak said.", [("Mara Novák", "said", "“It is over,”")]),
    # quotation, then verb and name
    ("“It is over,” said Novak.", [("Mara Novák", "said", "“It is over,”")]),
    # verb, then quotation
    ("Novak said: “It is over.”", [("Mara Novák", "said", "“It is over.”")]),
    # the cue breaks the quotation
    (
        "“It is,” Novak said, “over.”",
        [("Mara Novák", "said", "“It is,” | “over.”")],
    ),
    # a question mark ends the quotation, not the sentence
    ("“Is it over?” Novak asked.", [("Mara Novák", "asked", "“Is it over?”")]),
    # words before the quotation belong to what is said
    (
        "Norland needs “real help,” Brandt stressed.",
        [("Karl Brandt", "stressed", "Norland needs “real help,”")],
    ),
    # a quotation that goes on after its cue's sentence
    (
        "“It is over,” Novak said. “Nobody won this.”",
        [("Mara Novák", "said", "“It is over,”"), ("Mara Novák", None, "“Nobody won this.”")],
    ),
    # a clause with and without that
    ("Novak said that it was over.", [("Mara Novák", "said", "it was over")]),
    ("Novak said it was over.", [("Mara Novák", "said", "it was over")]),
    # day and place between cue and clause
    (
        "Novak said on Tuesday in Norgrad that it was over.",
        [("Mara Novák", "said", "it was over")],
    ),
    # somebody told before the clause
    ("Novak told reporters it was over.", [("Mara Novák", "told", "it was over")]),
    # the clause first
    ("It was all over, Novak said.", [("Mara Novák", "said", "It was all over")]),
    # the clause broken by its cue
    (
        "The treaty, Novak said, was dead.",
        [("Mara Novák", "said", "The treaty | was dead")],
    ),
    # as X explained
    ("It was all over, as Novak explained.", [("Mara Novák", "explained", "It was all over")]),
    # apposition between subject and verb
    (
        "Novak, the prime minister of Norland, said it was over.",
        [("Mara Novák", "said", "it was over")],
    ),
    # parenthesis between subject and verb
    ("Novak (Greens), however, opposed the bid.", [("Mara Novák", "opposed", "the bid")]),
    # a subordinate clause ends with its comma
    (
        "While Novak said it was over, work went on.",
        [("Mara Novák", "said", "it was over")],
    ),
    # a relative clause: its subject is the one before who
    (
        "Brandt, who said it was over, left.",
        [("Karl Brandt", "said", "it was over")],
    ),
    # verbs of stance with a noun phrase
    ("Norland opposes the bid.", [("Government of Norland", "opposes", "the bid")]),
    ("Norland ruled out a veto.", [("Government of Norland", "ruled out", "a veto")]),
    ("Novak sees it as a threat.", [("Mara Novák", "sees", "it as a threat")]),
    # an infinitive
    ("Norland refused to sign.", [("Government of Norland", "refused", "to sign")]),
    # predicates with be: the cue is what follows be
    ("Norland is against the bid.", [("Government of Norland", "against", "the bid")]),
    ("Norland is still against the bid.", [("Government of Norland", "against", "the bid")]),
    ("Norland is expected to wait.", [("Government of Norland", "expected", "to wait")]),
    # asking somebody for something: the content is the infinitive
    (
        "Norland called on the League to wait.",
        [("Government of Norland", "called on", "to wait")],
    ),
    # warned X against
    (
        "The Palace warned the League against admitting Norland.",
        [("Palace", "warned", "the League against admitting Norland")],
    ),
    # coordination: one speaker, two statements
    (
        "Norland welcomed the plan but rejected the date.",
        [
            ("Government of Norland", "welcomed", "the plan"),
            ("Government of Norland", "rejected", "the date"),
        ],
    ),
    # two speakers, one statement each
    (
        "Norland and Sudland called for a vote.",
        [
            ("Government of Norland", "called for", "a vote"),
            ("Government of Sudland", "called for", "a vote"),
        ],
    ),
    # a list of speakers
    (
        "The talks ended. Norland, Sudland and the Palace said no vote was needed.",
        [
            ("Government of Norland", "said", "no vote was needed"),
            ("Government of Sudland", "said", "no vote was needed"),
            ("Palace", "said", "no vote was needed"),
        ],
    ),
    # passive
    ("The bid was rejected by Sudland.", [("Government of Sudland", "rejected", "The bid")]),
    # nouns with their owner
    (
        "Sudland’s objections to the bid grew.",
        [("Government of Sudland", "objections to", "the bid")],
    ),
    (
        "Sudish opposition to the bid has grown.",
        [("Government of Sudland", "opposition to", "the bid")],
    ),
    # a noun that needs no complement
    (
        "Reporters asked about Norland’s treaty ambitions.",
        [
            ("Reporters", "asked about", "Norland’s treaty ambitions"),
            ("Government of Norland", "ambitions", "treaty ambitions"),
        ],
    ),
    # the clause first, and something added after its cue
    (
        "It was all over, Novak said, and work went on.",
        [("Mara Novák", "said", "It was all over")],
    ),
    ("It was all over, Novak said of the plan.", [("Mara Novák", "said", "It was all over")]),
    # no pronoun
    ("It was all over, the US envoy said.", [("US envoy", "said", "It was all over")]),
    # two actors' positions in one sentence
    (
        "Norland blasts Sudland’s refusal to sign.",
        [
            ("Government of Norland", "blasts", "Sudland’s refusal to sign"),
            ("Government of Sudland", "refusal to", "to sign"),
        ],
    ),
    # according to, before, after and in the midst
    ("According to Novak, it is over.", [("Mara Novák", "According to", "it is over")]),
    ("It is all over, according to Novak.", [("Mara Novák", "according to", "It is all over")]),
    (
        "The treaty, according to Novak, is dead.",
        [("Mara Novák", "according to", "The treaty | is dead")],
    ),
    # for X, only before a known name
    ("For Norgrad, it is over.", [("Government of Norland", "For", "it is over")]),
    ("For years, it was over.", []),
    # in X's view
    ("In Norgrad’s view, it is over.", [("Government of Norland", "view", "it is over")]),
    # participles
    (
        "“It is over,” said Novak, adding that nobody had won.",
        [("Mara Novák", "said", "“It is over,”"), ("Mara Novák", "adding", "nobody had won")],
    ),
    # made this clear: the content is the sentence before
    (
        "It was all over. Novak made this clear on Tuesday.",
        [("Mara Novák", "made this clear", "It was all over")],
    ),
    ("Novak made it clear that it was over.", [("Mara Novák", "made it clear", "it was over")]),
    # a noun is no verb
    ("Its plans for the summit were secret talks.", [(None, "plans for", "the summit")]),
    ("The State Department met the Claims Court.", []),
    ("A labor official said this week nothing new.", []),
    # an interposed adverb, quoted or not
    ("Norland on Tuesday rejected the bid.", [("Government of Norland", "rejected", "the bid")]),
    ("Norland “flatly” rejected the bid.", [("Government of Norland", "rejected", "the bid")]),
]


@pytest.mark.parametrize(("text", "expected"), RULES, ids=[text for text, _ in RULES])
def test_rule(read, text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "actor", "content"),
    [
        ("Novak: Norland must wait\n\nRain fell.", "Mara Novák", "Norland must wait"),
        ("Norland must wait: Novak\n\nRain fell.", "Mara Novák", "Norland must wait"),
    ],
)
def test_a_headline_names_its_speaker_before_or_after_a_colon(registry, text, actor, content):
    statement = extract(text, registry)[0]
    assert (statement.actor, statement.content.text) == (actor, content)
    assert statement.rule == "headline/name"


def test_a_transcript_gives_each_paragraph_to_its_name(registry):
    text = "Interview\n\nNOVAK: We will wait. That is all.\n\nREPORTER: Why is that?"
    assert [(s.actor, s.content.text) for s in extract(text, registry)] == [
        ("Mara Novák", "We will wait."),
        ("Mara Novák", "That is all"),
        ("REPORTER", "Why is that"),
    ]


INTERVIEW = (
    "Talks\n\nXan Doe met us.\n\nBell: Ms Doe, is it over?\n\n"
    "Doe: No. I told Novak that it must go on.\n\n"
    "Bell: Norland rejects the pact.\n\nDoe: Let it.\n\nShe laughed."
)


def test_labels_that_return_make_an_interview(registry):
    turns = [
        (s.actor, s.content.text)
        for s in extract(INTERVIEW, registry)
        if s.rule.startswith("transcript")
    ]
    assert turns == [
        ("Bell", "Ms Doe, is it over"),
        ("Xan Doe", "No."),
        ("Xan Doe", "I told Novak that it must go on"),
        ("Bell", "Norland rejects the pact"),
        ("Xan Doe", "Let it"),
    ]


def test_what_a_turn_reports_is_read_too_and_its_i_is_who_speaks(registry):
    inner = [
        (s.actor, s.content.text, s.rule)
        for s in extract(INTERVIEW, registry)
        if not s.rule.startswith("transcript")
    ]
    assert inner == [
        ("Xan Doe", "it must go on", "that-subject/turn"),
        ("Government of Norland", "the pact", "np-subject/name"),
    ]


def test_one_label_makes_no_interview(registry):
    assert extract("Talks\n\nPrices: it is over.\n\nThe hall was full.", registry) == []


def test_time_stamps_and_offices_in_a_label_are_no_part_of_the_name(registry):
    text = "Talks\n\n[00:01] XAN DOE, HOST: Is it over?\n\n[00:09] NOVAK: Yes."
    text += "\n\nDOE: Fine.\n\nNOVAK: So."
    assert [s.mention.text for s in extract(text, registry)] == ["XAN DOE", "NOVAK", "DOE", "NOVAK"]


COLUMN = "Headline\n\nBy Orla Pell\n\nI doubt it. I said so in May. I oppose the pact. They left."


def test_i_in_a_column_is_whoever_signs_it(registry):
    assert ("Orla Pell", "the pact") in {
        (s.actor, s.content.text) for s in extract(COLUMN, registry)
    }


def test_a_report_is_nobodys_in_the_first_person(registry):
    text = COLUMN.replace("I doubt it. I said so in May. ", "")
    assert {s.actor for s in extract(text, registry)} == {None}
    two = COLUMN.replace("By Orla Pell", "By Orla Pell and Jon Roe")
    assert {s.actor for s in extract(two, registry)} == {None}


def test_a_quotation_that_is_a_heading_is_of_who_says_it_below(registry):
    text = (
        "Headline\n\nBrandt said it was over.\n\n“A new day”\n\n"
        "“This is a new day for all of us,” Novak said."
    )
    heading = extract(text, registry)[1]
    assert (heading.content.text, heading.actor) == ("“A new day”", "Mara Novák")
    assert heading.rule == "quote-run-on/run-on"
    nobody = extract(text.replace("a new day", "the end"), registry)[1]
    assert (nobody.actor, nobody.rule) == (None, "quote-run-on/none")


def test_a_quotation_of_its_own_with_a_stop_still_goes_on(registry):
    text = "Headline\n\nBrandt said it was over.\n\n“We lost all of it.”\n\nNovak left."
    assert extract(text, registry)[-1].actor == "Karl Brandt"


@pytest.mark.parametrize(
    ("headline", "speaker", "content"),
    [
        ("Novak to Brandt: Sign the pact first", "Mara Novák", "Sign the pact first"),
        ("Alban foreign minister Doe: Sign the pact first", None, "Sign the pact first"),
        ("Retired admiral: Sign the pact first", "Retired admiral", "Sign the pact first"),
    ],
)
def test_labels_of_headlines(registry, headline, speaker, content):
    (statement,) = extract(headline, registry)
    assert statement.content.text == content
    assert speaker is None or statement.actor == speaker


@pytest.mark.parametrize("label", ["EXPLAINED", "VERDICT", "Corrections"])
def test_labels_that_are_no_speakers(registry, label):
    assert extract(f"{label}: a pact and its price", registry) == []
    assert extract(f"Headline\n\n{label}: a pact and its price.", registry) == []


def test_a_quotation_goes_on_in_the_next_paragraph(registry):
    text = "Headline\n\n“It is over,” Novak said. “We lost.\n\n“Now we rest for good.”"
    assert {s.actor for s in extract(text, registry)} == {"Mara Novák"}
    assert extract(text, registry)[-1].content.text == "“Now we rest for good.”"


def test_a_final_colon_introduces_the_next_paragraph(registry):
    text = "Headline\n\nIn a letter Novak wrote:\n\n“It is over for all of us.”"
    assert [(s.actor, s.cue.text) for s in extract(text, registry)] == [("Mara Novák", "wrote")]


def test_a_quotation_of_two_sentences_gives_a_statement_for_each(read):
    assert read("“It is over. We lost,” Novak said.") == [
        ("Mara Novák", "said", "“It is over."),
        ("Mara Novák", "said", "We lost,”"),
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("“It is over,” Novak said.", "direct"),
        ("Novak said it was “over”.", "mixed"),
        ("Novak said it was over.", "reported"),
    ],
)
def test_kinds(registry, text, kind):
    assert extract("Headline\n\n" + text, registry)[0].kind == kind


def test_the_mention_is_the_name_without_its_office(registry):
    statement = extract("Headline\n\nPrime Minister Mara Novak said it was over.", registry)[0]
    assert statement.mention.text == "Mara Novak"
    assert statement.actor_id == "mara-novak"


def test_who_says_nothing_is_a_mention_too(registry):
    article = read_article("Headline\n\nNovak met Brandt.", registry)
    assert [mention.name for mention in article.mentions] == ["Mara Novák", "Karl Brandt"]
    assert article.statements == ()


def test_an_overlong_sentence_is_reported_and_the_rest_is_read(registry):
    text = "Headline\n\n" + "word " * 2_000 + "\n\nNovak said it was over."
    article = read_article(text, registry)
    assert [skipped.reason for skipped in article.skipped] == [
        "longer than 5,000 characters without a stop"
    ]
    assert len(article.statements) == 1


PIECES = st.sampled_from(
    [
        "Novak", "Norland", "said", "says", "that", "“", "”", '"', "''", "‘", "’", "«", "»", ",",
        ". ", "? ", "\n\n", " ", ": ", "; ", " – ", "(", ")", "he", "They", "who", "opposes", "the",
        "according to", "For ", "’s", "objections to", "was rejected by", "to", "and", "but", "not",
        "The minister", "made this clear", "Jane Doe", "\x00", "\u200f", "İ", "ß", "1", "•", "is",
        "against", "calling for", "…", "Mr.", "U.S.", "NOVAK:", "adding", "wrote:",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60).map(" ".join) | st.lists(PIECES, max_size=60).map("".join))
def test_no_text_breaks_a_span(text):
    article = read_article(text)
    for statement in article.statements:
        spans = [statement.content, *statement.fragments, statement.sentence]
        spans += [span for span in (statement.cue, statement.mention) if span]
        assert all(text[span.start : span.end] == span.text != "" for span in spans)
        assert statement.content.start == statement.fragments[0].start
        assert statement.content.end == statement.fragments[-1].end
        ends = [(f.start, f.end) for f in statement.fragments]
        assert ends == sorted(ends)
    starts = [statement.content.start for statement in article.statements]
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    "text",
    ["The envoy said that", "Talks went on.\n\nThen the minister told reporters that",
     "The envoy spoke.\n\n“We will not sign it today” the envoy:",
     "The envoy spoke.\n\n“We will not sign it today” the envoy;"],
)  # fmt: skip
def test_a_text_that_breaks_off_is_read(text):
    assert read_article(text).text == text


@given(st.text())
def test_any_text_is_read(text):
    assert read_article(text).text == text


@pytest.mark.parametrize(
    "pattern",
    ["word ", '" ', "“We will,” he said.\n\n", "Jane Doe said it was over. The minister agreed. ",
     "said ", "“x ", "' ", "Doe, ", "A: ", "Novak said he was sure and "],
)  # fmt: skip
def test_work_is_linear(pattern):
    def calls(size):
        text = pattern * (size // len(pattern))
        profile = cProfile.Profile()
        profile.runcall(read_article, text)
        return pstats.Stats(profile).total_calls

    read_article("Warm up, he said.")
    assert calls(80_000) < 12 * calls(10_000)


def tokens(text, spans):
    return {
        match.start()
        for span in spans
        for match in re.compile(r"\w+").finditer(text, span["start"], span["end"])
    }


def agrees(text, registry, gold, statement):
    fragments = [{"start": one.start, "end": one.end} for one in statement.fragments]
    one, other = tokens(text, gold["fragments"]), tokens(text, fragments)
    known = registry.canonical(gold["actor"])
    actor = statement.actor_id == known.id if known else statement.actor == gold["actor"]
    return actor and 2 * len(one & other) >= len(one | other)


@pytest.mark.parametrize("path", sorted(seeds_path().glob("*.gold.json")), ids=lambda p: p.stem[:3])
def test_nine_in_ten_gold_statements_are_found_with_their_actor(path):
    gold = json.loads(path.read_text(encoding="utf-8"))
    text = (path.parent / gold["article"]).read_text(encoding="utf-8")
    found = extract(text)
    check = partial(agrees, text, load_registry())
    hits = sum(any(check(one, statement) for statement in found) for one in gold["statements"])
    assert hits >= 0.9 * len(gold["statements"])
    assert len(found) <= 1.25 * len(gold["statements"])
