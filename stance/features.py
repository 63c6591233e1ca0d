"""The one definition of the tokens and terms, for training and prediction alike.

A sentence becomes tokens in which the actor is `ACTOR`, every other name `OTHER` and
every number `NUM`: who the actor is decides nothing. A capitalised word counts as a name
when the model has never seen it in lower case and the lexicon does not know it. From the
tokens come the blocks of terms (`stance.blocks`).
"""

from __future__ import annotations

from itertools import chain
from typing import NamedTuple

from stance.blocks import ACTOR, NUMBER, OF_VOICE, OTHER, Raw, Reading, make
from stance.lexicon import Lexicon
from stance.settings import FeatureSettings
from stance.tokens import MARKS, ActorLike, Forms, actor_places, char_ngrams, lower, tokenise
from stance.voice import Voice, voice_of

_KEPT = MARKS | {ACTOR, OTHER}
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
        self._displays: dict[str, str] = {}

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
        found = self.forms(raw)
        if "chars" in found:
            found["chars"] = list(chain.from_iterable(self._grams(found["chars"])))
        return found

    def forms(self, raw: Raw) -> dict[str, list[str]]:
        """Return the names of the terms, but of the characters the words they are read from."""
        reading = self.read(raw)
        return {block: make(block, reading, self.settings) for block in self.settings.blocks}

    def roles(self, sentence: str) -> set[str]:
        """Return the lexicon roles that occur in a sentence."""
        printed = tokenise(sentence, 0, len(sentence), Forms()).forms
        return {match.role for match in self.lexicon.match([lower(form) for form in printed])}

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
        lowered = [form if form == ACTOR else lower(form) for form in printed.forms]
        silent = OF_VOICE.isdisjoint(settings.blocks)
        voice = Voice("absent") if silent else voice_of(sentence, places)
        return Raw(printed, lowered, self.lexicon.match(lowered), voice)

    def read(self, raw: Raw) -> Reading:
        """Mask the names that the model does not know as words, and place the concepts."""
        tokens, concepts = Forms(), Forms()
        forms, starts, ends = raw.printed.forms, raw.printed.starts, raw.printed.ends
        lowered = raw.lowered
        position = 0
        for match in [*raw.matches, None]:
            end = match.start if match else len(forms)
            for index in range(position, end):
                shown = self._shown(forms[index], lowered[index])
                if shown == OTHER and index > position and tokens.forms[-1] == OTHER:
                    tokens.ends[-1] = concepts.ends[-1] = ends[index]
                    continue
                tokens.add(shown, starts[index], ends[index])
                if shown in _KEPT:
                    concepts.add(shown, starts[index], ends[index])
            if match:
                for index in range(match.start, match.end):
                    shown = NUMBER if forms[index][0].isdigit() else lowered[index]
                    tokens.add(shown, starts[index], ends[index])
                concepts.add(match.concept, starts[match.start], ends[match.end - 1])
                position = match.end
        return Reading(raw, tokens, concepts)

    def _grams(self, words: list[str]) -> list[tuple[str, ...]]:
        low, high = self.settings.char_ngrams
        return [char_ngrams(word, low, high) for word in words]

    def _shown(self, form: str, low: str) -> str:
        """Return the form that a token outside of the lexicon is shown with."""
        shown = self._displays.get(form)
        if shown is None:
            masked = self.settings.mask_names and form[0].isupper() and low not in self.known_words
            shown = NUMBER if form[0].isdigit() else OTHER if masked else low
            shown = ACTOR if form == ACTOR else shown
            if len(self._displays) < _MEMO:
                self._displays[form] = shown
        return shown
