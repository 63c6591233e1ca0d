"""Lines of an article: headline, heading, byline, body, tags; wrapped ones are joined.

All offsets count characters of a normalised text (`stance.text.normalise`).
"""

from __future__ import annotations

import re
from typing import Literal

from stance.memo import Memo

LineKind = Literal["headline", "heading", "byline", "body", "tags"]

LEAST_HEADLINE = 4  # words of a headline in a list of them
LEAST_DIGEST = 8  # lines of a list of headlines; a guess

_BULLETS = frozenset("•·▪‣◦●○■*►➤-—")
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
_OPENS_CRUMB, _OPENS_BYLINE = "tkrpisfa", "bfaterwpul(c)d"  # the first letters, in any case
_NOTE = r"(?:\[[0-9]{1,3}\])*+"  # the number of a note: … votes.[1] The vote …
_LINK = re.compile(r"(?:read|see) (?:also|more|too):[ ]*+(?=[^\n]*?\w)", re.IGNORECASE)
# one mark of a set first, so that the search may skip all others
STOP = re.compile(rf"([.!?…\"”')\]][.!?…\"”')\]]*+){_NOTE}[ ]++(?=[\"“‘'(\[]*+[^\W_a-zà-þ]|[\"“‘])")
_STOPS = frozenset(".!?…:;")
_FINAL = re.compile(r"[.!?…:;][\"”')\] ]*(?:\[[0-9]{1,3}\])*$")
_WORDS = re.compile(r"[^\W_]+")
_WORDS_OF = Memo[str, int](lambda piece: len(_WORDS.findall(piece)), 65_536)


def paragraphs(clean: str) -> list[tuple[int, int, LineKind]]:
    """Return the trimmed paragraphs with their kind; wrapped lines are joined."""
    lines: list[tuple[int, int, bool]] = []
    links: set[int] = set()  # where the headlines of other articles start: Read also: …
    first_end = -1
    at = 0
    for line in clean.split("\n"):
        start, at = at, at + len(line) + 1
        bare = line.strip()
        if not bare:
            continue
        first = bare[0]
        start += line.index(first)
        end = start + len(bare)
        bullet = _BULLET.match(clean, start, end) if first in _BULLETS else None
        link = _LINK.match(clean, start, end) if first in "RrSs" else None
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
) -> list[tuple[int, int, LineKind]]:
    kinds: list[LineKind] = []
    digest = len(lines) >= LEAST_DIGEST and _is_digest(clean, lines)
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
    """Tell whether a text is a list of headlines: most lines are long and have no stop."""
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


def _listed_kind(clean: str, start: int, end: int, kind: LineKind) -> LineKind:
    """Return "headline" for a line of a digest, or of a link, that has the length of one."""
    words = clean.count(" ", start, end) + 1
    last = _last(clean, end)
    stopped = last in _STOPS and last != "?"
    if words >= LEAST_HEADLINE and not stopped:
        return "headline"
    return "tags" if kind == "body" and words < LEAST_HEADLINE else kind


def _line_kind(clean: str, start: int, end: int, bullet: bool, index: int) -> LineKind:
    if end - start > 300:
        return "body"
    line = clean[start:end]
    first, last = line[0].lower(), line[-1]
    odd = not first.isascii()  # an İ or ſ, which are letters of other lines in any case
    if (odd or first in _OPENS_CRUMB) and _CRUMB.match(line) and len(line) < 120:
        return "tags"
    stopped = last in _STOPS or (last in "\"”')]" and bool(_FINAL.search(line[-6:])))
    byline = (odd or first in _OPENS_BYLINE) and _BYLINE.match(line)
    if stopped and index and not byline:
        return "body"
    words = sum(map(_WORDS_OF.__getitem__, line.split()))
    if not stopped and bullet and words <= 6 and (words <= 3 or line.istitle()):
        return "tags"
    if words <= 14 and byline and not (stopped and words > 9):
        return "byline"
    if index == 0 and words and words <= 30 and not line.endswith((".", ":")):
        return "headline"
    if index == 0 and words and words <= 22 and not STOP.search(line):
        return "headline"
    if not stopped and not bullet and words <= 9 and '"' not in line and "“" not in line:
        return "heading"
    return "body"
