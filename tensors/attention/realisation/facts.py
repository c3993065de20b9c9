"""What is told of a construction beside its keys and queries: one record for each method."""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

from algebra.shown import Shown


@dataclass(frozen=True)
class Facts(Shown):
    """What there is to tell of a construction; nothing, for one without parameters."""

    def to_json(self) -> dict[str, Any]:
        """Return the record as plain JSON values.

        Returns
        -------
        dict
            One key a field, in their order; fractions are strings.
        """
        named = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: str(value) if isinstance(value, Fraction) else value for name, value in named}


NO_FACTS = Facts()


@dataclass(frozen=True)
class MomentFacts(Facts):
    """Of keys on the moment curve.

    Parameters
    ----------
    nodes : str
        The node of key j, as a formula in j and L.
    degree : int
        Of the polynomials that the scores are.
    """

    nodes: str
    degree: int


@dataclass(frozen=True)
class TrivialFacts(Facts):
    """Of unit vectors as keys.

    Parameters
    ----------
    height : Fraction
        The least logit on a support; off the supports logits are 0.
    """

    height: Fraction


@dataclass(frozen=True)
class BinaryFacts(Facts):
    """Of binary digits as keys.

    Parameters
    ----------
    scale : Fraction
        By which a key is multiplied to be a query.
    """

    scale: Fraction


@dataclass(frozen=True)
class CodeFacts(Facts):
    """Of words of a code as keys.

    Parameters
    ----------
    scale : float
        The greatest of the rows' least wanted logits.
    margin : float or None
        Least distance of 1 to a score off a support, where scores on it are 1; None if nothing is off a support.
    exponent : int
        Words have ``2**exponent`` signs.
    """

    scale: float
    margin: float | None
    exponent: int


@dataclass(frozen=True)
class SignFacts(Facts):
    """Of random signs as keys.

    Parameters
    ----------
    scale : float
        The greatest of the rows' least wanted logits.
    margin : float or None
        Least distance of 1 to a score off a support, where scores on it are 1; None if nothing is off a support.
    seed : int
    draw : int
        Which draw of that seed and dimension, from 0.
    """

    scale: float
    margin: float | None
    seed: int
    draw: int


@dataclass(frozen=True)
class ProjectionFacts(Facts):
    """Of a random projection of the log-target.

    Parameters
    ----------
    seed : int
    draw : int
        Which draw of that seed and dimension, from 0.
    """

    seed: int
    draw: int
