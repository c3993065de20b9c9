"""Lower bounds of separation ranks for every width and depth: later layers copy one entry of a Gram matrix.

Copying: layers with Q = K = V = e_1^T and O = e_1 take a Gram matrix with the one entry gamma to gamma^3, and multiply
the output by gamma. After m' of them F = gamma^m omega with m = (3^m' - 1)/2.

*Theorem (copied entry).* Let w = min(d, N_A, N_B), n = min(w - 1, H e) >= 1, L >= 2 and m = (3^(L-1) - 1)/2. For almost
all weights

    rank f_k >= sum over i + j = k, i <= m, j <= 2m + 1, of mon(n, min(2i, 2m+1-j)) mon(n, min(j, 2(m-i)+1)).

Proof. Take tokens in w coordinates, number 0 and n others, and Gram matrices whose entry at 0, 0 vanishes: let g be the
row of 0 and Y the symmetric n x n matrix of the others, both free. In the first layer let all O_h V_h be e_1 e_0^T and
sum_h K_h^T Q_h the projection on the n coordinates, which has rank at most H e. Then M(G) = e_1 g^T, so G_1 has one
entry, g^T Y g, and y_1 = g^T x. The others copy it:

    F = (g^T Y g)^m (g^T x),     GL_n acts by g -> A g, Y -> A^-T Y A^-1, x -> A^-T x, and leaves F as it is.

Let W be the span of the B-parts of degree i in Y and j in g, a representation of GL_n. The equivariant map Y_B -> eta
eta^T takes it to functions of eta (degree 2i) and g_B (degree j), which are the sum of one irreducible representation
[a; -b] for each a = 2i - t, b = j - t, with the highest weight vector h = eta_1^a g_n^b (eta . g)^t. On A choose
g = e_1, Y = zeta zeta^T with zeta = e_1 + e_n, and x = e_1, or x = e_n where b = 2(m - i) + 1. All coefficients of

    (eta_1 + eta . g)^2i (1 + g_1 + g_n)^(2m-2i) (g_1 + 1, or g_n)

are at least 0, and so are those of its part with the weight of h, which has h itself if b <= 2(m - i) + 1. Contracting
t times with sum_c d/d eta_c d/dg_c leaves eta_1^a g_n^b, the only monomial of its degrees and weight, with a positive
coefficient. So W has a part [a; -b] for all t from t0 = max(0, j - 2(m - i) - 1) on, and these have the dimensions
mon(n, a) mon(n, b) - mon(n, a - 1) mon(n, b - 1), whose sum telescopes to mon(n, 2i - t0) mon(n, j - t0). If n = 1 W
has dimension 1, since the coefficients are positive. Parts with other i and j are independent on both sides.

*Theorem (copied power).* Let n = min(w div 2, e) >= 2, s = n(n+1)/2, r >= 1 least with 3^r >= n, m = (3^(L-r-1) - 1)/2.
Then rank f_k >= mon(s, k) and rank f_{C-k} >= n mon(s, k) for k <= m.

Proof. The first layer, of one head, takes an n x n block Z of G that is disjoint from the symmetric block Y: M = Z and
G_1 = Z Y Z^T, both free. In the next r layers O V and K^T Q are the identity, and e_1, v^T after the last: so gamma =
v^T G_1^D v with D = 3^r, omega = v^T G_1^((D-1)/2) Z x, and copies follow. Let P be a form of degree k <= m with
P(d/dY_B) F = 0. Where gamma = 0 the terms with its lowest power say P(Z^T Gamma Z) = 0 for the gradient Gamma of gamma.
Take G_1 diagonal with n different D-th roots of unity z_i, and sum_i v_i^2 = 0 with no v_i = 0. Then gamma = 0, and
Gamma = sum_(i+j=D-1) G^i v (G^j v)^T has the entries v_i v_j (z_i^D - z_j^D)/(z_i - z_j) = 0, and D z_i^(D-1) v_i^2 on
the diagonal: it is regular, so Z^T Gamma Z runs through all regular matrices, and P = 0. On A likewise: P(Gamma, eta),
linear in the gradient eta of omega in x, vanishes on an orbit of GL_n in which eta^T Gamma^-1 eta = n/D is not 0; up
to multiples of eta these are almost all pairs.

With residual connections F is what has the greatest degree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import algebra.evidence.checker.separation_bounds as formulas
from algebra.evidence.checker.limits import Refused
from algebra.evidence.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from algebra.evidence.checker.separation_stacks import Stack
    from tensors.attention.depth.architecture import StackArchitecture


def copied_entry_bound(stack: StackArchitecture, k: int | None = None) -> Reason | None:
    """Return the lower bound of rank f_k, or of the whole rank; None where the theorem says nothing.

    Examples
    --------
    >>> from tensors.attention.depth.architecture import StackArchitecture
    >>> copied_entry_bound(StackArchitecture(6, 2, 3, 2, (6, 6))).value
    176
    >>> [copied_entry_bound(StackArchitecture(3, 1, 3, 2, (3, 3)), k).value for k in range(5)]
    [1, 5, 9, 8, 2]
    """
    return _copied("copied-entry", formulas.copied_entry_rank, stack, k)


def copied_power_bound(stack: StackArchitecture, k: int | None = None) -> Reason | None:
    """Return the lower bound of rank f_k, or of the whole rank; None where the theorem says nothing.

    Examples
    --------
    >>> from tensors.attention.depth.architecture import StackArchitecture
    >>> copied_power_bound(StackArchitecture(4, 1, 2, 4, (4, 4))).value
    105
    """
    return _copied("copied-power", formulas.copied_power_rank, stack, k)


def _copied(
    rule: str, rank: Callable[[Stack, int | None], int], stack: StackArchitecture, k: int | None
) -> Reason | None:
    """Ask the checker what a theorem says of tokens that are any vectors; it refuses where the theorem is silent."""
    if stack.vocabulary is not None:
        return None
    try:
        return Reason(rule, rank(stack.checked, k))
    except Refused:
        return None
