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

With `actor-stance[fast]` each model is measured without and with the compiled kernel; what its
first call costs is measured in fresh processes, with an empty cache of compiled code and a full.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from stance import classify, classify_many, load_model
from stance.compiled import VARIABLE
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
    packages = ("actor-stance", "scikit-learn", "numpy", "numba", "fasttext-wheel", "vowpalwabbit")
    named = (f"{name} {found}" for name in packages if (found := installed(name)))
    yield f"Python {platform.python_version()}, {', '.join(named)}; load {os.getloadavg()[0]:.1f}."
    yield ""
    others = dict(peers(rows))
    models = {title: reduced(load_model(), blocks) for title, blocks in BLOCKS.items()}
    before = os.environ.get(VARIABLE)
    try:
        for title, model in models.items():
            yield from compared(title, model, pairs, others, rounds)
        yield from single_calls(models, pairs[:500])
        os.environ[VARIABLE] = "numpy"
        yield from stages(load_model(), pairs, rounds)
    finally:
        os.environ.pop(VARIABLE)
        os.environ.update({VARIABLE: before} if before else {})
    yield from first_calls()


def kernels() -> list[str]:
    """Return what can do the arithmetic here."""
    return ["numpy", *(["numba"] if installed("numba") else [])]


def using(kernel: str, way: Callable[[], object]) -> Callable[[], object]:
    """Return a way that uses one of the kernels."""

    def run() -> object:
        os.environ[VARIABLE] = kernel
        return way()

    return run


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
    own_way = partial(classify_many, sentences, actors, model=model)
    ways: dict[str, Callable[[], object]] = {
        **{f"classify_many, {kernel}": using(kernel, own_way) for kernel in kernels()},
        "scikit-learn, to_pipeline()": lambda: pipeline.predict_proba(pairs),
        **others,
    }
    times = in_turns(ways, len(pairs), rounds)
    own = [times[f"classify_many, {kernel}"] for kernel in kernels()]
    yield f"### {title.capitalize()}"
    yield ""
    largest = np.abs(found - expected).max()
    yield f"Largest difference to scikit-learn's probabilities: {largest:.1e}."
    yield ""
    heads = "".join(f" in {kernel} |" for kernel in kernels())
    yield f"| way | µs a sentence: median (least to most) | sentences/s |{heads}"
    yield "|---|---|---|" + "---|" * len(own)
    for name, spent in times.items():
        middle = median(spent)
        ratios = "".join(
            f" {median(one / mine for one, mine in zip(spent, other, strict=True)):.2f} × |"
            for other in own
        )
        yield (
            f"| {name} | {middle:.0f} ({min(spent):.0f} to {max(spent):.0f}) "
            f"| {1e6 / middle:.0f} |{ratios}"
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


def single_calls(models: dict[str, StanceModel], pairs: Pairs) -> Iterator[str]:
    """Yield what a call with one sentence costs."""
    yield "### One sentence a call"
    yield ""
    yield "| model | kernel | µs a call: median (80 % of them) |"
    yield "|---|---|---|"
    for title, model in models.items():
        for kernel in kernels():
            os.environ[VARIABLE] = kernel
            classify_many(*zip(*pairs, strict=True), model=model)  # what depends on words is known
            spent = []
            for sentence, actor in pairs:
                start = time.perf_counter()
                classify(sentence, actor, model=model)
                spent.append((time.perf_counter() - start) * 1e6)
            low, high = np.percentile(spent, [10, 90])
            yield f"| {title} | {kernel} | {median(spent):.0f} ({low:.0f} to {high:.0f}) |"
    yield ""


def first_calls() -> Iterator[str]:
    """Yield what the first call of a process costs, the model being loaded."""
    yield "### First call of a process, the model being loaded"
    yield ""
    yield "| kernel | seconds |"
    yield "|---|---|"
    code = (
        "import time; from stance import classify, load_model; model = load_model(); "
        "start = time.perf_counter(); classify('They want to join.', model=model); "
        "print(time.perf_counter() - start)"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in ["numpy", *["numba, to be compiled", "numba, compiled"] * (len(kernels()) - 1)]:
            given = {VARIABLE: name.split(",")[0], "NUMBA_CACHE_DIR": folder}
            done = subprocess.run(
                [sys.executable, "-c", code], env=os.environ | given, capture_output=True,
                text=True, check=True,
            )  # fmt: skip
            yield f"| {name} | {float(done.stdout):.2f} |"
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
            lookup.rows_of_many(chunk) for chunk in chunks
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
