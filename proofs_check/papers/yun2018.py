r"""C. Yun, S. Sra, A. Jadbabaie: global optimality conditions for deep neural networks."""

from __future__ import annotations

from typing import Any

from algebra import Grade
from algebra.critical_points import Problem
from algebra.critical_points.theorems import spans_top_directions
from algebra.exact.elimination import projector
from algebra.exact.inertia import inertia
from algebra.exact.matrices import Matrix, identity, is_zero, side_by_side, trace_of_product
from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding.assumptions import (
    CRITICAL,
    FILLS,
    FULL_RANK,
    INVERTIBLE,
    NARROW,
    ON_DATA,
    SAMPLES,
    is_global,
    top_directions,
)
from proofs_check.deciding.critical_points import BOTTLENECK, FILLING, REPEATED, SINGULAR, Point, points
from proofs_check.deciding.function_space import Net, nets, theorem_applies, verified_bounds
from proofs_check.deciding.saddles import checked, global_iff
from proofs_check.paper import Paper

PAPER = Paper(
    "yun2018",
    "C. Yun, S. Sra, A. Jadbabaie, Global optimality conditions for deep neural networks, ICLR 2018",
    "1707.02444",
)


def _rank_is_k(point: Point) -> bool:
    return int(point.problem.R.rank()) == point.facts.least_width


def _filling(point: Point, seed: int) -> Verdict:
    return global_iff(point, _rank_is_k(point))


def narrowest(problem: Problem) -> list[int]:
    """Return the layers p with d_p = k, the input being layer 0.

    Examples
    --------
    >>> narrowest(Problem([[1, 0], [0, 1]], [[1, 0]], [[[1, 0]], [[1]]]))
    [1, 2]
    """
    return [p for p, width in enumerate(problem.widths) if width == min(problem.widths)]


def _one_basis(point: Point, space: Matrix) -> bool:
    k = point.facts.least_width
    top = top_directions(point.data.structure, k)
    both = None if top is None else side_by_side([space, top], space.nrows())
    return both is not None and int(space.rank()) == k and int(both.rank()) == k


def _any_basis(point: Point, space: Matrix) -> bool:
    return spans_top_directions(point.facts.reduced.N_M, space, point.facts.least_width)


def _bottleneck(point: Point, accepts: Any) -> Verdict:
    """Take every p with d_p = k: the answer must not depend on it."""
    answers = {_rank_is_k(point) and accepts(point, point.problem.A(p)) for p in narrowest(point.problem)}
    return Verdict.all_of(global_iff(point, answer) for answer in sorted(answers))


def _end(problem: Problem) -> tuple[Matrix, Matrix]:
    """Return the gradient in the end layer of the proposition, and A_1 A_1ᵀ or C_Hᵀ C_H, which is k by k."""
    if problem.widths[-1] <= problem.widths[0]:
        return problem.gradient[0], problem.A(1) * problem.A(1).transpose()
    last = problem.C(problem.depth)
    return problem.gradient[-1], last.transpose() * last


def least_eigenvalue_at_most(symmetric: Matrix, bound: Any) -> bool:
    """Tell whether the least eigenvalue of a symmetric matrix is at most a rational number, exactly.

    Examples
    --------
    >>> from flint import fmpq_mat
    >>> least_eigenvalue_at_most(fmpq_mat(2, 2, [2, 0, 0, 5]), 2)
    True
    """
    size = symmetric.nrows()
    return bool(inertia(symmetric - identity(size, symmetric) * bound).pos < size)


def residual_net(widths: tuple[int, int, int]) -> Problem:
    """Return a linear residual network of (width, depth, seed) on generic data: every W_i - I has norm below 1.

    Examples
    --------
    >>> residual_net((2, 3, 0)).widths
    (2, 2, 2, 2)
    """
    from random import Random

    from flint import fmpq

    width, depth, seed = widths
    generator = Random(seed)

    def small() -> list[list[Any]]:
        return [[fmpq(i == j) + fmpq(generator.randint(-9, 9), 10 * width) for j in range(width)] for i in range(width)]

    samples = width + 1
    X, Y = ([[generator.randint(-3, 3) for _ in range(samples)] for _ in range(width)] for _ in range(2))
    problem = Problem(X, Y, [small() for _ in range(depth)])
    return problem if seed % 2 else Problem(problem.X, problem.R * problem.X, problem.W)


AT_FULL_RANK: Hypothesis[Point] = Hypothesis("rank R = k", _rank_is_k)
GLOBAL: Hypothesis[Point] = Hypothesis("global minimum", lambda p: is_global(p.problem))


@PAPER.states(
    r"k = \min(d_x, d_y): \text{ a critical point is a global minimum} \iff \operatorname{rank} R = k;"
    r" \text{ every other one is a saddle}",
    CRITICAL,
    *ON_DATA,
    FILLS,
    on=points,
    item="Theorem 2.1",
)
def filling(point: Point, seed: int) -> Verdict:
    """Minima by Eckart and Young; a saddle by exact points of lower and of higher loss at distance at most 1/10, a
    strict one by a direction of negative curvature, all computed exactly.
    """
    return _filling(point, seed)


@PAPER.states(
    r"\text{the same without: } YX^T \text{ has full rank}",
    CRITICAL,
    *SAMPLES,
    INVERTIBLE,
    FILLS,
    on=lambda: points(SINGULAR),
    kind=Kind.FALSE_CONJECTURE,
)
def filling_singular(point: Point, seed: int) -> Verdict:
    """The theorem assumes full rank. Without it an exact fit of rank below k is a global minimum, too."""
    return _filling(point, seed)


@PAPER.states(
    r"k < \min(d_x, d_y),\; d_p = k: \text{ a critical point is a global minimum} \iff \operatorname{rank} R = k,\;"
    r" \operatorname{col}(W_H \cdots W_{p+1}) = \operatorname{col}(U_k); \text{ every other one is a saddle}",
    CRITICAL,
    *ON_DATA,
    NARROW,
    on=points,
    item="Theorem 2.2",
)
def bottleneck(point: Point, seed: int) -> Verdict:
    """For every p with d_p = k.

    Minima by Eckart and Young; a saddle by exact points of lower and of higher loss at distance at most 1/10, a
    strict one by a direction of negative curvature, all computed exactly.
    """
    return _bottleneck(point, _one_basis)


@PAPER.states(
    r"\text{the same without: singular values are distinct, with the } U_k \text{ of one decomposition}",
    CRITICAL,
    *SAMPLES,
    INVERTIBLE,
    FULL_RANK,
    NARROW,
    on=lambda: points(REPEATED, mixed=0),
    kind=Kind.FALSE_CONJECTURE,
)
def bottleneck_one_basis(point: Point, seed: int) -> Verdict:
    """The theorem assumes distinct singular values. If the values k and k + 1 are equal, U_k is not unique."""
    return _bottleneck(point, _one_basis)


@PAPER.states(
    r"\operatorname{rank} R = k,\; \operatorname{col}(W_H \cdots W_{p+1}) \text{ invariant under }"
    r" YX^T(XX^T)^{-1}XY^T \text{ for its largest eigenvalues} \iff \text{global minimum}",
    CRITICAL,
    *SAMPLES,
    INVERTIBLE,
    FULL_RANK,
    NARROW,
    on=lambda: points(BOTTLENECK + REPEATED, mixed=6),
)
def bottleneck_any_basis(point: Point, seed: int) -> Verdict:
    """Theorem 2.2 for repeated singular values: any top invariant subspace is accepted.

    The authors say that distinctness can be relaxed.
    """
    return _bottleneck(point, _any_basis)


@PAPER.states(
    r"\text{the same without: } YX^T \text{ has full rank}",
    CRITICAL,
    *SAMPLES,
    INVERTIBLE,
    NARROW,
    on=lambda: points(SINGULAR),
    kind=Kind.FALSE_CONJECTURE,
)
def bottleneck_singular(point: Point, seed: int) -> Verdict:
    """The theorem assumes full rank."""
    return _bottleneck(point, _any_basis)


@PAPER.states(
    r"R^* = U_k U_k^T YX^T(XX^T)^{-1} \text{ (} U_k U_k^T = I \text{ if } k = \min(d_x, d_y)) \text{ is the product"
    r" at every global minimum}",
    CRITICAL,
    *ON_DATA,
    GLOBAL,
    on=points,
    item="Proposition 3.1",
)
def best_map(point: Point, seed: int) -> Verdict:
    problem, k = point.problem, point.facts.least_width
    fit = problem.S_YX * problem.S_XX.inv()
    top = top_directions(point.data.structure, k)
    if top is None:
        return Verdict.inconclusive("U_k is not rational")
    best = projector(top) * fit if k < point.facts.ends else fit
    loss = problem.with_weights([best]).loss
    shown = f"loss {loss} at R*, {problem.loss} at the point"
    return checked({"the losses are equal": loss == problem.loss, "R = R*": best == problem.R}, shown)


@PAPER.states(
    r"k = d_y \le d_x \implies \|\nabla_{W_1} L\|_F \ge \sigma_{\min}(W_H \cdots W_2)\|E\|_F \text{ at every point;"
    r" likewise at the other end}",
    *ON_DATA,
    FILLS,
    on=lambda: points(FILLING, most=2, mixed=1, bent=4),
    item="Proposition 3.4",
)
def gradient_bound(point: Point, seed: int) -> Verdict:
    """Decided by the inertia of a rational matrix, at critical and other points."""
    problem = point.problem
    gradient, gram = _end(problem)
    square = trace_of_product(problem.E, problem.E)
    if square == 0:
        return Verdict.holds(Grade.PROVED)
    ratio = trace_of_product(gradient, gradient) / square
    return checked({f"sigma_min^2 <= {ratio}": least_eigenvalue_at_most(gram, ratio)})


@PAPER.states(
    r"k = d_y \le d_x \implies L - L^* \le \|\nabla_{W_1} L\|_F^2 / (2\sigma_{\min}^2(W_H \cdots W_2)"
    r" \lambda_{\min}(XX^T)); \text{ likewise at the other end}",
    *ON_DATA,
    FILLS,
    on=lambda: points(FILLING, most=2, mixed=1, bent=4),
)
def loss_gap(point: Point, seed: int) -> Verdict:
    """Follows from Proposition 3.4 and the strong convexity of the loss in R."""
    # Compare sigma_min² lambda_min(X Xᵀ), the least eigenvalue of a Kronecker product, with |gradient|² / 2 gap.
    problem = point.problem
    gradient, gram = _end(problem)
    gap = problem.loss - problem.with_weights([problem.S_YX * problem.S_XX.inv()]).loss
    if gap == 0:
        return Verdict.holds(Grade.PROVED)
    bound = trace_of_product(gradient, gradient) / (2 * gap)
    rows = [[a * b for a in row for b in other] for row in gram.table() for other in problem.S_XX.table()]
    return checked({f"sigma_min^2 lambda_min <= {bound}": least_eigenvalue_at_most(problem.matrix_of(rows), bound)})


def _orthogonal(problem: Problem, p: int) -> bool:
    left = problem.A(p).transpose() * problem.E
    return is_zero(left) and is_zero(problem.E * problem.C(p + 1).transpose())


@PAPER.states(
    r"\operatorname{rank} R = k,\; d_p = k: \text{ critical} \iff (W_H \cdots W_{p+1})^T E = 0,\;"
    r" E(W_p \cdots W_1)^T = 0",
    *ON_DATA,
    AT_FULL_RANK,
    on=lambda: points(FILLING + BOTTLENECK, mixed=1, bent=4),
    item="Proposition 3.6",
)
def critical_conditions(point: Point, seed: int) -> Verdict:
    """Also at points that are not critical."""
    problem = point.problem
    answers = {_orthogonal(problem, p) for p in narrowest(problem)}
    return checked({"critical iff both products vanish": answers == {problem.is_critical}})


def _norms_below_one(instance: tuple[int, int, int]) -> bool:
    shifts = [W - identity(W.nrows()) for W in residual_net(instance).W]
    return all(inertia(identity(A.nrows()) - A * A.transpose()).pos == A.nrows() for A in shifts)


@PAPER.states(
    r"\sigma_{\max}(W_i - I) < 1 \text{ for all } i \implies \text{critical points are global minima}",
    Hypothesis("sigma_max(W_i - I) < 1", _norms_below_one),
    on=lambda: tuple((width, depth, seed) for width in (1, 2, 3) for depth in (2, 3, 4) for seed in range(4)),
    item="Corollary 2.3",
)
def residual(instance: tuple[int, int, int], seed: int) -> Verdict:
    """Instances (width, depth, seed): half of them fit the data exactly, the others are random, and then the
    gradient must not vanish.
    """
    problem = residual_net(instance)
    return checked({"critical only at a global minimum": not problem.is_critical or is_global(problem)})


@PAPER.states(
    r"d_x \ge d_y,\; \sigma_{\min}(J[h_H \circ \cdots \circ h_2](z)) \ge \epsilon > 0 \implies"
    r" \text{critical points in function space are global minima}",
    Hypothesis("the checker's hypotheses hold", lambda net: theorem_applies(net, "4.1")),
    on=lambda: nets("4.1"),
    item="Theorem 4.1",
)
def function_space_wide(net: Net, seed: int) -> Verdict:
    """Checked: the constant that the checker certifies from the weights bounds the Jacobian at random points, in
    ball arithmetic, so that only a zero residual is stationary there. Not checked: the passage to functions.
    """
    return verified_bounds(net, "4.1", seed)


@PAPER.states(
    r"d_x \le d_y,\; d_{j-1} = d_x,\; d_j \ge d_y,\; \|f(u)\| \ge \epsilon_1\|u\|,\; \sigma_{\min}(J[g](z)) \ge"
    r" \epsilon_2 \implies \text{critical points in function space are global minima}",
    Hypothesis("the checker's hypotheses hold", lambda net: theorem_applies(net, "4.2")),
    on=lambda: nets("4.2"),
    item="Theorem 4.2",
)
def function_space_tall(net: Net, seed: int) -> Verdict:
    """As for Theorem 4.1; also the bound of the first layers f is checked at random points."""
    return verified_bounds(net, "4.2", seed)
