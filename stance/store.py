"""The model folder: save, check, load. The only module that imports joblib.

A model folder holds `model.joblib` (a plain dict of arrays, strings and numbers),
`model.json` (the manifest) and `README.md` (the model card). Loading reads the bytes once,
checks protocol, size and digest, unpickles under an exact allow-list whose entries are
stand-ins of this module, then checks shapes, types, finiteness and label order.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import pickle
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from joblib.numpy_pickle import NumpyArrayWrapper, NumpyUnpickler
from numpy.typing import NDArray

from stance.errors import InputError, ModelError
from stance.files import replace_folder
from stance.lexicon import loads_lexicon
from stance.scorer import ModelArrays
from stance.settings import FeatureSettings

PROTOCOL = 1
MAX_BYTES = 64 * 2**20  # a model is a few MB; more is refused before it is read
_PAYLOAD, _MANIFEST, _CARD = "model.joblib", "model.json", "README.md"
_DTYPES = {"f8": np.dtype("<f8")}
_MAX_LABELS = 1_000
# What the first manifests, which do not name these settings, mean by their silence.
_LATER: dict[str, Any] = {"C": 2.0, "class_weight": "balanced"}
_MAX_LINES = 1_000_000  # terms, words or forms in one text; the largest model tried had 200,000
_MAX_STEPS = 20_000  # a payload with two labels takes 175 pickle opcodes, each further label 3


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
    buffer = io.BytesIO()
    joblib.dump(_to_payload(arrays), buffer, compress=0, protocol=4)
    payload = buffer.getvalue()
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
    return _from_payload(_unpickle(payload), manifest), manifest


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


# --- the allow-list: what a payload may name, and what it gets instead ----------------


class _ArrayType:
    """Stands for numpy.ndarray, which a payload may name but never call."""

    def __new__(cls, *_: object) -> _ArrayType:
        raise ModelError("the payload calls numpy.ndarray; only plain arrays are admitted")


class _DType:
    """Stands for numpy.dtype; admits little-endian float64 alone."""

    def __init__(self, code: object = None, *_: object) -> None:
        if not isinstance(code, str) or code not in _DTYPES:
            raise ModelError(f"array type {_short(code)}; expected {' or '.join(_DTYPES)}")
        self.dtype = _DTYPES[code]

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, tuple) or len(state) < 2 or state[1] != "<":
            raise ModelError("array type with an unknown byte order; expected little-endian")


class _Array(NumpyArrayWrapper):  # type: ignore[misc]  # joblib has no types
    """Stands for joblib's array wrapper; reads no more than the file holds."""

    def __init__(self) -> None:
        self.shape: object = None
        self.dtype: object = None
        self.order: object = None

    def read(self, unpickler: _Unpickler, _: bool) -> NDArray[np.float64]:
        shape, dtype = self.shape, self.dtype
        if not isinstance(dtype, _DType) or not hasattr(dtype, "dtype"):
            raise ModelError("an array without a plain type; object arrays are refused")
        if (
            not isinstance(shape, tuple)
            or not 1 <= len(shape) <= 2
            or not all(type(size) is int and size >= 0 for size in shape)
        ):
            raise ModelError(f"array of shape {_short(shape)}; expected one or two dimensions")
        if self.order not in ("C", "F"):
            raise ModelError("array in an unknown memory order; expected C or F")
        handle = unpickler.file_handle
        handle.read(int.from_bytes(handle.read(1), "little"))  # alignment
        count = 1
        for size in shape:
            count *= size
        left = unpickler.total - handle.tell()
        if count * 8 > left:
            raise ModelError(
                f"array of shape {_short(shape)} needs more bytes than the file has ({left})"
            )
        flat = np.frombuffer(handle.read(count * 8), dtype=dtype.dtype)
        array: NDArray[np.float64] = flat.reshape(shape, order=self.order).astype(np.float64)
        return array


_ALLOWED: dict[tuple[str, str], type] = {
    ("joblib.numpy_pickle", "NumpyArrayWrapper"): _Array,
    ("numpy", "ndarray"): _ArrayType,
    ("numpy", "dtype"): _DType,
}


_WRAPPER_STATE = frozenset(
    ("subclass", "shape", "order", "dtype", "allow_mmap", "numpy_array_alignment_bytes")
)
# What joblib writes for a model under protocol 4. GLOBAL is not among it, but its names go
# through the allow-list as well, and that message says more.
_OPCODES = frozenset(
    code[0]
    for code in (
        pickle.PROTO, pickle.FRAME, pickle.STOP, pickle.MARK, pickle.MEMOIZE,
        pickle.BINGET, pickle.LONG_BINGET, pickle.NONE, pickle.NEWTRUE, pickle.NEWFALSE,
        pickle.BININT, pickle.BININT1, pickle.BININT2, pickle.BINFLOAT,
        pickle.SHORT_BINUNICODE, pickle.BINUNICODE, pickle.EMPTY_LIST, pickle.APPEND,
        pickle.APPENDS, pickle.EMPTY_TUPLE, pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3,
        pickle.TUPLE, pickle.EMPTY_DICT, pickle.SETITEM, pickle.SETITEMS, pickle.GLOBAL,
        pickle.STACK_GLOBAL, pickle.NEWOBJ, pickle.REDUCE, pickle.BUILD,
    )
)  # fmt: skip


class _Steps(dict[int, Callable[[Any], None]]):
    """The unpickler's table of opcodes, cut to `_OPCODES` and to `_MAX_STEPS` look-ups."""

    def __init__(self, table: Mapping[int, Callable[[Any], None]]) -> None:
        super().__init__((code, table[code]) for code in _OPCODES)
        self.left = _MAX_STEPS

    def __getitem__(self, code: int) -> Callable[[Any], None]:
        self.left -= 1
        if self.left < 0:
            raise ModelError(f"the payload takes more than {_MAX_STEPS:,} steps; refused")
        return super().__getitem__(code)

    def __missing__(self, code: int) -> Callable[[Any], None]:
        raise ModelError(
            f"the payload holds the pickle opcode {bytes([code])!r}, which no model needs; it is "
            "damaged or unsafe; refused"
        )


class _Unpickler(NumpyUnpickler):  # type: ignore[misc]  # joblib has no types
    """Joblib's unpickler, with names looked up in `_ALLOWED` and nowhere else."""

    dispatch = NumpyUnpickler.dispatch.copy()

    def __init__(self, payload: bytes) -> None:
        self.total = len(payload)
        super().__init__("", io.BytesIO(payload), ensure_native_byte_order=False)
        self.dispatch = _Steps(type(self).dispatch)

    def load_build(self) -> None:
        """Set the state of a stand-in; never of a class, which would outlive this file."""
        target, state = self.stack[-2:]
        if type(target) not in (_Array, _DType):
            raise ModelError(f"the payload changes a {type(target).__name__}; refused")
        if type(target) is _Array and (
            type(state) is not dict or not state.keys() <= _WRAPPER_STATE
        ):
            raise ModelError("the payload has an array with unknown attributes; refused")
        super().load_build()

    dispatch[pickle.BUILD[0]] = load_build

    def load_setitem(self) -> None:
        """Set one item of a dict; nested tuples as keys would take for ever to hash."""
        self._check_keys(self.stack[-2:-1])
        super().load_setitem()

    dispatch[pickle.SETITEM[0]] = load_setitem

    def load_setitems(self) -> None:
        """Set the items of a dict since the mark."""
        self._check_keys(self.stack[::2])
        super().load_setitems()

    dispatch[pickle.SETITEMS[0]] = load_setitems

    def _check_keys(self, keys: list[object]) -> None:
        if not all(type(key) is str for key in keys):
            raise ModelError("the payload has a key that is no text; refused")

    def find_class(self, module: str, name: str) -> type:
        """Return the stand-in of an admitted name."""
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise ModelError(
                f"the payload names {f'{module}.{name}'[:100]}, which no model needs; refused. "
                "Do not use this file"
            ) from None


def _unpickle(payload: bytes) -> dict[str, Any]:
    try:
        content = _Unpickler(payload).load()
    except ModelError:
        raise
    except RecursionError:
        raise ModelError("the payload is nested too deeply; refused") from None
    except Exception as error:
        raise ModelError(
            f"the payload cannot be read ({type(error).__name__}: {error}); it is damaged or no "
            "model; copy it again"
        ) from None
    if type(content) is not dict:
        raise ModelError(f"the payload holds a {type(content).__name__}; expected a plain dict")
    return content


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
        raise ModelError(f"confidence threshold {_short(threshold)}; expected a number in [0, 1]")
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


def _short(found: object) -> str:
    """Show a value of a payload; nested tuples that share their parts never end otherwise."""
    flat = (str, int, float)
    if isinstance(found, flat):
        return reprlib.repr(found)
    if isinstance(found, tuple) and len(found) <= 4 and all(isinstance(x, flat) for x in found):
        return reprlib.repr(found)
    return type(found).__name__


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
