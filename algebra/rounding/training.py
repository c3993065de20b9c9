"""Training a small network in fixed point, by additions and shifts of integers.

The network has one hidden layer of ReLU and a softmax; weights, activations, errors and updates are words over 2^-FL.
Matrix products are exact, and rounded once.  Softmax alone is computed in float64 and then rounded from a grid of
2^-30, so that the result of a run is ``numeric``: everything else is exact, and the same on every machine.

    z1 = Q(X W1 + b1),  a1 = max(z1, 0),  z2 = Q(a1 W2 + b2),  d2 = Q(softmax(z2) - labels)
    d1 = Q(d2 W2^T) [z1 > 0],  W <- W - Q(step sum a d^T),  b <- b - Q(step sum d)

Q rounds and then saturates.  It is what decides when learning stops: an update below half a unit is lost by every
rounding to nearest, and is kept in the mean by stochastic rounding.  The experiment is that of Gupta, Agrawal,
Gopalakrishnan and Narayanan, ICML 2015, arXiv:1502.02551, on a smaller scale.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from algebra.errors import InputError, as_integer
from algebra.rank.threads import LEAST_LIMITED, one_thread
from algebra.rounding.arrays import exact_product, round_array, stochastic_round_array
from algebra.rounding.fixed_point import Mode
from algebra.shown import Shown

if TYPE_CHECKING:
    from algebra.types import Array, Floats

Rounding = Mode | Literal["stochastic"]

SOFTMAX_BITS = 30  # of the grid on which softmax is written down before it is rounded
INPUT_BITS = 20  # of the grid on which inputs are written down
SPREAD = 0.1  # standard deviation of the first weights
MOST_BITS = 20  # of a word: as many as inputs are written down with; products of up to 2^13 terms stay in float64


@dataclass(frozen=True)
class Recipe(Shown):
    """How the network is trained.

    Parameters
    ----------
    hidden : int
        Neurons of the hidden layer.
    epochs, batch : int
    step_shift : int
        The update is 2^-step_shift times the sum of the gradients over the batch.
    word_bits : int
        Length of the words, which saturate.
    random_bits : int, optional
        Length of the random words of stochastic rounding, where fewer are used than are dropped.
    centred : bool
        Whether half a unit of the random word is added to it, which centres the bias of few random bits.

    Raises
    ------
    InputError
        If a number is out of range.
    """

    hidden: int = 32
    epochs: int = 10
    batch: int = 50
    step_shift: int = 9
    word_bits: int = 16
    random_bits: int | None = None
    centred: bool = False

    def __post_init__(self) -> None:
        for name, least, most in (
            ("hidden", 1, 4096), ("epochs", 0, 10_000), ("batch", 1, 4096), ("step_shift", 0, 40),
            ("word_bits", 2, MOST_BITS), ("random_bits", 0, 62),
        ):  # fmt: skip
            if getattr(self, name) is None:
                continue
            if as_integer(name, getattr(self, name), least) > most:
                raise InputError(name, getattr(self, name), f"at most {most}")


@dataclass(frozen=True)
class Run(Shown):
    """What became of one training.

    Parameters
    ----------
    fraction_bits : int or None
        None: float64.
    rounding : Mode or str or None
    seed : int
        Of the first weights, the order of the examples and the random words, all from one PCG64 generator.
    train_accuracy, test_accuracy : float
        Of the trained network, whose activations are rounded to nearest.
    lost : float or None
        Share of the updates of weights that were not 0 before rounding and are 0 behind it.
    saturated : float or None
        Share of the numbers that were beyond the range of the words while training: without any, stochastic rounding is
        unbiased at every step.
    accuracies : tuple of float
        On the training set, after each epoch.
    """

    fraction_bits: int | None
    rounding: Rounding | None
    seed: int
    train_accuracy: float
    test_accuracy: float
    lost: float | None
    saturated: float | None
    accuracies: tuple[float, ...] = ()


@dataclass
class _Counter:
    """How many of how many."""

    found: int = 0
    total: int = 0

    @property
    def share(self) -> float:
        return self.found / self.total if self.total else 0.0


@dataclass
class _Words:
    """Rounding to words, with a count of the updates that are lost and of the numbers that saturate."""

    fraction_bits: int
    rounding: Rounding
    recipe: Recipe
    random: np.random.Generator
    lost: _Counter = field(default_factory=_Counter)
    saturated: _Counter = field(default_factory=_Counter)

    def rounded(self, values: Array, shift: int) -> Array:
        """Drop bits of integers, then saturate."""
        if self.rounding == "stochastic":
            few = self.recipe.random_bits
            bits = None if few is None else min(few, shift)
            return self.clipped(stochastic_round_array(values, shift, self.random, bits, self.recipe.centred))
        return self.clipped(round_array(values, shift, self.rounding))

    def nearest(self, values: Array, shift: int) -> Array:
        """Drop bits as evaluation does, and do not count."""
        return self._clipped(round_array(values, shift, Mode.NEAREST_EVEN))

    def update(self, values: Array, shift: int) -> Array:
        """Drop bits of an update."""
        found = self.rounded(values, shift)
        self.lost.found += int(((values != 0) & (found == 0)).sum())
        self.lost.total += int((values != 0).sum())
        return found

    def clipped(self, values: Array) -> Array:
        found = self._clipped(values)
        self.saturated.found += int((found != values).sum())
        self.saturated.total += int(values.size)
        return found

    def _clipped(self, values: Array) -> Array:
        half = 1 << (self.recipe.word_bits - 1)
        found: Array = np.clip(values, -half, half - 1)
        return found


def train(
    images: Any,
    labels: Any,
    fraction_bits: int | None,
    rounding: Rounding | None = Mode.NEAREST_EVEN,
    seed: int = 0,
    recipe: Recipe | None = None,
    held_out: tuple[Any, Any] | None = None,
) -> Run:
    """Train a network of one hidden layer, in fixed point or in float64.

    Parameters
    ----------
    images : array_like of float, (examples, inputs)
    labels : array_like of int, (examples,)
        From 0 on.
    fraction_bits : int or None
        Bits behind the point of all words; None: float64 without any rounding of ours.
    rounding : Mode or "stochastic"
        Of everything while training.
    seed : int
    recipe : Recipe, optional
    held_out : (array_like, array_like), optional
        Images and labels that are tested.

    Returns
    -------
    Run

    Raises
    ------
    InputError
        If images and labels do not fit, or a number is out of range.

    Examples
    --------
    >>> images = np.repeat(np.eye(4), 25, axis=0)
    >>> labels = np.repeat([0, 1, 0, 1], 25)
    >>> found = train(images, labels, 4, "stochastic", recipe=Recipe(hidden=8, epochs=20, batch=10, step_shift=6))
    >>> found.train_accuracy, found.saturated
    (1.0, 0.0)
    """
    recipe = Recipe() if recipe is None else recipe
    X, targets, classes = _checked(images, labels)
    random = np.random.default_rng(as_integer("seed", seed, 0))
    shapes = ((X.shape[1], recipe.hidden), (recipe.hidden, classes))
    weights = [random.normal(0, SPREAD, shape) for shape in shapes]
    tested = (X, targets) if held_out is None else _checked(*held_out, X.shape[1], classes)[:2]
    if fraction_bits is None:
        with one_thread(LEAST_LIMITED):  # of a batch at a time: a second thread only waits
            return _in_floats(X, targets, weights, random, seed, recipe, tested)
    if as_integer("fraction_bits", fraction_bits, 0) > recipe.word_bits - 1:
        raise InputError("fraction_bits", fraction_bits, f"less than the {recipe.word_bits} bits of the words")
    if not isinstance(rounding, Mode) and rounding != "stochastic":
        raise InputError("rounding", rounding, 'a Mode, or "stochastic"')

    words = _Words(fraction_bits, rounding, recipe, random)
    first = [words.nearest(_on_grid(W, SOFTMAX_BITS), SOFTMAX_BITS - fraction_bits) for W in weights]
    network = _FixedPoint(words, first)
    inputs, held = (words.nearest(_on_grid(x, INPUT_BITS), INPUT_BITS - fraction_bits) for x in (X, tested[0]))
    accuracies = []
    with one_thread(LEAST_LIMITED):
        for _ in range(recipe.epochs):
            for chosen in _batches(len(X), recipe.batch, random):
                network.step(inputs[chosen], targets[chosen])
            accuracies.append(network.accuracy(inputs, targets))
        reached = network.accuracy(inputs, targets), network.accuracy(held, tested[1])
    shares = words.lost.share, words.saturated.share
    return Run(fraction_bits, rounding, seed, *reached, *shares, tuple(accuracies))


def _checked(
    images: Any, labels: Any, inputs: int | None = None, classes: int | None = None
) -> tuple[Floats, Array, int]:
    X, targets = np.asarray(images, dtype=np.float64), np.asarray(labels)

    # Examples are rows.
    is_matrix = X.ndim == 2 and X.size and np.isfinite(X).all()
    if not is_matrix or (inputs is not None and X.shape[1] != inputs):
        raise InputError("images", f"of shape {X.shape}", "a matrix of finite numbers, one row an example")

    # Labels number the classes.
    if targets.shape != X.shape[:1] or targets.dtype.kind not in "iu" or targets.min() < 0:
        raise InputError("labels", f"of shape {targets.shape}, {targets.dtype}", "integers from 0 on, one an example")
    greatest = int(targets.max())
    count = greatest + 1 if classes is None else classes
    if greatest >= count or count > 4096:
        raise InputError("labels", greatest, f"below {min(count, 4096)}")
    return X, targets, count


def _on_grid(values: Floats, bits: int) -> Array:
    """Write floats as integers over 2^bits, nearest."""
    scaled = np.rint(np.ldexp(values, bits))
    if (abs(scaled) >= 2.0**52).any():
        raise InputError("images", float(abs(values).max()), f"below 2^{52 - bits}")
    return np.asarray([int(x) for x in scaled.ravel()], dtype=np.int64).reshape(values.shape)


def _batches(count: int, size: int, random: np.random.Generator) -> Iterator[Array]:
    order = random.permutation(count)
    return (order[first : first + size] for first in range(0, count, size))


def _softmax(logits: Floats) -> Floats:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    found: Floats = shifted / shifted.sum(axis=1, keepdims=True)
    return found


@dataclass
class _FixedPoint:
    """The network in words."""

    words: _Words
    weights: list[Array]
    biases: list[Array] = field(init=False)

    def __post_init__(self) -> None:
        self.biases = [np.zeros(W.shape[1], dtype=np.int64) for W in self.weights]

    def _sums(self, layer: int, values: Array) -> Array:
        """Return W^T x + b exactly, over 2^-2FL."""
        found: Array = exact_product(values, self.weights[layer]) + (self.biases[layer] << self.words.fraction_bits)
        return found

    def step(self, X: Array, targets: Array) -> None:
        """Take one step of stochastic gradient descent."""
        words, bits, step_shift = self.words, self.words.fraction_bits, self.words.recipe.step_shift
        z1 = words.rounded(self._sums(0, X), bits)
        a1 = np.maximum(z1, 0)
        z2 = words.rounded(self._sums(1, a1), bits)

        # softmax minus labels, from a fine grid; errors of the hidden layer
        errors = _softmax(np.ldexp(z2.astype(np.float64), -bits))
        errors[np.arange(len(targets)), targets] -= 1
        d2 = words.rounded(_on_grid(errors, SOFTMAX_BITS), SOFTMAX_BITS - bits)
        d1 = words.rounded(exact_product(d2, self.weights[1].T), bits) * (z1 > 0)

        for layer, values, deltas in ((0, X, d1), (1, a1, d2)):
            update = words.update(exact_product(values.T, deltas), bits + step_shift)
            self.weights[layer] = words.clipped(self.weights[layer] - update)
            shift = words.rounded(deltas.sum(axis=0), step_shift)
            self.biases[layer] = words.clipped(self.biases[layer] - shift)

    def accuracy(self, X: Array, targets: Array) -> float:
        """Return the share of examples that are classified rightly, rounding to nearest."""
        words, bits = self.words, self.words.fraction_bits
        a1 = np.maximum(words.nearest(self._sums(0, X), bits), 0)
        z2 = words.nearest(self._sums(1, a1), bits)
        return float((z2.argmax(axis=1) == targets).mean())


def _in_floats(
    X: Floats, targets: Array, weights: Sequence[Floats], random: np.random.Generator, seed: int, recipe: Recipe,
    tested: tuple[Floats, Array],
) -> Run:  # fmt: skip
    """Train in float64, as a comparison."""
    W1, W2 = (W.copy() for W in weights)
    b1, b2 = (np.zeros(W.shape[1]) for W in weights)
    step = 2.0**-recipe.step_shift

    def accuracy(images: Floats, labels: Array) -> float:
        logits = np.maximum(images @ W1 + b1, 0) @ W2 + b2
        return float((logits.argmax(axis=1) == labels).mean())

    accuracies = []
    for _ in range(recipe.epochs):
        for chosen in _batches(len(X), recipe.batch, random):
            x, labels = X[chosen], targets[chosen]
            z1 = x @ W1 + b1
            a1 = np.maximum(z1, 0)
            d2 = _softmax(a1 @ W2 + b2)
            d2[np.arange(len(labels)), labels] -= 1
            d1 = (d2 @ W2.T) * (z1 > 0)
            W1 -= step * (x.T @ d1)
            W2 -= step * (a1.T @ d2)
            b1 -= step * d1.sum(axis=0)
            b2 -= step * d2.sum(axis=0)
        accuracies.append(accuracy(X, targets))
    return Run(None, None, seed, accuracy(X, targets), accuracy(*tested), None, None, tuple(accuracies))
