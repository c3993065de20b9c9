"""The dimensions of many small attention networks at once.

Networks of one kind, with as many tokens, layers and heads, are evaluated together: widths, head sizes and samples are
padded with zeros, which give zero rows and columns and leave the ranks as they are. Weights, points, covectors and
exponentials of each network are those of its first trial in `tensors.attention.functions.dimension`, so that the
evidence is the same. Of each Jacobian a square matrix is made whose leading minors are generic, and those of about one
size are eliminated together without a search for pivots, whatever kinds they are of. A matrix that is regular proves a
rank that meets the upper bound; all else is done again one by one.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain, groupby
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from algebra.evidence.error import checked_log2_error
from algebra.evidence.evaluation import PoleError, Seen, combinations, suitable_prime, trial_key
from algebra.evidence.generic_rank import Known, bounds_of
from algebra.rank.field import prime_field
from algebra.rank.regular import are_regular
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
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from algebra.evidence.bounds import Bounds
    from algebra.rank.field import PrimeField
    from algebra.types import Array, Floats, Integers
    from tensors.attention.functions.architecture import AttentionArchitecture

MOST_PARAMETERS = 250
"""Larger networks gain nothing: they go one by one."""

MOST_TOKENS = 8
"""The same of tokens, whose number enters squared."""

LEAST_BATCH = 4
"""Fewer networks of one kind are faster one by one."""

MOST_NUMBERS = 1 << 18
"""Numbers in the Jacobians that are evaluated together: more do not stay in the caches."""

MOST_ELIMINATED = 1 << 18
"""Numbers in the matrices that are eliminated together."""

MOST_WAITING = 1 << 22
"""Numbers in the matrices that wait for others of their size before they are eliminated: 32 megabytes."""

MOST_KEPT = 4096
"""Tasks of one seed that are kept from one call to the next, the oldest dropped first: some megabytes."""


T = TypeVar("T")


class Task(NamedTuple):
    """A network that is evaluated, without invisible widths and superfluous tokens, and the rank that is hoped for."""

    network: AttentionArchitecture
    goal: int


class Square(NamedTuple):
    """A matrix that is regular if the goal of a task is met, and where that would be seen."""

    task: Task
    seen: Seen
    matrix: Floats


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

    # Who gets an answer does not depend on what was seen before.
    known = _seen_before(seed)
    chosen = [group for group in groups.values() if len(group) >= LEAST_BATCH]
    fresh = [[t for t in group if t not in known and _has_generic_exponentials(t.network)] for group in chosen]
    known.update(_see(chain.from_iterable(map(_parts, fresh)), seed))

    found = {task: known[task] for group in chosen for task in group if task in known}
    seen = {network: found[task] for network, task in asked.items() if task in found}
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
    group.sort(key=lambda task: task.goal)
    return _cut(group, lambda task: task.goal * task.network.parameters, MOST_NUMBERS)


def _cut(items: Iterable[T], size: Callable[[T], int], most: int) -> Iterator[list[T]]:
    """Cut a list into parts; each has as many items as fit if all are as large as its last one, or a single one."""
    part: list[T] = []
    for item in items:
        if part and (len(part) + 1) * size(item) > most:
            yield part
            part = []
        part.append(item)
    if part:
        yield part


def _bounds(network: AttentionArchitecture, seen: Seen, seed: int) -> Bounds:
    known = Known(seed, seen, upper_bound(network), seen, 1)
    return bounds_of(AttentionDimension(network), known)


# ---- ranks that meet their bounds


def _see(parts: Iterable[list[Task]], seed: int) -> dict[Task, Seen]:
    """Evaluate parts of networks of one kind each, and return where ranks are seen that meet their goals."""
    found: dict[Task, Seen] = {}
    waiting: list[Square] = []
    numbers = 0
    for part in parts:
        squares = _squares(part, seed)
        waiting += squares
        numbers += sum(square.matrix.size for square in squares)
        if numbers > MOST_WAITING:
            found |= _regular(waiting)
            waiting, numbers = [], 0
    return found | _regular(waiting)


def _squares(tasks: list[Task], seed: int) -> list[Square]:
    """Evaluate networks of one kind, and make a square matrix of each Jacobian."""
    evaluations = [AttentionJacobian(task.network) for task in tasks]
    field = prime_field(suitable_prime(evaluations[0]))
    keys = [trial_key(evaluation, seed, "trial", 0) for evaluation in evaluations]
    goals = [task.goal for task in tasks]
    drawn = Drawn.together([task.network for task in tasks], field, keys, goals)
    try:
        flat = np.concatenate(gradients(tasks[0].network, field, _stacked(drawn)), axis=-2)
    except PoleError:
        return []
    mixed = _mixed(flat, _free(tasks), goals, field)
    return [
        Square(task, Seen(evaluation, key, field.prime, 1, task.goal), matrix[: task.goal, : task.goal])
        for task, evaluation, key, matrix in zip(tasks, evaluations, keys, mixed, strict=True)
    ]


def _mixed(flat: Array, free: Array, goals: list[int], field: PrimeField) -> Array:
    """Combine the gradients in the free weights, (networks, weights, samples), to as many as the goal of each network.

    To each of the first gradients, as many as the goal, a random combination of the others is added. If the goal is the
    rank, leading minors are generic then. For let e gradients be left over, and d of the first k depend on others of
    them: the first k and the e others span k dimensions at least, because the rest add no more than goal - k; so d of
    the others are independent of the k - d, and can take the place of those d.
    """
    network, weight = np.nonzero(free)
    rows = network * flat.shape[1] + weight
    counts = np.count_nonzero(free, axis=1)
    first, last = np.cumsum(counts) - counts, np.cumsum(counts) - 1
    most, wanted = max(goals), np.array(goals)
    gradients = flat.reshape(-1, flat.shape[-1])

    def taken(numbers: Integers) -> Array:
        """Take gradients of each network by their numbers; the last one stands for those that are not there."""
        found: Array = gradients[rows[np.minimum(first[:, None] + numbers, last[:, None])]]
        return found

    mixed = taken(np.arange(most)[None, :])
    beyond = int((counts - wanted).max())
    if beyond > 0:
        others = taken(wanted[:, None] + np.arange(beyond))
        mixed = field.plus(mixed, field.multiply(combinations(most, beyond, field.prime), others))
    return mixed


def _regular(squares: list[Square]) -> dict[Task, Seen]:
    """Return the tasks whose matrices are regular, and where that is seen."""
    found: dict[Task, Seen] = {}
    squares.sort(key=lambda square: (square.seen.prime, square.task.goal))
    for prime, same in groupby(squares, lambda square: square.seen.prime):
        for part in _cut(same, lambda square: square.matrix.size, MOST_ELIMINATED):
            stack = _padded([square.matrix for square in part])
            goals, diagonal = np.array([square.task.goal for square in part]), np.arange(stack.shape[1])
            stack[:, diagonal, diagonal] += diagonal >= goals[:, None]  # what is padded is regular, too

            regular = are_regular(stack, prime)
            found |= {square.task: square.seen for square, is_regular in zip(part, regular, strict=True) if is_regular}
    return found


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
