"""The digest of the default model, so that a swapped file is noticed; written by `stance train`."""

DEFAULT_MODEL_SHA256 = "0" * 64
