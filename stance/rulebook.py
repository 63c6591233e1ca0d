"""The rules of attribution as a list, in the order in which they apply.

`Statement.rule` names the rule that found a statement and, after "/", the one that resolved its
speaker. A cue that one rule has used is closed to those below it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name, what it reads, and an example with the cue in capitals."""

    name: str
    reads: str
    example: str


# How a unit (a sentence, or what one quotation spans) is searched.
FINDING = (
    Rule("transcript", "a label in front of a paragraph", "NOVAK: We will sign."),
    Rule("headline", "a headline that starts or ends with its speaker", "Novak: No treaty"),
    Rule("quote-dash", "quotation, dash, speaker", "“It is over” — Jane Novak"),
    Rule("prefix", "according to X, for X, in X's view", "ACCORDING TO Novak, it is over."),
    Rule("quote-cue-after", "quotation, subject, cue", "“It is over,” Novak SAID."),
    Rule("quote-cue-inverted", "quotation, cue, subject", "“It is over,” SAID Novak."),
    Rule("clause-cue-after", "clause, subject, cue", "It is over, Novak SAID."),
    Rule("clause-cue-inverted", "clause, cue, subject", "It is over, SAID Novak."),
    Rule("noun", "an owner and a noun", "Novak's OBJECTIONS TO the treaty"),
    Rule("passive", "content, passive, by X", "The treaty was REJECTED by Novak."),
    Rule("quote-cue-first", "cue, subject, quotation", "SAID Novak: “It is over.”"),
    Rule("clear", "the content is the sentence before", "Novak MADE THIS CLEAR."),
    Rule("colon", "cue, colon, the rest", "Novak SAID: it is over."),
    Rule("colon-next", "cue, colon, the next sentence or paragraph", "Novak WENT ON:"),
    Rule("to-inf", "an infinitive", "Novak WANTS to sign."),
    Rule("obj-to-inf", "somebody and an infinitive", "Novak URGED them to sign."),
    Rule("quote-cue-before", "a quotation after the cue", "Novak SAID, “It is over.”"),
    Rule("that", "a clause with that", "Novak SAID that it was over."),
    Rule("wh", "an indirect question", "Novak ASKED whether it was over."),
    Rule("bare-gap", "a relative clause without its subject", "which Novak SAID was over"),
    Rule("bare", "a clause without that", "Novak SAID it was over."),
    Rule("np", "a noun phrase", "Novak OPPOSES the treaty."),
    Rule("quote-subject", "a quotation without a cue, given to its sentence's subject", "–"),
    Rule("quote-run-on", "a quotation alone, given to whoever speaks before it", "–"),
)
# How the subject of a verb was found; follows the name of its rule after "-".
SUBJECTS = (
    Rule("participle", "the subject of the clause around it", "…, ADDING that it was over"),
    Rule("infinitive", "the subject of the verb that governs it", "wanted to SAY that"),
    Rule("coordination", "the subject of the verb before", "welcomed X but REJECTED Y"),
    Rule("relative", "what the relative clause hangs on", "Novak, who SAID that"),
    Rule("subject", "the phrase before the verb", "Novak SAID"),
)
# How the speaker got a name; the first that applies.
RESOLVING = (
    Rule("turn", "in a transcript, who speaks", "NOVAK: I SAID it was over."),
    Rule("author", "in a column, who signs it", "I SAY it is over."),
    Rule("pronoun", "the last fitting subject of the article", "she"),
    Rule("apposition", "a known name right after the office", "the minister, Jane Novak,"),
    Rule("office", "who the text gave that office", "the minister"),
    Rule("office-date", "who held the office on the article's day", "the Norish president"),
    Rule("name", "a name, in the registry or by its form", "Jane Novak"),
    Rule("demonym", "a people that stands for its government", "the Norish"),
    Rule("nominal", "nobody with a name: the words themselves", "two diplomats"),
    Rule("run-on", "who spoke in the units before", "–"),
    Rule("none", "nobody", "–"),
)


def parts_of(rule: str) -> tuple[str, str, str]:
    """Return rule, subject and resolution of a statement's `rule`; the subject may be empty."""
    found, _, resolved = rule.partition("/")
    for one in SUBJECTS:
        if found.endswith(f"-{one.name}") and found != "quote-subject":
            return found.removesuffix(f"-{one.name}"), one.name, resolved
    return found, "", resolved
