"""Measure everything, and write `benchmarks.md` and what the README quotes of it.

    python tests/benchmarks/run.py                                # all sections
    python tests/benchmarks/run.py leads --sizes 1000000          # a long one alone
    python tests/benchmarks/run.py analyze batch --rounds 3
    python tests/benchmarks/run.py --quick                        # a trial: printed, not stored

Each section is stored in `results/` with the day, the commit, the versions, the machine and its
load; the page is made of all that is stored, so sections may be measured on different days, and
each says with which commit. Needs `pip install -e '.[dev]'`; fastText and Vowpal Wabbit
(`pip install fasttext-wheel vowpalwabbit`) are left out where they are missing. Each section
runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import page
from measuring import free, load, surroundings, told
from sections import SECTIONS, Settings


def main() -> int:
    """Measure the sections that are asked for."""
    given = _parsed()
    names = given.sections or list(SECTIONS)
    if len(names) > 1 and not given.quick:
        options = [word for word in sys.argv[1:] if word not in SECTIONS]
        for name in names:  # memos and memory of one are not those of the next
            subprocess.run([sys.executable, __file__, name, *options], check=True)
        return 0
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        settings = _settings(given, Path(folder))
        for name in names:
            told(f"{name}:")
            before, here = (load(), free()), surroundings()
            for result in SECTIONS[name](settings):
                key = result.pop("name", name)
                after = (load(), free())
                (here["load"], here["free"]), before = zip(before, after, strict=True), after
                found[key] = {"section": name, **here, **result}
                if not given.quick:
                    _store(key, found[key])
    if given.quick:
        sys.stdout.write(page.page(found) + "\n" + page.quote(found) + "\n")
    return 0


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0],
        epilog=__doc__.partition("\n\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--sizes", help="of `scale` and `leads`; by default 10000,100000,1000000")
    parser.add_argument(
        "--articles", type=int, help="of the other sections; by default 1000 to 5000"
    )
    parser.add_argument("--rounds", type=int, help="by default 5")
    parser.add_argument("--jobs", type=int, default=Settings.jobs, help="processes; by default 2")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, help="where to put the corpora; by default /tmp")
    parser.add_argument("--quick", action="store_true", help="little of everything; not stored")
    given = parser.parse_args()
    unknown = sorted(set(given.sections) - set(SECTIONS))
    if unknown:
        parser.error(f"section {unknown[0]!r}; expected one of {', '.join(SECTIONS)}")
    return given


def _settings(given: argparse.Namespace, folder: Path) -> Settings:
    sizes = given.sizes or ("200,400" if given.quick else "10000,100000,1000000")
    return Settings(
        folder=folder,
        articles=given.articles or (100 if given.quick else None),
        rounds=given.rounds or (2 if given.quick else 5),
        sizes=tuple(int(size) for size in sizes.split(",")),
        sentences=200 if given.quick else 2_000,
        jobs=given.jobs,
        seed=given.seed,
    )


def _store(name: str, result: Mapping[str, Any]) -> None:
    """Write a result, and renew all that is made of the results."""
    page.RESULTS.mkdir(exist_ok=True)
    text = json.dumps(result, ensure_ascii=False, indent=1) + "\n"
    (page.RESULTS / f"{name}.json").write_text(text, "utf-8")
    if result["section"] in page.PLOTS:
        plot(page.stored(), result["section"])
    page.main()
    told(f"stored {name}; {page.PAGE.name} is renewed")


def plot(results: Mapping[str, Any], section: str) -> None:
    """Draw the memory of each size over the share of its run."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3), layout="constrained")
    axes = figure.subplots()
    runs = [one for one in results.values() if one["section"] == section]
    for result in sorted(runs, key=lambda one: one["n"]):
        samples = result["ways"]["batch"][0]["pss"]
        end = samples[-1][0] or 1.0
        axes.plot(
            [100 * second / end for second, _ in samples],
            [size for _, size in samples],
            label=f"{result['n']:,} articles",
        )
    axes.set(xlabel="% of the run", ylabel="MB of all processes", xlim=(0, 100))
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "stance"}):  # small, and the same
        figure.savefig(page.PLOTS[section], metadata={"Date": None})


if __name__ == "__main__":
    sys.exit(main())
