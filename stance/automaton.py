"""The lexicon as steps from form to form, worked out as they are asked for; arrays for a kernel."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from stance.lexicon import Lexicon, Step
from stance.numbering import ADDING, Integers, Numbering

_SEED = 0x9E3779B97F4A7C15  # 2**64 over the golden ratio, as in the kernel


class Automaton:
    """Steps of a lexicon over the numbers of forms.

    Parameters
    ----------
    lexicon : Lexicon
    forms : Numbering
        Of the forms in lower case and of the concepts.
    roles : sequence of str
        Counted from 1; 0 stands for all others.

    Attributes
    ----------
    keys, targets : ndarray
        A hash table: ``step << 32 | form``, -1 where it is free, and the step that it leads to.
    steps : ndarray of shape (n_steps, 4)
        Length, concept and role of the form to prefer among those that are whole at a step (0 if
        there is none), and whether others go on.
    """

    def __init__(self, lexicon: Lexicon, forms: Numbering, roles: Iterable[str]) -> None:
        self._lexicon = lexicon
        self._forms = forms
        self._roles = {role: number for number, role in enumerate(roles, start=1)}
        self._steps: list[Step | None] = [None, None]  # nowhere, and the root
        self._known: dict[int, int] = {}
        self.steps: Integers = np.zeros((1_024, 4), dtype=np.int64)
        self._lay(1 << 12)

    def __len__(self) -> int:
        return len(self._known)

    def add(self, asked: Iterable[tuple[int, int]]) -> None:
        """Work out where the given steps lead with the given forms."""
        with ADDING:
            for step, form in asked:
                key = step << 32 | form
                if key in self._known:
                    continue
                token, begun = self._forms.names[form], self._steps[step]
                found = self._lexicon.after(begun, token) if begun else self._lexicon.begun(token)
                target = 0 if found is None else self._number(found)
                self._known[key] = target
                if 2 * len(self._known) > len(self.keys):
                    self._lay(2 * len(self.keys))
                else:
                    self._put(key, target)

    def _number(self, step: Step) -> int:
        number = len(self._steps)
        self._steps.append(step)
        if number == len(self.steps):
            self.steps = np.concatenate([self.steps, np.zeros_like(self.steps)])
        if step.best is not None:
            length, entry = step.best
            concept, role = self._forms[entry.concept], self._roles.get(entry.role, 0)
            self.steps[number, :3] = length, concept, role
        self.steps[number, 3] = bool(step.longer)
        return number

    def _lay(self, size: int) -> None:
        """Lay the table out anew."""
        self.keys: Integers = np.full(size, -1, dtype=np.int64)
        self.targets: Integers = np.zeros(size, dtype=np.int64)
        for key, target in self._known.items():
            self._put(key, target)

    def _put(self, key: int, target: int) -> None:
        mask = len(self.keys) - 1
        slot = ((key * _SEED) % 2**64 >> 20) & mask
        while self.keys[slot] >= 0:
            slot = (slot + 1) & mask
        self.targets[slot] = target
        self.keys[slot] = key  # last: another thread may look
