"""The blocks of terms: what each makes of a sentence that was read for an actor.

`words`, `chars` and `concepts` are n-grams of the whole sentence, `anchored` what stands beside
the actor. The others take up what the sentence gives to the actor alone: `voice` how it speaks
and whether the target is named, `own_words`, `own_concepts` and `own_pairs` (two concepts in any
order) what it says. Where it says nothing, they are made of the whole sentence and say so.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple, Protocol

from stance.lexicon import Match
from stance.settings import FeatureSettings
from stance.tokens import BREAKS, Forms, Offsets
from stance.voice import State, Voice

ACTOR, OTHER, NUMBER = "ACTOR", "OTHER", "NUM"
NO_ACTOR, CUE = "no actor", "cue "
_PLACEHOLDERS = frozenset({ACTOR, OTHER})
OWN = frozenset({"own_words", "own_concepts", "own_pairs"})
OF_VOICE = OWN | {"voice"}
ENDS = BREAKS | {ACTOR}
NEAR = 2  # words on either side of the actor that count by their distance
WINDOW = 12  # concepts, marks and names on either side of the actor; a guess, half a sentence
BESIDE = tuple(f"{side}{how} " for side in "<>" for how in (1, 2, "", "o"))  # before a neighbour
ANCHORS = 3  # places of the actor whose neighbours count
PAIRED = 14  # different concepts of which pairs are made; bounds the cost of endless sentences
ROLES = ("target", "reference")
MOST = 3  # times and ways of naming the target that are told apart
Spans = list[Offsets] | None  # filled with the span of each term where one is given


class Role(Protocol):
    """What the lexicon found: a match or its entry."""

    @property
    def concept(self) -> str: ...
    @property
    def role(self) -> str: ...


class Named(NamedTuple):
    """How a sentence names the target of the stance.

    Attributes
    ----------
    role : str
        The first of `ROLES` that a form of the lexicon in it has, or "no target".
    times, ways : int
        Forms that have a role, and the different concepts among them.
    """

    role: str
    times: int
    ways: int


NOT_NAMED = Named("no target", 0, 0)


class Raw(NamedTuple):
    """What a sentence is for an actor before a model's vocabulary is known.

    Attributes
    ----------
    printed : Forms
        Words and marks as printed, the actor as `ACTOR`.
    lowered : list of str
    matches : list of Match
        Concepts of the lexicon in `lowered`.
    voice : Voice
    """

    printed: Forms
    lowered: list[str]
    matches: list[Match]
    voice: Voice


class Reading:
    """A sentence as a model sees it: the sequences of which the blocks are made.

    Parameters
    ----------
    raw : Raw
    tokens : Forms
        Words, marks and placeholders.
    concepts : Forms
        Concepts with the placeholders and marks between them.

    `words` and `plain` are the same without the marks; `own_words` and `own_concepts` what of them
    lies in the actor's statements and cues, and all of them where there are none.
    """

    def __init__(self, raw: Raw, tokens: Forms, concepts: Forms) -> None:
        self.raw = raw
        self.tokens = tokens
        self.concepts = concepts
        self.words = tokens.words()
        self.plain = concepts.words()
        self.own_words = self._own(self.words)
        self.own_concepts = self._own(self.plain)

    @property
    def prefix(self) -> str:
        """What tells terms of the whole sentence from terms of the actor's own statements."""
        state = self.raw.voice.state
        return "" if state == "own" else f"{state} "

    def _own(self, sequence: Forms) -> Forms:
        voice = self.raw.voice
        if voice.state != "own":
            return sequence
        return sequence.chosen(_covered(sequence, (*voice.contents, *voice.cues)))


def make(block: str, reading: Reading, settings: FeatureSettings, spans: Spans = None) -> list[str]:
    """Return the names of a block's terms; of the characters, the words they are read from."""
    names = bare(block, reading, settings, spans)
    if block not in OWN:
        return names
    prefix, words = reading.prefix, reading.words
    if prefix:
        names = [prefix + name for name in names]
    if not len(words):
        return names
    if spans is not None:
        spans.append((words.starts[0], words.starts[0]))
    return [*names, reading.raw.voice.state]  # so that a table without concepts has terms as well


def bare(block: str, reading: Reading, settings: FeatureSettings, spans: Spans = None) -> list[str]:
    """Return the names as `make` does, of `OWN` blocks without their prefix and last term."""
    return _MAKERS[block](reading, settings, spans)


def _words(reading: Reading, settings: FeatureSettings, spans: Spans) -> list[str]:
    return _ngrams(reading.words, settings.word_ngrams, " ", spans)


def _chars(reading: Reading, settings: FeatureSettings, spans: Spans) -> list[str]:
    words = reading.words
    kept = [index for index, form in enumerate(words.forms) if not form.isupper()]
    if spans is not None:
        spans += [(words.starts[index], words.ends[index]) for index in kept]
    return [words.forms[index] for index in kept]


def _concepts(reading: Reading, settings: FeatureSettings, spans: Spans) -> list[str]:
    return _ngrams(reading.plain, settings.concept_ngrams, ">", spans)


def _anchored(reading: Reading, settings: FeatureSettings, spans: Spans) -> list[str]:
    """Return what stands before and after the actor, within its clause and window."""
    found: list[str] = []
    for sequence, near in ((reading.words, NEAR), (reading.concepts, WINDOW)):
        places = [index for index, form in enumerate(sequence.forms) if form == ACTOR]
        if not places and sequence is reading.words and len(sequence):
            found.append(NO_ACTOR)
            if spans is not None:
                spans.append((sequence.starts[0], sequence.starts[0]))
        for place in places[:ANCHORS]:
            for side, step in (("<", -1), (">", 1)):
                for name, index in _beside(sequence.forms, place, step, near, side):
                    found.append(name)
                    if spans is not None:
                        spans.append((sequence.starts[index], sequence.ends[index]))
    return found


def _beside(
    forms: Sequence[str], place: int, step: int, near: int, side: str
) -> Iterator[tuple[str, int]]:
    stop = max(place - near - 1, -1) if step < 0 else min(place + near + 1, len(forms))
    other = False
    for index in range(place + step, stop, step):
        form = forms[index]
        if form in ENDS:
            return
        exact = abs(index - place) if near == NEAR else "o" if other else ""
        yield f"{side}{exact} {form}", index
        other = other or form == OTHER


def _voice(reading: Reading, settings: FeatureSettings, spans: Spans) -> list[str]:
    """Return the state of the voice, its cue words, and how the target is named."""
    words, voice = reading.words, reading.raw.voice
    if not len(words):
        return []
    names = stated(voice.state, named(reading.raw.matches))
    cued = _covered(words, voice.cues)
    if spans is not None:
        at = words.starts[0]
        spans += [(at, at), *[_naming(reading)] * (len(names) - 1)]
        spans += [(words.starts[index], words.ends[index]) for index in cued]
    return [*names, *(CUE + words.forms[index] for index in cued)]


def _naming(reading: Reading) -> Offsets:
    """Return the first words that name the target, or nothing where the last word begins."""
    raw = reading.raw
    for role in ROLES:
        for match in raw.matches:
            if match.role == role:
                return raw.printed.starts[match.start], raw.printed.ends[match.end - 1]
    return reading.words.starts[-1], reading.words.starts[-1]


def named(found: Iterable[Role]) -> Named:
    """Return how a sentence names the target, by what the lexicon found in it."""
    naming = [one for one in found if one.role]
    if not naming:
        return NOT_NAMED
    roles = {one.role for one in naming}
    first = next(role for role in ROLES if role in roles)
    return Named(first, len(naming), len({one.concept for one in naming}))


def stated(state: State, target: Named) -> list[str]:
    """Return the names of the block `voice` that are made of no word: first that of the state."""
    return [
        state,
        target.role,
        f"{state}, {target.role}",
        f"named {min(target.times, MOST)}",
        f"in ways {min(target.ways, MOST)}",
        f"{state}, in ways {min(target.ways, 2)}",
    ]


def _own_words(reading: Reading, settings: FeatureSettings, spans: Spans) -> list[str]:
    return _ngrams(reading.own_words, settings.word_ngrams, " ", spans)


def _own_concepts(reading: Reading, settings: FeatureSettings, spans: Spans) -> list[str]:
    return _ngrams(reading.own_concepts, settings.concept_ngrams, ">", spans)


def paired(reading: Reading) -> list[str]:
    """Return the concepts of which `own_pairs` are made, sorted."""
    return sorted(set(reading.own_concepts.forms) - _PLACEHOLDERS)[:PAIRED]


def _own_pairs(reading: Reading, settings: FeatureSettings, spans: Spans) -> list[str]:
    own = reading.own_concepts
    pairs = list(combinations(paired(reading), 2))
    if spans is not None:
        for one, other in pairs:
            a, b = sorted((own.forms.index(one), own.forms.index(other)))
            spans.append((own.starts[a], own.ends[b]))
    return [*map("&".join, pairs)]


def _ngrams(sequence: Forms, sizes: tuple[int, int], glue: str, spans: Spans) -> list[str]:
    forms = sequence.forms
    found: list[str] = []
    for size in range(sizes[0], sizes[1] + 1):
        if size > len(forms):
            break
        shifted = [forms[offset:] for offset in range(size)]
        found += map(glue.join, zip(*shifted, strict=False)) if size > 1 else forms
        if spans is not None:
            spans += zip(sequence.starts, sequence.ends[size - 1 :], strict=False)
    return found


def _covered(sequence: Forms, stretches: Sequence[Offsets]) -> list[int]:
    """Return the indices of the forms that lie within one of the stretches, in order."""
    found: set[int] = set()
    for start, end in stretches:
        found.update(range(bisect_left(sequence.starts, start), bisect_right(sequence.ends, end)))
    return sorted(found)


_MAKERS: dict[str, Callable[[Reading, FeatureSettings, Spans], list[str]]] = {
    "words": _words,
    "chars": _chars,
    "concepts": _concepts,
    "anchored": _anchored,
    "voice": _voice,
    "own_words": _own_words,
    "own_concepts": _own_concepts,
    "own_pairs": _own_pairs,
}
