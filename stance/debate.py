"""`aggregate_corpus`: the output of `stance batch` → tables, plots, networks and a DNA export."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stance.cells import Balance, Cell
from stance.copies import OVERLAP, WINDOW, join_copies
from stance.errors import InputError
from stance.files import write_atomic
from stance.networks import NORMALISATIONS
from stance.outputs import open_output
from stance.periods import UNITS
from stance.sheets import actor_rows, actor_schema, balance_rows, balance_schema, write_sheet
from stance.storyline import story
from stance.trends import FEWEST, Debate, actor_cells, balances
from stance.utterances import read_utterances

PRODUCTS = ("tables", "plots", "networks", "dna")
MOST = 24  # actors of the plots

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Aggregated:
    """What `aggregate_corpus` has found and written.

    Attributes
    ----------
    cells : tuple of Cell
    balances : tuple of Balance
    figures : dict
        The content of `aggregate.json`.
    sentences : tuple of str
        Those of `report.md`.
    files : tuple of Path
    """

    cells: tuple[Cell, ...]
    balances: tuple[Balance, ...]
    figures: dict[str, Any]
    sentences: tuple[str, ...]
    files: tuple[Path, ...]


def aggregate_corpus(
    folder: Path | str,
    out: Path | str | None = None,
    *,
    period: str = "month",
    fewest: int = FEWEST,
    most: int = MOST,
    overlap: float = OVERLAP,
    window: int = WINDOW,
    normalise: str = "average",
    products: Collection[str] = PRODUCTS,
    progress: Progress = lambda stage, done, total: None,
) -> Aggregated:
    """Aggregate a corpus that `stance batch` has read.

    Parameters
    ----------
    folder : path
        The output folder of `stance batch`, of whatever format.
    out : path, optional
        By default the folder `aggregate` in it; files that are there are replaced.
    period : str
        One of `stance.periods.UNITS`.
    fewest : int
        Stance-bearing statements below which a figure is marked as few.
    most : int
        Actors that the plots show.
    overlap, window
        When a statement is a copy: see `stance.copies.join_copies`. An overlap above 1 joins
        only the same words.
    normalise : {"average", "none"}
        Of the networks: see `stance.networks.networks`.
    products : collection of str
        Some of `PRODUCTS`. `report.md` and `aggregate.json` are always written.

    Raises
    ------
    InputError
        Wrong arguments, or a folder that is no finished output of `stance batch`.
    MissingExtraError
        If the plots or networks lack their library; before anything is written.
    """
    _check(period, fewest, most, overlap, window)
    _choose("normalise", normalise, NORMALISATIONS)
    for name in products:
        _choose("product", name, PRODUCTS)
    _require(products)
    output = open_output(folder)
    home = Path(out) if out is not None else output.folder / "aggregate"
    found = read_utterances(output, progress)
    first = join_copies(found, overlap=overlap, window=window, progress=progress)
    debate = Debate.of(found, first, period, fewest)
    cells = tuple(actor_cells(debate, progress))
    totals = tuple(balances(debate))
    home.mkdir(parents=True, exist_ok=True)
    figures, sentences = story(debate, cells, totals)
    settings = {
        "period": period, "fewest": fewest, "overlap": overlap, "window": window,
        "normalise": normalise,
    }  # fmt: skip
    files: list[Path] = []
    for name in PRODUCTS:
        if name in products:
            progress(name, 0, 0)
            files += _WRITERS[name](home, debate, cells, totals, most, normalise, progress)
    content = figures | {"settings": settings}
    write_atomic(home / "aggregate.json", json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    write_atomic(home / "report.md", _report(output.target, sentences))
    files += [home / "aggregate.json", home / "report.md"]
    return Aggregated(cells, totals, content, tuple(sentences), tuple(files))


def _check(period: str, fewest: int, most: int, overlap: float, window: int) -> None:
    _choose("period", period, UNITS)
    for name, value in (("fewest", fewest), ("most", most)):
        if value < 1:
            raise InputError(f"{name} {value}; expected at least 1")
    if window < 0 or not overlap > 0:
        raise InputError(
            f"overlap {overlap}, window {window}; expected a share above 0 and days from 0"
        )


def _choose(name: str, value: str, known: Collection[str]) -> None:
    if value not in known:
        raise InputError(f"{name} {value!r}; expected one of {', '.join(known)}")


def _require(products: Collection[str]) -> None:
    """Fail before the work is done where a library is missing."""
    if "plots" in products:
        from stance.drawing import require_matplotlib

        require_matplotlib()
    if "networks" in products:
        from stance.networks import require_networkx

        require_networkx()


def _tables(home: Path, debate: Debate, cells: Any, totals: Any, *_: Any) -> list[Path]:
    labels = debate.found.output.labels
    return [
        *write_sheet(home / "actors", actor_rows(cells), actor_schema(labels)),
        *write_sheet(home / "balance", balance_rows(totals), balance_schema(labels)),
    ]


def _plots(home: Path, debate: Debate, cells: Any, totals: Any, most: int, *_: Any) -> list[Path]:
    from stance.trendplots import trend_plots

    folder = _folder(home / "plots")
    output, files = debate.found.output, []
    for name, svg, png in trend_plots(
        cells, totals, target=output.target, poles=output.poles, most=most
    ):
        write_atomic(folder / f"{name}.svg", svg)
        write_atomic(folder / f"{name}.png", png)
        files += [folder / f"{name}.svg", folder / f"{name}.png"]
    return files


def _networks(
    home: Path, debate: Debate, cells: Any, totals: Any, most: int, normalise: str, *_: Any
) -> list[Path]:
    from stance.networks import as_gexf, as_graphml, networks

    folder = _folder(home / "networks")
    output, files = debate.found.output, []
    made = networks(cells, target=output.target, poles=output.poles, normalise=normalise)
    for name, graph in made.items():
        for ending, packed in (("graphml", as_graphml), ("gexf", as_gexf)):
            write_atomic(folder / f"{name}.{ending}", packed(graph))
            files.append(folder / f"{name}.{ending}")
    return files


def _dna(
    home: Path, debate: Debate, cells: Any, totals: Any, most: int, normalise: str,
    progress: Progress,
) -> list[Path]:  # fmt: skip
    from stance.dna import export_dna

    folder = _folder(home / "dna")
    export_dna(debate, folder, progress)
    return [folder / name for name in ("statements.csv", "documents.csv", "load.R")]


_WRITERS: dict[str, Callable[..., list[Path]]] = {
    "tables": _tables,
    "plots": _plots,
    "networks": _networks,
    "dna": _dna,
}


def _folder(path: Path) -> Path:
    path.mkdir(exist_ok=True)
    return path


def _report(target: str, sentences: list[str]) -> str:
    from stance.report import markdown_cell

    return f"# {markdown_cell(target)}\n\n" + "".join(f"* {one}\n" for one in sentences)
