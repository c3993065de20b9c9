r"""S. Park, J. Lee, C. Yun, J. Shin: provable memorization via deep neural networks using sub-linear parameters."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from itertools import product
from random import Random
from typing import TYPE_CHECKING

from algebra import Grade
from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.paper import Paper

if TYPE_CHECKING:
    from algebra.memorization import DataSet, Memorized, RationalNetwork

PAPER = Paper(
    "park2021",
    "S. Park, J. Lee, C. Yun, J. Shin, Provable memorization via deep neural networks using sub-linear parameters, "
    "COLT 2021, PMLR 134",
    "2010.13363",
)
YUN = PAPER.beside(
    "C. Yun, S. Sra, A. Jadbabaie, Small ReLU networks are powerful memorizers, NeurIPS 2019",
    "1810.07770",
)
VARDI = PAPER.beside(
    "G. Vardi, G. Yehudai, O. Shamir, On the optimal memorization power of ReLU neural networks, ICLR 2022",
    "2110.03187",
)

Instance = tuple[int, int, int, int]  # N, d, C, seed of the data
Cells = tuple[int, int, int, int]  # width or number of runs, N, range, seed


@lru_cache(maxsize=256)
def data_of(instance: Instance) -> DataSet:
    """Return random distinct points on a grid with random labels.

    Examples
    --------
    >>> len(data_of((5, 2, 3, 0)))
    5
    """
    from algebra.memorization import data_set

    count, dimension, classes, seed = instance
    random = Random(seed)
    points: dict[tuple[int, ...], int] = {}
    while len(points) < count:
        points[tuple(random.randint(-(10**6), 10**6) for _ in range(dimension))] = random.randrange(classes)
    return data_set(list(points), list(points.values()), classes)


def cells_of(instance: Cells) -> tuple[int, ...]:
    """Return N random cells of a range, sorted.

    Examples
    --------
    >>> cells_of((3, 4, 10, 0))
    (0, 2, 6, 9)
    """
    _, count, reach, seed = instance
    return tuple(sorted(Random(seed).sample(range(reach), count)))


def _memorized(instance: Instance, construction: str, seed: int, exponent: Fraction | None = None) -> Memorized:
    from algebra.memorization import memorize

    data = data_of(instance)
    return memorize(data.points, data.labels, construction, classes=data.classes, seed=seed, exponent=exponent)


def _decided(found: Memorized) -> Verdict:
    assert found.guarantee is not None
    if not found.check.exact:
        return Verdict.violated(Grade.PROVED, reason=f"point {found.check.first} gives {found.check.output}")
    have, bound = found.network.parameters, found.guarantee.parameters
    if have > bound:
        return Verdict.inconclusive(f"the network built has {have} parameters, more than {bound}")
    return Verdict.holds(Grade.PROVED)


def _folds(network: RationalNetwork, cells: tuple[int, ...], length: int) -> Verdict:
    """Decide that a layer leaves the cells below T and moves the others onto free ones below T."""
    found = [int(y) for y in network.evaluate([[x] for x in cells])]
    for x, y in zip(cells, found, strict=True):
        if not 0 <= y < length or (x < length and y != x):
            return Verdict.violated(Grade.PROVED, reason=f"T = {length}: cell {x} goes to {y}")
    if len(set(found)) < len(found):
        twice = next(y for y in found if found.count(y) > 1)
        return Verdict.violated(Grade.PROVED, reason=f"T = {length}: two cells go to {twice}")
    return Verdict.holds(Grade.PROVED)


def _lemma14(instance: Cells, printed: bool) -> Verdict:
    from algebra.memorization.printed import equal_pieces, lemma14

    cells = cells_of(instance)
    pieces = equal_pieces(cells, instance[0])
    return _folds(lemma14(pieces, printed), cells, pieces.length)


def _lemma15(instance: Cells, printed_sum: bool, printed_threshold: bool) -> Verdict:
    from algebra.memorization.printed import lemma15, run_pieces

    cells = cells_of(instance)
    pieces = run_pieces(cells, instance[0])
    return _folds(lemma15(pieces, printed_sum, printed_threshold), cells, pieces.length)


Labels = tuple[int, tuple[int, ...]]  # D, the labels of the B cells


def _lemma22(instance: Labels, printed: bool) -> Verdict:
    from algebra.memorization.printed import lemma22

    bits, labels = instance
    word = sum((Fraction(label, 1 << (c + 1) * bits) for c, label in enumerate(labels)), Fraction(0))
    network = lemma22(word, len(labels), bits, printed)
    found = network.evaluate([[cell + Fraction(1, 3)] for cell in range(len(labels))])
    for cell, (output, label) in enumerate(zip(found, labels, strict=True)):
        if output != label:
            return Verdict.violated(Grade.PROVED, reason=f"cell {cell} of {labels} gives {output}")
    if not printed and network.hidden_layers != (2 * bits + 1) * len(labels):
        return Verdict.violated(Grade.PROVED, reason=f"{network.hidden_layers} hidden layers")
    return Verdict.holds(Grade.PROVED)


def _lemma21(instance: tuple[int, int, int, int], most: int) -> Verdict:
    from algebra.memorization.printed import cell_edges

    R, bits, size, first = instance
    needed = cell_edges(first, R, bits, size)
    if needed <= R + most:
        return Verdict.holds(Grade.PROVED)
    return Verdict.violated(Grade.PROVED, reason=f"R = {R}, D = {bits}: bits from {first} on need {needed} thresholds")


def _lemma16(instance: tuple[int, int, int, int], constant: int) -> Verdict:
    from algebra.memorization.printed import lemma16_count, lemma16_dense

    counted, formula = lemma16_dense(*instance), lemma16_count(*instance, constant)
    if counted <= formula:
        return Verdict.holds(Grade.PROVED)
    return Verdict.violated(Grade.PROVED, reason=f"(A, B, D, R) = {instance}: {counted} parameters, not {formula}")


DATA: tuple[Instance, ...] = tuple(
    (count, dimension, classes, seed)
    for seed, (count, dimension, classes) in enumerate(product((4, 7, 16, 40, 100), (1, 2, 5), (2, 3, 10)))
)
AT_LEAST_4: Hypothesis[Instance] = Hypothesis("N >= 4", lambda i: i[0] >= 4)
EQUAL_PIECES: tuple[Cells, ...] = tuple(
    (width, 12, 400, seed) for width, seed in product((3, 4, 5, 6, 7, 9, 11), range(12))
)
NARROW: Hypothesis[Cells] = Hypothesis("width <= 6", lambda i: i[0] <= 6)
RUNS: tuple[Cells, ...] = tuple(
    (runs, 12, reach, seed) for runs, reach, seed in product((2, 4, 6), (60, 100, 160), range(20))
)
BITS: tuple[Labels, ...] = tuple(
    (bits, tuple(Random(seed).randrange(1 << bits) for _ in range(size)))
    for bits, size, seed in product((1, 2, 3), (1, 2, 5, 9), range(4))
)
SEVERAL_BITS: Hypothesis[Labels] = Hypothesis("D >= 2", lambda i: i[0] >= 2)
EDGES = tuple((R, bits, 12, first) for R, bits, first in product(range(1, 6), (1, 2, 3), range(1, 7)))
COUNTS = tuple(product((1, 5, 30), (1, 4, 17), (1, 2, 3), (1, 2, 4)))

FOLDED = r"x \mapsto f(x) \text{ is injective on the cells, with values in } [0, T)"
CORRECTED = "As printed up to what the neighbouring claim names; checked on the network that the formula describes."


@PAPER.states(
    r"\text{width } 3 \text{ and } L_1 + \sum_{i=2}^{K-1} 2^{i+3} + A + (2\lceil\log_2 C\rceil+1)B \text{ layers"
    r" memorise } N \text{ points, if } 4^{L_1} \ge 2\pi d \Delta^2,\; 2^K AB \ge N^2+4,\; 2 \le K \le \log_2 N",
    AT_LEAST_4,
    on=lambda: DATA,
    item="Theorem 3",
)
def width_3(instance: Instance, seed: int) -> Verdict:
    """At width 3, in step and identity neurons, by building the network: every weight is rational and every output
    exact. The least promised count is not exceeded.
    """
    found = _memorized(instance, "width3", seed)
    if set(found.network.widths[1:-1]) != {3}:
        return Verdict.inconclusive(f"the network built has widths {set(found.network.widths[1:-1])}")
    return _decided(found)


@PAPER.states(
    r"w \in [2/3, 1] \implies O(d + \log\Delta + N^w + N^{1-w/2}\log C) \text{ parameters memorise } N"
    r" \text{ points}",
    AT_LEAST_4,
    on=lambda: DATA[::3],
    item="Theorem 1",
)
def wide(instance: Instance, seed: int) -> Verdict:
    """The order has no constants: what is checked is exactness, and the explicit count of the construction, for w =
    2/3, 3/4, 5/6 and 1.
    """
    exponents = (Fraction(2, 3), Fraction(3, 4), Fraction(5, 6), Fraction(1))
    return Verdict.all_of(_decided(_memorized(instance, "wide", seed, w)) for w in exponents)


@PAPER.states(
    r"\text{ReLU neurons memorise at width } 3 \text{ with twice the layers}",
    AT_LEAST_4,
    on=lambda: DATA[::3],
)
def relu(instance: Instance, seed: int) -> Verdict:
    from algebra.memorization import check_memorization, to_relu

    native = _memorized(instance, "width3", seed)
    network, data = to_relu(native.network, native.data.points), native.data
    shape = network.hidden_layers == 2 * native.network.hidden_layers and set(network.widths[1:-1]) == {3}
    if shape and check_memorization(network, data.points, data.labels).exact:
        return Verdict.holds(Grade.PROVED)
    return Verdict.inconclusive("the ReLU network built does not memorise, or has another shape")


@PAPER.states(
    r"\exists v, b: \; v \cdot x + b \text{ falls into distinct cells below }"
    r" \lceil N^2 \Delta \sqrt{\pi d/8} \rceil",
    on=lambda: DATA,
    item="Lemma 13",
)
def projection(instance: Instance, seed: int) -> Verdict:
    """With 333/106, which is less than pi."""
    from algebra.memorization.projection import PI_BELOW, lemma13_range, project

    data = data_of(instance)
    have = project(data, seed).range
    bound = lemma13_range(len(data), data.dimension, data.delta_squared, PI_BELOW)
    if have <= bound:
        return Verdict.holds(Grade.PROVED)
    return Verdict.inconclusive(f"the directions tried reach {have}, not {bound}")


@PAPER.states(
    r"f(x) = x - T1[x \ge T] + \sum_i (b_i - \sum_{j<i} b_j)1[x \ge iT] - T1[x \ge (i+1)T - b_i] \implies " + FOLDED,
    on=lambda: EQUAL_PIECES,
    item="Lemma 14",
    kind=Kind.FALSE_CONJECTURE,
)
def equal_pieces_printed(instance: Cells, seed: int) -> Verdict:
    """The coefficient in equation (5) must be b_i - b_{i-1}; up to width 6 both are the same."""
    return _lemma14(instance, printed=True)


@PAPER.states(
    r"d \le 6,\; f \text{ as printed } \implies " + FOLDED,
    NARROW,
    on=lambda: EQUAL_PIECES,
    item="Lemma 14",
)
def equal_pieces_narrow(instance: Cells, seed: int) -> Verdict:
    """Where the printed coefficient is right."""
    return _lemma14(instance, printed=True)


@PAPER.states(
    r"f(x) = x - T1[x \ge T] + \sum_i (b_i - b_{i-1})1[x \ge iT] - T1[x \ge (i+1)T - b_i] \implies " + FOLDED,
    on=lambda: EQUAL_PIECES,
    item="Lemma 14",
    remark=CORRECTED,
)
def equal_pieces(instance: Cells, seed: int) -> Verdict:
    return _lemma14(instance, printed=False)


@PAPER.states(
    r"f(x) = x - 2T1[x \ge T] + \sum_i (T + b_i - \sum_{j<i} b_j)1[x \ge M_i] - T1[x \ge \min(2T - b_i, M_{i+1})]"
    r" \implies " + FOLDED,
    on=lambda: RUNS,
    item="Lemma 15",
    kind=Kind.FALSE_CONJECTURE,
)
def runs_printed(instance: Cells, seed: int) -> Verdict:
    """Equation (8), wrong in two places; one by one in the next two claims."""
    return _lemma15(instance, printed_sum=True, printed_threshold=True)


@PAPER.states(
    r"f(x) = x - 2T1[x \ge T] + \sum_i (T + b_i - \sum_{j<i} b_j)1[x \ge M_i] - T1[x \ge"
    r" \max(M_i, \min(2T - b_i, M_{i+1}))] \implies " + FOLDED,
    on=lambda: RUNS,
    item="Lemma 15",
    kind=Kind.FALSE_CONJECTURE,
)
def runs_printed_sum(instance: Cells, seed: int) -> Verdict:
    """With the threshold repaired alone: the coefficient must be T + b_i - b_{i-1}, from the third run on."""
    return _lemma15(instance, printed_sum=True, printed_threshold=False)


@PAPER.states(
    r"f(x) = x - 2T1[x \ge T] + \sum_i (T + b_i - b_{i-1})1[x \ge M_i] - T1[x \ge \min(2T - b_i, M_{i+1})]"
    r" \implies " + FOLDED,
    on=lambda: RUNS,
    item="Lemma 15",
    kind=Kind.FALSE_CONJECTURE,
)
def runs_printed_threshold(instance: Cells, seed: int) -> Verdict:
    """With the coefficient repaired alone: the threshold may lie below M_i and fire in an earlier run.

    The shifts are the greatest that the lemma allows; with the least ones it rarely shows.
    """
    return _lemma15(instance, printed_sum=False, printed_threshold=True)


@PAPER.states(
    r"f(x) = x - 2T1[x \ge T] + \sum_i (T + b_i - b_{i-1})1[x \ge M_i] - T1[x \ge"
    r" \max(M_i, \min(2T - b_i, M_{i+1}))] \implies " + FOLDED,
    on=lambda: RUNS,
    item="Lemma 15",
    remark=CORRECTED,
)
def runs(instance: Cells, seed: int) -> Verdict:
    return _lemma15(instance, printed_sum=False, printed_threshold=False)


@PAPER.states(
    r"\text{with a new cell where } l \bmod D = 1, \text{ the layers read the label of the point's cell}",
    on=lambda: BITS,
    item="Lemma 22",
    kind=Kind.FALSE_CONJECTURE,
)
def bits_printed(instance: Labels, seed: int) -> Verdict:
    """For D = 1, binary labels, the test never holds; it must be (l-1) mod D = 0."""
    return _lemma22(instance, printed=True)


@PAPER.states(
    r"D \ge 2: \text{ with a new cell where } l \bmod D = 1, \text{ the layers read the label of the point's cell}",
    SEVERAL_BITS,
    on=lambda: BITS,
    item="Lemma 22",
)
def bits_printed_several(instance: Labels, seed: int) -> Verdict:
    """Where the printed test is right."""
    return _lemma22(instance, printed=True)


@PAPER.states(
    r"\text{with a new cell where } (l-1) \bmod D = 0,\; (2D+1)B \text{ layers of width } 3"
    r" \text{ read the label}",
    on=lambda: BITS,
    item="Lemma 22",
    remark=CORRECTED,
)
def bits(instance: Labels, seed: int) -> Verdict:
    return _lemma22(instance, printed=False)


@PAPER.states(
    r"R \text{ thresholds tell apart the cells of } R \text{ consecutive bits}",
    on=lambda: EDGES,
    item="Lemma 21",
    kind=Kind.FALSE_CONJECTURE,
)
def cell_thresholds_printed(instance: tuple[int, int, int, int], seed: int) -> Verdict:
    """R cells in a row have R + 1 ends."""
    return _lemma21(instance, 0)


@PAPER.states(
    r"R + 1 \text{ thresholds tell apart the cells of } R \text{ consecutive bits}",
    on=lambda: EDGES,
    item="Lemma 21",
)
def cell_thresholds(instance: tuple[int, int, int, int], seed: int) -> Verdict:
    return _lemma21(instance, 1)


@PAPER.states(
    r"4A + ((2R+5)2^R + 2R^2 + 8R + 7)\lceil BD/R \rceil - R2^R - R^2 + 3 \text{ parameters}",
    on=lambda: COUNTS,
    item="Lemma 16",
    kind=Kind.FALSE_CONJECTURE,
)
def count_printed(instance: tuple[int, int, int, int], seed: int) -> Verdict:
    """Dense count of the widths 1, A+2, 2, (2^R+R+1, R+2) ..., 1; the constant must be 13."""
    return _lemma16(instance, 3)


@PAPER.states(
    r"4A + ((2R+5)2^R + 2R^2 + 8R + 7)\lceil BD/R \rceil - R2^R - R^2 + 13 \text{ parameters}",
    on=lambda: COUNTS,
    item="Lemma 16",
)
def count(instance: tuple[int, int, int, int], seed: int) -> Verdict:
    return _lemma16(instance, 13)


@YUN.states(
    r"d_1 d_2 \ge N,\; d_2 \text{ even} \implies \text{two hard-tanh layers of widths } d_1, d_2 \text{ meet any"
    r" rational targets in } [-1, 1] \text{ exactly}",
    on=lambda: ((1, 1, 1, 0), (2, 1, 2, 0), (3, 2, 3, 0), *DATA),
)
def two_layers(instance: Instance, seed: int) -> Verdict:
    """An exact variant of the construction; the paper's own capacity has other constants."""
    return _decided(_memorized(instance, "hard-tanh", seed))


@VARDI.states(
    r"O(d + \sqrt{N \log N}) \text{ parameters memorise } N \text{ points,"
    r" if } \log d, \log\Delta, \log C = O(\log N)",
    on=lambda: DATA,
)
def square_root(instance: Instance, seed: int) -> Verdict:
    """In step and identity neurons at width 4.

    The order has no constants: what is checked is exactness, and the explicit count of the construction.
    """
    return _decided(_memorized(instance, "sqrt", seed))
