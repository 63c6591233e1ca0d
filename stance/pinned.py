"""The digest of the default model, so that a swap is noticed; written by `stance train`."""

DEFAULT_MODEL_SHA256 = "8dc66426e3126593bec6e59000367e62fd5b69375f66e9fc3eb31ad10c017598"
