"""Structure instead of elimination: large networks by block networks and output by output, against one elimination.

    python benchmarks/structure_bench.py [--quick] [--large]

Both sides in one run, CPU time on one thread, interleaved, the least of several; caches are empty before each call.
The exit status is 1 if a dimension disagrees.
"""

from __future__ import annotations

import argparse
import sys
from typing import NamedTuple

from _timing import Cold, figure, interleaved, product_seconds, seconds, timed
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from algebra import Bounds, PolynomialNetwork
from algebra.evidence.checker.claims import Report
from algebra.evidence.evaluation import quick_trial
from algebra.polynomial.dimension import best_upper_bound
from algebra.polynomial.jacobian import JacobianEvaluation

CONSOLE = Console(width=132)

MEASURED_PRODUCT = 4000
"""Size of the matrix product that larger ones are extrapolated from, with the cube."""

PATIENT = 12_000
"""Up to this dimension the one elimination is run too: 20 s, where 50,000 would take half an hour."""


CHECKED = 3_000
"""Up to this dimension the certificate of a structured minor is checked too: Python takes 10 s for 2,664."""


class Case(NamedTuple):
    """A network, with its goal: at most so many G(U), or at least so many times faster."""

    widths: tuple[int, ...]
    degree: int
    most: float | None = None
    times: float | None = None


QUICK = [Case((8, 12, 12, 8), 3, times=4), Case((12, 20, 20, 1), 3, times=4)]
ORDINARY = [
    *QUICK,
    Case((10, 20, 20, 10), 3, times=4),
    Case((16, 16, 16, 16, 1), 3, times=4),
    Case((12, 20, 24, 12), 3, times=4),
    Case((9, 11, 13, 5), 3),
    Case((11, 17, 15, 3), 3),
    Case((12, 20, 20, 4), 2, times=4),
    Case((20, 36, 36, 20), 2, most=0.5),
    Case((30, 50, 50, 1), 2),
    Case((20, 36, 36, 20), 3),
    Case((20, 50, 50, 20), 3),
]
LARGE = [
    Case((20, 60, 60, 10), 2),
    Case((40, 70, 70, 40), 2),
    Case((40, 70, 70, 40), 3, most=0.02),
    Case((60, 100, 100, 40), 3, most=0.01),
    Case((3, 80, 80, 80, 80, 3), 6, most=0.3),
    Case((100, 160, 160, 60), 2),
    Case((100, 160, 160, 60), 3),
    Case((200, 300, 300, 100), 3),
]


def unit(bound: int) -> float:
    """G(U), from a product that fits into memory."""
    size = min(bound, MEASURED_PRODUCT)
    return product_seconds(size) * (bound / size) ** 3


def row(case: Case) -> tuple[str, ...]:
    """Measure one network both ways, and the certificate."""
    network = PolynomialNetwork(case.widths, case.degree)
    bound = best_upper_bound(network).value
    found = network.dimension()
    if found.lower != bound:
        raise ArithmeticError(f"{network.label}: {found} does not meet {bound}")

    # One elimination of the whole Jacobian, as it was before, beside what is done now.
    def whole() -> int:
        return quick_trial(JacobianEvaluation(network), best_upper_bound(network).value, 0, 0).rank

    repeats = 7 if bound < 1000 else 3 if bound < 5000 else 1
    if bound <= PATIENT:
        before, now = interleaved([Cold(whole), Cold(network.dimension)], repeats)
    else:
        (now,) = interleaved([Cold(network.dimension)], 3)
        before = None
    product = unit(bound)

    certificate = certificate_cells(found) if found.lower_by != "structured-minor" or bound < CHECKED else ("", "")
    times = "" if before is None else figure(before / now)
    goal = f"{case.times:g} times" if case.times else "" if case.most is None else f"{case.most:g} G(U)"
    shown = f"({', '.join(map(str, case.widths))}) r={case.degree}"
    in_units = "" if before is None else figure(before / product)
    return (
        shown, str(bound), found.lower_by, in_units, figure(now / product), times, goal, seconds(now),
        *certificate,
    )  # fmt: skip


def certificate_cells(found: Bounds) -> tuple[str, str]:
    """Size of the certificate, and time of its check."""
    certificate = found.certificate()
    reports: list[Report] = []
    checking = timed(lambda: reports.append(certificate.check(patient=True)))
    if not reports[0].valid:
        raise ArithmeticError(f"{certificate.label}: the certificate is refused")
    return f"{len(certificate.to_json()) / 1000:.0f} kB", seconds(checking)


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small cases only")
    parser.add_argument("--large", action="store_true", help="also networks of 10,000 to 180,000 parameters (minutes)")
    options = parser.parse_args(words)
    table = Table(title="Structure against one elimination, one thread, CPU time, cold", title_justify="left")
    names = ("network", "U", "by", "before, G(U)", "now, G(U)", "times", "goal", "time", "certificate", "checked in")
    for name in names:
        table.add_column(name, justify="right")
    with threadpool_limits(1):
        PolynomialNetwork((8, 16, 16, 8), 2).dimension()
        for case in QUICK if options.quick else [*ORDINARY, *(LARGE if options.large else [])]:
            try:
                cells = row(case)
                print(*cells, sep=" | ", file=sys.stderr, flush=True)  # minutes pass until the table is whole
                table.add_row(*cells)
            except ArithmeticError as error:
                CONSOLE.print(f"[red]disagreement[/]\n{error}")
                return 1
    CONSOLE.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
