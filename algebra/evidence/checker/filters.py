"""Lower bound of the dimension of a convolutional network with one channel: a theorem, whatever the filters are."""

from __future__ import annotations

from typing import Any

from .limits import need
from .reading import Network, fields


def check_convolution(network: Network, claimed: int, lower: Any) -> None:
    """Check that the claim is at most the number of filter coefficients less that of hidden layers.

    Take all filters to be (1, 0, ..., 0). If all degrees are at least 2, the derivative along coefficient t of filter l
    is a multiple of x_0^(D - e_l) x_(t S_l)^(e_l): one monomial for all t = 0, and distinct ones for the others,
    because the degrees e_l of what filter l sees are distinct. Filters between which the degree is 1 are joined first:
    a polynomial has finitely many factors up to constants, so the joined filters are a cone of as many dimensions as
    coefficients, less one for each joint, and it contains (1, 0, ..., 0).
    """
    fields(lower, "lower", "rule")
    need(len(network.filters) > 0, "convolution: the network is not convolutional")
    least = sum(network.filters) - (len(network.filters) - 1)
    need(claimed <= least, f"convolution: the theorem gives {least}, not {claimed}")
