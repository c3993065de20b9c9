"""The independent checker of certificates (under construction): the generator of random words."""

from __future__ import annotations

from hashlib import sha256


def words(key: str, stream: str, count: int) -> bytes:
    """Return the first `count` words of a stream, 8 bytes each, big-endian.

    Block i of 32 bytes (four words) is SHA-256 of ``"{key}/{stream}/{i}"`` in UTF-8.
    """
    prefix = sha256(f"{key}/{stream}/".encode())
    blocks = []
    for i in range((count + 3) // 4):
        block = prefix.copy()
        block.update(b"%d" % i)
        blocks.append(block.digest())
    return b"".join(blocks)[: 8 * count]
