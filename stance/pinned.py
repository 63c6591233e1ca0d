"""The digest of the default model, so that a swap is noticed; written by `stance train`."""

DEFAULT_MODEL_SHA256 = "06616361efb64eb78cac428b16b271091f959066e2618d696d83554d2b807a59"
