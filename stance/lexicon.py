"""Concepts of a debate and their surface forms: knowledge as data, checked at load.

A form is one to six lower-case tokens; a token that ends in ``*`` stands for every
ending. The longest form wins, then an exact one before a starred one, then the longest
literal; each token belongs to one match at most, read from left to right.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from stance.errors import DataError
from stance.memo import Memo
from stance.resources import data_path

MAX_TOKENS = 6
ROLES = ("", "target", "reference")
_COLUMNS = ("concept", "form", "role", "note")


@dataclass(frozen=True, slots=True)
class Entry:
    """One form of one concept.

    `role` is "target" for forms that name the target of the stance, "reference" for
    forms that point back to it ("such a move"), and empty for all others.
    """

    concept: str
    form: str
    role: str = ""


Candidates = list[tuple[tuple[str, ...], Entry]]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What the first tokens of a form lead to.

    `depth` is how many they are, `best` length and entry of the form to prefer among those that
    are whole, `longer` holds those that go on.
    """

    depth: int
    best: tuple[int, Entry] | None
    longer: Candidates


class Match(NamedTuple):
    """`tokens[start:end]` are a form of `concept`."""

    start: int
    end: int
    concept: str
    role: str


@dataclass(frozen=True)
class Lexicon:
    """Forms indexed by their first token; matching is linear in the tokens."""

    entries: tuple[Entry, ...]
    _exact: dict[str, Candidates] = field(init=False, repr=False)
    _starred: dict[str, Candidates] = field(init=False, repr=False)
    _first: Memo[str, Candidates] = field(init=False, repr=False, compare=False)
    _second: Memo[tuple[str, str], Step | None] = field(init=False, repr=False, compare=False)
    _further: Memo[tuple[Step, str], Step | None] = field(init=False, repr=False, compare=False)
    _longest: int = field(init=False, repr=False)  # of the starred literals

    def __post_init__(self) -> None:
        exact: dict[str, Candidates] = {}
        starred: dict[str, Candidates] = {}
        for entry in self.entries:
            tokens = tuple(entry.form.split(" "))
            first = tokens[0]
            index, key = (starred, first[:-1]) if first.endswith("*") else (exact, first)
            index.setdefault(key, []).append((tokens, entry))
        object.__setattr__(self, "_exact", exact)
        object.__setattr__(self, "_starred", starred)
        object.__setattr__(self, "_first", Memo(self._find, 100_000))
        object.__setattr__(self, "_second", Memo(self._two, 100_000))
        object.__setattr__(self, "_further", Memo(self._more, 100_000))
        object.__setattr__(self, "_longest", max(map(len, starred), default=0))

    def candidates(self, token: str) -> Candidates:
        """Return the forms that may begin with `token`, the one to prefer first."""
        return self._first[token]

    def _find(self, token: str) -> Candidates:
        found = list(self._exact.get(token, ()))
        for length in range(1, min(len(token), self._longest) + 1):
            found += self._starred.get(token[:length], ())
        return sorted(found, key=_preference)

    def begun(self, token: str) -> Step | None:
        """Return what one token leads to."""
        return _step(self._first[token], 1)

    def after(self, step: Step, token: str) -> Step | None:
        """Return what one more token leads to."""
        return self._more((step, token))

    def _two(self, pair: tuple[str, str]) -> Step | None:
        """Return what two tokens lead to, a form of the first alone as well."""
        first, following = pair
        return _step(
            [
                (form, entry)
                for form, entry in self._first[first]
                if len(form) == 1 or _fits(form[1], following)
            ],
            2,
        )

    def _more(self, following: tuple[Step, str]) -> Step | None:
        """Return what one more token leads to."""
        step, token = following
        depth = step.depth + 1
        fitting = [one for one in step.longer if _fits(one[0][depth - 1], token)]
        return _step(fitting, depth)

    def match(self, tokens: Sequence[str]) -> list[Match]:
        """Return the matches in `tokens` (lower-case), from left to right."""
        begun = [*map(self._first.__getitem__, tokens)]
        places = [place for place, found in enumerate(begun) if found]
        return [
            Match(start, end, entry.concept, entry.role)
            for start, end, entry in self.match_at(tokens, places)
        ]

    def match_at(
        self, tokens: Sequence[str], places: Sequence[int]
    ) -> list[tuple[int, int, Entry]]:
        """Return start, end and entry of each match.

        Parameters
        ----------
        tokens : sequence of str
        places : sequence of int
            In order, all at which a token stands that has candidates.
        """
        matches: list[tuple[int, int, Entry]] = []
        done, size = 0, len(tokens)
        after = [*tokens[1:], ""]
        pairs = zip(map(tokens.__getitem__, places), map(after.__getitem__, places), strict=True)
        for place, step in zip(places, map(self._second.__getitem__, pairs), strict=True):
            if step is None or place < done:
                continue
            best, at = step.best, place + 2
            while step is not None and step.longer and at < size:
                step = self._further[step, tokens[at]]
                at += 1
                if step is not None and step.best is not None:
                    best = step.best
            if best is not None:
                done = place + best[0]
                matches.append((place, done, best[1]))
        return matches

    def roles(self, tokens: Sequence[str]) -> set[str]:
        """Return the roles of the forms that occur in `tokens` (lower-case)."""
        if not self._with_roles.match(tokens):
            return set()  # few forms have a role: what is not found among them is quickly told
        return {match.role for match in self.match(tokens) if match.role}

    @cached_property
    def _with_roles(self) -> Lexicon:
        return Lexicon(tuple(entry for entry in self.entries if entry.role))

    def without_roles(self) -> Lexicon:
        """Return the same concepts for another debate: no form names its target."""
        return Lexicon(tuple(replace(entry, role="") for entry in self.entries))

    def dumps(self) -> str:
        """Return the entries as lines of tab-separated concept, form and role."""
        return "\n".join(f"{e.concept}\t{e.form}\t{e.role}" for e in self.entries)


def loads_lexicon(text: str) -> Lexicon:
    """Read what `Lexicon.dumps` wrote.

    Raises
    ------
    DataError
        If a line has not three fields.
    """
    entries = []
    for number, line in enumerate(text.split("\n") if text else (), start=1):
        parts = line.split("\t")
        if len(parts) != 3:
            raise DataError(f"lexicon line {number} has {len(parts)} fields; expected 3")
        entries.append(Entry(*parts))
    return Lexicon(tuple(entries))


def load_lexicon(path: Path | str | None = None) -> Lexicon:
    """Read and check a lexicon; without `path` the one that is shipped.

    Parameters
    ----------
    path : path, optional
        UTF-8 CSV with the columns concept, form, role, note.

    Raises
    ------
    DataError
        Names each row with an empty or upper-case field, too many tokens, an unknown
        role, a star inside a token, or a form that stands twice.
    """
    source = Path(path) if path is not None else data_path("lexicon.csv")
    text = source.read_text(encoding="utf-8-sig")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if tuple(reader.fieldnames or ()) != _COLUMNS:
        raise DataError(
            f"{source.name}: columns {reader.fieldnames}; expected {list(_COLUMNS)} in this order"
        )
    entries: list[Entry] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(reader, start=2):
        entry = Entry(row["concept"] or "", row["form"] or "", row["role"] or "")
        found = _problem(entry) or (
            f"form {entry.form!r} stands in line {seen[entry.form]} already"
            if entry.form in seen
            else ""
        )
        if found:
            problems.append(f"line {number}: {found}")
        else:
            seen[entry.form] = number
            entries.append(entry)
    if problems:
        raise DataError(
            f"{source.name}: {len(problems)} bad entries:\n  " + "\n  ".join(problems[:20]),
            tuple(problems),
        )
    return Lexicon(tuple(entries))


def concepts(lexicon: Lexicon) -> list[str]:
    """Return the concept names, sorted."""
    return sorted({entry.concept for entry in lexicon.entries})


def _problem(entry: Entry) -> str:
    tokens = entry.form.split(" ")
    if not entry.concept or not entry.form:
        return "concept or form is empty"
    if entry.concept != entry.concept.lower() or entry.concept.split() != [entry.concept]:
        return f"concept {entry.concept!r}; expected lower case without spaces"
    if entry.form != entry.form.lower():
        return f"form {entry.form!r}; expected lower case"
    if len(tokens) > MAX_TOKENS or tokens != entry.form.split():
        return f"form {entry.form!r}; expected 1 to {MAX_TOKENS} tokens with single spaces"
    if any("*" in token[:-1] or token == "*" for token in tokens):
        return f"form {entry.form!r}; a star stands only at the end of a token"
    if entry.role not in ROLES:
        return f"role {entry.role!r}; expected one of {list(ROLES)}"
    return ""


def _preference(item: tuple[tuple[str, ...], Entry]) -> tuple[int, int, int, str]:
    tokens, entry = item
    return (-len(tokens), entry.form.count("*"), -len(entry.form), entry.form)


def _step(fitting: Candidates, depth: int) -> Step | None:
    whole = [(len(form), entry) for form, entry in fitting if len(form) <= depth]
    longer = [one for one in fitting if len(one[0]) > depth]
    return Step(depth, whole[0] if whole else None, longer) if fitting else None


def _fits(part: str, token: str) -> bool:
    return token == part or (part[-1] == "*" and token.startswith(part[:-1]))
