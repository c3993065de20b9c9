"""tensorly's `CPTensor`, `TTTensor` and `TuckerTensor` from the formats, and back.

With tensorly's numpy backend (its default) integers and fractions stay exact: factors and cores become object arrays,
which `cp_to_tensor`, `tt_to_tensor`, `tucker_to_tensor` and `unfold` take as they are. Other backends have no objects;
for these, and for tensorly's numerical algorithms, turn the entries into floats.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from algebra.errors import InputError
from tensors.networks.arrays import rounded
from tensors.networks.formats import CP, Train, Tucker


def to_tensorly(tensor: CP | Train | Tucker, floats: bool = False) -> Any:
    """Return tensorly's object of the same tensor.

    Parameters
    ----------
    tensor : CP, Train or Tucker
    floats : bool
        Round to floats of the backend in use, instead of exact object arrays of numpy.

    Returns
    -------
    CPTensor, TTTensor or TuckerTensor

    Raises
    ------
    InputError
        For anything else; tensorly has no hierarchical Tucker tensors.

    Examples
    --------
    >>> from tensorly.tt_tensor import tt_to_tensor
    >>> big = Train([[[[10**20, 1]]], [[[1], [0]], [[0], [1]]]])
    >>> tt_to_tensor(to_tensorly(big)).tolist()
    [[100000000000000000000, 1]]
    """
    import tensorly
    from tensorly.cp_tensor import CPTensor
    from tensorly.tt_tensor import TTTensor
    from tensorly.tucker_tensor import TuckerTensor

    def array(values: Any) -> Any:
        return tensorly.tensor(rounded(values)) if floats else np.array(values)

    if isinstance(tensor, CP):
        return CPTensor((array(tensor.weights), [array(factor) for factor in tensor.factors]))
    if isinstance(tensor, Train):
        return TTTensor([array(core) for core in tensor.cores])
    if isinstance(tensor, Tucker):
        return TuckerTensor((array(tensor.core), [array(factor) for factor in tensor.factors]))
    raise InputError("tensor", type(tensor).__name__, "CP, Train or Tucker: tensorly has no other of these formats")


def from_tensorly(tensor: Any) -> CP | Train | Tucker:
    """Return the format of one of tensorly's objects, of any backend; object arrays and integers stay exact.

    Parameters
    ----------
    tensor : CPTensor, TTTensor or TuckerTensor

    Returns
    -------
    CP | Train | Tucker

    Raises
    ------
    InputError
        For anything but a CPTensor, TTTensor or TuckerTensor.

    Examples
    --------
    >>> from_tensorly(to_tensorly(CP([[[1], [2]], [[3], [4]]]))).tensor().tolist()
    [[3, 4], [6, 8]]
    """
    from tensorly.cp_tensor import CPTensor
    from tensorly.tt_tensor import TTTensor
    from tensorly.tucker_tensor import TuckerTensor

    if isinstance(tensor, CPTensor):
        return CP(tensor.factors, tensor.weights)
    if isinstance(tensor, TTTensor):
        return Train(tensor.factors)
    if isinstance(tensor, TuckerTensor):
        return Tucker(tensor.core, tensor.factors)
    raise InputError("tensor", type(tensor).__name__, "a CPTensor, TTTensor or TuckerTensor of tensorly")
