"""What a block of terms buys: judged on the same rows, without it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stance.ablation import PARTS, ablate
from stance.calibration import require_folds
from stance.dataset import Dataset, Row
from stance.fitting import Fitter
from stance.lexicon import Lexicon
from stance.settings import FeatureSettings
from stance.training import pairs_of, train, truth_of

NOTHING = Lexicon(())


def table() -> Dataset:
    """Return rows whose label hangs on the words alone: their order and letters say nothing."""
    fill = ["stone", "river", "cloud", "paper", "glass", "table"]
    rows = [
        Row(
            f"r{number}", f"{fill[number % 6]} {word} {fill[(number + 1) % 5]}", "", label,
            group=f"g{number}",
        )
        for number in range(30)
        for word, label in ((("yes", "favor"), ("no", "against"))[number % 2],)
    ]  # fmt: skip
    return Dataset(tuple(rows), name="toy")


def ablated(weights: tuple[tuple[str, float], ...]) -> list[dict]:
    data = table()
    labels = [row.label for row in data.rows]
    folds = require_folds(labels, [row.group for row in data.rows], 5, 0)
    settings = FeatureSettings(weights=weights, min_df=1)
    fitter = Fitter(pairs_of(data), np.array(labels), settings, NOTHING)
    start = fitter.fit(folds[0][0])
    told: list[int] = []
    found = ablate(
        data, folds, fitter, start, seed=0, progress=lambda stage, done, total: told.append(done)
    )
    assert told == sorted(told)
    assert len(truth_of(data)) == len(data)
    return found


def test_the_block_that_carries_the_label_is_missed():
    words, anchored = ablated((("words", 1.0), ("anchored", 0.1)))
    assert (words["block"], anchored["block"]) == ("words", "anchored")
    assert words["difference"] > 0.3
    assert abs(anchored["difference"]) < 0.2
    assert words["macro_f1"] == anchored["macro_f1"]
    assert words["n"] == sum(1 for _ in range(30)) * PARTS // 5
    low, high = words["difference_interval"]
    assert low <= words["difference"] <= high


def test_one_block_alone_cannot_be_left_out():
    assert ablated((("words", 1.0),)) == []


@pytest.mark.parametrize("ablation", [True, False])
def test_the_model_card_has_the_table_where_it_was_asked_for(tmp_path: Path, ablation: bool):
    settings = FeatureSettings(weights=(("words", 1.0), ("anchored", 0.5)), min_df=1)
    home = tmp_path / "model"
    model = train(table(), out=home, settings=settings, lexicon=NOTHING, ablation=ablation)
    assert ("What each block of terms buys" in (home / "README.md").read_text()) is ablation
    assert ("ablation" in model.manifest) is ablation


def test_what_needs_the_statements_is_also_left_out_together():
    found = ablated((("words", 1.0), ("voice", 0.1), ("own_words", 0.1)))
    assert [one["block"] for one in found] == [
        "words", "voice", "own_words", "all that the actor says",
    ]  # fmt: skip
