"""One-dimensional convolutional polynomial networks, as users type them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from algebra.polynomial.architecture import ConvolutionalArchitecture
from algebra.shown import Shown

if TYPE_CHECKING:
    from algebra.evidence import Bounds


class ConvolutionalNetwork(ConvolutionalArchitecture, Shown):
    r"""Layers :math:`(w * x)_i = \sum_t w_t\, x_{i s + t}` with powers between them, and one output.

    The input is as long as one output asks for; longer inputs repeat the same function and have the same dimension.

    Parameters
    ----------
    filters, strides : sequence of int
        Filter size and stride of each layer, each at least 1; strides default to 1.
    degree : int
        Activation degree, at least 1. Not needed for a single layer.
    degrees : sequence of int, optional
        One activation degree per hidden layer, instead of `degree`.

    Raises
    ------
    InputError
        Naming the argument, its value and what is allowed.

    References
    ----------
    .. [1] V. Shahverdi, G. L. Marchetti, K. Kohn, On the geometry and optimization of polynomial convolutional
       networks, AISTATS 2025, arXiv:2410.00722.
    .. [2] K. Kohn, G. Montúfar, V. Shahverdi, M. Trager, Function space and critical points of linear
       convolutional networks, arXiv:2304.05752.

    Examples
    --------
    >>> ConvolutionalNetwork([4, 3, 2], degree=3).dimension()
    7 (proved)
    """

    def dimension(self, seed: int = 0, log2_error: float | None = None) -> Bounds:
        """Dimension of the network's variety; see `PolynomialNetwork.dimension`.

        Parameters
        ----------
        seed : int
            Any integer: the seed of every random choice.
        log2_error : float, optional
            Target for log2 of the error probability; default: -64.

        Returns
        -------
        Bounds
        """
        from algebra.polynomial.dimension import dimension

        return dimension(self, seed=seed, log2_error=log2_error)
