"""What a run has to do: inputs counted and digested, cut into chunks, chunks into parts.

The cut depends on the inputs alone, so a part has the same articles whatever the number of
jobs, the shard or the engine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from stance.arrow import pa
from stance.corpus import Row, Source
from stance.errors import InputError, StanceError
from stance.rows import ARTICLES
from stance.text import encodable

CHUNK_ROWS = 64  # of one task: some 0.5 s of work
PART_ARTICLES = 4_096  # of one part file: some 30 s of work, and that much a kill may cost


@dataclass(frozen=True, slots=True)
class Input:
    """A source with what the survey found: rows, size, digest, and its first chunk's number."""

    source: Source
    rows: int
    size: int
    sha256: str
    first: int

    @property
    def chunks(self) -> range:
        """The numbers of its chunks."""
        return range(self.first, self.first + -(-self.rows // CHUNK_ROWS))


@dataclass(frozen=True, slots=True)
class Plan:
    """The inputs in order, and how many chunks make a part."""

    part_chunks: int
    inputs: tuple[Input, ...] = ()

    @property
    def rows(self) -> int:
        """The number of articles, those that cannot be read included."""
        return sum(one.rows for one in self.inputs)

    @property
    def parts(self) -> int:
        """The number of parts."""
        return self.part_of(self.inputs[-1].chunks.stop - 1) + 1 if self.inputs else 0

    def part_of(self, chunk: int) -> int:
        """Return the number of the part that a chunk belongs to."""
        return chunk // self.part_chunks

    def part_rows(self) -> list[int]:
        """Return the number of articles of each part."""
        counts = [0] * self.parts
        for one in self.inputs:
            left = one.rows
            for chunk in one.chunks:
                counts[self.part_of(chunk)] += min(CHUNK_ROWS, left)
                left -= CHUNK_ROWS
        return counts


def survey(sources: Iterable[Source], part_articles: int = PART_ARTICLES) -> Iterator[Plan]:
    """Count and digest the sources one by one; yields the plan so far after each.

    Parts have `part_articles` articles, rounded up to whole chunks; fewer where inputs end.

    Raises
    ------
    InputError
        If there is no article in any of them.
    """
    plan = Plan(-(-part_articles // CHUNK_ROWS))
    for source in sources:
        rows = sum(1 for _ in source.raw())
        if rows:
            size, digest = source.digest()
            first = plan.inputs[-1].chunks.stop if plan.inputs else 0
            plan = replace(plan, inputs=(*plan.inputs, Input(source, rows, size, digest, first)))
        yield plan
    if not plan.rows:
        raise InputError("the inputs hold no article; expected tables, .txt or .html files")


def chunks(plan: Plan, parts: Collection[int]) -> Iterator[tuple[int, Any]]:
    """Yield (number, RecordBatch) for each chunk of the given parts, in order.

    Raises
    ------
    StanceError
        If an input is not as long as the survey found it.
    """
    wanted = set(parts)
    for one in plan.inputs:
        mine = [number for number in one.chunks if plan.part_of(number) in wanted]
        if mine:
            yield from _chunks(one, set(mine), mine[-1])


def _chunks(one: Input, wanted: set[int], last: int) -> Iterator[tuple[int, Any]]:
    first_row = 1
    raws = one.source.raw()
    for number in one.chunks:
        some = list(islice(raws, CHUNK_ROWS))
        if len(some) != min(CHUNK_ROWS, one.rows - first_row + 1):
            break
        if number in wanted:
            yield number, articles(one.source.name, first_row, map(one.source.row, some))
            if number == last:
                return
        first_row += len(some)
    raise StanceError(
        f"{one.source.name} changed while it was read (it had {one.rows:,} rows at the start); "
        "expected inputs that stay as they are; run it again with another --out"
    )


def articles(name: str, first: int, rows: Iterable[Row]) -> Any:
    """Return a RecordBatch with the columns of `ARTICLES`."""
    return pa.RecordBatch.from_pylist(
        [
            {
                "article_id": row.article_id or f"{name}:{number}",
                "date": row.date,
                "source": row.source,
                "input": name,
                "row": number,
                "text": row.text,
                "data": row.data,
                "problem": encodable(row.problem) if row.problem is not None else None,
            }
            for number, row in enumerate(rows, first)
        ],
        schema=ARTICLES,
    )
