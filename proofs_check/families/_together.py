"""Many networks asked at once, each with its own seed, as rows of a table are."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from algebra import Bounds

Told = tuple[int, float | None]  # a seed, and a target of the error


def asked_together(
    networks: Sequence[Hashable],
    told: Sequence[Told],
    proved: Callable[[Sequence[Any], int, float | None], Mapping[Any, Bounds]],
) -> list[Bounds | None]:
    """Bound the dimension of each network with its own seed and target of the error; None for what is not proved so.

    Parameters
    ----------
    networks : sequence
    told : sequence of (int, float or None)
        The seed and the target of each network.
    proved : callable
        ``proved_dimensions`` of their room.

    Returns
    -------
    list of Bounds or None
        In the order of the networks.

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> from algebra.polynomial.batch import proved_dimensions
    >>> networks = [PolynomialNetwork((2, width, 1), degree=3) for width in range(1, 9)]
    >>> asked_together(networks, [(0, None)] * 8, proved_dimensions)[:2]
    [2 (proved), 4 (proved)]
    """
    found = {}
    for each in set(told):
        mine = [network for network, mine in zip(networks, told, strict=True) if mine == each]
        found[each] = proved(mine, *each)
    return [found[each].get(network) for network, each in zip(networks, told, strict=True)]
