"""Closed formulas and published lists for polynomial networks, for library and checker."""

from __future__ import annotations

from collections.abc import Sequence

OCTAD_SPAN = 34
"""Of the 35 quartics in four variables, those in the squares of eight linear forms."""

OCTAD_FAMILY = 15
"""Dimension of the family of these spans: sums of four fourth powers of linear forms, up to a factor."""

ALEXANDER_HIRSCHOWITZ = {(3, 5, 1, 4), (4, 9, 1, 4), (5, 14, 1, 4), (5, 7, 1, 3)}
"""The defective (d_0, d_1, d_2, r) of degree 3 and 4 (Alexander and Hirschowitz 1995), d_0 counting variables; each has
defect 1."""

SEGRE_VERONESE = {(4, 6, 5, 2), (3, 5, 2, 3)}
"""Defective (d_0, d_1, d_2, r) beside a family, of defect 1: see `is_segre_veronese_exception`."""


def is_segre_veronese_exception(widths: Sequence[int], degree: int) -> bool:
    """Tell whether (d_0, d_1, d_2; r) is a sporadic defective secant of a Segre-Veronese variety of degree (1, r).

    Each has defect 1 (Ottaviani 2007, Abo and Brambilla 2009).

    Examples
    --------
    >>> is_segre_veronese_exception((4, 5, 3), 2), is_segre_veronese_exception((4, 5, 2), 2)
    (True, False)
    """
    d0, d1, d2 = widths
    if degree == 2 and d2 == 3 and d0 % 2 == 0 and d0 >= 4:
        return d1 == 3 * (d0 // 2) - 1
    return (d0, d1, d2, degree) in SEGRE_VERONESE


def maps_of_rank(rank: int, space: int, outputs: int, biases: bool) -> int:
    """Return the dimension of the matrices of a rank between a space of functions and the outputs.

    With biases all is meant modulo the constants, which the last bias adds.

    Examples
    --------
    >>> maps_of_rank(2, 6, 3, False), maps_of_rank(2, 6, 3, True)
    (14, 17)
    """
    return rank * (space + outputs - rank) + outputs * biases


def orthogonal_orbit(squares: int, independent: int) -> int:
    """Return the dimension of the orbits of O(q) on q functions of which s are independent: the stabiliser is O(q - s).

    Examples
    --------
    >>> orthogonal_orbit(4, 4), orthogonal_orbit(4, 2)
    (6, 5)
    """
    q, left = squares, squares - independent
    return (q * (q - 1) - left * (left - 1)) // 2
