"""Quotations that are headings within a text: they announce who speaks below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from stance.quotations import has_word
from stance.records import Statement

MOST = 40  # quotations in headings that are looked up in one text; the others are nobody's
_WORD = re.compile(r"[^\W_]+")


def given_to_their_sources(clean: str, statements: Sequence[Statement]) -> Iterator[Statement]:
    """Give each quotation that is a heading to who says its words in the text, or to nobody.

    Whoever spoke before a heading is rarely quoted in it.
    """
    looked_up = 0
    for one in statements:
        if one.rule.startswith("quote-run-on") and _is_heading(clean, one):
            looked_up += 1
            source = _source(one, statements) if looked_up <= MOST else None
            known = source is not None and source.actor is not None
            one = replace(
                one,
                actor=source.actor if source else None,
                actor_id=source.actor_id if source else None,
                rule=f"quote-run-on/{'run-on' if known else 'none'}",
            )
        yield one


def _source(one: Statement, statements: Sequence[Statement]) -> Statement | None:
    words = _plain(one.content.text)
    return next((o for o in statements if o is not one and words in _plain(o.content.text)), None)


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _is_heading(clean: str, one: Statement) -> bool:
    """Tell whether a quotation is all of its paragraph and has no stop or comma at its end."""
    start, end = one.sentence.start, one.sentence.end
    before = clean.rfind("\n", 0, start) + 1
    after = clean.find("\n", end)
    after = len(clean) if after < 0 else after
    if clean[before:start].strip(" •*-—") or clean[end:after].strip():
        return False
    words = clean[start:end].strip("\"“”'‘ ")
    return not has_word(clean, start, one.content.start) and words[-1:] not in tuple(".,!?…—-")
