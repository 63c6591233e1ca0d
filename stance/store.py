"""The model folder: save, check, load.

A model folder holds `model.joblib` (a plain dict of arrays, strings and numbers),
`model.json` (the manifest) and `README.md` (the model card). Loading reads the bytes once,
checks protocol, size and digest, unpickles under an exact allow-list (`stance.payload`), then
checks shapes, types, finiteness and label order.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import reprlib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.errors import InputError, ModelError
from stance.files import replace_folder
from stance.lexicon import loads_lexicon
from stance.payload import pack, shown, unpack
from stance.scorer import ModelArrays
from stance.settings import FeatureSettings

PROTOCOL = 1
MAX_BYTES = 64 * 2**20  # a model is a few MB; more is refused before it is read
_PAYLOAD, _MANIFEST, _CARD = "model.joblib", "model.json", "README.md"
_MAX_LABELS = 1_000
# What the first manifests, which do not name these settings, mean by their silence.
_LATER: dict[str, Any] = {"C": 2.0, "class_weight": "balanced"}
_MAX_LINES = 1_000_000  # terms, words or forms in one text; the largest model tried had 200,000


def save_model(
    folder: Path | str, arrays: ModelArrays, manifest: Mapping[str, Any], card: str
) -> dict[str, Any]:
    """Write a model folder in one step; an existing model there is replaced.

    All files are written to a temporary folder beside it first, so that a full disk or an
    interrupt leaves the old model as it was.

    Returns
    -------
    dict
        The manifest as written, with protocol, labels, settings, size and digest.

    Raises
    ------
    InputError
        If `folder` is a file, or a folder that holds something else than a model.
    """
    target = Path(folder)
    require_replaceable(target)
    payload = pack(_to_payload(arrays))
    written = {
        **manifest,
        "protocol": PROTOCOL,
        "labels": list(arrays.labels),
        "threshold": arrays.threshold,
        "settings": arrays.settings.to_dict(),
        "file": {
            "name": _PAYLOAD,
            "size": len(payload),
            "sha256": hashlib.sha256(payload).hexdigest(),
        },
    }
    replace_folder(
        target,
        {
            _PAYLOAD: payload,
            _MANIFEST: json.dumps(written, indent=2, ensure_ascii=False, allow_nan=False) + "\n",
            _CARD: card,
        },
    )
    return written


def load_arrays(
    folder: Path | str, sha256: str | None = None
) -> tuple[ModelArrays, dict[str, Any]]:
    """Load a model folder without running anything that it brings.

    Parameters
    ----------
    folder : path
    sha256 : str, optional
        The digest that `model.joblib` must have, whatever the manifest says.

    Returns
    -------
    arrays, manifest

    Raises
    ------
    ModelError
        Missing files, another protocol, wrong size or digest, a compressed or truncated
        payload, a type outside of the allow-list, wrong shapes or types, values that are
        not finite, labels in another order: each with its own message.
    """
    home = Path(folder)
    manifest = _read_manifest(home)
    payload = _read_payload(home / _PAYLOAD, manifest, sha256)
    return _from_payload(unpack(payload), manifest), manifest


def _read_manifest(home: Path) -> dict[str, Any]:
    if not home.is_dir():
        raise ModelError(
            f"no model folder at {home}; expected a folder with {_PAYLOAD} and {_MANIFEST}; "
            "make one with: stance train TABLE --out FOLDER"
        )
    for name in (_MANIFEST, _PAYLOAD):
        if not (home / name).is_file():
            raise ModelError(f"{home} has no {name}; copy the whole folder, or train it anew")
    if (home / _MANIFEST).stat().st_size > 2**20:
        raise ModelError(f"{_MANIFEST} is larger than 1 MiB; this is no manifest")
    try:
        manifest = json.loads((home / _MANIFEST).read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{_MANIFEST} is no JSON: {error}") from None
    if not isinstance(manifest, dict):
        raise ModelError(f"{_MANIFEST} holds a {type(manifest).__name__}; expected an object")
    protocol = manifest.get("protocol")
    if protocol != PROTOCOL:
        raise ModelError(
            f"model protocol {reprlib.repr(protocol)}; this version reads {PROTOCOL}; "
            "upgrade with: pip install --upgrade actor-stance, or train the model anew"
        )
    return manifest


def _read_payload(path: Path, manifest: Mapping[str, Any], sha256: str | None) -> bytes:
    entry = manifest.get("file")
    if not isinstance(entry, dict) or not isinstance(entry.get("size"), int):
        raise ModelError(f"{_MANIFEST} names no file with size and sha256")
    if entry["size"] > MAX_BYTES or path.stat().st_size > MAX_BYTES:
        raise ModelError(f"{path.name} is larger than {MAX_BYTES >> 20} MiB; refused")
    payload = path.read_bytes()
    if len(payload) != entry["size"]:
        raise ModelError(
            f"{path.name} has {len(payload)} bytes, the manifest says {entry['size']}; "
            "the file is truncated or was changed; copy it again"
        )
    digest = hashlib.sha256(payload).hexdigest()
    if digest != entry.get("sha256"):
        raise ModelError(f"{path.name} has another SHA-256 than the manifest; copy it again")
    if sha256 is not None and digest != sha256:
        raise ModelError(
            f"{path.name} is not the model that this version was released with (its SHA-256 "
            "differs); reinstall, or pass the folder to load_model if you trained it yourself"
        )
    if payload[:1] != b"\x80":
        raise ModelError(f"{path.name} is compressed or no joblib file; models are stored plain")
    return payload


# --- plain data ⇄ ModelArrays ----------------------------------------------------------


def _to_payload(arrays: ModelArrays) -> dict[str, Any]:
    return {
        "labels": list(arrays.labels),
        "vocabularies": {block: "\n".join(terms) for block, terms in arrays.vocabularies.items()},
        "idf": np.ascontiguousarray(arrays.idf, dtype=np.float64),
        "coef": np.ascontiguousarray(arrays.coef, dtype=np.float64),
        "intercept": np.ascontiguousarray(arrays.intercept, dtype=np.float64),
        "threshold": float(arrays.threshold),
        "lexicon": arrays.lexicon,
        "known_words": "\n".join(arrays.known_words),
        "trained_on": "\n".join(arrays.trained_on),
    }


def _from_payload(content: Mapping[str, Any], manifest: Mapping[str, Any]) -> ModelArrays:
    expected = {field.name for field in fields(ModelArrays)} - {"settings"}
    if set(content) != expected:
        odd = sorted(set(content) ^ expected)
        raise ModelError(f"the payload has missing or unknown keys: {', '.join(odd)[:200]}")
    labels = _labels(content["labels"], manifest.get("labels"))
    settings = _settings(manifest.get("settings"))
    raw = content["vocabularies"]
    if not isinstance(raw, dict) or tuple(raw) != settings.blocks:
        raise ModelError("the vocabularies do not fit the feature blocks of the manifest")
    vocabularies = {block: _lines(raw[block], f"vocabulary {block}") for block in raw}
    rows = sum(map(len, vocabularies.values()))
    threshold = content["threshold"]
    if type(threshold) is not float or not 0.0 <= threshold <= 1.0:
        raise ModelError(f"confidence threshold {shown(threshold)}; expected a number in [0, 1]")
    lexicon = content["lexicon"]
    if not isinstance(lexicon, str) or lexicon.count("\n") >= _MAX_LINES:
        raise ModelError("the lexicon is no text of a useful length")
    try:
        loads_lexicon(lexicon)
    except ValueError as error:
        raise ModelError(f"the model's lexicon cannot be read: {error}") from None
    return ModelArrays(
        labels=labels,
        settings=settings,
        vocabularies=vocabularies,
        idf=_array(content["idf"], "idf", (rows,)),
        coef=_array(content["coef"], "coef", (rows, len(labels))),
        intercept=_array(content["intercept"], "intercept", (len(labels),)),
        threshold=threshold,
        lexicon=lexicon,
        known_words=_lines(content["known_words"], "known words"),
        trained_on=_lines(content["trained_on"], "training sentences"),
    )


def _labels(found: object, promised: object) -> tuple[str, ...]:
    if (
        not isinstance(found, list)
        or not all(isinstance(label, str) for label in found)
        or not 2 <= len(set(found)) == len(found) <= _MAX_LABELS
    ):
        raise ModelError("the labels of the payload are no list of two or more distinct texts")
    if found != promised:
        raise ModelError(
            f"labels {reprlib.repr(found)} in the payload, {reprlib.repr(promised)} in the "
            "manifest; the order differs, so every answer would be another; train the model anew"
        )
    return tuple(found)


def _settings(found: object) -> FeatureSettings:
    names = {field.name for field in fields(FeatureSettings)}
    if not isinstance(found, dict) or not names - set(_LATER) <= set(found) <= names:
        raise ModelError(f"the manifest's settings are not {sorted(names)}")
    found = _LATER | found
    try:
        weights = tuple((str(block), float(weight)) for block, weight in found["weights"])
        if not all(math.isfinite(weight) for _, weight in weights):
            raise ValueError("a block weight is not finite")
        return FeatureSettings(
            weights=weights,
            word_ngrams=_pair(found["word_ngrams"]),
            char_ngrams=_pair(found["char_ngrams"]),
            concept_ngrams=_pair(found["concept_ngrams"]),
            mask_names=bool(found["mask_names"]),
            min_df=int(found["min_df"]),
            own_min_df=int(found["own_min_df"]),
            C=float(found["C"]),
            class_weight=found["class_weight"],
        )
    except (TypeError, ValueError, OverflowError) as error:
        raise ModelError(f"the manifest's settings cannot be used: {error}") from None


def _pair(found: Any) -> tuple[int, int]:
    low, high = found
    return int(low), int(high)


def _lines(found: object, what: str) -> tuple[str, ...]:
    if not isinstance(found, str):
        raise ModelError(f"{what}: {type(found).__name__}; expected text")
    if found.count("\n") >= _MAX_LINES:
        raise ModelError(f"{what}: more than {_MAX_LINES:,} lines; refused")
    lines = tuple(found.split("\n")) if found else ()
    if len(set(lines)) != len(lines):
        raise ModelError(f"{what}: a term stands twice")
    return lines


def _array(found: object, what: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
    if not isinstance(found, np.ndarray) or found.dtype != np.float64:
        raise ModelError(f"{what}: {type(found).__name__}; expected an array of float64")
    if found.shape != shape:
        raise ModelError(f"{what} has shape {found.shape}; expected {shape}")
    if not np.isfinite(found).all():
        raise ModelError(f"{what} holds NaN or infinite values; train the model anew")
    found.flags.writeable = False
    return found


# --- replacing -------------------------------------------------------------------------


def require_replaceable(folder: Path | str) -> None:
    """Look whether a model can be written to a folder, before the work for it is done.

    Raises
    ------
    InputError
        If it is a file, a folder that holds something else than a model, or lies where no folder
        can be made.
    """
    target = Path(folder)
    if target.exists() and not target.is_dir():
        raise InputError(f"{target} is a file; expected a folder for the model")
    if target.is_dir():
        strange = sorted({p.name for p in target.iterdir()} - {_PAYLOAD, _MANIFEST, _CARD})
        if strange:
            raise InputError(
                f"{target} holds other files ({', '.join(strange[:5])}); expected an empty, new "
                "or model folder"
            )
    home = next((one for one in target.absolute().parents if one.exists()), None)
    if home is None or not home.is_dir() or not os.access(home, os.W_OK):
        raise InputError(f"{target}: no folder can be made in {home}; choose another one")
