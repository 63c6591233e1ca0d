"""The digest of the default model, so that a swap is noticed; written by `stance train`."""

DEFAULT_MODEL_SHA256 = "3b88c673e7a0b4a9227ccce2ce3ff136921010187f4acf4bc018e8638efafcf8"
