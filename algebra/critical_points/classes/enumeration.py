"""Enumeration of the classes of critical points of one architecture on given data."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, combinations, combinations_with_replacement, islice, product
from typing import Any

from algebra.critical_points.classes.critical_class import Chain, CriticalClass
from algebra.critical_points.classes.structure import SingularStructure
from algebra.errors import InputError, as_integer, instance_of


def critical_classes(
    widths: Sequence[int], structure: SingularStructure, limit: int | None = None
) -> Iterator[CriticalClass]:
    """Enumerate the classes of critical points, up to a change of basis in the hidden layers.

    Parameters
    ----------
    widths : sequence of int
        d_0 to d_H; the ends must fit the data.
    structure : SingularStructure
    limit : int, optional
        Stop after so many.

    Yields
    ------
    CriticalClass
        Distinct ones: equal singular values count as one, except that S names the first of them.

    Raises
    ------
    InputError
        If the widths do not fit the data.

    Notes
    -----
    Every subset S of at most k directions occurs.  Points whose chains mix several singular directions are not in the
    list; `algebra.critical_points.classes.samples.sampled_points` finds some of those.

    Examples
    --------
    >>> from algebra.critical_points.classes.structure import singular_structure
    >>> structure = singular_structure([[1, 0], [0, 1]], [[2, 0], [0, 1]])
    >>> for c in critical_classes((2, 1, 2), structure):
    ...     print(c.kept, c.verdict, c.loss, c.inertia)
    () strict_saddle 5/2 {'neg': 2, 'zero': 0, 'pos': 2}
    (0,) global_min 1/2 {'neg': 0, 'zero': 1, 'pos': 3}
    (1,) strict_saddle 2 {'neg': 1, 'zero': 1, 'pos': 2}
    """
    instance_of("structure", structure, SingularStructure, "singular_structure(X, Y)")
    checked = checked_widths(widths, structure)
    if limit is not None:
        limit = min(as_integer("limit", limit, 1), sys.maxsize)
    return islice(_classes(checked, structure), limit)


def checked_widths(widths: Any, structure: SingularStructure) -> tuple[int, ...]:
    """Return the widths as integers that fit the data.

    Raises
    ------
    InputError
        If they do not.
    """
    allowed = f"integers of at least 1 from {structure.inputs} (rows of X) to {structure.outputs} (rows of Y)"
    if not isinstance(widths, Sequence) or len(widths) < 2:
        raise InputError("widths", widths, allowed)
    checked = tuple(as_integer("widths", width, 1) for width in widths)
    if checked[0] != structure.inputs or checked[-1] != structure.outputs:
        raise InputError("widths", widths, allowed)
    return checked


def _classes(widths: tuple[int, ...], structure: SingularStructure) -> Iterator[CriticalClass]:
    largest = min(structure.data_rank, *widths[1:])
    for kept in _subsets(structure, largest):
        rank = sum(structure.directions[i].size for i in kept)
        capacity = [width - rank for width in widths[1:-1]]
        for pairs, inputs, outputs in _reaches(len(widths) - 1, structure, kept):
            trial = CriticalClass(widths, kept, pairs, inputs, outputs, (), structure)
            left = list(capacity)
            for start, end in trial.hidden_parts:
                for layer in range(start, end + 1):
                    left[layer - 1] -= 1
            if min(left, default=0) >= 0:
                for hidden in hidden_chains(left):
                    yield CriticalClass(widths, kept, pairs, inputs, outputs, hidden, structure)


def _subsets(structure: SingularStructure, largest: int) -> Iterator[tuple[int, ...]]:
    seen = set()
    directions = structure.directions
    for kept in chain.from_iterable(combinations(range(len(directions)), n) for n in range(largest + 1)):
        key = tuple(structure.levels[i] for i in kept)
        if key not in seen and sum(directions[i].size for i in kept) <= largest:
            seen.add(key)
            yield kept


def _reaches(
    depth: int, structure: SingularStructure, kept: tuple[int, ...]
) -> Iterator[tuple[tuple[Chain, ...], tuple[int, ...], tuple[int, ...]]]:
    free = [(b, a) for b in range(depth - 1) for a in range(depth, b + 1, -1)]
    dropped = [i for i in range(len(structure.directions)) if i not in kept]
    groups: dict[tuple[int, ...], list[int]] = {}
    for i in dropped:
        groups.setdefault(structure.levels[i], []).append(i)
    options = [
        combinations_with_replacement(free if len(level) == 1 else free[:1], len(g)) for level, g in groups.items()
    ]
    kernels = [
        combinations_with_replacement(range(depth), structure.right_kernel.nrows()),
        combinations_with_replacement(range(depth, 0, -1), structure.left_kernel.ncols()),
    ]
    for *chosen, inputs, outputs in product(*options, *kernels):
        by_index = dict(zip(chain.from_iterable(groups.values()), chain.from_iterable(chosen), strict=True))
        yield tuple(by_index[i] for i in dropped), inputs, outputs


def hidden_chains(capacity: Sequence[int]) -> Iterator[tuple[Chain, ...]]:
    """Enumerate the ways to fill the hidden layers with chains, `capacity[h-1]` of them through layer h.

    Examples
    --------
    >>> list(hidden_chains([1, 1]))
    [((1, 1), (2, 2)), ((1, 2),)]
    """
    return _extended(list(capacity), 1, Counter(), ())


def _extended(
    capacity: list[int], layer: int, running: Counter[int], done: tuple[Chain, ...]
) -> Iterator[tuple[Chain, ...]]:
    """Go to the next layer: some of the running chains (counted by where they started) end, the others go on."""
    starts = sorted(running)
    if layer > len(capacity):
        yield tuple(sorted((*done, *((s, layer - 1) for s in starts for _ in range(running[s])))))
        return
    room = capacity[layer - 1]
    for going in product(*(range(running[s] + 1) for s in starts)):
        if sum(going) > room:
            continue
        ended = tuple((s, layer - 1) for s, n in zip(starts, going, strict=True) for _ in range(running[s] - n))
        onward = Counter({s: n for s, n in zip(starts, going, strict=True) if n})
        if room > sum(going):
            onward[layer] = room - sum(going)
        yield from _extended(capacity, layer + 1, onward, done + ended)
