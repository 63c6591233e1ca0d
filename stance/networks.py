"""Actors of a debate → networks, as GraphML and GEXF.

The networks are those of discourse network analysis (Leifeld 2017, *Discourse network analysis:
policy debates as dynamic networks*, Oxford Handbook of Political Networks, chapter 12; Leifeld
and Haunss 2012): actors and positions (two modes), and actors tied by congruence and conflict
(one mode). A corpus has one target, so what stands for the concepts is the target in each
period: two actors are congruent in a period in which they take the same position, and in
conflict where one takes the positive and the other the negative one. A position between the
poles, such as *conditional*, is congruent with itself and in conflict with nothing.
"""

from __future__ import annotations

import io
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from stance.aggregate import NEUTRAL
from stance.cells import UNDATED, WHOLE, Cell
from stance.errors import InputError, MissingExtraError
from stance.text import fit_for_xml

if TYPE_CHECKING:
    import networkx as nx

NORMALISATIONS = ("average", "none")
_STAMP = re.compile(r'\s*lastmodifieddate="[^"]*"')

Pair = tuple[str, str]
Activity = Mapping[str, set[tuple[str, str]]]  # key of an actor → (period, label)


def networks(
    cells: Sequence[Cell],
    *,
    target: str,
    poles: tuple[str, str] | None,
    normalise: str = "average",
    fewest: int = 1,
) -> dict[str, nx.Graph]:
    """Return the networks of a debate by name.

    ``positions`` ties actors to the target's positions, by the number of statements.
    ``congruence`` and ``conflict`` tie actors by the number of periods in which they agree and
    disagree, and ``subtract`` by the first minus the second: above 0 where two actors agree more
    often. Without poles there are no conflict and no subtract.

    Parameters
    ----------
    cells : sequence of Cell
        As `stance.trends.actor_cells` gives them. Actors without a stance, statements that lie
        in no period, and roles without a name are left out.
    normalise : {"average", "none"}
        "average" divides the weight of a tie between actors by the mean number of positions
        that the two took (average activity; Leifeld 2017), so that frequent speakers are not
        close to everybody: 1 for two actors who always agreed, in all the same periods.
    fewest : int
        Actors with fewer stance-bearing statements are left out.

    Raises
    ------
    InputError
        If `normalise` is unknown.
    MissingExtraError
        If networkx is not installed.
    """
    if normalise not in NORMALISATIONS:
        raise InputError(f"normalise {normalise!r}; expected one of {', '.join(NORMALISATIONS)}")
    actors = {
        cell.who.key: cell
        for cell in cells
        if cell.period == WHOLE and cell.n >= max(1, fewest) and cell.who.kind != "role"
    }
    activity: dict[str, set[tuple[str, str]]] = {key: set() for key in actors}
    for cell in cells:
        if cell.who.key in actors and cell.period not in (WHOLE, UNDATED):
            activity[cell.who.key] |= {
                (cell.period, label)
                for label, count in cell.counts.items()
                if count and label != NEUTRAL
            }
    agreed = _agreements(activity)
    against = _conflicts(activity, poles) if poles is not None else {}
    found = {"positions": _positions(actors, target, poles)}
    for name, plus, minus in (("congruence", 1, 0), ("conflict", 0, 1), ("subtract", 1, -1)):
        if name == "congruence" or poles is not None:
            found[name] = _tied(actors, activity, agreed, against, (plus, minus), normalise)
    return found


def as_graphml(graph: nx.Graph) -> bytes:
    """Return a network as GraphML with values of type string, long and double alone.

    visone and Gephi read these; lists, dates and missing values are not portable, and networkx
    writes booleans otherwise than XML Schema does. The keys bear the names of their attributes:
    Gephi takes whatever stands under the key ``d3`` for the label of a node, and ``d7`` for that
    of an edge, as yEd writes them.
    """
    buffer = io.BytesIO()
    require_networkx().write_graphml(
        graph, buffer, encoding="utf-8", prettyprint=True, named_key_ids=True
    )
    return buffer.getvalue()


def as_gexf(graph: nx.Graph) -> bytes:
    """Return a network as GEXF 1.2, which Gephi reads; the same network gives the same bytes."""
    buffer = io.BytesIO()
    require_networkx().write_gexf(graph, buffer, encoding="utf-8", prettyprint=True)
    return _STAMP.sub("", buffer.getvalue().decode("utf-8"), count=1).encode("utf-8")


def require_networkx() -> Any:
    """Return networkx.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        import networkx
    except ImportError:
        raise MissingExtraError(
            "networks need networkx; install it with: pip install 'actor-stance[network]'"
        ) from None
    return networkx


def _positions(actors: Mapping[str, Cell], target: str, poles: tuple[str, str] | None) -> nx.Graph:
    graph = require_networkx().Graph(name="actors and positions")
    labels = sorted(
        {label for cell in actors.values() for label, count in cell.counts.items() if count}
        - {NEUTRAL}
    )
    for key, cell in actors.items():
        graph.add_node(fit_for_xml(key), **_attributes(cell))
    for label in labels:
        value = {pole: place for place, pole in zip((1, -1), poles, strict=True)} if poles else {}
        graph.add_node(
            f"position: {label}", label=f"{fit_for_xml(target)}: {label}", mode="position",
            stance=label, side=value.get(label, 0),
        )  # fmt: skip
    for key, cell in actors.items():
        for label in labels:
            if cell.counts[label]:
                graph.add_edge(
                    fit_for_xml(key), f"position: {label}", weight=float(cell.counts[label]),
                    position=label,
                )  # fmt: skip
    return graph


def _agreements(activity: Activity) -> dict[Pair, int]:
    """Return how many positions two actors took in the same periods, where it is not 0."""
    there: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key, taken in activity.items():
        for one in taken:
            there[one].append(key)
    found: Counter[Pair] = Counter()
    for keys in there.values():
        found.update(combinations(sorted(keys), 2))
    return found


def _conflicts(activity: Activity, poles: tuple[str, str]) -> dict[Pair, int]:
    """Return in how many periods one of two actors took one side and the other the other."""
    sides: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for key, taken in activity.items():
        for period, label in taken:
            if label in poles:
                sides[period][poles.index(label)].append(key)
    found: Counter[Pair] = Counter()
    for ups, downs in sides.values():
        found.update(
            (min(one, other), max(one, other)) for one in ups for other in downs if one != other
        )
    return found


def _tied(
    actors: Mapping[str, Cell],
    activity: Activity,
    agreed: Mapping[Pair, int],
    against: Mapping[Pair, int],
    signs: tuple[int, int],
    normalise: str,
) -> nx.Graph:
    graph = require_networkx().Graph()
    for key, cell in actors.items():
        graph.add_node(fit_for_xml(key), **_attributes(cell), activity=len(activity[key]))
    for one, other in sorted(agreed.keys() | against.keys()):
        counts = agreed.get((one, other), 0), against.get((one, other), 0)
        weight = float(signs[0] * counts[0] + signs[1] * counts[1])
        if normalise == "average":
            weight /= (len(activity[one]) + len(activity[other])) / 2
        if weight:
            graph.add_edge(
                fit_for_xml(one),
                fit_for_xml(other),
                weight=weight,
                agreed=counts[0],
                disagreed=counts[1],
            )
    return graph


def _attributes(cell: Cell) -> dict[str, str | int | float]:
    """Return what a node carries; a score that is not known is left out, a text is empty."""
    who = cell.who
    found: dict[str, str | int | float] = {
        "label": fit_for_xml(who.name),
        "mode": "actor",
        "stance": cell.label,
        "n": cell.n,
        "papers": cell.papers,
        "few": int(cell.few),
        "mixed": int(cell.mixed),
        "kind": who.kind,
        "country": who.country,
        "wikidata": who.wikidata,
    }
    numbers = {"score": cell.score, "score_low": cell.low, "score_high": cell.high}
    return found | {name: value for name, value in numbers.items() if value is not None}
