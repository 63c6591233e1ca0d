"""What the README says is executed, and its figures are those of the shipped model."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from stance import load_model
from stance.dataset import read_dataset
from stance.datasheet import read_readings, summary
from stance.resources import data_path

README = Path(__file__).parents[1] / "README.md"
pytestmark = pytest.mark.skipif(not README.exists(), reason="runs in a checkout")


def blocks(kind: str) -> list[str]:
    """Return the fenced blocks of a kind."""
    return re.findall(
        rf"^```{kind}\n(.*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )


def weakness() -> str:
    """Return the line on what the model is bad at, with its measured numbers."""
    metrics = load_model().manifest["metrics"]
    several, one = (metrics["slices"][f"actors/{name}"] for name in ("several", "one"))
    low, high = metrics["macro_f1_interval"]
    return (
        "**What it is bad at:** sentences in which several actors take positions: macro-F1 "
        f"{several['macro_f1']:.2f} there (n = {several['n']}) against {one['macro_f1']:.2f} with one "
        f"actor (n = {one['n']}); {metrics['macro_f1']:.2f} over all (95 % interval {low:.2f} to "
        f"{high:.2f}, grouped cross-validation on a dataset full of minimal edits that change the label)."
    )


def test_readme_starts_with_one_sentence_and_two_commands():
    text = README.read_text("utf-8")
    assert text.split("\n\n")[1].count(". ") == 0
    assert len(blocks("sh")) == 2
    assert all("venv" in block and block.count("\n") == 1 for block in blocks("sh"))


def test_first_example_gives_the_printed_output():
    code, printed = blocks("python")[0], blocks("text")[0]
    assert len([line for line in code.splitlines() if line.strip()]) == 6
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(compile(code, "README", "exec"), {})
    assert shown.getvalue() == printed


def test_article_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "article.txt").write_text("The minister said Kyiv must join NATO.", "utf-8")
    monkeypatch.chdir(tmp_path)
    exec(compile(blocks("python")[1], "README", "exec"), {})


def test_what_it_is_bad_at_carries_the_measured_number():
    assert weakness() in README.read_text("utf-8").replace("\n", " ").replace("  ", " ")


def test_datasheet_holds_the_computed_tables():
    sheet = data_path("README.md").read_text("utf-8")
    assert summary(read_dataset(), read_readings()) in sheet
