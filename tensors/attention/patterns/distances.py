r"""Steps of large patterns of one layer: distances in a digraph, by few searches instead of powers of its matrix.

With self-loops token k has seen token j after s layers if and only if the distance from k to j is at most s. So the
steps are the largest *eccentricity*: that of k is its distance from what is furthest away. Three ways lead to it:

- If every row is the first one turned round, all tokens have the eccentricity of the first.
- If every row is the last one moved down, and nobody sees later tokens, the last token needs the most layers to see all
  earlier ones: distances depend on the difference of the tokens alone.
- Otherwise searches from a few tokens bound all eccentricities: from below by their own, from above by
  :math:`ecc(w) \le d(w, u) + ecc(u)`. The token of the greatest upper bound comes next (Takes, Kosters 2013). On a
  path of windows three searches decide; on a random pattern some dozens may not.
"""

from __future__ import annotations

from tensors.attention.patterns.bits import Rows, members, transpose

LARGE = 2048
"""Number of tokens from which searches come first: below, rounds and powers of bit sets take less than a second."""

MOST_SEARCHES = 64
"""A search of 20,000 tokens takes some 0.05 s; with as many the bounds have met, or will not for a long time."""


def levels(rows: Rows, start: int) -> list[int]:
    """Return the sets of tokens at the distances 0, 1, … from one.

    Examples
    --------
    >>> levels((0b0011, 0b0111, 0b1110, 0b1100), 0)
    [1, 2, 4, 8]
    """
    found = [1 << start]
    seen = found[0]
    while True:
        union = 0
        for token in members(found[-1]):
            union |= rows[token]
        fresh = union & ~seen
        if not fresh:
            return found
        seen |= fresh
        found.append(fresh)


def is_turned(rows: Rows) -> bool:
    """Tell whether every row is the first one, turned round by its token.

    Examples
    --------
    >>> is_turned((0b011, 0b110, 0b101)), is_turned((0b011, 0b111, 0b110))
    (True, False)
    """
    n, first = len(rows), rows[0]
    full = (1 << n) - 1
    return all(row == (first << k | first >> (n - k)) & full for k, row in enumerate(rows))


def is_moved(rows: Rows) -> bool:
    """Tell whether every row is the last one, moved down to its token, and what falls below token 0 left out.

    Examples
    --------
    >>> is_moved((0b001, 0b011, 0b110)), is_moved((0b001, 0b011, 0b101))
    (True, False)
    """
    last = len(rows) - 1
    return all(row == rows[-1] >> (last - k) for k, row in enumerate(rows))


def longest_distance(rows: Rows) -> tuple[int, int, int] | None:
    """Return the largest distance in a strongly connected digraph, with two tokens that have it.

    Parameters
    ----------
    rows : sequence of int
        For each token the set of tokens that it attends to, as bits.

    Returns
    -------
    (int, int, int) or None
        Distance, from, to; None if `MOST_SEARCHES` do not decide it.

    References
    ----------
    .. [1] F. W. Takes, W. A. Kosters. Computing the eccentricity distribution of large graphs. Algorithms 6, 2013.

    Examples
    --------
    >>> longest_distance((0b0011, 0b0111, 0b1110, 0b1100))
    (3, 0, 3)
    """
    n = len(rows)
    if is_turned(rows):
        return _eccentricity(rows, 0)

    best, upper, back = (0, 0, 0), [n - 1] * n, transpose(rows)
    for _ in range(MOST_SEARCHES):
        token = max(range(n), key=upper.__getitem__)
        if upper[token] <= best[0]:
            return best
        found = _eccentricity(rows, token)
        best = max(best, found, key=lambda each: each[0])
        for distance, tokens in enumerate(levels(back, token)):
            for other in members(tokens):
                upper[other] = min(upper[other], distance + found[0])
    return best if max(upper) <= best[0] else None


def _eccentricity(rows: Rows, token: int) -> tuple[int, int, int]:
    found = levels(rows, token)
    return len(found) - 1, token, next(members(found[-1]))
