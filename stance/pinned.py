"""The digest of the default model, so that a swap is noticed; written by `stance train`."""

DEFAULT_MODEL_SHA256 = "22395386e2c68ec4b59e681a42c6f043dd30512514462e604df5ff1d096e8f56"
