"""One door for every kind of network: a function on arrays, and what else can be read as a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from algebra.programs.tracing import traced

if TYPE_CHECKING:
    from algebra.evidence.bounds import Bounds


def dimension_of(
    f: Callable[..., Any],
    parameters: Mapping[str, Sequence[int]],
    inputs: Mapping[str, Sequence[int]],
    seed: int = 0,
    log2_error: float | None = None,
) -> Bounds:
    """Bound the dimension of the set of functions of any network that can be evaluated.

    Parameters
    ----------
    f : callable
        Written on arrays: it takes all parameters and inputs by name; see `algebra.programs.tracing`.
    parameters, inputs : mapping of str to shape
    seed, log2_error
        As in `algebra.programs.dimension.program_dimension`.

    Returns
    -------
    Bounds

    Raises
    ------
    InputError
        If the function does something that a program cannot say, or the program is too large.

    Examples
    --------
    >>> dimension_of(lambda W, V, x: V @ (W @ x) ** 3, {"W": (4, 3), "V": (1, 4)}, {"x": (3, 1)})
    10 (proved)
    """
    return traced(f, parameters, inputs).dimension(seed, log2_error)
