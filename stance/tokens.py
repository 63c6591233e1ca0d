"""Sentence → word forms and marks with their offsets; where an actor's name stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, compress

from stance.records import Span

Offsets = tuple[int, int]
ActorLike = str | Span | None  # an actor by its name, or by the one place that is meant
Pair = tuple[str, ActorLike]

QUOTES = frozenset('“”„«»"')
BREAKS = frozenset(".;:!?–—()")
MARKS = QUOTES | BREAKS | {","}
_SHORTENING = "'’‘`´"
_PRINTED = r"[^\W_]+(?:['’‘`´-][^\W_]+)*|[“”„«»\".,;:!?–—()]|['’‘`´](?<=\w['’‘`´])s\b"
_TOKEN = re.compile(f"({_PRINTED})")
# Signs in a text of many sentences: what begins each, and an actor, of which `OWNER` ends in a
# letter or "_", so that an 's after it is a possessive.
BORDER, OWNER, BARE = "\x02", "\x00", "\x01"
_MANY = re.compile("(" + _PRINTED.replace(r"\w", r"[\w\x00]") + "|[\x00-\x02])")
_NO_SIGNS = dict.fromkeys(map(ord, (BORDER, OWNER, BARE)), " ")
_WORD = re.compile(r"\w")
_POSSESSIVE = re.compile(r"['’‘`´]s$", re.IGNORECASE)
_NEGATED = re.compile(r"(\w+)n['’‘`´]t", re.IGNORECASE)
_FULL = {"wo": "will", "ca": "can", "sha": "shall"}
_APOSTROPHES = {ord(mark): "'" for mark in "’‘`´"}


@dataclass(slots=True)
class Forms:
    """A sequence of forms and where each stands in the sentence; three lists of one length."""

    forms: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.forms)

    def add(self, form: str, start: int, end: int) -> None:
        """Append a form."""
        self.forms.append(form)
        self.starts.append(start)
        self.ends.append(end)

    def chosen(self, indices: Sequence[int]) -> Forms:
        """Return the forms at `indices`."""
        return Forms(
            [self.forms[i] for i in indices],
            [self.starts[i] for i in indices],
            [self.ends[i] for i in indices],
        )

    def words(self) -> Forms:
        """Return the forms that are no marks."""
        if MARKS.isdisjoint(self.forms):
            return self
        kept = [form not in MARKS for form in self.forms]
        return Forms(
            [*compress(self.forms, kept)],
            [*compress(self.starts, kept)],
            [*compress(self.ends, kept)],
        )


def tokenise(sentence: str, start: int, end: int, into: Forms) -> Forms:
    """Append the words and marks of a stretch as printed; *don't* is *do* and *not*."""
    # What stands before tells whether an 's is a possessive; "_" is of words, but no token.
    owned = start > 0 and _WORD.match(sentence, start - 1) is not None
    piece = f"_{sentence[start:end]}" if owned else sentence[start:end]
    parts = _TOKEN.split(piece)
    offsets = [*accumulate(map(len, parts), initial=start - owned)]
    found = Forms(parts[1::2], offsets[1:-1:2], offsets[2::2])
    if any(mark in piece for mark in _SHORTENING):
        found = _cut(found)
    into.forms += found.forms
    into.starts += found.starts
    into.ends += found.ends
    return into


def masked(sentence: str, places: Sequence[Offsets]) -> str:
    """Return a sentence after its border, the actor as one sign; for `split_many`."""
    if OWNER in sentence or BARE in sentence or BORDER in sentence:
        sentence = sentence.translate(_NO_SIGNS)
    if not places:
        return BORDER + sentence
    parts = [BORDER]
    position = 0
    for start, end in places:
        parts += (sentence[position:start], OWNER if _in_word(sentence[end - 1 : end]) else BARE)
        position = end
    parts.append(sentence[position:])
    return "".join(parts)


def split_many(text: str) -> list[str]:
    """Split sentences that `masked` returned: at odd places tokens, at even ones what is none.

    The same tokens as `tokenise` finds between the places, but that none is cut into pieces.
    """
    return _MANY.split(text)


def _cut(found: Forms) -> Forms:
    """Return the forms cut into their pieces."""
    cut = Forms()
    for form, start, end in zip(found.forms, found.starts, found.ends, strict=True):
        if form.isalnum():
            cut.add(form, start, end)
        else:
            for piece, first, last in pieces(form):
                cut.add(piece, start + first, start + last)
    return cut


def known_words(sentences: Iterable[str]) -> frozenset[str]:
    """Return the words that occur in lower case in `sentences`."""
    found: set[str] = set()
    for sentence in sentences:
        found.update(tokenise(sentence, 0, len(sentence), Forms()).forms)
    return frozenset(lower(form) for form in found if form[0].islower())


def actor_places(sentence: str, actor: ActorLike) -> list[Offsets]:
    """Return where the actor stands, at word borders; case is ignored if it must be.

    A `Span` is the only place: the same name elsewhere is treated as any other name.
    """
    if isinstance(actor, Span):
        return [(actor.start, actor.end)]
    wanted = (actor or "").strip()
    if not wanted:
        return []
    return _exact_places(sentence, wanted) or [
        match.span() for match in _in_any_case(wanted).finditer(sentence)
    ]


def _exact_places(sentence: str, wanted: str) -> list[Offsets]:
    """Return where `wanted` stands in its very letters; quicker than a regular expression."""
    found: list[Offsets] = []
    size = len(wanted)
    at = sentence.find(wanted)
    while at >= 0:
        end = at + size
        if _in_word(sentence[end : end + 1]) or (at > 0 and _in_word(sentence[at - 1])):
            at = sentence.find(wanted, at + 1)
        else:
            found.append((at, end))
            at = sentence.find(wanted, end)
    return found


def _in_word(char: str) -> bool:
    r"""Tell what ``\w`` does of one character or none."""
    return char.isalnum() or char == "_"


@lru_cache(maxsize=65_536)
def lower(form: str) -> str:
    """Return a form in lower case, with plain apostrophes."""
    return form.lower().translate(_APOSTROPHES)


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


@lru_cache(maxsize=4_096)
def _in_any_case(wanted: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=65_536)
def pieces(form: str) -> tuple[tuple[str, int, int], ...]:
    """Return the parts of a printed word, with their offsets in it."""
    size = len(form)
    negated = _NEGATED.fullmatch(form)
    if negated:
        verb = negated.group(1)
        return (_FULL.get(verb.lower(), verb), 0, len(verb)), ("not", len(verb), size)
    possessive = _POSSESSIVE.search(form)
    if possessive and possessive.start() > 0:
        cut = possessive.start()
        return (form[:cut], 0, cut), ("'s", cut, size)
    return ((form, 0, size),)
