"""Who does the tasks: this process, processes of this machine, or a Dask cluster.

Each engine takes numbered tasks one by one, has a bounded number of them under way, and gives
the results in the order of the tasks; so memory stays flat and the output does not depend on
the engine.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from typing import Any

from stance.errors import InputError, MissingExtraError, StanceError

PACKAGE = "actor-stance"
Task = tuple[int, Any]
Work = Callable[[Any], Any]
GO_ON = "run the same command again to go on from the last part that was written"
MAX_DEATHS = 3  # of workers, without a result between them
_WATCH = 1.0  # seconds between two looks of a process at its parent
_PATIENCE = 60  # seconds to wait for a first Dask worker
_LOOK = 64  # results after which the number of Dask workers is asked for again


def run_here(work: Work, tasks: Iterable[Task]) -> Iterator[Task]:
    """Do the tasks one after the other in this process."""
    for number, task in tasks:
        yield number, work(task)


def run_processes(work: Work, tasks: Iterable[Task], jobs: int = -1) -> Iterator[Task]:
    """Do the tasks in `jobs` processes (−1: one for each core) of joblib's executor.

    When a process dies, its tasks are given out again.

    Raises
    ------
    StanceError
        If processes go on dying.
    """
    from concurrent.futures.process import BrokenProcessPool

    from joblib import cpu_count
    from joblib.externals.loky import ProcessPoolExecutor

    size = jobs if jobs > 0 else int(cpu_count())
    todo = iter(tasks)
    waiting: deque[Task] = deque()  # given out, without a result
    deaths = 0
    while True:
        with ExitStack() as stack:
            pool = ProcessPoolExecutor(size, initializer=_follow, initargs=(os.getpid(),))
            stack.callback(pool.shutdown, wait=True, kill_workers=True)
            futures = deque(pool.submit(work, task) for _, task in waiting)
            try:
                while True:
                    for number, task in islice(todo, 2 * size + 2 - len(waiting)):
                        waiting.append((number, task))
                        futures.append(pool.submit(work, task))
                    if not waiting:
                        return
                    result = futures[0].result()
                    futures.popleft()
                    deaths = 0
                    yield waiting.popleft()[0], result
            except BrokenProcessPool as error:
                deaths += 1
                if deaths == MAX_DEATHS:
                    raise StanceError(
                        f"{deaths} worker processes died one after the other "
                        f"({str(error).partition(chr(10))[0]}); is memory short? "
                        f"{GO_ON}, with fewer --jobs"
                    ) from None


def _follow(parent: int) -> None:
    """End this process when its parent is gone: kill -9 leaves it no time to say so."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_WATCH)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def run_dask(work: Work, tasks: Iterable[Task], address: str, jobs: int = -1) -> Iterator[Task]:
    """Do the tasks on a Dask cluster; a worker that dies costs its tasks a second run only.

    Parameters
    ----------
    address : str
        Of a scheduler ("tcp://host:8786"), or "local" for a cluster of `jobs` processes here.

    Raises
    ------
    MissingExtraError
        If Dask is not installed.
    InputError
        If no scheduler or worker answers, or workers have another version of this package.
    StanceError
        If a task goes on killing its workers, or the scheduler is lost.
    """
    try:
        from distributed import Client, KilledWorker
        from distributed.client import FutureCancelledError
        from distributed.comm.core import CommClosedError
    except ImportError:
        raise MissingExtraError(
            "--dask needs Dask; install it with: pip install 'actor-stance[dask]'"
        ) from None
    with ExitStack() as stack:
        try:
            client = stack.enter_context(Client(_cluster(stack, address, jobs), timeout=_PATIENCE))
            client.wait_for_workers(1, timeout=_PATIENCE)
        except (OSError, TimeoutError, ValueError) as error:
            raise InputError(
                f"no Dask worker at {address} ({error}); expected a scheduler with workers, "
                "as made by: dask scheduler, and: dask worker ADDRESS --nthreads 1"
            ) from None
        _require_version(client)
        try:
            yield from _submitted(client, work, iter(tasks))
        except (KilledWorker, FutureCancelledError, CommClosedError) as error:
            raise StanceError(f"the Dask cluster gave up: {error}; {GO_ON}") from None


def _require_version(client: Any) -> None:
    """Refuse workers that would give other rows, or none."""
    mine = version(PACKAGE)
    try:
        others = set(client.run(version, PACKAGE).values()) - {mine}
    except PackageNotFoundError:
        others = {"not installed"}
    if others:
        raise InputError(
            f"{PACKAGE} on the Dask workers: {', '.join(sorted(others))}; expected {mine}, as "
            f"here; install it on each machine with: pip install '{PACKAGE}[dask]=={mine}'"
        )


def _cluster(stack: ExitStack, address: str, jobs: int) -> Any:
    if address != "local":
        return address
    from distributed import LocalCluster
    from joblib import cpu_count

    # processes of one thread each: the work is Python, and threads would share one lock
    return stack.enter_context(
        LocalCluster(
            n_workers=jobs if jobs > 0 else int(cpu_count()),
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.ERROR,
        )
    )


def _submitted(client: Any, work: Work, todo: Iterator[Task]) -> Iterator[Task]:
    """Yield results in order, with four tasks for each worker's thread under way.

    Tasks carry their articles: what is scattered dies with the worker that holds it.
    """
    futures: deque[tuple[int, Any]] = deque()
    done = 0
    while True:
        if done % _LOOK == 0:
            window = 4 * max(2, sum(client.nthreads().values()))
        for number, task in islice(todo, max(0, window - len(futures))):
            futures.append((number, client.submit(work, task, pure=False)))
        if not futures:
            return
        number, future = futures.popleft()
        yield number, future.result()
        done += 1
