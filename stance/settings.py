"""Which blocks of terms a model has, and how it is fitted: what a file can hold safely."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass

from stance.errors import InputError

BLOCKS = (
    "words", "chars", "concepts", "anchored", "voice", "own_words", "own_concepts", "own_pairs",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """The blocks of a model, with their weights and sizes, and how the regression is fitted.

    Attributes
    ----------
    weights : tuple of (str, float)
        The blocks in order, each with the factor on its L2-normalised TF-IDF vector.
    word_ngrams, char_ngrams, concept_ngrams : tuple of (int, int)
        Shortest and longest n-gram of each block; the own words and concepts have those of
        the words and concepts.
    mask_names : bool
        Replace actors and other names by placeholders.
    min_df, own_min_df : int
        A term must occur in at least this many training sentences; `own_min_df` holds for the
        own words and concepts, which repeat those of the whole sentence.
    C : float
        Inverse strength of the L2 penalty; 1, 2, 4, 8 were tried in grouped cross-validation.
    class_weight : "balanced" or None
        Whether rare labels weigh as much as frequent ones.

    Raises
    ------
    InputError
        An unknown block or none, a weight or C that is not above 0, a range of n-grams that
        is none.
    """

    weights: tuple[tuple[str, float], ...] = (
        ("words", 1.0),
        ("chars", 0.6),
        ("concepts", 1.0),
        ("anchored", 0.6),
        ("voice", 0.4),
        ("own_words", 0.7),
        ("own_pairs", 0.7),
    )
    word_ngrams: tuple[int, int] = (1, 2)
    char_ngrams: tuple[int, int] = (3, 4)
    concept_ngrams: tuple[int, int] = (1, 3)
    mask_names: bool = True
    min_df: int = 2
    own_min_df: int = 3
    C: float = 2.0
    class_weight: str | None = "balanced"

    def __post_init__(self) -> None:
        names = [name for name, _ in self.weights]
        unknown = sorted(set(names) - set(BLOCKS))
        if unknown or not names or len(set(names)) != len(names):
            raise InputError(f"feature blocks {names}; expected distinct names out of {BLOCKS}")
        for low, high in (self.word_ngrams, self.char_ngrams, self.concept_ngrams):
            if not 1 <= low <= high <= 8:
                raise InputError(f"n-gram range ({low}, {high}); expected 1 <= low <= high <= 8")
        numbers = {f"weight of {name}": weight for name, weight in self.weights} | {"C": self.C}
        for what, number in numbers.items():
            if not 0.0 < number < math.inf:
                raise InputError(f"{what} {number}; expected a number above 0")
        for what, least in (("min_df", self.min_df), ("own_min_df", self.own_min_df)):
            if least < 1:
                raise InputError(f"{what} {least}; expected 1 or more")
        if self.class_weight not in ("balanced", None):
            raise InputError(f"class_weight {self.class_weight!r}; expected 'balanced' or None")

    @property
    def blocks(self) -> tuple[str, ...]:
        """The names of the blocks, in order."""
        return tuple(name for name, _ in self.weights)

    @classmethod
    def for_rows(cls, rows: int) -> FeatureSettings:
        """Return the default settings for a table of so many rows.

        From 10,000 rows on a term must occur once more: in grouped cross-validation that cost
        nothing, and the model is a fourth smaller.
        """
        return cls(min_df=3, own_min_df=4) if rows >= 10_000 else cls()

    def least(self, block: str) -> int:
        """Return in how many training sentences a term of `block` must occur."""
        return self.own_min_df if block in ("own_words", "own_concepts") else self.min_df

    def to_dict(self) -> dict[str, object]:
        """Return the settings as plain data for `model.json`."""
        return asdict(self)


def parse_blocks(text: str) -> tuple[tuple[str, float], ...]:
    """Read ``words=0.3,chars`` as blocks with their weights; 1 where none is given.

    Raises
    ------
    InputError
        If a weight is no number; unknown blocks are found by `FeatureSettings`.
    """
    found = []
    for part in text.split(","):
        name, given, weight = part.partition("=")
        try:
            found.append((name.strip(), float(weight) if given else 1.0))
        except ValueError:
            raise InputError(
                f"block {part.strip()!r}; expected NAME=WEIGHT, for example words=0.3,chars=1"
            ) from None
    return tuple(found)


def parse_range(text: str) -> tuple[int, int]:
    """Read ``1-2`` (or ``2``) as the shortest and longest n-gram.

    Raises
    ------
    InputError
        If it is neither.
    """
    match = re.fullmatch(r"(\d)(?:-(\d))?", text.strip())
    if match is None:
        raise InputError(f"n-gram range {text!r}; expected LOW-HIGH, for example 1-2")
    return int(match[1]), int(match[2] or match[1])
