"""Article text → sentences, each a span of the very text that was handed in.

`normalise` maps one character to one character, so offsets into it are offsets into the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from stance.errors import InputError
from stance.records import Span

SentenceKind = Literal["headline", "heading", "byline", "body", "tags"]


def word_set(listed: str) -> frozenset[str]:
    """Return the words of a list that is printed as running text."""
    return frozenset(listed.split())


MAX_SENTENCE = 5_000  # characters; a longer stretch without a stop is no sentence of a report

LEAST_HEADLINE = 4  # words of a headline in a list of them
LEAST_DIGEST = 8  # lines of a list of headlines; a guess

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

_LINE = re.compile(r"[^\n]+")
_BULLET = re.compile(r"[ ]*+(?:[•·▪‣◦●○■*►➤]|[-—](?=[ ]))[ ]*+")
_CRUMB = re.compile(
    r"(?:tags?|keywords?|topics|related|read more|read also|see also|photos?|image|source"
    r"|filed under|share|follow us|advertisement|subscribe)\b[ ]*+(?::|$)",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"(?:by|from|text|author|reporting by|editing by|written by)[ :]+[A-ZÀ-Þ]"
    r"|(?:published|updated|last updated|posted)\b"
    r"|\(?c?\)?[ ]?(?:reuters|ap|afp|dpa)\)?$",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    r"[A-ZÀ-Þ][\w.'/-]*+,?[ ](?:(?:[A-ZÀ-Þ][\w.'/-]*+|[0-9]{1,4}),?[ ]){0,6}"
    r"(?:\([^()\n]{2,40}\)[ ]?)?(?:--?|—)[ ]+(?=[\"“'‘]?[A-ZÀ-Þ])"
)
_NOTE = r"(?:\[[0-9]{1,3}\])*+"  # the number of a note: … votes.[1] The vote …
_LINK = re.compile(r"(?:read|see) (?:also|more|too):[ ]*+(?=[^\n]*?\w)", re.IGNORECASE)
_STOP = re.compile(rf"([.!?…\"”')\]]++){_NOTE}[ ]++(?=[\"“‘'(\[]*+[^\W_a-zà-þ]|[\"“‘])")
_STOPS = frozenset(".!?…:;")
_LAST_NOTE = re.compile(r"(?<=[.!?…\"”')])(?:\[[0-9]{1,3}\])+$")
_FINAL = re.compile(r"[.!?…:;][\"”')\] ]*$")
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
_MONTHS = word_set("jan feb mar apr jun jul aug sept sep oct nov dec")


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
    kind: SentenceKind


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
    if "\r" in text and "\n" not in text:
        text = text.replace("\r", "\n")
    for char in set(text):
        if char in _TABLE:
            text = text.replace(char, _TABLE[char])
    return text


def sentences(text: str) -> list[Sentence]:
    """Split a text into sentences, in order; never raises.

    Headings, bylines and lists of tags are given too, each with its kind. A stretch longer
    than `MAX_SENTENCE` is given as it is; who reads on reports it as skipped.
    """
    clean = normalise(text)
    lines = _paragraphs(clean)
    found: list[Sentence] = []
    for number, (start, end, kind) in enumerate(lines):
        if kind == "body":
            dateline = _DATELINE.match(clean, start, min(end, start + 120))
            start = dateline.end() if dateline else start
            borders = _borders(clean, start, end)
        else:
            borders = [(start, end)]
        found.extend(
            Sentence(Span(a, b, text[a:b]), number, kind) for a, b in _trimmed(clean, borders)
        )
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


def _paragraphs(clean: str) -> list[tuple[int, int, SentenceKind]]:
    """Return the trimmed paragraphs with their kind; wrapped lines are joined."""
    lines: list[tuple[int, int, bool]] = []
    links: set[int] = set()  # where the headlines of other articles start: Read also: …
    first_end = -1
    for match in _LINE.finditer(clean):
        start, end = _trim(clean, match.start(), match.end())
        if start == end:
            continue
        bullet = _BULLET.match(clean, start, end)
        link = _LINK.match(clean, start, end) if clean[start] in "RrSs" else None
        if bullet and bullet.end() < end:
            lines.append((bullet.end(), end, True))
        elif link:
            links.add(link.end())
            lines.append((link.end(), end, True))
        elif lines and not lines[-1][2] and _wrapped(clean, lines[-1], start, first_end):
            lines[-1] = (lines[-1][0], end, False)
        else:
            lines.append((start, end, False))
        if first_end < 0:
            first_end = end
    return _classified(clean, lines, links)


def _wrapped(clean: str, before: tuple[int, int, bool], start: int, first_end: int) -> bool:
    """Tell whether a line goes on with the one before it (hard-wrapped text)."""
    end = before[1]
    if clean.count("\n", end, start) != 1 or _FINAL.search(clean, max(before[0], end - 4), end):
        return False
    if clean[start].islower():
        return True
    line = end - max(clean.rfind("\n", max(0, end - 200), end) + 1, before[0])
    return end != first_end and 55 <= line <= 100


def _classified(
    clean: str, lines: list[tuple[int, int, bool]], links: set[int]
) -> list[tuple[int, int, SentenceKind]]:
    kinds: list[SentenceKind] = []
    digest = _is_digest(clean, lines)
    for index, (start, end, bullet) in enumerate(lines):
        kind = _line_kind(clean, start, end, bullet, index)
        if start in links or (digest and kind in ("heading", "body")):
            kind = _listed_kind(clean, start, end, kind)
        kinds.append(kind)
    # a heading with nothing but tags or headings after it is one of the tags
    for index in range(len(kinds) - 1, 0, -1):
        last = index == len(kinds) - 1
        if (
            kinds[index] == "heading"
            and bool(last or kinds[index + 1] == "tags")
            and kinds[index - 1] in ("heading", "tags")
        ):
            kinds[index] = "tags"
    return [(start, end, kind) for (start, end, _), kind in zip(lines, kinds, strict=True)]


def _is_digest(clean: str, lines: list[tuple[int, int, bool]]) -> bool:
    """Tell whether a text is a list of headlines: most of its lines are long ones without a stop."""
    if len(lines) < LEAST_DIGEST:
        return False
    stopped = [_last(clean, end) in _STOPS for _, end, _ in lines]
    if sum(stopped) * 2 >= len(lines):
        return False
    long = sum(
        not full and clean.count(" ", start, end) + 1 >= LEAST_HEADLINE
        for (start, end, _), full in zip(lines, stopped, strict=True)
    )
    return long * 2 > len(lines)


def _last(clean: str, end: int) -> str:
    """Return the last character before quotation marks and brackets at the end of a line."""
    return clean[max(0, end - 3) : end].rstrip("\"”')]")[-1:]


def _listed_kind(clean: str, start: int, end: int, kind: SentenceKind) -> SentenceKind:
    """Return "headline" for a line of a digest, or of a link, that has the length of one."""
    words = clean.count(" ", start, end) + 1
    last = _last(clean, end)
    stopped = last in _STOPS and last != "?"
    if words >= LEAST_HEADLINE and not stopped:
        return "headline"
    return "tags" if kind == "body" and words < LEAST_HEADLINE else kind


def _line_kind(clean: str, start: int, end: int, bullet: bool, index: int) -> SentenceKind:
    if end - start > 300:
        return "body"
    line = clean[start:end]
    if _CRUMB.match(line) and len(line) < 120:
        return "tags"
    stopped = bool(_FINAL.search(line[-6:]))
    words = len(_WORDS.findall(line))
    if not stopped and bullet and words <= 6 and (words <= 3 or line.istitle()):
        return "tags"
    if words <= 14 and _BYLINE.match(line) and not (stopped and words > 9):
        return "byline"
    if index == 0 and words and words <= 30 and not line.endswith((".", ":")):
        return "headline"
    if index == 0 and words and words <= 22 and not _STOP.search(line):
        return "headline"
    if not stopped and not bullet and words <= 9 and '"' not in line and "“" not in line:
        return "heading"
    return "body"


def _trim(clean: str, start: int, end: int) -> tuple[int, int]:
    piece = clean[start:end]
    return end - len(piece.lstrip()), start + len(piece.rstrip()) if piece.strip() else end


def _borders(clean: str, start: int, end: int) -> list[tuple[int, int]]:
    borders = []
    for match in _STOP.finditer(clean, start, end):
        marks = match[1]
        if _ends(clean, match.start(), marks, match.end(), start, end):
            borders.append((start, match.start() + len(marks)))
            start = match.end()
    last = _LAST_NOTE.search(clean, start, end) if clean[end - 1 : end] == "]" else None
    borders.append((start, last.start() if last else end))
    return borders


def _ends(clean: str, at: int, marks: str, following: int, start: int, end: int) -> bool:
    """Tell whether the marks at `at` end a sentence."""
    if not any(mark in marks for mark in ".!?…"):
        return False  # a bracket or quotation mark alone
    after = _WORDS.search(clean, following, min(end, following + 40))
    opener = after is not None and after.group().lower() in _OPENERS
    if "!" in marks or "?" in marks:
        return True
    if marks[0] != ".":  # …" or ." after a bracket
        return True
    word = clean[max(start, at - 24) : at].rpartition(" ")[2].lstrip("\"“‘'([—").lower()
    if marks.startswith("..") or marks[0] == "…":
        return True
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


def _trimmed(clean: str, borders: list[tuple[int, int]]) -> list[tuple[int, int]]:
    pieces = [_trim(clean, start, end) for start, end in borders]
    return [(start, end) for start, end in pieces if start < end]
