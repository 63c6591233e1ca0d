"""Actors of a debate → networks that other programs read."""

from __future__ import annotations

import io
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow")
pytest.importorskip("networkx")
import networkx as nx
from debates import POLES, TARGET, said, write_output
from hypothesis import given
from hypothesis import strategies as st

from stance.copies import join_copies
from stance.errors import InputError, MissingExtraError
from stance.networks import as_gexf, as_graphml, networks
from stance.outputs import open_output
from stance.trends import Debate, actor_cells
from stance.utterances import read_utterances

SAID = [
    said("Al", "favor", "2024-01-03"), said("Bo", "favor", "2024-01-20"),
    said("Cy", "against", "2024-01-20"), said("Al", "conditional", "2024-02-03"),
    said("Bo", "conditional", "2024-02-03"), said("Cy", "conditional", "2024-03-03"),
    said("Al", "favor", "2024-03-03"), said("Cy", "none", "2024-04-03"),
    said("Al", "none", "2024-04-03"), said("the minister", "favor", "2024-01-03"),
    said("Di", "none", "2024-01-03"), said("Ed", "favor", None),
]  # fmt: skip


def made(folder: Path, rows: list[dict[str, Any]] = SAID, **options: Any) -> dict[str, Any]:
    found = read_utterances(open_output(write_output(folder, rows)))
    cells = actor_cells(Debate.of(found, join_copies(found)))
    return networks(cells, **{"target": TARGET, "poles": POLES, **options})


def weights(graph: Any) -> dict[tuple[str, str], float]:
    return {(min(a, b), max(a, b)): w for a, b, w in graph.edges(data="weight")}


def test_who_takes_the_same_position_in_a_period_is_tied(tmp_path: Path):
    found = made(tmp_path, normalise="none")
    assert weights(found["congruence"]) == {("Al", "Bo"): 2}
    assert weights(found["conflict"]) == {("Al", "Cy"): 1, ("Bo", "Cy"): 1}
    assert weights(found["subtract"]) == {("Al", "Bo"): 2, ("Al", "Cy"): -1, ("Bo", "Cy"): -1}


def test_average_activity_divides_by_the_positions_of_the_two(tmp_path: Path):
    found = made(tmp_path)
    assert weights(found["congruence"]) == {("Al", "Bo"): pytest.approx(2 / ((3 + 2) / 2))}
    assert weights(found["subtract"])["Bo", "Cy"] == pytest.approx(-1 / ((2 + 2) / 2))
    assert found["congruence"].nodes["Al"]["activity"] == 3


def test_a_condition_conflicts_with_nothing(tmp_path: Path):
    rows = [said("Al", "conditional"), said("Bo", "favor"), said("Cy", "against")]
    assert weights(made(tmp_path, rows)["conflict"]) == {("Bo", "Cy"): 1}


def test_actors_and_positions_are_tied_by_statements(tmp_path: Path):
    graph = made(tmp_path)["positions"]
    assert weights(graph)["Al", "position: favor"] == 2
    assert graph.nodes["position: against"]["side"] == -1
    assert graph.nodes["position: conditional"]["side"] == 0
    assert graph.nodes["position: favor"]["label"] == f"{TARGET}: favor"
    assert {mode for _, mode in graph.nodes(data="mode")} == {"actor", "position"}
    assert "position: none" not in graph


def test_roles_and_actors_without_stance_are_left_out(tmp_path: Path):
    assert set(made(tmp_path / "a")["congruence"]) == {"Al", "Bo", "Cy", "Ed"}
    assert set(made(tmp_path / "b", fewest=2)["congruence"]) == {"Al", "Bo", "Cy"}


def test_without_poles_there_is_no_conflict(tmp_path: Path):
    assert set(made(tmp_path, poles=None)) == {"positions", "congruence"}


def test_an_unknown_normalisation_is_told(tmp_path: Path):
    with pytest.raises(InputError, match="normalise 'odd'; expected one of average, none"):
        made(tmp_path, normalise="odd")


def test_the_files_open_again_with_what_was_written(tmp_path: Path):
    rows = [
        *SAID,
        said("Volodymyr Zelensky", "favor", actor_id="volodymyr-zelensky"),
        said('A\x0bd <&> \u0410\ud7ff\U0001f309 "O\'B"', "against"),
    ]
    for graph in made(tmp_path, rows).values():
        for again in (
            nx.read_graphml(io.BytesIO(as_graphml(graph))),
            nx.read_gexf(io.BytesIO(as_gexf(graph))),
        ):
            assert set(again) == set(graph)
            assert weights(again) == pytest.approx(weights(graph))
        node = nx.read_graphml(io.BytesIO(as_graphml(graph))).nodes["volodymyr-zelensky"]
        assert (node["country"], node["wikidata"], node["kind"]) == ("UA", "Q3874799", "person")
        assert (node["label"], node["n"], node["few"]) == ("Volodymyr Zelensky", 1, 1)
        assert node["score"] == pytest.approx(0.92)


def test_only_types_that_visone_and_gephi_read(tmp_path: Path):
    space = "{http://graphml.graphdrawing.org/xmlns}"
    for graph in made(tmp_path).values():
        root = ET.fromstring(as_graphml(graph))
        types = {key.attrib["attr.type"] for key in root.iter(f"{space}key")}
        assert types <= {"string", "long", "double"}
        keys = {key.attrib["attr.name"] for key in root.iter(f"{space}key")}
        assert {"label", "stance", "score", "n", "country", "wikidata"} <= keys
        gexf = ET.fromstring(as_gexf(graph))
        assert gexf.attrib["version"] == "1.2"


# What Gephi's GraphML importer takes for a property of the node or edge, by the id of the key or
# by its name, whatever the file means by it.
GEPHI = {
    "node": {"label", "d3", "x", "y", "z", "xpos", "ypos", "size", "r", "g", "b"},
    "edge": {"label", "edgelabel", "d7", "weight", "Edge Weight", "id", "edgeid", "r", "g", "b"},
}


def test_gephi_takes_no_number_for_a_label(tmp_path: Path):
    space = "{http://graphml.graphdrawing.org/xmlns}"
    for graph in made(tmp_path).values():
        keys = [key.attrib for key in ET.fromstring(as_graphml(graph)).iter(f"{space}key")]
        assert len({key["id"] for key in keys}) == len(keys)
        for scope, taken in GEPHI.items():
            mine = [key for key in keys if key["for"] == scope]
            properties = [k["attr.name"] for k in mine if {k["id"], k["attr.name"]} & taken]
            assert properties == ["label" if scope == "node" else "weight"]


def test_the_same_debate_gives_the_same_bytes(tmp_path: Path):
    one, other = made(tmp_path / "a"), made(tmp_path / "b")
    for name, graph in one.items():
        assert as_graphml(graph) == as_graphml(other[name])
        assert as_gexf(graph) == as_gexf(other[name])
        assert b"lastmodified" not in as_gexf(graph)


def test_the_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'actor-stance\[network\]'"):
        made(tmp_path)


rows_of = st.lists(
    st.builds(
        said,
        actor=st.sampled_from(["Al", "Bo", "Cy"]),
        label=st.sampled_from(["favor", "conditional", "against"]),
        date=st.sampled_from(["2024-01-02", "2024-02-02", "2024-03-02"]),
    ),
    min_size=1,
    max_size=20,
)


@given(rows_of)
def test_ties_are_what_counting_by_hand_gives(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
):
    found = made(tmp_path_factory.mktemp("o"), rows, normalise="none")
    taken = {(row["actor"], row["date"], row["label"]) for row in rows}
    for one, other in (("Al", "Bo"), ("Al", "Cy"), ("Bo", "Cy")):
        agreed = sum((other, date, label) in taken for who, date, label in taken if who == one)
        against = sum(
            (other, date, {"favor": "against", "against": "favor"}.get(label)) in taken
            for who, date, label in taken
            if who == one
        )
        assert weights(found["congruence"]).get((one, other), 0) == agreed
        assert weights(found["conflict"]).get((one, other), 0) == against
        assert weights(found["subtract"]).get((one, other), 0) == agreed - against
