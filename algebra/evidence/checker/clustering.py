"""Least values of self-expressive models: F(Z, C) = |Z - Z C|^2 / 2 + lam theta(C) over all embeddings Z and C.

The N columns of Z are points, d its rows. theta is ``l1``: the sum of the |c_ij|; ``square``: |C|_F^2 / 2;
``nuclear``: the sum of the singular values. The diagonal of C is ``zero`` or ``free``. The embedding is normalised:
``frobenius``: |Z|_F^2 = tau; ``rows``: every row has the squared norm tau/d; ``whitened``: Z Z^T = (tau/d) I;
``instance``: every column has norm 1; ``none``: not at all. The claim is that the least value, or with ``none`` the
infimum, is ``lower`` = ``upper``.

**Upper bound.** ``point``: Z is the square root of ``squared_scale`` times a rational matrix, C is rational; both
satisfy the constraints, and F is calculated. For ``nuclear`` C = P - M with positive semidefinite ``parts`` P and M, so
that the sum of the singular values is at most tr P + tr M.

**Lower bound.** ``key-lemma``, with a ``multiplier`` 0 <= y <= 1. Let |.| be the norm of theta (for ``square`` the
Frobenius norm) and v^T C v <= beta |C| for all unit vectors v and admissible C. A sum V of matrices v v^T with trace 1
has <V, C> <= beta |C|, too. So for V = Z^T Z / T with T = |Z|_F^2

    |Z - Z C|_F sqrt(T) >= <Z, Z - Z C> = T - T <V, C> >= T (1 - beta |C|),

and as a^2/2 >= y a - y^2/2 for all a,

    F >= T (y - y^2/2) + lam theta(C) - T y beta |C|.

For a norm the rest is at least 0 if T y beta <= lam, for ``square`` at least -(T y beta)^2 / (2 lam). Here beta is

    l1       zero: 1/2, as |v_i v_j| <= 1/2                 free: 1
    square   zero: beta^2 = (N-1)/N, as sum v_i^4 >= 1/N    free: 1
    nuclear  zero: 1/2, as v^T C v = <C, v v^T - I/2>       free: 1

and 0 if C has to vanish (N = 1 with a zero diagonal). T is tau, and N with ``instance``. There F with ``l1`` is a sum
over points, and |z_j - Z c_j| >= 1 - |c_j|_1: it is N times the bound for T = 1 and beta = 1. With ``whitened``, a
``free`` diagonal and ``square`` or ``nuclear``, F is at least the sum over k <= d of the bound's terms for T = tau/d,
|C| = s_k(C), the k-th largest singular value: the k-th least one of I - C is at least 1 - s_k(C), by Weyl. So it is d
times the bound for T = tau/d and beta = 1. With ``none`` nothing is below 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from .labels import digits
from .limits import LARGEST, hold, need, spend
from .reading import fields, integer, rational, read_proofs, text

NAMES = ("normalisation", "regulariser", "diagonal", "N", "d", "tau", "lam")
NORMALISATIONS = ("frobenius", "rows", "whitened", "instance", "none")
USUAL_ROWS = 2
"""Of an embedding whose label does not say how many: enough for pairs of points in many directions."""

Rows = list[list[Fraction]]


class Model(NamedTuple):
    """What is minimised; tau is None where the normalisation has none."""

    normalisation: str
    regulariser: str
    diagonal: str
    N: int
    d: int
    tau: Fraction | None
    lam: Fraction


class Scalar(NamedTuple):
    """The bound: `copies` times that for T = `weight`, with the square of beta."""

    copies: int
    weight: Fraction
    beta_squared: Fraction


def model_label(model: dict[str, Any]) -> str:
    """Return the permanent name of a model, from its JSON.

    Examples
    --------
    >>> model_label({"normalisation": "instance", "regulariser": "l1", "diagonal": "zero", "N": 3, "d": 2, "tau": None,
    ...              "lam": "1/4"})
    'clustering:instance:l1:zero:N3:lam1/4'
    """
    size = f"N{digits(model['N'])}"
    if model["d"] != USUAL_ROWS:
        size += f":d{digits(model['d'])}"
    tau = "" if model["tau"] is None else f":tau{model['tau']}"
    kind = f"{model['normalisation']}:{model['regulariser']}:{model['diagonal']}"
    return f"clustering:{kind}:{size}{tau}:lam{model['lam']}"


def clustering_claim(claim: Any, document: dict[str, Any]) -> tuple[str, list[Callable[[], None]]]:
    """The least value of a self-expressive model."""
    _, name, given, lower, upper = fields(claim, "claim", "quantity", "label", "model", "lower", "upper")
    proofs = read_proofs(document, "lower", "upper")
    model = read_model(given)
    need(text(name, "label") == model_label(given), "the label does not fit the model")
    least, value = rational(lower, "claim.lower"), rational(upper, "claim.upper")
    need(least == value, "the bounds do not meet")
    checks = [lambda: check_lower_value(model, least, proofs[0]), lambda: check_point(model, value, proofs[1])]
    return f"the least value of {name} is {upper}", checks


def read_model(value: Any) -> Model:
    """Return a model whose least value is known."""
    normalisation, regulariser, diagonal, size, rows, tau, lam = fields(value, "model", *NAMES)
    need(normalisation in NORMALISATIONS, "the normalisation is unknown")
    need(regulariser in ("l1", "square", "nuclear"), "the regulariser is unknown")
    need(diagonal in ("zero", "free"), "the diagonal is neither zero nor free")
    N, d = integer(size, "N", 1, LARGEST), integer(rows, "d", 1, LARGEST)
    is_spectral = regulariser != "l1" and diagonal == "free"
    need(normalisation != "whitened" or (is_spectral and d <= N), "no bound is known of this whitened model")
    has_tau = normalisation in ("frobenius", "rows", "whitened")
    need((tau is not None) == has_tau, "tau does not fit the normalisation")
    squared_norm = None if tau is None else rational(tau, "tau")
    weight = rational(lam, "lam")
    need(weight > 0 and (squared_norm is None or squared_norm > 0), "lam or tau is not positive")
    return Model(normalisation, regulariser, diagonal, N, d, squared_norm, weight)


def scalar(model: Model) -> Scalar:
    """Return what the key lemma needs to know of a model that is normalised.

    Examples
    --------
    >>> scalar(Model("frobenius", "square", "zero", 3, 1, Fraction(1), Fraction(1, 4))).beta_squared
    Fraction(2, 3)
    """
    N = model.N
    weight = Fraction(N) if model.tau is None else model.tau
    if model.diagonal == "zero" and N == 1:
        return Scalar(1, weight, Fraction(0))
    if model.normalisation == "instance" and model.regulariser == "l1":
        return Scalar(N, Fraction(1), Fraction(1))
    if model.normalisation == "whitened":
        return Scalar(model.d, weight / model.d, Fraction(1))
    if model.diagonal == "free":
        return Scalar(1, weight, Fraction(1))
    return Scalar(1, weight, Fraction(N - 1, N) if model.regulariser == "square" else Fraction(1, 4))


def lower_value(model: Model, multiplier: Fraction) -> Fraction:
    """Return what a multiplier proves; it is refused where it proves nothing."""
    if model.normalisation == "none":
        return Fraction(0)
    need(0 <= multiplier <= 1, "the multiplier is not between 0 and 1")
    copies, weight, beta_squared = scalar(model)
    slope_squared = (weight * multiplier) ** 2 * beta_squared
    found = weight * (multiplier - multiplier**2 / 2)
    if model.regulariser == "square":
        return copies * (found - slope_squared / (2 * model.lam))
    need(slope_squared <= model.lam**2, "the multiplier is too large for lam")
    return copies * found


def check_lower_value(model: Model, claimed: Fraction, proof: Any) -> None:
    """Check the lower bound."""
    rule, multiplier = fields(proof, "lower", "rule", "multiplier")
    need(rule == "key-lemma", "the lower bound's rule is unknown")
    found = lower_value(model, rational(multiplier, "multiplier"))
    need(found >= claimed, "the claim's lower bound is above what the multiplier proves")


def check_point(model: Model, claimed: Fraction, proof: Any) -> None:
    """Check the upper bound: the point satisfies the constraints, and its value is what is claimed."""
    rule, scale, given_Z, given_C, parts = fields(proof, "upper", "rule", "squared_scale", "Z", "C", "parts")
    need(rule == "point", "the upper bound's rule is unknown")
    squared_scale = rational(scale, "squared_scale")
    need(squared_scale >= 0, "squared_scale is negative")
    spend(200 * model.N * (model.N + model.d), "the point")
    Z, C = read_matrix(given_Z, "Z", model.d, model.N), read_matrix(given_C, "C", model.N, model.N)
    check_normalised(model, squared_scale, Z)
    need(model.diagonal == "free" or all(C[i][i] == 0 for i in range(model.N)), "the diagonal of C is not zero")

    spend(20 * model.N**2 * (model.d + 1), "the value of the point")
    residual = [[z - dot(row, column(C, j)) for j, z in enumerate(row)] for row in Z]
    value = squared_scale * squared(residual) / 2 + model.lam * theta(model, C, parts)
    need(value <= claimed, "the point's value is above the claim's upper bound")


def check_normalised(model: Model, squared_scale: Fraction, Z: Rows) -> None:
    """Check that the embedding is normalised."""
    if model.normalisation == "frobenius":
        need(squared_scale * squared(Z) == model.tau, "the squared norm of Z is not tau")
    elif model.normalisation == "instance":
        lengths = [squared_scale * squared([column(Z, j)]) for j in range(model.N)]
        need(all(length == 1 for length in lengths), "a column of Z does not have norm 1")
    elif model.tau is not None:
        spend(20 * model.d**2 * model.N, "the rows of Z")
        lengths = [squared_scale * squared([row]) for row in Z]
        need(all(length == model.tau / model.d for length in lengths), "the squared norm of a row of Z is not tau/d")
        pairs = [(i, j) for i in range(model.d) for j in range(i)] if model.normalisation == "whitened" else []
        need(all(dot(Z[i], Z[j]) == 0 for i, j in pairs), "two rows of Z are not orthogonal")


def theta(model: Model, C: Rows, parts: Any) -> Fraction:
    """Return the regulariser at C; of the nuclear norm an upper bound."""
    if model.regulariser != "nuclear":
        need(parts is None, "parts are for the nuclear norm")
        is_square = model.regulariser == "square"
        return squared(C) / 2 if is_square else sum((abs(x) for row in C for x in row), Fraction(0))

    # C = P - M with both semidefinite: the trace of P + M is at least the nuclear norm.
    given_P, given_M = fields(parts, "parts", "P", "M")
    P = read_matrix(given_P, "parts", model.N, model.N)
    M = read_matrix(given_M, "parts", model.N, model.N)
    places = range(model.N)
    need(all(P[i][j] - M[i][j] == C[i][j] for i in places for j in places), "C is not P - M")
    need(is_semidefinite(P) and is_semidefinite(M), "P or M is not positive semidefinite")
    return sum((P[i][i] + M[i][i] for i in places), Fraction(0))


def is_semidefinite(matrix: Rows) -> bool:
    """Tell whether a matrix is symmetric and positive semidefinite, by elimination.

    Examples
    --------
    >>> one, two = Fraction(1), Fraction(2)
    >>> is_semidefinite([[one, one], [one, one]]), is_semidefinite([[one, two], [two, one]])
    (True, False)
    """
    size = len(matrix)
    spend(10 * size**3, "the elimination of a semidefinite matrix")
    if any(matrix[i][j] != matrix[j][i] for i in range(size) for j in range(i)):
        return False
    rest = [list(row) for row in matrix]
    for k in range(size):
        pivot = rest[k][k]
        if pivot < 0 or (pivot == 0 and any(rest[k][k:])):
            return False
        for i in range(k + 1, size if pivot else 0):
            share = rest[i][k] / pivot
            rest[i] = [x - share * y for x, y in zip(rest[i], rest[k], strict=True)] if share else rest[i]
    return True


def read_matrix(value: Any, name: str, rows: int, columns: int) -> Rows:
    """Return a matrix of rationals, written "p" or "p/q" in lowest terms."""
    need(type(value) is list and len(value) == rows, f"{name} does not have {rows} rows")
    need(all(type(row) is list and len(row) == columns for row in value), f"{name} does not have {columns} columns")
    hold(rows * columns, 200, name)
    return [[rational(entry, name) for entry in row] for row in value]


def column(matrix: Rows, j: int) -> list[Fraction]:
    """Return one column."""
    return [row[j] for row in matrix]


def dot(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    """Return the inner product."""
    return sum((x * y for x, y in zip(left, right, strict=True) if x and y), Fraction(0))


def squared(matrix: Rows) -> Fraction:
    """Return the squared Frobenius norm."""
    return sum((x * x for row in matrix for x in row), Fraction(0))
