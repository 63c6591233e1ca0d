"""Slices of labelled rows: where a model may be better or worse."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stance.dataset import Row

_QUOTED = re.compile(r"[“„«\"][^“”„«»\"]*[”“»\"]")
_NEGATION = re.compile(r"\b(?:no|not|never|nor|neither|without|cannot|\w+n['’]t)\b", re.IGNORECASE)


def slice_names(rows: Sequence[Row]) -> dict[str, list[str]]:
    """Return, for each kind of slice, the name of the slice that each row is in."""
    actors: dict[str, set[str]] = {}
    for row in rows:
        actors.setdefault(row.sentence, set()).add(row.actor)
    return {
        "provenance": [row.provenance or "not given" for row in rows],
        "quotation": [quotation_kind(row.sentence) for row in rows],
        "actors": ["several" if len(actors[row.sentence]) > 1 else "one" for row in rows],
        "negation": ["present" if _NEGATION.search(row.sentence) else "absent" for row in rows],
    }


def quotation_kind(sentence: str) -> str:
    """Return "direct" where half of the sentence or more is quoted, "mixed" or "reported"."""
    quoted = sum(len(match.group()) for match in _QUOTED.finditer(sentence))
    if not quoted:
        return "reported"
    return "direct" if quoted >= len(sentence) / 2 else "mixed"
