"""Several labelled tables → one dataset: corrections, copies and groups over their borders."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from stance.dataset import COMMON, OVERLAP, Dataset, Row, read_dataset, sentence_key, shingles


class NearDuplicates:
    """Sentences by their word 3-grams, to find those that a new one is a near-duplicate of.

    The rule of `stance.dataset.near_duplicates`, one sentence at a time: more than `overlap` of
    the shorter sentence's 3-grams are shared (containment; Broder 1997), and a 3-gram that stands
    in more than 40 of the sentences is not counted. The same words are near-duplicates anyhow.
    """

    def __init__(self, sentences: Iterable[str] = (), overlap: float = OVERLAP) -> None:
        self._overlap = overlap
        self._sizes: list[int] = []
        self._same: dict[str, list[int]] = defaultdict(list)
        self._places: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for sentence in sentences:
            self.add(sentence)

    def add(self, sentence: str) -> None:
        """Take a sentence in; it is called by its number, counted from 0."""
        grams = shingles(sentence)
        self._same[sentence_key(sentence)].append(len(self._sizes))
        for gram in grams:
            self._places[gram].append(len(self._sizes))
        self._sizes.append(len(grams))

    def matches(self, sentence: str) -> list[tuple[int, float]]:
        """Return number and share, in (overlap, 1], of each near-duplicate; the nearest first."""
        grams = shingles(sentence)
        shared: Counter[int] = Counter()
        for gram in grams:
            places = self._places.get(gram, ())
            if len(places) <= COMMON:
                shared.update(places)
        shares = {
            number: count / max(1, min(len(grams), self._sizes[number]))
            for number, count in shared.items()
        } | dict.fromkeys(self._same.get(sentence_key(sentence), ()), 1.0)
        found = [(number, share) for number, share in shares.items() if share > self._overlap]
        return sorted(found, key=lambda item: (-item[1], item[0]))


def read_tables(paths: Sequence[Path | str]) -> Dataset:
    """Read labelled tables as one dataset; see `read_dataset` and `combine`.

    Without a path, the shipped one.
    """
    return combine([read_dataset(path) for path in paths] or [read_dataset()])


def combine(datasets: Sequence[Dataset]) -> Dataset:
    """Return the rows of several tables as one dataset, in their order.

    * A later row with the sentence, the actor and another label than an earlier one is a
      correction: it takes the place, the id and the group of that row. With the same label it is
      left out. `notes` names the former and counts the latter.
    * A later row that is a near-duplicate of an earlier table's shares its group, so that no
      split can tear them apart; groups that are joined so bear the name of the first.
    * An id that stands in two tables gets the later table's name before it.
    """
    if len(datasets) == 1:
        return datasets[0]
    rows = list(datasets[0].rows)
    skipped = [f"{data.name}: {line}" for data in datasets for line in data.skipped]
    notes: list[str] = []
    for data in datasets[1:]:
        rows, told = _joined(rows, data)
        notes += told
    name = " + ".join(data.name for data in datasets)
    return Dataset(tuple(rows), tuple(skipped), name, tuple(notes))


def _joined(earlier: Sequence[Row], data: Dataset) -> tuple[list[Row], list[str]]:
    rows, told = list(earlier), []
    places: dict[tuple[str, str, int | None], list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[row.sentence, row.actor, row.actor_start].append(place)
    ids = {row.id for row in rows}
    new: list[Row] = []
    copies = 0
    for row in data.rows:
        same = places.get((row.sentence, row.actor, row.actor_start), [])
        other = [place for place in same if rows[place].label != row.label]
        for place in other:
            old = rows[place]
            rows[place] = replace(row, id=old.id, group=old.group)
            told.append(f"{old.id}: {old.label!r} was corrected by {data.name} to {row.label!r}")
        copies += bool(same and not other)
        if not same:
            stem = Path(data.name).stem
            group = f"{stem}-{row.group}" if row.group.startswith("auto-") else row.group
            name = f"{stem}:{row.id}" if row.id in ids else row.id
            new.append(replace(row, id=name, group=group))
            ids.add(name)
    if copies:
        told.append(f"{data.name}: {copies} rows that stand in an earlier table were left out")
    return _regrouped(rows, new), told


def _regrouped(rows: Sequence[Row], new: Sequence[Row]) -> list[Row]:
    """Return both, groups joined where a new row is a near-duplicate of an earlier one."""
    parent: dict[str, str] = {}

    def root(group: str) -> str:
        while parent.get(group, group) != group:
            group = parent[group]
        return group

    place: dict[str, int] = {}
    for number, row in enumerate((*rows, *new)):
        place.setdefault(row.group, number)
    index = NearDuplicates(row.sentence for row in rows)
    for row in new:
        for number, _ in index.matches(row.sentence):
            one, other = root(rows[number].group), root(row.group)
            if one != other:
                first, second = sorted((one, other), key=place.__getitem__)
                parent[second] = first
    return [replace(row, group=root(row.group)) for row in (*rows, *new)]
