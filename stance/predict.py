"""`classify`, `classify_many`, `explain`, `analyze`: a loaded model over text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import islice, pairwise, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stance.aggregate import NEUTRAL, actor_stance
from stance.blocks import NOT_NAMED
from stance.errors import InputError, ModelError
from stance.lookup import FEW
from stance.pinned import DEFAULT_MODEL_SHA256
from stance.records import (
    ActorStance,
    Analysis,
    JudgedStatement,
    Prediction,
    Reason,
    Span,
    Statement,
)
from stance.resources import model_path
from stance.scorer import Contribution, ModelArrays, Scorer
from stance.statements import Article, read_article
from stance.tokens import ActorLike, Pair

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

_AT_ONCE = 1_000  # sentences of several articles; more gain nothing
MAX_SENTENCE = 20_000  # characters; longer is no sentence, and is cut with a note in `analyze`


class StanceModel:
    """A trained model: sentence and actor → calibrated probabilities.

    Made by `load_model` and `train`; both give the same object.

    Attributes
    ----------
    labels : tuple of str
        In the order used everywhere.
    target : str
        The proposition the stance is on.
    threshold : float
        Lowest top probability that counts as confident.
    model_id : str
        Name and first eight digits of the SHA-256 of the weights' file.
    manifest : mapping
        What `model.json` says: seed, versions, dataset digest, metrics.
    """

    def __init__(self, arrays: ModelArrays, manifest: Mapping[str, Any]) -> None:
        self.arrays = arrays
        self.manifest = dict(manifest)
        self.labels = arrays.labels
        self.threshold = arrays.threshold
        self.target = str(manifest.get("target", ""))
        digest = manifest.get("file", {}).get("sha256", "")
        self.model_id = f"{manifest.get('name', 'model')}-{digest[:8] or 'unsaved'}"
        poles = manifest.get("poles")
        self.poles: tuple[str, str] | None = None
        if isinstance(poles, list | tuple) and len(poles) == 2 and set(poles) <= set(self.labels):
            self.poles = (str(poles[0]), str(poles[1]))
        self._scorer = Scorer(arrays)

    def __repr__(self) -> str:
        return f"StanceModel({self.model_id!r}, labels={list(self.labels)})"

    def kernel(self, sentences: int = 1) -> str:
        """Return what a call with so many sentences is scored with: "numpy" or "numba".

        The variable ``STANCE_KERNEL`` decides: "numpy"; "numba" (`actor-stance[fast]`); or "auto",
        the default: numba, where it is installed, for a call with 20,000 sentences or more, where
        it gains more than loading it costs. The probabilities are the same (1e-12).
        """
        return self._scorer.kernel(sentences)

    def probabilities(self, pairs: Iterable[Pair]) -> Any:
        """Return probabilities, ndarray of shape (n_pairs, n_labels), columns as `labels`."""
        return self._scorer.probabilities(pairs)

    def vectors(self, pairs: Iterable[Pair]) -> Any:
        """Return TF-IDF vectors as CSR parts (data, indices, indptr); see `Scorer.vectors`."""
        return self._scorer.vectors(pairs)

    def predict(self, pairs: Iterable[Pair]) -> list[Prediction]:
        """Return a `Prediction` for each (sentence, actor) pair."""
        return [self._prediction(row) for row in self.probabilities(pairs).tolist()]

    def reasons(
        self,
        sentence: str,
        actor: ActorLike = None,
        *,
        label: str | None = None,
        against: str | None = None,
    ) -> list[Reason]:
        """Return the exact parts of ``log(P(label) / P(against))``; see `explain`."""
        row = self.probabilities([(sentence, actor)])[0]
        order = sorted(range(len(row)), key=lambda index: (-row[index], index))
        one = self._index(label) if label is not None else order[0]
        rest = [index for index in order if index != one]
        other = self._index(against) if against is not None else rest[0]
        if one == other:
            same = self.labels[one]
            raise InputError(f"label and against are both {same!r}; expected two labels")
        names = (self.labels[one], self.labels[other])
        reasons = [
            Reason(
                sentence[part.start : part.end] or _wordless(part),
                (Span(part.start, part.end, sentence[part.start : part.end]),)
                if part.end > part.start
                else (),
                part.value,
                names[0],
                names[1],
                part.features,
            )
            for part in self._scorer.contributions(sentence, actor, one, other)
        ]
        return sorted(reasons, key=lambda reason: -abs(reason.contribution))

    def about_target(self, sentence: str, previous: str = "") -> bool:
        """Tell whether a sentence names the target, or points back to a sentence that does.

        A model whose lexicon names no target calls every sentence a sentence about it.
        """
        if not self._has_target:
            return True
        roles = self._scorer.featurizer.roles(sentence)
        if "target" in roles:
            return True
        if "reference" not in roles or not previous:
            return False
        return "target" in self._scorer.featurizer.roles(previous)

    def to_pipeline(self) -> Pipeline:
        """Rebuild the fitted scikit-learn pipeline; its input is a list of (sentence, actor)."""
        from stance.model import rebuild_pipeline

        return rebuild_pipeline(self.arrays)

    @cached_property
    def _has_target(self) -> bool:
        return any(entry.role == "target" for entry in self._scorer.lexicon.entries)

    def _index(self, label: str) -> int:
        if label not in self.labels:
            raise InputError(f"label {label!r}; expected one of {', '.join(self.labels)}")
        return self.labels.index(label)

    def _prediction(self, row: list[float]) -> Prediction:
        probabilities = dict(zip(self.labels, row, strict=True))
        top = max(row)
        score = None
        if self.poles is not None:
            score = probabilities[self.poles[0]] - probabilities[self.poles[1]]
        return Prediction(
            label=self.labels[row.index(top)],
            probabilities=probabilities,
            score=score,
            confident=top >= self.threshold,
            model_id=self.model_id,
        )


def load_model(path: Path | str | None = None, *, sha256: str | None = None) -> StanceModel:
    """Load a model folder; without `path` the one that is shipped (once per process).

    Parameters
    ----------
    path : path, optional
    sha256 : str, optional
        The digest that the weights of the model at `path` must have.

    Raises
    ------
    ModelError
        If the folder is missing, damaged, unsafe, of another protocol or digest; see
        `stance.store.load_arrays`.
    """
    return _default_model() if path is None else _load(Path(path), sha256)


def classify(
    sentence: str, actor: ActorLike = None, *, model: StanceModel | None = None
) -> Prediction:
    """Tell which stance one sentence gives to one actor.

    Parameters
    ----------
    sentence : str
        As a news report prints it.
    actor : str or Span, optional
        As it stands in the sentence ("he", "the minister"). Left out, the words alone are
        judged, as those of whoever holds the position. Its name decides nothing. A `Span` of
        the sentence means this mention only, where the name stands there several times.

    Raises
    ------
    InputError
        If `sentence` or `actor` is no text, the sentence is empty, or the span is none of it.
    """
    return (model or load_model()).predict([_pair(sentence, actor)])[0]


def classify_many(
    sentences: Iterable[str],
    actors: Iterable[ActorLike] | None = None,
    *,
    model: StanceModel | None = None,
) -> list[Prediction]:
    """Classify many sentences at once; the same numbers as `classify`.

    Raises
    ------
    InputError
        If `actors` has another length, or names the position of an entry that is no text.
    """
    if isinstance(sentences, str) or isinstance(actors, str):
        raise InputError("classify_many takes a list of sentences; use classify for a single one")
    return (model or load_model()).predict(list(_pairs(sentences, actors)))


def explain(
    sentence: str,
    actor: ActorLike = None,
    *,
    label: str | None = None,
    against: str | None = None,
    model: StanceModel | None = None,
) -> list[Reason]:
    """Return the words behind an answer, with their exact weights, heaviest first.

    The model is linear, so the contributions sum (up to rounding, 1e-9) to
    ``log(P(label) / P(against))``. A word carries its own weight and that of its characters
    and concept; a phrase carries what only the phrase has.

    Parameters
    ----------
    label, against : str, optional
        The labels to compare; by default the most probable one and the runner-up.

    Raises
    ------
    InputError
        Unknown label, the same label twice, or no text.
    """
    sentence, actor = _pair(sentence, actor)
    return (model or load_model()).reasons(sentence, actor, label=label, against=against)


def analyze(
    text: str, *, model: StanceModel | None = None, date: str | dt.date | None = None
) -> Analysis:
    """Tell, for each actor of an article, its stance and the words that show it.

    Returns every statement about the target with its prediction, and every actor of the
    article; actors without a stance have the label "none". With `date`, the day of the article
    (or its month or year), *the German chancellor* is who held the office then; without it an
    office that the text gives to nobody stays an office.

    Raises
    ------
    InputError
        If `text` is no text, or empty, or `date` is no date.
    """
    if not isinstance(text, str):
        raise InputError(f"text is {type(text).__name__}; expected str (decode bytes first)")
    if not text.strip():
        raise InputError("the text is empty; expected an article")
    return judge(read_article(text, date=date), model or load_model())


def judge(article: Article, model: StanceModel) -> Analysis:
    """Classify the statements of an article that was read before."""
    relevant = _relevant(article, model)
    predictions = model.predict([judged_pair(statement) for statement in relevant])
    return _analysis(article, model, relevant, predictions)


def judge_many(articles: Sequence[Article], model: StanceModel) -> list[Analysis]:
    """Do what `judge` does with each article, to the last digit; together it takes less time."""
    relevant = [_relevant(article, model) for article in articles]
    found: dict[int, list[Prediction]] = {}
    for group in _groups([*map(len, relevant)]):
        pairs = [judged_pair(statement) for number in group for statement in relevant[number]]
        predictions = iter(model.predict(pairs))
        for number in group:
            found[number] = [*islice(predictions, len(relevant[number]))]
    return [
        _analysis(article, model, relevant[number], found[number])
        for number, article in enumerate(articles)
    ]


def _groups(sizes: Sequence[int]) -> Iterator[list[int]]:
    """Yield the numbers of the articles that are judged together, by how much they say.

    Few sentences are summed in another order than many, and very many perhaps by the kernel; such
    articles stay alone, so that no article's last digits depend on those it came with.
    """
    group: list[int] = []
    held = 0
    for number, size in enumerate(sizes):
        if not FEW <= size < _AT_ONCE:
            yield [number]
            continue
        group.append(number)
        held += size
        if held >= _AT_ONCE:
            yield group
            group, held = [], 0
    if group:
        yield group


def _relevant(article: Article, model: StanceModel) -> list[Statement]:
    """Return the statements about the target."""
    previous = _previous_sentences(article)
    said_in = {s.sentence.start: s.sentence.text for s in article.statements}
    about = {
        start
        for start, text in said_in.items()
        if model.about_target(text, previous.get(start, ""))
    }
    return [statement for statement in article.statements if statement.sentence.start in about]


def _analysis(
    article: Article,
    model: StanceModel,
    relevant: Sequence[Statement],
    predictions: Sequence[Prediction],
) -> Analysis:
    judged = tuple(map(JudgedStatement, relevant, predictions))
    return Analysis(
        text=article.text,
        statements=judged,
        actors=tuple(_actors(article, judged, model)),
        skipped=article.skipped,
        target=model.target,
        model_id=model.model_id,
    )


def _actors(
    article: Article, judged: Sequence[JudgedStatement], model: StanceModel
) -> Iterator[ActorStance]:
    order: dict[str, tuple[str, str | None, int]] = {}
    for mention in article.mentions:
        key = mention.actor_id or mention.name
        order.setdefault(key, (mention.name, mention.actor_id, mention.span.start))
    said: dict[str, dict[int, JudgedStatement]] = {}
    for item in judged:
        statement = item.statement
        if statement.actor is None:
            continue
        key = statement.actor_id or statement.actor
        order.setdefault(key, (statement.actor, statement.actor_id, statement.content.start))
        # one sentence gives one position to one actor, however many cues it has
        said.setdefault(key, {}).setdefault(statement.sentence.start, item)
    headlines = {s.span.start for s in article.sentences if s.kind == "headline"}
    found = [
        actor_stance(
            name,
            actor_id,
            _without_headlines(list(said.get(key, {}).values()), headlines),
            poles=model.poles,
        )
        for key, (name, actor_id, _) in sorted(order.items(), key=lambda item: item[1][2])
    ]
    yield from (actor for actor in found if actor.n)
    yield from (actor for actor in found if not actor.n)


def _without_headlines(items: list[JudgedStatement], headlines: set[int]) -> list[JudgedStatement]:
    """Drop headlines where the body says what the actor's stance is.

    A headline shortens, in an editor's words, what the article gives at length; it counts
    only for an actor of whom the article says nothing else about the target.
    """
    body = [item for item in items if item.statement.sentence.start not in headlines]
    return body if any(item.prediction.label != NEUTRAL for item in body) else items


def _previous_sentences(article: Article) -> dict[int, str]:
    """Map the start of each sentence to the text of the one before it."""
    spans = [sentence.span for sentence in article.sentences]
    return {after.start: before.text for before, after in pairwise(spans)}


def _wordless(part: Contribution) -> str:
    """Return the name of a part that no word of the sentence bears."""
    if not part.features:
        return "(baseline)"
    return "(no target)" if f"voice:{NOT_NAMED.role}" in part.features else "(actor)"


def judged_pair(statement: Statement) -> tuple[str, str | None]:
    """Return what a model reads of a statement: sentence, and actor where it stands in it."""
    sentence, mention = statement.sentence, statement.mention
    inside = mention is not None and sentence.start <= mention.start and mention.end <= sentence.end
    return sentence.text[:MAX_SENTENCE], mention.text if inside and mention else None


def _pairs(sentences: Iterable[str], actors: Iterable[ActorLike] | None) -> Iterator[Pair]:
    if actors is None:
        for index, sentence in enumerate(sentences):
            yield _pair(sentence, None, index)
        return
    missing: Any = object()
    for index, (sentence, actor) in enumerate(zip_longest(sentences, actors, fillvalue=missing)):
        if sentence is missing or actor is missing:
            raise InputError(
                f"sentences and actors differ in length at position {index}; expected one actor "
                "(or None) for each sentence"
            )
        yield _pair(sentence, actor, index)


def _pair(sentence: Any, actor: Any, index: int | None = None) -> Pair:
    place = "" if index is None else f" at position {index}"
    if not isinstance(sentence, str):
        raise InputError(f"sentence{place} is {type(sentence).__name__}; expected str")
    if actor is not None and not isinstance(actor, str | Span):
        raise InputError(f"actor{place} is {type(actor).__name__}; expected str, Span or None")
    if not sentence.strip():
        raise InputError(f"sentence{place} is empty; expected the words of a news report")
    if isinstance(actor, Span):
        there = sentence[actor.start : actor.end] if 0 <= actor.start < actor.end else ""
        if not there or there != actor.text:
            raise InputError(
                f"actor{place} is {actor.text!r}, but the sentence has {there!r} from "
                f"{actor.start} to {actor.end}; expected a span of the sentence"
            )
    return sentence, actor or None


@cache
def _default_model() -> StanceModel:
    return _load(model_path(), DEFAULT_MODEL_SHA256)


def _load(path: Path, sha256: str | None) -> StanceModel:
    from stance.store import load_arrays  # joblib, only when a model is read

    arrays, manifest = load_arrays(path, sha256)
    try:
        return StanceModel(arrays, manifest)
    except (AttributeError, TypeError) as error:
        raise ModelError(f"the manifest of {path} has fields of a wrong type: {error}") from None
