"""The dimensions of many small attention networks at once.

Networks of one kind, with as many tokens, layers and heads, are evaluated together: widths, head sizes and samples are
padded with zeros, which give zero rows and columns and leave the ranks as they are. Weights, points, covectors and
exponentials of each network are those of its first trial in `tensors.attention.functions.dimension`, so that the
evidence is the same. Random combinations of the weights make the leading minors generic: one elimination without a
search for pivots runs across the batch. A rank that meets the upper bound is proved; all else is done again one by one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algebra.evidence.error import checked_log2_error
from algebra.evidence.evaluation import PoleError, Seen, combinations, suitable_prime, trial_key
from algebra.evidence.generic_rank import Known, bounds_of
from algebra.rank.batch import eliminate
from algebra.rank.field import prime_field
from tensors.attention.functions.dimension import AttentionDimension
from tensors.attention.functions.evaluation import AttentionJacobian
from tensors.attention.functions.independence import independent_exponentials
from tensors.attention.functions.reduction import few_tokens, reduced
from tensors.attention.functions.residue_jacobian import (
    Drawn,
    Weights,
    free_parts,
    gradients,
)
from tensors.attention.functions.rules import upper_bound

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from algebra.evidence.bounds import Bounds
    from algebra.rank.field import PrimeField
    from algebra.types import Array
    from tensors.attention.functions.architecture import AttentionArchitecture

MOST_PARAMETERS = 250
"""Larger networks gain nothing: they go one by one."""

MOST_TOKENS = 8
"""The same of tokens, whose number enters squared."""

LEAST_BATCH = 4
"""Fewer networks of one kind are faster one by one."""

MOST_NUMBERS = 1 << 18
"""Numbers in the Jacobians that are evaluated together: more do not stay in the caches."""


MOST_KEPT = 4096
"""Tasks of one seed that are kept from one call to the next, the oldest dropped first: some megabytes."""


class Task(NamedTuple):
    """A network that is evaluated, without invisible widths and superfluous tokens, and the rank that is hoped for."""

    network: AttentionArchitecture
    goal: int


def gains(network: AttentionArchitecture) -> bool:
    """Whether a network is evaluated sooner together with others of its kind: small, without sums that may vanish.

    Parameters
    ----------
    network : AttentionArchitecture

    Returns
    -------
    bool

    Examples
    --------
    >>> from tensors.attention import AttentionNetwork
    >>> gains(AttentionNetwork((3, 3, 3), 2)), gains(AttentionNetwork((30, 30), 2))
    (True, False)
    """
    is_small = network.parameters <= MOST_PARAMETERS and few_tokens(network).tokens <= MOST_TOKENS
    return is_small and network.kind != "normalised"


def proved_dimensions(
    networks: Sequence[AttentionArchitecture], seed: int = 0, log2_error: float | None = None
) -> dict[AttentionArchitecture, Bounds]:
    """Return the dimensions that are proved when networks are evaluated together; the others are left out.

    Networks that gain nothing by it are left out, and those whose first rank does not meet their upper bound. What is
    proved does not depend on the error that others may have, so that `log2_error` is checked only.

    Parameters
    ----------
    networks : sequence of AttentionArchitecture
        Of any architectures; those of one kind, with as many tokens, layers and heads, are the ones that gain.
    seed : int
    log2_error : float, optional

    Returns
    -------
    dict
        From network to `Bounds`: what ``network.dimension(seed)`` gives.

    Examples
    --------
    >>> from tensors.attention import AttentionNetwork
    >>> small = [AttentionNetwork((width, width, 2), 1) for width in range(2, 10)]
    >>> found = proved_dimensions([*small, AttentionNetwork((30, 30), 2)])
    >>> len(found), found[small[2]]
    (8, 20 (proved))
    """
    checked_log2_error(log2_error)
    asked = {network: _task(network) for network in dict.fromkeys(networks) if gains(network)}
    groups: dict[Hashable, list[Task]] = {}
    for task in dict.fromkeys(asked.values()):
        groups.setdefault(_kind(task.network), []).append(task)

    known = _seen_before(seed)
    for group in groups.values():
        fresh = [task for task in group if task not in known]
        if fresh and len(group) >= LEAST_BATCH:  # what was seen before does not decide who gets an answer
            for part in _parts([task for task in fresh if _has_generic_exponentials(task.network)]):
                known.update(_see(part, seed))

    seen = {network: known[task] for network, task in asked.items() if task in known}
    while len(known) > MOST_KEPT:
        del known[next(iter(known))]
    return {network: _bounds(network, found, seed) for network, found in seen.items()}


@lru_cache(maxsize=4)
def _seen_before(seed: int) -> dict[Task, Seen]:
    """Return where ranks were seen with a seed: one dictionary for all calls.

    Rows of a table come in several calls, and half of their networks are the same when they are reduced. What is in it
    is not evaluated again; no answer depends on it.
    """
    return {}


def _task(network: AttentionArchitecture) -> Task:
    return Task(few_tokens(reduced(network)), upper_bound(network).value)


def _has_generic_exponentials(network: AttentionArchitecture) -> bool:
    """Whether residues may stand for the exponentials of a network, or it has none."""
    return network.kind != "softmax" or independent_exponentials(network) is not None


def _kind(network: AttentionArchitecture) -> Hashable:
    """What networks that are evaluated together have in common."""
    return network.kind, network.score_power, network.tokens, network.heads, network.causal, network.residual


def _parts(group: list[Task]) -> Iterator[list[Task]]:
    """Cut a group into parts whose ranks are about as large, of at most so many numbers."""
    part: list[Task] = []
    for task in sorted(group, key=lambda task: task.goal):
        if part and (len(part) + 1) * task.goal * task.network.parameters > MOST_NUMBERS:
            yield part
            part = []
        part.append(task)
    if part:
        yield part


def _bounds(network: AttentionArchitecture, seen: Seen, seed: int) -> Bounds:
    known = Known(seed, seen, upper_bound(network), seen, 1)
    return bounds_of(AttentionDimension(network), known)


# ---- ranks that meet their bounds


def _see(tasks: list[Task], seed: int) -> dict[Task, Seen]:
    """Evaluate networks of one kind, and return where ranks are seen that meet their goals."""
    evaluations = [AttentionJacobian(task.network) for task in tasks]
    field = prime_field(suitable_prime(evaluations[0]))
    keys = [trial_key(evaluation, seed, "trial", 0) for evaluation in evaluations]
    try:
        ranks = _jacobian_ranks(tasks, field, keys)
    except PoleError:
        return {}
    found = zip(tasks, evaluations, keys, ranks, strict=True)
    return {
        task: Seen(evaluation, key, field.prime, 1, rank) for task, evaluation, key, rank in found if rank == task.goal
    }


def _jacobian_ranks(tasks: list[Task], field: PrimeField, keys: list[str]) -> list[int]:
    """Lower bounds of the ranks of the evaluated Jacobians, none above its goal; almost always the ranks."""
    model, most = tasks[0].network, max(task.goal for task in tasks)
    drawn = [Drawn.of(task.network, field, key, task.goal) for task, key in zip(tasks, keys, strict=True)]
    flat = np.concatenate(gradients(model, field, _stacked(drawn)), axis=-2)
    flat *= _free(tasks)[:, :, None]

    # As many combinations of the weights as samples; the batch comes last.
    mixed = field.multiply(combinations(most, flat.shape[-2], field.prime), flat)
    goals = np.array([task.goal for task in tasks])
    ranks, _ = eliminate(np.ascontiguousarray(mixed.transpose(1, 2, 0)), goals, field.prime)
    return [int(rank) for rank in ranks]


def _stacked(drawn: list[Drawn]) -> Drawn:
    """Pad what is drawn of several networks to common widths, head sizes and samples."""
    layers = zip(*(each.weights for each in drawn), strict=True)
    exponentials = zip(*(each.exponentials for each in drawn), strict=True)
    return Drawn(
        [Weights(*(_padded([getattr(layer, name) for layer in same]) for name in "KQV")) for same in layers],
        _padded([each.points for each in drawn]),
        _padded([each.covectors for each in drawn]),
        [_padded([E for E in same if E is not None], 1.0) if same[0] is not None else None for same in exponentials],
    )


def _padded(arrays: Sequence[Array], value: float = 0.0) -> Array:
    """Stack arrays of different shapes; exponentials of samples that are not there are 1, so that no sum vanishes."""
    shape = tuple(map(max, zip(*(array.shape for array in arrays), strict=True)))
    stack = np.full((len(arrays), *shape), value)
    for place, array in zip(stack, arrays, strict=True):
        place[tuple(map(slice, array.shape))] = array
    return stack


def _free(tasks: list[Task]) -> Array:
    """Return 1 for each weight that the gauge leaves free, 0 for others and for those that are not there."""
    layers = []
    for i in range(tasks[0].network.depth):
        parts = [free_parts(task.network, i) for task in tasks]
        layers += [_padded(same).reshape(len(tasks), -1) for same in zip(*parts, strict=True)]
    return np.concatenate(layers, axis=1)
