"""Weights of trained linear layers: a module of torch, a state dict, or an opened ``.npz`` file, without torch itself.

Nothing here imports torch: its modules and tensors are known by what they can do (``state_dict``, ``detach``), so that
whatever behaves alike is read as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError

if TYPE_CHECKING:
    from algebra.types import Array

MODEL = "linear layers without biases: a module of torch, its state dict, or a mapping of names to matrices"

WITHOUT_EFFECT = frozenset({"Linear", "Identity", "Dropout"})
"""Layers that a linear network may have; dropout is off in evaluation."""


def trained_array(argument: str, given: Any) -> Array:
    """Return the numbers of a tensor or an array as float64, which holds every smaller type of floats exactly.

    Raises
    ------
    InputError
        If numpy cannot read it as an array of numbers.

    Examples
    --------
    >>> trained_array("X", [[1, 2]]).dtype.name
    'float64'
    """
    import numpy as np

    plain = given
    for step in ("detach", "cpu", "double"):  # out of the graph of gradients, off the device; numpy lacks bfloat16
        method = getattr(plain, step, None)
        plain = method() if callable(method) else plain
    try:
        return np.asarray(plain, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError(argument, given, "a tensor or an array of real numbers") from None


def linear_weights(model: Any) -> list[Array]:
    """Return the weights of linear layers, the one that acts first in front.

    Parameters
    ----------
    model : torch.nn.Module, or mapping of str to array
        Layers act in the order in which the state dict has them.

    Returns
    -------
    list of numpy.ndarray
        Shapes outputs x inputs.

    Raises
    ------
    InputError
        If a layer is not linear, has a bias, or there is none.

    Examples
    --------
    >>> [W.shape for W in linear_weights({"0.weight": [[1.0, 2.0]], "1.weight": [[3.0]]})]
    [(1, 2), (1, 1)]
    >>> linear_weights({"0.weight": [[1.0]], "0.bias": [0.5]})
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: 0.bias is [0.5], but it must be left out: the layers of this network have no biases
    """
    _refuse_other_layers(model)
    state = model if isinstance(model, Mapping) else _state(model)
    weights = []
    for name, value in state.items():
        if str(name).endswith("bias"):
            raise InputError(str(name), value, "left out: the layers of this network have no biases")
        matrix = trained_array(str(name), value)
        if matrix.ndim != 2:
            raise InputError(str(name), f"an array of shape {matrix.shape}", MODEL)
        weights.append(matrix)
    if not weights:
        raise InputError("model", model, MODEL)
    return weights


def trained_problem(model: Any, X: Any, Y: Any) -> tuple[Array, Array, list[Array]]:
    """Return data of torch, one sample a column, and the weights of linear layers.

    Parameters
    ----------
    model : torch.nn.Module, or mapping of str to array
    X, Y : tensor or array_like, shapes (m, d_x) and (m, d_y)
        One sample a row.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray, list of numpy.ndarray)
        X, Y and the weights, the first layer in front.

    Raises
    ------
    InputError
        As `linear_weights` and `as_columns`.
    """
    weights = linear_weights(model)
    return as_columns("X", X, weights[0].shape[1]), as_columns("Y", Y, weights[-1].shape[0]), weights


def _state(model: Any) -> Mapping[Any, Any]:
    found = model.state_dict() if callable(getattr(model, "state_dict", None)) else None
    if not isinstance(found, Mapping):
        raise InputError("model", model, MODEL)
    return found


def _refuse_other_layers(model: Any) -> None:
    """Refuse a module with layers that are not linear, which its state dict does not show."""
    for layer in model.modules() if callable(getattr(model, "modules", None)) else ():
        is_leaf = not any(True for _ in layer.children())
        name = type(layer).__name__
        if is_leaf and name not in WITHOUT_EFFECT:
            raise InputError("model", f"a module with a layer {name}", MODEL)


def as_columns(argument: str, samples: Any, features: int) -> Array:
    """Return data of torch, one sample a row, as one sample a column.

    Raises
    ------
    InputError
        If it is not a matrix, or a sample has another number of entries than the network takes or gives.

    Examples
    --------
    >>> as_columns("X", [[1.0, 2.0]], 2).shape
    (2, 1)
    """
    rows = trained_array(argument, samples)
    if rows.ndim != 2 or rows.shape[1] != features:
        rule = f"of shape (samples, {features}): one sample a row, as torch has them"
        turned = "; this one looks transposed" if rows.ndim == 2 and rows.shape[0] == features else ""
        raise InputError(argument, f"of shape {rows.shape}", rule + turned)
    return rows.T
