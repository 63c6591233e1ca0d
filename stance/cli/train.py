"""`stance train`: a labelled table in, a model folder out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from stance.cli.terminal import USAGE, fail, open_console, plain, progress
from stance.errors import StanceError


def train(
    tables: Annotated[
        list[Path] | None,
        typer.Argument(
            help="CSV, TSV or JSON Lines with the columns sentence and label, and actor, group "
            "where you have them; by default the shipped dataset. Rows of a later table correct "
            "those of an earlier one."
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Model folder to write.")] = Path("model"),
    target: Annotated[
        str | None, typer.Option("--target", help="The proposition, written into the model.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the folds.")] = 0,
    accuracy: Annotated[
        float,
        typer.Option("--accuracy", min=0.0, max=1.0, help="Accuracy of confident answers."),
    ] = 0.9,
    lexicon: Annotated[
        Path | None, typer.Option("--lexicon", help="Concepts of your debate (CSV).")
    ] = None,
    ablation: Annotated[
        bool,
        typer.Option(
            "--ablation", help="Measure what each block of terms buys, for the model card (slow)."
        ),
    ] = False,
) -> None:
    """Train a model on a labelled table.

    Rows of one `group` (an article, a sentence and its variants) are never split between
    training and test. Without groups, near-duplicates are grouped for you.

    Examples
    --------
        stance train --out my-model

        stance train my-rows.csv --out my-model --target "a wealth tax"

        stance train data/sentences.csv user.csv --out my-model     (after: stance label)
    """
    from stance.lexicon import load_lexicon
    from stance.merging import read_tables
    from stance.training import train as train_model

    if not 0.0 < accuracy < 1.0:
        fail(f"--accuracy {accuracy}; expected more than 0 and less than 1", USAGE)
    with progress(True) as tell:
        data = read_tables(tables) if tables else None
        model = train_model(
            data,
            out=out,
            target=_target(tables or [], target),
            seed=seed,
            target_accuracy=accuracy,
            lexicon=load_lexicon(lexicon) if lexicon else None,
            ablation=ablation,
            progress=tell,
        )
    _pin_if_default(out, model.manifest)
    metrics, counts = model.manifest["metrics"], model.manifest["dataset"]
    low, high = metrics["macro_f1_interval"]
    console = open_console()
    console.print(
        f"{out}: {counts['rows']} rows, {len(model.labels)} labels; macro-F1 "
        f"{metrics['macro_f1']:.3f} (95 % interval {low:.3f} to {high:.3f}; {metrics['split']})",
        markup=False,
        highlight=False,
    )
    for line in (data.notes if data else ())[:20]:
        console.print(f"  {plain(line)}", markup=False, highlight=False)
    if counts["skipped"]:
        console.print(
            f"{counts['skipped']} rows were not used; see: stance data check", markup=False
        )
    given = "".join(f" --data {table}" for table in tables or [])
    console.print(f"Next: stance evaluate --model {out}{given}", markup=False, highlight=False)


def _target(tables: list[Path], target: str | None) -> str | None:
    """Return the target: what was asked for, or the shipped one where its table is the first."""
    from stance.resources import data_path, default_target

    if target is None and tables and tables[0].resolve() == data_path("sentences.csv").resolve():
        return default_target()
    return target


def _pin_if_default(out: Path, manifest: dict[str, Any]) -> None:
    """Write the digest into the package when the default model of a checkout is retrained."""
    from stance import pinned
    from stance.files import write_atomic
    from stance.resources import model_path

    if manifest["dataset"]["name"].split(" + ")[0] != "sentences.csv" or pinned.__file__ is None:
        return
    try:
        default = model_path()
    except StanceError:
        default = Path(pinned.__file__).parents[1] / "models" / "ukraine-nato"
    if out.resolve() != default.resolve():
        return
    digest = manifest["file"]["sha256"]
    content = f'"""{pinned.__doc__}"""\n\nDEFAULT_MODEL_SHA256 = "{digest}"\n'
    write_atomic(Path(pinned.__file__), content)
