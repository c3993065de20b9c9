"""Kernels that are given by a formula, such as ``(1 + s)^2``, ``t^d`` or ``1/2 + asin(s/n)/pi``.

Names: s the inner product, d the Hamming distance, n the dimension, on {0,1}^n also a = |x| and b = |y|; t is a symbol.
A formula is evaluated at each distance in the smallest ring that holds it: rationals, polynomials in t, or expressions
of SymPy, which cancel by themselves where a function is even or odd, so that exact zeros of a spectrum are seen.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from algebra.errors import InputError
from algebra.exact.numbers import number_text, to_fmpq, to_fraction
from algebra.kernels.schemes import Scheme, hamming
from algebra.kernels.spectrum import Interval, KernelSpectrum, inner_product_spectrum, kernel_spectrum, of_signs
from algebra.kernels.terwilliger import block_spectrum

FUNCTIONS = ("exp", "sqrt", "asin", "acos", "atan", "tanh", "sinh", "cosh", "log")
MOST_SYMBOLIC = 120  # coordinates: eigenvalues are polynomials of this degree
MOST_TRANSCENDENTAL = 24  # sums of so many expressions
MOST_LETTERS = 1000
MOST_EXPONENT = 10_000
MOST_BITS = 1_000_000  # of one power
BITS = (64, 256, 1024)


def _quotient(above: Any, below: Any) -> Any:
    """Divide; only constants divide polynomials."""
    if hasattr(below, "coeffs") and below.degree() > 0:
        raise TypeError
    return above / below


OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: _quotient}
GRAMMAR = f"a formula in +, -, *, /, ^, integers, names, and {', '.join(FUNCTIONS)}"


def formula_spectrum(
    domain: str, n: int, formula: str, p: int | None = None, t: Fraction | Interval | None = None
) -> KernelSpectrum:
    """Return the spectrum of a kernel that is given by a formula.

    Parameters
    ----------
    domain : str
        ``"hypercube"``, ``"slice"`` or ``"cube01"``.
    n : int
    formula : str
    p : int, optional
        Weight of the slice.
    t : Fraction, or two of them, optional
        The value of the symbol t, or an interval, for all t of which the kernel is asked for.

    Returns
    -------
    Spectrum

    Raises
    ------
    InputError
        If the formula cannot be read, divides by zero, or is not real.

    Examples
    --------
    >>> found = formula_spectrum("hypercube", 3, "t^d", t=(Fraction(0), Fraction(1)))
    >>> found.eigenvalues[1], found.is_psd
    ('-t^3 - t^2 + t + 1', True)
    >>> formula_spectrum("hypercube", 4, "1/2 + asin(s/n)/pi").eigenvalues[2]
    '0'
    >>> formula_spectrum("cube01", 3, "2^(0-d)").rank
    8 (proved)
    """
    tree = _parsed(formula)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - {*FUNCTIONS, "pi"}
    allowed = {"s", "d", "n", "t"} | ({"a", "b"} if domain == "cube01" else set())
    if names - allowed:
        raise InputError("formula", formula, f"of the names {', '.join(sorted(allowed))}, not {min(names - allowed)}")
    if ("t" in names) != (t is not None):
        raise InputError("t", t if t is None else "given", "left out, except with a formula of t, which needs it")

    is_transcendental = any(isinstance(node, ast.Call) or getattr(node, "id", "") == "pi" for node in ast.walk(tree))
    interval = t if isinstance(t, tuple) else None
    if domain == "cube01" and (is_transcendental or interval):
        raise InputError("formula", formula, "rational on cube01: without functions, pi, and an interval for t")
    if is_transcendental and interval:
        raise InputError("formula", formula, "without functions where t has an interval")

    fixed: dict[str, Any] = {"n": to_fmpq(Fraction(n))}
    if isinstance(t, Fraction):
        fixed["t"] = to_fmpq(t)

    def at(**names: int) -> Any:
        return _value(tree, {**fixed, **{name: to_fmpq(Fraction(x)) for name, x in names.items()}}, formula)

    if domain == "cube01":
        hamming(n)
        if not names & {"a", "b", "d"}:
            return inner_product_spectrum(n, [to_fraction(at(s=s)) for s in range(n + 1)])
        return block_spectrum(n, lambda a, b, s: to_fraction(at(a=a, b=b, s=s, d=a + b - 2 * s)))

    scheme = Scheme(n, p)
    relations = range(scheme.diameter + 1)
    triples = [{"s": n - 2 * i, "d": i} if p is None else {"s": p - i, "d": 2 * i} for i in relations]
    if interval is not None:
        _limit(n, MOST_SYMBOLIC, "a symbol")
        return _symbolic(scheme, tree, triples, fixed, formula, interval)
    if is_transcendental:
        _limit(n, MOST_TRANSCENDENTAL, "functions")
        return _transcendental(scheme, tree, triples, fixed, formula)
    return kernel_spectrum(scheme, [to_fraction(at(**triple)) for triple in triples])


def _limit(n: int, most: int, of: str) -> None:
    if n > most:
        raise InputError("n", n, f"at most {most} for a formula with {of}")


def _parsed(formula: str) -> ast.expr:
    if len(formula) > MOST_LETTERS:
        raise InputError("formula", f"{len(formula)} letters", f"at most {MOST_LETTERS} letters")
    try:
        tree = ast.parse(formula.replace("^", "**").strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise InputError("formula", formula, GRAMMAR) from None
    for node in ast.walk(tree):
        is_operation = isinstance(node, ast.BinOp) and isinstance(node.op, (*OPERATORS, ast.Pow))
        is_sign = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd | ast.USub)
        is_call = isinstance(node, ast.Call) and getattr(node.func, "id", "") in FUNCTIONS and len(node.args) == 1
        is_leaf = isinstance(node, ast.Name) or (isinstance(node, ast.Constant) and type(node.value) is int)
        is_grammar = isinstance(node, ast.operator | ast.unaryop | ast.expr_context)
        if not (is_operation or is_sign or is_call or is_leaf or is_grammar) or getattr(node, "keywords", []):
            raise InputError("formula", formula, GRAMMAR)
    return tree


def _value(tree: ast.expr, names: Mapping[str, Any], formula: str, functions: Mapping[str, Any] | None = None) -> Any:
    """Evaluate a formula; the values of the names say in which ring."""

    def value(node: ast.expr) -> Any:
        match node:
            case ast.Constant():
                return names["n"] * 0 + node.value
            case ast.Name():
                return names[node.id]
            case ast.UnaryOp():
                return -value(node.operand) if isinstance(node.op, ast.USub) else value(node.operand)
            case ast.Call():
                assert functions is not None
                return functions[node.func.id](value(node.args[0]))  # type: ignore[attr-defined]
            case ast.BinOp(op=ast.Pow()):
                return _power(value(node.left), value(node.right), formula)
            case ast.BinOp():
                return OPERATORS[type(node.op)](value(node.left), value(node.right))
        raise InputError("formula", formula, GRAMMAR)

    try:
        return value(tree)
    except ZeroDivisionError:
        raise InputError("formula", formula, "defined at all points: it divides by zero") from None
    except RecursionError:
        raise InputError("formula", formula, "nested less deeply") from None
    except InputError:
        raise
    except (TypeError, ValueError):
        raise InputError("formula", formula, "a polynomial in t, without division by it") from None


def _power(base: Any, exponent: Any, formula: str) -> Any:
    if getattr(exponent, "q", 2) != 1 or abs(int(exponent)) > MOST_EXPONENT:
        raise InputError("formula", formula, f"of integer exponents up to {MOST_EXPONENT}; sqrt(x) is a root")
    whole = int(exponent)
    if _size(base) * abs(whole) > MOST_BITS:
        raise InputError("formula", formula, f"of values with at most {MOST_BITS:,} bits or coefficients")
    return base**whole if whole >= 0 else (base * 0 + 1) / base**-whole


def _size(base: Any) -> int:
    """Return the bits of a number, or the degree of a polynomial: what grows with an exponent."""
    if hasattr(base, "degree") and hasattr(base, "coeffs"):
        bits = max((int(c.p).bit_length() + int(c.q).bit_length() for c in base.coeffs()), default=1)
        return bits * int(base.degree() + 1)
    return int(base.p).bit_length() + int(base.q).bit_length() if hasattr(base, "q") else 1


def _symbolic(
    scheme: Scheme,
    tree: ast.expr,
    triples: Sequence[Mapping[str, int]],
    fixed: Mapping[str, Any],
    formula: str,
    interval: Interval,
) -> KernelSpectrum:
    """Eigenvalues are polynomials in t: their zeros in the interval decide."""
    from flint import fmpq_poly

    from algebra.kernels.semidefinite_range import polynomial_text, semidefinite_range
    from algebra.kernels.signs import negative_point

    names = {**fixed, "t": fmpq_poly([0, 1])}
    values = [fmpq_poly([0]) + _value(tree, {**names, **_rationals(triple)}, formula) for triple in triples]
    found = scheme.spectrum(values)
    points = [negative_point(theta, *interval) for theta in found]
    signs = [0 if theta == 0 else 1 for theta in found]
    generic = of_signs(signs, scheme.multiplicities, [polynomial_text(theta) for theta in found])
    bad = next(((j, point) for j, point in enumerate(points) if point is not None), None)
    return KernelSpectrum(
        scheme.multiplicities,
        generic.rank,
        None,
        None,
        bad is None,
        generic.eigenvalues,
        negative_at=bad,
        psd_on=semidefinite_range(found, *interval),
    )


def _transcendental(
    scheme: Scheme,
    tree: ast.expr,
    triples: Sequence[Mapping[str, int]],
    fixed: Mapping[str, Any],
    formula: str,
) -> KernelSpectrum:
    """Eigenvalues are expressions: 0 where they cancel, else of the sign of a ball, or open."""
    import sympy

    functions = {name: getattr(sympy, name) for name in FUNCTIONS}

    def rational(x: Any) -> Any:
        return sympy.Rational(int(x.p), int(x.q))

    values = []
    for triple in triples:
        names = {name: rational(x) for name, x in {**fixed, **_rationals(triple)}.items()}
        found = _value(tree, {**names, "pi": sympy.pi}, formula, functions)
        if found.is_real is not True or not found.is_finite:
            raise InputError("formula", formula, f"real at all points: at s = {triple['s']} it is {found}")
        values.append(found)

    from algebra.kernels.signs import sign_of_expression

    exact = [sympy.expand(theta) for theta in scheme.spectrum(values)]
    return of_signs([sign_of_expression(theta, BITS) for theta in exact], scheme.multiplicities, list(map(str, exact)))


def _rationals(triple: Mapping[str, int]) -> dict[str, Any]:
    return {name: to_fmpq(Fraction(x)) for name, x in triple.items()}


def symbol(argument: str, given: Any) -> Fraction | Interval:
    """Read a value of the symbol t, or the two ends of an interval.

    Parameters
    ----------
    argument : str
        What messages call it.
    given : exact number, or a list of two

    Returns
    -------
    Fraction or Interval

    Raises
    ------
    InputError
        If it is neither, or the ends are not in order.

    Examples
    --------
    >>> symbol("t", ["0", "1/2"])
    (Fraction(0, 1), Fraction(1, 2))
    """
    from algebra.exact.numbers import exact_number

    if not isinstance(given, list):
        return exact_number(argument, given)
    if len(given) != 2:
        raise InputError(argument, given, "a number, or the two ends of an interval")
    low, high = (exact_number(f"{argument}[{i}]", end) for i, end in enumerate(given))
    if low >= high:
        raise InputError(argument, [number_text(low), number_text(high)], "two ends, the lower one first")
    return low, high
