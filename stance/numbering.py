"""Strings → numbers, each with a row of what is known of its string; batches become arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from threading import RLock

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
ADDING = RLock()  # one for all, so that what holds a numbering can be pickled


class Numbering(dict[str, int]):
    """Strings numbered from 0 as they come, and a row of whole numbers for each.

    ``map(numbering.__getitem__, strings)`` costs next to nothing where the strings are known.

    Parameters
    ----------
    describe : callable
        Gives the row of a string.
    width : int
        The length of a row.

    Attributes
    ----------
    names : list of str
        The strings in the order of their numbers.
    rows : ndarray of shape (at least n_strings, width)
    """

    def __init__(self, describe: Callable[[str], Sequence[int]], width: int) -> None:
        self._describe = describe
        self.names: list[str] = []
        self.rows: Integers = np.zeros((1_024, width), dtype=np.int64)

    def __missing__(self, key: str) -> int:
        with ADDING:
            if key in self:  # another thread was quicker
                return self[key]
            row = self._describe(key)  # which may number other strings
            number = len(self)
            if number == len(self.rows):
                self.rows = np.concatenate([self.rows, np.zeros_like(self.rows)])
            self.rows[number] = row
            self.names.append(key)
            self[key] = number  # last, so that no other thread sees a string without its row
        return number

    def of(self, strings: Iterable[str], count: int) -> Integers:
        """Return the numbers of so many strings."""
        return np.fromiter(map(self.__getitem__, strings), np.int64, count)


class Pool:
    """Short arrays, one after the other in a single one that grows."""

    def __init__(self) -> None:
        self.values: Integers = np.zeros(4_096, dtype=np.int64)
        self._used = 0

    def add(self, values: Sequence[int]) -> int:
        """Append `values`; return where they begin."""
        with ADDING:
            start, end = self._used, self._used + len(values)
            if end > len(self.values):
                self.values = np.concatenate([self.values, np.zeros(end, dtype=np.int64)])
            self.values[start:end] = values
            self._used = end
        return start


def ranges(starts: Integers, sizes: Integers) -> Integers:
    """Return the numbers from each start on, as many as its size says, one after the other."""
    ends = sizes.cumsum()
    total = int(ends[-1]) if len(ends) else 0
    shifts: Integers = np.repeat(starts - ends + sizes, sizes)
    return np.arange(total) + shifts
