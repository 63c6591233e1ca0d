"""The capability suite in the manner of CheckList (Ribeiro et al. 2020): its rows are sound.

Each row is a sentence and an actor under the linguistic skill that it asks for; none is training
data. How many a model passes is measured, not asserted, here.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from stance.dataset import LABELS, near_duplicates, read_dataset, sentence_key

FOLDER = Path(__file__).parent / "checklist"


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ALL = rows("capabilities") + rows("off_topic")


def test_there_are_enough_sentences_of_each_capability():
    found = {(row["capability"], row["sentence"]) for row in rows("capabilities")}
    counts = Counter(capability for capability, _ in found)
    assert len(counts) >= 25
    assert min(counts.values()) >= 20
    assert len({row["sentence"] for row in rows("off_topic")}) >= 500


@pytest.mark.parametrize("row", ALL, ids=lambda row: row["id"])
def test_a_row_has_a_known_label_and_its_actor_stands_in_the_sentence(row: dict[str, str]):
    assert row["label"] in LABELS
    actor = row["actor"]
    assert not actor or re.search(rf"(?<!\w){re.escape(actor)}(?!\w)", row["sentence"])


def test_no_row_stands_twice_and_none_is_training_data():
    assert len({row["id"] for row in ALL}) == len(ALL)
    assert len({(row["sentence"], row["actor"]) for row in ALL}) == len(ALL)
    trained = [row.sentence for row in read_dataset().rows]
    assert not {sentence_key(row["sentence"]) for row in ALL} & set(map(sentence_key, trained))


def test_no_row_is_a_near_copy_of_training_data():
    trained = sorted({row.sentence for row in read_dataset().rows})
    tested = sorted({row["sentence"] for row in ALL})
    border = len(trained)
    close = [
        (trained[min(one, other)], tested[max(one, other) - border])
        for one, other, _ in near_duplicates([*trained, *tested])
        if min(one, other) < border <= max(one, other)
    ]
    assert close == []
