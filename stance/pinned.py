"""The digest of the default model, so that a swap is noticed; written by `stance train`."""

DEFAULT_MODEL_SHA256 = "dde4de224f90558f20e4b7ed944f0c771745dd1b52f5b284251ac88853b9a780"
