"""Fixtures for all tests: a small table of another debate, and what is trained on it."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

from stance.actors import COLUMNS, Registry, load_registry
from stance.dataset import Dataset, read_dataset
from stance.lexicon import Entry, Lexicon
from stance.model import export_arrays, make_pipeline
from stance.scorer import ModelArrays
from stance.settings import FeatureSettings

TABLE = Path(__file__).parent / "tables" / "wealth_tax.csv"

# Every run draws the same examples: a red test is red for everybody.
hypothesis.settings.register_profile(
    "repeatable", derandomize=True, deadline=None, database=None, max_examples=80
)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(scope="module")
def registry(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """The actors that the test module lists in `ROWS`, as lines of a table."""
    path = tmp_path_factory.mktemp("actors") / "actors.csv"
    path.write_text("\n".join((",".join(COLUMNS), *request.module.ROWS)) + "\n", encoding="utf-8")
    return load_registry(path)


@pytest.fixture(scope="session")
def small_lexicon() -> Lexicon:
    """A dozen forms of the wealth-tax debate, with each role and a star."""
    return Lexicon(
        (
            Entry("levy", "wealth tax", "target"),
            Entry("such", "such a levy", "reference"),
            Entry("oppose", "reject*"),
            Entry("oppose", "oppose*"),
            Entry("oppose", "against"),
            Entry("approve", "back*"),
            Entry("approve", "support*"),
            Entry("approve", "welcome*"),
            Entry("wish", "want*"),
            Entry("negation", "not"),
            Entry("negation", "no"),
            Entry("speech", "said"),
        )
    )


@pytest.fixture(scope="session")
def wealth_tax() -> Dataset:
    return read_dataset(TABLE)


@pytest.fixture(scope="session")
def fitted(wealth_tax: Dataset, small_lexicon: Lexicon):
    """The pipeline fitted to the small table, with its pairs and labels."""
    pairs = [(row.sentence, row.actor or None) for row in wealth_tax.rows]
    labels = [row.label for row in wealth_tax.rows]
    groups = [row.group for row in wealth_tax.rows]
    pipeline = make_pipeline(FeatureSettings(min_df=1), small_lexicon)
    pipeline.fit(pairs, labels, classifier__groups=groups)
    return pipeline, pairs, labels


@pytest.fixture(scope="session")
def arrays(fitted) -> ModelArrays:
    """The fitted pipeline as plain arrays, labels in an order that is not alphabetical."""
    return export_arrays(fitted[0], ("pro", "contra", "neither"))
