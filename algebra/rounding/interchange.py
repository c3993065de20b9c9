"""Arrays of floating point in and out: numpy's own types and those of `ml_dtypes`, with no rounding but what is named.

A float is an integer over a power of two.  So arrays of bfloat16, of e4m3 or of float64 are read exactly; what is
rounded is rounded to a format that is named, by a rule that is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError
from algebra.exact.given import unmasked
from algebra.exact.integers import with_room
from algebra.rounding.arrays import round_array, stochastic_round_array
from algebra.rounding.fixed_point import FixedPoint, Mode

if TYPE_CHECKING:
    from algebra.rounding.ktanh_table import KTanhTable
    from algebra.types import Array

FLOATS = "an array of finite floats of numpy, or of a type of ml_dtypes"
CHUNK = 1 << 15  # words a lookup: numpy makes indices of 64 bits of them, which stay in the cache
MOST_FRACTION_BITS = 1 << 11  # float64 has numbers down to 2^-1074


def exact_words(argument: str, array: Any) -> tuple[Array, int]:
    """Return an array of floats as integers over 2^k, and k, the least that holds all of them; at least 0.

    Parameters
    ----------
    argument : str
        Its name, as the caller knows it.
    array : array_like
        Finite floats: float16, float32, float64, or a type of `ml_dtypes`.

    Returns
    -------
    (Array, int)

    Raises
    ------
    InputError
        If it is no array of floats, or an entry is infinite or no number.

    Examples
    --------
    >>> words, bits = exact_words("x", np.array([0.75, -2.0, 0.0]))
    >>> words.tolist(), bits
    ([3, -8, 0], 2)
    >>> import ml_dtypes
    >>> exact_words("x", np.array([1.5, 0.0625], dtype=ml_dtypes.float8_e4m3fn))
    (array([24,  1]), 4)
    """
    given = np.asarray(unmasked(argument, array))
    if given.dtype.kind not in "fV" or given.dtype.itemsize > 8 or given.dtype.type is np.void:
        raise InputError(argument, str(given.dtype), FLOATS)
    try:
        with np.errstate(invalid="ignore"):
            floats = given.astype(np.float64)  # which holds every number of the smaller types
    except (TypeError, ValueError):
        raise InputError(argument, str(given.dtype), FLOATS) from None
    if not np.isfinite(floats).all():
        raise InputError(argument, "an entry that is infinite or no number", FLOATS)

    # a float is an integer of 53 bits over a power of two: drop the zeros at its end
    ratios = [x.as_integer_ratio() for x in floats.ravel().tolist()]
    bits = max((below.bit_length() - 1 for _, below in ratios), default=0)
    words = [above << (bits - below.bit_length() + 1) for above, below in ratios]
    return with_room(np.array(words, dtype=object), 1).reshape(floats.shape), bits


def quantised(
    array: Any,
    words: FixedPoint,
    rounding: Mode | np.random.Generator = Mode.NEAREST_EVEN,
    random_bits: int | None = None,
    centred: bool = False,
) -> Array:
    """Round an array of floats to words of a fixed-point format; they saturate.

    Parameters
    ----------
    array : array_like
        Finite floats of numpy or of `ml_dtypes`.
    words : FixedPoint
    rounding : Mode or numpy.random.Generator
        A generator rounds stochastically.
    random_bits : int, optional
        Length of the random words; default: as many bits as are dropped, which may be at most 62.
    centred : bool

    Returns
    -------
    ndarray of int
        The words, in grid units.

    Examples
    --------
    >>> import ml_dtypes
    >>> x = np.array([1.5, -0.40625, 300], dtype=ml_dtypes.bfloat16)
    >>> quantised(x, FixedPoint(4, 3)).tolist()
    [12, -3, 63]
    """
    exact, bits = exact_words("array", array)
    shift = bits - words.fraction_bits
    least, most = words.ends
    if shift <= 0:
        scaled = exact.astype(object) << -shift
        return with_room(np.asarray(np.clip(scaled, least, most)), 1)
    if isinstance(rounding, Mode):
        rounded = round_array(exact, shift, rounding)
    else:
        few = random_bits if random_bits is None else min(random_bits, shift)
        rounded = stochastic_round_array(exact, shift, rounding, few, centred)
    return with_room(np.asarray(np.clip(rounded, least, most)), 1)


def as_floats(words: Any, fraction_bits: int, dtype: Any = np.float64) -> Array:
    """Return words as floats of a type that holds them, without any rounding.

    Parameters
    ----------
    words : array_like of int
    fraction_bits : int
    dtype : dtype
        Of numpy or of `ml_dtypes`.

    Returns
    -------
    Array

    Raises
    ------
    InputError
        If the type does not hold one of them.

    Examples
    --------
    >>> import ml_dtypes
    >>> found = as_floats([12, -3], 3, ml_dtypes.float8_e4m3fn)
    >>> str(found.dtype), found.tolist()
    ('float8_e4m3fn', [1.5, -0.375])
    """
    given = np.asarray(words, dtype=object)
    if not 0 <= fraction_bits <= MOST_FRACTION_BITS:
        raise InputError("fraction_bits", fraction_bits, f"from 0 to {MOST_FRACTION_BITS:,}")
    with np.errstate(all="ignore"):
        floats = np.array([_float(word, fraction_bits) for word in given.ravel()], dtype=np.float64)
        found = floats.reshape(given.shape).astype(dtype)
        back = found.astype(np.float64)
    for word, value in zip(given.ravel().tolist(), back.ravel().tolist(), strict=True):
        if not np.isfinite(value) or value.as_integer_ratio() != _ratio(word, fraction_bits):
            raise InputError("words", f"{word} over 2^{fraction_bits}", f"a number of {np.dtype(dtype)}")
    return np.asarray(found)


def _float(word: int, fraction_bits: int) -> float:
    try:
        return int(word) / (1 << fraction_bits)  # Python divides integers with one rounding
    except OverflowError:
        return float("inf")


def _ratio(word: int, fraction_bits: int) -> tuple[int, int]:
    zeros = min((word & -word).bit_length() - 1, fraction_bits) if word else fraction_bits
    return int(word) >> zeros, 1 << (fraction_bits - zeros)


def tanh_of(table: KTanhTable, array: Any) -> Array:
    """Return a table's tanh of an array of bfloat16, or of its words: of the same type as was given.

    One lookup an element, whatever the table: numbers are read as the words that they are.

    Parameters
    ----------
    table : KTanhTable
    array : ndarray
        Of `ml_dtypes.bfloat16`, or uint16 words.

    Returns
    -------
    Array

    Raises
    ------
    InputError
        If its type is neither.

    Examples
    --------
    >>> import ml_dtypes
    >>> from algebra.rounding import Layout, optimal_table
    >>> table = optimal_table(Layout(3, 0x3E80, 0x4070))
    >>> found = tanh_of(table, np.array([0.5, -1, 8], dtype=ml_dtypes.bfloat16))
    >>> str(found.dtype), found.astype(float).tolist()
    ('bfloat16', [0.46875, -0.75390625, 1.0])
    """
    import ml_dtypes

    given = np.asarray(array)
    if given.dtype not in (np.dtype(np.uint16), np.dtype(ml_dtypes.bfloat16)):
        raise InputError("array", str(given.dtype), "an array of ml_dtypes.bfloat16, or of uint16 words")
    words = np.ascontiguousarray(given).view(np.uint16).reshape(-1)
    found = np.empty_like(words)
    for first in range(0, len(words), CHUNK):
        part = slice(first, first + CHUNK)
        np.take(table.words, words[part], mode="wrap", out=found[part])  # no index is out of range: no check is needed
    answers: Array = found.view(given.dtype).reshape(given.shape)
    return answers
