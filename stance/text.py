"""Article text → sentences, each a span of the very text that was handed in.

`normalise` maps one character to one character, so offsets into it are offsets into the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from stance.errors import InputError
from stance.lines import STOP, LineKind, paragraphs
from stance.records import Span


def word_set(listed: str) -> frozenset[str]:
    """Return the words of a list that is printed as running text."""
    return frozenset(listed.split())


MAX_SENTENCE = 5_000  # characters; a longer stretch without a stop is no sentence of a report

_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TABLE = {
    **dict.fromkeys("“‟„«❝", "“"),
    **dict.fromkeys("”»❞", "”"),
    **dict.fromkeys("＂", '"'),
    **dict.fromkeys("’‛ʼ′›ʹ", "'"),
    **dict.fromkeys("‘‚‹", "‘"),
    **dict.fromkeys("–—―‒−", "—"),
    **dict.fromkeys("‐‑", "-"),
    **dict.fromkeys(map(chr, (*range(32), *range(0x7F, 0xA1))), " "),
    **dict.fromkeys(map(chr, (*range(0x2000, 0x2010), *range(0x202A, 0x2030))), " "),
    **dict.fromkeys(map(chr, range(0x205F, 0x2070)), " "),
    **dict.fromkeys("\xad\u061c\u1680\u180e\u3000\ufeff\ufffc", " "),
    **dict.fromkeys("\n\x0b\x0c\x85\u2028\u2029", "\n"),
}
for _same in [char for char, other in _TABLE.items() if char == other]:
    del _TABLE[_same]
_ODD = re.compile("[^\n -~]")  # the characters that the table may hold

_DATELINE = re.compile(
    r"[A-ZÀ-Þ][\w.'/-]*+,?[ ](?:(?:[A-ZÀ-Þ][\w.'/-]*+|[0-9]{1,4}),?[ ]){0,6}"
    r"(?:\([^()\n]{2,40}\)[ ]?)?(?:--?|—)[ ]+(?=[\"“'‘]?[A-ZÀ-Þ])"
)
_LAST_NOTE = re.compile(r"(?<=[.!?…\"”')])(?:\[[0-9]{1,3}\])+$")
_WORDS = re.compile(r"[^\W_]+")

# Never the last word of a sentence when a stop follows.
_TITLES = word_set(
    "mr mrs ms dr prof gen lt col maj sgt capt adm brig cmdr sen rep gov pres rev hon st "
    "amb fr sr messrs mme mlle supt insp atty sec dep min vs cf eg ie approx ca fig figs "
    "art arts pp vol jan feb mar apr jun jul aug sept sep oct nov dec e.g i.e al"
)
# May end a sentence: a stop after them counts only before a word that opens sentences.
_MAYBE = word_set("inc ltd co corp jr bros dept est p.m a.m etc ph.d d.c ave blvd")
_OPENERS = word_set(
    "the a an this that these those he she it they we i you there but and in on at as for "
    "after before if when while although though however since his her its their our my so "
    "then now what who where why how some many most both no not one two last earlier later "
    "under with meanwhile nor or yet by from to during"
)
_LISTED = _TITLES | _MAYBE | {"no"}  # a stop after any other word ends a sentence
_STOPS = frozenset(".!?…")
_MONTHS = word_set("jan feb mar apr jun jul aug sept sep oct nov dec")


class Piece(NamedTuple):
    """A sentence or line of a normalised text as offsets; see `Sentence`."""

    start: int
    end: int
    paragraph: int
    kind: LineKind


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or line of a text.

    Attributes
    ----------
    span : Span
        Without surrounding white space, bullets or datelines.
    paragraph : int
        Running number of its paragraph, from 0.
    kind : {"headline", "heading", "byline", "body", "tags"}
        Only headline and body are read as language; the others are furniture.
    """

    span: Span
    paragraph: int
    kind: LineKind


def read_text(data: bytes, name: str) -> str:
    """Decode an article, strictly: UTF-8 (with or without BOM) or UTF-16 with BOM.

    Raises
    ------
    InputError
        If the file is empty, binary, not valid in its encoding, or HTML.
    """
    text = _decode(data, name)
    check_text(text, name)
    return text


def check_text(text: str, name: str) -> None:
    """Refuse what is no text of an article.

    Raises
    ------
    InputError
        If it is empty, binary or HTML.
    """
    if not text.strip("\ufeff\x00 \t\r\n\xa0"):
        raise InputError(f"{name} is empty; expected the text of an article")
    control = sum(text.count(chr(code)) for code in (*range(9), *range(14, 32)))
    if "\x00" in text or control * 5 > len(text):
        raise InputError(
            f"{name} looks like a binary file; expected plain text in UTF-8 (save a PDF or Word "
            "file as text first, for example with: pdftotext FILE.pdf)"
        )
    if _is_html(text):
        raise InputError(
            f"{name} is HTML, not plain text; save it as FILE.html and read it with: "
            "pip install 'actor-stance[html]' && stance analyze FILE.html"
        )


def fit_for_xml(text: str) -> str:
    """Return a text without the characters that XML 1.0 cannot hold."""
    return _UNFIT.sub("", text)


def encodable(text: str) -> str:
    """Replace what UTF-8 cannot hold (half a surrogate pair), one character by one."""
    return text.encode("utf-8", "replace").decode("utf-8")


@lru_cache(maxsize=4)  # an article passes here once for its sentences, actors and statements
def normalise(text: str) -> str:
    """Map quotation marks, dashes and odd spaces to one kind each; the length stays."""
    if text.isascii() and text.isprintable():
        return text
    if "\r" in text and "\n" not in text:
        text = text.replace("\r", "\n")
    for char in set(_ODD.findall(text)):
        if char in _TABLE:
            text = text.replace(char, _TABLE[char])
    return text


def sentences(text: str) -> list[Sentence]:
    """Split a text into sentences, in order; never raises.

    Headings, bylines and lists of tags are given too, each with its kind. A stretch longer
    than `MAX_SENTENCE` is given as it is; who reads on reports it as skipped.
    """
    return as_sentences(text, pieces(normalise(text)))


def as_sentences(text: str, split: Iterable[Piece]) -> list[Sentence]:
    """Return the pieces of a text with its words."""
    return [
        Sentence(Span(start, end, text[start:end]), paragraph, kind)
        for start, end, paragraph, kind in split
    ]


def pieces(clean: str) -> list[Piece]:
    """Return the sentences of a normalised text as offsets."""
    found: list[Piece] = []
    for number, (start, end, kind) in enumerate(paragraphs(clean)):
        if kind == "body":
            start = _after_dateline(clean, start, end)
            found += [Piece(a, b, number, kind) for a, b in _borders(clean, start, end)]
        else:
            found.append(Piece(start, end, number, kind))
    return found


def _decode(data: bytes, name: str) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise InputError(
                f"{name} is broken UTF-16 at byte {error.start}; save it again as UTF-8"
            ) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\x00" in data[:4096]:
            raise InputError(
                f"{name} looks like a binary file; expected plain text in UTF-8"
            ) from None
        raise InputError(
            f"{name} is not UTF-8 (byte {error.start} is 0x{data[error.start]:02x}); convert it, "
            "for example with: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW"
        ) from None


def _is_html(text: str) -> bool:
    head = text[:2000].lstrip("\ufeff \t\r\n").lower()
    if head.startswith(("<!doctype", "<html", "<?xml", "<head", "<body")):
        return True
    sample = text[:20_000]
    tags = re.findall(r"</?[a-zA-Z][^<>]{0,200}>", sample)
    return len(tags) >= 3 and sum(map(len, tags)) * 3 > len(sample)


def _after_dateline(clean: str, start: int, end: int) -> int:
    """Return where a paragraph starts after *LONDON, March 3 (Agency) —*."""
    stop = min(end, start + 120)
    if clean.find("- ", start, stop) < 0 and clean.find("— ", start, stop) < 0:
        return start
    dateline = _DATELINE.match(clean, start, stop)
    return dateline.end() if dateline else start


def _borders(clean: str, start: int, end: int) -> list[tuple[int, int]]:
    borders = []
    for match in STOP.finditer(clean, start, end):
        at, after = match.span()
        marks = match[1]
        if _ends(clean, at, marks, after, start, end):
            borders.append((start, at + len(marks)))
            start = after
    last = _LAST_NOTE.search(clean, start, end) if clean[end - 1 : end] == "]" else None
    borders.append((start, last.start() if last else end))
    return borders


def _ends(clean: str, at: int, marks: str, following: int, start: int, end: int) -> bool:
    """Tell whether the marks at `at` end a sentence."""
    if marks[0] != ".":  # …" or ." after a bracket; not a bracket or quotation mark alone
        return not _STOPS.isdisjoint(marks)
    if "!" in marks or "?" in marks or marks.startswith(".."):
        return True
    word = clean[max(start, at - 24) : at].rpartition(" ")[2].lstrip("\"“‘'([—").lower()
    if len(word) > 1 and word.isalpha() and word not in _LISTED:
        return True
    after = _WORDS.search(clean, following, min(end, following + 40))
    opener = after is not None and after.group().lower() in _OPENERS
    if word in _TITLES:
        return word in _MONTHS and opener
    if word == "no":
        return after is None or not after.group()[0].isdigit()
    if word in _MAYBE:
        return opener
    if len(word) == 1 and word.isalpha():
        return False  # an initial
    if "." in word and len(word) <= 7 and all(len(part) <= 2 for part in word.split(".")):
        return opener or '"' in marks or "”" in marks  # U.S., Ph.D., p.m.
    return True
