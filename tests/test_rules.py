"""One example for each rule of attribution, with its reason; and the list of the rules."""

import cProfile
import pstats

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.rulebook import FINDING, RESOLVING, SUBJECTS, parts_of
from stance.statements import extract, read_article

ROWS = (
    "mara-novak,Mara Novák,person,Novak,Prime Minister of Norland@2020-,NL,f,singular,",
    "karl-brandt,Karl Brandt,person,Brandt,President of Sudland@2019-,SD,m,singular,",
    "norland,Government of Norland,government,Norland|the Norish government,,NL,,singular,",
    "sudland,Government of Sudland,government,Sudland|the Sudish government,,SD,,singular,",
    "league,League of States,organisation,the League|the alliance,,,,singular,",
)

# (reason, text, (speaker as printed, cue, fragments joined by |) of each statement)
CASES = [
    # --- cues of stance, not only verbs of saying
    ("support", "Novak supports the treaty.", [("Novak", "supports", "the treaty")]),
    ("oppose", "Norland opposes a fixed date.", [("Norland", "opposes", "a fixed date")]),
    (
        "want, with an infinitive",
        "The party wants to leave the League.",
        [("The party", "wants", "to leave the League")],
    ),
    ("refuse", "Norland refused to sign the pact.", [("Norland", "refused", "to sign the pact")]),
    ("rule out", "Novak ruled out a referendum.", [("Novak", "ruled out", "a referendum")]),
    (
        "be expected",
        "Sudland is expected to veto the bid.",
        [("Sudland", "expected", "to veto the bid")],
    ),
    ("have plans", "Novak has no plans to sign.", [("Novak", "has no plans", "to sign")]),
    (
        "would like: the same form for every subject",
        "Novak would like to sign.",
        [("Novak", "would like", "to sign")],
    ),
    ("appear ready", "Novak appears ready to sign.", [("Novak", "appears ready", "to sign")]),
    ("be against", "Novak is against the pact.", [("Novak", "against", "the pact")]),
    (
        "keep the door open",
        "Novak keeps the door open to a vote.",
        [("Novak", "keeps the door open to", "a vote")],
    ),
    (
        "a negation belongs to no rule: the cue is what is negated",
        "Novak did not rule out a vote.",
        [("Novak", "rule out", "a vote")],
    ),
    # --- who is nobody
    ("an it that is nobody", "It is unclear whether the pact is dead.", []),
    ("rain wants nothing", "It is unlikely to rain.", []),
    (
        "nobody is a speaker without a name",
        "Nobody said the pact was dead.",
        [("Nobody", "said", "the pact was dead")],
    ),
    ("a question gives nobody a position", "Does Novak support the pact?", []),
    ("a purpose is no position", "Novak left to sign the pact.", []),
    ("what is told to somebody is not said by him", "Novak was told that the pact was dead.", []),
    ("a verb that takes a thing takes no clause", "Novak maintains a house on the coast.", []),
    ("the verb of a relative clause makes no clause", "Novak maintains a lead that has grown.", []),
    ("the verb of the clause is no content", "The pact Novak supports is cheap.", []),
    # --- two cues
    (
        "two statements with one subject",
        "Novak welcomed the plan but rejected a fixed date.",
        [("Novak", "welcomed", "the plan"), ("Novak", "rejected", "a fixed date")],
    ),
    (
        "three of them",
        "Novak welcomed the plan, rejected a date and called for talks.",
        [
            ("Novak", "welcomed", "the plan"),
            ("Novak", "rejected", "a date"),
            ("Novak", "called for", "talks"),
        ],
    ),
    (
        "after a clause",
        "As the delegates took their seats, the party denied the charge and said it was ready.",
        [("the party", "denied", "the charge"), ("the party", "said", "it was ready")],
    ),
    (
        "a plural subject keeps its verb in the base form",
        "They are less hostile to the pact and generally agree that it is needed.",
        [("They", "agree", "it is needed")],
    ),
    (
        "the verb after and is not the cue's",
        'Novak called the pact "a terrible deal" and left.',
        [("Novak", "called", 'the pact "a terrible deal"')],
    ),
    # --- nouns
    (
        "criticism of",
        "Novak repeated her criticism of the treaty.",
        [
            ("Novak", "repeated", "her criticism of the treaty"),
            ("her", "criticism of", "the treaty"),
        ],
    ),
    (
        "promise to",
        "Novak repeated her promise to hold a vote.",
        [
            ("Novak", "repeated", "her promise to hold a vote"),
            ("her", "promise to", "to hold a vote"),
        ],
    ),
    (
        "objections to",
        "Norland's objections to the pact are known.",
        [("Norland", "objections to", "the pact")],
    ),
    (
        "a noun with its topic before it",
        "Norland's treaty bid was dropped.",
        [("Norland", "bid", "treaty bid")],
    ),
    ("a noun alone tells no position", "Novak dropped his bid.", []),
    (
        "the verb around it ends the noun's content",
        "Norland's criticism of the treaty surprised nobody.",
        [("Norland", "criticism of", "the treaty")],
    ),
    (
        "a letter speaks for who wrote it",
        "In a letter calling for a summit, Novak said the pact was dead.",
        [("Novak", "calling for", "a summit"), ("Novak", "said", "the pact was dead")],
    ),
    # --- passives
    (
        "by whom",
        "The pact was rejected by the upper house.",
        [("the upper house", "rejected", "The pact")],
    ),
    (
        "the whole subject",
        "Norland's plan to join the pact was rejected by the upper house.",
        [
            ("the upper house", "rejected", "Norland's plan to join the pact"),
            ("Norland", "plan to", "to join the pact"),
        ],
    ),
    ("by accident is nobody", "The pact was signed in the hall by accident.", []),
    ("nobody is named", "The pact was rejected.", []),
    ("a pronoun is no content", "She was praised by the minister.", []),
    # --- prefixes
    (
        "according to, in front",
        "According to Novak, the pact is dead.",
        [("Novak", "According to", "the pact is dead")],
    ),
    (
        "according to, at the end",
        "The pact is dead, according to Novak.",
        [("Novak", "according to", "The pact is dead")],
    ),
    (
        "according to, in the midst",
        "The pact, according to the ministry, would cost millions.",
        [("the ministry", "according to", "The pact | would cost millions")],
    ),
    (
        "according to, after a quotation",
        '"The pact is dead," according to Novak.',
        [("Novak", "according to", '"The pact is dead,"')],
    ),
    (
        "for a known name",
        "For Norland, the question is closed.",
        [("Norland", "For", "the question is closed")],
    ),
    ("for anybody else it is no prefix", "For years, the question was open.", []),
    ("in X's view", "In Novak's view, the pact is dead.", [("Novak", "view", "the pact is dead")]),
    (
        "in X's view, in the midst",
        "The pact, in Norland's view, is dead.",
        [("Norland", "view", "The pact | is dead")],
    ),
    (
        "in her opinion",
        "Novak left. In her opinion, the pact is dead.",
        [("her", "opinion", "the pact is dead")],
    ),
    ("a report has no view", "In the ministry's report, the pact is dead.", []),
    # --- subjects
    (
        "an apposition",
        "Jane Doe, a senator from the south, said the pact was dead.",
        [("Jane Doe", "said", "the pact was dead")],
    ),
    (
        "age and town",
        "Jane Doe, 54, of Solva, who was among those asked, said the pact was dead.",
        [("Jane Doe", "said", "the pact was dead")],
    ),
    (
        "an apposition that no comma closes",
        "Jane Doe, head of the treaty office said the pact was dead.",
        [("Jane Doe", "said", "the pact was dead")],
    ),
    (
        "the name after an office",
        "The prime minister, Jane Doe, said the pact was dead.",
        [("Jane Doe", "said", "the pact was dead")],
    ),
    (
        "dashes",
        "The minister — a lawyer — said the pact was dead.",
        [("The minister", "said", "the pact was dead")],
    ),
    (
        "brackets",
        "The minister (of finance) said the pact was dead.",
        [("The minister", "said", "the pact was dead")],
    ),
    (
        "an aside with a participle",
        "The minister, speaking after the talks in Solva, said the pact was dead.",
        [("The minister", "said", "the pact was dead")],
    ),
    (
        "an adverb between commas",
        "The minister, however, said the pact was dead.",
        [("The minister", "said", "the pact was dead")],
    ),
    (
        "as well as",
        "Norland, as well as Sudland, has said the pact is dead.",
        [("Norland", "said", "the pact is dead")],
    ),
    (
        "a list of names",
        "Jane Doe, Karl Roe and Mara Poe said the pact was dead.",
        [
            ("Jane Doe", "said", "the pact was dead"),
            ("Karl Roe", "said", "the pact was dead"),
            ("Mara Poe", "said", "the pact was dead"),
        ],
    ),
    (
        "a list of phrases",
        "The minister, the senator and the mayor said the pact was dead.",
        [("The minister, the senator and the mayor", "said", "the pact was dead")],
    ),
    (
        "and joins subjects",
        "The minister and the senator said the pact was dead.",
        [("The minister and the senator", "said", "the pact was dead")],
    ),
    (
        "a relative clause",
        "Jane Doe, who said the pact was dead, left.",
        [("Jane Doe", "said", "the pact was dead")],
    ),
    (
        "the object of the relative clause is not the subject",
        "Voters who backed her said the pact was dead.",
        [("Voters", "backed", "her"), ("Voters who backed her", "said", "the pact was dead")],
    ),
    (
        "a plural before of",
        "Critics of the pact say it is dead.",
        [("Critics of the pact", "say", "it is dead")],
    ),
    ("a number", "Ten percent say the pact is dead.", [("Ten percent", "say", "the pact is dead")]),
    (
        "a quotation for an adverb",
        "The minister “urgently” called on members to sign.",
        [("The minister", "called on", "to sign")],
    ),
    (
        "will as a name",
        "Will wrote that the pact was dead.",
        [("Will", "wrote", "the pact was dead")],
    ),
    (
        "a noun that looks like a cue",
        "“It is over,” Novak added, echoing comments by the senator.",
        [("Novak", "added", "“It is over,”")],
    ),
    (
        "a document",
        "That letter, signed by twelve senators, demanded a vote.",
        [("letter", "demanded", "a vote")],
    ),
    # --- participles and infinitives
    (
        "adding",
        "Novak said the pact was dead, adding that talks were over.",
        [("Novak", "said", "the pact was dead"), ("Novak", "adding", "talks were over")],
    ),
    (
        "a participle in front",
        "Citing the cost, Novak said the pact was dead.",
        [("Novak", "Citing", "the cost"), ("Novak", "said", "the pact was dead")],
    ),
    (
        "quick to point out",
        "Novak was quick to point out that the pact was dead.",
        [("Novak", "point out", "the pact was dead")],
    ),
    (
        "went on to say",
        "Novak went on to say that the pact was dead.",
        [("Novak", "say", "the pact was dead")],
    ),
    # --- where a content starts
    (
        "a day and a place",
        "Novak said on Tuesday in Solva that the pact was dead.",
        [("Novak", "said", "the pact was dead")],
    ),
    (
        "somebody told",
        "Novak told reporters in Solva that the pact was dead.",
        [("Novak", "told", "the pact was dead")],
    ),
    (
        "her colleagues are told, not she",
        "Novak told her colleagues on Monday that the pact was dead.",
        [("Novak", "told", "the pact was dead")],
    ),
    (
        "told, without that",
        "Novak told Norland's parliament the pact was dead.",
        [("Novak", "told", "the pact was dead")],
    ),
    ("told to", "Novak told her to sign.", [("Novak", "told", "to sign")]),
    ("not to", "Novak urged the allies not to sign.", [("Novak", "urged", "not to sign")]),
    (
        "an aside between cue and that",
        "Novak revealed, somewhat late, that the pact was dead.",
        [("Novak", "revealed", "the pact was dead")],
    ),
    (
        "an aside after the cue",
        "Novak opposes, among other things, the pact.",
        [("Novak", "opposes", "the pact")],
    ),
    (
        "an aside after that",
        "Novak said that, given the cost, the pact was dead.",
        [("Novak", "said", "given the cost, the pact was dead")],
    ),
    (
        "a condition in front",
        "Novak said if the pact failed, talks would end.",
        [("Novak", "said", "if the pact failed, talks would end")],
    ),
    ("said no", "Novak said no.", [("Novak", "said", "no")]),
    (
        "said the same",
        "Novak said the same of the bill.",
        [("Novak", "said", "the same of the bill")],
    ),
    (
        "a preposition that tells where is not the cue's",
        "Novak insisted on Tuesday that the pact was dead.",
        [("Novak", "insisted", "the pact was dead")],
    ),
    (
        "a place after insist on",
        "Novak insisted on CNN that the pact was dead.",
        [("Novak", "insisted", "the pact was dead")],
    ),
    (
        "a quotation inside the clause has its verb",
        "Novak said the pact “is a mistake.”",
        [("Novak", "said", "the pact “is a mistake.”")],
    ),
    # --- where a content ends
    (
        "adding ends it",
        "Novak opposes the pact, saying it is dead.",
        [("Novak", "opposes", "the pact"), ("Novak", "saying", "it is dead")],
    ),
    (
        "even as",
        "Novak said the pact was dead, even as he signed it.",
        [("Novak", "said", "the pact was dead")],
    ),
    (
        "despite",
        "Novak said the pact was dead, despite the vote.",
        [("Novak", "said", "the pact was dead")],
    ),
    (
        "another subject and cue",
        "Novak said the pact was dead, but Brandt said it was not.",
        [("Novak", "said", "the pact was dead"), ("Brandt", "said", "it was not")],
    ),
    (
        "because ends a phrase",
        "Novak supports the pact because it is cheap.",
        [("Novak", "supports", "the pact")],
    ),
    (
        "a condition is part of a position",
        "Novak supports the pact if it is cheap.",
        [("Novak", "supports", "the pact if it is cheap")],
    ),
    (
        "after is a condition too",
        "Novak supports the pact after the vote.",
        [("Novak", "supports", "the pact after the vote")],
    ),
    (
        "a list goes on",
        "Novak opposes the pact, the vote and the talks.",
        [("Novak", "opposes", "the pact, the vote and the talks")],
    ),
    (
        "a semicolon",
        "Novak opposes the pact; Brandt supports it.",
        [("Novak", "opposes", "the pact"), ("Brandt", "supports", "it")],
    ),
    (
        "a subordinate clause ends with its comma",
        "While Novak said the pact was dead, the senator disagreed with her.",
        [("Novak", "said", "the pact was dead"), ("the senator", "disagreed with", "her")],
    ),
    (
        "a relative clause ends with its comma",
        "The plan, which Novak said would cost millions, was dropped.",
        [("Novak", "said", "which | would cost millions")],
    ),
    # --- contents before the cue
    ("a clause", "The pact is dead, Novak said.", [("Novak", "said", "The pact is dead")]),
    (
        "a clause and a semicolon",
        "The pact is a threat, Novak claims; Brandt denies it.",
        [("Novak", "claims", "The pact is a threat"), ("Brandt", "denies", "it")],
    ),
    (
        "as the minister said",
        "The pact is dead, as Novak said.",
        [("Novak", "said", "The pact is dead")],
    ),
    (
        "the rest of the clause",
        "The pact, Novak said, is dead.",
        [("Novak", "said", "The pact | is dead")],
    ),
    (
        "an adverb belongs to what is said",
        "Even then, she said, the pact would fail.",
        [("she", "said", "Even then | the pact would fail")],
    ),
    ("a question", "“Who will pay?” Novak asked.", [("Novak", "asked", "“Who will pay?”")]),
    (
        "said first",
        'Said one minister: "The pact is dead."',
        [("one minister", "Said", '"The pact is dead."')],
    ),
    (
        "inverted, with an apposition",
        "“We will sign,” said Jane Doe, a senator, “but not today.”",
        [("Jane Doe", "said", "“We will sign,” | “but not today.”")],
    ),
    (
        "initials",
        "“We will sign,” said Jane A. Doe, a senator.",
        [("Jane A. Doe", "said", "“We will sign,”")],
    ),
    (
        "claimed before, said after: the quotation is claimed",
        "Even as Novak claimed that “the pact is dead,” one of the senators said talks went on.",
        [
            ("Novak", "claimed", "“the pact is dead,”"),
            ("one of the senators", "said", "talks went on"),
        ],
    ),
    # --- quotations
    (
        "a title is no statement",
        "On the programme “Politics at Noon,” Novak said the pact was dead.",
        [("Novak", "said", "the pact was dead")],
    ),
    ("a title after called", "A film called “The Last Treaty” opens the festival.", []),
    (
        "a title after the cue",
        "“The pact is dead,” Novak said on “Politics at Noon.”",
        [("Novak", "said", "“The pact is dead,”")],
    ),
    (
        "a title without a cue",
        "Novak stood in front of a poster for “The Last Long Treaty” all day.",
        [],
    ),
    (
        "after a colon, to the subject",
        "A familiar voice took up the cause on Monday: “Nobody here will ever sign this pact.”",
        [("A familiar voice", None, "“Nobody here will ever sign this pact.”")],
    ),
    (
        "after a name and a colon",
        "The hall was full – Jane Doe: “Nobody here will ever sign this pact.”",
        [("Jane Doe", None, "“Nobody here will ever sign this pact.”")],
    ),
    (
        "a role and a colon",
        "The minister: “We will sign.”",
        [("The minister", None, "“We will sign.”")],
    ),
    (
        "in capitals",
        "MINISTER: We will sign. We will pay.",
        [("MINISTER", None, "We will sign."), ("MINISTER", None, "We will pay")],
    ),
    (
        "two quotations with a cue each",
        "“We will sign,” Novak said. She added, “But not today.”",
        [("Novak", "said", "“We will sign,”"), ("She", "added", "“But not today.”")],
    ),
    (
        "made this clear",
        "The pact is dead. Novak made this clear.",
        [("Novak", "made this clear", "The pact is dead")],
    ),
    ("made this clear, with nothing before it", "Novak made this clear.", []),
    # --- more of the same rules: where phrases begin and end
    (
        "a clause that opens with while has its subject after the comma",
        "While talks went on, the mayor left, adding that it was over.",
        [("the mayor", "adding", "it was over")],
    ),
    (
        "and before the second half of a subject",
        "Norland and the ministry say it is over.",
        [("Norland", "say", "it is over")],
    ),
    (
        "a semicolon starts a new subject",
        "Talks failed; a spokesman, Karl Roe, said it was over.",
        [("Karl Roe", "said", "it was over")],
    ),
    (
        "a long quotation is no part of the subject",
        "“This is a very long quotation that holds many words,” the senator, a lawyer, said.",
        [("the senator", "said", "“This is a very long quotation that holds many words,”")],
    ),
    (
        "an opening in front of a name with an apposition",
        "On Monday, Jane Doe, a senator, said it was over.",
        [("Jane Doe", "said", "it was over")],
    ),
    (
        "an opening in front of an office with an apposition",
        "On Monday, the senator, a lawyer, said it was over.",
        [("the senator", "said", "it was over")],
    ),
    (
        "age, town and state",
        "Jane Doe, 30, of Salem, Ore., who was asked, said it was over.",
        [("Jane Doe", "said", "it was over")],
    ),
    (
        "the country of a town is no subject",
        "The mayor of Solva, Norland, a lawyer, said it was over.",
        [("The mayor of Solva", "said", "it was over")],
    ),
    ("nothing but openings", "After May, in Solva, said the pact was dead.", []),
    (
        "then after a comma",
        "Novak waited, then said it was over.",
        [("Novak", "said", "it was over")],
    ),
    (
        "an aside of three words",
        "Novak in the past said it was over.",
        [("Novak", "said", "it was over")],
    ),
    (
        "an aside of two words",
        "Novak at times said it was over.",
        [("Novak", "said", "it was over")],
    ),
    ("a day before the verb", "Novak Monday said it was over.", [("Novak", "said", "it was over")]),
    (
        "the object of a relative clause",
        "A man who left the hall said it was over.",
        [("A man who left the hall", "said", "it was over")],
    ),
    (
        "an adverb after the subject",
        "“It is over,” said the minister later.",
        [("the minister", "said", "“It is over,”")],
    ),
    (
        "an object before the subject",
        "She told him voters said it was over.",
        [("She", "told", "voters said it was over"), ("voters", "said", "it was over")],
    ),
    (
        "all before an article",
        "All the ministers said it was over.",
        [("All the ministers", "said", "it was over")],
    ),
    (
        "and that joins clauses",
        "Novak met the senator and the minister said it was over.",
        [("the minister", "said", "it was over")],
    ),
    (
        "a place in front",
        "Near the hall the minister said it was over.",
        [("the minister", "said", "it was over")],
    ),
    (
        "a month in front of a name",
        "In May Jane Doe said it was over.",
        [("Jane Doe", "said", "it was over")],
    ),
    (
        "a day after the subject",
        "“It is over,” said Novak Monday.",
        [("Novak", "said", "“It is over,”")],
    ),
    (
        "a date after the cue",
        "Novak said May 5 that it was over.",
        [("Novak", "said", "it was over")],
    ),
    ("them are told", "Novak told them that it was over.", [("Novak", "told", "it was over")]),
    (
        "members of the senate are told",
        "Novak told members of the senate the pact was dead.",
        [("Novak", "told", "the pact was dead")],
    ),
    ("a reason between cue and nothing", "Novak said in Solva because it rained.", []),
    (
        "another cue with -ing",
        "Novak said it was over, warning that talks had failed.",
        [("Novak", "said", "it was over"), ("Novak", "warning", "talks had failed")],
    ),
    (
        "what the speaker did meanwhile",
        "Novak said it was over, leaving the hall.",
        [("Novak", "said", "it was over")],
    ),
    (
        "after the vote, with a comma",
        "Novak said it was over, after the vote.",
        [("Novak", "said", "it was over")],
    ),
    (
        "a dash ends a phrase",
        "Novak opposes the pact — a treaty of the past.",
        [("Novak", "opposes", "the pact")],
    ),
    (
        "a comma ends a phrase",
        "Novak opposes the pact, Brandt left.",
        [("Novak", "opposes", "the pact")],
    ),
    (
        "who told whom at the end",
        "The pact is dead, Brandt told reporters.",
        [("Brandt", "told", "The pact is dead")],
    ),
    (
        "a speaker after a feared thing",
        "Novak fears the pact, Brandt told reporters.",
        [("Brandt", "told", "Novak fears the pact"), ("Novak", "fears", "the pact")],
    ),
    (
        "two participles",
        "Novak left, saying it was over and adding that talks had failed.",
        [("Novak", "saying", "it was over"), ("Novak", "adding", "talks had failed")],
    ),
    (
        "has asked after and",
        "Novak said it was over and has asked for talks.",
        [("Novak", "said", "it was over"), ("Novak", "asked for", "talks")],
    ),
    ("a passive without a subject", "Rejected by Norland, the pact failed.", []),
    (
        "and before the subject of a passive",
        "The pact failed and the plan was rejected by Sudland.",
        [("Sudland", "rejected", "the plan")],
    ),
    ("for a name without a comma", "For Norland the question is closed.", []),
    ("for a name with a noun", "For Norland talks failed.", []),
    (
        "the view of many",
        "In the view of many, it is over.",
        [("many", "In the view of", "it is over")],
    ),
    ("a noun at the end", "Novak repeated his criticism of", []),
    ("a bare promise", "Novak repeated her promise to.", [("Novak", "repeated", "her promise to")]),
    ("a clause and a subject with a clause", "It is over said the minister who left the hall.", []),
    ("no comma before the subject", "“It is over” Novak said.", []),
    (
        "but also goes on",
        "The pact is bad, Novak said, but also cheap.",
        [("Novak", "said", "The pact is bad | but also cheap")],
    ),
    (
        "a quotation after a place",
        "“It is over,” Novak said in Solva “for good.”",
        [("Novak", "said", "“It is over,” | “for good.”")],
    ),
    ("said first, without a quotation", "Said the minister: it is over.", []),
    ("a noun after and", "The mayor left and demand rose.", []),
    ("a saying is no cue", "The saying is old.", []),
    ("a citation and nothing else", "Citing the cost alone.", []),
    (
        "an adverb after while",
        "While only Novak said it was over, the senator left.",
        [("Novak", "said", "it was over")],
    ),
    (
        "an infinitive after a day",
        "Novak plans on Monday to ask for talks.",
        [("Novak", "ask for", "talks")],
    ),
    (
        "an infinitive after an adverb",
        "Novak hopes later to say that it is over.",
        [("Novak", "hopes", "it is over"), ("Novak", "say", "it is over")],
    ),
    (
        "a question after a day",
        "Novak wondered on Monday whether it was over.",
        [("Novak", "wondered", "whether it was over")],
    ),
    (
        "a colon after whom",
        "Novak asked of the hall: “Is it over?”",
        [("Novak", "asked", "“Is it over?”")],
    ),
    ("if for whether", "Novak argued if it was over.", [("Novak", "argued", "if it was over")]),
    ("a cue with nothing", "Novak admitted and left.", []),
    ("that course", "Novak opposes that course.", [("Novak", "opposes", "that course")]),
    ("a preposition is no object", "Novak supports in May.", []),
    ("an adverb is no object", "Novak opposes strongly.", []),
    ("no infinitive after a comma", "Novak urged talks, to sign.", [("Novak", "urged", "talks")]),
    (
        "an indirect question after a person",
        "Novak asked voters why it was over.",
        [("Novak", "asked", "why it was over")],
    ),
    (
        "a contraction",
        "Novak says he'll sign and it's over.",
        [("Novak", "says", "he'll sign and it's over")],
    ),
    (
        "a quotation with two marks of its own",
        "Novak said, ‘it is “over” now,’ and left.",
        [("Novak", "said", "‘it is “over” now,’")],
    ),
    (
        "what is called in quotation marks",
        "Novak called it “over and done with.”",
        [("Novak", "called", "it “over and done with.”")],
    ),
    (
        "a title before a name",
        "On Monday Senator Jane Doe said it was over.",
        [("Jane Doe", "said", "it was over")],
    ),
    (
        "likes of",
        "Proponents like Jane Doe urged the senate to sign.",
        [("Proponents like Jane Doe", "urged", "to sign")],
    ),
    (
        "the one who leads",
        "The party, whose leader left, said it was over.",
        [("The party", "said", "it was over")],
    ),
    # --- what golden articles taught
    (
        "what somebody should do is no statement of theirs",
        "Novak said Sudland should oppose the pact.",
        [("Novak", "said", "Sudland should oppose the pact")],
    ),
    (
        "what somebody may do neither",
        "Norland could reject the pact.",
        [],
    ),
    (
        "but what they would do is",
        "Norland would reject the pact.",
        [("Norland", "reject", "the pact")],
    ),
    (
        "a relative clause may hold a possibility and the subject still states",
        "Brandt, who may run again, rejected the pact.",
        [("Brandt", "rejected", "the pact")],
    ),
    (
        "an object pronoun alone is no content of speech",
        "The two leaders described it.",
        [],
    ),
    (
        "but it is one of a stance",
        "Norland opposes it.",
        [("Norland", "opposes", "it")],
    ),
    (
        "while with a state of affairs is a condition of the position",
        "Norland opposes a vote while the war lasts.",
        [("Norland", "opposes", "a vote while the war lasts")],
    ),
    (
        "while with a participle is another matter",
        "Norland opposes a vote while praising the plan.",
        [("Norland", "opposes", "a vote"), ("Norland", "praising", "the plan")],
    ),
    (
        "a time after the cue is no content",
        "The pact is dead, Novak said on Friday, a day after he met the mayor.",
        [("Novak", "said", "The pact is dead")],
    ),
    (
        "a time after a content ends it",
        "Novak announced that it was over, hours after the vote.",
        [("Novak", "announced", "it was over")],
    ),
    (
        "countries are no verb",
        "The Alban states had pushed for a vote.",
        [("The Alban states", "pushed for", "a vote")],
    ),
    (
        "member states before a comma neither",
        "Leaders of member states, from Norland to Sudland, said it was over.",
        [("Leaders of member states", "said", "it was over")],
    ),
    (
        "but a state that states is one",
        "Norland states that it was over.",
        [("Norland", "states", "it was over")],
    ),
    (
        "a plural before a place agrees with its verb",
        "The pact, officials in Solva emphasize, will be kept.",
        [("officials in Solva", "emphasize", "The pact | will be kept")],
    ),
    (
        "several speakers behind a verb in the present",
        "The key, say the sceptics, has been lost.",
        [("the sceptics", "say", "The key | has been lost")],
    ),
    (
        "a people in -ss, -sh, -ch or -ese is a plural",
        "Dutch defend the pact.",
        [("Dutch", "defend", "the pact")],
    ),
    (
        "a year before a noun makes no verb of it",
        "Leaders reaffirm 2008 promise that it is over.",
        [("Leaders", "reaffirm", "2008 promise that it is over")],
    ),
    (
        "a content may go on in a quotation that holds its verb",
        "Her ships, she stressed, “cannot wait.”",
        [("she", "stressed", "Her ships | “cannot wait.”")],
    ),
    (
        "but an adverbial before the cue is no part of it",
        "In Solva, she said, “we cannot wait.”",
        [("she", "said", "“we cannot wait.”")],
    ),
    (
        "a relative clause that ends with a place belongs to the subject",
        "A diplomat who was in the room said it was over.",
        [("A diplomat who was in the room", "said", "it was over")],
    ),
    (
        "an apposition between a name and who is skipped",
        "It was praised by Xan Doe, a columnist, who wrote that it was over.",
        [("Xan Doe", "wrote", "it was over")],
    ),
    (
        "British spellings",
        "Norland signalled that it was over.",
        [("Norland", "signalled", "it was over")],
    ),
    (
        "a quotation that a dash gives to its speaker",
        "“We will not sign it” – Jane Doe to the Daily Bell",
        [("Jane Doe", None, "“We will not sign it”")],
    ),
    (
        "a dash before no person gives none",
        "“We will not sign it” – Front page of the Bell",
        [(None, None, "“We will not sign it”")],
    ),
    (
        "a place before a colon does not speak where somebody else does",
        "Norland: Foreign Minister Xan Doe complained that it was over.",
        [("Xan Doe", "complained", "it was over")],
    ),
    (
        "the number of a note ends no sentence's words",
        "Novak opposes the pact.[1] The vote was close.[2]",
        [("Novak", "opposes", "the pact")],
    ),
    (
        "a bracket closes the subject",
        "Jane Doe (R-Solva) said it was over.",
        [("Jane Doe", "said", "it was over")],
    ),
]


@pytest.mark.parametrize(("reason", "text", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(registry, reason, text, expected):
    found = [
        (
            one.mention.text if one.mention else None,
            one.cue.text if one.cue else None,
            " | ".join(piece.text for piece in one.fragments),
        )
        for one in extract(f"Headline\n\n{text}", registry)
    ]
    assert found == expected, reason


def test_every_rule_is_in_the_list(registry):
    text = "Headline\n\n" + "\n\n".join(text for _, text, _ in CASES)
    finding, subjects, resolving = (
        {rule.name for rule in rules} for rules in (FINDING, SUBJECTS, RESOLVING)
    )
    for statement in extract(text, registry):
        found, subject, resolved = parts_of(statement.rule)
        assert found in finding, statement.rule
        assert subject in subjects | {""}, statement.rule
        assert resolved in resolving, statement.rule


def calls(text):
    """Count the calls that reading a text takes: work that no other load on a machine changes."""
    profile = cProfile.Profile()
    profile.runcall(read_article, text)
    return pstats.Stats(profile).total_calls


@pytest.mark.parametrize(
    "pattern",
    [
        "NOVAK: We will sign.\n\n",
        "NOVAK: We\n\nwill sign it.\n\n",
        "The minister said no. He left. ",
        "which she said failed, ",
        "in the minister's view, ",
        "“Politics at Noon” ",
        "'we are \"it\" now' ",
        '"We will, she said.\n\n',
        "welcomed a, rejected b and ",
        "The minister, Jane Doe, said no. ",
    ],
)
def test_work_grows_with_the_text(pattern):
    read_article("Warm up, he said.")
    small = calls(pattern * (10_000 // len(pattern)))
    assert calls(pattern * (80_000 // len(pattern))) < 12 * small


WORDS = [
    "Novak",
    "the minister",
    "said",
    "that",
    "“",
    "”",
    '"',
    "'",
    ",",
    ".",
    "\n\n",
    "who",
    "which",
    "and",
    "but",
    "opposes",
    "the pact",
    "to sign",
    "according to",
    "Norland",
    ":",
    ";",
    "—",
    "(",
    ")",
    "she",
    "her",
    "was",
    "by",
    "NOVAK:",
    "criticism of",
    "in",
    "'s view",
    "it",
    "•",
    "not",
    "?",
]


@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_no_order_of_words_breaks_a_span(words):
    text = " ".join(words)
    for statement in read_article(text).statements:
        spans = [statement.content, *statement.fragments, statement.sentence]
        spans += [span for span in (statement.cue, statement.mention) if span]
        assert all(text[span.start : span.end] == span.text != "" for span in spans)


# --- over sentences and paragraphs -----------------------------------------------------


def said(text, registry):
    """Return (actor, words) of each statement, and its rule without the resolution."""
    return [
        (one.actor, one.content.text, one.rule.partition("/")[0]) for one in extract(text, registry)
    ]


def test_a_turn_of_a_transcript_goes_on_up_to_the_next(registry):
    text = (
        "Talks\n\nNOVAK: We will sign.\n\nWe will pay.\n\nBRANDT: No.\n\n(END OF CLIP.)\n\n"
        "NOVAK: Yes.\n\nThe hall was full."
    )
    assert said(text, registry) == [
        ("Mara Novák", "We will sign.", "transcript"),
        ("Mara Novák", "We will pay", "transcript"),
        ("Karl Brandt", "No", "transcript"),
        ("Mara Novák", "Yes", "transcript"),  # nobody knows where the last turn ends
    ]


def test_what_somebody_told_a_paper_is_no_label(registry):
    text = "Talks\n\nNovak later told Norland: “It is over and done with.”"
    assert said(text, registry) == [("Mara Novák", "“It is over and done with.”", "colon-subject")]


def test_a_final_colon_points_to_the_next_paragraph(registry):
    text = "Talks\n\nNovak said:\n\nIt is over. Talks failed."
    assert said(text, registry) == [
        ("Mara Novák", "It is over.", "colon-next-subject"),
        ("Mara Novák", "Talks failed", "colon-next-subject"),
    ]


def test_a_final_colon_without_a_verb_of_saying_points_nowhere(registry):
    assert said("Talks\n\nNovak supports:\n\nIt is over.", registry) == []


def test_a_headline_may_end_with_its_speaker(registry):
    assert said("No treaty this year: Novak\n\nTalks went on.", registry) == [
        ("Mara Novák", "No treaty this year", "headline")
    ]


def test_a_headline_may_start_with_something_else(registry):
    assert said("What to know about it: the pact\n\nTalks went on.", registry) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # up to its cue
        ('"We will sign, Novak said.', '"We will sign,'),
        # in the midst, where nothing opens speech, it is a stray mark
        ('The pact has 12" of text. Novak said it was over.', "it was over"),
        # it opens speech, and nobody says where it ends
        ('Novak said: "We will sign. Talks failed.', '"We will sign.'),
    ],
)
def test_one_odd_mark_costs_no_more_than_its_paragraph(registry, text, words):
    found = said(f"Talks\n\n{text}\n\nBrandt said no.", registry)
    assert found[0][:2] == ("Mara Novák", words)
    assert found[-1][:2] == ("Karl Brandt", "no")


def test_a_list_that_states_something_is_read_and_one_of_tags_is_not(registry):
    text = "Talks\n\nNovak left.\n\n• Norland backs the pact\n• The pact\n• Old Treaties Of Norland"
    assert said(text, registry) == [("Government of Norland", "the pact", "np-subject")]


def test_a_quotation_round_another_keeps_both_marks(registry):
    text = "Talks\n\nNovak said 'we are \"quite ready\" to sign' in May."
    assert said(text, registry)[0][1].startswith("'we are \"quite ready\" to sign'")
