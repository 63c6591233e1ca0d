"""A corpus of any size for the benchmarks: golden articles with other names, dates and numbers.

    python tests/benchmarks/corpus.py 10000 articles.parquet [--seed 0]

An article is the headline of a golden article and its paragraphs in their order, some left out,
or some of another one put after them, until it has 300 to 900 words. Invented persons always get
other names, those of the registry in every second article; days, months and numbers are drawn
anew. As in what a search for two words finds, a fifth of the articles, and a tenth of the
paragraphs of the others, are about something else: sentences of `tests/checklist/off_topic.csv`.
Article n depends on n and the seed alone: a smaller corpus is the beginning of a larger one.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from stance.resources import data_path, seeds_path

HERE = Path(__file__).parent
OFF_ARTICLES, OFF_PARAGRAPHS = 0.2, 0.1
LENGTH = (340, 840, 520)  # words: least, most, most often; paragraphs are not cut
LIMITS = (300, 900)
MONTHS = "January February March April May June July August September October November December"
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
PAPERS = ("Continental Wire", "Morning Line", "Harbour Courier", "Northern Post", "Valley Herald")
ONSETS = "Bran Cor Dal Elm Far Gol Hart Ilm Jar Kes Lind Mor Nev Ost Pell Quar Rav Sor Tal Ulv Wex"
MIDDLES = "ba de fi go ha ki lo mu na pe ri so ta ve wi za"
ENDS = "berg court dahl feld gate holm ier kin lund mark nen ović quist row ski ström ton vik"


@dataclass(frozen=True)
class Person:
    """Somebody whose name is changed: surname, gender, and whether the registry knows them."""

    surname: str
    gender: str
    known: bool


Articles = Callable[[int, int], Iterator[dict[str, str]]]  # of so many, by a seed
Piece = str | tuple[str, int]  # words as they stand; or what is drawn: kind, and number of person


@dataclass(frozen=True)
class Template:
    """A golden article, cut at what is drawn anew; its first paragraph is the headline."""

    people: tuple[Person, ...]
    paragraphs: tuple[tuple[Piece, ...], ...]
    words: tuple[int, ...]


def articles(count: int, seed: int = 0) -> Iterator[dict[str, str]]:
    """Yield articles with id, date, source and text."""
    for number in range(count):
        draw = random.Random(f"{seed}:{number}")
        text = _off_topic(draw) if draw.random() < OFF_ARTICLES else _on_topic(draw)
        month, day = draw.randint(1, 12), draw.randint(1, 28)
        date = f"{draw.randint(2014, 2025)}-{month:02d}-{day:02d}"
        yield {"id": f"n{number}", "date": date, "source": draw.choice(PAPERS), "text": text}


def leads(count: int, seed: int = 0) -> Iterator[dict[str, str]]:
    """Yield the headlines and first three paragraphs of the same articles: short reports."""
    for one in articles(count, seed):
        yield one | {"text": "\n\n".join(one["text"].split("\n\n")[:4])}


def write_parquet(path: Path, count: int, made: Articles = articles, seed: int = 0) -> int:
    """Write a corpus, a thousand articles at a time; returns the bytes of its texts."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(name, pa.string()) for name in ("id", "date", "source", "text")])
    rest, size = made(count, seed), 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while rows := list(islice(rest, 1_000)):
            size += sum(len(row["text"].encode()) for row in rows)
            writer.write_batch(pa.RecordBatch.from_pylist(rows, schema=schema))
    return size


def golden_texts() -> list[str]:
    """Return the golden articles and the seed as they are."""
    files = [*sorted((HERE.parent / "golden").glob("*.txt")), *sorted(seeds_path().glob("*.txt"))]
    return [file.read_text("utf-8") for file in files]


def _on_topic(draw: random.Random) -> str:
    first, second = draw.sample(templates(), 2)
    wanted = draw.triangular(*LENGTH)
    kept = list(range(1, len(first.words)))
    while len(kept) > 3 and sum(first.words[i] for i in kept) > wanted:
        kept.pop(draw.randrange(len(kept)))
    fill = _Fill(draw, first.people)
    parts = [fill(first.paragraphs[0])]
    size = first.words[0]
    for text, words in _bodies(draw, fill, first, kept):
        if size + words <= LIMITS[1]:
            parts.append(text)
            size += words
    more = _Fill(draw, second.people)
    start = draw.randrange(1, len(second.words))
    for number in range(start, start + len(second.words)):
        place = number % len(second.words)
        words = second.words[place]
        if size >= wanted or size + words > LIMITS[1]:
            break
        if place:
            parts.append(more(second.paragraphs[place]))
            size += words
    while size < LIMITS[0]:
        parts.append(_off_paragraph(draw))
        size += len(parts[-1].split())
    return "\n\n".join(parts)


def _bodies(
    draw: random.Random, fill: _Fill, template: Template, kept: Sequence[int]
) -> Iterator[tuple[str, int]]:
    for place in kept:
        if draw.random() < OFF_PARAGRAPHS:
            text = _off_paragraph(draw)
            yield text, len(text.split())
        yield fill(template.paragraphs[place]), template.words[place]


def _off_topic(draw: random.Random) -> str:
    wanted, size = draw.triangular(*LENGTH), 0
    parts = [draw.choice(off_topic_sentences()).rstrip(".")]
    while size < wanted:
        parts.append(_off_paragraph(draw))
        size += len(parts[-1].split())
    return "\n\n".join(parts)


def _off_paragraph(draw: random.Random) -> str:
    return " ".join(draw.sample(off_topic_sentences(), draw.randint(1, 3)))


class _Fill:
    """Puts names, dates and numbers of one article into its paragraphs."""

    def __init__(self, draw: random.Random, people: Sequence[Person]) -> None:
        self._draw = draw
        others = draw.random() < 0.5
        self._names = [
            None if person.known and not others else _name(draw, person.gender) for person in people
        ]

    def __call__(self, pieces: Sequence[Piece]) -> str:
        return "".join(one if isinstance(one, str) else self._drawn(*one) for one in pieces)

    def _drawn(self, what: str, number: int) -> str:
        draw = self._draw
        if what == "month":
            return draw.choice(MONTHS.split())
        if what == "day":
            return draw.choice(DAYS.split())
        if what == "number":
            return str(draw.randint(1, 28) if number < 3 else draw.randint(100, 10**number - 1))
        name, (kind, old) = self._names[number], what.split(":", 1)
        if name is None:
            return old
        return f"{name[0]} {name[1]}" if kind == "full" else name[1]


def _name(draw: random.Random, gender: str) -> tuple[str, str]:
    surname = "".join(draw.choice(part.split()) for part in (ONSETS, MIDDLES, ENDS))
    return draw.choice(_given_names().get(gender) or _given_names()["m"]), surname


@cache
def templates() -> tuple[Template, ...]:
    """Return the golden articles, cut."""
    return tuple(_template(text) for text in golden_texts())


def _template(text: str) -> Template:
    names = {person.surname: person for person in _people(text)}
    people = tuple(names.values())
    surnames = "|".join(sorted(map(re.escape, names), key=len, reverse=True)) or "(?!)"
    word = r"[A-ZÀ-Þ][\w.'-]+"
    pattern = re.compile(
        rf"(?P<full>\b{word} )?\b(?P<surname>{surnames})\b"
        rf"|\b(?P<month>{MONTHS.replace(' ', '|')})\b|\b(?P<day>{DAYS.replace(' ', '|')})\b"
        r"|(?<![\w.,])(?P<number>\d{1,2}|[3-9]\d\d)(?![\w,]|\.\d)"
    )
    blocks = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    given = {name for names in _given_names().values() for name in names}
    order = list(names)
    cut = tuple(tuple(_pieces(pattern, block, order, given)) for block in blocks)
    return Template(people, cut, tuple(len(block.split()) for block in blocks))


def _pieces(
    pattern: re.Pattern[str], block: str, order: list[str], given: set[str]
) -> Iterator[Piece]:
    done = 0
    for match in pattern.finditer(block):
        start, surname, first = match.start(), match["surname"], match["full"]
        kind = match.lastgroup or ""
        if surname:
            number = order.index(surname)
            if first and (first.strip() in given or match[0] in _invented()):
                kind = f"full:{match[0]}"
            else:  # "President Surname"
                start, kind = match.start("surname"), f"surname:{surname}"
        else:
            number = len(match[0])
        yield block[done:start]
        yield kind, number
        done = match.end()
    yield block[done:]


def _people(text: str) -> Iterator[Person]:
    """Yield whoever stands in a text with given name and surname."""
    known, others = _registry()
    genders = {name: gender for gender, names in _given_names().items() for name in names}
    for match in re.finditer(r"\b(?=([A-ZÀ-Þ]\w+) ([A-ZÀ-Þ][\w-]+))", text):
        first, surname = match.groups()
        if surname in known:
            yield Person(surname, known[surname], True)
        elif surname in others:  # "Will Ukraine join"
            continue
        elif first in genders or f"{first} {surname}" in _invented():
            yield Person(surname, genders.get(first, "m"), False)


@cache
def _given_names() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"m": [], "f": []}
    taken = {*MONTHS.split(), *DAYS.split()}
    with data_path("persons.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["kind"] == "given" and row["gender"] in found:
                name = row["word"].capitalize()
                if name not in taken:  # April, May, June
                    found[row["gender"]].append(name)
    return found


@cache
def _registry() -> tuple[dict[str, str], set[str]]:
    """Map known persons' surnames to their gender; and give the words of all other names."""
    found: dict[str, str] = {}
    others: set[str] = set()
    with data_path("actors.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names = [name for name in (row["name"], *row["aliases"].split("|")) if name]
            if row["kind"] == "person":
                found |= {name.split()[-1]: row["gender"] for name in names}
            else:
                others |= {word for name in names for word in name.split()}
    return found, others - set(found)


@cache
def _invented() -> frozenset[str]:
    """Return the actors of the golden articles that have a given name and a surname."""
    files = [*(HERE.parent / "golden").glob("*.gold.json"), *seeds_path().glob("*.gold.json")]
    names = {name for file in files for name in json.loads(file.read_text("utf-8"))["actors"]}
    words = {word for text in golden_texts() for word in re.findall(r"\b[a-zà-ÿ]+\b", text)}
    return frozenset(
        name
        for name in names
        if re.fullmatch(r"[A-ZÀ-Þ]\w+ [A-ZÀ-Þ][\w'-]+", name)
        and not words & set(name.lower().split())
    )


@cache
def off_topic_sentences() -> tuple[str, ...]:
    """Return the sentences of the checklist that are about other things."""
    path = HERE.parent / "checklist" / "off_topic.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(row["sentence"] for row in csv.DictReader(file))


def main() -> int:
    """Write a corpus."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("count", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--leads", action="store_true", help="headlines and three paragraphs only")
    given: Any = parser.parse_args()
    write_parquet(given.path, given.count, leads if given.leads else articles, given.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
