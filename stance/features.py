"""The one definition of the tokens and terms, for training and prediction alike.

A sentence becomes tokens in which the actor is `ACTOR`, every other name `OTHER` and
every number `NUM`: who the actor is decides nothing. A capitalised word counts as a name
when the model has never seen it in lower case and the lexicon does not know it. From the
tokens come the blocks of terms (`stance.blocks`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from stance.blocks import ACTOR, NUMBER, OF_VOICE, OTHER, Raw, Reading, make
from stance.lexicon import Lexicon, Match
from stance.memo import Memo
from stance.settings import FeatureSettings
from stance.tokens import MARKS, ActorLike, Forms, actor_places, char_ngrams, lower, tokenise
from stance.voice import Voice, voice_of

BETWEEN = MARKS | {ACTOR, OTHER}
_MEMO = 200_000  # forms whose display is remembered


class Token(NamedTuple):
    """A lower-case word, a mark, or one of the placeholders, with its offsets."""

    form: str
    start: int
    end: int


class Term(NamedTuple):
    """A feature with the characters of the sentence it was read from."""

    name: str
    start: int
    end: int


class Featurizer:
    """Sentence and actor → terms per block.

    Parameters
    ----------
    settings : FeatureSettings
    lexicon : Lexicon
        Concepts of the debate; an empty one leaves the concept terms out.
    known_words : set of str
        Lower-case words; a capitalised word outside of them is taken for a name.
    """

    def __init__(
        self, settings: FeatureSettings, lexicon: Lexicon, known_words: frozenset[str]
    ) -> None:
        self.settings = settings
        self.lexicon = lexicon
        self.known_words = known_words
        self._displays = Memo(self.shown, _MEMO)

    def tokens(self, sentence: str, actor: ActorLike = None) -> list[Token]:
        """Return the tokens of a sentence, names replaced by placeholders."""
        shown = self.read(self.raw(sentence, actor)).tokens
        return [Token(*token) for token in zip(shown.forms, shown.starts, shown.ends, strict=True)]

    def terms(self, sentence: str, actor: ActorLike = None) -> dict[str, list[Term]]:
        """Return the terms of every block, in the order in which they stand."""
        reading = self.read(self.raw(sentence, actor))
        found: dict[str, list[Term]] = {}
        for block in self.settings.blocks:
            spans: list[tuple[int, int]] = []
            names = make(block, reading, self.settings, spans)
            spelled = self._grams(names) if block == "chars" else [(name,) for name in names]
            found[block] = [
                Term(name, *span)
                for group, span in zip(spelled, spans, strict=True)
                for name in group
            ]
        return found

    def names(self, raw: Raw) -> dict[str, list[str]]:
        """Return the names of the terms of every block; quicker than `terms`."""
        reading = self.read(raw)
        found = {block: make(block, reading, self.settings) for block in self.settings.blocks}
        if "chars" in found:
            found["chars"] = list(chain.from_iterable(self._grams(found["chars"])))
        return found

    def roles(self, sentence: str) -> set[str]:
        """Return the roles that forms of the lexicon in a sentence have."""
        printed = tokenise(sentence, 0, len(sentence), Forms()).forms
        return self.lexicon.roles([*map(lower, printed)])

    def raw(self, sentence: str, actor: ActorLike = None) -> Raw:
        """Read a sentence as far as no training data are needed."""
        settings = self.settings
        places = actor_places(sentence, actor)
        printed = Forms()
        position = 0
        for start, end in places if settings.mask_names else ():
            tokenise(sentence, position, start, printed)
            printed.add(ACTOR, start, end)
            position = end
        tokenise(sentence, position, len(sentence), printed)
        lowered = [*map(lower, printed.forms)]
        for index in [i for i, form in enumerate(printed.forms) if form == ACTOR]:
            lowered[index] = ACTOR
        silent = OF_VOICE.isdisjoint(settings.blocks)
        voice = Voice("absent") if silent else voice_of(sentence, places)
        return Raw(printed, lowered, self.lexicon.match(lowered), voice)

    def read(self, raw: Raw) -> Reading:
        """Mask the names that the model does not know as words, and place the concepts."""
        forms, starts, ends = raw.printed.forms, raw.printed.starts, raw.printed.ends
        shown = [*map(self._displays.__getitem__, forms)]
        for match in raw.matches:
            for index in range(match.start, match.end):
                shown[index] = NUMBER if forms[index][0].isdigit() else raw.lowered[index]
        tokens = Forms(shown, starts, ends)
        inner: list[int] = []  # words of a name after the first
        if shown.count(OTHER) > 1:
            inner = [i for i in range(1, len(shown)) if shown[i] == OTHER == shown[i - 1]]
        if inner:
            ends = [*ends]
            for index in reversed(inner):
                ends[index - 1] = ends[index]
            left = set(inner)
            tokens = Forms(shown, starts, ends).chosen(
                [i for i in range(len(shown)) if i not in left]
            )
        return Reading(raw, tokens, _placed(raw.matches, shown, starts, ends, inner))

    def shown(self, form: str) -> str:
        """Return the form that a token outside of the lexicon is shown with."""
        if form == ACTOR:
            return ACTOR
        if form[0].isdigit():
            return NUMBER
        low = lower(form)
        masked = self.settings.mask_names and form[0].isupper() and low not in self.known_words
        return OTHER if masked else low

    def _grams(self, words: list[str]) -> list[tuple[str, ...]]:
        low, high = self.settings.char_ngrams
        return [char_ngrams(word, low, high) for word in words]


def _placed(
    matches: Sequence[Match], shown: list[str], starts: list[int], ends: list[int], inner: list[int]
) -> Forms:
    """Return the concepts, and the marks and placeholders that stand between them."""
    kept: list[str | None] = [form if form in BETWEEN else None for form in shown]
    for index in inner:
        kept[index] = None
    ends = [*ends]
    for match in matches:
        kept[match.start : match.end] = [None] * (match.end - match.start)
        kept[match.start], ends[match.start] = match.concept, ends[match.end - 1]
    at = [index for index, form in enumerate(kept) if form is not None]
    return Forms(
        [form for form in kept if form is not None],
        [starts[index] for index in at],
        [ends[index] for index in at],
    )
