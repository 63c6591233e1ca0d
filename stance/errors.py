"""The errors a user of `stance` can meet: one base, few children.

Each message says what is wrong, with the value, what was expected, and what to do next.
"""

from __future__ import annotations


class StanceError(Exception):
    """Base of every error that `stance` raises on purpose."""


class InputError(StanceError, ValueError):
    """An argument, text or file cannot be used as it is."""


class DataError(StanceError, ValueError):
    """A table of labelled rows, actors or lexicon entries breaks a rule.

    Attributes
    ----------
    problems : tuple of str
        Every problem found, one line each, naming its row.
    """

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class ModelError(StanceError):
    """A model folder is missing, broken, unsafe or of another protocol."""


class FloorError(StanceError):
    """An evaluation fell below its floors, or the floors do not fit the data."""


class MissingExtraError(StanceError, ImportError):
    """An optional dependency is not installed; the message names the extra."""
