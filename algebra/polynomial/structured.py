r"""The rank of a Jacobian whose last layers are eliminated output by output.

Samples carry unit covectors instead of random ones: :math:`n_k` points for output k. The row of a parameter that only
output k can see (*local*) is zero in the columns of all others, so local rows are eliminated inside :math:`n_k`
columns. What is left of the others (*global*) after their reduction goes to one elimination of U less the local rank.
Only primes that float64 serves.

*Level 0* has :math:`W_h = [I \mid R]`, all else general. Local are :math:`W_h` and the weights into the first
:math:`d_h` neurons of layer h-1, so the large elimination is of size :math:`U - d_h (d_{h-1} + d_{h-2} - 1)`. The rank
is the generic one: the last weights may be multiplied by any invertible matrix from the left; and for balanced
:math:`n_k` nothing is lost by unit covectors. Let f(S) be the generic rank of all functionals of the outputs in S.
Outputs may be permuted, so it depends on \|S\| only; it is submodular, so its increments decrease, and balanced
:math:`n_k` whose sum is f(all) satisfy :math:`\sum_{k \in S} n_k \le f(S)`. By Rado's theorem there are so many
independent vectors in the spans of the outputs, and general points give them, because a minor is linear in each.

*Level 1* has one entry in each column of :math:`W_h`: every neuron of layer h-1 is seen by one output, and
:math:`W_{h-1}` is local. At *level 2* :math:`W_{h-1}` falls into blocks as well, and :math:`W_{h-2}` is local too.
These weights are special: their rank is a lower bound, as for any weights, so meeting U is a proof; else nothing is
lost but the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.evidence.evaluation import Evaluation
from algebra.polynomial.jacobian import Jacobian, JacobianEvaluation, shuffled, sweep
from algebra.polynomial.layout import layout
from algebra.rank.echelon import Echelon, default_block
from algebra.rank.modular import SINGLE_PRIME, centre, multiply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from algebra.evidence.evaluation import Seen
    from algebra.polynomial.architecture import PolynomialArchitecture
    from algebra.polynomial.layout import Layout
    from algebra.rank.field import PrimeField
    from algebra.types import Array, Floats

    Places = NDArray[np.intp]

LEVELS = (0, 1, 2)

NOBODY = -1
"""Owner of a neuron that several outputs see, or none."""


def has_level(network: PolynomialArchitecture, level: int) -> bool:
    """Tell whether a level has a meaning of its own: at least two outputs, and a layer whose neurons they share out.

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> network = PolynomialNetwork((3, 4, 6, 2), degree=2)
    >>> [has_level(network, level) for level in LEVELS], has_level(PolynomialNetwork((3, 4, 1), degree=2), 0)
    ([True, True, True], False)
    """
    outputs, depth = network.widths[-1], len(network.widths) - 1
    if outputs < 2 or depth < 2:
        return False
    shared_out = network.widths[-1 - level : -1]
    return level < depth and all(width >= outputs for width in shared_out)


def owners_of(width: int, outputs: int) -> Places:
    """Share neurons out among the outputs, in intervals as equal as possible.

    Examples
    --------
    >>> owners_of(5, 2)
    array([0, 0, 0, 1, 1])
    """
    found: Places = np.arange(width) * outputs // width
    return found


def special_weights(plan: Layout, field: PrimeField, parameters: Array, level: int) -> Array:
    """Return general parameters with the last matrices made special; see the levels above."""
    assert plan.dense_layers is not None
    changed, outputs, last = parameters.copy(), plan.widths[-1], len(plan.widths) - 2

    def matrix(layer: int) -> Array:
        start, stop, _ = plan.dense_layers[layer]  # type: ignore[index]
        found: Array = changed[start:stop].reshape(plan.widths[layer + 1], plan.widths[layer])
        return found

    if level == 0:
        size = min(outputs, plan.widths[-2])
        matrix(last)[:size, :size] = np.eye(size)
        return changed

    # A neuron of layer h-1 is seen by its owner alone; at level 2 it sees only those of layer h-2 with its owner.
    owners = owners_of(plan.widths[-2], outputs)
    matrix(last)[...] = owners == np.arange(outputs)[:, None]
    if level == 2:
        matrix(last - 1)[owners[:, None] != owners_of(plan.widths[-3], outputs)] = 0
    return changed


@dataclass(frozen=True)
class StructuredEvaluation(Evaluation):
    """The Jacobian of a dense network at weights of a level, samples with unit covectors."""

    network: PolynomialArchitecture
    level: int

    rule = "structured-minor"

    @property
    def label(self) -> str:
        """Label of the network, with the level."""
        return f"{self.network.label}/level={self.level}"

    def suits(self, prime: int) -> bool:
        """Tell whether the prime divides nothing of an activation."""
        return JacobianEvaluation(self.network).suits(prime)

    def at(self, field: PrimeField, key: str, rows: int, word_size: int) -> StructuredJacobian:
        """Evaluate at the weights of the level: so many samples in all, some more if they do not share out."""
        plan = layout(self.network)
        drawn = field.draw(key, "weights", (plan.parameters,), word_size)
        parameters = special_weights(plan, field, drawn, self.level)
        owners = owners_of_neurons(plan, parameters)
        free = free_places(plan, parameters)

        # As many samples of an output as it has local parameters, and an equal share of what is left.
        outputs = plan.widths[-1]
        of_places = owners[plan.adjoint[free]]
        local = np.bincount(of_places[of_places != NOBODY], minlength=outputs)
        left = rows - int(local.sum())
        if self.level == 0 or left < 0:
            local, left = np.zeros(outputs, np.intp), rows
        counts = local + -(-left // outputs)

        points = [field.draw(key, f"points-{k}", (int(n), plan.widths[0]), word_size) for k, n in enumerate(counts)]
        covectors = np.repeat(np.eye(outputs), counts, axis=1)
        whole = sweep(plan, field, parameters, np.concatenate(points).T, covectors)
        if field.prime <= SINGLE_PRIME:
            whole = whole.narrowed()
        return StructuredJacobian(whole, free, of_places, np.concatenate([[0], np.cumsum(counts)]))

    def details(self, seen: Seen) -> dict[str, Any]:
        """Return prime, key and level."""
        return {"prime": seen.prime, "key": seen.key, "level": self.level}

    def minor_json(self, seen: Seen, rows: Sequence[Any], columns: Sequence[Any]) -> dict[str, Any]:
        """Name samples and parameters of the minor of each output, and of the rest."""
        pairs = list(zip(rows, columns, strict=True))
        outputs = range(self.network.widths[-1])
        local = [[(j, name) for (k, j, is_local), name in pairs if is_local and k == output] for output in outputs]
        rest = [([k, j], name) for (k, j, is_local), name in pairs if not is_local]
        return {
            "rule": self.rule,
            **self.details(seen),
            "outputs": [[[j for j, _ in minor], [name for _, name in minor]] for minor in local],
            "rest": [[sample for sample, _ in rest], [name for _, name in rest]],
        }

    def explain(self, seen: Seen) -> str:
        """Say where the rank was seen."""
        return (
            f"{seen.rank} <= dim: rank of the Jacobian modulo {seen.prime}, eliminated output by output "
            f"at weights of level {self.level}, from {seen.key!r}"
        )


def owners_of_neurons(plan: Layout, parameters: Array) -> Places:
    """Return, for each pre-activation of layers 1 … h, the one output that sees it; `NOBODY` where there are more."""
    assert plan.dense_layers is not None
    outputs = plan.widths[-1]
    sees = np.eye(outputs, dtype=bool)
    found = [np.arange(outputs)]
    for layer in range(len(plan.widths) - 2, 0, -1):
        start, stop, _ = plan.dense_layers[layer]
        nonzero = parameters[start:stop].reshape(plan.widths[layer + 1], plan.widths[layer]) != 0
        sees = (nonzero.T.astype(np.float32) @ sees.astype(np.float32)) > 0
        found.append(np.where(sees.sum(axis=1) == 1, sees.argmax(axis=1), NOBODY))
    return np.concatenate(found[::-1])


def free_places(plan: Layout, parameters: Array) -> Places:
    """Places of the parameters without one weight of each scalable hidden neuron, which must not be zero."""
    fixed = np.zeros(plan.parameters, bool)
    starts = np.array(plan.gauge)
    widths = np.repeat(plan.widths[:-2], plan.widths[1:-1]) if starts.size else starts
    if starts.size == widths.size:
        for start, width in zip(starts.tolist(), widths.tolist(), strict=True):
            fixed[start + int(np.argmax(parameters[start : start + width] != 0))] = True
    found: Places = np.flatnonzero(~fixed[plan.parameter])
    return found


@dataclass(frozen=True, eq=False)
class StructuredJacobian:
    """A Jacobian at samples that are sorted by output.

    Parameters
    ----------
    whole : Jacobian
        Factored: adjoints and activations at all samples.
    free : integer array
        Places that are not fixed by the gauge.
    owners : integer array
        Of each of them the output that sees it, or `NOBODY`.
    ends : integer array, shape (outputs + 1,)
        Samples ``ends[k]`` to ``ends[k + 1]`` are those of output k.
    """

    whole: Jacobian
    free: Places
    owners: Places
    ends: NDArray[np.intp]

    @property
    def prime(self) -> int:
        """The modulus."""
        return self.whole.field.prime

    @cached_property
    def _local(self) -> list[tuple[Places, Echelon]]:
        """For each output its local places, and the echelon form of their rows in its columns."""
        found = []
        for k in range(len(self.ends) - 1):
            columns = slice(self.ends[k], self.ends[k + 1])
            places = self.free[self.owners == k]
            form = self._form(self.ends[k + 1] - self.ends[k])
            layout_of, whole = self.whole.layout, self.whole
            rows = whole.adjoints[layout_of.adjoint[places], columns]
            rows *= whole.activations[layout_of.activation[places], columns]
            form.add(rows)
            found.append((places, form))
        return found

    def _form(self, columns: int, capacity: int | None = None) -> Echelon:
        return Echelon(columns, self.prime, capacity, is_single=self.prime <= SINGLE_PRIME)

    def _rest(self, goal: int) -> tuple[Places, list[Places], Echelon]:
        """Return the global places in their order, the columns left of each output, and the echelon form."""
        relations = [form.relations() for _, form in self._local]
        left = [others for _, others, _ in relations]
        columns = sum(others.size for others in left)
        known = sum(form.rank for _, form in self._local)
        form = self._form(columns, max(0, goal - known))

        places = self.free[self.owners == NOBODY]
        places = places[shuffled(places.size)]
        step = default_block(columns)
        for start in range(0, places.size, step):
            if form.rank >= form.capacity:
                break
            rows = centre(self.whole.places(places[start : start + step]), self.prime)
            form.add(self._reduced(rows, relations), centred=True)
        return places, left, form

    def _reduced(self, rows: Floats, relations: list[tuple[Places, Places, Floats]]) -> Floats:
        """Subtract multiples of the local rows, and leave the columns that are not their pivots."""
        parts = []
        for k, (pivots, others, rest) in enumerate(relations):
            own = rows[:, self.ends[k] : self.ends[k + 1]]
            part = own[:, others]
            if pivots.size and others.size:
                part -= multiply(own[:, pivots], rest, self.prime)
            parts.append(part)
        return centre(np.concatenate(parts, axis=1), self.prime)

    def rank(self, goal: int) -> int:
        """Return the rank, followed up to `goal`."""
        known = sum(form.rank for _, form in self._local)
        return known if known >= goal else known + self._rest(goal)[2].rank

    def minor(self, size: int) -> tuple[list[Any], list[int]]:
        """Return samples and parameters of a minor: those of each output's own, then those of the rest.

        A sample is (output, number, whether it is of the output's own minor).
        """
        names = self.whole.layout.parameter
        samples: list[Any] = []
        parameters: list[int] = []
        for k, (places, form) in enumerate(self._local):
            samples += [(k, j, True) for j in form.pivot_columns]
            parameters += [int(names[places[i]]) for i in form.pivot_rows]

        order, left, form = self._rest(size)
        remaining = [(k, int(j), False) for k, others in enumerate(left) for j in others]
        samples += [remaining[i] for i in form.pivot_columns]
        return samples, parameters + [int(names[order[i]]) for i in form.pivot_rows]
