"""What of a run is done: a small file for each finished part, and the manifest of them all.

A part counts as done when its entry stands in the ledger and its files have their sizes. The
entry is written last, so a kill at any moment leaves a part that is done or one to do again.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stance.errors import InputError
from stance.files import write_atomic

PROTOCOL = 1
_FOLDER = ".parts"


class Ledger:
    """The ledger of an output folder.

    Parameters
    ----------
    out : Path
        Made if it is missing.
    settings : dict
        All that decides the output: inputs with digests, model, columns, format, limits.

    Raises
    ------
    InputError
        If the folder holds the output of other settings.
    """

    def __init__(self, out: Path, settings: dict[str, Any]) -> None:
        self.out = out
        self.settings = json.loads(json.dumps({"protocol": PROTOCOL, **settings}))
        self._folder = out / _FOLDER
        if out.exists() and not out.is_dir():
            raise InputError(f"{out} is a file; expected a folder for the output")
        self._folder.mkdir(parents=True, exist_ok=True)
        started = self._folder / "run.json"
        if started.exists():
            self._compare(_read(started))
        else:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            write_atomic(started, _dumps({"settings": self.settings, "started": now}))

    def _compare(self, before: dict[str, Any]) -> None:
        old = before.get("settings", {})
        names = sorted(set(old) | set(self.settings))
        other = [name for name in names if old.get(name) != self.settings.get(name)]
        if other:
            raise InputError(
                f"{self.out} holds the output of another run (other: {', '.join(other)}); "
                "choose another --out, or remove that folder first"
            )

    def done(self, part: int) -> bool:
        """Tell whether a part is finished, its files in their places."""
        entry = _read(self._entry(part))
        return bool(entry) and all(
            _size(self.out / name) == file["bytes"] for name, file in entry["files"].items()
        )

    def enter(self, part: int, articles: int, counts: dict[str, int], files: Any) -> None:
        """Note that a part is finished."""
        entry = {"articles": articles, "counts": counts, "files": files}
        write_atomic(self._entry(part), _dumps(entry))

    def manifest(self, parts: int, **more: Any) -> dict[str, Any]:
        """Write `manifest.json` over all the parts, and return its content."""
        counts: Counter[str] = Counter()
        files: dict[str, Any] = {}
        for part in range(parts):
            entry = _read(self._entry(part))
            counts["articles"] += entry["articles"]
            counts.update(entry["counts"])
            files |= entry["files"]
        content = {
            "counts": dict(counts),
            "started": _read(self._folder / "run.json")["started"],
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            **self.settings,
            **more,
            "digest": _digest(files),
            "files": files,
        }
        write_atomic(self.out / "manifest.json", _dumps(content))
        return content

    def _entry(self, part: int) -> Path:
        return self._folder / f"part-{part:05d}.json"


def _digest(files: dict[str, Any]) -> str:
    """Return one digest over the names and digests of all files."""
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name} {files[name]['sha256']}\n".encode())
    return whole.hexdigest()


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _dumps(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
