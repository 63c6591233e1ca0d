"""What goes into the compiled kernel: named arrays, of the model, of a call and for its work."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.numbering import Integers

FloatArray = NDArray[np.float64]
Integers32 = NDArray[np.int32]


class Tables(NamedTuple):
    """What is known of tokens, forms, keys and the steps of the lexicon."""

    tokens: Integers  # (n, 6): columns SHOWN to CUT
    forms: Integers  # (n, 6): bits; number, row as a cue, rank, where its n-grams are, how many
    pool: Integers
    slots: Integers32  # the key in each slot of the table, counted from 1, and 0 in free ones
    keys: Integers  # (n, 2): key and row; the first is none
    displacements: NDArray[np.uint16]
    step_keys: Integers  # a hash table: step << 32 | form, -1 where free
    step_to: Integers
    steps: Integers  # (n, 4): length, concept and role of the best form, whether others go on
    ranked: Integers  # the number of each concept


class Plan(NamedTuple):
    """What a model looks up; a tag of -1 is of a block that it has not."""

    tags: Integers  # words, own_words, concepts, own_concepts, own_pairs, anchored
    sizes: Integers  # of words: from, to; of concepts: from, to
    base: int
    all_tags: int
    multiplier: np.uint64
    shift: np.uint64  # what leaves the bucket of a hash
    no_actor: int  # row or -1
    chars: bool


class Layer(NamedTuple):
    """The weights; see `stance.tallies.Weights`."""

    terms: FloatArray  # (n, 2 + n_labels): idf, block, coefficients
    lengths: FloatArray


class Given(NamedTuple):
    """The sentences of one call.

    `tokens` and `sizes` are the numbers of the tokens and the lengths of them and what is between
    them; `spoken` and `cues` are stretches, those of a sentence from the place `firsts` says on;
    `said` are the naming of the target (-1 for each) and row of what is known by name.
    """

    tokens: Integers
    sizes: Integers
    places: Integers  # of each sentence: 0 if the actor speaks, else that of its prefix
    spoken: Integers
    spoken_firsts: Integers
    cues: Integers
    cue_firsts: Integers
    said: Integers
    said_firsts: Integers


class Scratch(NamedTuple):
    """Memory that is used again; `counts` is all 0 between calls."""

    counts: Integers32
    rows: Integers
    values: FloatArray


class Run(NamedTuple):
    """Forms of one sentence and where they stand in it."""

    forms: Integers
    starts: Integers
    ends: Integers


class Own(NamedTuple):
    """Numbers, rows as cues and ranks of what an actor says."""

    numbers: Integers
    cued: Integers
    ranks: Integers


class Work(NamedTuple):
    """What is being made of one sentence."""

    forms: Integers
    inside: Integers
    lowered: Integers
    begins: Integers
    starts: Integers
    ends: Integers
    numbers: Integers
    flags: Integers
    keys: Integers
    found: Integers
    words: Run
    concepts: Run
    own: Own
