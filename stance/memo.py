"""A dictionary that works out what it is asked for, and remembers it up to a number of keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Memo(dict[K, V]):
    """Keys → what `make` returns for them.

    Unlike `functools.lru_cache` it is one for each owner, and ``map(memo.__getitem__, keys)``
    costs next to nothing where the keys are known.

    Parameters
    ----------
    make : callable
    most : int
        How many keys are remembered; bounds the memory on endless vocabularies.
    """

    def __init__(self, make: Callable[[K], V], most: int) -> None:
        self._make = make
        self._most = most

    def __missing__(self, key: K) -> V:
        value = self._make(key)
        if len(self) < self._most:
            self[key] = value
        return value
