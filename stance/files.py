"""Files and folders replaced in one step: whatever fails, the old content stays."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def write_atomic(path: Path | str, content: str | bytes) -> None:
    """Replace a file in one step; on any failure the old file stays as it was.

    Raises
    ------
    OSError
        As the system gives it: no such folder, no permission, disk full.
    """
    with replacing(path) as file:
        file.write(_bytes(content))


@contextmanager
def replacing(path: Path | str) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `path` when the block ends, and not if it fails.

    Raises
    ------
    OSError
        As for `write_atomic`.
    """
    target = Path(path)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def replace_folder(target: Path, contents: Mapping[str, str | bytes]) -> None:
    """Write the named files to a new folder beside `target`, then put it in its place.

    Raises
    ------
    OSError
        As the system gives it; an existing folder is then as it was.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        temporary.chmod(0o755)
        for name, content in contents.items():
            (temporary / name).write_bytes(_bytes(content))
        _swap(temporary, target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _swap(temporary: Path, target: Path) -> None:
    if not target.exists():
        temporary.replace(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
    kept = old / target.name
    try:
        target.replace(kept)
        temporary.replace(target)
    except BaseException:
        if kept.exists() and not target.exists():
            kept.replace(target)
        raise
    finally:
        if target.exists():  # otherwise the old content lies there still
            shutil.rmtree(old, ignore_errors=True)


def _bytes(content: str | bytes) -> bytes:
    return content.encode("utf-8") if isinstance(content, str) else content
