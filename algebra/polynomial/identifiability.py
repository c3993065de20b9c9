r"""Identifiability: whether a generic function has finitely many weights, or one, up to scalings of hidden neurons.

Theorems are asked first, from the cheapest to the most general; then the rank. A rank of the Jacobian says that the
fibre is finite, not that it is one orbit. For one hidden layer a second rank may say that too: of the hyperplanes that
touch the variety of single neurons, see `algebra.polynomial.contact`. For deeper networks localization gives finiteness
only: that it gives one orbit is a conjecture ([1]_, Conjecture 40).

References
----------
.. [1] K. Usevich, R. Borsoi, C. Dérand, M. Clausel, Identifiability of deep polynomial neural networks,
   NeurIPS 2025, arXiv:2506.17093v3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, TypeVar

from algebra.errors import as_integer
from algebra.evidence.bounds import Bounds, Grade
from algebra.polynomial.architecture import PolynomialArchitecture
from algebra.polynomial.dimension import best_upper_bound, dimension
from algebra.polynomial.hilbert import Architecture

if TYPE_CHECKING:
    from algebra.evidence.certificate import Certificate
    from algebra.evidence.evaluation import Seen
    from algebra.polynomial.architecture import Network

Dense = TypeVar("Dense", bound=PolynomialArchitecture)
"""Blocks are networks of the type that is given."""

UBDC = "Usevich, Borsoi, Dérand, Clausel 2025, arXiv:2506.17093v3"


@dataclass(frozen=True)
class Theorem:
    """A sufficient condition for finite identifiability.

    Parameters
    ----------
    name : str
    citation : str
    hypothesis : str
        In words and symbols.
    applies : callable
        Whether a network satisfies the hypothesis.
    is_global : bool
        Whether the theorem says globally identifiable.
    """

    name: str
    citation: str
    hypothesis: str
    applies: Callable[[PolynomialArchitecture], bool]
    is_global: bool = False


@dataclass(frozen=True)
class Identifiability:
    """Whether the parameters are determined by the function.

    Parameters
    ----------
    finitely : bool or None
        Whether the generic fibre is finite up to scalings of hidden neurons; equivalent to the naive dimension.
    globally : bool or None
        Whether it is one orbit of scalings and permutations. True is proved; False is as good as that of `finitely`.
    decided_by : str
        Name of the theorem or of the bound, or ``rank``, that decides `finitely`.
    theorem : str
        Its source; "" for a rank or a bound.
    grade : Grade
        How far `finitely` is proved.
    bounds : Bounds or None
        The dimension, if it was computed.
    globally_by : str
        What decides `globally`: a theorem, ``contact-locus``, or what decides that not even the fibre is finite.
    undecided : str
        Why `globally` is None.
    contact : Seen or None
        Where the rank was seen that decides `globally`, if that is the contact locus.
    """

    finitely: bool | None
    globally: bool | None
    decided_by: str
    theorem: str
    grade: Grade
    bounds: Bounds | None = None
    globally_by: str = ""
    undecided: str = ""
    contact: Seen | None = None

    def certificate(self) -> Certificate:
        """Write down that the network is globally identifiable, for the independent checker.

        Raises
        ------
        ValueError
            Unless that was decided by the contact locus.

        Examples
        --------
        >>> from algebra import PolynomialNetwork
        >>> identifiability(PolynomialNetwork((3, 8, 1), degree=6)).certificate().check().statement
        'pnn:3-8-1:r6 is globally identifiable'
        """
        from algebra.polynomial.contact import contact_certificate

        if self.contact is None:
            raise ValueError("global identifiability was not decided by the contact locus")
        return contact_certificate(self.contact)

    def _repr_html_(self) -> str:
        from algebra.escape import escape

        words = {True: "finitely identifiable", False: "not finitely identifiable", None: "not decided"}
        said = "globally identifiable" if self.globally else words[self.finitely]
        by = f"{self.decided_by}: {self.theorem}" if self.theorem else self.decided_by
        return f"<b>{said}</b> ({self.grade.value}) <small>{escape(by)}</small>"


def identifiability(network: Network, seed: int = 0) -> Identifiability:
    """Decide whether a network is identifiable from its function, by a theorem or else by a rank.

    Parameters
    ----------
    network : PolynomialNetwork or ConvolutionalNetwork
    seed : int
        Seed of the rank, if one is needed.

    Returns
    -------
    Identifiability

    Raises
    ------
    InputError
        For a bad seed.

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> identifiability(PolynomialNetwork((3, 3, 3), degree=2)).decided_by
    'kruskal'
    >>> found = identifiability(PolynomialNetwork((2, 4, 4, 2), degree=2))
    >>> found.finitely, found.globally, found.decided_by
    (False, False, 'block (2, 4, 4): saturation')
    """
    seed = as_integer("seed", seed)
    if isinstance(network, PolynomialArchitecture) and network.degrees is not None:
        found = _by_theorem(network) or _refuted_by_block(network) or by_rank(network, seed)
    else:
        found = by_rank(network, seed)
    return found if found.globally is not None else _by_contact(network, found)


def _by_theorem(network: PolynomialArchitecture) -> Identifiability | None:
    """Return what the first theorem that applies says."""
    for theorem in THEOREMS:
        if theorem.applies(network):
            globally_by = theorem.name if theorem.is_global else ""
            globally = True if theorem.is_global else None
            return Identifiability(
                True, globally, theorem.name, theorem.citation, Grade.PROVED, globally_by=globally_by
            )
    return None


def _by_contact(network: Network, found: Identifiability) -> Identifiability:
    """Decide `globally` by the contact locus where that is possible; else say why it is open."""
    if found.finitely is None:
        return replace(found, undecided="whether the generic fibre is finite is open")
    if not isinstance(network, PolynomialArchitecture) or network.degrees is None:
        return replace(found, undecided="no theorem that is known here speaks of such networks")
    if network.depth != 2:
        return replace(found, undecided="that localization makes the fibre one orbit is a conjecture")
    if network.degrees[0] == 1:
        return replace(found, undecided="the degree is 1")
    from algebra.polynomial.contact import contact_locus

    contact = contact_locus(Architecture(network.widths, network.degrees, network.biases))
    if contact.seen is None:
        return replace(found, undecided=contact.undecided)

    # The tangent spaces were seen to span as many dimensions as there are parameters: that proves `finitely` as well.
    return replace(found, globally=True, grade=Grade.PROVED, globally_by=contact.seen.rule, contact=contact.seen)


def by_rank(network: Network, seed: int = 0) -> Identifiability:
    """Decide finite identifiability by the dimension alone.

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> found = by_rank(PolynomialNetwork((3, 3, 3), degree=2))
    >>> found.finitely, found.grade
    (True, <Grade.PROVED: 'proved'>)
    """
    bounds = dimension(network, seed)
    naive = network.naive_dimension
    if bounds.upper is not None and bounds.upper < naive:
        by = bounds.upper_by
        return Identifiability(False, False, by, "", Grade.PROVED, bounds, globally_by=by)
    finitely = None if bounds.value is None else bounds.value == naive
    globally, by = (False, "rank") if finitely is False else (None, "")
    return Identifiability(finitely, globally, "rank", "", bounds.grade, bounds, globally_by=by)


def _refuted_by_block(network: PolynomialArchitecture) -> Identifiability | None:
    """A network with a block that is not identifiable is not identifiable (UBDC, section 3)."""
    if network.biases:
        return None
    for block in blocks(network) if network.depth > 2 else ():
        bound = best_upper_bound(block)
        if bound.value < block.naive_dimension:
            name = f"block {block.widths}: {bound.rule}"
            theorem = f"{UBDC}, section 3"
            return Identifiability(False, False, name, theorem, Grade.PROVED, globally_by=name)
    return None


def _triples(network: PolynomialArchitecture, narrowed: bool) -> list[tuple[int, int, int, int]]:
    w, degrees = network.widths, network.degrees
    assert degrees is not None
    inputs = list(accumulate(w, min)) if narrowed else list(w)
    return [(inputs[k - 1], w[k], w[k + 1], degrees[k - 1]) for k in range(1, network.depth)]


def blocks(network: Dense) -> tuple[Dense, ...]:
    """Return the two-layer blocks (d_{l-1}, d_l, d_{l+1}; r_l).

    Parameters
    ----------
    network : PolynomialArchitecture

    Returns
    -------
    tuple of PolynomialArchitecture
        Of the network's class.

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> [block.label for block in blocks(PolynomialNetwork((2, 4, 3, 2), degrees=[2, 3]))]
    ['pnn:2-4-3:r2', 'pnn:4-3-2:r3']
    """
    return tuple(type(network)(t[:3], degree=t[3]) for t in _triples(network, narrowed=False))


def localization_blocks(network: Dense) -> tuple[Dense, ...]:
    """Return the blocks with as many inputs as the narrowest layer before them: Theorem 11 asks for these.

    Parameters
    ----------
    network : PolynomialArchitecture

    Returns
    -------
    tuple of PolynomialArchitecture
        Of the network's class.

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> [block.label for block in localization_blocks(PolynomialNetwork((2, 4, 3, 2), degrees=[2, 3]))]
    ['pnn:2-4-3:r2', 'pnn:2-3-2:r3']
    """
    return tuple(type(network)(t[:3], degree=t[3]) for t in _triples(network, narrowed=True))


def bias_blocks(network: Dense) -> tuple[Dense, ...]:
    """Return the homogenised blocks of a network with biases: Proposition 27 asks for these.

    Parameters
    ----------
    network : PolynomialArchitecture

    Returns
    -------
    tuple of PolynomialArchitecture
        Of the network's class.

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> [block.label for block in bias_blocks(PolynomialNetwork((2, 1, 2), degree=3, biases=True))]
    ['pnn:3-2-2:r3']
    """
    return tuple(type(network)((a + 1, d + 1, e), degree=r) for a, d, e, r in _triples(network, narrowed=True))


# Predicates. Every one of them asks for powers; those without biases say so.


def _plain(network: PolynomialArchitecture) -> bool:
    return network.degrees is not None and not network.biases and network.depth >= 2


def _kruskal_block(inputs: int, width: int, outputs: int, degree: int) -> bool:
    return min(inputs, width) >= 2 and degree * (min(inputs, width) - 1) >= 2 * width - min(width, outputs)


def _is_one_layer(n: PolynomialArchitecture) -> bool:
    return n.depth == 1


def _is_kruskal(n: PolynomialArchitecture) -> bool:
    return _plain(n) and n.depth == 2 and _kruskal_block(*_triples(n, narrowed=False)[0])


def _is_high_degree(n: PolynomialArchitecture) -> bool:
    return _plain(n) and min(n.widths[:-1]) >= 2 and all(r >= 2 * d - 1 for _, d, _, r in _triples(n, False))


def _is_non_increasing(n: PolynomialArchitecture) -> bool:
    inner, degrees = n.widths[:-1], n.degrees or ()
    return (
        _plain(n)
        and inner[-1] >= 2
        and list(inner) == sorted(inner, reverse=True)
        and min(degrees) >= 2
        and (n.widths[-1] >= 2 or degrees[-1] >= 3)
    )


def _is_bounded_decoder(n: PolynomialArchitecture) -> bool:
    return _plain(n) and any(_decodes_from(n.widths, n.degrees or (), b) for b in range(n.depth + 1))


def _decodes_from(w: tuple[int, ...], degrees: tuple[int, ...], b: int) -> bool:
    return (
        w[b] >= 2
        and list(w[: b + 1]) == sorted(w[: b + 1], reverse=True)
        and list(w[b:]) == sorted(w[b:])
        and all(r >= 2 for r in degrees[:b])
        and all(w[k] <= degrees[k - 1] * (w[b] - 1) for k in range(b + 1, len(w) - 1))
    )


def _is_localised(n: PolynomialArchitecture) -> bool:
    return _plain(n) and all(_kruskal_block(*triple) for triple in _triples(n, narrowed=True))


def _is_kruskal_with_biases(n: PolynomialArchitecture) -> bool:
    if n.degrees is None or not n.biases or n.depth < 2:
        return False
    return all(_kruskal_block(a + 1, d + 1, e, r) for a, d, e, r in _triples(n, narrowed=True))


one_layer = Theorem("one layer", "the weights are the coefficients", "h = 1", _is_one_layer, is_global=True)
kruskal = Theorem(
    "kruskal",
    f"{UBDC}, Proposition 12",
    "h = 2, d_0, d_1 >= 2, r >= (2 d_1 - min(d_1, d_2)) / (min(d_0, d_1) - 1)",
    _is_kruskal,
    is_global=True,
)
high_degrees = Theorem(
    "high degrees", f"{UBDC}, Corollary 17", "d_0, ..., d_{h-1} >= 2 and r_l >= 2 d_l - 1", _is_high_degree
)
non_increasing = Theorem(
    "non-increasing widths",
    f"{UBDC}, Corollary 16",
    "d_0 >= ... >= d_{h-1} >= 2, degrees >= 2, and d_h >= 2 or r_{h-1} >= 3",
    _is_non_increasing,
)
bounded_decoder = Theorem(
    "bounded decoder",
    f"{UBDC}, Corollary 19",
    "d_0 >= ... >= d_b <= ... <= d_h, d_b >= 2, r_1, ..., r_b >= 2, d_l / r_l <= d_b - 1 for b < l < h",
    _is_bounded_decoder,
)
localization = Theorem(
    "localization",
    f"{UBDC}, Theorem 11 with Proposition 12",
    "every block (min(d_0, ..., d_{l-1}), d_l, d_{l+1}; r_l) satisfies Proposition 12",
    _is_localised,
)
kruskal_with_biases = Theorem(
    "biases",
    f"{UBDC}, Corollary 28",
    "r_l >= (2 (d_l + 1) - min(d_l + 1, d_{l+1})) / min(d_l, d_0, ..., d_{l-1})",
    _is_kruskal_with_biases,
)

THEOREMS = (
    one_layer,
    kruskal,
    high_degrees,
    non_increasing,
    bounded_decoder,
    localization,
    kruskal_with_biases,
)
