"""Quotation marks → quotations, paragraph by paragraph, in one pass.

An opened quotation ends at its mark, or at the end of its paragraph: there it goes on in
the next paragraph when that one opens with a mark (the newspaper's convention), and a
stray mark never costs more than the rest of its own paragraph.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from stance.records import Kind

MAX_ROUND = 300  # characters of a quotation in single marks round double ones; a guess
# one set of characters first, so that the search may skip all others: "“” or `` '' ´´
_MARKS = re.compile("[\"“”`'´](?:(?<=[\"“”])|(?<=`)`|(?<=')'|(?<=´)´)")
_SINGLE = re.compile("[‘']")
_ANY = re.compile("[\"“”`'´‘]")
_MAY_OPEN = re.compile(r"[‘'](?<![^ \n(\[—/-].)")  # not the apostrophe of a possessive
_WORD = re.compile(r"[^\W_]")
_OPENING = frozenset("([—-/")


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation: `start` and `end` with its marks, `inner` without them.

    `closed` is False where the paragraph ended first.
    """

    start: int
    end: int
    inner_start: int
    inner_end: int
    closed: bool = True


def quotations(clean: str, start: int, end: int) -> list[Quotation]:
    """Return the quotations of one paragraph of a normalised text, in order."""
    if _ANY.search(clean, start, end) is None:
        return []
    found = _double(clean, start, end)
    opens = clean[start] in "‘'" or _MAY_OPEN.search(clean, start, end) is not None
    singles = _single(clean, start, end, found) if opens else []
    if not singles:
        return found
    outer = [
        one
        for one in found
        if not any(single.start < one.start and one.end < single.end for single in singles)
    ]
    return sorted(outer + singles, key=lambda one: one.start)


def _double(clean: str, start: int, end: int) -> list[Quotation]:
    found: list[Quotation] = []
    opened: tuple[int, int, str] | None = None
    for match in _MARKS.finditer(clean, start, end):
        mark, (a, b) = match.group(), match.span()
        if mark == "''" and opened is None and not _may_open(clean, a, b, start, end):
            continue
        if _opens(clean, mark, a, b, start, end, opened is not None):
            if opened is None:
                opened = (a, b, mark)
        elif opened is not None:
            if a > opened[1]:
                found.append(Quotation(opened[0], b, opened[1], a))
            opened = None
    if opened is not None and end > opened[1]:
        found.append(Quotation(opened[0], end, opened[1], end, closed=False))
    return found


def _may_open(clean: str, a: int, b: int, start: int, end: int) -> bool:
    before = clean[a - 1] if a > start else " "
    after = clean[b] if b < end else " "
    return (before.isspace() or before in _OPENING) and not after.isspace()


def _opens(clean: str, mark: str, a: int, b: int, start: int, end: int, inside: bool) -> bool:
    before = clean[a - 1] if a > start else " "
    after = clean[b] if b < end else " "
    if mark == "``":
        return True
    if mark == "”":  # opens in »…« and ”…” alone
        return not inside and (before.isspace() or before in _OPENING) and after.isalnum()
    if mark == "“":  # closes in „…“
        return not (inside and not after.isalnum() and not before.isspace())
    if before.isspace() or before in _OPENING:
        return not after.isspace() and not (inside and not after.isalnum())
    return not inside and after.isalnum() and not before.isalnum()


def _single(clean: str, start: int, end: int, taken: list[Quotation]) -> list[Quotation]:
    """Return quotations in single marks that stand outside the double ones, or round them."""
    found: list[Quotation] = []
    opened: int | None = None
    weak: int | None = None  # a close after "s", which may be a possessive
    position = 0
    for match in _SINGLE.finditer(clean, start, end):
        at = match.start()
        while position < len(taken) and taken[position].end <= at:
            position += 1
        if position < len(taken) and taken[position].start <= at:
            continue
        before = clean[at - 1] if at > start else " "
        after = clean[at + 1] if at + 1 < end else " "
        if opened is not None and (
            at - opened > 2_000 or _crosses(clean, taken, position, opened, at)
        ):
            opened = weak = None
        if opened is None:
            if (before.isspace() or before in _OPENING) and (after.isalpha() or after in '“"'):
                opened, weak = at, None
        elif not after.isalnum() and not before.isspace() and match.group() != "‘":
            if before == "s" and after == " " and weak is None:
                weak = at
                continue
            found.append(Quotation(opened, at + 1, opened + 1, at))
            opened = weak = None
        elif before.isspace() and after.isalpha() and weak is not None:
            found.append(Quotation(opened, weak + 1, opened + 1, weak))
            opened, weak = at, None
    if opened is not None and weak is not None:
        found.append(Quotation(opened, weak + 1, opened + 1, weak))
    return [one for one in found if _plausible(clean, one)]


def _crosses(clean: str, taken: list[Quotation], position: int, opened: int, at: int) -> bool:
    """Tell whether double marks stand between single ones that are no quotation round them.

    They are one in *'we are "quite ready" to sign'*: short, and closed before a space or stop.
    """
    if not position or taken[position - 1].start <= opened:
        return False
    last = clean[at - 1]
    closes = (last.isalnum() and last != "s") or last in ",.?!"
    closes = closes and not clean[at + 1 : at + 2].isalnum()
    return not closes or at - opened > MAX_ROUND


def _plausible(clean: str, one: Quotation) -> bool:
    """Keep apart 'quoted words' and apostrophes as in rock 'n' roll or the '90s."""
    words = clean.count(" ", one.inner_start, one.inner_end) + 1
    last = clean[one.inner_end - 1]
    return one.inner_end - one.inner_start > 2 and (words <= 12 or last in ",.?!…")


def quoted_share(
    clean: str, quoted: Sequence[tuple[int, int]], fragments: Sequence[tuple[int, int]]
) -> Kind:
    """Tell whether all, some or none of the words stand in quotation marks."""
    inside = False
    others: list[tuple[int, int]] = []  # what stands in no quotation
    for start, end in fragments:
        at = start
        k = max(0, bisect_right(quoted, (start, len(clean))) - 1)
        while k < len(quoted) and quoted[k][0] < end:
            a, b = quoted[k]
            inside = inside or min(b, end) > max(a, start)
            others.append((at, a))
            at = max(at, b)
            k += 1
        others.append((at, end))
    if not inside:
        return "reported"
    return "mixed" if any(has_word(clean, *one) for one in others) else "direct"


def has_word(clean: str, start: int, end: int) -> bool:
    """Tell whether there is a letter or digit in a stretch."""
    return start < end and (
        clean[start].isalnum() or _WORD.search(clean, start + 1, end) is not None
    )
