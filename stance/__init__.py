"""Who wants what: the stance of each actor in news text, with the words that show it.

`classify` judges one sentence, `analyze` a whole article, `explain` says why. Training and
evaluation load scikit-learn when they are called; nothing else does.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from stance.errors import (
    DataError,
    FloorError,
    InputError,
    MissingExtraError,
    ModelError,
    StanceError,
)
from stance.predict import StanceModel, analyze, classify, classify_many, explain, load_model
from stance.records import (
    ActorStance,
    Analysis,
    JudgedStatement,
    Prediction,
    Reason,
    Skipped,
    Span,
    Statement,
)
from stance.settings import FeatureSettings
from stance.statements import extract

if TYPE_CHECKING:
    from stance.evaluation import evaluate
    from stance.targets import train_by_target
    from stance.training import train

__version__ = "0.1.0"
__all__ = [
    "ActorStance",
    "Analysis",
    "DataError",
    "FeatureSettings",
    "FloorError",
    "InputError",
    "JudgedStatement",
    "MissingExtraError",
    "ModelError",
    "Prediction",
    "Reason",
    "Skipped",
    "Span",
    "StanceError",
    "StanceModel",
    "Statement",
    "analyze",
    "classify",
    "classify_many",
    "evaluate",
    "explain",
    "extract",
    "load_model",
    "train",
    "train_by_target",
]

logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    """Load what trains and evaluates, and with it scikit-learn, when it is asked for."""
    if name == "train":
        from stance.training import train

        return train
    if name == "train_by_target":
        from stance.targets import train_by_target

        return train_by_target
    if name == "evaluate":
        from stance.evaluation import evaluate

        return evaluate
    raise AttributeError(f"module 'stance' has no attribute {name!r}")
