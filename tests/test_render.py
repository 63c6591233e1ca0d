"""Analyses as JSON, CSV, Markdown and HTML: complete, escaped, and true to the text."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.records import (
    ActorStance,
    Analysis,
    JudgedStatement,
    Prediction,
    Skipped,
    Span,
    Statement,
)
from stance.render import (
    CSV_COLUMNS,
    analyses_csv,
    analyses_html,
    analyses_json,
    analyses_markdown,
    analysis_data,
    stance_words,
)

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=https://evil.example/x onerror=alert(1)>",
    "a | b `c` $x$ *d*",
    "[link](https://evil.example)",
    '" onmouseover="alert(1)',
    "</td></table></mark>",
    "{{ 7 * 7 }}",
    "&lt;b&gt;",
]


def span_of(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words), words)


def judged(
    text: str,
    sentence: str,
    *,
    label: str = "favor",
    mention: str = "",
    cue: str = "",
    content: str = "",
    probability: float = 0.875,
) -> JudgedStatement:
    """Return a statement of which the sentence, speaker, cue and content are given as words."""
    words = span_of(text, content or sentence)
    rest = (1.0 - probability) / 3
    probabilities = dict.fromkeys(("favor", "conditional", "against", "none"), rest)
    return JudgedStatement(
        Statement(
            content=words,
            fragments=(words,),
            cue=span_of(text, cue) if cue else None,
            mention=span_of(text, mention) if mention else None,
            actor="Ann",
            actor_id="ann",
            kind="mixed",
            sentence=span_of(text, sentence),
            rule="test/name",
        ),
        Prediction(label, probabilities | {label: probability}, 0.5, probability > 0.8, "m-1"),
    )


def actor_of(
    name: str, *items: JudgedStatement, label: str = "favor", n: int | None = None, **more: Any
) -> ActorStance:
    n = len(items) if n is None else n
    values: dict[str, Any] = {
        "actor_id": None,
        "score": -0.4321 if n else None,
        "interval": (-1.0, 0.25) if n else None,
        "mixed": False,
        "confident": bool(n),
    }
    return ActorStance(
        actor=name, label=label if n else "none", n=n, statements=tuple(items), **(values | more)
    )


def hostile_analysis(text: str) -> dict[str, Any]:
    """Return an analysis in which the text stands in every place that a stranger fills."""
    article = f"X {text} said {text}. Y {text} left."
    sentence = f"X {text} said {text}."
    item = judged(article, sentence, mention=f"X {text}", cue="said", content=text)
    analysis = Analysis(
        text=article,
        statements=(item,),
        actors=(actor_of(text, item, label=text), actor_of(f"silent {text}")),
        skipped=(Skipped(text, Span(0, 1, "X")),),
        target=text,
        model_id=text,
    )
    return analysis_data(text, analysis)


@pytest.fixture
def analysis() -> Analysis:
    """Ann favours it, once unsure; Ben said something without a stance; Cid said nothing."""
    text = 'Ann, 40, said:\n"We want it, now." Ann may want it. Ben read it. Cid slept.'
    first = judged(
        text, 'Ann, 40, said:\n"We want it, now."', mention="Ann", cue="said",
        content='"We want it, now."',
    )  # fmt: skip
    second = judged(text, "Ann may want it.", label="conditional", probability=0.625)
    third = judged(text, "Ben read it.", label="none")
    return Analysis(
        text=text,
        statements=(first, second, third),
        actors=(
            actor_of("Ann", first, second, mixed=True, actor_id="ann"),
            actor_of("Ben", third, n=0),
            actor_of("Cid"),
        ),
        skipped=(Skipped("too long", Span(0, 3, "Ann")),),
        target="a wealth tax",
        model_id="levy-12345678",
    )


@pytest.fixture
def data(analysis: Analysis) -> dict[str, Any]:
    return analysis_data("one.txt", analysis)


FAILED = [{"name": "two.txt", "reason": "it is empty"}]


class Page(HTMLParser):
    """Tags, attributes and text of a page, as a browser reads them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.text = ""
        self.marked: list[tuple[str, str]] = []
        self.quotes: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in ("meta", "br"):
            self.open.append(tag)
        if tag == "mark":
            self.marked.append((dict(attrs).get("class") or "", ""))
        if tag == "blockquote":
            self.quotes.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        self.text += text
        if "mark" in self.open:
            self.marked[-1] = (self.marked[-1][0], self.marked[-1][1] + text)
        if "blockquote" in self.open:
            self.quotes[-1] += text


# --- plain data and JSON --------------------------------------------------------------


def test_json_holds_everything_and_reads_back(data: dict[str, Any], analysis: Analysis):
    found = json.loads(analyses_json([data], FAILED))
    assert found["failed"] == FAILED
    (one,) = found["analyses"]
    assert (one["name"], one["target"], one["model_id"]) == (
        "one.txt", "a wealth tax", "levy-12345678",
    )  # fmt: skip
    assert [(a["actor"], a["label"], a["n"]) for a in one["actors"]] == [
        ("Ann", "favor", 2), ("Ben", "none", 0), ("Cid", "none", 0),
    ]  # fmt: skip
    ann = one["actors"][0]
    assert (ann["score"], ann["interval"], ann["mixed"]) == (-0.4321, [-1.0, 0.25], True)
    assert ann["statements"][0]["probabilities"]["favor"] == 0.875
    assert one["skipped"] == [{"reason": "too long", "span": {"start": 0, "end": 3, "text": "Ann"}}]


def test_json_spans_point_into_the_text(data: dict[str, Any], analysis: Analysis):
    found = json.loads(analyses_json([data], []))
    for actor in found["analyses"][0]["actors"]:
        for item in actor["statements"]:
            for span in (item["content"], item["sentence"], *item["fragments"]):
                assert analysis.text[span["start"] : span["end"]] == span["text"]


def test_json_keeps_what_serves_only_the_page_to_itself(data: dict[str, Any]):
    assert "pieces" not in analyses_json([data], [])
    assert "pieces" in data["actors"][0]["statements"][0]  # and the data stay as they were


def test_nothing_to_show_is_still_valid():
    assert json.loads(analyses_json([], FAILED)) == {"analyses": [], "failed": FAILED}
    assert analyses_csv([]).splitlines() == [",".join(CSV_COLUMNS)]
    assert analyses_markdown([], FAILED) == "Not read: two.txt: it is empty\n"
    assert "two.txt" in Page(analyses_html([], FAILED)).text


@pytest.mark.parametrize(
    ("mixed", "confident", "words"),
    [
        (False, True, "favor"),
        (True, True, "favor, mixed"),
        (False, False, "favor, not sure"),
        (True, False, "favor, mixed, not sure"),
    ],
)
def test_doubts_are_said_with_the_stance(mixed: bool, confident: bool, words: str):
    assert stance_words({"label": "favor", "mixed": mixed, "confident": confident}) == words


# --- CSV ------------------------------------------------------------------------------


def rows_of(*analyses: dict[str, Any]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(analyses_csv(analyses), newline="")))


def test_csv_has_a_row_for_each_statement_and_one_for_who_is_silent(data: dict[str, Any]):
    rows = rows_of(data)
    assert [(row["actor"], row["statement_label"]) for row in rows] == [
        ("Ann", "favor"), ("Ann", "conditional"), ("Ben", "none"), ("Cid", ""),
    ]  # fmt: skip


def test_csv_survives_line_ends_commas_and_quotation_marks(data: dict[str, Any]):
    first = rows_of(data)[0]
    assert first["content"] == '"We want it, now."'
    assert first["sentence"] == 'Ann, 40, said:\n"We want it, now."'


def test_csv_carries_actor_statement_and_model_in_every_row(data: dict[str, Any]):
    first = rows_of(data, data)[4]
    assert first == {
        "article": "one.txt", "target": "a wealth tax", "actor": "Ann", "actor_id": "ann",
        "stance": "favor", "score": "-0.4321", "score_low": "-1.0", "score_high": "0.25",
        "statements": "2", "mixed": "True", "confident": "True", "statement_label": "favor",
        "statement_probability": "0.875", "statement_confident": "True", "kind": "mixed",
        "speaker": "Ann", "cue": "said", "content": '"We want it, now."', "content_start": "15",
        "content_end": "33", "sentence": 'Ann, 40, said:\n"We want it, now."',
        "sentence_start": "0", "sentence_end": "33", "rule": "test/name",
        "model_id": "levy-12345678",
    }  # fmt: skip


def test_csv_leaves_empty_what_there_is_not(data: dict[str, Any]):
    silent = rows_of(data)[3]
    empty = {name for name, value in silent.items() if not value}
    assert {"score", "score_low", "score_high", "content", "cue", "actor_id"} <= empty
    assert silent["stance"] == "none"


@pytest.mark.parametrize("text", [*HOSTILE, "a;b,c", "tab\there", "zwei\r\nZeilen", "’“„", "🇺🇦"])
def test_csv_gives_any_text_back(text: str):
    first, silent = rows_of(hostile_analysis(text))
    assert first["content"] == text
    assert first["actor"] == first["article"] == first["target"] == text
    assert silent["actor"] == f"silent {text}"


# --- Markdown -------------------------------------------------------------------------


def test_markdown_shows_each_actor_with_score_and_words(data: dict[str, Any]):
    lines = analyses_markdown([data], FAILED).splitlines()
    assert lines[0] == "# one.txt"
    assert "Target: a wealth tax; model levy-12345678" in lines
    assert (
        "| Ann | favor, mixed | −0.43 (−1.00 to 0.25) | 2 "
        '| Ann, 40, said: "We want it, now."<br>Ann may want it. |' in lines
    )
    assert "No stance: Ben, Cid." in lines
    assert "Not read: too long" in lines
    assert lines[-1] == "Not read: two.txt: it is empty"


def test_markdown_says_nobody_where_everybody_has_a_stance(analysis: Analysis):
    alone = Analysis(analysis.text, (), analysis.actors[:1])
    assert "No stance: nobody." in analyses_markdown([analysis_data("x", alone)])


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_no_markup_in_markdown(text: str):
    page = analyses_markdown([hostile_analysis(text)], [{"name": text, "reason": text}])
    for line in page.splitlines():
        bare = re.sub(r"\\.", "", line).replace("<br>", "")
        assert not re.search(r"<\w|</|\]\(|\$|`|&\w+;|\*\w", bare), line
        if line.startswith("|"):
            assert bare.count("|") == 6, line


# --- HTML -----------------------------------------------------------------------------


def test_the_page_shows_actors_words_and_what_was_not_read(data: dict[str, Any]):
    page = Page(analyses_html([data], FAILED))
    text = " ".join(page.text.split())
    for words in ("one.txt", "a wealth tax", "levy-12345678", "No stance: Ben, Cid.",
                  "too long", "Not read: two.txt: it is empty", "−0.43", "−1.00 to 0.25",
                  "87.5%", "62.5%, not sure", "mixed", "characters 0–33"):  # fmt: skip
        assert words in text, words
    assert not page.open


def test_the_page_marks_speaker_cue_and_words(data: dict[str, Any]):
    shown = analyses_html([data])
    assert '<table class="blocks">' in shown  # the words go below their actor
    assert re.search(r"@media \(max-width: 40rem\) .*\.blocks tr {", shown, re.S)
    page = Page(shown)
    assert page.marked[:3] == [
        ("speaker", "Ann"), ("cue", "said"), ("words", '"We want it, now."'),
    ]  # fmt: skip


def test_the_page_quotes_the_sentence_as_it_stands(data: dict[str, Any]):
    quotes = Page(analyses_html([data])).quotes
    assert len(quotes) == 2  # what bears no stance is not quoted
    assert quotes[0].startswith('Ann, 40, said:\n"We want it, now."')


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_not_obeyed(text: str):
    failed = [{"name": text, "reason": text}]
    page = Page(analyses_html([hostile_analysis(text)], failed))
    usual = Page(analyses_html([hostile_analysis("x")], [{"name": "x", "reason": "x"}]))
    assert page.tags == usual.tags
    assert [name for name, _ in page.attributes] == [name for name, _ in usual.attributes]
    assert page.text.count(text) >= 10  # in every place that shows it
    assert not page.open


@pytest.mark.parametrize("text", ["x", *HOSTILE])
def test_the_page_loads_nothing(text: str):
    page = analyses_html([hostile_analysis(text)])
    found = Page(page)
    assert not {"src", "href", "action", "data"} & {name for name, _ in found.attributes}
    assert "default-src 'none'" in dict(found.attributes)["content"]
    assert "script" not in found.tags
    style = re.findall(r"<style>.*?</style>", page, re.DOTALL)
    assert len(style) == 1
    assert "url(" not in style[0]
    assert "@import" not in style[0]


def test_a_stance_without_a_score_has_no_axis(analysis: Analysis):
    item = analysis.statements[0]
    actor = actor_of("Ann", item, score=None, interval=None)
    page = Page(analyses_html([analysis_data("x", Analysis(analysis.text, (item,), (actor,)))]))
    assert ("class", "axis") not in page.attributes
    assert "None" not in page.text


@pytest.mark.parametrize("low", [-1.0, 0.0, 0.5])
def test_the_axis_runs_from_minus_one_to_one(analysis: Analysis, low: float):
    actor = actor_of("Ann", analysis.statements[0], score=low, interval=(low, 1.0))
    one = Analysis(analysis.text, analysis.statements[:1], (actor,))
    styles = [
        v for n, v in Page(analyses_html([analysis_data("x", one)])).attributes if n == "style"
    ]
    left, width = re.findall(r"[\d.]+", styles[0])
    assert float(left) == (low + 1) * 50
    assert float(left) + float(width) == 100.0
    assert styles[1] == f"left:{(low + 1) * 50:.1f}%"


# --- pieces ---------------------------------------------------------------------------

TEXT = "0123456789abcdefghij„“ÄÖÜ\n"
spans = st.tuples(st.integers(0, len(TEXT)), st.integers(0, len(TEXT))).map(
    lambda ends: Span(min(ends), max(ends), TEXT[min(ends) : max(ends)])
)


@given(
    sentence=spans,
    mention=st.none() | spans,
    cue=st.none() | spans,
    fragments=st.lists(spans, max_size=4).map(tuple),
)
def test_pieces_join_to_the_sentence(sentence, mention, cue, fragments):
    statement = Statement(
        sentence, fragments, cue, mention, "Ann", None, "direct", sentence, "test"
    )
    item = JudgedStatement(statement, Prediction("favor", {"favor": 1.0}, 1.0, True, "m"))
    analysis = Analysis(TEXT, (item,), (actor_of("Ann", item),))
    pieces = analysis_data("x", analysis)["actors"][0]["statements"][0]["pieces"]
    assert "".join(words for _, words in pieces) == sentence.text
    assert all(words for _, words in pieces)
    assert {kind for kind, _ in pieces} <= {"", "speaker", "cue", "words"}
