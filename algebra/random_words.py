"""The random numbers behind every evaluation: words of a stream under a key, the same on every machine.

The independent checker has the same generator of its own (`algebra.evidence.checker.generator`); a test compares them.
"""

from __future__ import annotations

from hashlib import sha256

BLOCK = 4
"""Words in a block: SHA-256 gives 32 bytes."""

NUMBERS = tuple(b"%d" % i for i in range(1024))
"""Of the first blocks: most streams are short, and writing a number takes a sixth of the time of a block."""


def words(key: str, stream: str, count: int, start: int = 0) -> bytes:
    """Return `count` words of a stream from word `start` on, 8 bytes each, big-endian.

    Block i of four words is SHA-256 of ``"{key}/{stream}/{i}"`` in UTF-8.

    Parameters
    ----------
    key : str
        The seed of the generator.
    stream : str
        What the words are for.
    count : int
    start : int
        The first word, from 0.

    Returns
    -------
    bytes

    Examples
    --------
    >>> words("k", "weights", 1).hex() == sha256(b"k/weights/0").hexdigest()[:16]
    True
    """
    copy_prefix = sha256(f"{key}/{stream}/".encode()).copy
    first, last = start // BLOCK, (start + count + BLOCK - 1) // BLOCK
    numbers = NUMBERS[first:last] if last <= len(NUMBERS) else (b"%d" % i for i in range(first, last))

    blocks = []
    for number in numbers:
        block = copy_prefix()
        block.update(number)
        blocks.append(block.digest())
    skipped = 8 * (start % BLOCK)
    return b"".join(blocks)[skipped : skipped + 8 * count]


def residues(key: str, stream: str, start: int, count: int, size: int, modulus: int) -> list[int]:
    """Return integers start … start+count-1 of a stream, `size` words each, reduced.

    Parameters
    ----------
    key : str
        The seed of the generator.
    stream : str
        What the integers are for.
    start : int
        The first integer, from 0.
    count : int
    size : int
        Words of each.
    modulus : int

    Returns
    -------
    list of int

    Examples
    --------
    >>> residues("k", "points", 0, 3, 1, 7)
    [1, 6, 2]
    """
    drawn, step = words(key, stream, count * size, start * size), 8 * size
    return [int.from_bytes(drawn[i : i + step], "big") % modulus for i in range(0, step * count, step)]
