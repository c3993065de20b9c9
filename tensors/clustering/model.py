"""Self-expressive models: an objective, a normalisation of the embedding, and what the coefficients may be.

The convention of this room: the N columns of Z, of d rows, are points, and

    F(Z, C) = |Z - Z C|_F^2 / 2 + lam theta(C),

where theta is the sum of the ``|c_ij|`` (`l1`), ``|C|_F^2 / 2`` (`square`) or the sum of the singular values
(`nuclear`).
Other papers have gamma / 2 in front of the first term: lam = 1 / gamma, and the value times gamma.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, get_args

from algebra.errors import InputError, as_integer, one_of
from algebra.evidence.checker.clustering import NORMALISATIONS, USUAL_ROWS, model_label
from algebra.exact.numbers import long_number, number_text
from algebra.frozen import set_fields
from algebra.shown import Shown

Normalisation = Literal["frobenius", "rows", "whitened", "instance", "none"]
Regulariser = Literal["l1", "square", "nuclear"]
Diagonal = Literal["zero", "free"]

REGULARISERS: tuple[Regulariser, ...] = get_args(Regulariser)
DIAGONALS: tuple[Diagonal, ...] = get_args(Diagonal)
NORMS_OF_ALL = ("frobenius", "rows", "whitened")  # normalisations that fix the norm of the whole embedding


@dataclass(frozen=True)
class SelfExpressiveModel(Shown):
    """What is minimised over all embeddings and coefficients.

    Parameters
    ----------
    normalisation : str
        ``"frobenius"``: ``|Z|_F^2 = tau``; ``"rows"``: every row of Z has the squared norm tau/d; ``"whitened"``:
        Z Z^T = (tau/d) I; ``"instance"``: every point has norm 1; ``"none"``.
    regulariser : str
        ``"l1"``, ``"square"`` (half the squared Frobenius norm) or ``"nuclear"``.
    N : int
        Number of points.
    lam : int, Fraction or str
        Weight of the regulariser, positive.
    tau : int, Fraction or str, optional
        Squared norm of the embedding; without a meaning, and left out, with ``"instance"`` and ``"none"``.
    diagonal : str
        ``"zero"``: no point expresses itself; ``"free"``.
    d : int
        Number of rows; the least value depends on it with ``"whitened"`` only.

    Raises
    ------
    InputError
        Naming the argument.

    Examples
    --------
    >>> SelfExpressiveModel("frobenius", "l1", 5, "1/14", "30").label
    'clustering:frobenius:l1:zero:N5:tau30:lam1/14'
    """

    normalisation: Normalisation
    regulariser: Regulariser
    N: int
    lam: Fraction
    tau: Fraction | None = None
    diagonal: Diagonal = "zero"
    d: int = USUAL_ROWS

    def __post_init__(self) -> None:
        for argument, given, names in (
            ("normalisation", self.normalisation, NORMALISATIONS),
            ("regulariser", self.regulariser, REGULARISERS),
            ("diagonal", self.diagonal, DIAGONALS),
        ):
            one_of(argument, given, names)
        as_integer("N", self.N, least=1)
        if as_integer("d", self.d, least=1) > self.N and self.normalisation == "whitened":
            raise InputError("d", self.d, f"at most N = {self.N}: rows that are orthogonal are independent")
        tau = None
        if self.normalisation in NORMS_OF_ALL:
            if self.tau is None:
                raise InputError("tau", None, f"given with the normalisation {self.normalisation}")
            tau = positive_number("tau", self.tau)
        set_fields(self, lam=positive_number("lam", self.lam), tau=tau)

    @property
    def label(self) -> str:
        """Its permanent name."""
        return model_label(self.to_json())

    def to_json(self) -> dict[str, Any]:
        """Return the model as certificates have it.

        Returns
        -------
        dict
            One key for each field; numbers that need not be integers are strings.
        """
        return {
            "normalisation": self.normalisation,
            "regulariser": self.regulariser,
            "diagonal": self.diagonal,
            "N": self.N,
            "d": self.d,
            "tau": None if self.tau is None else number_text(self.tau),
            "lam": number_text(self.lam),
        }


def positive_number(argument: str, value: Any) -> Fraction:
    """Return a positive rational number, however long.

    Parameters
    ----------
    argument : str
        What messages call it.
    value : object

    Returns
    -------
    Fraction

    Raises
    ------
    InputError
        If it is a float, zero or negative, or no number.

    Examples
    --------
    >>> positive_number("lam", "2/6")
    Fraction(1, 3)
    """
    found = long_number(argument, value)
    if found <= 0:
        raise InputError(argument, value, "a positive number")
    return found
