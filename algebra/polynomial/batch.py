"""The dimensions of many small networks at once.

Networks of one depth, with the same degrees and all or none with biases, are evaluated together: widths are padded
with dead neurons and samples with zeros, which give zero rows and columns and leave the ranks as they are. Weights,
points and covectors of each network are those of its first trial in `algebra.polynomial.dimension`, so that the
evidence is the same. Random combinations of the parameters make the leading minors generic: one elimination without
a search for pivots runs across the batch. A rank that meets a bound is proved; all else is done again one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError, as_integer
from algebra.evidence.error import checked_log2_error
from algebra.evidence.evaluation import Seen, combinations, suitable_prime, trial_key
from algebra.evidence.generic_rank import Known, bounds_of
from algebra.polynomial.architecture import ConvolutionalArchitecture, PolynomialArchitecture
from algebra.polynomial.dimension import (
    TINY,
    DimensionQuestion,
    best_upper_bound,
    dimension,
    elementary_bound,
    explained_bound,
)
from algebra.polynomial.jacobian import JacobianEvaluation, apply_activation
from algebra.rank.batch import eliminate
from algebra.rank.field import PrimeField
from algebra.rank.modular import CHUNK, centre
from algebra.sequences import as_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from algebra.evidence.bounds import Bounds
    from algebra.polynomial.architecture import Network
    from algebra.types import Array


MOST_PARAMETERS = 100
"""Larger networks gain nothing: they go one by one."""

LEAST_BATCH = 8
"""Fewer networks of one kind are faster one by one."""

MOST_BATCH = 128
"""Networks evaluated together: more are not of about one size."""

WANTED = "a sequence of PolynomialNetwork or ConvolutionalNetwork"


def dimensions(networks: Iterable[Network], seed: int = 0) -> list[Bounds]:
    """Bound the dimensions of many networks: what ``network.dimension(seed)`` gives for each, sooner.

    Small networks with powers as activations are computed together, the others one by one.

    Parameters
    ----------
    networks : iterable of PolynomialNetwork or ConvolutionalNetwork
        Of any architectures; those of one depth with the same degrees are the ones that gain.
    seed : int
        Any integer.

    Returns
    -------
    list of Bounds
        In the order of the networks.

    Raises
    ------
    InputError
        For a bad seed, something that is not a network, or a network too large for this machine's memory.

    See Also
    --------
    algebra.polynomial.dimension.dimension : The same for one network.

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> dimensions([PolynomialNetwork((2, width, 1), degree=3) for width in (1, 2, 3)])
    [2 (proved), 4 (proved), 4 (proved)]
    """
    seed, given = as_integer("seed", seed), _checked(networks)
    found = proved_dimensions(given, seed)
    for network in given:
        if network not in found:
            found[network] = dimension(network, seed)
    return [found[network] for network in given]


def proved_dimensions(
    networks: Sequence[Network], seed: int = 0, log2_error: float | None = None
) -> dict[Network, Bounds]:
    """Return the dimensions that are proved when networks are evaluated together; the others are left out.

    Networks that gain nothing by it are left out, and those whose first rank meets no upper bound. What is proved does
    not depend on the error that others may have, so that `log2_error` is checked only.

    Parameters
    ----------
    networks : sequence of PolynomialNetwork or ConvolutionalNetwork
    seed : int
    log2_error : float, optional

    Returns
    -------
    dict of networks to Bounds

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> small = [PolynomialNetwork((2, width, 1), degree=3) for width in range(1, 9)]
    >>> found = proved_dimensions([*small, PolynomialNetwork((20, 20, 20), degree=2)])
    >>> len(found), found[small[1]]
    (8, 4 (proved))
    """
    checked_log2_error(log2_error)
    found: dict[Network, Bounds] = {}
    for members in _groups(networks):
        found.update(_proved(members, seed))
    return found


def gains(network: Network) -> bool:
    """Whether a network is evaluated sooner together with others of its kind: small, with powers as activations.

    Parameters
    ----------
    network : PolynomialNetwork or ConvolutionalNetwork

    Returns
    -------
    bool

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> gains(PolynomialNetwork((2, 3, 1), degree=2)), gains(PolynomialNetwork((20, 20, 20), degree=2))
    (True, False)
    """
    is_power = isinstance(network, PolynomialArchitecture) and network.degrees is not None
    return is_power and network.parameters <= MOST_PARAMETERS


def _checked(networks: Any) -> list[Network]:
    given = as_list("networks", networks, WANTED)
    for i, network in enumerate(given):
        if not isinstance(network, PolynomialArchitecture | ConvolutionalArchitecture):
            raise InputError(f"networks[{i}]", network, "a PolynomialNetwork or a ConvolutionalNetwork")
    return given


def _groups(networks: Sequence[Network]) -> list[list[PolynomialArchitecture]]:
    """Small networks that can be evaluated together, each once."""
    groups: dict[tuple[Any, ...], list[PolynomialArchitecture]] = {}
    for network in dict.fromkeys(networks):
        if isinstance(network, PolynomialArchitecture) and gains(network):
            groups.setdefault((network.degrees, network.biases), []).append(network)
    return [part for group in groups.values() if len(group) >= LEAST_BATCH for part in _parts(group)]


def _parts(group: list[PolynomialArchitecture]) -> list[list[PolynomialArchitecture]]:
    """Cut a group into equal parts of networks of about one size."""
    ordered = sorted(group, key=lambda network: network.expected_dimension)
    count = -(-len(ordered) // MOST_BATCH)
    ends = [len(ordered) * i // count for i in range(count + 1)]
    return [ordered[start:end] for start, end in pairwise(ends)]


def _proved(networks: list[PolynomialArchitecture], seed: int) -> dict[Network, Bounds]:
    """Dimensions of those networks of a group whose first rank meets an upper bound."""
    evaluations = [JacobianEvaluation(network) for network in networks]
    field = PrimeField(suitable_prime(evaluations[0]))
    keys = [trial_key(evaluation, seed, "trial", 0) for evaluation in evaluations]

    # As for one network: of a tiny one the rank comes before the recursive bounds.
    tiny = [network.expected_dimension <= TINY for network in networks]
    bounds = [
        elementary_bound(network) if is_tiny else best_upper_bound(network)
        for network, is_tiny in zip(networks, tiny, strict=True)
    ]
    ranks = _ranks(networks, field, keys, [bound.value for bound in bounds])

    found: dict[Network, Bounds] = {}
    for evaluation, key, rank, bound, is_tiny in zip(evaluations, keys, ranks, bounds, tiny, strict=True):
        network = evaluation.network
        least = best_upper_bound(network) if is_tiny and rank < bound.value else bound
        least = explained_bound(network) if rank < least.value else least
        if rank == least.value:
            seen = Seen(evaluation, key, field.prime, 1, rank)
            found[network] = bounds_of(DimensionQuestion(network), Known(seed, seen, least, seen, 1))
    return found


def _ranks(networks: list[PolynomialArchitecture], field: PrimeField, keys: list[str], bounds: list[int]) -> list[int]:
    """Lower bounds of the ranks of the evaluated Jacobians, almost always the ranks."""
    compressed = _Stack.draw(networks, field, keys, bounds).compressed()
    ranks, _ = eliminate(compressed, np.array(bounds), field.prime)
    return [int(rank) for rank in ranks]


@dataclass(frozen=True, eq=False)
class _Stack:
    """Networks padded to common widths, at their weights, points and covectors; the batch is the first axis.

    Parameters
    ----------
    model : PolynomialArchitecture
        Any of the networks: its activations are those of all.
    field : PrimeField
    weights : list of arrays, shape (networks, d_l, d_{l-1})
    shifts : list of arrays, shape (networks, d_l, 1)
        The biases.
    points : array, shape (networks, d_0, samples)
    covectors : array, shape (networks, d_h, samples)
    samples : list of int
        How many each network has; the rest is zero.
    """

    model: PolynomialArchitecture
    field: PrimeField
    weights: list[Array]
    shifts: list[Array]
    points: Array
    covectors: Array
    samples: list[int]

    @classmethod
    def draw(
        cls, networks: list[PolynomialArchitecture], field: PrimeField, keys: list[str], samples: list[int]
    ) -> _Stack:
        """Draw what the first trial of each network draws: the first of its samples, so many for each."""
        count, most = len(networks), max(samples)
        widths = [max(each) for each in zip(*(network.widths for network in networks), strict=True)]
        stack = cls(
            networks[0],
            field,
            [field.zeros((count, after, before)) for before, after in pairwise(widths)],
            [field.zeros((count, after, 1)) for after in widths[1:]],
            field.zeros((count, widths[0], most)),
            field.zeros((count, widths[-1], most)),
            samples,
        )
        for i in range(count):
            stack._fill(i, networks[i], keys[i], samples[i])
        return stack

    def _fill(self, i: int, network: PolynomialArchitecture, key: str, samples: int) -> None:
        inputs, outputs = network.widths[0], network.widths[-1]
        streams = {"weights": network.parameters, "points": samples * inputs, "covectors": samples * outputs}
        parameters, points, covectors = self.field.draw_streams(key, streams)
        self.points[i, :inputs, :samples] = points.reshape(samples, inputs).T
        self.covectors[i, :outputs, :samples] = covectors.reshape(samples, outputs).T
        start = 0
        for layer, (before, after) in enumerate(pairwise(network.widths)):
            stop = start + before * after
            self.weights[layer][i, :after, :before] = parameters[start:stop].reshape(after, before)
            start = stop
            if network.biases:
                start += after
                self.shifts[layer][i, :after, 0] = parameters[stop:start]

    @cached_property
    def _forward(self) -> tuple[list[Array], list[Array]]:
        """Inputs of every layer, derivatives of every activation."""
        values, slopes = [self.points], []
        for weights, shifts, activation in zip(self.weights, self.shifts, self.model.activations, strict=False):
            z = self.field.multiply(weights, values[-1])
            if self.model.biases:
                z = self.field.plus(z, shifts)
            z, slope = apply_activation(activation, self.field, z)
            values.append(z)
            slopes.append(slope)
        return values, slopes

    def _factors(self) -> list[tuple[Array, Array]]:
        """Adjoints and activations of each layer, the last layer first."""
        values, slopes = self._forward
        adjoint, found = self.covectors, []
        for layer in reversed(range(len(values))):
            inputs = values[layer]
            if self.model.biases:
                constant = self.field.ones((len(inputs), 1, inputs.shape[2]))
                inputs = np.concatenate([inputs, constant], axis=1)
            found.append((adjoint, inputs))
            if layer:
                back = self.field.multiply(self.weights[layer].transpose(0, 2, 1), adjoint)
                adjoint = self.field.times(back, slopes[layer - 1])
        return found

    def compressed(self) -> Array:
        """Random combinations of the parameters' rows, as many as samples; the batch comes last.

        The coefficients of a layer's weights are a matrix u v^T, so that only u . adjoints times v . activations is
        to be computed. These matrices are an irreducible family that spans all: general ones do as well as any.
        """
        count, _, samples = self.points.shape
        total = np.zeros((samples, samples, count))
        factors = self._factors()
        cuts = np.cumsum([side.shape[1] for pair in factors for side in pair])
        mixer = np.split(combinations(samples, cuts[-1], self.field.prime), cuts[:-1], axis=1)
        step = max(1, CHUNK // samples**2)
        for start in range(0, count, step):
            some = slice(start, start + step)
            used = slice(max(self.samples[some]))
            sides = [side[some, :, used] for pair in factors for side in pair]
            mixed = [self.field.multiply(u[used], side) for u, side in zip(mixer, sides, strict=True)]
            terms = [self.field.times(a, b) for a, b in zip(mixed[::2], mixed[1::2], strict=True)]
            total[used, used, some] = centre(np.add.reduce(terms), self.field.prime).transpose(1, 2, 0)
        return total
