"""Labels: the permanent, readable names of everything that a certificate speaks of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from fractions import Fraction
from hashlib import sha256
from typing import Any

LABEL_SIZE = 60
"""Characters up to which the label of a factor graph names every factor."""

LONG_GRAPH = 100
"""Characters up to which the label of a graph is its graph6 word: graphs with at most 34 vertices."""

DIGEST = 32
"""Hexadecimal digits of a hash in a label: 128 bits, so that nobody finds two objects of one label."""

OLD_DIGEST = 12
"""What old labels have: two matrices of one label were found. Certificates with such labels are still read."""

PART_DIGITS = 4000  # at a time
PART = 10**PART_DIGITS


def digits(number: int) -> str:
    """Write an integer, however long: Python itself stops at 4,300 digits.

    Examples
    --------
    >>> digits(-12), len(digits(10**5000)), digits(10**5000 + 7)[-2:]
    ('-12', 5001, '07')
    """
    if abs(number) < PART:
        return str(number)
    parts, rest = [], abs(number)
    while rest:
        rest, part = divmod(rest, PART)
        parts.append(str(part).zfill(PART_DIGITS))
    return ("-" if number < 0 else "") + "".join(reversed(parts)).lstrip("0")


def tuple_digits(value: Any) -> str:
    """Write nested tuples of integers as Python does, the integers however long.

    Examples
    --------
    >>> tuple_digits((1, (2, 3), (-4,)))
    '(1, (2, 3), (-4,))'
    """
    if isinstance(value, int):
        return digits(value)
    inner = ", ".join(map(tuple_digits, value))
    return f"({inner},)" if len(value) == 1 else f"({inner})"


def fraction_text(number: Fraction) -> str:
    """Write a fraction as ``p`` or ``p/q``, however long."""
    above = digits(number.numerator)
    return above if number.denominator == 1 else f"{above}/{digits(number.denominator)}"


def network_label(widths: Sequence[int], activations: Sequence[str], powers: bool, biases: bool) -> str:
    """Return the name of a polynomial network; activations are named by `activation_label`.

    Examples
    --------
    >>> network_label([2, 3, 2, 1], ["2", "2"], powers=True, biases=False)
    'pnn:2-3-2-1:r2'
    """
    return ":".join(["pnn", dashed(widths), *shown_activations(activations, powers), *["b"] * biases])


def convolution_label(filters: Sequence[int], strides: Sequence[int], activations: Sequence[str], powers: bool) -> str:
    """Return the name of a convolutional network.

    Examples
    --------
    >>> convolution_label([4, 3], [1, 1], ["3"], powers=True)
    'cnn:k4-3:s1-1:r3'
    """
    return ":".join(["cnn", "k" + dashed(filters), "s" + dashed(strides), *shown_activations(activations, powers)])


def shown_activations(activations: Sequence[str], powers: bool) -> list[str]:
    """Return the part that names the activations: once if all are equal, nothing if there are none."""
    shown = activations[:1] if len(set(activations)) == 1 else activations
    return [("r" + ",".join(shown)) if powers else ("a" + ";".join(shown))] if shown else []


def activation_label(numerator: Iterable[Fraction], denominator: Iterable[Fraction]) -> str:
    """Return the part of a quotient of polynomials, coefficients in ascending order.

    Examples
    --------
    >>> activation_label([Fraction(0), Fraction(1, 2)], [Fraction(1)])
    '0,1/2'
    """
    top, bottom = (",".join(map(fraction_text, side)) for side in (numerator, denominator))
    return top if bottom == "1" else f"{top}|{bottom}"


def attention_label(
    kind: str, widths: Sequence[int], sizes: Sequence[int], heads: Sequence[int], power: int, tokens: int
) -> str:
    """Return the name of an attention network; parts that have their default value are left out.

    Examples
    --------
    >>> attention_label("lightning", [3, 3], [2], [1], 1, 2)
    'attention:lightning:3-3:a2:n2'
    """
    parts = [f"attention:{kind}", dashed(widths), f"a{dashed(sizes)}"]
    parts += [f"h{dashed(heads)}"] if max(heads) > 1 else []
    parts += [f"r{digits(power)}"] if kind == "polynomial" else []
    return ":".join([*parts, f"n{digits(tokens)}"])


def circuit_label(shape: Sequence[int], templates: int, layers: Iterable[str], output: str) -> str:
    """Return the name of a convolutional arithmetic circuit; layers are named by `layer_label`.

    Examples
    --------
    >>> circuit_label([4], 2, [layer_label([2], [2], 3, "clip", "none")], "single")
    'convac:4:M2:w2s2c3:single'
    """
    head = f"convac:{crossed(shape)}:M{digits(templates)}:"
    return head + "-".join(layers) + (":single" if output == "single" else "")


def layer_label(window: Sequence[int], stride: Sequence[int], channels: int, border: str, sharing: str) -> str:
    """Return the part of one layer; defaults are left out."""
    named = [name for name in (border, sharing) if name not in ("clip", "none")]
    return ",".join([f"w{crossed(window)}s{crossed(stride)}c{digits(channels)}", *named])


def dashed(numbers: Iterable[int]) -> str:
    """Join numbers along a row."""
    return "-".join(map(digits, numbers))


def crossed(sizes: Iterable[int]) -> str:
    """Join the sizes of a grid's axes."""
    return "x".join(map(digits, sizes))


def graph_label(dims: Any, observed: int, scopes: Any, tied: Any, is_old: bool = False) -> str:
    """Return the permanent name of a factor graph; a long one ends in a hash instead of the list of factors.

    Examples
    --------
    >>> graph_label([2, 2], 2, [[0], [1]], [[0, 1]])
    'fg:v2,2:o2:f0,1:t0-1'
    """
    empty = "" if is_old else "."  # else no scope and one empty scope would have one label
    factors = ",".join(dashed(scope) or empty for scope in scopes)
    groups = f":t{','.join(map(dashed, tied))}" if tied else ""
    full = f"fg:v{','.join(map(str, dims))}:o{observed}:f{factors}{groups}"
    if len(full) <= LABEL_SIZE:
        return full
    return f"fg:n{len(dims)}:o{observed}:m{len(scopes)}:{shortened(full, is_old)}"


def simple_graph_label(word: str, colours: Sequence[int], order: int) -> str:
    """Return the name of a graph, of its graph6 word and its colours where not all are 0; a long one is a hash.

    Examples
    --------
    >>> simple_graph_label("Bw", [0, 0, 1], 3)
    'Bw:c0,0,1'
    """
    full = f"{word}:c{','.join(map(digits, colours))}" if any(colours) else word
    return full if len(full) <= LONG_GRAPH else f"n{order}:{shortened(full)}"


def softmax_label(logits: list[list[str]], is_old: bool = False) -> str:
    """Return the permanent name of a matrix of logits: its size and a hash of its entries.

    Examples
    --------
    >>> softmax_label([["0", "0"], ["0", "1/2"]])
    'softmax:2x2:23a99880227c292e1ae1e1b0bd607628'
    """
    written = json.dumps(logits, separators=(",", ":"), ensure_ascii=True)
    return f"softmax:{len(logits)}x{len(logits[0])}:{shortened(written, is_old)}"


def conjunction_label(domain: str, n: int, p: int | None, k: int, mode: str, epsilon: Fraction | None) -> str:
    """Return the name of what is asked of a conjunction of k literals.

    Examples
    --------
    >>> conjunction_label("slice", 8, 4, 2, "approximate", Fraction(1, 3))
    'conjunction:slice:n8:p4:k2:approximate:1/3'
    """
    how = mode if epsilon is None else f"{mode}:{fraction_text(epsilon)}"
    return f"conjunction:{domain}:{space_label(n, p)}:k{k}:{how}"


def spectrum_label(domain: str, n: int, p: int | None, values: Sequence[str]) -> str:
    """Return the name of a kernel that is given by its values, or of another by what is told of it.

    Examples
    --------
    >>> spectrum_label("slice", 6, 3, ["16", "9", "4", "1"])
    'kernel:slice:n6:p3:962969f113906985767597f7c2a8d4d2'
    """
    return f"kernel:{domain}:{space_label(n, p)}:{shortened(' '.join(values))}"


def learning_label(domain: str, n: int, p: int | None, points: int, told: Any) -> str:
    """Return the name of a kernel-learning problem: its size, and a hash of points, labels, loss and strength.

    Examples
    --------
    >>> learning_label("hypercube", 2, None, 1, [[[1, -1]], ["1"], "squared", "1/10"])
    'learning:hypercube:n2:m1:b3e61d77a4cbc21ac258f1bcb9d6ab59'
    """
    written = json.dumps(told, separators=(",", ":"), ensure_ascii=True)
    return f"learning:{domain}:{space_label(n, p)}:m{points}:{shortened(written)}"


def space_label(n: int, p: int | None) -> str:
    """Return the part that names the cube, or the slice."""
    return f"n{n}" if p is None else f"n{n}:p{p}"


def shortened(name: str, is_old: bool = False) -> str:
    """Return a hash in the place of a long name.

    Examples
    --------
    >>> shortened("softmax"), shortened("softmax", is_old=True)
    ('9a5fd614ff183bba6984eec7fc8f987d', '9a5fd614ff18')
    """
    return sha256(name.encode("ascii")).hexdigest()[: OLD_DIGEST if is_old else DIGEST]
