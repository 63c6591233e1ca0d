"""The recipe for Spark, run as it stands, with a null text and a worker killed on purpose."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import corpora
import pytest

pytest.importorskip("pyarrow")
from stance.rows import TABLES
from stance.runs import run_batch

RECIPE = Path(__file__).parents[1] / "tests" / "examples" / "spark_batch.py"
pytestmark = [
    pytest.mark.skipif(not RECIPE.exists(), reason="runs in a checkout"),
    pytest.mark.skipif(
        importlib.util.find_spec("pyspark") is None,
        reason="pyspark is missing: pip install 'actor-stance[spark]'",
    ),
    pytest.mark.skipif(shutil.which("java") is None, reason="Java is missing"),
]
KILLER = """
import os, signal, sys
from pathlib import Path
import spark_batch

source, out, mark = sys.argv[1:]
real = spark_batch.analyzed

def dying(batches, ref):
    for batch in batches:
        if not Path(mark).exists():
            Path(mark).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        yield from real([batch], ref)

spark_batch.analyzed = dying
spark_batch.main(source, out)
"""


def rows_of(folder: Path) -> list[str]:
    import pyarrow.parquet as pq

    rows = pq.read_table(folder).drop_columns(["input", "row"]).to_pylist()
    return sorted(map(repr, rows))


def test_the_recipe_gives_the_rows_of_batch(tmp_path: Path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    articles: list[dict[str, Any]] = [corpora.article(number) for number in range(200)]
    articles[7]["text"] = None
    table = pa.Table.from_pylist(articles).rename_columns(["article_id", "date", "text"])
    source = tmp_path / "articles.parquet"
    pq.write_table(table, source)
    script = tmp_path / "killer.py"
    script.write_text(KILLER, "utf-8")
    env = os.environ | {
        "PYTHONPATH": str(RECIPE.parent),
        "PYSPARK_SUBMIT_ARGS": "--master local[2,4] --conf spark.ui.enabled=false pyspark-shell",
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    done = subprocess.run(
        [sys.executable, str(script), str(source), str(tmp_path / "out"), str(tmp_path / "mark")],
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    assert (tmp_path / "mark").exists()  # a worker was killed
    run_batch([source], tmp_path / "expected", jobs=1)
    for name in TABLES:
        assert rows_of(tmp_path / "out" / name) == rows_of(tmp_path / "expected" / name)
    assert len(rows_of(tmp_path / "out" / "skipped")) == 1
