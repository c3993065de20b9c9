"""Grid points: choices of one of so many templates (of words, in a text) for each position, by which grids have rows.

The matricization of a grid tensor has one row for each choice of the positions of one side, and one column for each of
the other; so it is for circuits at templates, and for attention at the words of a vocabulary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algebra.random_words import words

if TYPE_CHECKING:
    from algebra.types import Array


def enumeration(places: int, templates: int, most: int) -> Array:
    """Run through the choices of templates for so many places, the first place slowest; at most so many choices.

    Parameters
    ----------
    places : int
    templates : int
    most : int

    Returns
    -------
    numpy.ndarray of int64, shape (places, choices)
        One column a choice.

    Examples
    --------
    >>> enumeration(2, 2, 9)
    array([[0, 0, 1, 1],
           [0, 1, 0, 1]])
    """
    digits = np.arange(min(templates**places, most))
    found = np.empty((places, digits.size), dtype=np.int64)
    for place in range(places - 1, -1, -1):
        found[place] = digits % templates
        digits = digits // templates
    return found


def drawn_templates(positions: int, templates: int, key: str, count: int) -> Array:
    """Draw templates for every position, so many times, from the generator of the certificates.

    The i-th choice for position q is number ``i * positions + q`` of the stream ``templates``, modulo their number.

    Parameters
    ----------
    positions : int
    templates : int
    key : str
        Of the generator.
    count : int
        How many times.

    Returns
    -------
    ndarray of int, shape (count, positions)

    Examples
    --------
    >>> drawn_templates(4, 3, "key", 1)
    array([[0, 0, 1, 0]])
    """
    raw = np.frombuffer(words(key, "templates", positions * count), ">u8").astype(np.uint64)
    return (raw % templates).astype(np.int64).reshape(count, positions)
