"""Aliases of the registry's actors as they may be printed, by the word they start with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from stance.roster import Actor

Start = tuple[str, str]  # the two first words of an alias, and the first

_ORGAN = re.compile(
    r" (?:TODAY|Today|Times|Daily|Post|News|Radio|Air|Airlines|University|Tech|Weekly|Journal"
    r"|Tribune|Institute|Bank|Street|Avenue|Square)\b"
)


class Alias(NamedTuple):
    """An alias that starts with a certain word."""

    printed: tuple[str, ...]  # as in the table, in capitals, with a capital at a sentence's start
    length: int
    article: bool  # the article before it belongs to it
    government: bool
    actor: Actor


def alias_at(printed: str, form: str, actor: Actor, *, article: bool) -> Alias:
    """Return how an alias may be printed where its first word is printed as `form`."""
    shapes = [printed]
    if form.isupper() or not printed.startswith(form):
        upper, initial = printed.upper(), printed[0].upper()
        if len(printed) > 3 and upper.isupper():
            shapes.append(upper)
        if initial.isupper():
            shapes.append(initial + printed[1:])
    size, kind = len(printed), actor.kind
    fit = [one for one in shapes[1:] if len(one) == size and one.startswith(form)]
    return Alias(
        (printed, *fit), size, article or kind == "organisation", kind == "government", actor
    )


def without_capital(
    index: Mapping[str, Sequence[tuple[str, bool, Actor]]],
) -> list[tuple[str, list[Start]]]:
    """Return how aliases without a capital start: some characters, and the words they belong to.

    They are searched for (the foreign ministers), as there are few.
    """
    phrases = {
        (" ".join(printed.split(" ")[:2]), word)
        for word, entries in index.items()
        if word[0].islower()
        for printed, _, _ in entries
    }
    stems: dict[str, list[Start]] = {}
    for words, word in sorted(phrases):
        if (word, word) not in phrases or words == word:
            stems.setdefault(words[: min(4, len(word) + 1)], []).append((words, word))
    return list(stems.items())


def longest(folded: str, start: int, aliases: list[Alias]) -> Alias | None:
    """Return the longest alias that stands at a place; they are in order of their length."""
    for alias in aliases:
        if not folded.startswith(alias.printed, start):
            continue
        end = start + alias.length
        if end < len(folded) and in_word(folded[end]):
            continue
        if alias.government and _ORGAN.match(folded, end):
            continue  # USA Today, Norland Times
        return alias
    return None


def in_word(char: str) -> bool:
    """Tell whether a character goes on with a word: a letter, digit or underscore."""
    return char.isalnum() or char == "_"
