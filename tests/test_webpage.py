"""HTML pages: what is taken from them, and what is said when nothing can be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stance import cli
from stance.errors import InputError, MissingExtraError
from stance.webpage import page_text, read_document

WORDS = (
    "The foreign minister of Ruritania said that Ukraine must become a member of NATO at the "
    "next summit. The opposition leader rejected the idea and warned of the price of it. "
)
PAGE = (
    "<!DOCTYPE html><html><head><title>Summit</title><script>var x = 'no';</script></head><body>"
    "<nav><a href='/a'>Home</a><a href='/b'>Subscribe now</a></nav>"
    f"<article><h1>Ministers meet</h1><p>{WORDS}</p><p>{WORDS.replace('summit', 'café talks')}</p>"
    "</article><footer>All rights reserved</footer></body></html>"
)


def test_the_article_is_taken_without_menus():
    pytest.importorskip("trafilatura")
    text = page_text(PAGE.encode("utf-8"), "page.html")
    assert "The foreign minister of Ruritania said" in text
    assert "café talks" in text
    assert "Subscribe now" not in text
    assert "var x" not in text


def test_the_ending_of_the_name_decides():
    pytest.importorskip("trafilatura")
    assert "Ruritania" in read_document(PAGE.encode(), "a/PAGE.HTM")
    assert read_document(WORDS.encode(), "page.txt") == WORDS
    with pytest.raises(InputError, match=r"is HTML, not plain text; save it as FILE.html"):
        read_document(PAGE.encode(), "page.txt")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty; expected a page"),
        (b"<html><head></head><body></body></html>", "no article was found in the page p.html"),
        (b"\x00\x01\x02" * 50, "no article was found"),
    ],
)
def test_a_page_without_an_article_says_so(data: bytes, message: str):
    pytest.importorskip("trafilatura")
    with pytest.raises(InputError, match=message):
        page_text(data, "p.html")


def test_the_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'actor-stance\[html\]'"):
        page_text(PAGE.encode(), "p.html")


def test_analyze_reads_pages(tmp_path: Path):
    pytest.importorskip("trafilatura")
    page = tmp_path / "page.html"
    page.write_text(PAGE, "utf-8")
    done = CliRunner().invoke(cli.app, ["analyze", str(page)])
    assert done.exit_code == 0, done.output
    assert "Ruritania" in done.output


def test_analyze_names_the_missing_extra(tmp_path: Path):
    page = tmp_path / "page.html"
    page.write_text(PAGE, "utf-8")
    code = "import sys; sys.modules['trafilatura'] = None; from stance.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "analyze", str(page)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == cli.DATA
    assert "pip install 'actor-stance[html]'" in done.stderr
