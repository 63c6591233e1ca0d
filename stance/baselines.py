"""What a model has to beat, measured on the same rows and folds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from stance.dataset import Row
from stance.errors import MissingExtraError
from stance.metrics import IntArray

SENTIMENT_CUT = 0.05  # the cut that VADER's authors give for its compound score


def majority(rows: Sequence[Row], folds: Sequence[tuple[IntArray, IntArray]]) -> list[str]:
    """Return the most frequent label of each fold's training part."""
    guess = [""] * len(rows)
    for inside, outside in folds:
        label = Counter(rows[i].label for i in inside).most_common(1)[0][0]
        for i in outside:
            guess[i] = label
    return guess


def words_only(rows: Sequence[Row], folds: Sequence[tuple[IntArray, IntArray]]) -> list[str]:
    """Return what scikit-learn's TF-IDF of words 1–2 and logistic regression say.

    The usual first attempt: the whole sentence, no actor, no masking.
    """
    sentences = np.array([row.sentence for row in rows], dtype=object)
    labels = np.array([row.label for row in rows])
    guess = [""] * len(rows)
    for inside, outside in folds:
        pipeline = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
            LogisticRegression(C=4.0, class_weight="balanced", max_iter=1000, solver="newton-cg"),
        ).fit(sentences[inside], labels[inside])
        for i, label in zip(outside, pipeline.predict(sentences[outside]), strict=True):
            guess[i] = str(label)
    return guess


def vader(rows: Sequence[Row], poles: tuple[str, str], neutral: str) -> list[str]:
    """Read VADER's compound sentiment (Hutto and Gilbert 2014) as a stance.

    Raises
    ------
    MissingExtraError
        If vaderSentiment is not installed.
    """
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError:
        raise _missing("vaderSentiment") from None
    analyzer = SentimentIntensityAnalyzer()
    return _by_sign(
        rows, lambda text: float(analyzer.polarity_scores(text)["compound"]), poles, neutral
    )


def textblob(rows: Sequence[Row], poles: tuple[str, str], neutral: str) -> list[str]:
    """Read TextBlob's polarity as a stance, with the same cut.

    Raises
    ------
    MissingExtraError
        If textblob is not installed.
    """
    try:
        from textblob import TextBlob
    except ImportError:
        raise _missing("textblob") from None
    return _by_sign(rows, lambda text: float(TextBlob(text).sentiment.polarity), poles, neutral)


def require_sentiment() -> None:
    """Fail before the work that the baselines of sentiment would be compared with.

    Raises
    ------
    MissingExtraError
        If vaderSentiment or textblob is not installed.
    """
    vader((), ("", ""), "")
    textblob((), ("", ""), "")


def _by_sign(
    rows: Sequence[Row], sentiment: Callable[[str], float], poles: tuple[str, str], neutral: str
) -> list[str]:
    guess = []
    for row in rows:
        value = sentiment(row.sentence)
        guess.append(
            poles[0] if value >= SENTIMENT_CUT else poles[1] if value <= -SENTIMENT_CUT else neutral
        )
    return guess


def _missing(package: str) -> MissingExtraError:
    return MissingExtraError(
        f"the baselines of the evaluation need {package}; "
        "install it with: pip install 'actor-stance[report]'"
    )
