"""The same run on Dask: a real cluster of processes, one of which is killed on purpose."""

from __future__ import annotations

import os
import signal
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow")
pytest.importorskip("distributed")
import distributed
from corpora import contents, write_jsonl

from stance import batch
from stance.engines import run_dask
from stance.errors import InputError, StanceError
from stance.runs import run_batch

COUNT = 1_200
SETTINGS: dict[str, Any] = {"part_articles": 256, "max_chars": 3_000}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address="127.0.0.1:0",
        silence_logs=50,
    ) as made:
        yield made


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    odd = {3: '{"id": 3, "text": null}', 900: "{broken"}
    return write_jsonl(tmp_path_factory.mktemp("corpus") / "a.jsonl", COUNT, odd)


@pytest.fixture(scope="module")
def expected(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("expected") / "out"
    run_batch([corpus], out, jobs=1, **SETTINGS)
    return contents(out)


def loaded_models() -> int:
    return len(batch._models)


def test_a_killed_worker_costs_its_tasks_and_not_the_run(
    cluster: Any, corpus: Path, tmp_path: Path, expected: dict[str, bytes]
):
    killed: list[int] = []

    def kill(stage: str, done: int, total: int) -> None:
        if stage == "analyze" and done >= 300 and not killed:
            with distributed.Client(cluster.scheduler_address) as client:
                killed.append(next(iter(client.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)

    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # "Sending large graph …"
        outcome = run_batch(
            [corpus], tmp_path / "out", dask=cluster.scheduler_address, progress=kill, **SETTINGS
        )
    assert killed
    assert outcome.manifest is not None
    assert outcome.manifest["counts"]["articles"] == COUNT
    assert contents(tmp_path / "out") == expected
    with distributed.Client(cluster.scheduler_address) as client:
        deadline = time.monotonic() + 30
        while len(client.nthreads()) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        pids = client.run(os.getpid).values()
        assert killed[0] not in pids  # it did die, and another took its place
        assert set(client.run(loaded_models).values()) <= {0, 1}  # once per process


def kill_me(task: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_task_that_kills_every_worker_ends_the_run(cluster: Any):
    with pytest.raises(StanceError, match=r"Dask cluster gave up.*run the same command again"):
        list(run_dask(kill_me, [(0, 0)], cluster.scheduler_address))


def test_no_scheduler_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("stance.engines._PATIENCE", 1)
    with pytest.raises(InputError, match=r"no Dask worker at tcp://127.0.0.1:9 .*dask scheduler"):
        list(run_dask(kill_me, [], "tcp://127.0.0.1:9"))
    with pytest.raises(InputError, match="no Dask worker at nowhere"):
        list(run_dask(kill_me, [], "nowhere://x"))


def test_workers_of_another_version_are_refused(cluster: Any, monkeypatch: pytest.MonkeyPatch):
    here = os.getpid()
    monkeypatch.setattr("stance.engines.version", lambda name: str(int(os.getpid() == here)))
    with pytest.raises(InputError, match=r"workers: 0; expected 1, as here; install it on each"):
        list(run_dask(kill_me, [], cluster.scheduler_address))


def test_a_local_cluster_is_made(tmp_path: Path):
    corpus = write_jsonl(tmp_path / "a.jsonl", 100)
    outcome = run_batch([corpus], tmp_path / "out", dask="local", jobs=1, **SETTINGS)
    assert outcome.manifest is not None
    assert outcome.manifest["counts"]["articles"] == 100
