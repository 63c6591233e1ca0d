"""Whole runs: the same rows whatever the jobs, shards, breaks or formats."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow")
import corpora
import pyarrow.parquet as pq
from corpora import contents, write_jsonl

from stance import engines, runs
from stance.batch import Tables
from stance.columns import Columns
from stance.engines import run_here, run_processes
from stance.errors import InputError, StanceError
from stance.plan import CHUNK_ROWS, survey
from stance.rows import TABLES
from stance.runs import run_batch
from stance.tables import find_sources

COUNT = 600
ODD = {
    3: '{"id": "null", "text": null}',
    70: "{broken",
    200: json.dumps({"id": "endless", "text": "And so on. " * 500}),
    599: '{"id": "none"}',
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_jsonl(tmp_path_factory.mktemp("corpus") / "a.jsonl", COUNT, ODD)


def run(corpus: Path, out: Path, **more: Any) -> runs.Outcome:
    settings = {"jobs": 1, "max_chars": 3_000, "part_articles": 2 * CHUNK_ROWS}
    return run_batch([corpus], out, **(settings | more))


@pytest.fixture(scope="module")
def expected(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one process gives in one go."""
    out = tmp_path_factory.mktemp("expected") / "out"
    outcome = run(corpus, out)
    assert outcome.parts == outcome.parts_done == 5
    found = contents(out)
    assert len(found) == 5 * len(TABLES)
    return found


def test_every_article_is_in_a_table(corpus: Path, tmp_path: Path):
    outcome = run(corpus, tmp_path / "out")
    assert outcome.manifest is not None
    counts = outcome.manifest["counts"]
    assert counts["articles"] == COUNT
    assert counts["skipped_articles"] == len(ODD)
    skipped = pq.read_table(tmp_path / "out" / "skipped").to_pylist()
    assert [(row["row"], row["article_id"]) for row in skipped] == [
        (4, "null"),
        (71, f"{corpus.as_posix()}:71"),
        (201, "endless"),
        (600, "none"),
    ]
    statements = pq.read_table(tmp_path / "out" / "statements")
    assert statements.num_rows == counts["statements"] > COUNT
    rows = statements.column("row").to_pylist()
    assert rows == sorted(rows)  # in the order of the articles
    silent = {n + 1 for n in range(COUNT) if n % 4 == 3 and n % 3 == 0}  # a bridge, no more
    assert set(range(1, COUNT + 1)) - silent == set(rows) | {row["row"] for row in skipped} - silent


def test_the_manifest_says_what_was_read(corpus: Path, tmp_path: Path):
    run(corpus, tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    (read,) = manifest["inputs"]
    size, digest = survey_of(corpus)
    assert (read["articles"], read["bytes"], read["sha256"]) == (COUNT, size, digest)
    assert manifest["model"]["id"].startswith("ukraine-nato-")
    assert {"python", "pyarrow", "numpy"} <= set(manifest["versions"])
    assert manifest["started"] <= manifest["finished"]
    assert set(manifest["files"]) == set(contents(tmp_path / "out"))


def survey_of(path: Path) -> tuple[int, str]:
    *_, plan = survey(find_sources([path], Columns(), 100))
    return plan.inputs[0].size, plan.inputs[0].sha256


def test_jobs_do_not_change_the_output(corpus: Path, tmp_path: Path, expected: dict[str, bytes]):
    run(corpus, tmp_path / "out", jobs=2)
    assert contents(tmp_path / "out") == expected


def test_a_few_hundred_articles_start_no_process(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """To start processes would take as long as the work."""
    few = tmp_path / "few.jsonl"
    few.write_text("".join(corpus.read_text("utf-8").splitlines(True)[:256]), "utf-8")

    def no_processes(*_: Any, **__: Any) -> None:
        raise AssertionError("processes were started")

    monkeypatch.setattr(runs, "run_processes", no_processes)
    assert run(few, tmp_path / "few", jobs=2).parts_done == 2
    with pytest.raises(AssertionError):
        run(corpus, tmp_path / "many", jobs=2)


def test_shards_do_not_change_the_output(corpus: Path, tmp_path: Path, expected: dict[str, bytes]):
    out = tmp_path / "out"
    for share in (3, 1):
        assert run(corpus, out, shard=(share, 3)).manifest is None
        assert not (out / "manifest.json").exists()
    last = run(corpus, out, shard=(2, 3))
    assert last.manifest is not None
    assert last.manifest["counts"]["articles"] == COUNT
    assert contents(out) == expected


class StopError(Exception):
    """Stands for whatever ends a run."""


@pytest.mark.parametrize("after", [1, 150, 400, 600])
def test_a_run_goes_on_where_it_was_stopped(
    corpus: Path, tmp_path: Path, expected: dict[str, bytes], after: int
):
    def stop(stage: str, done: int, total: int) -> None:
        if stage == "analyze" and done >= after:
            raise StopError

    out = tmp_path / "out"
    with pytest.raises(StopError):
        run(corpus, out, progress=stop)
    assert not (out / "manifest.json").exists()
    outcome = run(corpus, out)
    assert outcome.done_before == (after - 1) // 128 * 128
    assert contents(out) == expected
    assert not list(out.glob("*/.*-*"))
    again = run(corpus, out)
    assert again.done_before == COUNT


def test_a_part_that_lost_a_file_is_done_again(
    corpus: Path, tmp_path: Path, expected: dict[str, bytes]
):
    out = tmp_path / "out"
    run(corpus, out)
    (out / "actors" / "part-00001.parquet").unlink()
    (out / ".parts" / "part-00003.json").write_text("{torn", "utf-8")
    outcome = run(corpus, out)
    assert outcome.done_before == COUNT - 2 * 128
    assert contents(out) == expected


KILLED = """
import sys
from stance.runs import run_batch
def told(stage, done, total):
    print(stage, done, flush=True)
if __name__ == "__main__":
    run_batch([sys.argv[1]], sys.argv[2], jobs=int(sys.argv[3]), max_chars=3000,
              part_articles=128, progress=told)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
@pytest.mark.parametrize("jobs", [1, 2])
def test_kill_9_leaves_a_run_that_goes_on(
    corpus: Path, tmp_path: Path, expected: dict[str, bytes], jobs: int
):
    out = tmp_path / "out"
    command = [sys.executable, "-c", KILLED, str(corpus), str(out), str(jobs)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("analyze") and int(line.split()[1]) >= 200:
                process.kill()
                break
    assert process.returncode == -signal.SIGKILL
    before = contents(out)
    assert 0 < len(before) < len(expected)
    assert before.items() <= expected.items()  # no file is seen that is not whole
    outcome = run(corpus, out)
    assert outcome.done_before >= 128
    assert contents(out) == expected
    assert not list(out.glob("*/.*-*"))


PARENT = """
import os, time
from stance.engines import run_processes

def pid(task):
    time.sleep(0.3)
    return os.getpid()

if __name__ == "__main__":
    for _, found in run_processes(pid, ((n, n) for n in range(1000)), 2):
        print(found, flush=True)
"""


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks into /proc")
def test_processes_end_with_the_one_that_started_them(tmp_path: Path):
    script = tmp_path / "parent.py"
    script.write_text(PARENT, "utf-8")
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        pids = {process.stdout.readline().strip() for _ in range(4)}
        process.kill()
    deadline = time.monotonic() + 20
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert pids
    assert not any(alive(pid) for pid in pids)


def alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").split()[2] not in ("Z", "X")
    except OSError:
        return False


def test_an_output_of_another_run_is_refused(corpus: Path, tmp_path: Path):
    out = tmp_path / "out"
    run(corpus, out)
    before = contents(out)
    with pytest.raises(InputError, match=r"output of another run \(other: max_chars\)"):
        run(corpus, out, max_chars=2_999)
    other = write_jsonl(tmp_path / "b.jsonl", 3)
    with pytest.raises(InputError, match=r"\(other: inputs\); choose another --out"):
        run(other, out)
    assert contents(out) == before
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(InputError, match="is a file; expected a folder"):
        run(corpus, tmp_path / "file")


def test_formats_hold_the_same_rows(corpus: Path, tmp_path: Path):
    for format in ("parquet", "jsonl", "csv"):
        run(corpus, tmp_path / format, format=format)
    for name in TABLES:
        table = pq.read_table(tmp_path / "parquet" / name).to_pylist()
        lines = [
            json.loads(line)
            for path in sorted((tmp_path / "jsonl" / name).iterdir())
            for line in path.read_text("utf-8").splitlines()
        ]
        assert lines == table
        cells = []
        for path in sorted((tmp_path / "csv" / name).iterdir()):
            with path.open(encoding="utf-8", newline="") as file:
                cells += list(csv.DictReader(file))
        assert cells == [
            {key: "" if value is None else str(value) for key, value in row.items()}
            for row in table
        ]


def test_files_and_tables_of_all_kinds_in_one_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("trafilatura")
    monkeypatch.chdir(tmp_path)
    words = [corpora.article(number)["text"] for number in (0, 1, 2, 5)]
    Path("folder/sub").mkdir(parents=True)
    Path("folder/a.txt").write_text(words[0], "utf-8")
    page = f"<html><body><article><p>{words[1]} {words[1]}</p></article></body></html>"
    Path("folder/sub/b.html").write_text(page, "utf-8")
    with zipfile.ZipFile("z.zip", "w") as archive:
        archive.writestr("c.txt", words[2])
    Path("t.csv").write_text(f'url,body\nhttp-1,"{words[3]}"\n', "utf-8")
    run_batch(["folder", "z.zip", "t.csv", "folder/a.txt"], "out", format="jsonl", jobs=1)
    lines = Path("out/statements/part-00000.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    places = list(dict.fromkeys((row["input"], row["article_id"], row["row"]) for row in rows))
    assert places == [
        ("folder", "a.txt", 1),
        ("folder", "sub/b.html", 2),
        ("z.zip", "c.txt", 1),
        ("t.csv", "http-1", 1),
        ("1 files", "folder/a.txt", 1),
    ]
    assert Path("out/skipped/part-00000.jsonl").read_text("utf-8") == ""


def test_an_empty_corpus_says_so(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="the inputs hold no article"):
        run_batch([tmp_path / "folder"], tmp_path / "out", jobs=1)
    assert not (tmp_path / "out").exists()


def test_an_output_within_an_input_is_refused(corpus: Path):
    with pytest.raises(InputError, match=r"lies in the input .* would be read as well"):
        run_batch([corpus.parent], corpus.parent / "out")


def test_an_input_that_shrinks_is_noticed(corpus: Path, tmp_path: Path):
    path = write_jsonl(tmp_path / "a.jsonl", 300)

    def shrink(stage: str, done: int, total: int) -> None:
        if stage == "analyze" and not done:
            write_jsonl(path, 100)

    with pytest.raises(StanceError, match=r"changed while it was read \(it had 300 rows"):
        run_batch([path], tmp_path / "out", jobs=1, progress=shrink)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"format": "xml"}, "format 'xml'; expected one of parquet, jsonl, csv"),
        ({"shard": (3, 2)}, "shard 3/2; expected i/n"),
        ({"shard": (0, 2)}, "shard 0/2"),
        ({"max_chars": 0}, "max_chars 0; expected at least 1"),
        ({"part_articles": 0}, "part_articles 0"),
    ],
)
def test_wrong_arguments(corpus: Path, tmp_path: Path, arguments: dict[str, Any], message: str):
    with pytest.raises(InputError, match=message):
        run(corpus, tmp_path / "out", **arguments)


def test_a_full_disk_leaves_no_half_part(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected: dict[str, bytes]
):
    out = tmp_path / "out"
    real = os.fsync

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    def tell(stage: str, done: int, total: int) -> None:
        if done == 200:
            monkeypatch.setattr("os.fsync", full)

    with pytest.raises(OSError, match="No space"):
        run(corpus, out, progress=lambda s, d, t: tell(s, d + 8 if d == 192 else d, t))
    monkeypatch.setattr("os.fsync", real)
    assert not list(out.glob("*/.*-*"))
    run(corpus, out)
    assert contents(out) == expected


# --- engines -----------------------------------------------------------------------------


def double(task: Any) -> Any:
    return task * 2


def slow_first(task: int) -> int:
    time.sleep(0.2 if task == 0 else 0)
    return task


def die_once(task: tuple[int, str]) -> int:
    number, path = task
    if number == 3 and not Path(path).exists():
        Path(path).write_text("", "utf-8")
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die(task: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def fail(task: int) -> int:
    raise InputError(f"task {task}")


def test_results_come_in_the_order_of_the_tasks():
    tasks = list(enumerate(range(20)))
    assert list(run_here(double, tasks)) == [(n, 2 * n) for n in range(20)]
    assert list(run_processes(slow_first, tasks, 2)) == tasks


def test_tasks_are_taken_as_they_are_needed():
    """A corpus is never read ahead of the work by more than a few chunks."""
    taken = []

    def tasks() -> Any:
        for number in range(100):
            taken.append(number)
            yield number, number

    for number, _ in run_processes(double, tasks(), 2):
        assert len(taken) <= number + 8


def test_a_process_that_dies_costs_its_tasks_a_second_run(tmp_path: Path):
    tasks = [(n, (n, str(tmp_path / "died"))) for n in range(12)]
    assert list(run_processes(die_once, tasks, 2)) == [(n, n) for n in range(12)]
    assert (tmp_path / "died").exists()


def test_processes_that_go_on_dying_end_the_run():
    with pytest.raises(StanceError, match=r"3 worker processes died .*run the same command again"):
        list(run_processes(die, [(0, 0)], 2))


def test_an_error_of_the_work_comes_through():
    with pytest.raises(InputError, match="task 0"):
        list(run_processes(fail, enumerate(range(3)), 2))


def test_the_extra_is_named_where_dask_is_missing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(StanceError, match=r"pip install 'actor-stance\[dask\]'"):
        next(engines.run_dask(double, [], "local"))


def test_tables_are_small_on_the_way(corpus: Path):
    """What a worker sends back is Arrow data, not Python objects."""
    import pickle

    from stance.batch import ModelRef, analyze_batch
    from stance.plan import chunks

    *_, plan = survey(find_sources([corpus], Columns(), 3_000))
    _, batch = next(iter(chunks(plan, [0])))
    found: Tables = analyze_batch(batch, ModelRef.of(None))
    size = sum(getattr(found, name).nbytes for name in TABLES)
    assert len(pickle.dumps(found, protocol=5)) < 1.2 * size + 5_000
