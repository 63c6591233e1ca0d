"""The scikit-learn side: TF-IDF blocks, the classifier that `train` fits, and the export.

Nothing here is needed for prediction; `stance.scorer` computes the same numbers from the
exported arrays, and `rebuild_pipeline` goes the other way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import LabelEncoder
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from stance.blocks import Raw
from stance.calibration import confidence_threshold, grouped_folds, inverse_temperature
from stance.features import Featurizer
from stance.lexicon import Lexicon, loads_lexicon
from stance.scorer import FloatArray, ModelArrays, softmax
from stance.settings import FeatureSettings
from stance.tokens import Pair, known_words


class StanceClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Multinomial logistic regression, calibrated, with a confidence threshold.

    One regression is fitted to all rows; out-of-fold decision values of the same
    regression fit one inverse temperature (Guo et al. 2017) and choose the threshold.

    Parameters
    ----------
    C : float, default=2.0
        Inverse strength of the L2 penalty.
    class_weight : "balanced" or None, default="balanced"
    folds : int, default=5
        Folds of the calibration; fewer where the data have fewer rows or groups, and 0 to
        leave it to `calibrate`.
    target_accuracy : float, default=0.9
        Accuracy wanted of the predictions called confident, out of fold.
    max_iter : int, default=1000
    random_state : int, default=0
        Seed of the folds.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    coef_ : ndarray of shape (n_classes, n_features)
        Uncalibrated weights; two rows for two classes.
    intercept_ : ndarray of shape (n_classes,)
    beta_ : float
        Inverse temperature; 1.0 where the data are too few to calibrate.
    threshold_ : float
        Lowest top probability that reached `target_accuracy`; 1.0 if none did.
    """

    def __init__(
        self,
        C: float = 2.0,
        class_weight: str | None = "balanced",
        folds: int = 5,
        target_accuracy: float = 0.9,
        max_iter: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.C = C
        self.class_weight = class_weight
        self.folds = folds
        self.target_accuracy = target_accuracy
        self.max_iter = max_iter
        self.random_state = random_state

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        groups: Sequence[str] | None = None,
        coef_init: FloatArray | None = None,
        intercept_init: FloatArray | None = None,
    ) -> StanceClassifier:
        """Fit to a matrix of shape (n_samples, n_features) and one label per row.

        The search starts at `coef_init`, shape (n_classes, n_features), and `intercept_init`,
        shape (n_classes,), where they are given; the optimum does not depend on them.
        """
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=np.float64)
        check_classification_targets(y)
        encoder = LabelEncoder().fit(y)
        self.classes_ = encoder.classes_
        if len(self.classes_) < 2:
            raise ValueError(
                f"one class only ({self.classes_[0]!r}); a classifier needs 2 or more classes"
            )
        encoded = encoder.transform(y)
        # Newton's method reaches the optimum itself (tol) in a fifth of the time of lbfgs, which
        # stops where probabilities still differ by some hundredths from one build to another.
        base = LogisticRegression(
            C=self.C,
            class_weight=self.class_weight,
            max_iter=self.max_iter,
            solver="newton-cg",
            tol=1e-7,
        )
        if coef_init is not None and intercept_init is not None:
            few = slice(1, None) if len(self.classes_) == 2 else slice(None)
            base.set_params(warm_start=True)
            base.coef_, base.intercept_ = coef_init[few].copy(), intercept_init[few].copy()
        fitted = base.fit(X, encoded)
        self.coef_, self.intercept_ = _two_sided(fitted.coef_, fitted.intercept_)
        self.n_iter_ = int(np.max(fitted.n_iter_))
        self.beta_, self.threshold_ = 1.0, 1.0
        folds = grouped_folds(encoded, groups, self.folds, self.random_state)
        if folds:
            logits = _columns(
                cross_val_predict(base, X, encoded, cv=folds, method="decision_function")
            )
            self.calibrate(logits, encoded)
        return self

    def calibrate(self, logits: FloatArray, numbers: NDArray[Any]) -> StanceClassifier:
        """Set temperature and threshold from held-out uncalibrated logits.

        Parameters
        ----------
        logits : ndarray of shape (n_rows, n_classes)
            Of rows that the regression behind them was not fitted to.
        numbers : ndarray of shape (n_rows,)
            The true class of each row, counted as in `classes_`.
        """
        self.beta_ = inverse_temperature(logits, numbers)
        probabilities = softmax(logits * self.beta_)
        self.threshold_ = confidence_threshold(
            probabilities.max(axis=1),
            probabilities.argmax(axis=1) == numbers,
            self.target_accuracy,
        )
        return self

    def decision_function(self, X: ArrayLike) -> FloatArray:
        """Return calibrated logits, shape (n_samples, n_classes); (n_samples,) for two."""
        logits = self.logits(X)
        return logits[:, 1] - logits[:, 0] if len(self.classes_) == 2 else logits

    def predict_proba(self, X: ArrayLike) -> FloatArray:
        """Return calibrated probabilities, shape (n_samples, n_classes)."""
        return softmax(self.logits(X))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the most probable class of each row."""
        best = self.logits(X).argmax(axis=1)  # first: it says so where nothing is fitted
        chosen: NDArray[Any] = self.classes_[best]
        return chosen

    def logits(self, X: ArrayLike) -> FloatArray:
        """Return calibrated logits, shape (n_samples, n_classes), for two classes as well."""
        check_is_fitted(self)
        matrix: Any = validate_data(self, X, accept_sparse="csr", dtype=np.float64, reset=False)
        product: FloatArray = np.asarray(matrix @ self.coef_.T) + self.intercept_
        return product * self.beta_

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


class TermExtractor(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """(sentence, actor) pairs → terms per block, as `stance.features` defines them.

    A `memo` keeps what was read of each pair, so that the folds of one training share it; it
    holds for one lexicon and one set of settings.
    """

    def __init__(
        self, settings: FeatureSettings, lexicon: Lexicon, memo: dict[Pair, Raw] | None = None
    ) -> None:
        self.settings = settings
        self.lexicon = lexicon
        self.memo = memo

    def fit(self, X: Iterable[Pair], y: object = None) -> TermExtractor:
        """Learn which words occur in lower case."""
        self.known_words_ = known_words(sentence for sentence, _ in X)
        return self

    def transform(self, X: Iterable[Pair]) -> list[dict[str, list[str]]]:
        """Return the term names of each pair."""
        featurizer = Featurizer(self.settings, self.lexicon, self.known_words_)
        return [featurizer.names(self._raw(featurizer, pair)) for pair in X]

    def _raw(self, featurizer: Featurizer, pair: Pair) -> Raw:
        if self.memo is None:
            return featurizer.raw(*pair)
        if pair not in self.memo:
            self.memo[pair] = featurizer.raw(*pair)
        return self.memo[pair]

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "known_words_")


class TermBlock:
    """Analyser of one block, for `TfidfVectorizer`; a class so that it can be pickled."""

    def __init__(self, block: str) -> None:
        self.block = block

    def __call__(self, terms: dict[str, list[str]]) -> list[str]:
        """Return the terms of the block."""
        return terms[self.block]


def make_pipeline(
    settings: FeatureSettings,
    lexicon: Lexicon,
    classifier: StanceClassifier | None = None,
    memo: dict[Pair, Raw] | None = None,
) -> Pipeline:
    """Return the unfitted pipeline: terms, TF-IDF blocks, classifier."""
    blocks = [
        (
            block,
            TfidfVectorizer(
                analyzer=TermBlock(block), min_df=settings.least(block), sublinear_tf=True
            ),
        )
        for block in settings.blocks
    ]
    union = FeatureUnion(blocks, transformer_weights=dict(settings.weights))
    return Pipeline(
        [
            ("terms", TermExtractor(settings, lexicon, memo)),
            ("tfidf", union),
            ("classifier", classifier or StanceClassifier(settings.C, settings.class_weight)),
        ]
    )


def carried_weights(source: Pipeline, target: Pipeline) -> tuple[FloatArray, FloatArray]:
    """Return the weights of a fitted pipeline for the vocabulary of another, 0 for new terms.

    Both have the same classes, and `source` has all blocks of `target`, of which only what
    stands before the classifier is fitted.
    """
    places: dict[str, dict[str, int]] = {}
    first = 0
    for block, known in source["tfidf"].transformer_list:
        places[block] = {term: first + column for term, column in known.vocabulary_.items()}
        first += len(known.vocabulary_)
    chosen = np.array(
        [
            places[block].get(term, -1)
            for block, wanted in target["tfidf"].transformer_list
            for term in wanted.get_feature_names_out()
        ],
        dtype=np.intp,
    )
    classifier: StanceClassifier = source["classifier"]
    return np.where(chosen < 0, 0.0, classifier.coef_[:, chosen]), classifier.intercept_


def export_arrays(pipeline: Pipeline, labels: Sequence[str]) -> ModelArrays:
    """Return a fitted pipeline as plain arrays, columns in the order of `labels`."""
    extractor, union = pipeline["terms"], pipeline["tfidf"]
    classifier: StanceClassifier = pipeline["classifier"]
    order = [list(classifier.classes_).index(label) for label in labels]
    vectorizers = dict(union.transformer_list)
    return ModelArrays(
        labels=tuple(labels),
        settings=extractor.settings,
        vocabularies={
            block: tuple(vectorizers[block].get_feature_names_out().tolist())
            for block in extractor.settings.blocks
        },
        idf=np.concatenate([vectorizers[b].idf_ for b in extractor.settings.blocks]),
        coef=np.ascontiguousarray((classifier.coef_[order] * classifier.beta_).T),
        intercept=classifier.intercept_[order] * classifier.beta_,
        threshold=float(classifier.threshold_),
        lexicon=extractor.lexicon.dumps(),
        known_words=tuple(sorted(extractor.known_words_)),
    )


def rebuild_pipeline(arrays: ModelArrays) -> Pipeline:
    """Return a fitted scikit-learn pipeline with the weights of `arrays`.

    The calibration stays folded into the weights: `beta_` is 1.
    """
    pipeline = make_pipeline(arrays.settings, loads_lexicon(arrays.lexicon))
    pipeline["terms"].known_words_ = frozenset(arrays.known_words)
    first = 0
    for block, vectorizer in pipeline["tfidf"].transformer_list:
        terms = arrays.vocabularies[block]
        vectorizer.vocabulary_ = {term: row for row, term in enumerate(terms)}
        vectorizer.fixed_vocabulary_ = False
        vectorizer.idf_ = arrays.idf[first : first + len(terms)]
        first += len(terms)
    order = np.argsort(np.array(arrays.labels))
    classifier: StanceClassifier = pipeline["classifier"]
    classifier.classes_ = np.array(arrays.labels)[order]
    classifier.coef_ = np.ascontiguousarray(arrays.coef.T[order])
    classifier.intercept_ = arrays.intercept[order]
    classifier.beta_, classifier.threshold_ = 1.0, arrays.threshold
    classifier.n_features_in_ = first
    return pipeline


def _columns(decision: FloatArray) -> FloatArray:
    return np.column_stack([-decision, decision]) if decision.ndim == 1 else decision


def _two_sided(coef: FloatArray, intercept: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give two classes a row of weights each, as scikit-learn's calibration reads them."""
    if len(coef) > 1:
        return coef, intercept
    return np.vstack([-coef, coef]), np.concatenate([-intercept, intercept])


def to_matrix(pipeline: Pipeline, pairs: Iterable[Pair]) -> sparse.csr_matrix:
    """Return the TF-IDF matrix of a fitted pipeline, without its classifier."""
    return pipeline[:-1].transform(list(pairs))
