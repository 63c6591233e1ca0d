"""`stance train`: a labelled table in, a model folder out, or one for each target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stance.cli.terminal import DATA, USAGE, fail, open_console, progress, say, text_of, warn
from stance.errors import InputError, StanceError

if TYPE_CHECKING:
    from stance.dataset import Dataset
    from stance.lexicon import Lexicon
    from stance.predict import StanceModel
    from stance.settings import FeatureSettings
    from stance.targets import TargetModels


class ClassWeight(StrEnum):
    """Whether rare labels weigh as much as frequent ones."""

    balanced = "balanced"
    none = "none"


_SHOWN = 20  # lines of each kind
_FEATURES = "Terms and regression (stored in the model)"
BlocksOption = Annotated[
    str | None,
    typer.Option(
        "--blocks",
        metavar="NAME=WEIGHT,…",
        help="Blocks of terms with their weights, such as words=0.3,chars=1.",
        rich_help_panel=_FEATURES,
    ),
]
WordsOption = Annotated[
    str | None,
    typer.Option(
        "--word-ngrams",
        metavar="LOW-HIGH",
        help="Words in a row, such as 1-2.",
        rich_help_panel=_FEATURES,
    ),
]
CharsOption = Annotated[
    str | None,
    typer.Option(
        "--char-ngrams",
        metavar="LOW-HIGH",
        help="Characters in a row, within words, such as 3-5.",
        rich_help_panel=_FEATURES,
    ),
]
MinDfOption = Annotated[
    int | None,
    typer.Option(
        "--min-df",
        min=1,
        help="A term must occur in so many sentences; by default 2, in large tables 3.",
        rich_help_panel=_FEATURES,
    ),
]
COption = Annotated[
    float,
    typer.Option("--C", help="Inverse strength of the L2 penalty.", rich_help_panel=_FEATURES),
]
WeightOption = Annotated[
    ClassWeight,
    typer.Option(
        "--class-weight",
        help="Whether rare labels weigh as much as frequent ones.",
        rich_help_panel=_FEATURES,
    ),
]
NamesOption = Annotated[
    bool,
    typer.Option(
        "--mask-names/--keep-names",
        help="Whether names of persons and places become placeholders.",
        rich_help_panel=_FEATURES,
    ),
]
LexiconOption = Annotated[
    Path | None,
    typer.Option(
        "--lexicon",
        help="Concepts of your debate (CSV); by default the shipped ones.",
        rich_help_panel=_FEATURES,
    ),
]
NoLexiconOption = Annotated[
    bool,
    typer.Option("--no-lexicon", help="Do without concepts.", rich_help_panel=_FEATURES),
]


def train(
    tables: Annotated[
        list[Path] | None,
        typer.Argument(
            help="CSV, TSV or JSON Lines with the columns sentence and label, and actor, "
            "actor_start, actor_end, group where you have them; by default the shipped dataset. "
            "Rows of a later table correct those of an earlier one."
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Model folder to write.")] = Path("model"),
    target: Annotated[
        str | None, typer.Option("--target", help="The proposition, written into the model.")
    ] = None,
    by_target: Annotated[
        str | None,
        typer.Option(
            "--by-target",
            metavar="COLUMN",
            help="One model for each value of this column, in folders below --out.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the folds.")] = 0,
    accuracy: Annotated[
        float,
        typer.Option("--accuracy", min=0.0, max=1.0, help="Accuracy of confident answers."),
    ] = 0.9,
    blocks: BlocksOption = None,
    word_ngrams: WordsOption = None,
    char_ngrams: CharsOption = None,
    min_df: MinDfOption = None,
    c: COption = 2.0,
    class_weight: WeightOption = ClassWeight.balanced,
    mask_names: NamesOption = True,
    lexicon: LexiconOption = None,
    no_lexicon: NoLexiconOption = False,
    ablation: Annotated[
        bool,
        typer.Option(
            "--ablation", help="Measure what each block of terms buys, for the model card (slow)."
        ),
    ] = False,
) -> None:
    """Train a model on a labelled table.

    Rows of one `group` (an article, a sentence and its variants) are never split between
    training and test. Without groups, near-duplicates are grouped for you. Where an actor's
    name stands several times in a sentence, `actor_start` and `actor_end` (characters, from 0)
    say which mention is meant.

    Examples
    --------
        stance train --out my-model

        stance train my-rows.csv --out my-model --target "a wealth tax"

        stance train data/sentences.csv user.csv --out my-model     (after: stance label)

        stance train tweets.csv --by-target topic --out models --no-lexicon --keep-names
        --blocks words=0.3,chars=1 --char-ngrams 3-5 --min-df 1 --C 3
    """
    if not 0.0 < accuracy < 1.0:
        fail(f"--accuracy {accuracy}; expected more than 0 and less than 1", USAGE)
    if by_target is not None and (len(tables or ()) != 1 or target is not None):
        fail("--by-target needs one TABLE, and takes the targets from it (no --target)", USAGE)
    if lexicon is not None and no_lexicon:
        fail("--lexicon and --no-lexicon; expected one of the two", USAGE)
    settings = _settings(blocks, word_ngrams, char_ngrams, class_weight, mask_names=mask_names, C=c)
    options: dict[str, Any] = {
        "out": out,
        "seed": seed,
        "target_accuracy": accuracy,
        "lexicon": _lexicon(lexicon, no_lexicon),
        "ablation": ablation,
    }
    if by_target is not None and tables:
        from stance.targets import train_by_target

        options["settings"] = settings(min_df, 0)
        with progress(True) as tell:
            found = train_by_target(tables[0], by_target, progress=tell, **options)
        _show_targets(found, out)
        return
    from stance.merging import read_tables
    from stance.training import train as train_model

    with progress(True) as tell:
        data = read_tables(tables or ())
        options["settings"] = settings(min_df, len(data))
        model = train_model(data, target=_target(tables or [], target), progress=tell, **options)
    _pin_if_default(out, model.manifest)
    _show_model(model, data, tables or [], out)


def _settings(
    blocks: str | None,
    word_ngrams: str | None,
    char_ngrams: str | None,
    class_weight: ClassWeight,
    **given: Any,
) -> Callable[[int | None, int], FeatureSettings]:
    """Return what makes the settings of (--min-df, rows); wrong options are refused at once."""
    from stance.settings import FeatureSettings, parse_blocks, parse_range

    try:
        if blocks is not None:
            given["weights"] = parse_blocks(blocks)
        if word_ngrams is not None:
            given["word_ngrams"] = parse_range(word_ngrams)
        if char_ngrams is not None:
            given["char_ngrams"] = parse_range(char_ngrams)
        chosen = FeatureSettings(
            class_weight=None if class_weight is ClassWeight.none else class_weight.value,
            **given,
        )
    except InputError as error:
        fail(str(error), USAGE)

    def of(min_df: int | None, rows: int) -> FeatureSettings:
        usual = FeatureSettings.for_rows(rows)
        return replace(chosen, min_df=min_df or usual.min_df, own_min_df=usual.own_min_df)

    return of


def _lexicon(path: Path | None, without: bool) -> Lexicon | None:
    from stance.lexicon import Lexicon, load_lexicon

    if without:
        return Lexicon(())
    return load_lexicon(path) if path else None


def _show_model(model: StanceModel, data: Dataset, tables: list[Path], out: Path) -> None:
    metrics, counts = model.manifest["metrics"], model.manifest["dataset"]
    low, high = metrics["macro_f1_interval"]
    console = open_console()
    say(
        console,
        f"{out}: {counts['rows']} rows, {len(model.labels)} labels; macro-F1 "
        f"{metrics['macro_f1']:.3f} (95 % interval {low:.3f} to {high:.3f}; {metrics['split']})",
    )
    for line in data.notes[:_SHOWN]:
        say(console, f"  {line}")
    for line in data.skipped[:_SHOWN]:
        warn(f"not used: {line}")
    if len(data.skipped) > _SHOWN:
        warn(f"not used: {len(data.skipped) - _SHOWN} rows more; see: stance data check")
    if "ablation" in model.manifest:
        say(console, f"What each block of terms buys: {out / 'README.md'}")
    given = "".join(f" --data {table}" for table in tables)
    say(console, f"Next: stance evaluate --model {out}{given}")


def _target(tables: list[Path], target: str | None) -> str | None:
    """Return the target: what was asked for, or the shipped one where its table is the first."""
    from stance.resources import data_path, default_target

    first = tables[0] if tables else data_path("sentences.csv")
    shipped = first.resolve() == data_path("sentences.csv").resolve()
    return default_target() if target is None and shipped else target


def _show_targets(found: TargetModels, out: Path) -> None:
    """Print a row for each target; leave with the exit code of bad data where one is missing."""
    from rich.table import Table

    table = Table(caption=f"macro-F1 in grouped cross-validation; also in {out}/targets.csv")
    for name, justify in (("target", "left"), ("folder", "left"), ("rows", "right")):
        table.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]
    table.add_column("macro-F1 (95 % interval)")
    for one in found.targets:
        figures = "none; see below"
        if one.model is not None:
            metrics = one.model.manifest["metrics"]
            low, high = metrics["macro_f1_interval"]
            figures = f"{metrics['macro_f1']:.3f} ({low:.3f} to {high:.3f})"
        cells = (one.target, one.folder if one.model else "–", str(one.rows), figures)
        table.add_row(*map(text_of, cells))
    open_console().print(table)
    for line in (*found.skipped, *(line for one in found.targets for line in one.skipped)):
        warn(f"not used: {line}")
    failed = [one for one in found.targets if one.model is None]
    for one in failed:
        counts = ", ".join(f"{label} {n}" for label, n in one.labels.items()) or "no usable row"
        warn(f"{one.target} ({counts}): {one.problem}")
    if failed:
        raise typer.Exit(DATA)


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
