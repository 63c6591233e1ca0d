"""Terms whose names are made of forms, as keys: whole numbers of 64 bits.

Each form that a model's terms have gets a number from 1 on, and a term the key whose digits are
the numbers of its forms, and last its tag: that of its block and prefix, or of where it stands
beside the actor. The keys of all n-grams of many sentences are one sum of arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stance.blocks import BESIDE, OWN
from stance.keytable import KeyTable
from stance.settings import FeatureSettings
from stance.voice import STATES

GLUE = {"words": " ", "own_words": " ", "concepts": ">", "own_concepts": ">", "own_pairs": "&"}
_PREFIXES = ("", *(f"{state} " for state in STATES))
PLACES = {state: 0 if state == "own" else place for place, state in enumerate(STATES, start=1)}
_MOST = 2**63 - 1


class Joined:
    """N-grams, pairs and neighbours of the actor → rows.

    Parameters
    ----------
    tables : mapping of str to mapping of str to int
        Blocks and the rows of their terms.
    settings : FeatureSettings

    Attributes
    ----------
    blocks : tuple of str
        Those of the blocks whose keys fit into 64 bits; the others are not looked up.
    base : int
        One more than there are numbers of forms.
    tags : int
        How many tags there are: a key is ``code * tags + tag``.
    keys : KeyTable
    """

    def __init__(self, tables: Mapping[str, Mapping[str, int]], settings: FeatureSettings) -> None:
        self.sizes = {
            block: (2, 2) if block == "own_pairs" else (1, 1) if block == "anchored"
            else settings.concept_ngrams if GLUE[block] == ">" else settings.word_ngrams
            for block in tables
        }  # fmt: skip
        split = {block: [*self._split(block, table)] for block, table in tables.items()}
        forms = sorted({form for terms in split.values() for _, term, _ in terms for form in term})
        self._numbers = dict(zip(forms, range(1, len(forms) + 1), strict=True))
        self.base = len(forms) + 1
        self.tags = len(tables) * len(BESIDE)
        self.blocks = tuple(
            block for block in tables if self.base ** self.sizes[block][1] * self.tags < _MOST
        )
        keys: dict[int, int] = {}
        for block in self.blocks:
            first = self.tag(block)
            for place, term, row in split[block]:
                code = 0
                for form in term:
                    code = code * self.base + self._numbers[form]
                keys[code * self.tags + first + place] = row
        self.keys = KeyTable(keys)

    def number(self, form: str) -> int:
        """Return the number of a form, 0 if no term has it."""
        return self._numbers.get(form, 0)

    def tag(self, block: str) -> int:
        """Return the first tag of a block; that of a prefix or place is so much more."""
        return self.blocks.index(block) * len(BESIDE)

    def _split(
        self, block: str, table: Mapping[str, int]
    ) -> Iterator[tuple[int, tuple[str, ...], int]]:
        """Yield place, forms and row of each term, in each way to read its name."""
        low, high = self.sizes[block]
        prefixes = _PREFIXES if block in OWN else BESIDE if block == "anchored" else ("",)
        for name, row in table.items():
            for place, prefix in enumerate(prefixes):
                if name.startswith(prefix):
                    rest = name[len(prefix) :]
                    term = tuple(rest.split(GLUE[block])) if block in GLUE else (rest,)
                    if low <= len(term) <= high:
                        yield place, term, row
