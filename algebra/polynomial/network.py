"""Polynomial networks, as users type them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from algebra.polynomial.architecture import PolynomialArchitecture

if TYPE_CHECKING:
    import sympy
    from numpy.typing import NDArray

    from algebra.evidence import Bounds
    from algebra.polynomial.identifiability import Identifiability
    from algebra.polynomial.symmetries import Symmetries


class PolynomialNetwork(PolynomialArchitecture):
    r"""The network :math:`p_W(x) = W_h\,\rho_{h-1}(W_{h-1} \cdots \rho_1(W_1 x))` of Kileel, Trager and Bruna.

    Parameters
    ----------
    widths : sequence of int
        :math:`(d_0, \ldots, d_h)`, at least two, each at least 1; `W_i` has shape `(d_i, d_{i-1})`.
    degree : int, optional
        Activation degree r ≥ 1 of every hidden layer. Not needed when there is no hidden layer.
    degrees : sequence of int, optional
        One activation degree per hidden layer, instead of `degree`.
    biases : bool
        Whether every layer (the last included) adds a bias.
    activation : Rational or sequence of Rational, optional
        A general polynomial or rational activation, instead of a degree.

    Raises
    ------
    InputError
        Naming the argument, its value and what is allowed.

    References
    ----------
    .. [1] J. Kileel, M. Trager, J. Bruna, On the expressive power of deep polynomial neural networks,
       NeurIPS 2019, arXiv:1905.12207.

    Examples
    --------
    >>> network = PolynomialNetwork((2, 3, 4, 5, 4, 6, 4, 1), degree=2)
    >>> network.ambient_dimension, network.naive_dimension
    (65, 84)
    >>> network.dimension()
    65 (proved)
    >>> PolynomialNetwork((2, 3, 1), degrees=[3]).label
    'pnn:2-3-1:r3'
    """

    def dimension(self, seed: int = 0, log2_error: float | None = None) -> Bounds:
        """Dimension of the network's variety, with evidence for both sides.

        Parameters
        ----------
        seed : int
            Seed of every random choice; the same seed gives the same answer on every machine.
        log2_error : float, optional
            Where the bounds leave a gap: repeat until a greater dimension would have stayed unseen with probability at
            most ``2**log2_error``. Default: -64.

        Returns
        -------
        Bounds
            `PROVED` where the rank meets an upper bound, otherwise `PROBABLE`.

        Examples
        --------
        >>> PolynomialNetwork((3, 5, 1), degree=4).dimension()
        14 (proved)
        """
        from algebra.polynomial.dimension import dimension

        return dimension(self, seed=seed, log2_error=log2_error)

    def is_filling(self, seed: int = 0) -> bool | None:
        """Whether the variety is the whole ambient space; None where the bounds do not decide.

        Parameters
        ----------
        seed : int
            Any integer: the seed of every random choice.

        Returns
        -------
        bool or None

        Examples
        --------
        >>> PolynomialNetwork((2, 3, 4, 5, 4, 6, 4, 1), degree=2).is_filling()
        True
        """
        ambient = self.ambient_dimension
        found = self.dimension(seed=seed)
        if ambient is None or (found.upper is not None and found.upper < ambient):
            return False
        return True if found.lower == ambient else None

    def identifiability(self, seed: int = 0) -> Identifiability:
        """Whether the weights are determined by the function up to scalings and permutations, and what decides it.

        Parameters
        ----------
        seed : int
            Any integer: the seed of every random choice.

        Returns
        -------
        Identifiability

        Examples
        --------
        >>> PolynomialNetwork((3, 3, 2, 2), degree=2).identifiability().finitely
        True
        """
        from algebra.polynomial.identifiability import identifiability

        return identifiability(self, seed=seed)

    def symmetries(self) -> Symmetries | None:
        """Search hidden symmetries beyond the scalings (one hidden layer, powers); None if none are found.

        None does not prove that there are none; see `algebra.polynomial.symmetries.discover`.

        Returns
        -------
        Symmetries or None

        Raises
        ------
        InputError
            For other networks.

        Examples
        --------
        >>> print(PolynomialNetwork((3, 5, 4), degree=2, biases=True).symmetries())
        1 symmetry beyond the scalings, of degree 4 in 7 symbols: dimension at most 38
        """
        from algebra.polynomial.hilbert import Architecture
        from algebra.polynomial.symmetries import discover

        if self.degrees is None or self.depth != 2:
            raise InputError("network", self.label, "with one hidden layer and a power as activation")
        return discover(Architecture(self.widths, self.degrees, self.biases))

    def polynomials(self) -> tuple[sympy.Expr, ...]:
        """Return the outputs as sympy expressions in the inputs and the weights (small networks).

        Returns
        -------
        tuple of sympy.Expr
            One for each output.
        """
        from algebra.polynomial.symbolic import polynomials

        return polynomials(self)

    def coefficient_jacobian(self) -> sympy.Matrix:
        """Return the Jacobian of weights → coefficients as a sympy matrix (small networks).

        Returns
        -------
        sympy.Matrix
            One row a coefficient, one column a parameter.
        """
        from algebra.polynomial.symbolic import coefficient_jacobian

        return coefficient_jacobian(self)

    def evaluate(self, parameters: Any, points: Any, prime: int | None = None) -> NDArray[Any]:
        """Return the outputs at several points; see `algebra.polynomial.evaluation.evaluate`.

        Parameters
        ----------
        parameters : array_like, shape (parameters,), or a list of matrices W_1 … W_h
        points : array_like, shape (n, d_0)
        prime : int, optional
            Evaluate modulo this prime.

        Returns
        -------
        numpy.ndarray, shape (n, d_h)
        """
        from algebra.polynomial.evaluation import evaluate

        return evaluate(self, parameters, points, prime)
