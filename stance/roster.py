"""The table of actors, `data/actors.csv`: its rows, and the rules they must keep."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from stance.errors import DataError
from stance.names import fold
from stance.text import normalise

KINDS = ("person", "government", "organisation", "office")
COLUMNS = (
    "id", "name", "kind", "aliases", "office", "country", "gender", "number", "wikidata",
)  # fmt: skip
_GENDERS = ("", "f", "m")
_NUMBERS = ("", "singular", "plural")
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TERM = re.compile(
    rf"(?P<title>[^@]+)@(?:(?P<start>[0-9]{{4}})(?P<mark>-)(?P<end>[0-9]{{4}}|)"
    rf"|(?P<from>{_DAY})/(?P<to>{_DAY}|))\Z"
)
_EVER = "9999-01-01"
_QID = re.compile(r"Q[1-9][0-9]*\Z")


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor of the registry; `offices` are ``title@from-to`` as in the table (see `term_of`)."""

    id: str
    name: str
    kind: str
    aliases: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    country: str = ""
    gender: str = ""
    number: str = "singular"
    wikidata: str = ""


def read_actors(path: Path) -> list[Actor]:
    """Read and check the table.

    Raises
    ------
    DataError
        Naming every faulty row.
    """
    problems: list[str] = []
    actors: list[Actor] = []
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise DataError(
                f"{path.name} has the columns {reader.fieldnames}; expected {', '.join(COLUMNS)}"
            )
        for number, row in enumerate(reader, 2):
            where = f"row {number} ({row['id']})"
            if None in row or None in row.values():
                problems.append(f"{where}: wrong number of columns")
                continue
            problems.extend(f"{where}: {problem}" for problem in _row_problems(row))
            actors.append(_actor(row))
    problems.extend(_clashes(actors))
    if problems:
        shown = "; ".join(problems[:5]) + ("; …" if len(problems) > 5 else "")
        raise DataError(f"{path.name} has {len(problems)} problems: {shown}", tuple(problems))
    return actors


def term_of(office: str) -> tuple[str, str, str]:
    """Return title, first day, and the day after the last one: ``title@2009-2013``, ``@2009/``.

    In years, the last one counts whole; a day after the slash is the successor's first.

    Raises
    ------
    ValueError
        If it has another form.
    """
    match = _TERM.match(office)
    if match is None or not match["title"].strip():
        raise ValueError(office)
    start, end = match["start"], match["end"]
    if match["mark"]:
        return match["title"], f"{start}-01-01", f"{int(end) + 1}-01-01" if end else _EVER
    return match["title"], match["from"], match["to"] or _EVER


@lru_cache(maxsize=8192)
def name_key(name: str) -> str:
    """Return a name as it is compared: without case, accents or article."""
    key = " ".join(fold(normalise(name)).split()).casefold()
    return key.removeprefix("the ")


def _actor(row: Mapping[str, str]) -> Actor:
    return Actor(
        id=row["id"].strip(),
        name=row["name"].strip(),
        kind=row["kind"],
        aliases=tuple(part.strip() for part in row["aliases"].split("|") if part.strip()),
        offices=tuple(part.strip() for part in row["office"].split("|") if part.strip()),
        country=row["country"],
        gender=row["gender"],
        number=row["number"] or "singular",
        wikidata=row["wikidata"],
    )


def _row_problems(row: Mapping[str, str]) -> Iterable[str]:
    if not row["id"].strip() or not row["name"].strip():
        yield "id and name must not be empty"
    if row["kind"] not in KINDS:
        yield f"kind {row['kind']!r}; expected one of {', '.join(KINDS)}"
    if row["gender"] not in _GENDERS:
        yield f"gender {row['gender']!r}; expected f, m or nothing"
    if row["number"] not in _NUMBERS:
        yield f"number {row['number']!r}; expected singular or plural"
    for office in filter(None, row["office"].split("|")):
        if not _TERM.match(office.strip()):
            yield f"office {office!r}; expected title@2009-2013, title@2009- or title@DAY/DAY"
    if row["wikidata"] and not _QID.match(row["wikidata"]):
        yield f"wikidata {row['wikidata']!r}; expected Q and digits"


def _clashes(actors: Iterable[Actor]) -> Iterable[str]:
    ids: set[str] = set()
    owners: dict[str, str] = {}
    for actor in actors:
        if actor.id in ids:
            yield f"{actor.id}: the id occurs twice"
        ids.add(actor.id)
        for alias in {name_key(name): name for name in (actor.name, *actor.aliases)}.items():
            owner = owners.setdefault(alias[0], actor.id)
            if owner != actor.id:
                yield f"{actor.id}: alias {alias[1]!r} belongs to {owner} already"
