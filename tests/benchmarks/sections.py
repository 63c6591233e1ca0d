"""The sections of the benchmarks: each measures, and returns what is stored as JSON.

Raw times of every round are kept; `page.py` makes medians and ratios of them.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import corpus
import scorer
from measuring import COMMAND, Run, command, in_turns, one_core, timed, told

SENTENCE = "Ukraine will become a member once all allies agree, the chancellor said."
CORES = 2  # the goals are for one and two; more are measured with --jobs


@dataclass(frozen=True)
class Settings:
    """How much is measured."""

    folder: Path  # for corpora and outputs
    articles: int | None = None  # of the other sections than `scale`
    rounds: int = 5
    sizes: tuple[int, ...] = (10_000,)
    sentences: int = 2_000
    jobs: int = CORES
    seed: int = 0

    def count(self, usual: int) -> int:
        """Return the number of articles of a section."""
        return self.articles or usual

    def parquet(self, count: int, made: corpus.Articles = corpus.articles) -> Path:
        """Return a generated corpus, made when it is asked for."""
        path = self.folder / f"{count}.parquet"
        if not path.exists():
            told(f"  writing {count:,} articles")
            corpus.write_parquet(path, count, made, self.seed)
        return path

    def about(self, count: int, made: corpus.Articles = corpus.articles) -> dict[str, Any]:
        """Return what the corpus is like, by its first articles."""
        some = [one["text"] for one in made(min(count, 2_000), self.seed)]
        lengths = sorted(len(text.split()) for text in some)
        return {
            "words": [lengths[0], lengths[len(lengths) // 2], lengths[-1]],
            "bytes": round(sum(len(text.encode()) for text in some) / len(some)),
            "off_articles": corpus.OFF_ARTICLES,
            "off_paragraphs": corpus.OFF_PARAGRAPHS,
            "seed": self.seed,
        }


def scorer_section(settings: Settings) -> Iterator[dict[str, Any]]:
    """`classify_many` against scikit-learn, fastText and Vowpal Wabbit."""
    from stance.dataset import read_dataset
    from stance.resources import data_path

    one_core()
    rows = read_dataset(data_path("sentences.csv")).rows
    rows = rows[:: max(1, len(rows) // settings.sentences)][: settings.sentences]
    lines = list(scorer.report(rows, settings.rounds))
    yield {"n": len(rows), "rounds": settings.rounds, "lines": lines}


def analyze_section(settings: Settings) -> Iterator[dict[str, Any]]:
    """`analyze` on one core, the model loaded before; each round has articles of its own."""
    from stance import analyze, load_model
    from stance.predict import judge
    from stance.statements import read_article

    one_core()
    model, count = load_model(), settings.count(1_000)
    stream = corpus.articles(count * (settings.rounds + 1), settings.seed)
    rounds = [list(islice(stream, count)) for _ in range(settings.rounds + 1)]
    for one in rounds[0]:  # fills the memos, as in a long run
        analyze(one["text"], date=one["date"])
    read: list[Any] = []

    def whole(number: int) -> Run:
        texts = rounds[number + 1]
        run = timed(lambda: [analyze(one["text"], date=one["date"]) for one in texts])
        return run | {"bytes": sum(len(one["text"].encode()) for one in texts)}

    def reading(number: int) -> Run:
        texts = rounds[number + 1]
        read.clear()
        return timed(
            lambda: read.extend(read_article(one["text"], date=one["date"]) for one in texts)
        )

    ways = {
        "analyze": whole,
        "of it: statements and speakers (`read_article`)": reading,
        "of it: stances (`judge`)": lambda _: timed(lambda: [judge(one, model) for one in read]),
    }
    yield _result(settings, count, settings.rounds, in_turns(ways, settings.rounds))


def batch_section(settings: Settings) -> Iterator[dict[str, Any]]:
    """`stance batch` beside `analyze` in a loop, each from the start of a process to its end."""
    count = settings.count(5_000)  # fewer, and the start of processes is what is measured
    path = settings.parquet(count)
    ways = {
        "`analyze` in a loop": partial(_plain, path, "1"),
        "`stance batch --jobs 1`": partial(_batch, settings, path, "--jobs", "1"),
        f"`stance batch --jobs {settings.jobs}`": partial(
            _batch, settings, path, "--jobs", str(settings.jobs)
        ),
    }
    yield _result(settings, count, settings.rounds, in_turns(ways, settings.rounds))


def scale_section(settings: Settings) -> Iterator[dict[str, Any]]:
    """One run of `stance batch` for each size, with its memory over time."""
    yield from _sizes(settings, "scale", corpus.articles)


def leads_section(settings: Settings) -> Iterator[dict[str, Any]]:
    """The same with leads: a million of them take an hour and not ten."""
    yield from _sizes(settings, "leads", corpus.leads)


def _sizes(settings: Settings, name: str, made: corpus.Articles) -> Iterator[dict[str, Any]]:
    for count in settings.sizes:
        path = settings.parquet(count, made)
        told(f"  {count:,} articles, {settings.jobs} processes")
        way = partial(_batch, settings, path, "--jobs", str(settings.jobs), memory=True)
        runs = in_turns({"batch": way}, 1)
        yield _result(settings, count, 1, runs) | {
            "name": f"{name}-{count}",
            "about": settings.about(count, made),
        }
        path.unlink()


def dask_section(settings: Settings) -> Iterator[dict[str, Any]]:
    """The same work by plain joblib, by `stance batch`, and by it on a local Dask cluster."""
    count, jobs = settings.count(2_000), str(settings.jobs)
    path = settings.parquet(count)
    ways = {
        "plain joblib, nothing written": partial(_plain, path, jobs),
        "`stance batch`": partial(_batch, settings, path, "--jobs", jobs),
        "`stance batch --dask local`": partial(
            _batch, settings, path, "--jobs", jobs, "--dask", "local"
        ),
    }
    yield _result(settings, count, settings.rounds, in_turns(ways, settings.rounds))


def start_section(settings: Settings) -> Iterator[dict[str, Any]]:
    """What a fresh process costs until it has answered, with the disk's cache warm."""
    codes = {
        "Python alone": "pass",
        "`import numpy`": "import numpy",
        "`import sklearn.linear_model`": "import sklearn.linear_model",
        "`import stance`": "import stance",
        "`from stance import classify; classify(…)`": (
            f"from stance import classify; classify({SENTENCE!r}, 'the chancellor')"
        ),
    }
    ways = {
        name: partial(_started, (sys.executable, "-c", code)) for name, code in codes.items()
    } | {
        "`stance --help`": partial(_started, (*COMMAND, "--help")),
        "`stance analyze ARTICLE`": partial(_started, (*COMMAND, "analyze", str(_seed()))),
    }
    for way in ways.values():  # fills the disk's cache
        way(0)
    yield {
        "n": 1,
        "rounds": settings.rounds,
        "ways": in_turns(ways, settings.rounds),
    }


def _started(words: tuple[str, ...], _round: int) -> Run:
    return command(words)


def _seed() -> Path:
    from stance.resources import seeds_path

    return next(iter(sorted(seeds_path().glob("*.txt"))))


def _plain(path: Path, jobs: str, _round: int) -> Run:
    script = Path(__file__).with_name("plain_joblib.py")
    return command((sys.executable, str(script), str(path), jobs))


def _batch(settings: Settings, path: Path, *options: str | int, memory: bool = False) -> Run:
    """Run `stance batch` once; the last option is the round, which plays no part."""
    out = settings.folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    words = (*COMMAND, "batch", str(path), "--out", str(out), *map(str, options[:-1]))
    return command(words, memory=memory)


def _result(
    settings: Settings, count: int, rounds: int, ways: dict[str, list[Run]]
) -> dict[str, Any]:
    return {
        "n": count,
        "rounds": rounds,
        "jobs": settings.jobs,
        "about": settings.about(count),
        "ways": ways,
    }


SECTIONS = {
    "scorer": scorer_section,
    "analyze": analyze_section,
    "batch": batch_section,
    "scale": scale_section,
    "leads": leads_section,
    "dask": dask_section,
    "start": start_section,
}
