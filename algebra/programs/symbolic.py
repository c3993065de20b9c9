"""Expressions of sympy as programs: scalars, matrices of scalars, and products and sums of matrix symbols."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from algebra.errors import InputError
from algebra.programs.program import Program
from algebra.programs.tracing import Trace, Traced, exp, relu, sqrt, tanh


def program_of_sympy(expressions: Any, parameters: Sequence[Any], inputs: Sequence[Any]) -> Program:
    """Return the program of expressions.

    Parameters
    ----------
    expressions : sympy expression, matrix, or a sequence of them
    parameters, inputs : sequence of sympy symbols or matrix symbols
        Together all symbols of the expressions.

    Returns
    -------
    Program

    Raises
    ------
    InputError
        For a symbol that is neither, or a function that a program cannot say.

    Examples
    --------
    >>> import sympy
    >>> a, b, c, x = sympy.symbols("a b c x")
    >>> program_of_sympy(c * sympy.exp(a * x + b), [a, b, c], [x]).dimension()
    2 (proved)
    """
    shapes = {str(symbol): _shape_of(symbol) for symbol in (*parameters, *inputs)}
    trace = Trace({str(s): shapes[str(s)] for s in inputs}, {str(s): shapes[str(s)] for s in parameters})
    translation = Translation(
        trace, {symbol: Traced(trace, str(symbol), shapes[str(symbol)]) for symbol in (*parameters, *inputs)}
    )
    given = list(expressions) if isinstance(expressions, list | tuple) else [expressions]
    outputs = [output.name for expression in given for output in translation.outputs(expression)]
    return Program(trace.inputs, trace.parameters, trace.steps, outputs, trace.constants)


def _shape_of(symbol: Any) -> tuple[int, ...]:
    if not getattr(symbol, "is_Matrix", False):
        return ()
    return int(symbol.rows), int(symbol.cols)


class Translation:
    """Expressions, each translated once."""

    def __init__(self, trace: Trace, known: dict[Any, Traced]) -> None:
        self.trace, self.known = trace, known

    def outputs(self, expression: Any) -> list[Traced]:
        """Return the arrays of an output: one, or one for every entry of an explicit matrix."""
        import sympy

        if isinstance(expression, sympy.MatrixBase):
            return [self.of(entry) for entry in expression]
        return [self.of(sympy.sympify(expression))]

    def of(self, expression: Any) -> Traced:
        """Return the array of an expression."""
        if expression not in self.known:
            self.known[expression] = self._translated(expression)
        return self.known[expression]

    def _translated(self, expression: Any) -> Traced:
        import sympy

        if expression.is_number and not expression.free_symbols:
            return self._number(expression)
        if expression.is_Symbol or isinstance(expression, sympy.MatrixSymbol):
            raise InputError("expressions", str(expression), f"made of {', '.join(map(str, self.known))} alone")
        if isinstance(expression, sympy.Pow):
            return self._power(self.of(expression.base), expression)
        for kind, build in self._builders():
            if isinstance(expression, kind):
                return build(expression)
        name = type(expression).__name__
        allowed = (
            "sums, products, powers with exponents k/2, exp, tanh, sigmoid written with exp, Max(0, x), matrix products"
        )
        raise InputError("expressions", name, allowed)

    def _builders(self) -> list[tuple[Any, Callable[[Any], Traced]]]:
        import sympy

        def folded(operation: Callable[[Traced, Traced], Traced]) -> Callable[[Any], Traced]:
            return lambda e: reduce(operation, (self.of(part) for part in e.args))

        return [
            ((sympy.Add, sympy.MatAdd), folded(lambda a, b: a + b)),
            (sympy.MatMul, folded(lambda a, b: a @ b if a.ndim and b.ndim else a * b)),
            ((sympy.Mul, sympy.HadamardProduct), folded(lambda a, b: a * b)),
            (sympy.Transpose, lambda e: self.of(e.arg).T),
            (sympy.exp, lambda e: exp(self.of(e.args[0]))),
            (sympy.tanh, lambda e: tanh(self.of(e.args[0]))),
            (sympy.Max, self._maximum),
        ]

    def _number(self, expression: Any) -> Traced:
        import sympy

        if isinstance(expression, sympy.Rational):
            return self.trace.constant(f"{expression.p}/{expression.q}")
        if isinstance(expression, sympy.Float):
            return self.trace.constant(float(expression))
        if isinstance(expression, sympy.exp):
            return exp(self.of(expression.args[0]))
        if isinstance(expression, sympy.Pow):
            return self._power(self.of(expression.base), expression)
        raise InputError("expressions", str(expression), "with rational numbers, their square roots and exponentials")

    def _power(self, base: Traced, expression: Any) -> Traced:
        import sympy

        exponent = expression.exp
        if expression.base is sympy.E:
            return exp(self.of(exponent))
        doubled = exponent * 2
        if not getattr(doubled, "is_Integer", False):
            raise InputError("expressions", str(expression), "with exponents that are integers or halves of integers")
        whole = base if exponent.is_Integer else sqrt(base)
        count = abs(int(exponent if exponent.is_Integer else doubled))
        found = whole**count
        return found if exponent > 0 else found**-1

    def _maximum(self, expression: Any) -> Traced:
        """Max(0, x); of two expressions a + relu(b - a)."""
        parts = list(expression.args)
        if len(parts) == 2 and 0 in parts:
            return relu(self.of(next(part for part in parts if part != 0)))
        found = self.of(parts[0])
        for part in parts[1:]:
            found = found + relu(self.of(part) - found)
        return found
