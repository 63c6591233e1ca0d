"""The one definition of tokens and n-grams, for training and prediction alike.

A sentence becomes tokens in which the actor is `ACTOR`, every other name `OTHER` and
every number `NUM`: who the actor is decides nothing. A capitalised word counts as a name
when the model has never seen it in lower case and the lexicon does not know it. From the
tokens come blocks of terms: words, characters, concepts, and both around the actor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import NamedTuple

from stance.errors import InputError
from stance.lexicon import Lexicon

ACTOR, OTHER, NUMBER = "ACTOR", "OTHER", "NUM"
BLOCKS = ("words", "chars", "concepts", "anchored")
_TOKEN = re.compile(r"(?<=\w)['’‘`´]s\b|[^\W_]+(?:['’‘`´-][^\W_]+)*|[“”„«»\"]|[.,;:!?–—()]")
_POSSESSIVE = re.compile(r"['’‘`´]s$", re.IGNORECASE)
_NEGATED = re.compile(r"(\w+)n['’‘`´]t", re.IGNORECASE)
_FULL = {"wo": "will", "ca": "can", "sha": "shall"}
_QUOTES = frozenset('“”„«»"')
_BREAKS = frozenset(".;:!?–—()")
_MARKS = _QUOTES | _BREAKS | {","}
_KEPT = _MARKS | {ACTOR, OTHER}
_WINDOW = 12  # tokens on either side of the actor; a guess, half a news sentence


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """Which blocks a model has, as names and numbers that a file can hold safely.

    Attributes
    ----------
    weights : tuple of (str, float)
        The blocks in order, each with the factor on its L2-normalised TF-IDF vector.
    word_ngrams, char_ngrams, concept_ngrams : tuple of (int, int)
        Shortest and longest n-gram of each block.
    mask_names : bool
        Replace actors and other names by placeholders.
    min_df : int
        A term must occur in at least this many training sentences.
    """

    weights: tuple[tuple[str, float], ...] = (
        ("words", 1.0),
        ("chars", 0.6),
        ("concepts", 1.0),
        ("anchored", 0.6),
    )
    word_ngrams: tuple[int, int] = (1, 2)
    char_ngrams: tuple[int, int] = (3, 5)
    concept_ngrams: tuple[int, int] = (1, 3)
    mask_names: bool = True
    min_df: int = 2

    def __post_init__(self) -> None:
        names = [name for name, _ in self.weights]
        unknown = sorted(set(names) - set(BLOCKS))
        if unknown or not names or len(set(names)) != len(names):
            raise InputError(f"feature blocks {names}; expected distinct names out of {BLOCKS}")
        for low, high in (self.word_ngrams, self.char_ngrams, self.concept_ngrams):
            if not 1 <= low <= high <= 8:
                raise InputError(f"n-gram range ({low}, {high}); expected 1 <= low <= high <= 8")

    @property
    def blocks(self) -> tuple[str, ...]:
        """The names of the blocks, in order."""
        return tuple(name for name, _ in self.weights)

    def to_dict(self) -> dict[str, object]:
        """Return the settings as plain data for `model.json`."""
        return asdict(self)


class Token(NamedTuple):
    """A lower-case word, a mark, or one of the placeholders, with its offsets."""

    form: str
    start: int
    end: int

    @property
    def is_mark(self) -> bool:
        """True for punctuation and quotation marks."""
        return self.form in _MARKS


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

    def tokens(self, sentence: str, actor: str | None = None) -> list[Token]:
        """Return the tokens of a sentence, names replaced by placeholders."""
        return self._read(sentence, actor)[0]

    def terms(self, sentence: str, actor: str | None = None) -> dict[str, list[Term]]:
        """Return the terms of every block, in the order in which they stand."""
        tokens, concepts = self._read(sentence, actor)
        words = [token for token in tokens if not token.is_mark]
        settings = self.settings
        found: dict[str, list[Term]] = {}
        for block in settings.blocks:
            if block == "words":
                found[block] = _ngrams(words, settings.word_ngrams, " ")
            elif block == "chars":
                found[block] = _char_terms(words, settings.char_ngrams)
            elif block == "concepts":
                plain = [token for token in concepts if not token.is_mark]
                found[block] = _ngrams(plain, settings.concept_ngrams, ">")
            else:
                found[block] = _anchored(words, concepts)
        return found

    def roles(self, sentence: str) -> set[str]:
        """Return the lexicon roles that occur in a sentence."""
        forms = [_lower(token) for token, _, _ in _tokenise(sentence, 0, len(sentence))]
        return {match.role for match in self.lexicon.match(forms)}

    def _read(self, sentence: str, actor: str | None) -> tuple[list[Token], list[Token]]:
        """Return the tokens, and the concepts with the placeholders and marks between them."""
        raw = self._raw_tokens(sentence, actor)
        lowered = [form if form == ACTOR else _lower(form) for form, _, _ in raw]
        tokens: list[Token] = []
        concepts: list[Token] = []
        position = 0
        for match in [*self.lexicon.match(lowered), None]:
            end = match.start if match else len(raw)
            for index in range(position, end):
                form, start, stop = raw[index]
                shown = self._shown(form, lowered[index])
                if shown == OTHER and index > position and tokens[-1].form == OTHER:
                    merged = Token(OTHER, tokens[-1].start, stop)
                    tokens[-1] = concepts[-1] = merged
                    continue
                tokens.append(Token(shown, start, stop))
                if shown in _KEPT:
                    concepts.append(tokens[-1])
            if match:
                for index in range(match.start, match.end):
                    form, start, stop = raw[index]
                    shown = NUMBER if form[0].isdigit() else lowered[index]
                    tokens.append(Token(shown, start, stop))
                concepts.append(Token(match.concept, raw[match.start][1], raw[match.end - 1][2]))
                position = match.end
        return tokens, concepts

    def _raw_tokens(self, sentence: str, actor: str | None) -> list[tuple[str, int, int]]:
        spans = _actor_spans(sentence, actor) if self.settings.mask_names else []
        raw: list[tuple[str, int, int]] = []
        position = 0
        for start, end in spans:
            raw += _tokenise(sentence, position, start)
            raw.append((ACTOR, start, end))
            position = end
        return raw + _tokenise(sentence, position, len(sentence))

    def _shown(self, form: str, lower: str) -> str:
        """Return the form that a token outside of the lexicon is shown with."""
        if form == ACTOR:
            return ACTOR
        if form[0].isdigit():
            return NUMBER
        if self.settings.mask_names and form[0].isupper() and lower not in self.known_words:
            return OTHER
        return lower


def _char_terms(words: list[Token], sizes: tuple[int, int]) -> list[Term]:
    low, high = sizes
    return [
        Term(gram, token.start, token.end)
        for token in words
        if not token.form.isupper()
        for gram in char_ngrams(token.form, low, high)
    ]


def _anchored(words: list[Token], concepts: list[Token]) -> list[Term]:
    """Return what stands before and after the actor, within its clause and window."""
    found: list[Term] = []
    for sequence, near in ((words, 2), (concepts, _WINDOW)):
        places = [index for index, token in enumerate(sequence) if token.form == ACTOR]
        if not places and sequence is words and words:
            found.append(Term("no actor", words[0].start, words[0].start))
        for place in places[:3]:
            for side, step in (("<", -1), (">", 1)):
                found += _beside(sequence, place, step, near, side)
    return found


def _beside(sequence: list[Token], place: int, step: int, near: int, side: str) -> Iterator[Term]:
    other = False
    for distance in range(1, near + 1):
        index = place + step * distance
        if not 0 <= index < len(sequence):
            return
        token = sequence[index]
        if token.form in _BREAKS or token.form == ACTOR:
            return
        exact = f"{distance}" if near <= 2 else ("o" if other else "")
        yield Term(f"{side}{exact} {token.form}", token.start, token.end)
        other = other or token.form == OTHER


def known_words(sentences: Iterable[str]) -> frozenset[str]:
    """Return the words that occur in lower case in `sentences`."""
    found: set[str] = set()
    for sentence in sentences:
        for form, _, _ in _tokenise(sentence, 0, len(sentence)):
            if form[0].islower():
                found.add(_lower(form))
    return frozenset(found)


@lru_cache(maxsize=65_536)
def char_ngrams(word: str, low: int, high: int) -> tuple[str, ...]:
    """Return the character n-grams of a word padded with one space on either side.

    The same as scikit-learn's ``char_wb``, except that a padded word shorter than n is
    given once and not once for every n.
    """
    padded = f" {word[:40]} "
    grams: list[str] = []
    for size in range(low, high + 1):
        if size > len(padded):
            if size == low:
                grams.append(padded)
            break
        grams += [padded[i : i + size] for i in range(len(padded) - size + 1)]
    return tuple(grams)


def _ngrams(tokens: list[Token], sizes: tuple[int, int], glue: str) -> list[Term]:
    forms = [token.form for token in tokens]
    return [
        Term(
            glue.join(forms[index : index + size]),
            tokens[index].start,
            tokens[index + size - 1].end,
        )
        for size in range(sizes[0], sizes[1] + 1)
        for index in range(len(forms) - size + 1)
    ]


def _actor_spans(sentence: str, actor: str | None) -> list[tuple[int, int]]:
    """Return where the actor stands, at word borders; case is ignored if it must be."""
    wanted = (actor or "").strip()
    if not wanted:
        return []
    pattern = rf"(?<!\w){re.escape(wanted)}(?!\w)"
    spans = [m.span() for m in re.finditer(pattern, sentence)]
    return spans or [m.span() for m in re.finditer(pattern, sentence, re.IGNORECASE)]


def _tokenise(sentence: str, start: int, end: int) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    for match in _TOKEN.finditer(sentence, start, end):
        form, first, last = match.group(), match.start(), match.end()
        negated = _NEGATED.fullmatch(form)
        if negated:
            verb = negated.group(1)
            cut = first + len(verb)
            found += [(_FULL.get(verb.lower(), verb), first, cut), ("not", cut, last)]
            continue
        possessive = _POSSESSIVE.search(form)
        if possessive and possessive.start() > 0:
            cut = first + possessive.start()
            found += [(form[: possessive.start()], first, cut), ("'s", cut, last)]
        else:
            found.append((form, first, last))
    return found


def _lower(form: str) -> str:
    return form.lower().translate(_APOSTROPHES)


_APOSTROPHES = {ord(mark): "'" for mark in "’‘`´"}
