"""Compare ways of picking what to label, on the shipped rows: macro-F1 after so many answers.

    python tests/benchmarks/acquisition.py [--seeds 5] [--start 400] [--rounds 4] [--batch 100]
        [--pool 2000] [--none 0.75] [--ways random "entropy × distance"]

For each seed a third of the groups is the test, some rows are labelled at the start, and the
rest is the pool whose labels are asked for, a batch at a time, the model retrained in between. All
ways see the same split. Prints one line for each way: mean macro-F1 at the start and after each
batch, and the mean difference to random picks at the end with its standard error over the seeds.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from stance import acquisition
from stance.acquisition import Wish, pick
from stance.candidates import Candidate, table_candidates
from stance.dataset import Dataset, Row, read_dataset
from stance.fitting import Fitter
from stance.lexicon import load_lexicon
from stance.metrics import macro_f1
from stance.model import export_arrays
from stance.predict import StanceModel
from stance.settings import FeatureSettings
from stance.training import pairs_of

LABELS = ("favor", "conditional", "against", "none")
Way = Callable[[Sequence[Candidate], StanceModel, int, Sequence[str], int], list[str]]


def fitted(rows: Sequence[Row]) -> StanceModel:
    data = Dataset(tuple(rows))
    labels = np.array([row.label for row in rows])
    everything = np.arange(len(rows))
    fitter = Fitter(pairs_of(data), labels, FeatureSettings(), load_lexicon())
    pipeline = fitter.fit(everything)
    return StanceModel(export_arrays(pipeline, LABELS), {"name": "benchmark"})


def score(model: StanceModel, rows: Sequence[Row]) -> float:
    guess = model.probabilities(pairs_of(Dataset(tuple(rows)))).argmax(axis=1)
    truth = np.array([LABELS.index(row.label) for row in rows])
    return macro_f1(truth, guess, len(LABELS))


def judged(rows: Sequence[Row], model: StanceModel) -> list[Candidate]:
    candidates = table_candidates(Dataset(tuple(rows)))
    shares = model.probabilities([one.pair for one in candidates]).tolist()
    return [
        replace(one, probabilities=dict(zip(LABELS, row, strict=True)))
        for one, row in zip(candidates, shares, strict=True)
    ]


def way(measure: str, share: float) -> Way:
    def picked(pool, model, count, known, seed):
        wish = Wish(count, share, measure, seed)
        return [one.candidate.id for one in pick(pool, model, wish, known=known)]

    return picked


def uncertainty_alone(pool, model, count, known, seed):
    """Pick without distances: what diversity adds."""
    kept, acquisition._nearer = acquisition._nearer, lambda distance, matrix, others: distance
    try:
        return way("entropy", 0.0)(pool, model, count, known, seed)
    finally:
        acquisition._nearer = kept


WAYS: dict[str, Way] = {
    "random": way("entropy", 1.0),
    "entropy alone": uncertainty_alone,
    "entropy × distance": way("entropy", 0.0),
    "margin × distance": way("margin", 0.0),
    "entropy × distance, 20 % random": way("entropy", 0.2),
}


def pool_of(rows: Sequence[Row], options: argparse.Namespace) -> list[Row]:
    """Return the rows that may be asked for, with the wanted share of the label none."""
    if options.none is None:
        return list(rows[: options.pool])
    wanted = round(options.pool * options.none)
    none = [row for row in rows if row.label == "none"][:wanted]
    return none + [row for row in rows if row.label != "none"][: options.pool - wanted]


def curve(find: Way, rows: Sequence[Row], seed: int, options: argparse.Namespace) -> list[float]:
    """Return the macro-F1 at the start and after each batch."""
    random = np.random.default_rng(seed)
    groups = random.permutation(sorted({row.group for row in rows})).tolist()
    tested = set(groups[: len(groups) // 3])
    test = [row for row in rows if row.group in tested]
    rest = [row for row in rows if row.group not in tested]
    order = random.permutation(len(rest)).tolist()
    mine = [rest[i] for i in order[: options.start]]
    others = [rest[i] for i in order[options.start :]]
    pool = {row.id: row for row in pool_of(others, options)}
    model = fitted(mine)
    found = [score(model, test)]
    for number in range(options.rounds):
        candidates = judged(list(pool.values()), model)
        known = [row.sentence for row in mine]
        chosen = find(candidates, model, options.batch, known, seed * 1000 + number)
        mine += [pool.pop(name) for name in chosen]
        model = fitted(mine)
        found.append(score(model, test))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    sizes = (("seeds", 5), ("start", 400), ("rounds", 4), ("batch", 100), ("pool", 2000))
    for name, value in sizes:
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--none", type=float, help="share of none in the pool, as in corpora")
    parser.add_argument("--ways", nargs="+", default=list(WAYS), help="of: " + ", ".join(WAYS))
    options = parser.parse_args()
    rows = [row for row in read_dataset().rows if row.provenance == "documented"]
    base: np.ndarray | None = None
    for name in options.ways:
        find = WAYS[name]
        curves = np.array([curve(find, rows, seed, options) for seed in range(options.seeds)])
        base = curves[:, -1] if base is None else base
        gap = curves[:, -1] - base
        error = gap.std(ddof=1) / np.sqrt(len(gap)) if len(gap) > 1 else float("nan")
        shown = " ".join(f"{value:.3f}" for value in curves.mean(axis=0))
        print(f"{name:32} {shown}   {gap.mean():+.3f} ± {error:.3f}", flush=True)


if __name__ == "__main__":
    main()
