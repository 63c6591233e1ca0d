"""Hostile and broken model folders, each with the words that its refusal must contain.

The payloads are assembled from pickle opcodes where no honest writer would make them. The
manifest is made to agree in size and digest, as an attacker would, unless a case says
otherwise. Commands in a payload only create the file `marker`.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from stance.settings import FeatureSettings

ROWS = 2 * len(FeatureSettings().blocks)  # two terms in each


def content(**changes: Any) -> dict[str, Any]:
    """Return what an honest `model.joblib` holds, with changes; None leaves a key out."""
    plain = {
        "labels": ["pro", "contra"],
        "vocabularies": dict.fromkeys(FeatureSettings().blocks, "a\nb"),
        "idf": np.ones(ROWS),
        "coef": np.zeros((ROWS, 2)),
        "intercept": np.zeros(2),
        "threshold": 0.5,
        "lexicon": "levy\twealth tax\ttarget",
        "known_words": "a\nb",
        "trained_on": "",
    }
    return {key: value for key, value in {**plain, **changes}.items() if value is not None}


def dump(value: object, compress: object = 0) -> bytes:
    """Return what joblib writes of a value."""
    buffer = io.BytesIO()
    joblib.dump(value, buffer, compress=compress, protocol=4)
    return buffer.getvalue()


def manifest_of(payload: bytes) -> dict[str, Any]:
    """Return a manifest that agrees with the payload."""
    return {
        "protocol": 1,
        "labels": ["pro", "contra"],
        "settings": FeatureSettings().to_dict(),
        "file": {
            "name": "model.joblib",
            "size": len(payload),
            "sha256": hashlib.sha256(payload).hexdigest(),
        },
    }


# --- opcodes ---------------------------------------------------------------------------


def text(value: str) -> bytes:
    raw = value.encode()
    return pickle.BINUNICODE + len(raw).to_bytes(4, "little") + raw


def int4(value: int) -> bytes:
    return pickle.BININT + value.to_bytes(4, "little", signed=True)


def name(module: str, attribute: str) -> bytes:
    return text(module) + text(attribute) + pickle.STACK_GLOBAL


def tuple_of(*parts: bytes) -> bytes:
    return pickle.MARK + b"".join(parts) + pickle.TUPLE


def dict_of(**parts: bytes) -> bytes:
    items = b"".join(text(key) + value for key, value in parts.items())
    return pickle.EMPTY_DICT + pickle.MARK + items + pickle.SETITEMS


def call(module: str, attribute: str, *arguments: bytes) -> bytes:
    return name(module, attribute) + tuple_of(*arguments) + pickle.REDUCE


def stream(*body: bytes) -> bytes:
    return pickle.PROTO + b"\x04" + b"".join(body) + pickle.STOP


def dtype(code: bytes, order: str = "<") -> bytes:
    state = tuple_of(
        int4(3), text(order), *[pickle.NONE] * 3, int4(-1), int4(-1), int4(0)
    )  # what numpy 2 writes
    return call("numpy", "dtype", code, pickle.NEWFALSE, pickle.NEWTRUE) + state + pickle.BUILD


def array(shape: bytes, of: bytes = dtype(text("f8")), order: str = "C", **more: bytes) -> bytes:
    """Return joblib's wrapper of an array, without any data behind it."""
    state = dict_of(
        subclass=name("numpy", "ndarray"), shape=shape, order=text(order), dtype=of, **more
    )
    wrapper = name("joblib.numpy_pickle", "NumpyArrayWrapper")
    return wrapper + pickle.EMPTY_TUPLE + pickle.NEWOBJ + state + pickle.BUILD + b"\x00"


def shared_tuples(depth: int) -> bytes:
    """Return a tuple of 2**depth leaves that takes 3 opcodes a level."""
    level = pickle.MEMOIZE + pickle.BINGET + b"%c" + pickle.TUPLE2
    return pickle.EMPTY_TUPLE + b"".join(level % number for number in range(depth))


# --- payloads that run something when they are unpickled --------------------------------


def _touch(marker: Path) -> str:
    return f"touch '{marker}'"


def _python(marker: Path) -> str:
    return f"(open({str(marker)!r}, 'w'), __import__('os').environ.update(STANCE_RAN='1'))"


class _Evil:
    def __init__(self, marker: Path) -> None:
        self.command = _touch(marker)

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (self.command,)


def _nested(marker: Path) -> bytes:
    objects = np.empty(1, dtype=object)
    objects[0] = _Evil(marker)
    return dump(content(coef=objects))


def _nested_twice(marker: Path) -> bytes:
    inner = np.empty(1, dtype=object)
    inner[0] = _nested(marker)
    objects = np.empty(2, dtype=object)
    objects[0], objects[1] = inner, _Evil(marker)
    return dump(content(idf=objects))


def _second_file(marker: Path) -> bytes:
    second = marker.with_name("second.joblib")
    second.write_bytes(dump(_Evil(marker)))
    return stream(call("joblib.numpy_pickle", "load", text(str(second))))


def _tofile(marker: Path) -> bytes:
    numbers = call("numpy", "zeros", int4(3))
    return stream(call("numpy", "ndarray.tofile", numbers, text(str(marker))))


def _truncated(_: Path) -> bytes:
    return dump(content())[:-40]


def _flat_dicts(_: Path) -> bytes:
    return stream(pickle.EMPTY_DICT * 30_000_000)


def _poisoned_class(_: Path) -> bytes:
    wrapper = name("joblib.numpy_pickle", "NumpyArrayWrapper")
    attributes = tuple_of(pickle.NONE, dict_of(read=text("poison")))
    return stream(wrapper, attributes, pickle.BUILD)


def _bad_state(**more: bytes) -> Callable[[Path], bytes]:
    return lambda _: stream(array(tuple_of(int4(2)), **more))


def _plain(**changes: Any) -> Callable[[Path], bytes]:
    return lambda _: dump(content(**changes))


def _opcodes(*body: bytes) -> Callable[[Path], bytes]:
    return lambda _: stream(*body)


@dataclass(frozen=True)
class Case:
    """One folder.

    Attributes
    ----------
    match : str
        Regular expression that the message of the refusal must contain.
    payload : callable
        Marker file → bytes of `model.joblib`.
    manifest : callable
        Honest manifest → what is written instead: bytes, or an object for JSON.
    pin : str or None
        Digest that the caller demands.
    alive : bool
        Plain `joblib.load` runs the payload: the marker appears.
    giant : bool
        A loader that falls for it takes so much memory or time that it runs on its own.
    """

    name: str
    match: str
    payload: Callable[[Path], bytes] = lambda _: dump(content())
    manifest: Callable[[dict[str, Any]], Any] = lambda manifest: manifest
    pin: str | None = None
    alive: bool = False
    giant: bool = False

    def write(self, folder: Path, marker: Path) -> None:
        """Write the model folder."""
        folder.mkdir()
        payload = self.payload(marker)
        (folder / "model.joblib").write_bytes(payload)
        found = self.manifest(manifest_of(payload))
        raw = found if isinstance(found, bytes) else json.dumps(found).encode()
        (folder / "model.json").write_bytes(raw)


def _with(**changes: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda manifest: {**manifest, **changes}


def _settings(**changes: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda manifest: {**manifest, "settings": {**manifest["settings"], **changes}}


def _file(**changes: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda manifest: {**manifest, "file": {**manifest["file"], **changes}}


def _raw(raw: bytes) -> Callable[[dict[str, Any]], Any]:
    return lambda _: raw


def _other_bytes(payload: Callable[[bytes], bytes]) -> Callable[[dict[str, Any]], Any]:
    """Return the manifest of another payload than the one that is written."""
    return lambda _: manifest_of(payload(dump(content())))


def _nan(shape: tuple[int, ...], value: float) -> np.ndarray:
    found = np.zeros(shape)
    found.flat[-1] = value
    return found


HUGE = 2**62
TWO = tuple_of(int4(2))

CODE = [
    Case("os.system by the old look-up", r"names (posix|nt)\.system",
         lambda m: stream(f"c{os.name if os.name == 'nt' else 'posix'}\nsystem\n".encode(),
                          tuple_of(text(_touch(m))), pickle.REDUCE), alive=True),
    Case("builtins.eval", r"names builtins\.eval",
         lambda m: stream(call("builtins", "eval", text(_python(m)))), alive=True),
    Case("a method of an admitted name", r"names numpy\.ndarray\.tofile", _tofile, alive=True),
    Case("os through an admitted module", r"names joblib\.numpy_pickle\.os\.system",
         lambda m: stream(call("joblib.numpy_pickle", "os.system", text(_touch(m)))), alive=True),
    Case("a name that begins with numpy", r"names numpy\.testing\._private\.utils\.runstring",
         lambda m: stream(call("numpy.testing._private.utils", "runstring", text(_python(m)),
                               pickle.EMPTY_DICT)), alive=True),
    Case("arrays as plain pickle writes them", r"names numpy\._core\.",
         lambda _: pickle.dumps(content(), protocol=4)),
    Case("joblib.load as a callable", r"names joblib\.numpy_pickle\.load", _second_file,
         alive=True),
    Case("a command inside an object array", "array type 'O8'", _nested, alive=True),
    Case("object arrays inside an object array", "array type 'O8'", _nested_twice, alive=True),
    Case("zlib", "is compressed", lambda m: dump(_Evil(m), ("zlib", 3)), alive=True),
    Case("gzip", "is compressed", lambda m: dump(_Evil(m), ("gzip", 3)), alive=True),
    Case("lzma", "is compressed", lambda m: dump(_Evil(m), ("lzma", 3)), alive=True),
    Case("bz2", "is compressed", lambda m: dump(_Evil(m), ("bz2", 3)), alive=True),
    Case("INST", r"opcode b'i'",
         lambda m: stream(pickle.MARK, text(_touch(m)), b"iposix\nsystem\n"), alive=True),
    Case("a very long name", r"names m{100}, which", _opcodes(b"c", b"m" * 10_000, b"\nx\n")),
    Case("the array type called", r"calls numpy\.ndarray", _opcodes(call("numpy", "ndarray", TWO))),
    Case("a class of the loader changed", "changes a type", _poisoned_class),
    Case("an array that brings its reader", "array with unknown attributes",
         _bad_state(read=name("numpy", "dtype"))),
    Case("an array without a dict as state", "array with unknown attributes",
         _opcodes(name("joblib.numpy_pickle", "NumpyArrayWrapper"), pickle.EMPTY_TUPLE,
                  pickle.NEWOBJ, tuple_of(pickle.NONE, dict_of(read=text("x"))), pickle.BUILD)),
    Case("a list changed", "changes a list",
         _opcodes(pickle.EMPTY_LIST, dict_of(append=text("x")), pickle.BUILD)),
    Case("extension code 1", "opcode b'\\\\x82'", _opcodes(pickle.EXT1, b"\x01")),
    Case("extension code 4", "opcode b'\\\\x84'", _opcodes(pickle.EXT4, b"\x01\0\0\0")),
    Case("persistent id", "opcode b'Q'", _opcodes(text("x"), pickle.BINPERSID)),
    Case("persistent id, text", "opcode b'P'", _opcodes(b"Px\n")),
]  # fmt: skip

SIZE = [
    Case("larger than the limit", "larger than 64 MiB", lambda _: bytes(2**26 + 1), giant=True),
    Case("the manifest says larger", "larger than 64 MiB", manifest=_file(size=2**40)),
    Case("a frame without end", "cannot be read",
         _opcodes(pickle.FRAME, HUGE.to_bytes(8, "little")), giant=True),
    Case("a text without end", r"opcode b'\\x8d'",
         _opcodes(pickle.BINUNICODE8, HUGE.to_bytes(8, "little")), giant=True),
    Case("bytes without end", r"opcode b'\\x8e'",
         _opcodes(pickle.BINBYTES8, HUGE.to_bytes(8, "little")), giant=True),
    Case("an array of three billion bytes", r"opcode b'\\x96'",
         _opcodes(pickle.BYTEARRAY8, (3 * 10**9).to_bytes(8, "little")), giant=True),
    Case("a text of four billion bytes", "cannot be read",
         _opcodes(pickle.BINUNICODE, b"\xff" * 4), giant=True),
    Case("a number of 30 million bytes", r"opcode b'\\x8b'",
         lambda _: stream(pickle.LONG4, (3 * 10**7).to_bytes(4, "little"), b"\x7f" * 3 * 10**7),
         giant=True),
    Case("30 million dicts", "more than 20,000 steps", _flat_dicts, giant=True),
    Case("30 million lines", "vocabulary words: more than",
         _plain(vocabularies=dict.fromkeys(FeatureSettings().blocks, "\n" * 30000000)),
         giant=True),
    Case("30 million words", "known words: more than", _plain(known_words="\n" * 30_000_000),
         giant=True),
    Case("30 million forms", "lexicon is no text of a useful length",
         _plain(lexicon="\n" * 30_000_000), giant=True),
    Case("10**12 rows", r"opcode b'\\x8a'",
         lambda _: stream(array(tuple_of(pickle.LONG1 + b"\x06" + (10**12).to_bytes(6, "little")))),
         giant=True),
    Case("2**31 - 1 rows", "needs more bytes than the file has",
         lambda _: stream(array(tuple_of(int4(2**31 - 1)))), giant=True),
    Case("2**62 cells", "needs more bytes than the file has",
         lambda _: stream(array(tuple_of(int4(2**31 - 1), int4(2**31 - 1)))), giant=True),
    Case("a key of 2**60 leaves", "key that is no text",
         lambda _: stream(pickle.EMPTY_DICT, shared_tuples(60), pickle.NONE, pickle.SETITEM),
         giant=True),
    Case("keys of 2**60 leaves", "key that is no text",
         lambda _: stream(pickle.EMPTY_DICT, pickle.MARK, shared_tuples(60), pickle.NONE,
                          pickle.SETITEMS), giant=True),
    Case("a shape of 2**60 leaves", "array of shape tuple",
         lambda _: stream(array(shared_tuples(60))), giant=True),
    Case("a dtype of 2**60 leaves", "array type tuple",
         lambda _: stream(dtype(shared_tuples(60))), giant=True),
    Case("DUP", "opcode b'2'", _opcodes(pickle.EMPTY_LIST, (pickle.DUP + pickle.APPEND) * 9_000)),
    Case("tuples nested 100,000 deep", "more than 20,000 steps",
         _opcodes(pickle.EMPTY_TUPLE, pickle.TUPLE1 * 100_000)),
    Case("tuples nested 15,000 deep", "holds a tuple",
         _opcodes(pickle.EMPTY_TUPLE, pickle.TUPLE1 * 15_000)),
    Case("a manifest of 2 MB", "larger than 1 MiB", manifest=_raw(b" " * 2**21)),
    Case("a manifest nested deeply", "is no JSON", manifest=_raw(b"[" * 500_000)),
    Case("a number of 100,000 digits", "is no JSON", manifest=_raw(b"1" * 100_000)),
]  # fmt: skip

BROKEN = [
    Case("empty payload", "is compressed or no joblib file", lambda _: b""),
    Case("no pickle", "is compressed or no joblib file", lambda _: b"PK\x03\x04 a zip file"),
    Case("truncated", r"has \d+ bytes, the manifest says \d+",
         manifest=_other_bytes(lambda raw: raw + b"\0")),
    Case("truncated, and signed", "cannot be read", _truncated),
    Case("one byte flipped", "another SHA-256",
         manifest=_other_bytes(lambda raw: raw[:-9] + bytes([raw[-9] ^ 1]) + raw[-8:])),
    Case("wrong digest", "another SHA-256", manifest=_file(sha256="0" * 64)),
    Case("digest of another type", "another SHA-256", manifest=_file(sha256=None)),
    Case("wrong pinned digest", "not the model that this version was released", pin="0" * 64),
    Case("newer pickle protocol", "unsupported pickle protocol: 9", lambda _: b"\x80\x09}."),
    Case("newer model protocol", "model protocol 2; this version reads 1",
         manifest=_with(protocol=2)),
    Case("no model protocol", "model protocol None", manifest=_with(protocol=None)),
    Case("manifest no JSON", "is no JSON", manifest=_raw(b"{'protocol': 1}")),
    Case("manifest no UTF-8", "is no JSON", manifest=_raw(b'{"protocol": "\xff"}')),
    Case("manifest no object", "holds a list; expected an object", manifest=lambda m: [m]),
    Case("no file entry", "names no file with size", manifest=_with(file=None)),
    Case("size as text", "names no file with size", manifest=_file(size="12")),
    Case("a list as payload", "holds a list; expected a plain dict", lambda _: dump([content()])),
    Case("unknown key", "unknown keys: hook", _plain(hook="x")),
    Case("missing key", "missing or unknown keys: idf", _plain(idf=None)),
    Case("NaN among the weights", "coef holds NaN", _plain(coef=_nan((ROWS, 2), np.nan))),
    Case("infinite weight", "coef holds NaN or inf", _plain(coef=_nan((ROWS, 2), np.inf))),
    Case("infinite idf", "idf holds NaN or inf", _plain(idf=_nan((ROWS,), -np.inf))),
    Case("NaN in the intercept", "intercept holds NaN", _plain(intercept=_nan((2,), np.nan))),
    Case("one row too few", rf"idf has shape \(7,\); expected \({ROWS},\)", _plain(idf=np.ones(7))),
    Case("one row too many", "coef has shape", _plain(coef=np.zeros((ROWS + 1, 2)))),
    Case("weights transposed", rf"coef has shape \(2, {ROWS}\)", _plain(coef=np.zeros((2, ROWS)))),
    Case("intercept too long", r"intercept has shape \(3,\)", _plain(intercept=np.zeros(3))),
    Case("a list for an array", "intercept: list; expected an array", _plain(intercept=[0.0])),
    Case("single precision", "array type 'f4'", _plain(coef=np.zeros((ROWS, 2), np.float32))),
    Case("whole numbers", "array type 'i8'", _plain(coef=np.zeros((ROWS, 2), np.int64))),
    Case("object array", "array type 'O8'", _plain(coef=np.zeros((ROWS, 2), object))),
    Case("big-endian", "unknown byte order", _plain(coef=np.zeros((ROWS, 2), ">f8"))),
    Case("negative shape", "array of shape", _opcodes(array(tuple_of(int4(-8))))),
    Case("bool shape", "array of shape", _opcodes(array(tuple_of(pickle.NEWTRUE)))),
    Case("shape no tuple", "array of shape", _opcodes(array(int4(8)))),
    Case("three dimensions", "expected one or two dimensions", _plain(idf=np.ones((2, 2, 2)))),
    Case("no dimension", "expected one or two dimensions", _plain(idf=np.array(1.0))),
    Case("unknown memory order", "unknown memory order", _opcodes(array(TWO, order="K"))),
    Case("type of the array a text", "without a plain type", _opcodes(array(TWO, of=text("f8")))),
    Case("labels in another order", "the order differs", _plain(labels=["contra", "pro"])),
    Case("labels renamed in the manifest", "the order differs",
         manifest=_with(labels=["contra", "pro"])),
    Case("a label twice", "distinct texts", _plain(labels=["pro", "pro"]),
         _with(labels=["pro", "pro"])),
    Case("one label", "two or more", _plain(labels=["pro"]), _with(labels=["pro"])),
    Case("numbers as labels", "distinct texts", _plain(labels=[1, 2]), _with(labels=[1, 2])),
    Case("vocabulary no text", "vocabulary words: list; expected text",
         _plain(vocabularies={block: ["a", "b"] for block in FeatureSettings().blocks})),
    Case("vocabularies no dict", "vocabularies do not fit", _plain(vocabularies="a\nb")),
    Case("blocks in another order", "vocabularies do not fit",
         _plain(vocabularies=dict.fromkeys(FeatureSettings().blocks[::-1], "a\nb"))),
    Case("a term twice", "vocabulary words: a term stands twice",
         _plain(vocabularies=dict.fromkeys(FeatureSettings().blocks, "a\na"))),
    Case("a word twice", "known words: a term stands twice", _plain(known_words="a\na")),
    Case("threshold NaN", "threshold nan", _plain(threshold=float("nan"))),
    Case("threshold too high", r"threshold 1\.5", _plain(threshold=1.5)),
    Case("threshold no number", "threshold 'x'", _plain(threshold="x")),
    Case("lexicon with two fields", "lexicon cannot be read", _plain(lexicon="levy\ttax")),
    Case("lexicon no text", "lexicon is no text", _plain(lexicon=[])),
    Case("no settings", "settings are not", manifest=_with(settings=None)),
    Case("unknown setting", "settings are not", manifest=_settings(pattern="(a+)+$")),
    Case("unknown block", "feature blocks", manifest=_settings(weights=[["hook", 1.0]])),
    Case("weight NaN", "weight is not finite",
         manifest=_settings(weights=[["words", float("nan")]])),
    Case("n-grams without end", "settings cannot be used",
         manifest=_settings(word_ngrams=[1, float("inf")])),
    Case("n-grams of 10,000", r"n-gram range \(1, 10000\)",
         manifest=_settings(word_ngrams=[1, 10_000])),
    Case("C below 0", "settings cannot be used", manifest=_settings(C=-1.0)),
    Case("C no number", "settings cannot be used", manifest=_settings(C=[2.0])),
    Case("C too large", "settings cannot be used", manifest=_settings(C=10**400)),
    Case("class weight unknown", "settings cannot be used", manifest=_settings(class_weight=[1])),
    Case("n-grams no pair", "settings cannot be used", manifest=_settings(char_ngrams=[3])),
]  # fmt: skip

CASES = CODE + SIZE + BROKEN
