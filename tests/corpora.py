"""Corpora for the tests of `stance batch`: invented articles, and the rows that came out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SENTENCES = (
    "The foreign minister of Ruritania said that Ukraine must join NATO.",
    "The opposition leader rejected Ukraine's membership in NATO.",
    "The spokesman said Ukraine could join NATO once the war is over.",
    "The mayor opened a bridge, the newspaper said.",
)


def article(number: int) -> dict[str, Any]:
    """Return an article of one to three sentences, each its own."""
    words = [SENTENCES[(number + k) % len(SENTENCES)] for k in range(1 + number % 3)]
    text = " ".join([*words, f"It was the meeting number {number}."])
    return {"id": f"a{number}", "date": f"2024-05-{1 + number % 28:02d}", "text": text}


def write_jsonl(path: Path, count: int, odd: dict[int, str] | None = None) -> Path:
    """Write `count` articles; `odd` replaces lines by their number."""
    lines = [json.dumps(article(number)) for number in range(count)]
    for number, line in (odd or {}).items():
        lines[number] = line
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def contents(out: Path) -> dict[str, bytes]:
    """Return the part files of an output, by name."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.glob("*/part-*"))
        if not path.parent.name.startswith(".")
    }
