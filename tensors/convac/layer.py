"""A layer: one generalised convolution with product pooling, and how its sizes and choices are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from algebra import errors
from algebra.errors import InputError, as_integer
from algebra.evidence.checker.labels import layer_label
from algebra.frozen import set_fields
from algebra.sequences import as_list
from algebra.shown import Shown

BORDERS = ("clip", "same", "valid", "zero")
SHARINGS = ("none", "sliding", "full")


@dataclass(frozen=True)
class ConvLayer(Shown):
    """One generalised convolution with product pooling.

    Parameters
    ----------
    window, stride : int or tuple of int
        One number per axis of the grid; an integer stands for the same number on every axis.
    channels : int
        Output channels, at least 1.
    border : {"clip", "same", "valid", "zero"}
        What happens at the end of the grid. ``clip`` and ``same`` leave out the factors outside; windows start at
        ``u * stride``, those of ``same`` half a window earlier. ``valid`` keeps complete windows only. ``zero`` starts
        like ``clip`` and reads 0 outside, so every incomplete window is 0.
    sharing : {"none", "sliding", "full"}
        ``none``: weights of their own at every position and offset. ``sliding``: the same at every position, as in a
        convolution. ``full``: the same at every offset too, that is a 1 x 1 convolution before the pooling.

    Raises
    ------
    InputError
        Naming the field.

    Examples
    --------
    >>> ConvLayer(2, 2, 3)
    ConvLayer(window=(2,), stride=(2,), channels=3, border='clip', sharing='none')
    """

    window: tuple[int, ...]
    stride: tuple[int, ...]
    channels: int
    border: str = "clip"
    sharing: str = "none"

    def __init__(
        self,
        window: int | Sequence[int],
        stride: int | Sequence[int],
        channels: int,
        border: str = "clip",
        sharing: str = "none",
    ) -> None:
        set_fields(
            self,
            window=sizes_of("window", window),
            stride=sizes_of("stride", stride),
            channels=as_integer("channels", channels, 1),
            border=one_of("border", border, BORDERS),
            sharing=one_of("sharing", sharing, SHARINGS),
        )

    @property
    def offsets(self) -> int:
        """Number of offsets in a whole window."""
        return prod(self.window)

    @property
    def overlaps(self) -> bool:
        """Whether neighbouring windows share cells on some axis."""
        return any(s < r for r, s in zip(self.window, self.stride, strict=True))

    @property
    def knows_offsets(self) -> bool:
        """Whether different offsets of a window may have different weights."""
        return self.sharing != "full" or self.offsets == 1

    def to_json(self) -> dict[str, Any]:
        """Return the object that a file holds.

        Returns
        -------
        dict
        """
        return {
            "window": list(self.window),
            "stride": list(self.stride),
            "channels": self.channels,
            "border": self.border,
            "sharing": self.sharing,
        }

    @classmethod
    def from_json(cls, given: Any) -> ConvLayer:
        """Read the object that a file holds; ``border`` and ``sharing`` may be left out.

        Parameters
        ----------
        given : mapping
            The keys ``window``, ``stride``, ``channels``, and perhaps ``border`` and ``sharing``.

        Returns
        -------
        ConvLayer

        Raises
        ------
        InputError
            For unknown or missing keys, or bad values.
        """
        check_keys("layers", given, ("window", "stride", "channels"), ("border", "sharing"))
        return cls(**given)

    @property
    def label(self) -> str:
        """Part of the architecture's name, e.g. ``w2x2s1x1c4,same,sliding``; defaults are left out."""
        return layer_label(self.window, self.stride, self.channels, self.border, self.sharing)


Layer = ConvLayer  # its earlier name


def sizes_of(name: str, value: Any) -> tuple[int, ...]:
    """Return one positive integer per axis.

    Raises
    ------
    InputError
        If one is no positive integer, or there are none.
    """
    wanted = "a list of positive integers, one per axis"
    if not hasattr(value, "__iter__") and isinstance(value, float | bool):
        raise InputError(name, value, wanted)
    numbers = as_list(name, value, wanted) if hasattr(value, "__iter__") else [value]
    if not numbers:
        raise InputError(name, value, wanted)
    return tuple(as_integer(name, number, 1) for number in numbers)


def one_of(name: str, value: Any, allowed: tuple[str, ...]) -> str:
    """Check a choice among names.

    Raises
    ------
    InputError
        If it is none of them.
    """
    if isinstance(value, str) and value in allowed:  # a table makes thousands of layers: no sentence for the good ones
        return value
    return errors.one_of(name, value, allowed, f"one of {', '.join(map(repr, allowed))}")


def check_keys(name: str, given: Any, required: tuple[str, ...], optional: tuple[str, ...]) -> None:
    """Check that an object has all required keys and no unknown ones.

    Raises
    ------
    InputError
        Naming the key that is missing or unknown.
    """
    names = ", ".join((*required, *optional))
    if not isinstance(given, dict):
        raise InputError(name, given, f"an object with the keys {names}")
    for key, value in given.items():
        if key not in required and key not in optional:
            raise InputError(str(key), value, f"left out: the keys are {names}")
    for key in required:
        if key not in given:
            raise InputError(key, None, f"given: the keys are {names}")


def joined(sizes: Sequence[int]) -> str:
    """Write sizes as they stand in labels.

    Examples
    --------
    >>> joined((2, 3))
    '2x3'
    """
    return "x".join(map(str, sizes))
