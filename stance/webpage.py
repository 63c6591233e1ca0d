"""HTML pages → article text, and the one rule for which files are pages."""

from __future__ import annotations

from stance.errors import InputError, MissingExtraError
from stance.text import read_text

PAGE_SUFFIXES = (".html", ".htm", ".xhtml")


def read_document(data: bytes, name: str) -> str:
    """Return the text of an article: main content of a page, decoded text of any other file.

    Parameters
    ----------
    data : bytes
        The file's content.
    name : str
        Its name; an ending of `PAGE_SUFFIXES` makes it a page.

    Raises
    ------
    InputError
        See `page_text` and `stance.text.read_text`.
    MissingExtraError
        If it is a page, and trafilatura is not installed.
    """
    if name.lower().endswith(PAGE_SUFFIXES):
        return page_text(data, name)
    return read_text(data, name)


def page_text(data: bytes, name: str) -> str:
    """Return the main content of an HTML page, without menus, comments and tables.

    The extraction is trafilatura's (Barbaresi 2021, ACL demo papers); the character set is
    the one that the page declares, or a guess. Spans of an analysis point into this text.

    Raises
    ------
    InputError
        If the page is empty or no article is found in it.
    MissingExtraError
        If trafilatura is not installed.
    """
    try:
        from trafilatura import extract
    except ImportError:
        raise MissingExtraError(
            f"{name} is HTML, and reading HTML needs trafilatura; "
            "install it with: pip install 'actor-stance[html]'"
        ) from None
    if not data.strip():
        raise InputError(f"{name} is empty; expected a page with an article")
    text = extract(data, include_comments=False, include_tables=False)
    if not text or not text.strip():
        raise InputError(
            f"no article was found in the page {name}; "
            "save its text as a .txt file and read that instead"
        )
    return str(text)
