"""Slow, independent answers: formulas of the literature written out, and searches in floats that know no theorem."""

from fractions import Fraction

import numpy as np
from scipy.optimize import minimize


def least_value(normalisation, regulariser, diagonal, N, tau, lam):
    """The tables of Theorems 1 and 2, case by case."""
    if normalisation == "instance":
        size, tau = Fraction(N), Fraction(N)
    else:
        size = tau
    if diagonal == "zero" and N == 1:
        return size / 2
    if regulariser == "square":
        if normalisation == "instance":
            return N * lam / (2 * (N - 1 + lam)) if diagonal == "zero" else N * lam / (2 * (N + lam))
        return tau * lam * N / (2 * (N * lam + (N - 1) * tau)) if diagonal == "zero" else tau * lam / (2 * (tau + lam))
    if normalisation == "instance" and regulariser == "l1":
        return N * (lam - lam**2 / 2) if lam <= 1 else Fraction(N, 2)
    if diagonal == "zero":
        return 2 * lam - 2 * lam**2 / tau if 2 * lam <= tau else tau / 2
    return lam - lam**2 / (2 * tau) if lam <= tau else tau / 2


def best_of_embedding(Z, lam, regulariser, is_free):
    """The least value over C for one embedding, in floats."""
    K, N = Z.T @ Z, Z.shape[1]
    if regulariser == "square":
        D = np.linalg.inv(K + lam * np.eye(N))
        return lam / 2 * np.trace(D @ K) if is_free else float(np.sum(1 / np.diag(D) - lam) / 2)
    if regulariser == "nuclear":
        squares = np.linalg.svd(Z, compute_uv=False) ** 2
        return float(sum(lam - lam**2 / (2 * s) if s > lam else s / 2 for s in squares))
    return sum(lasso(np.delete(Z, j, 1) if not is_free else Z, Z[:, j], lam) for j in range(N))


def lasso(A, z, lam, rounds=300):
    """Coordinate descent."""
    c = np.zeros(A.shape[1])
    lengths = (A * A).sum(axis=0)
    residual = z.copy()
    for _ in range(rounds if len(c) else 0):
        before = c.copy()
        for i, length in enumerate(lengths):
            if length > 0:
                inner = A[:, i] @ residual + length * c[i]
                new = np.sign(inner) * max(abs(inner) - lam, 0) / length
                residual += A[:, i] * (c[i] - new)
                c[i] = new
        if np.abs(c - before).max() < 1e-13:
            break
    return float(residual @ residual / 2 + lam * np.abs(c).sum())


def descended(normalisation, regulariser, is_free, N, tau, lam, rng, starts=6, d=2):
    """The least value that descent over embeddings finds from random starts."""

    def value(flat):
        Z = flat.reshape(d, N)
        norm = np.linalg.norm(Z, axis=0) if normalisation == "instance" else np.linalg.norm(Z) / np.sqrt(tau)
        return best_of_embedding(Z / np.maximum(norm, 1e-12), lam, regulariser, is_free)

    return min(minimize(value, rng.normal(size=d * N)).fun for _ in range(starts))
