"""Tensor formats: canonical polyadic, tensor train, Tucker (`trees`: hierarchical Tucker).

The entries are exact (Python integers and fractions) or floats. A convolutional arithmetic circuit of one layer is a
canonical polyadic tensor, one whose windows do not overlap a hierarchical Tucker tensor (Cohen, Sharir, Shashua, COLT
2016, arXiv:1509.05009), a recurrent one a tensor train (Khrulkov, Novikov, Oseledets, ICLR 2018, arXiv:1711.00811).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError
from algebra.frozen import set_fields
from algebra.sequences import as_list
from algebra.shown import Shown
from tensors.networks.arrays import check_size, number_array, settled, within_floats

if TYPE_CHECKING:
    from algebra.types import Array


@dataclass(frozen=True, eq=False)
class CP(Shown):
    """A sum of R products of vectors.

    Parameters
    ----------
    factors : sequence of array_like, shapes (I_k, R)
    weights : array_like, shape (R,), optional
        Of the terms; default: ones.

    Raises
    ------
    InputError
        If the shapes do not fit together.

    Examples
    --------
    >>> CP([[[1, 0], [0, 1]], [[1, 0], [0, 1]]], [2, 3]).tensor().tolist()
    [[2, 0], [0, 3]]
    """

    factors: Sequence[Any]
    weights: Any = None

    def __post_init__(self) -> None:
        factors = tuple(number_array(f"factors {k}", factor, 2) for k, factor in enumerate(listed(self.factors)))
        terms = {factor.shape[1] for factor in factors}
        weights = np.ones(max(terms), dtype=object) if self.weights is None else number_array("weights", self.weights)
        if len(terms) != 1 or weights.shape != (max(terms),):
            shapes = [factor.shape for factor in factors]
            raise InputError("factors", shapes, "matrices of as many columns as there are terms (and weights)")
        set_fields(self, factors=factors, weights=weights)

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the modes."""
        return tuple(factor.shape[0] for factor in self.factors)

    @property
    def terms(self) -> int:
        """R, the number of products: an upper bound of the rank."""
        return int(self.weights.size)

    @property
    def parameters(self) -> int:
        """Number of entries of the factors."""
        return sum(factor.size for factor in self.factors)

    def tensor(self) -> Array:
        """Write the tensor out.

        Returns
        -------
        numpy.ndarray
            Of shape `shape`.

        Raises
        ------
        InputError
            If it has more than a million entries.
        """
        check_size(self.shape)
        with within_floats():
            joined = reduce(lambda a, b: (a[:, None] * b[None]).reshape(-1, self.terms), self.factors)
            return settled(np.asarray(joined @ self.weights)).reshape(self.shape)


@dataclass(frozen=True, eq=False)
class Train(Shown):
    """A tensor train: products of matrices, one for each index.

    Parameters
    ----------
    cores : sequence of array_like, shapes (r_{k-1}, I_k, r_k)
        With bonds 1 at both ends.

    Raises
    ------
    InputError
        If the bonds do not fit together.

    Examples
    --------
    >>> Train([[[[1, 2]]], [[[1], [0]], [[0], [1]]]]).tensor().tolist()
    [[1, 2]]
    """

    cores: Sequence[Any]

    def __post_init__(self) -> None:
        cores = tuple(number_array(f"cores {k}", core, 3) for k, core in enumerate(listed(self.cores)))
        left, right = [1, *(core.shape[2] for core in cores)], [*(core.shape[0] for core in cores), 1]
        if left != right:
            raise InputError("cores", [core.shape for core in cores], "arrays of equal bonds, 1 at both ends")
        set_fields(self, cores=cores)

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the modes."""
        return tuple(core.shape[1] for core in self.cores)

    @property
    def ranks(self) -> tuple[int, ...]:
        """Bonds between neighbouring cores."""
        return tuple(core.shape[2] for core in self.cores[:-1])

    @property
    def parameters(self) -> int:
        """Number of entries of the cores."""
        return sum(core.size for core in self.cores)

    def tensor(self) -> Array:
        """Write the tensor out.

        Returns
        -------
        numpy.ndarray
            Of shape `shape`.

        Raises
        ------
        InputError
            If it has more than a million entries.
        """
        check_size(self.shape)
        with within_floats():
            joined = reduce(lambda a, b: np.tensordot(a, b, axes=1), self.cores)
        return settled(np.asarray(joined)).reshape(self.shape)


@dataclass(frozen=True, eq=False)
class Tucker(Shown):
    """A core, multiplied in every mode by a matrix.

    Parameters
    ----------
    core : array_like, shape (r_1, …, r_N)
    factors : sequence of array_like, shapes (I_k, r_k)

    Raises
    ------
    InputError
        If the shapes do not fit together.

    Examples
    --------
    >>> Tucker([[1, 0], [0, 1]], [[[1, 2]], [[3, 4]]]).tensor().tolist()
    [[11]]
    """

    core: Any
    factors: Sequence[Any]

    def __post_init__(self) -> None:
        core = number_array("core", self.core)
        factors = tuple(number_array(f"factors {k}", factor, 2) for k, factor in enumerate(listed(self.factors)))
        if core.shape != tuple(factor.shape[1] for factor in factors):
            shapes = [factor.shape for factor in factors]
            raise InputError("factors", shapes, f"matrices whose columns fit the core of shape {core.shape}")
        set_fields(self, core=core, factors=factors)

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the modes."""
        return tuple(factor.shape[0] for factor in self.factors)

    @property
    def ranks(self) -> tuple[int, ...]:
        """Shape of the core."""
        return tuple(self.core.shape)

    def tensor(self) -> Array:
        """Write the tensor out.

        Returns
        -------
        numpy.ndarray
            One axis a factor.

        Raises
        ------
        InputError
            If it has more than a million entries.
        """
        check_size(self.shape)
        found = self.core
        for factor in self.factors:  # always the first axis, whose result goes to the end
            with within_floats():
                found = np.tensordot(found, factor, axes=(0, 1))
        return settled(np.asarray(found))


def listed(values: Any) -> list[Any]:
    """Return a list of arrays that is not empty.

    Raises
    ------
    InputError
        For anything else.
    """
    found = as_list("factors", values, "a list of arrays")
    if not found:
        raise InputError("factors", found, "a list of at least one array")
    return found
