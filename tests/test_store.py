"""The model folder: what is saved comes back exactly, and nothing else gets in."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import subprocess
import sys
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pytest
from hostile import CASES, CODE, ROWS, Case, content, dump, manifest_of

from stance.errors import InputError, ModelError
from stance.scorer import ModelArrays, Scorer
from stance.settings import FeatureSettings
from stance.store import load_arrays, save_model

SECONDS, BYTES = 1.0, 200 * 2**20
ORDINARY = [case for case in CASES if not case.giant]
GIANT = [case for case in CASES if case.giant]


def by_name(cases: list[Case]) -> dict[str, object]:
    return {"argvalues": cases, "ids": [case.name for case in cases]}


@pytest.fixture
def folder(tmp_path: Path, arrays: ModelArrays) -> Path:
    """A model that was saved, with a note in its manifest."""
    home = tmp_path / "model"
    save_model(home, arrays, {"target": "a wealth tax"}, "# Card\n")
    return home


# --- hostile folders -------------------------------------------------------------------


def test_the_corpus_is_large_and_its_names_differ():
    assert len(CASES) >= 15
    assert len({case.name for case in CASES}) == len(CASES)


def test_the_honest_payload_of_the_corpus_loads(tmp_path: Path):
    """Otherwise every case could be refused for a reason that all share."""
    Case("honest", "").write(tmp_path / "model", tmp_path / "marker")
    assert load_arrays(tmp_path / "model")[0].labels == ("pro", "contra")


@pytest.mark.parametrize("case", **by_name(ORDINARY))
def test_refuses(case: Case, tmp_path: Path):
    case.write(tmp_path / "model", tmp_path / "marker")
    started = time.perf_counter()
    tracemalloc.start()
    try:
        with pytest.raises(ModelError, match=case.match) as caught:
            load_arrays(tmp_path / "model", case.pin)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.perf_counter() - started < SECONDS
    assert peak < BYTES
    assert len(str(caught.value)) < 1_000
    assert not (tmp_path / "marker").exists()
    assert "STANCE_RAN" not in os.environ


_ALONE = """
import json, sys, time, tracemalloc
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))
except ImportError:
    pass
from stance.errors import ModelError
from stance.store import load_arrays
tracemalloc.start()
started = time.perf_counter()
try:
    load_arrays(sys.argv[1])
    found = "loaded"
except ModelError as error:
    found = str(error)
print(json.dumps([found, time.perf_counter() - started, tracemalloc.get_traced_memory()[1]]))
"""


@pytest.mark.parametrize("case", **by_name(GIANT))
def test_refuses_what_would_fill_the_memory(case: Case, tmp_path: Path):
    """Loaded in a process of its own, so that a loader that falls for it harms nobody."""
    case.write(tmp_path / "model", tmp_path / "marker")
    done = subprocess.run(
        [sys.executable, "-c", _ALONE, str(tmp_path / "model")],
        capture_output=True, text=True, timeout=20, check=True,
    )  # fmt: skip
    message, seconds, peak = json.loads(done.stdout)
    with pytest.raises(ModelError, match=case.match):
        raise ModelError(message)
    assert seconds < SECONDS
    assert peak < BYTES
    assert len(message) < 1_000


@pytest.mark.parametrize("case", **by_name([case for case in CODE if case.alive]))
def test_the_hostile_payloads_are_alive(case: Case, tmp_path: Path):
    """Plain `joblib.load` runs them: the marker that the others miss would be there."""
    marker = tmp_path / "marker"
    case.write(tmp_path / "model", marker)
    run = "import joblib, sys; joblib.load(sys.argv[1])"
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", run, str(tmp_path / "model" / "model.joblib")],
        capture_output=True, timeout=20, check=False,
    )  # fmt: skip
    assert marker.exists()


def test_a_refused_payload_leaves_the_loader_as_it_was(tmp_path: Path, folder: Path):
    for number, case in enumerate(CODE):
        case.write(tmp_path / str(number), tmp_path / "marker")
        with pytest.raises(ModelError):
            load_arrays(tmp_path / str(number))
    assert load_arrays(folder)[0].labels == ("pro", "contra", "neither")


def test_no_folder_names_the_command_that_makes_one(tmp_path: Path):
    with pytest.raises(ModelError, match=r"no model folder at .*stance train"):
        load_arrays(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["model.joblib", "model.json"])
def test_names_the_file_that_is_missing(name: str, folder: Path):
    (folder / name).unlink()
    with pytest.raises(ModelError, match=f"has no {name}"):
        load_arrays(folder)


@pytest.mark.parametrize("position", range(0, 400, 7))
def test_a_flipped_byte_of_a_signed_payload_is_no_other_error(position: int, tmp_path: Path):
    """Whatever the damage does to the stream, the caller meets a `ModelError` or a model."""
    raw = bytearray(dump(content()))
    raw[position % len(raw)] ^= 0x55
    home = tmp_path / "model"
    Case("flipped", "", lambda _: bytes(raw)).write(home, tmp_path / "marker")
    try:
        found, _ = load_arrays(home)
    except ModelError:
        return
    assert np.isfinite(found.coef).all()


# --- the round trip --------------------------------------------------------------------


def test_the_round_trip_is_exact(folder: Path, arrays: ModelArrays):
    found, manifest = load_arrays(folder)
    for name in ("labels", "settings", "vocabularies", "threshold", "lexicon", "known_words"):
        assert getattr(found, name) == getattr(arrays, name), name
    for name in ("idf", "coef", "intercept"):
        assert np.array_equal(getattr(found, name), getattr(arrays, name)), name
    assert manifest["target"] == "a wealth tax"


def test_settings_that_an_older_manifest_does_not_name_are_those_it_was_trained_with(
    folder: Path, arrays: ModelArrays, tmp_path: Path
):
    save_model(tmp_path / "m", arrays, json.loads((folder / "model.json").read_text("utf-8")), "")
    manifest = json.loads((tmp_path / "m" / "model.json").read_text("utf-8"))
    assert manifest["settings"].pop("C") == 2.0
    assert manifest["settings"].pop("class_weight") == "balanced"
    (tmp_path / "m" / "model.json").write_text(json.dumps(manifest), "utf-8")
    assert load_arrays(tmp_path / "m")[0].settings == arrays.settings


def test_what_the_settings_say_of_the_regression_comes_back(arrays: ModelArrays, tmp_path: Path):
    settings = replace(arrays.settings, C=3.0, class_weight=None, mask_names=False)
    save_model(tmp_path / "m", replace(arrays, settings=settings), {}, "")
    assert load_arrays(tmp_path / "m")[0].settings == settings


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_memory_order_does_not_matter(order: str, arrays: ModelArrays, tmp_path: Path):
    save_model(tmp_path / "m", replace(arrays, coef=np.asarray(arrays.coef, order=order)), {}, "")
    assert np.array_equal(load_arrays(tmp_path / "m")[0].coef, arrays.coef)


def test_an_array_that_joblib_wrote_column_by_column_is_read_in_its_order(tmp_path: Path):
    weights = np.asfortranarray(np.arange(2.0 * ROWS).reshape(ROWS, 2))
    home = tmp_path / "model"
    Case("columns", "", lambda _: dump(content(coef=weights))).write(home, tmp_path / "marker")
    assert np.array_equal(load_arrays(home)[0].coef, weights)


def test_a_thousand_labels_load(arrays: ModelArrays, tmp_path: Path):
    """The limit on steps leaves room for the largest model that the labels allow."""
    labels = tuple(f"label {number}" for number in range(1_000))
    rows = len(arrays.idf)
    many = replace(
        arrays, labels=labels, coef=np.zeros((rows, 1_000)), intercept=np.zeros(1_000),
    )  # fmt: skip
    small = replace(
        many,
        settings=FeatureSettings(weights=(("words", 1.0),)),
        vocabularies={"words": ("a",)},
        idf=np.ones(1),
        coef=np.zeros((1, 1_000)),
    )
    save_model(tmp_path / "m", small, {}, "")
    assert load_arrays(tmp_path / "m")[0].labels == labels


def test_loaded_arrays_cannot_be_written_to(folder: Path):
    """One cached model serves every caller."""
    found, _ = load_arrays(folder)
    with pytest.raises(ValueError, match="read-only"):
        found.coef[0, 0] = 1.0


def test_the_manifest_names_size_and_digest_of_the_payload(folder: Path):
    payload = (folder / "model.joblib").read_bytes()
    manifest = json.loads((folder / "model.json").read_text("utf-8"))
    assert manifest["file"] == manifest_of(payload)["file"]


def test_the_payload_holds_plain_data_only(folder: Path):
    found = joblib.load(folder / "model.joblib")
    kinds = {type(value) for value in found.values()}
    assert kinds == {list, dict, np.ndarray, float, str}


def test_the_digest_that_the_caller_demands_is_accepted(folder: Path):
    digest = hashlib.sha256((folder / "model.joblib").read_bytes()).hexdigest()
    assert load_arrays(folder, digest)[1]["file"]["sha256"] == digest


# --- saving ----------------------------------------------------------------------------


def everything(home: Path) -> dict[str, bytes]:
    return {p.relative_to(home).as_posix(): p.read_bytes() for p in home.rglob("*") if p.is_file()}


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "disk full"), KeyboardInterrupt()])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_failure_while_writing_leaves_the_old_model(
    at: int, error: BaseException, folder: Path, arrays: ModelArrays, monkeypatch
):
    before = everything(folder.parent)
    write, calls = Path.write_bytes, []

    def fail(path: Path, raw: bytes) -> int:
        calls.append(path)
        if len(calls) == at:
            write(path, raw[: len(raw) // 2])
            raise error
        return write(path, raw)

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(type(error)):
        save_model(folder, replace(arrays, threshold=0.25), {}, "# New\n")
    assert everything(folder.parent) == before
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "disk full"), KeyboardInterrupt()])
@pytest.mark.parametrize("at", [1, 2])
def test_a_failure_while_replacing_leaves_the_old_model(
    at: int, error: BaseException, folder: Path, arrays: ModelArrays, monkeypatch
):
    before = everything(folder.parent)
    move, calls = Path.replace, []

    def fail(path: Path, target: Path) -> Path:
        calls.append(path)
        if len(calls) == at:
            raise error
        return move(path, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(type(error)):
        save_model(folder, replace(arrays, threshold=0.25), {}, "# New\n")
    assert everything(folder.parent) == before
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_saving_replaces_an_older_model(folder: Path, arrays: ModelArrays):
    save_model(folder, replace(arrays, threshold=0.25), {}, "# New\n")
    assert load_arrays(folder)[0].threshold == 0.25
    assert (folder / "README.md").read_text("utf-8") == "# New\n"
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_saving_refuses_a_folder_with_other_files(folder: Path, arrays: ModelArrays):
    (folder / "notes.txt").write_text("years of work", "utf-8")
    before = everything(folder)
    with pytest.raises(InputError, match=r"holds other files \(notes\.txt\)"):
        save_model(folder, arrays, {}, "")
    assert everything(folder) == before


def test_saving_refuses_a_file(tmp_path: Path, arrays: ModelArrays):
    (tmp_path / "model").write_text("x", "utf-8")
    with pytest.raises(InputError, match="is a file; expected a folder"):
        save_model(tmp_path / "model", arrays, {}, "")


def test_saving_fills_an_empty_folder(tmp_path: Path, arrays: ModelArrays):
    save_model(tmp_path, arrays, {}, "")
    assert load_arrays(tmp_path)[0].labels == arrays.labels


def test_saving_refuses_a_manifest_that_json_cannot_hold(folder: Path, arrays: ModelArrays):
    before = everything(folder)
    with pytest.raises(ValueError, match="JSON compliant"):
        save_model(folder, arrays, {"macro_f1": float("nan")}, "")
    assert everything(folder) == before


@pytest.mark.skipif(os.name == "nt", reason="umask is a POSIX idea")
def test_saving_works_under_a_strict_umask(tmp_path: Path, arrays: ModelArrays):
    old = os.umask(0o077)
    try:
        save_model(tmp_path / "model", arrays, {}, "")
        save_model(tmp_path / "model", arrays, {}, "")
    finally:
        os.umask(old)
    sentence = [("The union leader rejected the wealth tax.", "The union leader")]
    loaded = Scorer(load_arrays(tmp_path / "model")[0])
    assert np.array_equal(loaded.logits(sentence), Scorer(arrays).logits(sentence))
