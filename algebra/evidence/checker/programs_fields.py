"""Vector fields on the weights of a program, and a proof that they leave its functions alone.

A field moves each weight by a linear combination of weights and 1. The derivative of every scalar along it is followed
through the tape as a linear combination of scalars and 1, by formal rules alone: the derivative of a form, a sum of
products, is written as a combination of the forms of its own step, if there is one, and of a sum that is 0 by what its
scalars are made of (a line that was centred, say); a power, an inverse, a root or a rectifier only lets a multiple of
its argument through, and multiplies it by its degree; an exponential is multiplied by the derivative of its argument;
of a softmax all arguments may vary by the same, and its values along a line add up to 1. What cannot be written so, or
only with products of more than `MOST_FACTORS` scalars, is *lost*; whatever uses it is lost too. The field is a symmetry
if the derivatives of all outputs are 0: scalars are treated as free symbols otherwise, so a symmetry may be missed, but
none is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from heapq import heappop, heappush

from .limits import MOST_BITS, hold, need, per_product, spend
from .minors import unit_inverse
from .programs_expansion import monomial, vanishes
from .programs_reading import Program
from .programs_tape import Rational, Symbol, Terms, length, whole

Form = dict[Symbol, Rational]
"""A sum of products of scalars; coefficients are not 0."""

Field = dict[int, dict[int | None, Rational]]
"""Of weights, by number: the weights (or 1: None) whose combination is the derivative, with coefficients."""

MOST_FACTORS = 4
"""Of a product of scalars in a derivative."""

MOST_TERMS = 200
"""Of a sum that is seen to be 0 by what its scalars are made of: a line behind a centring has a few dozen."""

DEGREES = {"inverse": Fraction(-1), "sqrt": Fraction(1, 2), "relu": Fraction(1)}


def combined(parts: Iterable[tuple[Rational, Form]]) -> Form:
    """Return a linear combination."""
    found: Form = {}
    for factor, form in parts:
        for symbol, c in form.items():
            found[symbol] = found.get(symbol, 0) + factor * c
    return {symbol: whole(c) for symbol, c in found.items() if c}


def longest(form: Form) -> int:
    """Return the bits of the longest coefficient, which are not too many."""
    bits = max(map(length, form.values()), default=0)
    need(bits <= 4 * MOST_BITS, "the coefficients of a vector field are too long")
    return bits


def is_short(form: Form) -> bool:
    """Tell whether no product has too many factors."""
    return all(len(symbol) <= MOST_FACTORS for symbol in form)


def is_linear(terms: Terms) -> bool:
    """Tell whether a form has no products."""
    return all(len(symbol) <= 1 for symbol, _ in terms)


class Echelon:
    """The forms of one step, brought into echelon form, to write others as combinations of them."""

    def __init__(self, forms: dict[int, Terms]) -> None:
        count: dict[Symbol, int] = {}
        for terms in forms.values():
            for symbol, _ in terms:
                count[symbol] = count.get(symbol, 0) + 1
        self.pivots: dict[Symbol, int] = {}
        self.rows: list[tuple[Symbol, Form, Form]] = []
        for u, terms in forms.items():
            left, combination = self.reduce(dict(terms))
            if left:
                # A symbol of this form alone, if there is one: then other forms need not be touched.
                pivot = min(left, key=lambda symbol: (count.get(symbol, 0), symbol))
                factor = 1 / Fraction(left[pivot])
                self.pivots[pivot] = len(self.rows)
                own = combined([(factor, {(u,): 1}), (-factor, combination)])
                self.rows.append((pivot, combined([(factor, left)]), own))

    def reduce(self, form: Form) -> tuple[Form, Form]:
        """Return what is left of a form, and the combination of the step's scalars that was taken off."""
        waiting = sorted(self.pivots[symbol] for symbol in form if symbol in self.pivots)
        left, taken = dict(form), dict[Symbol, Rational]()
        while waiting:
            pivot, below, combination = self.rows[heappop(waiting)]
            factor = left.get(pivot, 0)
            if not factor:
                continue
            bits = longest(left) + longest(below)
            terms = len(left) + len(taken) + len(below) + len(combination)
            spend(4 * terms * per_product(bits), "a vector field")
            left = combined([(1, left), (-factor, below)])
            taken = combined([(1, taken), (factor, combination)])
            for symbol in below:
                if symbol in left and symbol in self.pivots:
                    heappush(waiting, self.pivots[symbol])
        return left, taken


class Derivation:
    """Derivatives along fields; the echelon forms of the steps are kept for the next field."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.users: dict[int, list[int]] = {}
        self.steps: dict[int, dict[int, Terms]] = {}
        self.echelons: dict[int, Echelon] = {}
        hold(sum(len(program.tape.made[u].of) for u in program.needed), 100, "the program")
        for u in program.needed:
            made = program.tape.made[u]
            for v in made.of:
                self.users.setdefault(v, []).append(u)
            if made.kind == "form":
                self.steps.setdefault(program.tape.group[u], {})[u] = made.terms

    def is_symmetry(self, field: Field) -> bool:
        """Tell whether a field is seen to leave the outputs alone."""
        found = self.start(field)
        waiting = sorted({v for u in found for v in self.users.get(u, ())})
        done = set(found)
        while waiting:
            u = heappop(waiting)
            if u in done:
                continue
            done.add(u)
            derivative = self.derivative(u, found)
            if derivative is None or derivative:
                longest(derivative or {})
                found[u] = derivative
                for v in self.users.get(u, ()):
                    heappush(waiting, v)
        return all(u not in found for u in self.program.outputs)

    def start(self, field: Field) -> dict[int, Form | None]:
        """Return the derivatives of the weights: weight q is scalar q of the tape."""
        found: dict[int, Form | None] = {}
        for q, parts in field.items():
            found[q] = {() if other is None else (other,): c for other, c in parts.items()}
        return found

    def derivative(self, u: int, found: dict[int, Form | None]) -> Form | None:
        """Return the derivative of a scalar; None if it is lost."""
        kind, of, terms, number = self.program.tape.made[u]
        moved = [v for v in of if v in found]
        if any(found[v] is None for v in moved):
            return None
        if kind == "form":
            return self.of_form(u, terms, found)
        if kind == "softmax":
            forms = [found.get(v) or {} for v in of]
            if any(form != forms[0] for form in forms):
                forms = [self.expanded(form) for form in forms]
            return {} if all(form == forms[0] for form in forms) else None
        if kind == "exp":
            grown = {tuple(sorted((*symbol, u))): c for symbol, c in (found[of[0]] or {}).items()}
            return grown if is_short(grown) else None
        if kind == "sigmoid":
            return None
        degree = Fraction(number) if kind == "power" else DEGREES[kind]
        form = found[of[0]] or {}
        return {(u,): whole(degree * form[(of[0],)])} if list(form) == [(of[0],)] else None

    def of_form(self, u: int, terms: Terms, found: dict[int, Form | None]) -> Form | None:
        """Return the derivative of a form, by the product rule, as a combination of the step's scalars."""
        parts: list[tuple[Rational, Form]] = []
        for symbol, c in terms:
            for place, v in enumerate(symbol):
                rest = symbol[:place] + symbol[place + 1 :]
                form = found.get(v) or {}
                parts.append((c, {tuple(sorted(one + rest)): x for one, x in form.items()}))
        spend(20 * sum(2 + len(form) for _, form in parts), "a vector field")
        total = self.with_sums(combined(parts))
        if not total:
            return {}

        # A multiple of itself; else a combination of the step; else of scalars, as it is.
        symbol, c = terms[0]
        factor = Fraction(total.get(symbol, 0)) / c
        if len(total) == len(terms) and all(total.get(s) == factor * x for s, x in terms):
            return {(u,): whole(factor)}
        left, combination = self.echelon(u).reduce(total)
        if not left or vanishes(self.program.tape, {monomial(s): c for s, c in left.items()}, MOST_TERMS):
            return combination
        if all(len(symbol) <= 1 for symbol in total) or not all(len(symbol) <= 1 for symbol in left):
            return total if is_short(total) else None
        return combined([(1, left), (1, combination)])

    def expanded(self, form: Form) -> Form:
        """Return a form with every scalar that is a linear combination of others written out."""
        made = self.program.tape.made
        while True:
            found: list[tuple[Rational, Form]] = []
            is_done = True
            for symbol, c in form.items():
                sums = [u for u in symbol if made[u].kind == "form" and is_linear(made[u].terms)]
                if not sums:
                    found.append((c, {symbol: 1}))
                    continue
                is_done = False
                rest = list(symbol)
                rest.remove(sums[-1])
                terms = made[sums[-1]].terms
                spend(20 * len(terms), "a vector field")
                found += [(c * x, {tuple(sorted((*rest, *one))): 1}) for one, x in terms]
            if is_done:
                return form
            hold(len(found), 400, "a vector field")
            form = combined(found)
            longest(form)

    def with_sums(self, form: Form) -> Form:
        """Return a form in which softmax values that are summed along their whole line, with equal factors, are 1."""
        made = self.program.tape.made
        for symbol in list(form):
            for u in symbol if symbol in form else ():
                if made[u].kind != "softmax" or made[u].number:
                    continue
                rest = list(symbol)
                rest.remove(u)
                line = [tuple(sorted((*rest, v))) for v in range(u, u + len(made[u].of))]
                if all(form.get(each) == form[symbol] for each in line):
                    spend(20 * len(line), "a vector field")
                    summed = {tuple(rest): form[symbol]}
                    form = combined([(1, {s: c for s, c in form.items() if s not in line}), (1, summed)])
                    break
        return form

    def echelon(self, u: int) -> Echelon:
        """Return the forms of the step that made a scalar."""
        step = self.program.tape.group[u]
        if step not in self.echelons:
            spend(40 * sum(map(len, self.steps[step].values())), "the forms of a step")
            self.echelons[step] = Echelon(self.steps[step])
        return self.echelons[step]


def field_at(field: Field, weights: list[int], m: int) -> list[int]:
    """Return the values of a field at weights modulo m."""
    found = [0] * len(weights)
    for q, parts in field.items():
        for other, c in parts.items():
            inverse = unit_inverse(c.denominator, m, "a coefficient's denominator is no unit")
            found[q] += c.numerator * inverse * (1 if other is None else weights[other])
    return [value % m for value in found]
