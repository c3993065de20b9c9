"""Other ways to the same dimension, written for comparison: independent of the library, and slower.

- `per_sample`: the method of the scripts published with the first papers on the subject.  For every output and
  every random point one forward and one backward pass; the coefficients' Jacobian is recovered from these
  gradients by interpolation; its rank is the dimension.
- `symbolic`: expand the outputs in sympy, differentiate their coefficients, substitute random weights, rank.
- `macaulay2`: numericalImageDim of Macaulay2's package NumericalImplicitization, on the expanded coefficients.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from itertools import combinations_with_replacement, pairwise
from pathlib import Path

import numpy as np
from flint import nmod_mat

PRIME = 8388593
Widths = tuple[int, ...]


def exponents(variables: int, degree: int) -> list[tuple[int, ...]]:
    """Exponents of the monomials of a degree, in any order."""
    chosen = combinations_with_replacement(range(variables), degree)
    return [tuple(choice.count(i) for i in range(variables)) for choice in chosen]


def power_mod(z: np.ndarray, exponent: int) -> np.ndarray:
    """Elementwise power of int64 residues; there are small exponents only."""
    result = np.ones_like(z)
    for _ in range(exponent):
        result = result * z % PRIME
    return result


def gradient(weights: list[np.ndarray], degree: int, point: np.ndarray, output: int) -> np.ndarray:
    """Gradient of one output at one point in all weights: one forward and one backward pass."""
    activations, slopes = [point], []
    for matrix in weights[:-1]:
        z = matrix @ activations[-1] % PRIME
        below = power_mod(z, degree - 1)
        activations.append(below * z % PRIME)
        slopes.append(degree * below % PRIME)
    delta = np.zeros(weights[-1].shape[0], np.int64)
    delta[output] = 1
    parts = [np.outer(delta, activations[-1]).ravel()]
    for layer in range(len(weights) - 2, -1, -1):
        delta = (weights[layer + 1].T @ delta % PRIME) * slopes[layer] % PRIME
        parts.append((np.outer(delta, activations[layer]) % PRIME).ravel())
    return np.concatenate(parts[::-1])


def per_sample(widths: Widths, degree: int, seed: int = 0) -> int:
    """Dimension by passes for single samples, recovery of the coefficients, and FLINT's rank."""
    rng = np.random.default_rng(seed)
    weights = [rng.integers(0, PRIME, (after, before)) for before, after in pairwise(widths)]
    monomials = exponents(widths[0], degree ** (len(widths) - 2))
    points = rng.integers(0, PRIME, (len(monomials), widths[0]))
    rows = [[monomial(point, e) for e in monomials] for point in points.tolist()]
    vandermonde = nmod_mat(rows, PRIME)
    jacobian: list[list[int]] = []
    for output in range(widths[-1]):
        gradients = [gradient(weights, degree, point, output).tolist() for point in points]
        jacobian += vandermonde.solve(nmod_mat(gradients, PRIME)).tolist()
    return int(nmod_mat(jacobian, PRIME).rank())


def monomial(point: list[int], exponent: tuple[int, ...]) -> int:
    """Value of one monomial at one point."""
    value = 1
    for x, e in zip(point, exponent, strict=True):
        value = value * pow(x, e, PRIME) % PRIME
    return value


def symbolic(widths: Widths, degree: int, seed: int = 0) -> int:
    """Dimension by a symbolic Jacobian of the coefficients, evaluated at random weights."""
    import sympy

    inputs = sympy.symbols(f"x:{widths[0]}")
    weights = [
        sympy.Matrix(after, before, sympy.symbols(f"w{layer}_:{after}:{before}"))
        for layer, (before, after) in enumerate(pairwise(widths))
    ]
    activations = sympy.Matrix(inputs)
    for matrix in weights[:-1]:
        activations = (matrix * activations).applyfunc(lambda z: sympy.expand(z**degree))
    outputs = weights[-1] * activations
    coefficients = [c for f in outputs for c in sympy.Poly(sympy.expand(f), *inputs).coeffs()]
    unknowns = [w for matrix in weights for w in matrix]
    jacobian = sympy.Matrix(coefficients).jacobian(unknowns)
    rng = np.random.default_rng(seed)
    at = dict(zip(unknowns, rng.integers(-99, 100, len(unknowns)).tolist(), strict=True))
    rows = [[int(entry) for entry in row] for row in jacobian.subs(at).tolist()]
    return int(nmod_mat(rows, PRIME).rank())


MACAULAY2 = """
needsPackage "NumericalImplicitization";
widths = {{{widths}}};
h = #widths - 1;
R = CC[flatten flatten for l from 1 to h list
    for i from 1 to widths#l list for j from 1 to widths#(l-1) list w_(l,i,j)];
S = R[x_1..x_(widths#0)];
a = transpose vars S;
for l from 1 to h do (
    z = matrix(for i from 1 to widths#l list for j from 1 to widths#(l-1) list sub(w_(l,i,j), S)) * a;
    a = if l < h then matrix apply(numRows z, i -> {{z_(i,0)^{degree}}}) else z;
);
F = flatten apply(flatten entries a, f -> flatten entries sub(last coefficients f, R));
numericalImageDim({{R_0^2, R_1}}, ideal 0_R);
for i from 1 to {repeats} do (
    t = cpuTime(); d = numericalImageDim(F, ideal 0_R); t = cpuTime() - t;
    print(toString d | " " | toString t);
);
exit 0
"""


def macaulay2_command() -> str | None:
    """Macaulay2's binary: M2 on the path, or the one inside passagemath-macaulay2; None if there is neither."""
    found = shutil.which("M2")
    if found is not None:
        return found
    for folder in map(Path, sys.path):
        inside = folder / "sage_wheels" / "bin" / "M2"
        if inside.is_file():
            return str(inside)
    return None


def macaulay2(widths: Widths, degree: int, repeats: int = 1, timeout: float = 3600.0) -> tuple[int, float]:
    """Dimension by numericalImageDim, and the least CPU time of that call; the expansion is not counted."""
    command = macaulay2_command()
    if command is None:
        raise FileNotFoundError("M2")
    script = MACAULAY2.format(widths=",".join(map(str, widths)), degree=degree, repeats=repeats)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dimension.m2"
        path.write_text(script)
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        done = subprocess.run(
            [command, "--script", str(path)],
            capture_output=True, text=True, check=True, timeout=timeout, env=environment,
        )  # fmt: skip
    answers = [line.split() for line in done.stdout.splitlines() if line.strip()]
    (found,) = {int(dimension) for dimension, _ in answers}
    return found, min(float(time) for _, time in answers)
