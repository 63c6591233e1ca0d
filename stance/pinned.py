"""The digest of the default model, so that a swap is noticed; written by `stance train`."""

DEFAULT_MODEL_SHA256 = "73ea5efc5aeb4d4fadb2dc4df19d167de3e7991edff59a437eeaeaa235f974df"
