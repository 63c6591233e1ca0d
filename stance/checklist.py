"""A checklist of capabilities (Ribeiro et al. 2020): tables of hard cases, and how many pass."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stance.dataset import sentence_key
from stance.errors import DataError, InputError
from stance.metrics import share_interval
from stance.predict import StanceModel

COLUMNS = ("id", "capability", "sentence", "actor", "label")


@dataclass(frozen=True, slots=True)
class Case:
    """One hard case: the label that a model with this capability gives the actor."""

    id: str
    capability: str
    sentence: str
    actor: str
    label: str


def read_checklist(folder: Path | str) -> list[Case]:
    """Read the cases of all CSV files of a folder, in the order of the files' names.

    Parameters
    ----------
    folder : path
        UTF-8 CSV files with the columns id, capability, sentence, actor (may be empty), label.

    Raises
    ------
    InputError
        If the folder holds no CSV file.
    DataError
        Names each row that lacks a field, and each id that stands twice.
    """
    files = sorted(Path(folder).glob("*.csv"))
    if not files:
        raise InputError(f"no CSV file in {folder}; expected tables with {', '.join(COLUMNS)}")
    cases: list[Case] = []
    problems: list[str] = []
    seen: set[str] = set()
    for path in files:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise DataError(f"{path.name} lacks {', '.join(missing)}; expected {COLUMNS}")
            for number, row in enumerate(reader, start=2):
                case = Case(*((row[name] or "").strip() for name in COLUMNS))
                empty = [n for n in COLUMNS if n != "actor" and not getattr(case, n)]
                if empty:
                    problems.append(f"{path.name} line {number}: no {', '.join(empty)}")
                elif case.id in seen:
                    problems.append(f"{path.name} line {number}: id {case.id} stands twice")
                else:
                    seen.add(case.id)
                    cases.append(case)
    if problems:
        raise DataError(
            f"{len(problems)} bad rows in the checklist:\n  " + "\n  ".join(problems[:20]),
            tuple(problems),
        )
    return cases


def pass_rates(model: StanceModel, cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Return for each capability how many cases a model passes, sorted by name.

    A case whose sentence the model was trained on is left out and counted.

    Returns
    -------
    list of dict
        capability, n, passed, share with its 95 % interval (Wilson 1927), left_out.

    Raises
    ------
    DataError
        If a case has a label that the model does not know.
    """
    unknown = sorted({case.label for case in cases} - set(model.labels))
    if unknown:
        raise DataError(
            f"labels {', '.join(unknown)} in the checklist; the model knows "
            f"{', '.join(model.labels)}"
        )
    trained = set(model.arrays.trained_on)
    best = model.probabilities((case.sentence, case.actor or None) for case in cases)
    guessed = [model.labels[i] for i in best.argmax(axis=1)]
    found: dict[str, dict[str, Any]] = {}
    for case, guess in zip(cases, guessed, strict=True):
        entry = found.setdefault(
            case.capability,
            {"capability": case.capability, "n": 0, "passed": 0, "left_out": 0},
        )
        if sentence_key(case.sentence) in trained:
            entry["left_out"] += 1
        else:
            entry["n"] += 1
            entry["passed"] += guess == case.label
    for entry in found.values():
        entry["share"] = entry["passed"] / entry["n"] if entry["n"] else None
        entry["share_interval"] = list(share_interval(entry["passed"], entry["n"]))
    return [found[name] for name in sorted(found)]
