"""The digest of the default model, so that a swap is noticed; written by `stance train`."""

DEFAULT_MODEL_SHA256 = "4093e5251b0784a84f6ca9d68d874fee835cdd91991cbcd2ebdec87fb2cfa9eb"
