"""The benchmarks' corpus, and that the page and the README say what is stored; no times here."""

from __future__ import annotations

import json
import random
import re
import runpy
import subprocess
import sys
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

HERE = Path(__file__).parent / "benchmarks"
README = HERE.parents[1] / "README.md"


@pytest.fixture(scope="module")
def corpus() -> SimpleNamespace:
    return SimpleNamespace(**runpy.run_path(str(HERE / "corpus.py")))


@pytest.fixture(scope="module")
def page() -> SimpleNamespace:
    return SimpleNamespace(**runpy.run_path(str(HERE / "page.py")))


# --- the corpus -------------------------------------------------------------------------------


def test_article_n_depends_on_n_and_the_seed_alone(corpus: SimpleNamespace):
    some = list(corpus.articles(30))
    assert list(islice(corpus.articles(1_000_000), 30)) == some
    assert list(corpus.articles(30, seed=1)) != some
    assert len({one["text"] for one in some}) == len({one["id"] for one in some}) == 30


def test_articles_have_300_to_900_words(corpus: SimpleNamespace):
    lengths = [len(one["text"].split()) for one in corpus.articles(1_500)]
    assert min(lengths) >= 300
    assert max(lengths) <= 900


def test_a_fifth_of_the_articles_is_about_something_else(corpus: SimpleNamespace):
    share = sum("NATO" not in one["text"] for one in corpus.articles(1_500)) / 1_500
    assert share == pytest.approx(corpus.OFF_ARTICLES, abs=0.03)


def test_persons_get_other_names_and_countries_do_not(corpus: SimpleNamespace):
    people = {person.surname for template in corpus.templates() for person in template.people}
    assert {"Virvilas", "Torvald", "Zelensky", "Drahomyr"} <= people
    assert not {"Ukraine", "Commission", "Rada", "NATO", "House"} & people
    texts = " ".join(one["text"] for one in corpus.articles(300))
    assert "Torvald" not in texts  # invented: always another name
    assert "Zelensky" in texts  # known: in half of the articles
    assert "Ilka Torvald" in " ".join(corpus.golden_texts())


def test_a_name_is_the_same_throughout_an_article(corpus: SimpleNamespace):
    template = next(
        one for one in corpus.templates() if "Torvald" in {p.surname for p in one.people}
    )
    number = [person.surname for person in template.people].index("Torvald")
    drawn = [
        piece
        for paragraph in template.paragraphs
        for piece in paragraph
        if not isinstance(piece, str) and piece[1] == number and piece[0][:4] in ("full", "surn")
    ]
    assert len(drawn) > 1
    fill = corpus._Fill(random.Random(3), template.people)
    assert len({fill([piece]).split()[-1] for piece in drawn}) == 1


def test_a_corpus_is_written_as_parquet(corpus: SimpleNamespace, tmp_path: Path):
    pq = pytest.importorskip("pyarrow.parquet")
    size = corpus.write_parquet(tmp_path / "a.parquet", 70)
    rows = pq.read_table(tmp_path / "a.parquet").to_pylist()
    assert rows == list(corpus.articles(70))
    assert size == sum(len(row["text"].encode()) for row in rows)


# --- the page ---------------------------------------------------------------------------------


def test_the_page_is_what_the_stored_results_give(page: SimpleNamespace):
    results = page.stored()
    assert results
    assert (HERE / "benchmarks.md").read_text("utf-8") == page.page(results)
    assert all(f"Commit {one['commit']}, " in page.page(results) for one in results.values())


def test_the_readme_quotes_the_page(page: SimpleNamespace):
    quoted = page.quote(page.stored())
    assert f"{page.MARKS[0]}\n{quoted}\n{page.MARKS[1]}" in README.read_text("utf-8")
    known = set(re.findall(r"\d[\d.,]*\d|\d", page.page(page.stored())))
    assert set(re.findall(r"\d[\d.,]*\d|\d", quoted)) <= known


def made(n: int, **ways: list[tuple[float, float]]) -> dict[str, Any]:
    """Return a result as it is stored, of (wall, cpu) pairs."""
    about = {"words": [300, 500, 900], "bytes": 3_000, "off_articles": 0.2, "seed": 0}
    return {
        "section": "x",
        "commit": "abc",
        "date": "2026-01-01 00:00",
        "cpu": "a processor",
        "cores": 2,
        "system": "Linux",
        "load": [0.1, 1.0],
        "free": [0.99, 0.98],
        "versions": {"Python": "3"},
        "n": n,
        "rounds": 3,
        "jobs": 2,
        "about": about | {"off_paragraphs": 0.1},
        "ways": {
            name.replace("_", " "): [
                {"wall": wall, "cpu": cpu, "bytes": 10**6, "pss": [[0, 1.0], [1, 90.0]]}
                for wall, cpu in runs
            ]
            for name, runs in ways.items()
        },
    }


def test_rates_ratios_and_goals(page: SimpleNamespace):
    results = {
        "analyze": made(100, analyze=[(1.0, 0.25), (2.0, 0.5), (1.0, 0.4)]),
        "batch": made(
            100,
            loop=[(1.0, 1.0)] * 3,
            one=[(1.0, 1.0), (3.0, 1.0), (1.0, 1.0)],
            two=[(0.5, 1.25)] * 3,
        ),
        "scale-1000": made(1000, batch=[(1.0, 10.0)]),
        "scale-200": made(200, batch=[(1.0, 1.0)]),
    }
    shown = page.page(results)
    assert "| analyze | 250 (200 to 400) | 100 (50 to 100) | 4.00 | 2.50 |" in shown
    assert "Goal: at least 200 articles a second and core: reached (250)." in shown
    assert "Goal: at least 150 articles a second and core: not reached (80)." in shown
    assert "2.00 times as fast as one (in the rounds: 2.00, 6.00, 2.00)" in shown
    assert "1.60 is possible" in shown
    assert "| 1,000 | 1000 | 10.00 | 2.00 × | 90 |" in shown
    assert shown.index("| 200 |") < shown.index("| 1,000 |")
    assert "98% of the cores free" in shown
    assert "the clock says little" not in shown
    assert "2 processes are 2.00 times as fast as one" in page.quote(results)
    said = "One of 1,000 whole articles costs 2.00 times as much as one of 200"
    assert said in page.quote(results)


def test_on_a_busy_machine_cpu_time_is_quoted(page: SimpleNamespace):
    result = made(100, loop=[(1.0, 1.0)], one=[(1.0, 1.0)], two=[(0.5, 1.25)])
    result |= {"free": [0.99, 0.4]}
    assert "the clock says little" in page.page({"batch": result})
    assert "by the CPU time used 1.60 times" in page.quote({"batch": result})


def test_the_scorers_first_table_is_quoted(page: SimpleNamespace):
    table = [
        "### The shipped model",
        "| classify_many | 9 | 8 | 1.00 × |",
        "| peer | 9 | 8 | 3.10 × |",
    ]
    rest = ["### Words", "| peer | 9 | 8 | 7.00 × |"]
    assert list(page._peers(table + rest)) == [("peer", "3.10")]


# --- the command ------------------------------------------------------------------------------


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(HERE / "run.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def test_a_trial_prints_and_stores_nothing():
    before = {file: file.read_bytes() for file in HERE.rglob("*.json")}
    done = run("--quick", "analyze", "--articles", "3", "--rounds", "1")
    assert done.returncode == 0, done.stderr
    assert "## `analyze`: 3 articles a round, 1 rounds" in done.stdout
    assert "1/1 analyze" in done.stderr
    assert {file: file.read_bytes() for file in HERE.rglob("*.json")} == before


def test_an_unknown_section_is_named():
    done = run("speed")
    assert done.returncode == 2
    assert "section 'speed'; expected one of scorer, analyze, batch" in done.stderr


def test_results_are_json_with_their_origin(page: SimpleNamespace):
    for file in (HERE / "results").glob("*.json"):
        found = json.loads(file.read_text("utf-8"))
        assert {"section", "date", "commit", "versions", "cpu", "load", "n", "rounds"} <= set(found)
        assert "+" not in found["commit"], f"{file.name} was measured on files not committed"
