"""The evaluated Jacobian: one forward and one backward pass for all samples at once.

A sample is a random input x with a random covector c on the outputs; its row is the gradient of c · p_W(x) in the
weights. The functionals p ↦ c · p(x) span the dual of the ambient space and form an irreducible family, so K general
samples see a rank of min(K, dim V): the size of the matrix follows the dimension, never the ambient dimension.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.evidence.error import WORD, log2_trial_error
from algebra.evidence.evaluation import Evaluation, PoleError, WholeMatrix, compressed_rank
from algebra.memory import check_fits
from algebra.polynomial.activation import Activation, Power
from algebra.polynomial.height import entry_size
from algebra.polynomial.layout import layout
from algebra.random_words import residues
from algebra.rank.echelon import Echelon, default_block
from algebra.rank.modular import SINGLE_PRIME

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.typing import NDArray

    from algebra.evidence.evaluation import Seen
    from algebra.polynomial.architecture import Network
    from algebra.polynomial.layout import Layout
    from algebra.rank.field import PrimeField
    from algebra.types import Array


MANY_DRAWN, DRAWN_BYTES = 1 << 20, 48
"""From so many numbers on it is looked whether they fit into memory while they are drawn: digests of 32 bytes in a
list, twice their bytes one after the other, and the residues."""

STREAMED = 256
"""From this goal on the Jacobian is gathered block by block, as the elimination consumes it. Below, few random
combinations of the parameters are eliminated instead, so that no pivot block is singular."""


@dataclass(frozen=True)
class JacobianEvaluation(Evaluation):
    """The Jacobian of weights to functions of a network, as a matrix with generic entries.

    Rows are samples (a point with a covector on the outputs), columns are parameters.
    """

    network: Network

    rule = "jacobian-minor"

    @property
    def label(self) -> str:
        """Label of the network."""
        return self.network.label

    def suits(self, prime: int) -> bool:
        """Tell whether the prime divides no degree, no coefficient and no denominator of an activation."""
        return all(_suits(activation, prime) for activation in self.network.activations)

    def at(self, field: PrimeField, key: str, rows: int, word_size: int) -> Jacobian:
        """Evaluate under a key; see `jacobian`."""
        return jacobian(self.network, field, key, rows, word_size)

    def log2_error(self, rank: int, rows: int, word_size: int) -> float:
        """Bound how seldom a trial misses a rank; see `algebra.evidence.error`."""
        return log2_trial_error(entry_size(self.network, WORD * word_size, rows), rank, word_size)

    def details(self, seen: Seen) -> dict[str, Any]:
        """Return prime, key and word size."""
        return {"prime": seen.prime, "key": seen.key, "word_size": seen.word_size}

    def explain(self, seen: Seen) -> str:
        """Say where the rank was seen."""
        modulus = f"{seen.prime}" if seen.prime < 1 << 64 else f"a prime of {seen.prime.bit_length()} bits"
        where = f"modulo {modulus}, weights and samples from {seen.key!r}"
        return f"{seen.rank} <= dim: rank of the evaluated Jacobian {where}"


def _suits(activation: Activation, prime: int) -> bool:
    if isinstance(activation, Power):
        return activation.exponent % prime != 0
    coefficients = (*activation.numerator, *activation.denominator)
    return all(c.denominator % prime and (c == 0 or c.numerator % prime) for c in coefficients)


@dataclass(frozen=True, eq=False)
class Jacobian:
    """The evaluated Jacobian, factored: entry (place, sample) is adjoint[i, sample] times activation[j, sample].

    Parameters
    ----------
    layout : Layout
        Places of the parameters.
    field : PrimeField
    adjoints : array, shape (neurons of layers 1 … h, samples)
        Derivatives of c · p(x) in the pre-activations.
    activations : array, shape (neurons of layers 0 … h-1, and the constant 1, samples)
    """

    layout: Layout
    field: PrimeField
    adjoints: Array
    activations: Array

    def rank(self, goal: int) -> int:
        """Return the rank, followed up to `goal`; only as many parameters are gathered as the elimination consumes."""
        if self.layout.is_shared or goal < STREAMED or not self.field.is_float:
            return compressed_rank(self.transposed()[0], self.field.prime, goal)
        samples, is_single = self.adjoints.shape[1], self.field.prime <= SINGLE_PRIME
        form = Echelon(samples, self.field.prime, capacity=goal, is_single=is_single)
        whole, places = (self.narrowed() if is_single else self), self._free_places()
        order = places[shuffled(places.size)]
        step = default_block(samples)
        for start in range(0, order.size, step):
            form.add(whole.places(order[start : start + step]))
            if form.rank >= goal:
                break
        return form.rank

    def minor(self, size: int) -> tuple[list[int], list[int]]:
        """Return samples and parameters of a minor that is not zero, as large as the rank or `size`."""
        matrix, parameters = self.transposed(fix_gauge=self.field.prime > SINGLE_PRIME)
        return WholeMatrix(matrix, self.field.prime, is_transposed=True, names=parameters).minor(size)

    def narrowed(self) -> Jacobian:
        """Return the same in float32, which holds the products of residues up to `SINGLE_PRIME`."""
        return replace(self, adjoints=self.adjoints.astype(np.float32), activations=self.activations.astype(np.float32))

    @property
    def sees_all(self) -> bool:
        """Whether every neuron is seen at some sample: none is 0 everywhere, or without influence on the outputs."""
        return bool(self.adjoints.any(axis=1).all() and self.activations.any(axis=1).all())

    def _free_places(self) -> NDArray[np.intp]:
        """Return the places that the gauge leaves free; all of them where the weights that it fixes may well be 0."""
        return self.layout.free_places if self.field.prime > SINGLE_PRIME else np.arange(self.layout.parameter.size)

    def places(self, chosen: NDArray[np.intp]) -> Array:
        """Unreduced products, one row for each chosen place, one column for each sample."""
        product: Array = self.adjoints[self.layout.adjoint[chosen]]
        product *= self.activations[self.layout.activation[chosen]]
        return product

    def transposed(self, fix_gauge: bool = True) -> tuple[Array, NDArray[np.intp]]:
        """Return the reduced matrix (one row a parameter, one column a sample) and the parameters of its rows."""
        free = self.layout.free_places if fix_gauge else np.arange(self.layout.parameter.size)
        owners = self.layout.parameter[free]
        values = self.field.residues(self.places(free))
        if not self.layout.is_shared:
            return values, owners
        kept, row = np.unique(owners, return_inverse=True)
        summed = self.field.zeros((kept.size, values.shape[1]))
        np.add.at(summed, row, values)
        return self.field.residues(summed), kept


def shuffled(size: int) -> NDArray[np.intp]:
    """Return a random order that is the same on every machine (numpy fixes its bit streams, not its shuffles)."""
    return np.argsort(np.random.Philox(key=size).random_raw(size), kind="stable")


def jacobian(network: Network, field: PrimeField, key: str, samples: int, size: int = 1) -> Jacobian:
    """Evaluate the Jacobian at weights, points and covectors drawn from the streams of `key`.

    Parameters
    ----------
    network : PolynomialNetwork or ConvolutionalNetwork
    field : PrimeField
    key : str
        Key of the generator; the streams are ``weights``, ``points`` and ``covectors``.
    samples : int
        Number of pairs (x, c).
    size : int
        64-bit words in each drawn integer.

    Returns
    -------
    Jacobian

    Raises
    ------
    PoleError
        If a denominator of a rational activation vanishes.
    """
    plan = layout(network)
    outputs = plan.widths[-1]
    drawn = plan.parameters + samples * (plan.widths[0] + outputs)
    if drawn >= MANY_DRAWN:
        check_fits("network", network.label, DRAWN_BYTES * size * drawn)
    if plan.inputs is not None:
        points = _read_points(field, key, network.widths[0], plan.inputs, samples, size)
        streams = {"weights": plan.parameters, "covectors": samples * outputs}
        parameters, covectors = field.draw_streams(key, streams, size)
    else:
        streams = {"weights": plan.parameters, "points": samples * plan.widths[0], "covectors": samples * outputs}
        parameters, points, covectors = field.draw_streams(key, streams, size)
    return sweep(plan, field, parameters, points.reshape(samples, -1).T, covectors.reshape(samples, outputs).T)


def _read_points(field: PrimeField, key: str, inputs: int, read: NDArray[Any], samples: int, size: int) -> Array:
    """Draw only those coordinates of the points that the network reads, each as if all were drawn."""
    drawn = [
        residues(key, "points", sample * inputs + position, 1, size, field.prime)[0]
        for sample in range(samples)
        for position in map(int, read)
    ]
    return field.residues(np.array(drawn, np.int64 if field.is_float else object))


def forward(plan: Layout, field: PrimeField, parameters: Array, points: Array) -> tuple[list[Array], list[Array]]:
    """Evaluate the network at points given as columns: outputs of every layer, derivatives of every activation."""
    values, slopes = [np.ascontiguousarray(points)], []
    for layer in range(len(plan.widths) - 1):
        z = pre_activation(plan, field, parameters, layer, values[-1])
        if layer < len(plan.activations):
            z, slope = apply_activation(plan.activations[layer], field, z)
            slopes.append(slope)
        values.append(z)
    return values, slopes


def sweep(plan: Layout, field: PrimeField, parameters: Array, points: Array, covectors: Array) -> Jacobian:
    """Run the forward and the backward pass at given parameters, points and covectors (columns)."""
    values, slopes = forward(plan, field, parameters, points)
    adjoints = [np.ascontiguousarray(covectors)]
    for layer in range(len(plan.widths) - 2, 0, -1):
        weights = dense_weights(plan, field, parameters, layer)
        adjoints.append(field.times(field.multiply(weights.T, adjoints[-1]), slopes[layer - 1]))
    constant = field.ones((1, points.shape[1]))
    return Jacobian(plan, field, np.concatenate(adjoints[::-1]), np.concatenate([*values[:-1], constant]))


def dense_weights(plan: Layout, field: PrimeField, parameters: Array, layer: int) -> Array:
    """Return the matrix W of a layer (0 is the first), shape (d_l, d_{l-1})."""
    if plan.dense_layers is not None:
        start, stop, _ = plan.dense_layers[layer]
        return parameters[start:stop].reshape(plan.widths[layer + 1], plan.widths[layer])
    which, rows, columns, *_ = plan.bands[layer]
    matrix = field.zeros((plan.widths[layer + 1], plan.widths[layer]))
    matrix[rows, columns] = parameters[which]
    return matrix


def pre_activation(plan: Layout, field: PrimeField, parameters: Array, layer: int, values: Array) -> Array:
    """Return W a + b of a layer (0 is the first) for the columns of `values`."""
    z = field.multiply(dense_weights(plan, field, parameters, layer), values)
    if plan.dense_layers is not None:
        _, start, stop = plan.dense_layers[layer]
        if stop > start:
            z = field.plus(z, parameters[start:stop, None])
    return z


def apply_activation(activation: Activation, field: PrimeField, z: Array) -> tuple[Array, Array]:
    """Return σ(z) and σ'(z)."""
    if isinstance(activation, Power):
        r = activation.exponent
        below = field.power(z, r - 1)
        return field.times(below, z), field.times(below, field.number(r))
    top, top_slope = _polynomial(activation.numerator, field, z)
    bottom, bottom_slope = _polynomial(activation.denominator, field, z)
    if not np.all(bottom != 0):
        raise PoleError("a denominator vanishes at a sample")
    inverse = field.inverse(bottom)
    value = field.times(top, inverse)
    slope = field.plus(top_slope, -field.times(value, bottom_slope))
    return value, field.times(slope, inverse)


def _polynomial(coefficients: tuple[Fraction, ...], field: PrimeField, z: Array) -> tuple[Array, Array]:
    """Horner's rule for a polynomial and its derivative."""
    value, slope = field.zeros(z.shape), field.zeros(z.shape)
    for c in reversed(coefficients):
        slope = field.plus(field.times(slope, z), value)
        value = field.plus(field.times(value, z), field.number(c) * field.ones(z.shape))
    return value, slope
