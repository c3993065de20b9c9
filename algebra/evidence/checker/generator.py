"""The generator: the random numbers of a certificate, drawn again from its keys."""

from hashlib import sha256


def words(key: str, stream: str, count: int, start: int = 0) -> bytes:
    """Return `count` words of a stream from word `start` on, 8 bytes each, big-endian.

    Block i of 32 bytes (four words) is SHA-256 of ``"{key}/{stream}/{i}"`` in UTF-8.

    Examples
    --------
    >>> words("k", "weights", 1).hex() == sha256(b"k/weights/0").hexdigest()[:16]
    True
    """
    prefix = sha256(f"{key}/{stream}/".encode())
    blocks = []
    for i in range(start // 4, (start + count + 3) // 4):
        block = prefix.copy()
        block.update(b"%d" % i)
        blocks.append(block.digest())
    skipped = 8 * (start % 4)
    return b"".join(blocks)[skipped : skipped + 8 * count]


def residues(key: str, stream: str, start: int, count: int, size: int, modulus: int) -> list[int]:
    """Return integers start … start+count-1 of a stream, `size` words each, reduced."""
    drawn, step = words(key, stream, count * size, start * size), 8 * size
    return [int.from_bytes(drawn[i : i + step], "big") % modulus for i in range(0, step * count, step)]
