"""Sentences → statements: who says or wants what in an article."""

from __future__ import annotations

from dataclasses import dataclass

from stance.actors import Mention, Registry, load_registry
from stance.records import Skipped, Statement
from stance.text import Sentence, sentences


@dataclass(frozen=True, slots=True)
class Article:
    """An article that was read."""

    text: str
    sentences: tuple[Sentence, ...]
    mentions: tuple[Mention, ...]
    statements: tuple[Statement, ...]
    skipped: tuple[Skipped, ...] = ()


def extract(text: str, registry: Registry | None = None) -> list[Statement]:
    """Return every statement of an article, in order."""
    return list(read_article(text, registry).statements)


def read_article(text: str, registry: Registry | None = None) -> Article:
    """Read an article."""
    registry = registry or load_registry()
    return Article(text, tuple(sentences(text)), tuple(registry.find(text)), ())
