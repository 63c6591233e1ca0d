"""What a model knows of each token and of each form that one is shown as, in rows of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stance.automaton import Automaton
from stance.blocks import ACTOR, ENDS, NUMBER, OTHER, ROLES
from stance.features import BETWEEN, Featurizer
from stance.numbering import Numbering
from stance.tokens import BARE, BORDER, MARKS, OWNER, lower, pieces

# What is known of a token: the number of what it is shown as outside and inside of a match, and of
# what the lexicon sees; whether that begins a form of the lexicon; the number of its second piece,
# or -1, and how long the first is, which the others are of.
SHOWN, MATCHED, LOWERED, BEGINS, SECOND, CUT = range(6)
# What a form that is shown is, as bits.
IS_MARK, IS_END, IS_BETWEEN, IS_ACTOR, IS_OTHER, IS_BORDER = (1 << bit for bit in range(6))


class FormTables:
    """Numbers and rows of tokens and of the forms that they are shown as.

    Parameters
    ----------
    featurizer : Featurizer
    describe : callable
        Returns what the caller wants to know of a form that is shown, as whole numbers.
    width : int
        How many these are.

    Attributes
    ----------
    printed, shown : Numbering
        Rows are `SHOWN` to `CUT`, and the bits of a form before what the caller knows of it.
    steps : Automaton
        Of the lexicon, for the compiled kernel.
    """

    def __init__(
        self, featurizer: Featurizer, describe: Callable[[str], Sequence[int]], width: int
    ) -> None:
        self._featurizer = featurizer
        self._describe = describe
        self.shown = Numbering(self._form, 1 + width)
        self.printed = Numbering(self._token, 6)
        self.steps = Automaton(featurizer.lexicon, self.shown, ROLES)

    def _form(self, form: str) -> tuple[int, ...]:
        border = form == BORDER
        flags = (
            IS_MARK * (form in MARKS)
            | IS_END * (border or form in ENDS)
            | IS_BETWEEN * (border or form in BETWEEN)
            | IS_ACTOR * (form == ACTOR)
            | IS_OTHER * (form == OTHER)
            | IS_BORDER * border
        )
        return flags, *self._describe(form)

    def _token(self, token: str) -> tuple[int, int, int, int, int, int]:
        shown = self.shown
        if token == BORDER:
            border = shown[BORDER]
            return border, border, border, 0, -1, 1
        (form, _, end), *rest = ((ACTOR, 0, 1),) if token in (OWNER, BARE) else pieces(token)
        low = ACTOR if form == ACTOR else lower(form)
        return (
            shown[self._featurizer.shown(form)],
            shown[NUMBER if form[0].isdigit() else low],
            shown[low],
            int(bool(self._featurizer.lexicon.candidates(low))),
            self.printed[rest[0][0]] if rest else -1,
            end,
        )
