r"""Lower bound of the dimension of a convolutional network with one channel: no rank is needed, whatever its size.

Filters :math:`w_1, \ldots, w_h` of sizes :math:`k_l` and strides :math:`s_l`, powers between them;
:math:`e_l = r_1 \cdots r_{l-1}` is the degree of the signal that filter l sees, :math:`S_l = s_1 \cdots s_{l-1}` the
distance between the inputs that two neighbours in it begin with, D the degree of the output.

**convolution.** :math:`\dim V = \sum_l k_l - (h - 1)`: filter coefficients less the scalings between layers.

*All degrees at least 2.* Take all filters to be :math:`(1, 0, \ldots, 0)`. The derivative along :math:`w_l[t]` is then
a multiple of the monomial :math:`x_0^{D - e_l}\, x_{t S_l}^{e_l}`, and not zero. Those with t = 0 are all
:math:`x_0^D`. The others are distinct, because the :math:`e_l` are. So the rank is :math:`1 + \sum_l (k_l - 1)`. The
generic rank is at least that, and no more, because of the scalings.

*Degrees of 1 as well.* Join layers between which the degree is 1: m of them are one filter, whose coefficients are
those of :math:`\prod_l w_l(z^{\sigma_l})`, :math:`\sigma_l` the product of the strides before l in the run. A
polynomial has finitely many factors up to constants, so these filters are a cone of dimension
:math:`\sum k_l - (m - 1)`. It contains :math:`(1, 0, \ldots, 0)`, where the joined network, whose degrees are at least
2, has a differential with no kernel but the scalings; so it has at a general point of the cones, which contain the
scalings. The dimension is that of the cones less the scalings between them: the same number.

References
----------
.. [1] V. Shahverdi, G. L. Marchetti, K. Kohn, On the geometry and optimization of polynomial convolutional networks,
   AISTATS 2025, arXiv:2410.00722: degrees of at least 2.
.. [2] K. Kohn, G. Montúfar, V. Shahverdi, M. Trager, Function space and critical points of linear convolutional
   networks, arXiv:2304.05752: degree 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from algebra.evidence.reason import Reason

if TYPE_CHECKING:
    from algebra.polynomial.architecture import ConvolutionalArchitecture


def filter_bound(network: ConvolutionalArchitecture) -> Reason:
    """Return the dimension of a convolutional network's variety as a lower bound: a theorem.

    Parameters
    ----------
    network : ConvolutionalNetwork

    Returns
    -------
    Reason

    Examples
    --------
    >>> from algebra import ConvolutionalNetwork
    >>> network = ConvolutionalNetwork([2000, 1000, 30], strides=[3, 1, 2], degrees=[2, 1])
    >>> print(filter_bound(network).explain("dim", "<="))
    3028 <= dim: convolution
    """
    return Reason("convolution", network.naive_dimension)
