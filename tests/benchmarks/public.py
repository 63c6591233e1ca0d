"""Train and test on your own copy of a public benchmark, by the functions everybody uses.

    python tests/benchmarks/public.py semeval FOLDER [--keep OUT] > semeval.md
    python tests/benchmarks/public.py newsmtsc FOLDER [--keep OUT] > newsmtsc.md

`semeval`: SemEval-2016 Task 6A (Mohammad et al. 2016), one model for each target. FOLDER holds the
files of the task's page: trial and training data and the test data with gold labels, separated
by tabs (ID, Target, Tweet, Stance; further columns are ignored), in UTF-8 or Windows-1252.

`newsmtsc`: NewsMTSC (Hamborg and Donnay 2021), a sentence and a mention of a person → three
classes. FOLDER holds train.jsonl and devtest_rw.jsonl, devtest_mt.jsonl, or test files of the
folders newsmtsc-rw and newsmtsc-mt.

Both are converted to a table as `stance train` takes it (kept with the models in OUT) and printed
as Markdown: the benchmark's metric with 95 % bootstrap intervals over sentences, n, the same
without the test rows that stand in training as well, and those rows alone. No test row is
looked at before the models are trained. The files are no part of this project.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from stance import FeatureSettings, StanceModel, train, train_by_target
from stance.dataset import Row, near_duplicates, sentence_key
from stance.errors import DataError, InputError, StanceError
from stance.files import write_atomic
from stance.lexicon import Lexicon
from stance.metrics import bootstrap_interval, class_scores, confusion_matrix
from stance.settings import parse_blocks

STANCES = ("FAVOR", "AGAINST", "NONE")
POLARITIES = {
    2: "negative",
    4: "neutral",
    6: "positive",
    -1: "negative",
    0: "neutral",
    1: "positive",
}
BEFORE = "measured before this project began, on the official split"
KNOWN = {  # to beat: metric on all rows of the test part
    "semeval": (
        ("words 1–2 × 0.3, characters 3–5, logistic regression, C ≈ 3", 0.689, BEFORE),
        ("SVM on word and character n-grams", 0.6898, "Mohammad et al. 2016"),
    ),
    "newsmtsc": (("TF-IDF and logistic regression, real-world test", 0.662, BEFORE),),
}


@dataclass(frozen=True)
class Benchmark:
    """Rows by target ("" where there is one model only), and the test sets by name."""

    train: Mapping[str, Sequence[Row]]
    tests: Mapping[str, Mapping[str, Sequence[Row]]]
    notes: Sequence[str]


# --- SemEval-2016 Task 6A ------------------------------------------------------------------


def read_semeval(folder: Path) -> Benchmark:
    """Read the official files; a tweet that several files hold counts once."""
    files = [
        path
        for suffix in ("txt", "tsv", "csv")
        for path in sorted(folder.rglob(f"*.{suffix}"))
        if "taskb" not in path.name.lower()
    ]
    notes: list[str] = []
    parts: dict[str, dict[str, list[Row]]] = {"train": {}, "test": {}}
    seen: set[tuple[str, str]] = set()
    for path in files:
        part = "test" if "test" in path.name.lower() else "train"
        if path.suffix == ".csv" and parts[part]:
            continue  # the same tweets once more, without their IDs
        records = list(semeval_records(path))
        used = 0
        for number, record in enumerate(records, start=2):
            name = record["ID"] or f"{path.name}-{number}"
            if (part, name) in seen or record["Stance"] == "UNKNOWN":
                continue
            if record["Stance"] not in STANCES:
                notes.append(f"{path.name}, row {number}: stance {record['Stance']!r}; left out")
                continue
            seen.add((part, name))
            row = Row(name, record["Tweet"], "", record["Stance"])
            parts[part].setdefault(record["Target"], []).append(row)
            used += 1
        if records:
            notes.append(f"{path.name}: {used} of {len(records)} rows for the {part} part")
    for part, rows in parts.items():
        if not rows:
            raise InputError(
                f"no {part} file of SemEval-2016 Task 6A in {folder}; expected tables with the "
                "columns ID, Target, Tweet, Stance (the test file with gold labels)"
            )
    for target in sorted(set(parts["test"]) - set(parts["train"])):
        notes.append(f"no training rows about {target}: {len(parts['test'].pop(target))} left out")
    return Benchmark(parts["train"], {"test": parts["test"]}, notes)


def semeval_records(path: Path) -> Iterator[dict[str, str]]:
    """Yield the four columns of each row; nothing for a file of something else.

    The official text files are no CSV: a quotation mark is a character like any other.
    """
    text = decoded(path.read_bytes())
    if path.suffix == ".csv":
        rows: Iterator[list[str]] = csv.reader(io.StringIO(text, newline=""))
    else:
        rows = (line.split("\t") for line in text.split("\n" if "\n" in text else "\r"))
    header = [name.strip() for name in next(rows, [])]
    if not {"Target", "Tweet", "Stance"} <= set(header):
        return
    for row in rows:
        record = dict(zip(header, (" ".join(value.split()) for value in row), strict=False))
        if record.get("Tweet") and record.get("Target"):
            yield {name: record.get(name, "") for name in ("ID", "Target", "Tweet", "Stance")}


def decoded(raw: bytes) -> str:
    """Return UTF-8 text, or else what Windows-1252 makes of it (the first release)."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def f_avg(truth: Sequence[str], guess: Sequence[str]) -> float:
    """Return the mean of F1(FAVOR) and F1(AGAINST), as the task's eval.pl computes it.

    All targets are pooled; NONE counts where it is confused with one of the two.
    """
    return float(_f1(truth, guess, STANCES)[:2].mean())


# --- NewsMTSC ------------------------------------------------------------------------------


def read_newsmtsc(folder: Path) -> Benchmark:
    """Read train.jsonl and the test files, found by their names or those of their folders."""
    notes: list[str] = []
    training: list[Row] = []
    tests: dict[str, dict[str, list[Row]]] = {}
    for path in sorted(folder.rglob("*.jsonl")):
        name = path.relative_to(folder).as_posix().lower()
        if "train" in path.name.lower():
            if not training:  # both subsets have the same
                training = list(newsmtsc_rows(path, notes))
        elif "test" in path.name.lower():
            kind = next((kind for kind in ("rw", "mt") if kind in name), "test")
            title = {"rw": "real-world", "mt": "several targets"}.get(kind, kind)
            tests.setdefault(title, {"": []})[""] += newsmtsc_rows(path, notes)
    if not training or not tests:
        raise InputError(
            f"{'no train.jsonl' if not training else 'no test file'} of NewsMTSC in {folder}; "
            "expected train.jsonl and devtest_rw.jsonl (or newsmtsc-rw/test.jsonl)"
        )
    return Benchmark({"": training}, tests, notes)


def newsmtsc_rows(path: Path, notes: list[str]) -> Iterator[Row]:
    """Yield a row for each target of each sentence; what does not fit goes into `notes`."""
    name, used = f"{path.parent.name}/{path.name}", 0
    for number, line in enumerate(path.read_text("utf-8-sig").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            sentence = record.get("sentence_normalized") or record["sentence"]
            found = [newsmtsc_row(sentence, one) for one in record.get("targets", [record])]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            notes.append(f"{name}, line {number} left out: {type(error).__name__}: {error}")
            continue
        used += len(found)
        yield from found
    notes.append(f"{name}: {used} rows, one for each mention")


def newsmtsc_row(sentence: str, target: Mapping[str, Any]) -> Row:
    """Return the row of one target; `to` is the offset after the mention's last character."""
    mention, start = target["mention"], target["from"]
    start += len(mention) - len(mention.lstrip())
    actor = mention.strip()
    if target["to"] != target["from"] + len(mention):
        raise ValueError(f"{mention!r} does not fill {target['from']} to {target['to']}")
    return Row(
        str(target.get("Input.gid", target.get("id", ""))),
        sentence,
        actor,
        POLARITIES[round(float(target["polarity"]))],
        actor_start=start,
        actor_end=start + len(actor),
    )


def macro_f1(truth: Sequence[str], guess: Sequence[str]) -> float:
    """Return the unweighted mean of the F1 of the three classes."""
    return float(_f1(truth, guess, ("negative", "neutral", "positive")).mean())


# --- both ----------------------------------------------------------------------------------


def _f1(truth: Sequence[str], guess: Sequence[str], labels: Sequence[str]) -> Any:
    numbers = {label: number for number, label in enumerate(labels)}
    one, other = (
        np.array([numbers[label] for label in side], dtype=np.intp) for side in (truth, guess)
    )
    return class_scores(confusion_matrix(one, other, len(labels)))[2]


def leaks(training: Iterable[Row], test: Sequence[Row]) -> tuple[list[bool], list[bool]]:
    """Tell which test rows stand in training: with the same words, and nearly so."""
    known = list(dict.fromkeys(row.sentence for row in training))
    keys = {sentence_key(sentence) for sentence in known}
    same = [sentence_key(row.sentence) in keys for row in test]
    near = list(same)
    for one, other, _ in near_duplicates([*known, *(row.sentence for row in test)]):
        if other < len(known) <= one:
            near[one - len(known)] = True
    return same, near


def write_table(path: Path, parts: Mapping[str, Sequence[Row]]) -> Path:
    """Write rows as the JSON Lines that `stance train` takes."""
    lines = [
        {"id": row.id, "sentence": row.sentence, "label": row.label}
        | ({"target": target} if target else {})
        | (
            {"actor": row.actor, "actor_start": row.actor_start, "actor_end": row.actor_end}
            if row.actor
            else {}
        )
        for target, rows in parts.items()
        for row in rows
    ]
    write_atomic(path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    return path


def figure_rows(
    name: str,
    rows: Sequence[Row],
    guess: Sequence[str],
    hidden: Sequence[bool],
    metric: Callable[[Sequence[str], Sequence[str]], float],
    seed: int,
) -> Iterator[tuple[str, int, str]]:
    """Yield name, n and figure with interval: all rows, those new to the model, the others."""
    truth = [row.label for row in rows]
    choices = (
        (f"{name}, all rows", [True] * len(rows)),
        (f"{name}, without rows that stand in training", [not flag for flag in hidden]),
        (f"{name}, those rows alone", list(hidden)),
    )
    for title, keep in choices:
        kept = [i for i, flag in enumerate(keep) if flag]
        if not kept:
            continue

        def figure(chosen: Any, kept: list[int] = kept) -> float:
            picked = [kept[i] for i in chosen]
            return metric([truth[i] for i in picked], [guess[i] for i in picked])

        groups = [sentence_key(rows[i].sentence) for i in kept]
        interval = bootstrap_interval(figure, groups, seed=seed)
        shown = f"{figure(range(len(kept))):.3f}"
        shown += f" ({interval[0]:.3f} to {interval[1]:.3f})" if interval else ""
        yield title, len(kept), shown


def predictions(models: Mapping[str, StanceModel], parts: Mapping[str, Sequence[Row]]) -> list[str]:
    """Return the label of each test row, target after target, by the target's model."""
    return [
        one.label
        for target, rows in parts.items()
        for one in models[target].predict((row.sentence, row.mention) for row in rows)
    ]


def fitted(
    kind: str, bench: Benchmark, home: Path, options: dict[str, Any]
) -> dict[str, StanceModel]:
    """Write the table and train on it as `stance train` does."""
    table = write_table(home / f"{kind}.jsonl", bench.train)
    if kind == "semeval":
        found = train_by_target(table, out=home / "models", **options)
        missing = [f"{one.target}: {one.problem}" for one in found.targets if one.model is None]
        if missing:
            raise DataError("no model for " + "; ".join(missing))
        return found.models
    return {"": train(table, out=home / "models" / "newsmtsc", target="the person", **options)}


def report(kind: str, bench: Benchmark, models: Mapping[str, StanceModel], seed: int) -> str:
    """Return everything as Markdown."""
    metric, title = (f_avg, "F_avg") if kind == "semeval" else (macro_f1, "macro-F1")
    lines = [f"| {kind}: what | n | {title} (95 % interval) | source |", "|---|---|---|---|"]
    training = [row for rows in bench.train.values() for row in rows]
    notes = list(bench.notes)
    for name, parts in bench.tests.items():
        rows = [row for part in parts.values() for row in part]
        guess = predictions(models, parts)
        same, near = leaks(training, rows)
        notes.append(
            f"{name}: {sum(same)} of {len(rows)} rows have the words of a training row, "
            f"{sum(near)} those or nearly those"
        )
        most = Counter(row.label for row in training).most_common(1)[0][0]
        lines += [
            f"| {what} | {n} | {value} | this run |"
            for what, n, value in figure_rows(name, rows, guess, near, metric, seed)
        ]
        for target, part in parts.items() if len(parts) > 1 else ():
            found = predictions(models, {target: part})
            value = f"{metric([row.label for row in part], found):.3f}"
            lines.append(f"| {name}, {target} alone | {len(part)} | {value} | this run |")
        floor = metric([row.label for row in rows], [most] * len(rows))
        lines.append(f"| {name}, always {most} | {len(rows)} | {floor:.3f} | this run |")
    lines += [f"| {what} | | {value:.3f} | {source} |" for what, value, source in KNOWN[kind]]
    lines += ["", *(f"* {note}" for note in notes)]
    for target, model in models.items():
        metrics = model.manifest["metrics"]
        lines.append(
            f"* {target or 'model'}: {metrics['n']} training rows, macro-F1 "
            f"{metrics['macro_f1']:.3f} in {metrics['split']}"
        )
    return "\n".join(lines) + "\n"


def options_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the options of `train`: its own defaults, and for tweets those known to do well."""
    if arguments.benchmark == "semeval":  # tweets: nobody is named as the actor
        chosen: dict[str, Any] = {
            "weights": (("words", 0.3), ("chars", 1.0)), "char_ngrams": (3, 5), "C": 3.0,
            "mask_names": False, "min_df": 1,
        }  # fmt: skip
        options: dict[str, Any] = {"lexicon": Lexicon(())}
    else:
        chosen, options = {}, {}
    if arguments.blocks:
        chosen["weights"] = parse_blocks(arguments.blocks)
    if arguments.C:
        chosen["C"] = arguments.C
    return options | {"settings": FeatureSettings(**chosen), "seed": arguments.seed}


def main(given: Sequence[str] | None = None) -> int:
    """Read, train, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("benchmark", choices=("semeval", "newsmtsc"))
    parser.add_argument("folder", type=Path, help="your copy of the files")
    parser.add_argument("--keep", type=Path, metavar="OUT", help="keep table and models here")
    parser.add_argument("--blocks", metavar="NAME=WEIGHT,…", help="as in stance train")
    parser.add_argument("--C", type=float, help="as in stance train")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args(given)
    try:
        if not arguments.folder.is_dir():
            raise InputError(f"no folder {arguments.folder}; expected your copy of the files")
        options = options_of(arguments)
        read = read_semeval if arguments.benchmark == "semeval" else read_newsmtsc
        bench = read(arguments.folder)
        with tempfile.TemporaryDirectory() as temporary:
            home = arguments.keep or Path(temporary)
            home.mkdir(parents=True, exist_ok=True)
            models = fitted(arguments.benchmark, bench, home, options)
        sys.stdout.write(report(arguments.benchmark, bench, models, arguments.seed))
    except (StanceError, OSError) as error:
        print(f"public.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
