"""Gradient, Hessian and lowest curvature of a deep linear network in float64: for choosing, never for proving."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np

from algebra.types import Floats

DENSE = 600
LANCZOS_STEPS = 80


@dataclass(frozen=True)
class FloatNetwork:
    """Data X, Y and weights W_1 ... W_H in float64.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> FloatNetwork(one, 2 * one, (one, one)).loss
    0.5
    """

    X: Floats
    Y: Floats
    W: tuple[Floats, ...]

    @cached_property
    def above(self) -> list[Floats]:
        """W_H ... W_(i+1) for i = 0 to H."""
        return list(accumulate(reversed(self.W), np.matmul, initial=np.eye(len(self.Y))))[::-1]

    @cached_property
    def below(self) -> list[Floats]:
        """W_(i-1) ... W_1 X for i = 1 to H + 1."""
        return list(accumulate(self.W, lambda product, w: w @ product, initial=self.X))

    @cached_property
    def residual(self) -> Floats:
        """R X - Y."""
        return self.below[-1] - self.Y

    @property
    def loss(self) -> float:
        """1/2 ||R X - Y||^2."""
        return float(np.sum(self.residual**2)) / 2

    @cached_property
    def gradient(self) -> tuple[Floats, ...]:
        """Gradient with respect to each layer."""
        pairs = zip(self.above[1:], self.below, strict=False)
        return tuple(a.T @ self.residual @ c.T for a, c in pairs)

    @property
    def gradient_norm(self) -> float:
        """Norm over all layers."""
        return float(np.sqrt(sum(np.sum(g**2) for g in self.gradient)))

    @property
    def parameters(self) -> int:
        """Number of weights."""
        return sum(w.size for w in self.W)

    def moved(self, step: Floats) -> FloatNetwork:
        """Return the network with a flat vector added to the weights."""
        return FloatNetwork(self.X, self.Y, tuple(w + v for w, v in zip(self.W, self.split(step), strict=True)))

    def split(self, flat: Floats) -> tuple[Floats, ...]:
        """Cut a flat vector into matrices of the shapes of the layers."""
        ends = np.cumsum([w.size for w in self.W])[:-1]
        return tuple(part.reshape(w.shape) for part, w in zip(np.split(flat, ends), self.W, strict=True))

    def hessian_times(self, flat: Floats) -> Floats:
        """Return the Hessian of the loss times a flat vector."""
        moves = self.split(flat)

        # Forwards: how the products below each layer change.
        forward = [np.zeros_like(self.X)]
        for w, v, c in zip(self.W, moves, self.below, strict=False):
            forward.append(w @ forward[-1] + v @ c)

        # Backwards: the residual and its change, seen through the layers above; each layer gives its part.
        seen, change = self.residual, forward[-1]
        parts = []
        layers = zip(self.W[::-1], moves[::-1], self.below[-2::-1], forward[-2::-1], strict=True)
        for w, v, c, moved in layers:
            parts.append((change @ c.T + seen @ moved.T).ravel())
            change = w.T @ change + v.T @ seen
            seen = w.T @ seen
        return np.concatenate(parts[::-1])

    def hessian(self) -> Floats:
        """Return the dense Hessian: as many products as there are weights."""
        columns = np.array([self.hessian_times(unit) for unit in np.eye(self.parameters)])
        symmetric: Floats = (columns + columns.T) / 2
        return symmetric


def least_curvature(network: FloatNetwork) -> tuple[Floats, ...]:
    """Return a direction of about the lowest second derivative: dense up to 600 weights, else by Lanczos."""
    size = network.parameters
    with np.errstate(all="ignore"):
        if size > DENSE:
            return network.split(lanczos(network, np.random.default_rng(0).standard_normal(size)))
        matrix = network.hessian()
    if not np.isfinite(matrix).all():
        return network.split(np.eye(1, size)[0])
    return network.split(np.linalg.eigh(matrix)[1][:, 0])


def lanczos(network: FloatNetwork, start: Floats) -> Floats:
    """Return about the eigenvector of the Hessian's least eigenvalue, by Lanczos' method.

    Parameters
    ----------
    network : FloatNetwork
    start : ndarray, shape (parameters,)
        Not zero.

    Returns
    -------
    ndarray, shape (parameters,)
    """
    basis = [start / np.linalg.norm(start)]
    images: list[Floats] = []
    for _ in range(LANCZOS_STEPS):
        images.append(network.hessian_times(basis[-1]))
        rest = images[-1]
        for _ in range(2):
            known = np.array(basis)
            rest = rest - known.T @ (known @ rest)
        norm = float(np.linalg.norm(rest))
        if norm < 1e-12 * max(1.0, float(np.linalg.norm(images[-1]))):
            break
        basis.append(rest / norm)
    known = np.array(basis[: len(images)])
    small = known @ np.array(images).T
    found: Floats = known.T @ np.linalg.eigh((small + small.T) / 2)[1][:, 0]
    return found
