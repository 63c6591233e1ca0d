"""The export for Discourse Network Analyzer, and the R script that loads it."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow")
import rdna
from debates import TARGET, said, write_output

from stance.actors import load_registry
from stance.copies import join_copies
from stance.dna import DOCUMENTS, STATEMENTS, agreement_of, export_dna
from stance.offices import days_of, load_offices
from stance.outputs import open_output
from stance.trends import Debate
from stance.utterances import read_utterances

SAID = [
    said("Ada Brandt", "favor", article="a1", sentence="\U0001f309 Ada: yes, \"of course\"."),
    said("Bo Falk", "against", article="a1", sentence="Bo wants none of it,\nhe said."),
    said("Bo Falk", "conditional", article="a2", sentence="Bo may yet want it."),
    said("Cy Lund", "none", article="a2"),
    said("Ada Brandt", "favor", None, article="a3", sentence="It was yes in Ada's letter, too."),
    said(None, "favor", "2024-06", article="a4"),
]  # fmt: skip


def exported(folder: Path, rows: list[dict[str, Any]] = SAID, **more: Any) -> Any:
    found = read_utterances(open_output(write_output(folder / "stances", rows, **more)))
    (folder / "dna").mkdir()
    return export_dna(Debate.of(found, join_copies(found)), folder / "dna")


def table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_neither_none_nor_conditional_becomes_a_rejection(tmp_path: Path):
    done = exported(tmp_path)
    rows = table(tmp_path / "dna" / "statements.csv")
    assert [(row["label"], row["agreement"]) for row in rows] == [
        ("favor", "1"), ("against", "0"), ("conditional", ""), ("none", ""), ("favor", "1"),
        ("favor", "1"),
    ]  # fmt: skip
    assert done.without == {"conditional": 1, "none": 1}
    assert agreement_of("pro", None) == ""
    assert tuple(rows[0]) == STATEMENTS


def test_all_variables_of_a_statement_are_there(tmp_path: Path):
    exported(tmp_path)
    first, *_, last = table(tmp_path / "dna" / "statements.csv")
    assert (first["person"], first["organization"], first["concept"]) == ("Ada Brandt", "", TARGET)
    assert (first["document"], first["date"]) == ("a1", "2024-05-03")
    assert first["start"] == str(SAID[0]["content_start"])
    assert first["text"] == SAID[0]["content"]
    assert (last["person"], last["date"]) == ("", "2024-06-01")


def test_an_excerpt_holds_the_words_at_their_places(tmp_path: Path):
    exported(tmp_path)
    documents = {row["document_id"]: row for row in table(tmp_path / "dna" / "documents.csv")}
    assert tuple(documents["1"]) == DOCUMENTS
    assert len(documents) == 4
    for row in table(tmp_path / "dna" / "statements.csv"):
        text = documents[row["document_id"]]["text"]
        assert text[int(row["excerpt_start"]) : int(row["excerpt_stop"])] == row["text"]


def test_words_beyond_their_sentence_are_marked_by_the_sentence(tmp_path: Path):
    exported(tmp_path, [said("Bo Falk", content_end=400_000)])
    (row,) = table(tmp_path / "dna" / "statements.csv")
    (document,) = table(tmp_path / "dna" / "documents.csv")
    assert (row["excerpt_start"], int(row["excerpt_stop"])) == ("0", len(document["text"]))


def test_a_sentence_of_two_speakers_stands_once_in_the_excerpt(tmp_path: Path):
    words = "Ada and Bo said that they want the bridge."
    exported(tmp_path, [said(who, article="a1", sentence=words) for who in ("Ada", "Bo")])
    assert table(tmp_path / "dna" / "documents.csv")[0]["text"] == words


def test_copies_are_one_row_with_their_papers(tmp_path: Path):
    words = "Ada said that the bridge would be there before the winter comes."
    rows = [said("Ada", article=f"https://{p}.example/1", sentence=words) for p in "abca"]
    rows[3]["article_id"] = "https://a.example/2"
    done = exported(tmp_path, rows)
    (row,) = table(tmp_path / "dna" / "statements.csv")
    assert (row["papers"], row["printed"], done.statements, done.documents) == ("3", "4", 1, 1)
    assert table(tmp_path / "dna" / "documents.csv")[0]["paper"] == "a.example"


def test_who_held_an_office_speaks_for_its_government(tmp_path: Path):
    rows = [
        said("Petro Poroshenko", date="2015-05-01", actor_id="petro-poroshenko"),
        said("Petro Poroshenko", date="2022-05-01", actor_id="petro-poroshenko"),
        said("Government of Ukraine", actor_id="government-of-ukraine"),
        said("NATO Secretary General", actor_id="nato-secretary-general"),
    ]
    exported(tmp_path, rows)
    found = table(tmp_path / "dna" / "statements.csv")
    assert [(row["person"], row["organization"]) for row in found] == [
        ("Petro Poroshenko", "Government of Ukraine"),
        ("Petro Poroshenko", ""),
        ("", "Government of Ukraine"),
        ("NATO Secretary General", "NATO"),
    ]
    assert (found[0]["country"], found[0]["wikidata"]) == ("UA", "Q58077")


def test_without_a_date_only_a_body_of_all_terms_is_named():
    offices, known = load_offices(), load_registry().by_id
    body = offices.body(known["petro-poroshenko"], None)
    assert body is not None
    assert body.id == "government-of-ukraine"
    assert offices.body(known["government-of-ukraine"], days_of("2015")) is None
    assert any(
        offices.body(actor, None) is None and actor.offices for actor in known.values()
    )  # of several bodies in turn


def test_without_poles_nothing_has_an_agreement(tmp_path: Path):
    done = exported(tmp_path, poles=None)
    assert sum(done.without.values()) == done.statements


# --- in R ---------------------------------------------------------------------------------

needs_r = pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is missing")


def run_r(
    folder: Path, version: str, options: str = "", password: str = "p"
) -> tuple[int, str, list[list[str]]]:
    """Run load.R against a stand-in for rDNA; return exit code, messages and calls."""
    library, log = folder / f"library-{version}", folder / "log"
    if not library.exists():
        rdna.install(library, version)
    log.unlink(missing_ok=True)
    (folder / "x.dna").touch()
    code = (
        f'.libPaths(c("{library}", .libPaths())); source("load.R"); '
        f'stance_to_dna("{folder / "x.dna"}", coder_password = "{password}"{options})'
    )
    done = subprocess.run(
        ["Rscript", "-e", code],
        cwd=folder / "dna",
        env=os.environ | {"RDNA_LOG": str(log), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    calls = log.read_text("utf-8").split("|\n") if log.exists() else []
    return done.returncode, done.stderr, [call.split("|") for call in calls if call]


@needs_r
@pytest.mark.parametrize("version", ["3.1.1", "2.1.18"])
def test_the_script_loads_what_has_an_agreement_and_says_what_has_none(
    tmp_path: Path, version: str
):
    exported(tmp_path)
    code, shown, calls = run_r(tmp_path, version)
    assert code == 0, shown
    assert "2 statements without agreement were left out: conditional 1, none 1." in shown
    assert "1 statements of documents without a date were left out" in shown
    assert "3 statements in 2 documents were added." in shown
    loaded = [call for call in calls if call[0] == "statement"]
    assert [(call[4], call[-1]) for call in loaded] == [
        ("Ada Brandt", "1"), ("Bo Falk", "0"), ("", "1"),
    ]  # fmt: skip
    # the words of the first begin behind a character that is two units of UTF-16
    assert loaded[0][2:4] == ["3", str(len(SAID[0]["sentence"]) + 1)]
    assert [call[3] for call in calls if call[0] == "document"] == ["2024-05-03", "2024-06-01"]


@needs_r
def test_a_condition_can_be_a_concept_of_its_own(tmp_path: Path):
    exported(tmp_path)
    options = ', conditional = "concept", undated = "1900-01-01"'
    code, shown, calls = run_r(tmp_path, "3.1.1", options)
    assert code == 0, shown
    assert "1 statements without agreement were left out: none 1." in shown
    concepts = [(call[6], call[7]) for call in calls if call[0] == "statement"]
    assert (f"{TARGET}, conditional", "1") in concepts
    assert len(concepts) == 5
    assert calls[0][0] == "init"
    assert calls[-1][0] == "close"


@needs_r
def test_an_rdna_that_cannot_add_statements_is_refused(tmp_path: Path):
    exported(tmp_path)
    code, shown, calls = run_r(tmp_path, "3.0.11")
    assert code != 0
    assert "adds no statements; install 3.1.1 or later" in shown
    assert calls == []


@needs_r
@pytest.mark.parametrize("version", ["3.1.1", "2.1.18"])
def test_what_dna_refuses_is_counted_and_named(tmp_path: Path, version: str):
    exported(tmp_path, [said("Ada", article="a1"), said("Refused", article="a2")])
    code, shown, _ = run_r(tmp_path, version)
    assert code == 0, shown
    assert "1 statements in 2 documents were added." in shown
    assert "DNA refused 1 statements; the first have these numbers in statements.csv: 2" in shown


@needs_r
def test_a_database_that_does_not_open_is_told(tmp_path: Path):
    exported(tmp_path)
    code, shown, calls = run_r(tmp_path, "3.1.1", password="wrong")
    assert code != 0
    assert "x.dna; are coder_id and coder_password right?" in shown
    assert [call[0] for call in calls] == ["init", "open"]


@needs_r
def test_an_odd_label_does_no_harm_in_r(tmp_path: Path):
    labels = ('pro "x\\', "maybe\nso", "contra")
    rows = [
        {key: value for key, value in said("Ada").items() if not key.startswith("p_")}
        | {"label": label, **{f"p_{name}": 0.3 for name in labels}}
        for label in labels
    ]
    exported(tmp_path, rows, labels=labels, poles=(labels[0], labels[2]))
    code, shown, _ = run_r(tmp_path, "3.1.1")
    assert code == 0, shown
