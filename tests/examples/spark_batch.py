"""The tables of `stance batch` on Spark, by `mapInArrow` over the same pure function.

    pip install 'actor-stance[spark]'          # and Java 17 or later
    spark-submit --master 'local[2,4]' tests/examples/spark_batch.py ARTICLES.parquet OUT

ARTICLES has the columns `article_id`, `date`, `text` and, where you have it, `source` (rename
yours in `read`). OUT gets a
folder of Parquet files for each table: statements, actors, skipped; their rows are those of
`stance batch`, in no order, with `input` and `row` empty.

* Write the master as `local[2,4]`: with plain `local[2]` one worker that dies ends the job.
* Spark makes two partitions of a small file, whatever the cluster: `repartition` below.
* A null text is a row of `skipped`, not the end of the job.
* The model travels as a reference (path and digest), and each Python worker loads it once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import partial

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import col

from stance.batch import ModelRef, Tables, analyze_batch, resolve
from stance.rows import TABLES, schemas

SPARK_TYPES = {"string": "string", "int64": "bigint", "double": "double", "bool": "boolean"}


def analyzed(batches: Iterable[pa.RecordBatch], ref: ModelRef) -> Iterator[pa.RecordBatch]:
    """Analyze the batches of a partition; what `mapInArrow` runs on the workers."""
    for batch in batches:
        yield combined(analyze_batch(batch, ref))


def combined(tables: Tables) -> pa.RecordBatch:
    """Put the three tables into one batch, a column of structs for each: Spark asks for one."""
    size = sum(getattr(tables, name).num_rows for name in TABLES)
    columns, before = [], 0
    for name in TABLES:
        rows = getattr(tables, name).to_struct_array()
        after = size - before - len(rows)
        nulls = [pa.nulls(count, rows.type) for count in (before, after)]
        columns.append(pa.concat_arrays([nulls[0], rows, nulls[1]]))
        before += len(rows)
    return pa.RecordBatch.from_arrays(columns, names=list(TABLES))


def combined_schema(ref: ModelRef) -> str:
    """Return the schema of `combined` in Spark's words."""
    columns = []
    for name, schema in schemas(resolve(ref).labels).items():
        fields = ", ".join(f"`{field.name}`: {SPARK_TYPES[str(field.type)]}" for field in schema)
        columns.append(f"{name} struct<{fields}>")
    return ", ".join(columns)


def read(spark: SparkSession, path: str) -> DataFrame:
    """Read the articles; rename your columns here."""
    names = ("article_id", "date", "text")
    articles = spark.read.parquet(path).select(*(col(name).cast("string") for name in names))
    return articles.repartition(4 * spark.sparkContext.defaultParallelism)


def main(source: str, out: str, model: str | None = None) -> None:
    """Analyze the articles of `source`, and write the tables below `out`."""
    spark = SparkSession.builder.appName("stance").getOrCreate()
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", 256)  # flat memory
    ref = ModelRef.of(model)
    work = partial(analyzed, ref=ref)
    found = read(spark, source).mapInArrow(work, combined_schema(ref))
    found.write.parquet(f"{out}/all")  # the work is done once; the rest only sorts
    for name in TABLES:
        rows = spark.read.parquet(f"{out}/all").where(col(name).isNotNull())
        rows.select(f"{name}.*").write.parquet(f"{out}/{name}")
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
