"""The digest of the default model, so that a swap is noticed; written by `stance train`."""

DEFAULT_MODEL_SHA256 = "b6aa58d66eb338528c0e35fc028dddd45998da91bcaaec011ad8e2c051128e0e"
