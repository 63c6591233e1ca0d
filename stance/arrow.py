"""pyarrow, an extra, under the name that the modules of `stance batch` import."""

from __future__ import annotations

from stance.errors import MissingExtraError

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError:
    raise MissingExtraError(
        "reading a corpus and its tables needs pyarrow; install it with: "
        "pip install 'actor-stance[batch]'"
    ) from None

__all__ = ["pa", "pq"]
