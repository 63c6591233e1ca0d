"""Pipelines fitted to parts of one table: what each part shares with the others is done once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from stance.blocks import Raw
from stance.errors import DataError
from stance.lexicon import Lexicon
from stance.metrics import FloatArray, IntArray
from stance.model import StanceClassifier, carried_weights, make_pipeline
from stance.settings import FeatureSettings
from stance.tokens import Pair


class Fitter:
    """Fits pipelines to parts of one table; what is read of a sentence is shared by all.

    Parameters
    ----------
    pairs : sequence of (sentence, actor)
    labels : ndarray of shape (n_rows,)
    """

    def __init__(
        self,
        pairs: Sequence[Pair],
        labels: NDArray[Any],
        settings: FeatureSettings,
        lexicon: Lexicon,
        accuracy: float = 0.9,
    ) -> None:
        self.pairs = pairs
        self.labels = labels
        self.settings = settings
        self.lexicon = lexicon
        self.accuracy = accuracy
        self._memo: dict[Pair, Raw] = {}

    def without(self, blocks: Collection[str]) -> Fitter:
        """Return a fitter of the same rows that leaves some blocks of terms out.

        It shares what was read of the sentences, which no block that is left out can change.
        """
        kept = tuple(one for one in self.settings.weights if one[0] not in blocks)
        settings = replace(self.settings, weights=kept)
        other = Fitter(self.pairs, self.labels, settings, self.lexicon, self.accuracy)
        other._memo = self._memo
        return other

    def fit(self, rows: IntArray, *, start: Pipeline | None = None) -> Pipeline:
        """Fit a pipeline to the given rows and leave its calibration out.

        With `start`, a fitted pipeline of the same labels, the search begins at its weights:
        the same optimum, in less time.

        Raises
        ------
        DataError
            If no term occurs often enough.
        """
        settings = self.settings
        classifier = StanceClassifier(
            settings.C, settings.class_weight, folds=0, target_accuracy=self.accuracy
        )
        pipeline = make_pipeline(settings, self.lexicon, classifier, self._memo)
        try:
            matrix = pipeline[:-1].fit_transform([self.pairs[i] for i in rows])
        except ValueError as error:
            if "no terms remain" in str(error) or "empty vocabulary" in str(error):
                raise DataError(
                    f"no term occurs in {settings.min_df} sentences or more; expected more "
                    "rows, in words"
                ) from None
            raise
        begin = carried_weights(start, pipeline) if start is not None else (None, None)
        classifier.fit(matrix, self.labels[rows], coef_init=begin[0], intercept_init=begin[1])
        return pipeline

    def guesses(self, pipeline: Pipeline, rows: IntArray) -> NDArray[Any]:
        """Return the most probable label of each row, shape (n_rows,)."""
        best = self.logits(pipeline, rows).argmax(axis=1)
        found: NDArray[Any] = pipeline["classifier"].classes_[best]
        return found

    def logits(self, pipeline: Pipeline, rows: IntArray) -> FloatArray:
        """Return the logits of a fitted pipeline, shape (n_rows, n_labels)."""
        matrix = pipeline[:-1].transform([self.pairs[i] for i in rows])
        found: FloatArray = pipeline["classifier"].logits(matrix)
        return found
