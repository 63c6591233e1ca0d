"""Where data, models and seeds lie: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from stance.errors import InputError

DEFAULT_MODEL = "ukraine-nato"


@cache
def _root() -> Path:
    package = Path(__file__).resolve().parent
    inside = package / "_resources"  # the wheel carries data/, models/ and seeds/ here
    return inside if inside.is_dir() else package.parent


def data_path(name: str) -> Path:
    """Return the path of a file of `data/`, such as ``sentences.csv``.

    Raises
    ------
    InputError
        If the installation has no such file.
    """
    return _existing(_root() / "data" / name)


def model_path(name: str = DEFAULT_MODEL) -> Path:
    """Return the folder of a model that is shipped with the package.

    Raises
    ------
    InputError
        If the installation has no such model.
    """
    return _existing(_root() / "models" / name)


def seeds_path() -> Path:
    """Return the folder of the seed articles and their gold statements."""
    return _existing(_root() / "seeds")


def default_target() -> str:
    """Return the proposition that the shipped dataset is labelled for."""
    return data_path("target.txt").read_text(encoding="utf-8").strip()


def installed_version(package: str) -> str | None:
    """Return the version of an installed package; None where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _existing(path: Path) -> Path:
    if not path.exists():
        raise InputError(
            f"{path.name!r} is not part of this installation (looked in {path.parent}); "
            "reinstall with: pip install --force-reinstall actor-stance"
        )
    return path
