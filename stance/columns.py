"""Which columns of a table hold the text, the id, the date and the source of an article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stance.errors import InputError

Names = tuple[str, str | None, str | None, str | None]  # of text, id, date and source


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns; None leaves it to a guess by `GUESSES`."""

    text: str | None = None
    id: str | None = None
    date: str | None = None
    source: str | None = None


GUESSES = {
    "text": (
        "text", "body", "content", "article", "full_text", "fulltext", "maintext", "article_text",
        "plain_text", "story",
    ),
    "id": ("id", "article_id", "doc_id", "docid", "document_id", "uuid", "guid", "url", "uri"),
    "date": (
        "date", "published", "publish_date", "published_at", "date_publish", "pub_date",
        "publication_date", "datetime", "timestamp", "created_at",
    ),
    "source": (
        "source", "newspaper", "outlet", "paper", "publisher", "medium", "source_domain", "domain",
        "publication", "source_name",
    ),
}  # fmt: skip


def choose(names: Sequence[str], columns: Columns, where: str) -> Names:
    """Return the names of the text, id, date and source columns among `names`.

    Raises
    ------
    InputError
        If one that was asked for is missing, or none looks like the text.
    """
    folded = {name.strip().casefold(): name for name in reversed(names)}

    def one(role: str, wanted: str | None) -> str | None:
        if wanted is None:
            return next((folded[guess] for guess in GUESSES[role] if guess in folded), None)
        if wanted not in names:
            raise InputError(
                f"{where} has no column {wanted!r} (--{role}); it has: {', '.join(names)}"
            )
        return wanted

    text = one("text", columns.text)
    if text is None:
        raise InputError(
            f"no column of {where} looks like the text of an article; it has: "
            f"{', '.join(names)}; say which one with: --text COLUMN"
        )
    known = one("id", columns.id), one("date", columns.date), one("source", columns.source)
    return text, *known
