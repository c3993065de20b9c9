"""What published theorems say of a point, each with its hypotheses checked one by one, exactly.

None of them decides the verdict: `algebra.critical_points.classification` needs no hypotheses.  Beside it they show
which theorem already settles a point, and where a theorem's test misleads on data that it excludes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from algebra.critical_points.classification import Classification
from algebra.critical_points.pivots import are_tightened
from algebra.critical_points.problem import Problem
from algebra.critical_points.theorem_check import TheoremCheck
from algebra.exact.elimination import projector
from algebra.exact.matrices import Matrix, is_zero
from algebra.exact.spectra import compare_spectra, distinct_nonzero_eigenvalues


@dataclass(frozen=True)
class Facts:
    """The hypotheses that the theorems share, each computed once."""

    found: Classification

    @cached_property
    def problem(self) -> Problem:
        """The point."""
        return self.found.problem

    @cached_property
    def reduced(self) -> Problem:
        """The point with X of full row rank."""
        return self.problem.reduced

    @cached_property
    def least_width(self) -> int:
        """The smallest of all widths, input and output included, which the papers call k."""
        return min(self.problem.widths)

    @cached_property
    def ends(self) -> int:
        """min(d_x, d_y)."""
        return min(self.problem.widths[0], self.problem.widths[-1])

    @cached_property
    def rank_R(self) -> int:
        """Rank of the product of all weights."""
        return int(self.problem.R.rank())

    @cached_property
    def distinct(self) -> bool:
        """Whether the nonzero singular values of Y X^T (X X^T)^-1 X are distinct."""
        return distinct_nonzero_eigenvalues(self.reduced.N_M)

    def data(self) -> dict[str, bool]:
        """Return the hypotheses on the data that most of the papers make."""
        p = self.problem
        d_x, d_y = p.widths[0], p.widths[-1]
        return {
            "critical point": self.found.critical,
            "d_x <= m": d_x <= p.samples,
            "d_y <= m": d_y <= p.samples,
            "X X^T invertible": p.data_rank == d_x,
            "Y X^T of full rank": int(p.S_YX.rank()) == self.ends,
            "distinct singular values": self.distinct,
        }

    def wide(self) -> dict[str, bool]:
        """Return the hypothesis that no hidden layer is narrower than both ends."""
        return {"hidden widths >= min(d_x, d_y)": self.least_width == self.ends}


def published_theorems(found: Classification) -> list[TheoremCheck]:
    """Return what the published theorems say of a point.

    Parameters
    ----------
    found : Classification
        Of a problem whose X is not zero.

    Returns
    -------
    list of TheoremCheck

    Notes
    -----
    Each check names its source, the first ones of [1]_ and [2]_ among others.

    References
    ----------
    .. [1] C. Yun, S. Sra, A. Jadbabaie, "Global optimality conditions for deep neural networks", ICLR 2018,
       arXiv:1707.02444.
    .. [2] E. M. Achour, F. Malgouyres, S. Gerchinovitz, "The loss landscape of deep linear neural networks: a
       second-order analysis", JMLR 25(242), 2024, arXiv:2107.13289.

    Examples
    --------
    Y Xᵀ is singular, which the theorems exclude, and their tests take a point of loss 0 for a saddle:

    >>> from algebra.critical_points.classification import classify_exactly
    >>> point = Problem([[1, 0], [0, 1]], [[2, 0], [0, 0]], [[[1, 0], [0, 0]], [[2, 0], [0, 0]]])
    >>> [t.name for t in published_theorems(classify_exactly(point)) if t.misleads]
    ['Yun-Sra-Jadbabaie 2018, Theorem 2.1', 'Achour-Malgouyres-Gerchinovitz 2024, Theorem 7']
    """
    facts = Facts(found)
    if found.problem.data_rank == 0:
        return []
    tests = (_yun_filling, _yun_bottleneck, _yun_convex, _kawaguchi, _laurent, _trager, _achour)
    return [test(facts) for test in tests]


YUN = "C. Yun, S. Sra, A. Jadbabaie, Global optimality conditions for deep neural networks, ICLR 2018, arXiv:1707.02444"


def _yun_filling(facts: Facts) -> TheoremCheck:
    hypotheses = {**facts.data(), "k = min(d_x, d_y)": facts.least_width == facts.ends}
    test = {"rank R = k": facts.rank_R == facts.least_width}
    return TheoremCheck(
        "Yun-Sra-Jadbabaie 2018, Theorem 2.1", YUN, hypotheses, test, _global_or_saddle(test), facts.found.verdict
    )


def _yun_bottleneck(facts: Facts) -> TheoremCheck:
    hypotheses = {**facts.data(), "k < min(d_x, d_y)": facts.least_width < facts.ends}
    p = facts.problem.widths.index(facts.least_width)
    space = facts.problem.A(p)
    test = {
        "rank R = k": facts.rank_R == facts.least_width,
        "col(W_H...W_{p+1}) = col(U_k)": spans_top_directions(facts.reduced.N_M, space, facts.least_width),
    }
    return TheoremCheck(
        "Yun-Sra-Jadbabaie 2018, Theorem 2.2", YUN, hypotheses, test, _global_or_saddle(test), facts.found.verdict
    )


def _global_or_saddle(test: dict[str, bool]) -> str:
    return "global_min" if all(test.values()) else "saddle"


def spans_top_directions(N: Matrix, space: Matrix, count: int) -> bool:
    """Tell whether the columns span an invariant space of N of this dimension that belongs to largest eigenvalues.

    With a repeated eigenvalue every space that will do is accepted, where a comparison with one computed basis of
    eigenvectors would refuse all but one.

    Parameters
    ----------
    N : Matrix
        Symmetric and positive semidefinite.
    space : Matrix
        One column a vector; as many rows as N.
    count : int
        The dimension.

    Returns
    -------
    bool

    Examples
    --------
    >>> from flint import fmpq_mat
    >>> spans_top_directions(fmpq_mat(2, 2, [1, 0, 0, 1]), fmpq_mat(2, 1, [3, 4]), 1)
    True
    """
    if int(space.rank()) != count:
        return False
    projection = projector(space)
    if not is_zero(N * projection - projection * N):
        return False
    inside = N * projection
    if int(inside.rank()) < count:
        return is_zero(N - inside)
    return compare_spectra(inside, N - inside).top


def _yun_convex(facts: Facts) -> TheoremCheck:
    source = (
        "C. Yun, S. Sra, A. Jadbabaie, Small nonlinearities in activation functions create bad local minima in neural "
        "networks, ICLR 2019, arXiv:1802.03487"
    )
    hypotheses = {"critical point": facts.found.critical, **facts.wide()}
    test = {"gradient with respect to R is zero": is_zero(facts.problem.E)}
    return TheoremCheck(
        "Yun-Sra-Jadbabaie 2019, Theorem 4", source, hypotheses, test, _global_or_saddle(test), facts.found.verdict
    )


def _kawaguchi(facts: Facts) -> TheoremCheck:
    source = "K. Kawaguchi, Deep learning without poor local minima, NeurIPS 2016, arXiv:1605.07110"
    p = facts.problem
    hypotheses = {**facts.data(), "d_y <= d_x": p.widths[-1] <= p.widths[0], "H >= 2": p.depth >= 2}
    middle = p.depth >= 2 and int(p.B(p.depth, 1).rank()) == min(p.widths[1:-1])
    test = {"rank(W_{H-1}...W_2) = smallest hidden width": middle}
    says = "global_min or strict_saddle" if middle else "global_min or saddle"
    return TheoremCheck("Kawaguchi 2016", source, hypotheses, test, says, facts.found.verdict)


def _laurent(facts: Facts) -> TheoremCheck:
    source = (
        "T. Laurent, J. von Brecht, Deep linear networks with arbitrary loss: all local minima are global, ICML 2018, "
        "arXiv:1712.01473"
    )
    hypotheses = {"critical point": facts.found.critical, **facts.wide()}
    return TheoremCheck("Laurent-von Brecht 2018", source, hypotheses, {}, "global_min or saddle", facts.found.verdict)


def _trager(facts: Facts) -> TheoremCheck:
    source = (
        "M. Trager, K. Kohn, J. Bruna, Pure and spurious critical points: a geometric study of linear networks, "
        "ICLR 2020, arXiv:1910.01671"
    )
    hypotheses = {"critical point": facts.found.critical, "X X^T invertible": facts.data()["X X^T invertible"]}
    test = {"rank R = k": facts.reduced.r == facts.reduced.k, "E = 0": is_zero(facts.problem.E)}
    says = "pure" if any(test.values()) else "spurious, a saddle"
    return TheoremCheck("Trager-Kohn-Bruna 2020", source, hypotheses, test, says, facts.found.verdict)


def _achour(facts: Facts) -> TheoremCheck:
    source = (
        "E. M. Achour, F. Malgouyres, S. Gerchinovitz, The loss landscape of deep linear neural networks: a "
        "second-order analysis, JMLR 25(242), 2024, arXiv:2107.13289"
    )
    d_x, d_y = facts.problem.widths[0], facts.problem.widths[-1]
    hypotheses = {**facts.data(), "d_y <= d_x": d_y <= d_x}
    p = facts.reduced
    top = p.r == 0 or compare_spectra(p.N_R, p.N_E).top
    test = {"rank R = k": p.r == p.k, "S = {1..r}": top, "tightened": is_tightened(facts.problem)}
    return TheoremCheck(
        "Achour-Malgouyres-Gerchinovitz 2024, Theorem 7",
        source,
        hypotheses,
        test,
        _achour_says(test),
        facts.found.verdict,
    )


def _achour_says(test: dict[str, bool]) -> str:
    if test["rank R = k"]:
        return "global_min" if test["S = {1..r}"] else "strict_saddle"
    return "nonstrict_saddle" if test["S = {1..r}"] and test["tightened"] else "strict_saddle"


def is_tightened(point: Problem) -> bool:
    """Tell whether each pivot has a complementary block of rank r, as Achour, Malgouyres and Gerchinovitz define it.

    Parameters
    ----------
    point : Problem
        A critical point.

    Returns
    -------
    bool

    Examples
    --------
    >>> zero = [[0]]
    >>> is_tightened(Problem([[1]], [[1]], [zero, zero])), is_tightened(Problem([[1]], [[1]], [zero] * 3))
    (False, True)
    """
    if point.data_rank == 0:
        return True
    return are_tightened(point.reduced)
