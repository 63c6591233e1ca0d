"""Measure `classify_many` against scikit-learn's own pipeline, fastText and Vowpal Wabbit.

    python tests/benchmarks/scorer.py [--sentences 2000] [--rounds 5] > scorer.md

All ways label the same sentences of the dataset, in one process on one core, in turns; what counts
are the ratios of the CPU time, which stay where other work takes a share of the core. The model
is the shipped one, whole and with blocks taken out of its arrays: that changes what it answers,
not what an answer costs, and scikit-learn computes the same numbers. fastText and Vowpal Wabbit
(`pip install fasttext-wheel vowpalwabbit`, left out where they are missing) are trained on the
sentences with words, word pairs and character 3- to 5-grams (Vowpal Wabbit: words and pairs);
they see no actor and no lexicon. So is a scikit-learn pipeline of its own vectorisers (words and
pairs, `char_wb` 3 to 5).
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from stance import classify_many, load_model
from stance.dataset import Row, read_dataset
from stance.predict import StanceModel
from stance.resources import data_path
from stance.settings import FeatureSettings
from stance.tokens import actor_places
from stance.voice import voice_of

BLOCKS = {
    "the shipped model": None,
    "without what the actor says": ("words", "chars", "concepts", "anchored"),
    "words and characters": ("words", "chars"),
}
Pairs = list[tuple[str, str | None]]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sentences", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    rows = read_dataset(data_path("sentences.csv")).rows
    rows = rows[:: max(1, len(rows) // given.sentences)][: given.sentences]
    sys.stdout.write("\n".join(report(rows, given.rounds)) + "\n")
    return 0


def report(rows: Sequence[Row], rounds: int) -> Iterator[str]:
    """Yield the lines of the Markdown section."""
    pairs: Pairs = [(row.sentence, row.actor or None) for row in rows]
    yield f"## Speed of `classify_many`: {len(pairs)} sentences, one core, {rounds} rounds"
    yield ""
    packages = ("actor-stance", "scikit-learn", "numpy", "fasttext-wheel", "vowpalwabbit")
    named = (f"{name} {found}" for name in packages if (found := installed(name)))
    yield f"Python {platform.python_version()}, {', '.join(named)}; load {os.getloadavg()[0]:.1f}."
    yield ""
    others = dict(peers(rows))
    for title, blocks in BLOCKS.items():
        model = reduced(load_model(), blocks)
        yield from compared(title, model, pairs, others, rounds)
    yield from single_calls(load_model(), pairs[:500])
    yield from stages(load_model(), pairs, rounds)


def installed(name: str) -> str:
    """Return the version of a package, or nothing."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def reduced(model: StanceModel, blocks: Sequence[str] | None) -> StanceModel:
    """Return the model without the other blocks."""
    if blocks is None:
        return model
    arrays, kept, first = model.arrays, [], 0
    for block in arrays.settings.blocks:
        size = len(arrays.vocabularies[block])
        if block in blocks:
            kept.append(np.arange(first, first + size))
        first += size
    rows = np.concatenate(kept)
    weights = tuple(item for item in arrays.settings.weights if item[0] in blocks)
    settings = FeatureSettings(**{**arrays.settings.to_dict(), "weights": weights})  # type: ignore[arg-type]
    vocabularies = {block: arrays.vocabularies[block] for block in blocks}
    return StanceModel(
        replace(
            arrays,
            settings=settings,
            vocabularies=vocabularies,
            idf=arrays.idf[rows],
            coef=np.ascontiguousarray(arrays.coef[rows]),
        ),
        {**model.manifest, "file": {}},
    )


def compared(
    title: str,
    model: StanceModel,
    pairs: Pairs,
    others: dict[str, Callable[[], object]],
    rounds: int,
) -> Iterator[str]:
    """Yield a table: CPU time of each way for a sentence, and how it compares."""
    pipeline = model.to_pipeline()
    sentences, actors = [one for one, _ in pairs], [actor for _, actor in pairs]
    order = [list(pipeline.classes_).index(label) for label in model.labels]
    found, expected = model.probabilities(pairs), pipeline.predict_proba(pairs)[:, order]
    ways: dict[str, Callable[[], object]] = {
        "classify_many": lambda: classify_many(sentences, actors, model=model),
        "scikit-learn, to_pipeline()": lambda: pipeline.predict_proba(pairs),
        **others,
    }
    times = in_turns(ways, len(pairs), rounds)
    own = times["classify_many"]
    yield f"### {title.capitalize()}"
    yield ""
    largest = np.abs(found - expected).max()
    yield f"Largest difference to scikit-learn's probabilities: {largest:.1e}."
    yield ""
    yield "| way | µs a sentence: median (least to most) | sentences/s | in `classify_many` |"
    yield "|---|---|---|---|"
    for name, spent in times.items():
        middle = median(spent)
        ratio = median(one / mine for one, mine in zip(spent, own, strict=True))
        yield (
            f"| {name} | {middle:.0f} ({min(spent):.0f} to {max(spent):.0f}) "
            f"| {1e6 / middle:.0f} | {ratio:.2f} × |"
        )
    yield ""


def in_turns(
    ways: dict[str, Callable[[], object]], count: int, rounds: int
) -> dict[str, list[float]]:
    """Return the CPU time of each round of each way, in µs for one of `count` sentences."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):  # the first fills the memos
        for name, way in ways.items():
            start = time.process_time()
            way()
            if number:
                times[name].append((time.process_time() - start) / count * 1e6)
    return times


def single_calls(model: StanceModel, pairs: Pairs) -> Iterator[str]:
    """Yield what a call with one sentence costs."""
    spent = []
    for sentence, actor in pairs:
        start = time.process_time()
        classify_many([sentence], [actor], model=model)
        spent.append((time.process_time() - start) * 1e6)
    low, high = np.percentile(spent, [10, 90])
    yield f"One sentence a call: {median(spent):.0f} µs (80 % of them {low:.0f} to {high:.0f})."
    yield ""


def stages(model: StanceModel, pairs: Pairs, rounds: int) -> Iterator[str]:
    """Yield where the time of the shipped model goes."""
    scorer = model._scorer
    lookup, size = scorer._lookup, scorer._chunk
    places = [actor_places(*pair) for pair in pairs]
    chunks = [pairs[at : at + size] for at in range(0, len(pairs), size)]

    def exhausted(results: Iterable[object]) -> None:
        for _ in results:  # nothing is held, as in use
            pass

    ways: dict[str, Callable[[], object]] = {
        "what the actor says (`voice`)": lambda: exhausted(
            voice_of(pair[0], found) for pair, found in zip(pairs, places, strict=True)
        ),
        "that, words, lexicon, masks (`sequences`)": lambda: exhausted(
            lookup.reader.read(chunk) for chunk in chunks
        ),
        "that, and terms looked up (`lookup`)": lambda: exhausted(
            lookup.rows(chunk) for chunk in chunks
        ),
        "all": lambda: classify_many(*zip(*pairs, strict=True), model=model),
    }
    times = in_turns(ways, len(pairs), rounds)
    yield "### Where the time goes"
    yield ""
    yield "| stage | µs a sentence | share |"
    yield "|---|---|---|"
    for name, spent in times.items():
        yield f"| {name} | {median(spent):.0f} | {median(spent) / median(times['all']):.0%} |"
    yield ""


def peers(rows: Sequence[Row]) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the other classifiers that are installed, trained on the rows."""
    texts = [" ".join(row.sentence.split()) for row in rows]
    labels = sorted({row.label for row in rows})
    plain = make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True),
        ),
        LogisticRegression(max_iter=200),
    )
    plain.fit(texts, [row.label for row in rows])
    yield "scikit-learn, its own vectorisers", lambda: plain.predict_proba(texts)
    with tempfile.TemporaryDirectory() as folder:
        try:
            fasttext = import_module("fasttext")
        except ImportError:
            pass
        else:
            path = Path(folder, "rows.txt")
            lines = [f"__label__{row.label} {text}" for row, text in zip(rows, texts, strict=True)]
            path.write_text("\n".join(lines), "utf-8")
            fast = fasttext.train_supervised(
                str(path), wordNgrams=2, minn=3, maxn=5, thread=1, verbose=0
            )
            yield "fastText", lambda: [fast.f.predict(text, 4, 0.0, "strict") for text in texts]
    try:
        vowpal = import_module("vowpalwabbit")
    except ImportError:
        return
    options = (
        f"--oaa {len(labels)} --probabilities --loss_function logistic --ngram 2 -b 20 --quiet"
    )
    workspace = vowpal.Workspace(options)
    cleaned = [text.replace("|", " ").replace(":", " ") for text in texts]
    for row, text in zip(rows, cleaned, strict=True):
        workspace.learn(f"{labels.index(row.label) + 1} | {text}")
    yield "Vowpal Wabbit", lambda: [workspace.predict(f"| {text}") for text in cleaned]


if __name__ == "__main__":
    sys.exit(main())
