"""The work of `stance batch` by plain joblib, in chunks of 64, with nothing written.

python tests/benchmarks/plain_joblib.py ARTICLES.parquet JOBS
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pyarrow.parquet as pq
from joblib import Parallel, delayed

from stance import analyze


def labels(articles: list[dict[str, str]]) -> list[list[str]]:
    """Return the labels of the actors of each article."""
    return [
        [actor.label for actor in analyze(one["text"], date=one["date"]).actors] for one in articles
    ]


def chunks(path: str) -> Iterator[Any]:
    """Yield the articles, 64 at a time."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(64, columns=["text", "date"]):
            yield batch.to_pylist()


if __name__ == "__main__":
    work = (delayed(labels)(chunk) for chunk in chunks(sys.argv[1]))
    for _ in Parallel(n_jobs=int(sys.argv[2]), return_as="generator")(work):
        pass
