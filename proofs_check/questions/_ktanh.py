"""What both questions about K-TanH share: how a table is told, and its options."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING

from algebra.errors import InputError, as_integer
from proofs_check.option import Option

if TYPE_CHECKING:
    from algebra.rounding import Layout

MANTISSA_BITS, START, END = 3, "0.25", "3.75"  # the 32 entries of the paper


def layout_of(mantissa_bits: int, start: object, end: object, names: tuple[str, str] = ("start", "end")) -> Layout:
    """Return the layout of a table from its mantissa bits and its thresholds, numbers of a file or words.

    Raises
    ------
    InputError
        If a threshold is no bfloat16 number between 2^-10 and 16, or they are not in order.

    Examples
    --------
    >>> layout_of(3, "1/4", 3.75).size
    32
    """
    from algebra.rounding import Layout
    from algebra.rounding.ktanh_table import threshold_word

    as_integer("mantissa_bits", mantissa_bits, 0, "an integer from 0 to 7")
    first, last = (
        threshold_word(name, _fraction(name, value)) for name, value in zip(names, (start, end), strict=True)
    )
    if first >= last:
        raise InputError(names[1], str(end), f"greater than {names[0]} = {start}")
    return Layout(mantissa_bits, first, last)


def _fraction(name: str, value: object) -> Fraction:
    """Read a threshold; a float is the binary fraction that it is, as bfloat16's numbers are."""
    from algebra.exact.numbers import exact_number
    from algebra.rounding.ktanh_table import THRESHOLD

    if isinstance(value, float):
        if not isfinite(value):
            raise InputError(name, value, THRESHOLD)
        return Fraction(value)
    return exact_number(name, value)


def label_of(layout: Layout, carry: bool, monotone: bool, objective: str) -> str:
    """Return the permanent name of a table."""
    from algebra.rounding import bfloat16_value

    ends = "..".join(str(float(bfloat16_value(word) or 0)).removesuffix(".0") for word in (layout.first, layout.last))
    kinds = [name for name, is_so in (("carry", carry), ("monotone", monotone), ("ulp", objective == "ulp")) if is_so]
    return ":".join([f"ktanh:m{layout.mantissa_bits}", ends, *kinds])


CARRY = Option("carry", "Let the sum of mantissa and addend run into the exponent.", default=False)
MONOTONE = Option("monotone", "Only tables whose answers never descend.", default=False)
