"""The dimension of the functions of an attention network.

Layer i has ``heads[i]`` heads with matrices K, Q (a x d) and V (d' x d), where d, d' are the widths before and after
and a = ``head_sizes[i]``. Tokens are the columns of X (d x n). A head has scores S = (K X)^T (Q X), row j of key j,
column q of query q, and weights P = S^r (``score_power`` r, element by element; r = 1 is lightning attention) or P =
softmax of each column. The layer gives the sum of V X P over its heads. The claim bounds the dimension of the set of
all functions, i.e. the generic rank of the derivative of weights to function.

**Lower bound.** ``jacobian-minor``: of the network with ``widths``, ``head_sizes`` and ``tokens`` at most as large:
it is part of the given one (fill up with zeros; softmax needs all the tokens, the others ignore tokens that are 0).
From ``key``, modulo ``prime``: the streams ``weights`` (of each layer all K, all Q, all V, row by row), ``points``
(of each sample n tokens), ``covectors`` (of each sample d_l numbers). Row t of the matrix is the gradient, in all
weights, of covector t times the output at the first token at sample t. The minor at ``rows`` and ``columns`` is a
unit, so the rank is its size.

For softmax, exponentials exp(s) are replaced by independent residues E from the streams ``exponentials/i`` (of each
sample and head n x n, row by row), and dE = E ds. Where all tokens that enter a layer are multiples of one vector,
scores are symmetric, and so is E: the entries below the diagonal are those above. This needs that the exponentials are
algebraically independent over the field of weights and points. Logits vanish at X = 0, so it is enough that the logits
that are replaced, those of all layers together, are linearly independent over Q as functions of one sample: an
elementary proof is in docs/attention.md (or Ax, Annals of Mathematics 93, 1971). For one layer they have distinct
monomials. For more, ``logits`` names samples ``[k, t]`` of ``keys[k]``: the square matrix of all logits there
(symmetric ones once; of the last layer, of the first query) is a unit modulo ``prime``. The logits of layer i are
rational functions of weights, points and exponentials of layers before, which are independent by induction.

**Upper bound.** ``gauge``: numbers of a reduced network with the same functions (over the complex numbers, up to
closure). f_0 = d_0, f_i = min(d_i, H_i f_{i-1}, W): tokens after layer i lie in a space of that dimension. W, see
`Attention.coordinates`, is the number of functions that the coordinates of an output can be, of this layer or of all
before; they are the outputs' image under one matrix. w_l = d_l, w_i = min(f_i, H_{i+1} (w_{i+1} + 2 a_{i+1})): later
layers look at them through so many linear forms. For lightning, head sizes of at most w - k, k^2 < H, are enough: only
the span of the H matrices A = K^T Q matters, and a general one is spanned by matrices of corank k, as these have
codimension k^2. Each head has alpha (2 w - alpha) + w w' numbers, alpha = min(a, w), one less unless softmax (a factor
moves from scores to values); the bases of the hidden spaces change nothing, w_i^2 each. ``unseen-scores``: the same
numbers, but of A what its layer shows only, see `unseen_scores` (symmetric parts of one token, and after a layer of one
head of rank 1 that is not softmax: all tokens are multiples of one vector then). ``virtual-weights`` (one head
everywhere): see `virtual_weights`. ``linear`` (softmax of one token): a product of matrices. ``heads``,
``matrix-rank``, ``ambient`` (also of several layers, of one token), ``common-subspace``, ``mixing``: one layer that is
not softmax, see `one_layer`.

``gram-forms`` (lightning; of one token, powers too): a layer maps X to M X, M linear in S = X X^T, and its outputs have
the Gram matrix M S M^T. So l layers map X to F(S) X, F a matrix of forms of degree m = (3^l - 1)/2. The coordinates of
F(S) X lie in a space of dimension W = d_0 times the number of forms in d_0 (d_0 + 1)/2 variables. For n < d_0 tokens
S has rank n. F(S) X y^T is a form of degree m + 1, linear in the last row, in a symmetric matrix of size d_0 + 1 and
rank n: a sum of the representations of GL to the partitions 2 mu, mu with m + 1 boxes and at most n rows (second
fundamental theorem for the orthogonal group), which restrict to those with one box less. The network sees s linear
forms of its inputs, s = min(d_0, H_1 (w_1 + 2 a_1)), and its outputs lie in a space of dimension p = min(f_l, W(s)):
s (d_0 - s) + p (d_l + W(s) - p).

``layers``: the least of these bounds for each layer of the reduced network, summed, less the w_i^2: outputs of a
general layer are linearly independent functions, so changes of basis act freely. Proof: for each layer but the last,
weights and points from ``key``, and ``rows`` (sample n + token) at which the outputs form a square matrix that is a
unit modulo ``prime``. ``blocks``: the same for blocks of layers, which begin at 0 and at the ``cuts``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .attention_lower import check_attention_lower
from .attention_networks import read_attention
from .attention_upper import check_attention_upper
from .labels import attention_label
from .limits import need
from .reading import fields, read_bounds, read_proofs, text


def attention_claim(claim: Any, document: dict[str, Any]) -> tuple[str, list[Callable[[], None]]]:
    """Two bounds of the dimension of an attention network's functions."""
    _, name, given, lower, upper = fields(claim, "claim", "quantity", "label", "network", "lower", "upper")
    proofs = read_proofs(document, "lower", "upper")
    network = read_attention(given)
    sizes = network.widths, network.head_sizes, network.heads
    described = attention_label(network.kind, *sizes, network.power, network.tokens)
    need(text(name, "label") == described, "the label does not fit the network")
    lower, upper, between = read_bounds(lower, upper)
    checks = [lambda: check_attention_upper(network, upper, proofs[1])]
    checks.append(lambda: check_attention_lower(network, lower, proofs[0]))
    return f"the dimension of {name} is {between}", checks
