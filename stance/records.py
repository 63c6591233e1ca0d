"""Frozen records that pass between the stages; nothing here computes.

Text flows one way: article text → `Sentence` → `Statement` → `Prediction` →
`ActorStance` → `Analysis`. Offsets count Python characters (code points) of the
text that was handed in, and `text[span.start:span.end] == span.text` always holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["direct", "mixed", "reported"]


@dataclass(frozen=True, slots=True, init=False)
class Span:
    """A stretch of a text: `text[start:end]`, with its own copy of the words."""

    start: int
    end: int
    text: str

    # An article has hundreds: a slot is set straight twice as fast as by `object.__setattr__`.
    def __init__(self, start: int, end: int, text: str) -> None:
        _START(self, start)
        _END(self, end)
        _TEXT(self, text)


_START, _END, _TEXT = (vars(Span)[name].__set__ for name in ("start", "end", "text"))


@dataclass(frozen=True, slots=True)
class Statement:
    """Words or a position that an article gives to somebody, whatever the topic.

    Attributes
    ----------
    content : Span
        From the first to the last character of what is said.
    fragments : tuple of Span
        The pieces of the content, where a cue such as "he said" breaks it.
    cue : Span or None
        The words that attribute it: "said", "opposes", "according to".
    mention : Span or None
        The speaker as printed: "he", "the minister", "Mark Rutte".
    actor : str or None
        The resolved name, canonical where the registry knows it; None if unknown.
    actor_id : str or None
        The registry's id of the actor.
    kind : {"direct", "mixed", "reported"}
        All of it in quotation marks, some of it, none of it.
    sentence : Span
        The sentence that is classified for this actor.
    rule : str
        Which rule found the statement, and after "/" which one resolved the actor.
    """

    content: Span
    fragments: tuple[Span, ...]
    cue: Span | None
    mention: Span | None
    actor: str | None
    actor_id: str | None
    kind: Kind
    sentence: Span
    rule: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of one sentence and one actor.

    Attributes
    ----------
    label : str
        The most probable label.
    probabilities : mapping of str to float
        Calibrated, in the model's label order; sums to 1.
    score : float or None
        P(positive) − P(negative), in [−1, 1]; None where the model's labels name no poles.
    confident : bool
        False where the model's calibrated threshold says: do not rely on it.
    model_id : str
        Name and short digest of the model.
    """

    label: str
    probabilities: Mapping[str, float]
    score: float | None
    confident: bool
    model_id: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One contribution to the log-odds of `label` against `against`.

    The contributions of one explanation sum to
    ``log(P(label) / P(against))``, the baseline (empty `spans`) included.

    Attributes
    ----------
    text : str
        The words, or a name for what is no word: "(baseline)" for the intercept, "(actor)" for
        whether the actor speaks in the sentence, "(no target)" where the target is not named.
    spans : tuple of Span
        Where the words stand in the sentence.
    contribution : float
        Natural-log odds; positive speaks for `label`, negative for `against`.
    label, against : str
        The two labels that are compared.
    features : tuple of str
        The model's features behind it, each as "block:term".
    """

    text: str
    spans: tuple[Span, ...]
    contribution: float
    label: str
    against: str
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JudgedStatement:
    """A statement about the target, with the model's prediction for its actor."""

    statement: Statement
    prediction: Prediction


@dataclass(frozen=True, slots=True)
class ActorStance:
    """The stance of one actor over all its statements in a text.

    Attributes
    ----------
    label : str
        The aggregated label; "none" where no statement bears a stance.
    score : float or None
        Mean of P(favor) − P(against) over the stance-bearing statements.
    interval : tuple of float or None
        Central 95 % of that mean when each statement's label is drawn from its
        calibrated probabilities; None without stance-bearing statements.
    n : int
        Stance-bearing statements behind it.
    mixed : bool
        True where those statements bear different labels.
    confident : bool
        True where at least one confident statement bears the aggregated label.
    statements : tuple of JudgedStatement
        All statements of the actor about the target, in text order.
    """

    actor: str
    actor_id: str | None
    label: str
    score: float | None
    interval: tuple[float, float] | None
    n: int
    mixed: bool
    confident: bool
    statements: tuple[JudgedStatement, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A stretch of text that was not read, and why."""

    reason: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """Who said what in one text.

    Attributes
    ----------
    text : str
        The text all spans point into.
    statements : tuple of JudgedStatement
        Every statement about the target, in text order.
    actors : tuple of ActorStance
        Every actor of the text: those with a stance first, then by first mention.
    skipped : tuple of Skipped
        What was not read, and why.
    target : str
        The proposition the stance is on.
    model_id : str
        Which model said so.
    """

    text: str
    statements: tuple[JudgedStatement, ...]
    actors: tuple[ActorStance, ...]
    skipped: tuple[Skipped, ...] = field(default=())
    target: str = ""
    model_id: str = ""
