"""The least norm of a user's function over all Euclidean kernels, exactly, and its norm under one kernel."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from algebra.errors import InputError, as_integer, one_of
from proofs_check.question import Answer, Field, Question, Result
from proofs_check.reading import Natural, Number, Positive, Text, file_format
from proofs_check.show.text import aligned, strong

if TYPE_CHECKING:
    from fractions import Fraction

MOST_SHOWN = 12  # squares in a report for people
WAYS = ("values", "counts", "parity")


@file_format
class Function:
    """A function, in one of three ways, and perhaps a kernel."""

    domain: Text
    """"hypercube": {-1,1}^n; "slice": the 0/1 vectors of weight p; "cube01": {0,1}^n, not by all its values."""

    n: Positive
    """Number of coordinates, at most 3000."""

    p: Natural | None = None
    """Weight of the slice."""

    values: list[Number] | None = None
    """All values of the function: on the hypercube 2^n, where bit i of the place is coordinate i (1: true), up to
    n = 20; on a slice one for each set of p ones, in lexicographic order, up to 3000."""

    counts: list[Number] | None = None
    """Instead: values by the number of ones among the first k coordinates, 0..k; by weight if k = n.
    k is at most 200."""

    parity: Natural | None = None
    """Instead: the parity of so many bits, with the values 1 and -1."""

    kernel: list[Number] | None = None
    """Values of a kernel as `rankcert kernel spectrum` takes them: the norm under it is computed, too."""


def answer(given: Function) -> Answer:
    """Compute the weights on the levels, and from them the norms.

    Raises
    ------
    InputError
        If the parity or the number of coordinates is too large, or the values are refused.
    """
    from algebra.exact.numbers import number_text

    _check(given)
    counts = given.counts
    if given.parity is not None:
        if as_integer("parity", given.parity) > min(given.n, 200):
            raise InputError("parity", given.parity, f"at most {min(given.n, 200)}")
        counts = [(-1) ** t for t in range(given.parity + 1)]
    if given.domain == "cube01":
        from algebra.kernels import count_norm_whole_cube

        assert counts is not None
        if given.n > MOST_WHOLE:
            raise InputError("n", given.n, f"at most {MOST_WHOLE} on cube01")
        found = count_norm_whole_cube(given.n, counts)
        return Answer(_label(given), _fields(given, None, found.enclosure(), None, None))

    from algebra.kernels import Scheme, best_norm, count_weights, function_weights, kernel_norm_squared

    scheme = Scheme(given.n, given.p)
    weights = function_weights(scheme, given.values or []) if counts is None else count_weights(scheme, counts)
    norm = best_norm(scheme, weights)
    squared = None
    if given.kernel is not None:
        try:
            under = kernel_norm_squared(scheme, given.kernel, weights)
        except InputError as error:  # the library calls them values
            raise error.renamed(error.argument.replace("values", "kernel")) from None
        squared = "infinite" if under is None else number_text(under)
    return Answer(_label(given), _fields(given, weights, norm.enclosure(), norm.squares, squared))


MOST_WHOLE = 60  # coordinates of cube01: orthogonal polynomials of so many slices


def _check(given: Function) -> None:
    ways = [way for way in WAYS if getattr(given, way) is not None]
    if len(ways) != 1:
        raise InputError("values", ways or None, f"given, or one of {', '.join(WAYS[1:])} instead")
    one_of("domain", given.domain, ("hypercube", "slice", "cube01"))
    if (given.p is None) == (given.domain == "slice"):
        allowed = "the weight of the slice" if given.p is None else 'left out, except with "slice"'
        raise InputError("p", given.p, allowed)
    if given.domain == "cube01" and (given.values is not None or given.kernel is not None):
        extra = "values" if given.values is not None else "kernel"
        raise InputError(extra, "given", "left out on cube01, where a function is given by counts, or as a parity")


def _label(given: Function) -> str:
    """Name the function by its size and a hash of its values."""
    size = f"n{given.n}" if given.p is None else f"n{given.n}:p{given.p}"
    if given.parity is not None and given.kernel is None:
        return f"function:{given.domain}:{size}:parity{given.parity}"
    told = json.dumps([given.values, given.counts, given.parity, given.kernel], separators=(",", ":"))
    return f"function:{given.domain}:{size}:{hashlib.sha256(told.encode()).hexdigest()[:32]}"


def _fields(
    given: Function,
    weights: tuple[Fraction, ...] | None,
    norm: tuple[str, str],
    squares: tuple[Fraction, ...] | None,
    under_kernel: str | None,
) -> Result:
    from algebra.exact.numbers import number_text

    return {
        "domain": given.domain,
        "n": given.n,
        "p": given.p,
        "weights": None if weights is None else list(map(number_text, weights)),
        "squared_terms": None if squares is None else list(map(number_text, squares)),
        "norm": {"lower": norm[0], "upper": norm[1]},
        "squared_norm_under_kernel": under_kernel,
        "grade": "proved",
    }


def report(result: Result) -> str:
    """Everything that is known of one function, for people."""
    norm, squares = result["norm"], result["squared_terms"]
    rows = [("at least", norm["lower"], ""), ("at most", norm["upper"], "")]
    if squares:
        more = ", …" if len(squares) > MOST_SHOWN else ""
        rows += [("sum of the roots of", ", ".join(squares[:MOST_SHOWN]) + more, "")]
    if result["squared_norm_under_kernel"] is not None:
        rows += [("squared norm under the kernel", result["squared_norm_under_kernel"], "")]
    shown = f"{float(norm['upper']):.6g}"
    head = f"{result['label']}  least norm {strong(shown)}"
    return f"{head}\n\n{aligned(rows, right=())}\n\n{result['grade']}, {result['seconds']} s"


def line(result: Result) -> str:
    """Say in one line between which numbers the norm lies."""
    return f"{result['label']}  {result['norm']['lower']} .. {result['norm']['upper']}"


QUESTION = Question(
    name="kernel norm",
    says="Least norm of any function over all Euclidean kernels, exactly, and its norm under one kernel.",
    about="A function is given by all its values, by the number of ones among its first coordinates, or as a parity. "
    "Kernels have k(x, x) <= 1; no kernel, Euclidean or not, serves all images of the function under the symmetries "
    "with a smaller norm.",
    given=Function,
    answer=answer,
    fields=(
        Field("domain", "text", "where the function lives"),
        Field("n", "integer", "number of coordinates"),
        Field("p", "integer", "weight of the slice; else null"),
        Field("weights", "list", "squared length of the part on each level, over the number of points; null on cube01"),
        Field("squared_terms", "list", "the norm is the sum of their roots; null on cube01"),
        Field("norm", "object", "lower and upper: decimals that enclose the least norm"),
        Field("squared_norm_under_kernel", "text", "exact, or infinite; null without a kernel"),
        Field("grade", "text", "proved"),
    ),
    example={"domain": "hypercube", "n": 9, "counts": [0, 0, 1, 1]},
    needs=("algebra.kernels.functions",),
    usage=("rankcert kernel norm function.json", "rankcert kernel norm functions.jsonl --json"),
    report=report,
    line=line,
)
