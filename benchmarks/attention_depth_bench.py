"""Separation ranks of attention stacks: time of a proof, and of one pair of token groups against the definition.

    python benchmarks/attention_depth_bench.py [--quick | --largest]

The first table has CPU seconds from the description of a stack to its proved rank, one thread, and how many times the
rank computation alone that is: one elimination of a random matrix of that size, modulo the same prime. The second
compares one entry of the matrix evaluated for all pairs at once through Gram matrices with the definition of a layer,
token by token, in numpy's int64 modulo a 31-bit prime. --largest proves ever larger stacks, whatever they cost, until
ten minutes have passed on all cores.
"""

from __future__ import annotations

import argparse
import os
import time

import numpy as np
from _timing import busy, figure, interleaved, seconds, timed
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from algebra.rank import rank_mod
from algebra.rank.field import prime_field
from algebra.rank.primes import DEFAULT_PRIME
from tensors.attention import AttentionStack
from tensors.attention.depth.evaluation import StackValues

PROOFS = ((2, 1, 2, 2), (4, 4, 1, 2), (6, 1, 6, 2), (2, 1, 2, 3), (3, 3, 1, 3), (3, 1, 3, 3), (2, 1, 2, 4))
PAIRS = ((3, 1, 3, 3), (4, 2, 2, 3), (6, 1, 6, 2))
PRIME = 2**31 - 1
SIDE, TOKENS = 300, 6
LARGEST = ((2, 1, 2, 4), (8, 1, 8, 2), (12, 12, 1, 2), (12, 1, 12, 2), (4, 4, 1, 3), (4, 2, 2, 3))
MINUTES = 10


def stack_of(shape: tuple[int, ...]) -> AttentionStack:
    return AttentionStack(*shape, (shape[0], shape[0]))


def token_by_token(shape: tuple[int, ...], tokens: np.ndarray) -> int:
    """Evaluate the definition at one pair: every layer at every token."""
    d, heads, size, depth = shape
    rng = np.random.default_rng(0)
    for _ in range(depth):
        total = np.zeros_like(tokens)
        for _ in range(heads):
            q, k, v, out = (rng.integers(PRIME, size=s) for s in (*[(size, d)] * 3, (d, size)))
            scores = _times(_times(tokens, q.T), _times(tokens, k.T).T)
            total = (total + _times(_times(scores, _times(tokens, v.T)), out.T)) % PRIME
        tokens = total
    return int(tokens[0, 0])


def _times(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a[:, :, None] * b[None] % PRIME).sum(axis=1) % PRIME


def proofs(quick: bool) -> Table:
    columns = "stack", "rank", "time", "rank alone", "ratio"
    table = Table(*columns, title="Proofs", title_justify="left")
    for shape in PROOFS[: 4 if quick else None]:
        stack, answers = stack_of(shape), []
        used = timed(lambda stack=stack, answers=answers: answers.append(stack.separation_rank()))
        size = answers[0].lower
        matrix = np.random.default_rng(2).integers(DEFAULT_PRIME, size=(size, size))
        alone = timed(lambda matrix=matrix: rank_mod(matrix, DEFAULT_PRIME))
        table.add_row(stack.label, str(answers[0]), seconds(used), seconds(alone), figure(used / alone))
    return table


def largest(minutes: float = MINUTES) -> Table:
    title = f"Proofs begun within {minutes} minutes"
    table = Table("stack", "rank", "greatest degree", "wall time", title=title, title_justify="left")
    start = time.perf_counter()
    for shape in LARGEST:
        before = time.perf_counter()
        if before - start > 60 * minutes:
            break
        found = stack_of(shape).separation(most_work=1 << 45)
        degrees = max(bounds.lower for bounds in found.degrees)
        table.add_row(found.stack.label, str(found.whole), str(degrees), seconds(time.perf_counter() - before))
    return table


def pairs() -> Table:
    table = Table("stack", "one pair", "token by token", "times slower", title=f"{TOKENS} tokens", title_justify="left")
    for shape in PAIRS:
        values, field = StackValues(stack_of(shape)), prime_field(DEFAULT_PRIME)
        tokens = np.random.default_rng(1).integers(PRIME, size=(TOKENS, shape[0]))
        tasks = [
            lambda values=values, field=field: values.at(field, "bench", SIDE, 1),
            lambda shape=shape, tokens=tokens: [token_by_token(shape, tokens) for _ in range(100)],
        ]
        whole, hundred = interleaved(tasks, 3)
        each, slow = whole / SIDE**2, hundred / 100
        table.add_row(values.label, f"{each * 1e6:.3g} us", f"{slow * 1e6:.3g} us", figure(slow / each))
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="proofs that take less than a second")
    parser.add_argument("--largest", action="store_true", help="the largest stacks in ten minutes, on all cores")
    arguments = parser.parse_args()
    console = Console()
    console.print(busy(os.cpu_count() or 1))
    if arguments.largest:
        console.print(largest())
        return
    with threadpool_limits(1):
        stack_of(PROOFS[0]).separation_rank()  # imports
        console.print(proofs(arguments.quick))
        console.print(pairs())


if __name__ == "__main__":
    main()
