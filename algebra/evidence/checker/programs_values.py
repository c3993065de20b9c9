"""A program at a sample modulo m: its scalars, and the derivatives of its outputs in all weights.

A *point* is a key with the number g of its weights and the number t of its sample. Weight q is integer q of the
stream ``weights/g``, input k integer k of ``points/t``. The exponential of exponent i (of the exponents that the
outputs need, in the order of the tape) is integer i of ``exponentials/t``, or of ``exponentials/weights/g`` if it
sees no input; it must be a unit. An exponent with a relation gets the product of the others, times its own residue
(of the weights) if there is a rest. An exponent that is a number gets a power of integer 0 of
``exponentials/base``. Some of these *sources*, numbered weights first, then inputs, then exponents, may be given
other residues: the certificate lists them. A square root is u^((m + 1)/4), whose square must be u, and a unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import gcd
from typing import Any

from .generator import residues
from .limits import hold, need, per_drawing, per_product, spend
from .minors import unit_inverse
from .programs_reading import Program, line
from .programs_tape import Rational, Symbol
from .reading import integer, integers, read_key

Residues = dict[int, int]

ZERO = "the residue of an exponential is no unit"

POLE = "a denominator is no unit at a sample"


@dataclass
class Sampler:
    """What is drawn under a key modulo m; `forced`: the residues that are given, by point and source.

    `signs` holds the active rectifiers by sample.
    """

    program: Program
    key: str
    m: int
    forced: dict[tuple[int, int], int]
    signs: dict[int, frozenset[int]] = field(default_factory=dict)
    forms: dict[int, list[tuple[Symbol, int]]] = field(default_factory=dict)

    def drawn(self, g: int, t: int) -> tuple[list[int], list[int], Residues]:
        """Return weights, inputs, and exponentials by their exponents."""
        p, m = self.program, self.m
        weights = residues(self.key, f"weights/{g}", 0, p.parameters, 1, m)
        inputs = residues(self.key, f"points/{t}", 0, p.inputs, 1, m)
        count = len(p.exponents)
        streams = [residues(self.key, f"exponentials/{s}", 0, count, 1, m) for s in (f"weights/{g}", f"{t}")]
        rests = {relation.u for relation in p.relations if relation.has_rest}
        of_input = [p.sees[u] and u not in rests for u in p.exponents]
        exponentials = {u: streams[of_input[i]][i] for i, u in enumerate(p.exponents)}
        for q in range(p.parameters):
            weights[q] = self.forced.get((g, q), weights[q])
        for k in range(p.inputs):
            inputs[k] = self.forced.get((t, p.parameters + k), inputs[k])
        for i, u in enumerate(p.exponents):
            source = (t if of_input[i] else g, p.parameters + p.inputs + i)
            exponentials[u] = self.forced.get(source, exponentials[u])
        (base,) = residues(self.key, "exponentials/base", 0, 1, 1, m)
        for u, q in p.numbers:
            exponentials[u] = signed_power(base, q, m)
        for u, parts, has_rest in p.relations:
            product = exponentials[u] if has_rest else 1
            for v, q in parts:
                product = product * signed_power(exponentials[v], q, m) % m
            exponentials[u] = product
        return weights, inputs, exponentials

    def form(self, u: int) -> list[tuple[Symbol, int]]:
        """Return the terms of a form, with residues for its coefficients."""
        if u not in self.forms:
            self.forms[u] = [(symbol, self.residue(c)) for symbol, c in self.program.tape.made[u].terms]
        return self.forms[u]

    def residue(self, c: Rational) -> int:
        """Return the residue of a coefficient."""
        return c.numerator * unit_inverse(c.denominator, self.m, "a constant's denominator is no unit") % self.m

    def values(self, g: int, t: int, scalars: tuple[int, ...]) -> Residues:
        """Return these scalars, which need nothing but each other, at a point."""
        m, made = self.m, self.program.tape.made
        weights, inputs, exponentials = self.drawn(g, t)
        z: Residues = {}
        for u in scalars:
            kind, of, _, number = made[u]
            if kind == "form":
                value = 0
                for symbol, product in self.form(u):
                    for v in symbol:
                        product = product * z[v] % m
                    value += product
                z[u] = value % m
            elif kind == "weight":
                z[u] = weights[number]
            elif kind == "input":
                z[u] = inputs[number]
            elif kind == "power":
                z[u] = pow(z[of[0]], number, m)
            elif kind == "inverse":
                z[u] = unit_inverse(z[of[0]], m, POLE)
            elif kind == "sqrt":
                z[u] = self.root(z[of[0]])
            elif kind == "relu":
                z[u] = z[of[0]] if u in self.signs[t] else 0
            else:
                z[u] = self.exponential(kind, of, number, exponentials)
        return z

    def root(self, u: int) -> int:
        """Return a square root."""
        found = pow(u, (self.m + 1) // 4, self.m)
        need(found * found % self.m == u and gcd(u, self.m) == 1, "a square root is not there at a sample")
        return found

    def exponential(self, kind: str, of: tuple[int, ...], number: int, exponentials: Residues) -> int:
        """Return what stands for an exponential, E / (1 + E), or a softmax."""
        above = [exponentials[v] for v in of]
        need(all(gcd(E, self.m) == 1 for E in above), ZERO)
        if kind == "exp":
            return above[0]
        below = sum(above) + (kind == "sigmoid")
        return above[number] * unit_inverse(below % self.m, self.m, POLE) % self.m

    def gradient(self, g: int, t: int) -> list[int]:
        """Return the derivatives of a covector times the outputs in all weights; it is from ``covectors/t``."""
        covector = residues(self.key, f"covectors/{t}", 0, len(self.program.outputs), 1, self.m)
        return self.pulled_back(covector, self.values(g, t, self.program.needed), t)

    def pulled_back(self, covector: Sequence[int], z: Residues, t: int) -> list[int]:
        """Return the derivatives of a covector times the outputs in all weights, at the values of all scalars."""
        p, m = self.program, self.m
        above: Residues = {}
        for u, c in zip(p.outputs, covector, strict=True):
            above[u] = above.get(u, 0) + c
        found = [0] * p.parameters
        for u in reversed(p.needed):
            slope = above.pop(u, 0) % m
            if not slope:
                continue
            if p.tape.made[u].kind == "weight":
                found[p.tape.made[u].number] = slope
            for v, derivative in self.derivatives(u, z, t):
                above[v] = above.get(v, 0) + slope * derivative
        return found

    def derivatives(self, u: int, z: Residues, t: int) -> list[tuple[int, int]]:
        """Return the partial derivatives of a scalar in those that it is made of, one after another."""
        m = self.m
        kind, of, _, number = self.program.tape.made[u]
        if kind == "form":
            found = []
            for symbol, c in self.form(u):
                if len(symbol) == 1:
                    found.append((symbol[0], c))
                elif symbol:
                    v, w = symbol
                    found += [(v, c * z[w] % m), (w, c * z[v] % m)]
            return found
        if kind == "power":
            return [(of[0], number * pow(z[of[0]], number - 1, m) % m)]
        if kind == "inverse":
            return [(of[0], -z[u] * z[u] % m)]
        if kind == "sqrt":
            return [(of[0], unit_inverse(2 * z[u] % m, m, POLE))]
        if kind == "exp":
            return [(of[0], z[u])]
        if kind == "sigmoid":
            return [(of[0], (z[u] - z[u] * z[u]) % m)]
        if kind == "relu":
            return [(of[0], int(u in self.signs[t]))]
        if kind == "softmax":
            return self.softmax_derivatives(u, z)
        return []

    def softmax_derivatives(self, u: int, z: Residues) -> list[tuple[int, int]]:
        """Return dP_i / ds_j = P_i (delta_ij - P_j); the P_j of the line are taken from their residues."""
        _, of, _, number = self.program.tape.made[u]
        P = [z[v] for v in line(self.program.tape, u)]
        return [(v, P[number] * ((j == number) - P[j]) % self.m) for j, v in enumerate(of)]


def signed_power(E: int, exponent: int, m: int) -> int:
    """Return a power of a unit; the exponent may be negative."""
    return pow(E if exponent >= 0 else unit_inverse(E, m, ZERO), abs(exponent), m)


def pay_for_points(p: Program, points: int, m: int) -> None:
    """Pay for the scalars of a program, and their derivatives, at so many points."""
    hold(len(p.needed) + p.parameters, 200, "the program at a sample")
    spend(points * per_point(p, m), "the program at all samples")


def per_point(p: Program, m: int) -> int:
    """Steps for one point: each term forward and backward, powers, inverses and roots."""
    made, bits = p.tape.made, m.bit_length()
    product = per_product(bits)

    # Products: one for each symbol of a form, and a power to so many bits for each part of a relation.
    terms = sum(len(made[u].terms) + len(made[u].of) for u in p.needed)
    terms += 2 * bits * sum(len(relation.parts) for relation in p.relations)

    # Powers, of scalars and of the base; each bit is two products.
    exponents = sum(made[u].number.bit_length() for u in p.needed if made[u].kind == "power")
    exponents += sum(q.bit_length() for _, q in p.numbers)

    # Inverses and roots take about as many products as the modulus has bits.
    functions = sum(made[u].kind in ("inverse", "sqrt", "sigmoid", "softmax") for u in p.needed)

    drawn = p.parameters + p.inputs + 2 * len(p.exponents) + len(p.outputs)
    numbers = (20 * terms + 2 * exponents + functions * bits) * product
    return numbers + per_drawing(3 * drawn, 1) + 30 * len(p.needed)


def read_sampler(program: Program, m: int, key: Any, forced: Any) -> Sampler:
    """Return what is drawn under a key, with the residues that are given."""
    need(not program.roots or m % 4 == 3, "with square roots the modulus must be 3 modulo 4")
    need(type(forced) is list, "forced is not a list")
    found: dict[tuple[int, int], int] = {}
    for each in forced:
        need(type(each) is list and len(each) == 3, "a forced residue is not a point, a source and a residue")
        point, source = integers(each[:2], "forced")
        need((point, source) not in found, "a residue is forced twice")
        found[point, source] = integer(each[2], "a forced residue", 0, m - 1)
    return Sampler(program, read_key(key), m, found)
