"""The digest of the default model, so that a swap is noticed; written by `stance train`."""

DEFAULT_MODEL_SHA256 = "47027dccae271d851ed18ca2139d01aad7d61d2d0aa2d2fef3d6a0f1a3be1e34"
