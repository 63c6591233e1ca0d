"""64-bit keys → numbers, for whole arrays of keys at once.

A table without collisions by hash and displace (Pagh 1999; Belazzougui, Botelho and Dietzfelbinger
2009): keys fall into buckets, and each bucket has a displacement with which its keys have slots of
their own. To look a key up takes two steps whatever the keys are, so it needs no loop.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from stance.numbering import Integers

Hashes = NDArray[np.uint64]
_FREE = -1  # no key is below 0
_TRIALS = 10_000  # displacements tried before other hashes are; about 100 do
_SEED = 0x9E3779B97F4A7C15  # 2**64 over the golden ratio


class KeyTable:
    """A fixed table of keys.

    Parameters
    ----------
    numbers : mapping of int to int
        Keys (0 to 2**63 - 1) and their numbers (0 or more).

    Attributes
    ----------
    keys, numbers : ndarray of shape (n_slots,)
        The key in each slot, -1 in a free one.
    displacements : ndarray of shape (n_buckets,)
    multiplier : int
    """

    def __init__(self, numbers: Mapping[int, int]) -> None:
        keys = np.fromiter(numbers.keys(), np.int64, len(numbers))
        bits = max(4, (2 * len(keys)).bit_length())
        self.multiplier = np.uint64(_SEED)
        while not self._place(keys, bits):
            self.multiplier = np.uint64((int(self.multiplier) * _SEED) % 2**64 | 1)
        self.numbers: Integers = np.full(len(self.keys), -1, dtype=np.int64)
        self.numbers[self._slots(keys)] = np.fromiter(numbers.values(), np.int64, len(keys))

    def find(self, keys: Integers) -> tuple[Integers, Integers]:
        """Return the indices of the keys that the table has, and their numbers."""
        slots = self._slots(keys)
        hits = np.flatnonzero(self.keys.take(slots) == keys)
        return hits, self.numbers.take(slots.take(hits))

    def _slots(self, keys: Integers) -> Integers:
        buckets, first, step = self._hashed(keys)
        return self._displaced(first, step, self.displacements.take(buckets))

    def _hashed(self, keys: Integers) -> tuple[Integers, Hashes, Hashes]:
        """Return the bucket of each key, its first slot, and how far a displacement takes it."""
        mixed = keys.view(np.uint64) * self.multiplier
        mixed ^= mixed >> np.uint64(32)
        mixed *= np.uint64(_SEED)
        mixed ^= mixed >> np.uint64(29)
        shift = np.uint64(64 - (len(self.displacements).bit_length() - 1))
        return (mixed >> shift).view(np.int64), mixed, (mixed >> np.uint64(18)) | np.uint64(1)

    def _displaced(
        self, first: Hashes, step: Hashes, displacements: NDArray[np.uint16]
    ) -> Integers:
        slots = first + step * displacements
        slots &= np.uint64(len(self.keys) - 1)
        return slots.view(np.int64)

    def _place(self, keys: Integers, bits: int) -> bool:
        """Find displacements for all buckets; tell whether there were any."""
        self.keys: Integers = np.full(1 << bits, _FREE, dtype=np.int64)
        self.displacements = np.zeros(1 << (bits - 2), dtype=np.uint16)
        left = np.arange(len(keys))
        buckets, first, step = self._hashed(keys)
        claims = np.zeros(1 << bits, dtype=np.int64)
        for trial in range(_TRIALS):
            if not len(left):
                return True
            shift = np.full(len(left), trial, dtype=np.uint16)
            slots = self._displaced(first.take(left), step.take(left), shift)
            claims[slots] = left
            lost = (self.keys.take(slots) != _FREE) | (claims.take(slots) != left)
            failed = np.zeros(len(self.displacements), dtype=bool)
            failed[buckets.take(left[lost])] = True
            fit = ~failed.take(buckets.take(left))
            placed = left[fit]
            self.keys[slots[fit]] = keys[placed]
            self.displacements[buckets.take(placed)] = trial
            left = left[~fit]
        return not len(left)
