"""Where data, models and seeds lie: in a checkout, in a wheel, and when they are missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stance import resources
from stance.errors import InputError


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A package folder of its own, in which `resources.py` is made to believe it lies."""
    home = tmp_path / "site-packages" / "stance"
    home.mkdir(parents=True)
    monkeypatch.setattr(resources, "__file__", str(home / "resources.py"))
    resources._root.cache_clear()
    yield home
    resources._root.cache_clear()


def lay_out(root: Path) -> None:
    for folder in ("data", "models/ukraine-nato", "seeds"):
        (root / folder).mkdir(parents=True)
    (root / "data" / "target.txt").write_text("  A wealth tax\n", encoding="utf-8")


@pytest.mark.parametrize("name", ["sentences.csv", "actors.csv", "lexicon.csv", "target.txt"])
def test_the_shipped_data_are_there(name: str):
    assert resources.data_path(name).is_file()


def test_the_shipped_model_is_a_folder_of_its_name():
    folder = resources.model_path()
    assert folder.name == resources.DEFAULT_MODEL
    assert {path.name for path in folder.iterdir()} >= {"model.joblib", "model.json", "README.md"}


def test_every_gold_file_lies_beside_its_article():
    marked = list(resources.seeds_path().glob("*.gold.json"))
    assert marked
    for path in marked:
        assert (path.parent / json.loads(path.read_text("utf-8"))["article"]).is_file()


def test_the_target_is_one_line_without_a_break():
    assert resources.default_target() == resources.default_target().strip() != ""


def test_a_checkout_has_them_beside_the_package(package: Path):
    lay_out(package.parent)
    assert resources.data_path("target.txt") == package.parent / "data" / "target.txt"
    assert resources.model_path() == package.parent / "models" / "ukraine-nato"
    assert resources.seeds_path() == package.parent / "seeds"
    assert resources.default_target() == "A wealth tax"


def test_a_wheel_has_them_inside_of_the_package(package: Path):
    lay_out(package / "_resources")
    lay_out(package.parent)  # a folder `data` of another package must not be taken
    assert resources.data_path("target.txt") == package / "_resources" / "data" / "target.txt"
    assert resources.model_path() == package / "_resources" / "models" / "ukraine-nato"
    assert resources.seeds_path() == package / "_resources" / "seeds"


@pytest.mark.parametrize(
    ("find", "name", "folder"),
    [
        (lambda: resources.data_path("nothing.csv"), "nothing.csv", "data"),
        (lambda: resources.model_path("nobody"), "nobody", "models"),
        (resources.seeds_path, "seeds", "site-packages"),
        (resources.default_target, "target.txt", "data"),
    ],
)
def test_what_is_missing_is_named_with_the_place_and_the_cure(
    package: Path, find, name: str, folder: str
):
    with pytest.raises(InputError) as raised:
        find()
    message = str(raised.value)
    assert f"'{name}' is not part of this installation" in message
    assert f"{folder})" in message
    assert "pip install --force-reinstall actor-stance" in message
