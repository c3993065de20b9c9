"""Text in HTML; the standard library's module has a table of 2,000 names, which a command has no use for."""

from __future__ import annotations


def escape(text: str) -> str:
    """Replace the characters that mean something in HTML, quotes as well.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> escape("1 < 2 & 'x'")
    '1 &lt; 2 &amp; &#x27;x&#x27;'
    """
    import html

    return html.escape(text)
