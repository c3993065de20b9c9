"""Words of McKay's format graph6 [1]_.

A word is a number of vertices, then the upper triangle of the adjacency matrix, column by column, six bits a character,
each character between ``?`` (63) and ``~`` (126).

References
----------
.. [1] B. D. McKay, "Description of graph6, sparse6 and digraph6 encodings", distributed with nauty, formats.txt.
"""

from __future__ import annotations

from collections.abc import Sequence

from algebra.errors import InputError

HEADER = ">>graph6<<"
OTHERS = {":": "sparse6", ";": "incremental sparse6", "&": "digraph6 (directed)"}
ALLOWED = "a word of graph6, such as EhEG for a cycle on 6 vertices"
LOWEST, HIGHEST = 63, 126
WIDTH = 6
SHORT = 62  # vertices that one character counts; a word that begins with ~ has 18 bits, with ~~ 36
LONG = 258_047


def decoded(word: str, argument: str = "graph6") -> tuple[tuple[int, ...], ...]:
    """Return the sorted neighbours of each vertex.

    Raises
    ------
    InputError
        If it is no word of graph6: it says which character, or which length, it should have.

    Examples
    --------
    >>> decoded("Bg")
    ((1,), (0, 2), (1,))
    >>> decoded("Bgg")
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: graph6 is 'Bgg', but it must be a word of 2 characters: 3 vertices have 3 pairs, 6 a \
character
    """
    text = word.strip().removeprefix(HEADER)
    if text[:1] in OTHERS:
        raise InputError(argument, word, f"{ALLOWED}; this is {OTHERS[text[0]]}")
    values = [ord(each) - LOWEST for each in text]
    if not values or not all(0 <= value <= HIGHEST - LOWEST for value in values):
        raise InputError(argument, word, f"{ALLOWED}: characters from ? to ~")

    # how many vertices
    skipped = 0 if values[0] <= SHORT else 1 if values[1:2] != [HIGHEST - LOWEST] else 2
    digits = {0: 1, 1: 3, 2: 6}[skipped]
    head, body = values[skipped : skipped + digits], values[skipped + digits :]
    if len(head) < digits:
        raise InputError(argument, word, f"{ALLOWED}: the number of vertices has {digits} characters")
    order = 0
    for value in head:
        order = (order << WIDTH) + value

    # their pairs
    pairs = order * (order - 1) // 2
    length = -(-pairs // WIDTH)
    if len(body) != length:
        said = f"{order:,} vertices have {pairs:,} pairs, 6 a character"
        raise InputError(argument, word, f"a word of {skipped + digits + length:,} characters: {said}")
    return _from_bits(order, body)


def _from_bits(order: int, body: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Read the upper triangle, column by column; the bits behind it are not looked at."""
    neighbours: list[list[int]] = [[] for _ in range(order)]
    at = 0
    for v in range(1, order):
        for u in range(v):
            place, shift = divmod(at, WIDTH)
            if body[place] >> (WIDTH - 1 - shift) & 1:
                neighbours[u].append(v)
                neighbours[v].append(u)
            at += 1
    return tuple(tuple(sorted(around)) for around in neighbours)


def encoded(neighbours: Sequence[Sequence[int]]) -> str:
    """Return the word of a graph, given by the neighbours of each vertex.

    Examples
    --------
    >>> encoded([[1], [0, 2], [1]])
    'Bg'
    """
    order = len(neighbours)
    if order <= SHORT:
        head = [order]
    elif order <= LONG:
        head = [63, *(order >> shift & 63 for shift in (12, 6, 0))]
    else:
        head = [63, 63, *(order >> shift & 63 for shift in (30, 24, 18, 12, 6, 0))]

    pairs = order * (order - 1) // 2
    body = [0] * -(-pairs // WIDTH)
    for v, around in enumerate(neighbours):
        start = v * (v - 1) // 2
        for u in around:
            if u < v:
                place, shift = divmod(start + u, WIDTH)
                body[place] |= 1 << (WIDTH - 1 - shift)
    return "".join(chr(value + LOWEST) for value in (*head, *body))
