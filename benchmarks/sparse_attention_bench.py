"""Sparse attention: constructing and verifying L x L matrices, and patterns checked per second.

    python benchmarks/sparse_attention_bench.py [--quick] [SECTION …]

Sections: realise, codes, patterns, minimal. CPU times of one thread.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Callable

import numpy as np
from _timing import figure, goal_cells, goal_table, interleaved, seconds
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from tensors.attention.patterns import minimal_pattern, named_pattern, reach, steps_batch, words_of
from tensors.attention.realisation import Precision, Realisation, SparseTarget, guaranteed_exponent, realise, verify
from tensors.attention.realisation.moment import moment_realisation
from tensors.attention.realisation.searches import code_realisation, sign_realisation
from tensors.attention.realisation.small import binary_realisation, trivial_realisation

CONSOLE = Console(width=110)
PRECISION = Precision.of(["1/100", "1/10", None])
BATCH_GOAL = 10


def target_of(length: int, k: int, weighted: bool) -> SparseTarget:
    """Return a target with k entries in each row and column, equal or with weights 1 to 9."""
    generator = random.Random(length + k)
    order = generator.sample(range(length), length)
    shifts = generator.sample(range(length), k)
    supports = [[order[(i + shift) % length] for shift in shifts] for i in range(length)]
    weights = [[generator.randint(1, 9) for _ in range(k)] for _ in range(length)] if weighted else None
    return SparseTarget.from_supports(supports, weights)


def constructions(k: int, length: int) -> list[tuple[str, Callable[[SparseTarget], Realisation | None]]]:
    gold = guaranteed_exponent("gold", length, k, PRECISION) or 17
    found: list[tuple[str, Callable[[SparseTarget], Realisation | None]]] = [
        ("moment curve", lambda t: moment_realisation(t, PRECISION)),
        ("Gold code", lambda t: code_realisation(t, PRECISION, "gold", gold)),
        ("random signs", lambda t: sign_realisation(t, PRECISION, 0.02)),
        ("trivial", lambda t: trivial_realisation(t, PRECISION)),
    ]
    return [("binary code", lambda t: binary_realisation(t, PRECISION)), *found] if k == 1 else found


def as_a_float_would_say(target: SparseTarget, made: Realisation) -> bool:
    """Check conditions (a) and (b) with a float softmax: keys and queries rounded to float64."""
    scale = np.array(made.denominators, dtype=object)[:, None]
    queries = (made.queries.astype(object) / scale).astype(float)
    with np.errstate(all="ignore"):
        scores = queries @ made.keys.astype(float).T
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    for i, support in enumerate(target.supports):
        on = weights[i, list(support)]
        off = np.delete(weights[i], support)
        ratios = on / np.array([float(ratio) for ratio in target.ratios(i)])
        good = on.min() > 0 and off.max() < 0.01 * on.min() and ratios.max() / ratios.min() < 1.1
        if not good:
            return False
    return True


def matrices(options: argparse.Namespace) -> None:
    """Construct and verify, to (1/100, 1/10), random k-regular targets with weights 1 to 9; signs of margin 1/50."""
    table = Table(title="Constructing and verifying an L x L matrix, every entry, exactly", title_justify="left")
    for name in ("construction", "L", "k", "dimension", "construct", "verify", "entries/s", "logits", "float softmax"):
        table.add_column(name, justify="left" if name == "construction" else "right")
    lengths = (64, 256) if options.quick else (256, 1024, 4096)
    for length in lengths:
        for k in (1, 2, 4, 8):
            target = target_of(length, k, weighted=True)
            for name, build in constructions(k, length):
                start = time.process_time()
                made = build(target)
                middle = time.process_time()
                if made is None:
                    continue
                checked = verify(target, made, PRECISION)
                end = time.process_time()
                assert checked.holds, (name, length, k)
                exponent = math.log10(checked.logit_range)
                agrees = "agrees" if as_a_float_would_say(target, made) else "[red]says no[/]"
                table.add_row(
                    name, str(length), str(k), str(made.dimension), seconds(middle - start), seconds(end - middle),
                    figure(length**2 / max(end - middle, 1e-9)), f"10^{exponent:.1f}", agrees,
                )  # fmt: skip
    CONSOLE.print(table)


def codes(options: argparse.Namespace) -> None:
    """Uniform targets with uniform zeros, to (1/10, 1/2, 1/2): what beats L - 1."""
    table = Table(title="Uniform zeros, (1/10, 1/2, 1/2), k = 1: auto", title_justify="left")
    for name in ("L", "dimension", "method", "L - 1", "random projection needs", "lower bound", "time"):
        table.add_column(name, justify="right")
    from tensors.attention.realisation import projection_bound

    wanted = Precision.of(["1/10", "1/2", "1/2"])
    for length in (256, 1024) if options.quick else (256, 512, 1024, 2048, 4096):
        target = target_of(length, 1, weighted=False)
        start = time.process_time()
        found = realise(target, wanted)
        spent = time.process_time() - start
        made = found.realisation
        assert made is not None
        assert found.verified
        table.add_row(
            str(length), str(made.dimension), made.method, str(length - 1), str(projection_bound(target, wanted)),
            str(found.bounds.lower), seconds(spent),
        )  # fmt: skip
    CONSOLE.print(table)


def patterns(options: argparse.Namespace) -> None:
    """Steps of BigBird-like and of hubless patterns, per second: one by one and batched; the batch against the loop."""
    table = goal_table("Patterns per second: number of steps", "", "n", "one by one", "batched")
    for n in (16, 64):
        for name, values in (("one hub, 2 random keys", {"g": 1, "r": 2}), ("no hub, 2 random keys", {"g": 0, "r": 2})):
            count = 200 if options.quick else 4000
            many = [named_pattern("bigbird", n, w=1, seed=seed, **values) for seed in range(count)]
            words = words_of(many)
            single = lambda: [reach(pattern).steps for pattern in many]  # noqa: B023, E731
            batched = lambda: steps_batch(words)  # noqa: B023, E731
            one, many_at_once = interleaved([single, batched], 3)
            assert steps_batch(words).tolist() == single()
            cells = goal_cells(one / many_at_once, None if options.quick else BATCH_GOAL, unit=" x")
            table.add_row(name, str(n), figure(count / one), figure(count / many_at_once), *cells)
    CONSOLE.print(table)
    rows = Table(title="One large pattern, n = 4096: steps", title_justify="left")
    for name in ("pattern", "steps", "time"):
        rows.add_column(name, justify="right")
    for name, values in (
        ("sliding-window", {"w": 1}), ("circular-window", {"w": 4}), ("directed-ring", {}), ("fixed", {"w": 64}),
        ("logsparse-both-sides", {}),
    ):  # fmt: skip
        pattern = named_pattern(name, 512 if options.quick else 4096, **values)
        start = time.process_time()
        steps = reach(pattern).steps
        rows.add_row(pattern.label, str(steps), seconds(time.process_time() - start))
    CONSOLE.print(rows)


def minimal(options: argparse.Namespace) -> None:
    """Complete enumerations for the fewest arcs."""
    table = Table(title="Fewest arcs, by complete enumeration", title_justify="left")
    for name in ("n", "steps", "with a path", "arcs", "patterns looked at", "per second", "time"):
        table.add_column(name, justify="right")
    cases = [(5, 2, True), (6, 2, True), (6, 2, False), (7, 3, True)]
    for n, steps, with_path in cases if options.quick else [*cases, (7, 2, True), (8, 3, True), (7, 2, False)]:
        start = time.process_time()
        found = minimal_pattern(n, steps, with_path=with_path)
        spent = time.process_time() - start
        table.add_row(
            str(n), str(steps), "yes" if with_path else "no", str(found.arcs), figure(found.examined),
            figure(found.examined / max(spent, 1e-9)), seconds(spent),
        )  # fmt: skip
    CONSOLE.print(table)


SECTIONS = {"realise": matrices, "codes": codes, "patterns": patterns, "minimal": minimal}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    options = parser.parse_args()
    unknown = [name for name in options.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"no section {unknown[0]}: choose from {', '.join(SECTIONS)}")
    with threadpool_limits(1):
        for name in options.sections or SECTIONS:
            SECTIONS[name](options)


if __name__ == "__main__":
    main()
