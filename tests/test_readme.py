"""What the README says is executed, and its figures are those of the shipped model."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from stance.dataset import read_dataset
from stance.datasheet import read_readings, summary
from stance.resources import data_path

README = Path(__file__).parents[1] / "README.md"
pytestmark = pytest.mark.skipif(not README.exists(), reason="runs in a checkout")


@pytest.fixture(scope="module")
def computed() -> SimpleNamespace:
    """The script that writes the README's computed parts."""
    return SimpleNamespace(**runpy.run_path(str(README.parent / ".ci" / "readme.py")))


def blocks(kind: str) -> list[str]:
    """Return the fenced blocks of a kind."""
    return re.findall(
        rf"^```{kind}\n(.*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )


def test_readme_starts_with_one_sentence_and_two_commands():
    text = README.read_text("utf-8")
    assert text.split("\n\n")[1].count(". ") == 0
    assert len(blocks("sh")) == 2
    assert all("venv" in block and block.count("\n") == 1 for block in blocks("sh"))


def test_first_example_gives_the_printed_output(computed):
    code, printed = blocks("python")[0], blocks("text")[0]
    assert len([line for line in code.splitlines() if line.strip()]) == 6
    assert computed.example_output(README.read_text("utf-8")) == printed


def test_article_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "article.txt").write_text("The minister said Kyiv must join NATO.", "utf-8")
    monkeypatch.chdir(tmp_path)
    exec(compile(blocks("python")[1], "README", "exec"), {})


def test_what_it_is_bad_at_carries_the_measured_number(computed):
    assert computed.weakness() in README.read_text("utf-8")
    assert computed.refreshed(README.read_text("utf-8")) == README.read_text("utf-8")


def test_datasheet_holds_the_computed_tables():
    sheet = data_path("README.md").read_text("utf-8")
    assert summary(read_dataset(), read_readings()) in sheet
