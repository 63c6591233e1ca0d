"""Reports: every figure is there, nothing hostile gets out, nothing comes from elsewhere."""

from __future__ import annotations

import copy
import html
import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from stance.errors import MissingExtraError
from stance.plots import evaluation_plots
from stance.report import (
    interval_text,
    markdown_cell,
    report_html,
    report_markdown,
    signed,
    write_report,
)

pytestmark = pytest.mark.filterwarnings("ignore:constrained_layout")  # labels of absurd length
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=https://evil.example/x onerror=alert(1)>",
    "a | b",
    "$x$ and $\\frac{1}{0}$",
    "`code` and ``more``",
    "one\ntwo\r\nthree",
    "[link](https://evil.example) ![i](https://evil.example/i.png)",
    "</svg></style></title>",
    "]]> --> & &lt;b&gt;",
    '" onmouseover="alert(1)',
    "{{ 7 * 7 }} {% raw %}",
]


def part(seed: int, **more: Any) -> dict[str, Any]:
    """Return an entry with figures that occur nowhere else."""
    return {
        "n": 1000 + seed,
        "macro_f1": 0.5001 + seed / 1000,
        "macro_f1_interval": [0.11 + seed / 100, 0.61 + seed / 100],
        "accuracy": 0.7001 + seed / 1000,
        "accuracy_interval": [0.21 + seed / 100, 0.71 + seed / 100],
        **more,
    }


def label_entry(label: str, seed: int) -> dict[str, Any]:
    return {
        "label": label,
        "n": 2000 + seed,
        **{
            key: value
            for offset, name in enumerate(("precision", "recall", "f1"))
            for key, value in (
                (name, 0.3001 + seed / 1000 + offset / 10),
                (f"{name}_interval", [0.05 + offset / 10, 0.95 - offset / 100]),
            )
        },
    }


def figures_of(text: str = "plain", **changes: Any) -> dict[str, Any]:
    """Return figures as `Evaluation.to_dict` gives them, with `text` wherever a name may stand."""
    label, other = f"{text} for", f"{text} against"
    figures: dict[str, Any] = {
        "mode": "cross-validation",
        "dataset": {"name": text, "digest": "d1" * 32, "rows": 4321, "groups": 765,
                    "left_out": 5432, "skipped": [f"row 2: {text}"]},
        "model": {"id": text, "target": text, "labels": [label, other], "poles": [label, other],
                  "seed": 77, "folds": 5, "versions": {"numpy": text, "python": "3.99.1"},
                  "threshold": 0.6543, "target_accuracy": 0.9},
        "overall": {**part(1), "ece": 0.0456, "ece_interval": [0.03, 0.07], "ece_before": 0.0987},
        "classes": [label_entry(label, 1), label_entry(other, 2)],
        "confusion": [[811, 12], [13, 814]],
        "slices": [part(3, kind="provenance", name=text, labels=2),
                   part(4, kind="negation", name="absent", labels=1)],
        "baselines": [part(1, name="stance", labels=2), part(5, name=text, labels=2)],
        "reliability": {
            "before": [{"confidence": 0.44, "accuracy": 0.33, "share": 1.0, "n": 31}],
            "after": [{"confidence": 0.5512, "accuracy": 0.4413, "share": 0.4, "n": 32},
                      {"confidence": 0.8514, "accuracy": 0.8615, "share": 0.6, "n": 33}],
        },
        "risk_coverage": {"coverage": [0.5, 1.0], "risk": [0.1, 0.3], "area": 0.2345,
                          "threshold": 0.6543, "kept": 0.4321, "kept_n": 1867,
                          "kept_accuracy": 0.9123},
        "learning_curve": [{"rows": 501, "macro_f1": 0.4181, "n": 202},
                           {"rows": 1002, "macro_f1": 0.4992, "n": 202}],
        "added_rows": [{"rows": text, "added": 987, "n": 4322, "macro_f1_without": 0.6271,
                        "macro_f1_with": 0.6392, "difference": -0.0121,
                        "difference_interval": [-0.0213, 0.0049]}],
        "actor_swap": [{"replaced": "the row's actor", "n": 641, "changed": 437, "share": 0.0047},
                       {"replaced": "every name", "n": 642, "changed": 439, "share": 0.0141}],
        "seed_articles": [{
            "article": text, "statements": 24, "stances": [[label, other]],
            "counts": {"gold": 46, "found": 45, "matched": 21, "mention": 20, "name": 19,
                       "resolved": 18, "resolved_right": 17},
            "actors": [{"actor": text, "gold": label, "found": other, "score": -0.4321, "n": 6},
                       {"actor": "Ann", "gold": other, "found": other, "score": None, "n": 0}],
            "actors_right": 1}],
        "checklist": [{"capability": text, "n": 31, "passed": 23, "left_out": 0,
                       "share": 0.7419, "share_interval": [0.5675, 0.8630]}],
        "golden": [{"name": "quote_f1", "what": text, "value": 0.8123,
                    "interval": [0.77, 0.85], "n": 907}],
        "golden_articles": [{
            "article": text, "statements": 31, "stances": [[label, other]],
            "counts": {"gold": 36, "found": 37, "matched": 29, "mention": 28, "name": 27,
                       "resolved": 23, "resolved_right": 22},
            "actors": [{"actor": text, "gold": label, "found": label, "score": None, "n": 1}],
            "actors_right": 1}],
        "errors": [{"id": text, "sentence": text, "actor": text, "label": label,
                    "predicted": other, "probability": 0.9678}],
    }  # fmt: skip
    return {**figures, **changes}


def shown_numbers(figures: dict[str, Any]) -> set[str]:
    """Return the numbers that a reader must find, as the report writes them."""
    found: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for name, item in value.items():
                if name.startswith("difference"):
                    ends = item if isinstance(item, list) else [item]
                    found.update(f"{end:.3f}".replace("-", "−") for end in ends)
                elif name.endswith("_interval"):
                    found.add(f"{item[0]:.2f} to {item[1]:.2f}")
                elif name in ("share", "kept", "kept_accuracy"):
                    found.add(f"{item:.1%}")
                elif isinstance(item, float) and name != "score":
                    found.add(f"{item:.3f}")
                elif isinstance(item, int) and not isinstance(item, bool):
                    found.add(str(item))
                elif isinstance(item, dict | list):
                    walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    plain = copy.deepcopy(figures)
    for name in ("learning_curve", "reliability", "confusion"):  # tables in Markdown, plots in HTML
        del plain[name]
    del plain["model"]["target_accuracy"]
    for name in ("coverage", "risk"):
        del plain["risk_coverage"][name]
    walk(plain)
    return found


class Page(HTMLParser):
    """Tags, attributes and text of a page, as a browser reads them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in ("meta", "br", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def normal(text: str) -> str:
    return " ".join(text.split())


# --- every figure ---------------------------------------------------------------------


@pytest.mark.parametrize("write", [report_markdown, report_html])
def test_every_number_is_shown(write):
    figures = figures_of()
    page = write(figures)
    missing = {number for number in shown_numbers(figures) if number not in page}
    assert not missing
    assert figures["dataset"]["digest"] in page
    assert "−0.43" in page  # the score of an actor, with a true minus sign


def test_markdown_has_the_confusion_matrix_the_bins_and_the_learning_curve():
    page = report_markdown(figures_of())
    assert "| plain for | 811 | 12 |" in page
    assert "| plain against | 13 | 814 |" in page
    assert "| 0.551 | 0.441 | 32 |" in page
    assert "| 501 | 0.418 |" in page


def test_the_page_has_the_confusion_matrix_as_text():
    text = Page(report_html(figures_of())).text
    assert {"811", "12", "13", "814"} <= set(text.split())


@pytest.mark.parametrize("write", [report_markdown, report_html])
@pytest.mark.parametrize(
    ("mode", "folds", "words"),
    [
        ("cross-validation", 3, "3-fold grouped cross-validation"),
        ("held-out", 0, "rows the model was not trained on"),
    ],
)
def test_every_report_names_its_split(write, mode: str, folds: int, words: str):
    figures = figures_of(mode=mode)
    figures["model"]["folds"] = folds
    assert words in write(figures)
    assert ("same folds" in write(figures)) == bool(folds)


@pytest.mark.parametrize("write", [report_markdown, report_html])
def test_a_wrong_stance_of_a_seed_article_is_marked(write):
    assert write(figures_of()).count("✗") == 1


@pytest.mark.parametrize("write", [report_markdown, report_html])
def test_what_was_left_out_leaves_no_empty_section(write):
    names = ("learning_curve", "added_rows", "seed_articles", "checklist", "golden", "errors")
    figures = figures_of(**{name: [] for name in names})
    figures["dataset"]["skipped"] = []
    page = write(figures)
    headings = ("Learning curve", "added rows", "Seed article", "Checklist", "Golden", "mistakes")
    for heading in (*headings, "were not read"):
        assert heading not in page


@pytest.mark.parametrize("write", [report_markdown, report_html])
def test_a_model_that_calls_none_confident_says_so(write):
    figures = figures_of()
    figures["risk_coverage"] |= {"kept": 0.0, "kept_n": 0, "kept_accuracy": None}
    assert "No prediction reaches the threshold of 0.654" in write(figures)
    assert "None" not in write(figures)


@pytest.mark.parametrize("write", [report_markdown, report_html])
def test_a_figure_without_an_interval_is_shown_without_one(write):
    figures = figures_of()
    for entry in (figures["overall"], *figures["classes"], *figures["slices"]):
        entry.update({name: None for name in entry if name.endswith("_interval")})
    assert "no interval" in write(figures)


def test_markdown_tables_have_as_many_cells_as_their_head():
    for text in ("plain", *HOSTILE):
        widths: list[int] = []
        for line in report_markdown(figures_of(text)).splitlines():
            if not line.startswith("|"):
                widths = []
                continue
            widths.append(len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)))
            assert widths[-1] == widths[0], line


# --- nothing hostile ------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_not_obeyed(text: str):
    page = Page(report_html(figures_of(text)))
    assert not page.open
    assert normal(text) in normal(page.text)
    assert not {"script", "img", "iframe", "object", "link", "base", "b"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert page.tags == Page(report_html(figures_of())).tags or "\n" in text  # lines are tspans


@pytest.mark.parametrize("text", HOSTILE)
def test_the_page_points_to_nothing_outside(text: str):
    page = report_html(figures_of(text))
    for name, value in Page(page).attributes:
        if name in ("src", "href", "xlink:href", "action", "data", "poster", "srcset"):
            assert value.startswith(("#", "data:image/png;base64,")), (name, value)
        for place in re.findall(r"url\(([^)]*)\)", value):
            assert place.strip("'\"").startswith("#")
    style = "".join(re.findall(r"<style.*?</style>", page, re.DOTALL))
    assert "url(" not in style
    assert "@import" not in style


def test_the_page_forbids_what_it_does_not_need():
    attributes = dict(Page(report_html(figures_of())).attributes)
    assert "default-src 'none'" in attributes["content"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_no_markup_in_markdown(text: str):
    page = report_markdown(figures_of(text))
    assert "\r" not in page
    for line in page.splitlines():
        bare = re.sub(r"\\.", "", line)  # what a backslash does not disarm
        assert not re.search(r"<\w|</|\]\(|\$|&\w+;", bare), line
        assert "`" not in re.sub(r"`[0-9a-f]{64}`", "", bare), line


@pytest.mark.parametrize("text", HOSTILE)
def test_drawings_are_well_formed_and_hold_the_text(text: str):
    drawn = evaluation_plots(figures_of(text))
    for svg in drawn.values():
        root = ElementTree.fromstring(svg)
        assert not [e for e in root.iter() if e.tag.endswith(("script", "foreignObject"))]
    words = normal("".join(ElementTree.fromstring(drawn["Confusion matrix"]).itertext()))
    for line in text.splitlines():
        assert normal(line) in words


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("plain words", "plain words"),
        ("a|b", r"a\|b"),
        ("<b>", r"\<b\>"),
        ("  two\n\tlines\u2028three ", "two lines three"),
        ("*_`#~$[]{}\\", r"\*\_\`\#\~\$\[\]\{\}" + "\\\\"),
        ("&lt;", r"\&lt;"),
        (3, "3"),
        (None, "None"),
    ],
)
def test_a_cell_shows_a_text_as_it_is(value: object, cell: str):
    assert markdown_cell(value) == cell


@pytest.mark.parametrize(
    ("value", "text"), [(0.434, "+0.43"), (-0.434, "−0.43"), (0.0, "+0.00"), (None, "–")]
)
def test_scores_have_a_sign(value: float | None, text: str):
    assert signed(value) == text


def test_intervals_have_two_ends_or_none():
    assert interval_text((0.614, 0.661)) == "0.61 to 0.66"
    assert interval_text((-0.5, 0.5)) == "−0.50 to 0.50"
    assert interval_text(None) == "no interval"


# --- plots ----------------------------------------------------------------------------


def test_plots_are_drawn_for_what_there_is():
    drawn = evaluation_plots(figures_of())
    assert list(drawn) == ["Confusion matrix", "Reliability", "Risk and coverage", "Learning curve"]
    assert all(svg.startswith("<svg") for svg in drawn.values())


def test_without_a_learning_curve_there_is_no_plot_of_it():
    assert "Learning curve" not in evaluation_plots(figures_of(learning_curve=[]))


def test_without_kept_predictions_no_threshold_is_drawn():
    figures = figures_of()
    assert "threshold" in evaluation_plots(figures)["Risk and coverage"]
    figures["risk_coverage"]["kept_accuracy"] = None
    assert "threshold" not in evaluation_plots(figures)["Risk and coverage"]


def test_a_label_that_no_row_has_is_drawn():
    assert "0%" in evaluation_plots(figures_of(confusion=[[0, 0], [1, 9]]))["Confusion matrix"]


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(
        MissingExtraError, match=r"plots need matplotlib; .*pip install 'actor-stance\[report\]'"
    ):
        write_report(figures_of(), tmp_path / "report")
    assert not (tmp_path / "report").exists()


# --- files ----------------------------------------------------------------------------


def test_the_files_are_written_and_named(tmp_path: Path):
    figures = figures_of()
    written = write_report(figures, tmp_path / "deep" / "report")
    assert [path.name for path in written] == ["report.json", "report.md", "report.html"]
    assert json.loads(written[0].read_text("utf-8")) == figures
    assert written[1].read_text("utf-8") == report_markdown(figures)
    assert Page(written[2].read_text("utf-8")).tags[0] == "html"
    assert len(list(written[0].parent.iterdir())) == 3


def test_the_same_figures_give_the_same_bytes(tmp_path: Path):
    one = write_report(figures_of(), tmp_path / "one")
    other = write_report(figures_of(), tmp_path / "other")
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in other]


def test_a_full_disk_leaves_the_old_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    old = {path.name: path.read_bytes() for path in write_report(figures_of("old"), tmp_path)}

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_report(figures_of("new"), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == old


def test_figures_that_lack_a_part_fail_before_anything_is_written(tmp_path: Path):
    figures = figures_of()
    del figures["slices"]
    with pytest.raises(Exception, match="slices"):
        write_report(figures, tmp_path / "report")
    assert not (tmp_path / "report").exists()


def test_labels_of_any_script_are_drawn_without_a_warning(recwarn: pytest.WarningsRecorder):
    text = "Зеленський 中文 עברית é"
    assert html.unescape(report_html(figures_of(text))).count(text) > 10
    assert not recwarn.list
