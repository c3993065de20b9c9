"""What notebooks show of an object: a few lines that cost nothing and stay short, whatever its size."""

from __future__ import annotations

from html import escape

LONGEST = 120
"""Characters of a label that are shown."""

LARGEST = 10**15
"""Greatest number that is written out."""


def card(title: str, label: str, *facts: str) -> str:
    """Return a title, a label and some facts as HTML; what users named is escaped.

    Examples
    --------
    >>> card("a < b", "x:" + "1" * 200, "two facts", "in a row")[:60]
    '<b>a &lt; b</b> <code>x:111111111111111111111111111111111111'
    """
    short = label if len(label) <= LONGEST else f"{label[:LONGEST]}…"
    return f"<b>{escape(title)}</b> <code>{escape(short)}</code><br><small>{escape(', '.join(facts))}</small>"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Write a number of things, and of very many that they are.

    Examples
    --------
    >>> counted(1, "layer"), counted(12345, "weight"), counted(10**5000, "entry", "entries")
    ('1 layer', '12,345 weights', 'more than 10^15 entries')
    """
    shown = f"{number:,}" if number <= LARGEST else "more than 10^15"
    return f"{shown} {singular if number == 1 else plural or singular + 's'}"
