"""Who wants what: the stance of each actor in news text, with the words that show it."""

__version__ = "0.1.0"
