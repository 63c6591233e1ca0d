"""The digest of the default model, so that a swap is noticed; written by `stance train`."""

DEFAULT_MODEL_SHA256 = "b65e790c2757288eba2ce040ccd5f3e6ac8d82de705f3f7188fb4b3e27f5515c"
