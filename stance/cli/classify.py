"""`stance classify`: one sentence, with the words behind the answer."""

from __future__ import annotations

from typing import Annotated

import typer

from stance.cli.terminal import ModelOption, open_console, say, text_of, warn


def classify(
    sentence: Annotated[str, typer.Argument(help="One sentence of a news report.")],
    actor: Annotated[
        str | None, typer.Option("--actor", "-a", help="The actor as it stands in the sentence.")
    ] = None,
    model: ModelOption = None,
) -> None:
    """Classify one sentence, and show the words behind the answer.

    Example:

        stance classify "Kyiv must join NATO, the minister said." --actor "the minister"
    """
    from rich.table import Table

    from stance.predict import classify as classify_sentence
    from stance.predict import explain, load_model
    from stance.tokens import actor_places

    loaded = load_model(model)
    found = classify_sentence(sentence, actor, model=loaded)
    console = open_console()
    doubt = "confident" if found.confident else "not sure: below the confidence threshold"
    console.print(text_of(f"{found.label}  ({doubt})", "bold"))
    for label, probability in found.probabilities.items():
        say(console, f"  {label:<14}{probability:6.1%}")
    if actor and not actor_places(sentence, actor):
        warn(
            f"actor {actor!r} does not stand in the sentence, which was judged without it; "
            "expected the words as printed there"
        )
    reasons = explain(sentence, actor, model=loaded)
    table = Table(
        title=f"why {reasons[0].label} rather than {reasons[0].against} (log-odds)",
        title_justify="left",
        min_width=40,
    )
    table.add_column("words")
    table.add_column("weight", justify="right")
    for reason in reasons[:12]:
        table.add_row(text_of(reason.text), f"{reason.contribution:+.3f}")
    rest = sum(reason.contribution for reason in reasons[12:])
    if len(reasons) > 12:
        table.add_row(f"({len(reasons) - 12} more)", f"{rest:+.3f}")
    table.add_row("sum", f"{sum(r.contribution for r in reasons):+.3f}", style="bold")
    console.print(table)
