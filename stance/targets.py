"""`train_by_target`: a table about several targets → one model for each of them."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stance.dataset import Dataset, Row, read_by
from stance.errors import DataError, InputError
from stance.files import write_atomic
from stance.predict import StanceModel
from stance.training import Progress, as_dataset, train

SUMMARY = "targets.csv"
_LONGEST = 60  # characters of a folder's name
_RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d")  # no folder can be called so on Windows


@dataclass(frozen=True)
class TargetModel:
    """What became of one target.

    Attributes
    ----------
    target : str
    folder : str
        Name of the model's folder below `out`.
    rows : int
        Labelled rows about the target.
    labels : mapping of str to int
        How many rows have which label.
    model : StanceModel or None
    problem : str
        Why there is no model; empty where there is one.
    skipped : tuple of str
        Rows about the target that could not be used, one line each.
    """

    target: str
    folder: str
    rows: int
    labels: Mapping[str, int]
    model: StanceModel | None = None
    problem: str = ""
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class TargetModels:
    """The targets of a table in its order, and the rows that belong to none."""

    targets: tuple[TargetModel, ...]
    skipped: tuple[str, ...] = ()

    @property
    def models(self) -> dict[str, StanceModel]:
        """The models that could be trained, by target."""
        return {one.target: one.model for one in self.targets if one.model is not None}


def train_by_target(
    dataset: Path | str | Mapping[str, Dataset | Sequence[Row]],
    column: str = "target",
    *,
    out: Path | str | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> TargetModels:
    """Train one model for each target of a table; see `stance.train` for the options.

    A target that cannot be trained (too few rows, one label only) stops no other one: it is
    returned without a model and with the reason.

    Parameters
    ----------
    dataset : path or mapping
        A table as `stance.dataset.read_dataset` takes it, or rows by target.
    column : str
        The column of the table that names the target.
    out : path, optional
        Folder for the model folders; ``targets.csv`` in it lists them. A model replaces that
        of the same target there, once it is trained; other folders stay.

    Raises
    ------
    DataError
        If no target can be trained, or as `read_dataset`.
    InputError
        If `out` is a file or a model itself, an option is wrong, or as `read_dataset`.
    """
    if isinstance(dataset, str | Path):
        parts, skipped = read_by(dataset, column)
        given: Mapping[str, Dataset | Sequence[Row]] = parts
    else:
        given, skipped = dataset, ()
    home = Path(out) if out is not None else None
    _check_home(home)
    folders = folder_names(given)
    found = []
    for target, rows in given.items():
        tell = _about(target, progress) if progress else None
        found.append(_trained(target, rows, folders[target], home, progress=tell, **options))
    if not any(one.model for one in found):
        reasons = tuple(f"{one.target}: {one.problem}" for one in found)
        raise DataError("no target can be trained:\n  " + "\n  ".join(reasons[:20]), reasons)
    if home is not None:
        write_atomic(home / SUMMARY, summary_csv(found))
    return TargetModels(tuple(found), skipped)


def folder_names(targets: Sequence[str] | Mapping[str, Any]) -> dict[str, str]:
    """Return a name for the folder of each target: a-z, 0-9 and hyphens, no two alike.

    A name does not depend on the other targets, unless another one would get the same: then
    both carry eight digits of their SHA-256, as do those of which nothing else is left.
    """
    plain = {target: _slug(target) for target in targets}
    count = Counter(plain.values())
    return {
        target: slug
        if slug and count[slug] == 1 and not _RESERVED.fullmatch(slug)
        else f"{slug or 'target'}-{hashlib.sha256(target.encode()).hexdigest()[:8]}"
        for target, slug in plain.items()
    }


def summary_csv(targets: Sequence[TargetModel]) -> str:
    """Return the table of `targets.csv`: one row for each target, as text."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(("target", "folder", "rows", "labels", "macro_f1", "low", "high", "problem"))
    for one in targets:
        labels = " ".join(f"{label}={count}" for label, count in one.labels.items())
        folder = one.folder if one.model else ""
        writer.writerow((one.target, folder, one.rows, labels, *_figures(one), one.problem))
    return buffer.getvalue()


def _slug(target: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", target).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")
    return slug[:_LONGEST].strip("-")


def _figures(one: TargetModel) -> Iterator[str]:
    metrics = one.model.manifest["metrics"] if one.model else None
    values = (metrics["macro_f1"], *metrics["macro_f1_interval"]) if metrics else ("",) * 3
    yield from (f"{value:.4f}" if value != "" else "" for value in values)


def _check_home(home: Path | None) -> None:
    if home is None:
        return
    if home.exists() and not home.is_dir():
        raise InputError(f"{home} is a file; expected a folder for the models")
    if (home / "model.json").exists():
        raise InputError(
            f"{home} is a model itself; expected a folder for one model for each target"
        )


def _trained(
    target: str,
    rows: Dataset | Sequence[Row],
    folder: str,
    home: Path | None,
    **options: Any,
) -> TargetModel:
    labels: Mapping[str, int] = {}
    skipped = rows.skipped if isinstance(rows, Dataset) else ()
    try:
        data = as_dataset(rows)
        labels = dict(sorted(Counter(row.label for row in data.rows).items()))
        model = train(data, out=home / folder if home else None, target=target, **options)
    except DataError as error:
        return TargetModel(target, folder, len(rows), labels, None, str(error), skipped)
    return TargetModel(target, folder, len(data), labels, model, skipped=skipped)


def _about(target: str, progress: Progress) -> Progress:
    return lambda stage, done, total: progress(f"{target[:30]}: {stage}", done, total)
