r"""Normal forms of one-hidden-layer networks: a slice that meets almost every orbit.

GL(d_0) acts on the inputs (with biases: affine maps), GL(d_2) on the outputs (with biases: with translations), the
torus of scalings on the hidden neurons; all of them carry Jacobian to Jacobian without changing its rank. For
:math:`d_0 \le d_1` and :math:`d_2 \le d_1` almost every network is carried to one where

- the first d_0 neurons see the coordinates, the next one the sum of all (with biases: plus 1),
- every further neuron has first weight 1,
- the last d_2 columns of W_2 are the identity, and the last bias is 0.

The generic rank on this slice is therefore the generic rank of the whole family, and the slice has few symbols.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from algebra.polynomial.hilbert import Architecture


@dataclass(frozen=True)
class Slice:
    """A slice of the weights of a one-hidden-layer network.

    Parameters
    ----------
    entries : tuple of (int or None)
        For each parameter, in the order of the certificates, its constant; None for a symbol.
    gauge : tuple of int
        For each hidden neuron a weight that is 1: its scaling moves this weight, so leaving the weight out of the
        Jacobian does not change the rank.
    """

    entries: tuple[int | None, ...]
    gauge: tuple[int, ...]

    @property
    def symbols(self) -> tuple[int, ...]:
        """Parameters that stay symbols."""
        return tuple(q for q, value in enumerate(self.entries) if value is None)

    @property
    def free(self) -> tuple[int, ...]:
        """Parameters that are not gauge."""
        fixed = set(self.gauge)
        return tuple(q for q in range(len(self.entries)) if q not in fixed)


def has_slice(a: Architecture) -> bool:
    """Tell whether the normal form exists: one hidden layer, no narrower than inputs and outputs."""
    return a.depth == 2 and a.widths[1] >= max(a.widths[0], a.widths[2])


def symbols_of_slice(a: Architecture) -> int:
    """Count the symbols of the slice, which need not be made for this.

    Examples
    --------
    >>> from algebra.polynomial.hilbert import Architecture
    >>> a = Architecture((3, 5, 4), (2,), biases=True)
    >>> symbols_of_slice(a), len(slice_of(a).symbols)
    (7, 7)
    """
    d0, d1, d2 = a.widths
    return max(d1 - d0 - 1, 0) * (d0 - 1 + a.biases) + d2 * (d1 - d2)


def slice_of(a: Architecture) -> Slice:
    """Return the slice of an architecture with `has_slice`.

    Examples
    --------
    >>> from algebra.polynomial.hilbert import Architecture
    >>> slice_of(Architecture((2, 3, 1), (2,))).entries
    (1, 0, 0, 1, 1, 1, None, None, 1)
    """
    d0, d1, d2 = a.widths
    first = [[_first_layer(i, j, d0) for j in range(d0)] for i in range(d1)]
    entries: list[int | None] = [value for row in first for value in row]
    if a.biases:
        entries += [_first_layer(i, d0, d0) for i in range(d1)]
    for i in range(d2):
        entries += [None if j < d1 - d2 else int(j - (d1 - d2) == i) for j in range(d1)]
    if a.biases:
        entries += [0] * d2
    return Slice(tuple(entries), tuple(i * d0 + (i if i < d0 else 0) for i in range(d1)))


def _first_layer(neuron: int, column: int, d0: int) -> int | None:
    """Weight of a neuron; column d_0 is its bias."""
    if neuron < d0:
        return int(neuron == column)
    return 1 if neuron == d0 or column == 0 else None
