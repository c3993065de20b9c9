"""One door for every kind of network: a function on arrays, and whatever else can be read as a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from algebra.programs.program import Program
from algebra.programs.tracing import traced

if TYPE_CHECKING:
    from algebra.evidence.bounds import Bounds

KINDS = "a function on arrays, a Program, an expression of sympy, an ONNX model or its file, a module of torch"


def program_of(f: Any, parameters: Any = None, inputs: Any = None) -> Program:
    """Return the program of a network, whatever it is written in.

    Parameters
    ----------
    f : callable, Program, sympy expression or matrix, ONNX model or path, or torch.nn.Module
    parameters : mapping of str to shape, or sequence
        Of a function: its arrays of weights. Of an expression: its symbols. Of an ONNX file: the names of the weights
        that are unknown, if not all are. Of a module nothing.
    inputs : mapping of str to shape, or sequence
        Of a function: its other arrays. Of an expression: its other symbols. Of a module: inputs of the right shape.

    Returns
    -------
    Program

    Raises
    ------
    InputError
        If it is nothing of the kind, or does something that a program cannot say.

    Examples
    --------
    >>> program_of(lambda W, x: W @ x, {"W": (2, 3)}, {"x": (3,)})
    Program(6 parameters, 1 steps, program:b37bb4a9c82565c15fa5dd6dfeb55772)
    """
    package = type(f).__module__.partition(".")[0]
    if isinstance(f, Program):
        return f
    if isinstance(f, str | Path) or package == "onnx":
        from algebra.programs.onnx_files import read_onnx

        return read_onnx(f, parameters).program
    if package == "sympy" or (isinstance(f, list | tuple) and f and type(f[0]).__module__.startswith("sympy")):
        from algebra.programs.symbolic import program_of_sympy

        return program_of_sympy(f, parameters or (), inputs or ())
    if hasattr(f, "named_parameters"):
        from algebra.programs.torch_modules import read_module

        return read_module(f, *(inputs if isinstance(inputs, list | tuple) else [inputs])).program
    if callable(f) and isinstance(parameters, Mapping) and isinstance(inputs, Mapping):
        return traced(f, parameters, inputs)
    raise InputError("f", type(f).__name__, f"{KINDS}; a function with shapes of its parameters and inputs by name")


def dimension_of(
    f: Callable[..., Any] | Any,
    parameters: Mapping[str, Sequence[int]] | Sequence[Any] | None = None,
    inputs: Mapping[str, Sequence[int]] | Sequence[Any] | None = None,
    seed: int = 0,
    log2_error: float | None = None,
) -> Bounds:
    """Bound the dimension of the set of functions of any network that can be evaluated.

    Parameters
    ----------
    f, parameters, inputs
        As in `program_of`.
    seed, log2_error
        As in `algebra.programs.dimension.program_dimension`.

    Returns
    -------
    Bounds

    Raises
    ------
    InputError
        If the network does something that a program cannot say, or the program is too large.

    Examples
    --------
    >>> dimension_of(lambda W, V, x: V @ (W @ x) ** 3, {"W": (4, 3), "V": (1, 4)}, {"x": (3, 1)})
    10 (proved)
    """
    return program_of(f, parameters, inputs).dimension(seed, log2_error)
