"""Plain data ⇄ bytes by joblib, and back under an exact allow-list of names and opcodes.

The only module that imports joblib's pickling. What a payload may name is listed in `_ALLOWED`,
and gets a stand-in of this module instead, which reads plain arrays and is never called.
"""

from __future__ import annotations

import io
import pickle
import reprlib
from collections.abc import Callable, Mapping
from typing import Any

import joblib
import numpy as np
from joblib.numpy_pickle import NumpyArrayWrapper, NumpyUnpickler
from numpy.typing import NDArray

from stance.errors import ModelError

_DTYPES = {"f8": np.dtype("<f8")}
_MAX_STEPS = 20_000  # a payload with two labels takes 175 pickle opcodes, each further label 3


class _ArrayType:
    """Stands for numpy.ndarray, which a payload may name but never call."""

    def __new__(cls, *_: object) -> _ArrayType:
        raise ModelError("the payload calls numpy.ndarray; only plain arrays are admitted")


class _DType:
    """Stands for numpy.dtype; admits little-endian float64 alone."""

    def __init__(self, code: object = None, *_: object) -> None:
        if not isinstance(code, str) or code not in _DTYPES:
            raise ModelError(f"array type {shown(code)}; expected {' or '.join(_DTYPES)}")
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
            raise ModelError(f"array of shape {shown(shape)}; expected one or two dimensions")
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
                f"array of shape {shown(shape)} needs more bytes than the file has ({left})"
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


def pack(content: dict[str, Any]) -> bytes:
    """Return a plain dict as joblib writes it, uncompressed."""
    buffer = io.BytesIO()
    joblib.dump(content, buffer, compress=0, protocol=4)
    return buffer.getvalue()


def unpack(payload: bytes) -> dict[str, Any]:
    """Return the plain dict that `pack` wrote; nothing in the bytes is run.

    Raises
    ------
    ModelError
        If they name anything outside of the allow-list, or are no plain dict.
    """
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


def shown(found: object) -> str:
    """Show a value of a payload; nested tuples that share their parts never end otherwise."""
    flat = (str, int, float)
    if isinstance(found, flat):
        return reprlib.repr(found)
    if isinstance(found, tuple) and len(found) <= 4 and all(isinstance(x, flat) for x in found):
        return reprlib.repr(found)
    return type(found).__name__
