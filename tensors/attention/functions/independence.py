r"""Why exponentials may be replaced by independent residues: a proof by a rank, for every network by itself.

Let :math:`s_1, \ldots, s_m` be the logits of all layers together, as functions of weights and inputs t. They vanish at
the input X = 0. If they are linearly independent over Q, then the exponentials :math:`e^{s_1}, \ldots, e^{s_m}` are
algebraically independent over :math:`C(t)`. The condition is on all layers at once: logits that are independent layer
by layer do not suffice, since one of a higher layer may be a combination of lower ones and functions of their
exponentials.

The proof is elementary (``docs/attention.md`` has all of it). A relation of least length gives a monomial in the
exponentials of the highest layer, :math:`e^\sigma = g` with :math:`\sigma = \sum n_k s_k`, that lies in the field of
the lower ones, so :math:`d\sigma = dg/g`. In each lower exponential E, transcendental over the rest k, a pole of
:math:`\sigma` would be double in :math:`d\sigma` and is simple in :math:`dg/g`; so :math:`\sigma` lies in k, :math:`g
= g_0 E^n`, and :math:`\sigma - n s_E`, :math:`g_0` satisfy the same equation over k. When no exponential is left, both
are constant: a linear relation of logits up to a constant, which is 0 at X = 0. Ax's theorem [1]_ gives the same.

The premise needs nothing transcendental. Layer by layer, the logits of layer i are rational functions, with rational
coefficients, of t and of the exponentials of lower layers, which are independent by induction; so a linear relation
would hold when t and these exponentials are replaced by residues, and a matrix of all logits at random residues that
has full column rank modulo a prime excludes it. Several samples with the same weights stay independent: in a relation,
put the inputs of all samples but one to 0.

A network with fewer coordinates and smaller heads is the larger one with zeros for what is missing. So the rank is
looked at in the narrowest network of the same logits, once for all that have as many layers, heads and tokens.

With biases logits do not vanish at X = 0, and a relation up to a constant is not excluded: there the differences
:math:`s(w, X) - s(w, X')` of two inputs at the same weights have to be independent. The networks here have none.

References
----------
.. [1] J. Ax, On Schanuel's conjectures, Annals of Mathematics 93 (1971).
"""

from __future__ import annotations

from functools import lru_cache

from algebra.evidence.evaluation import PoleError
from algebra.rank import DEFAULT_PRIME, Echelon
from algebra.rank.field import PrimeField
from tensors.attention.functions.architecture import AttentionArchitecture
from tensors.attention.functions.reduction import forward_widths
from tensors.attention.functions.residue_jacobian import Drawn, logits

DRAWS = 16  # of weights: at fixed weights the logits of different layers may be dependent
SLACK = 4
BY_MONOMIALS = "logits of one layer have distinct monomials"


@lru_cache(maxsize=4096)
def independent_exponentials(network: AttentionArchitecture) -> str | None:
    """Prove that the exponentials of a softmax network are algebraically independent over weights and inputs.

    Parameters
    ----------
    network : AttentionArchitecture
        Of the kind ``"softmax"``.

    Returns
    -------
    str or None
        The argument; None if no proof was found.

    Examples
    --------
    >>> independent_exponentials(AttentionArchitecture((2, 2, 2), 1, kind="softmax", tokens=2))
    '6 logits linearly independent modulo 8388593'
    """
    if network.tokens == 1:
        return "all attention weights are 1"
    if network.depth == 1:
        return BY_MONOMIALS
    rank, count = _kept_logit_rank(narrowest(network))
    if rank < count:
        rank, count = logit_rank(network)
    return f"{count} logits linearly independent modulo {DEFAULT_PRIME}" if rank == count else None


def narrowest(network: AttentionArchitecture) -> AttentionArchitecture:
    """Return the network with the fewest coordinates and the smallest heads that has the same logits.

    Two coordinates are enough where tokens are not multiples of one vector: more logits are equal where they are.
    Scores of its heads have rank 1.

    Examples
    --------
    >>> narrowest(AttentionArchitecture((9, 1, 7, 3), (4, 1, 2), 2, kind="softmax")).label
    'attention:softmax:2-1-2-1:a1-1-1:h2-2-2:n2'
    """
    seen = forward_widths(network)
    widths = tuple(min(width, 2) for width in (seen if network.residual else (*seen[:-1], 1)))
    return network.changed(widths=widths, head_sizes=(1,) * network.depth)


def logit_rank(network: AttentionArchitecture) -> tuple[int, int]:
    """Return the rank of the logits as functions of weights and inputs, modulo a prime, and their number.

    Examples
    --------
    >>> logit_rank(AttentionArchitecture((2, 4, 5), (1, 3), 2, kind="softmax", tokens=2))
    (12, 12)
    """
    field, form = PrimeField(DEFAULT_PRIME), None
    samples = most_logits(network) + SLACK
    for draw in range(DRAWS):
        try:
            rows = logits(network, field, Drawn.of(network, field, logits_key(network, draw), samples))
        except PoleError:
            continue
        if form is None:
            form = Echelon(rows.shape[1], field.prime)
        form.add(rows)
        if form.rank == rows.shape[1]:
            break
    return (0, most_logits(network)) if form is None else (form.rank, rows.shape[1])


_kept_logit_rank = lru_cache(maxsize=1024)(logit_rank)
"""The same, kept: many networks have the same narrowest one."""


def logits_key(network: AttentionArchitecture, draw: int) -> str:
    """Key of the generator of one draw of weights and samples."""
    return f"{network.label}/logits={draw}"


def most_logits(network: AttentionArchitecture) -> int:
    """At least the number of logits that have exponentials of their own."""
    n = network.tokens
    last = network.heads[-1] * (n * (n + 1) // 2 if network.causal else n)
    return sum(network.heads[:-1]) * n * n + last
