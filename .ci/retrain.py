"""Retrain the default model from the committed data and seed; compare probabilities."""

import sys
from pathlib import Path

import numpy as np

from stance import load_model, train
from stance.training import as_dataset, pairs_of

TOLERANCE = 1e-3  # other builds of the linear algebra stop the solver at slightly other weights

committed = load_model()
again = train(out=Path(sys.argv[1]) / "model", seed=committed.manifest["seed"])
pairs = pairs_of(as_dataset(None))
difference = float(np.abs(again.probabilities(pairs) - committed.probabilities(pairs)).max())
print(f"largest difference of a probability over {len(pairs)} rows: {difference:.2e}")
if again.manifest["dataset"]["digest"] != committed.manifest["dataset"]["digest"]:
    sys.exit(
        "the committed model was trained on other data; run: stance train --out models/ukraine-nato"
    )
if difference > TOLERANCE:
    sys.exit(f"more than {TOLERANCE}; run: stance train --out models/ukraine-nato")
