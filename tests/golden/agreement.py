"""How far the two readers of the golden articles agree, from `second_reading.csv`.

python tests/golden/agreement.py
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from stance.metrics import cohen_kappa


def readings() -> list[dict[str, str]]:
    """Return article, statement, first, second and settled label of each statement."""
    path = Path(__file__).with_name("second_reading.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Print Cohen's kappa with n, and which labels were taken for which."""
    everything = readings()
    rows = [row for row in everything if row["first"] and row["second"]]
    first, second = [row["first"] for row in rows], [row["second"] for row in rows]
    print(f"kappa {cohen_kappa(first, second):.3f}, n = {len(rows)}")
    print(f"{len(everything) - len(rows)} statements more were marked by one of the readers only")
    for (one, other), count in Counter(zip(first, second, strict=True)).most_common():
        if one != other:
            print(f"  {one} / {other}: {count}")


if __name__ == "__main__":
    main()
