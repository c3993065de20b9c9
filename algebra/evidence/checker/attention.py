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
scores are symmetric, and so is E: the entries below the diagonal are those above. This needs that the exponentials
are algebraically independent over the field of weights and points. Logits vanish at X = 0, so by Ax's theorem (Annals
of Mathematics 93, 1971) it is enough that the logits that are replaced are linearly independent over Q as functions
of one sample. For one layer they have distinct monomials. For more, ``logits`` names samples ``[k, t]`` of
``keys[k]``: the square matrix of all logits there (symmetric ones once; of the last layer, of the first query) is a
unit modulo ``prime``. The logits of layer i are rational functions of weights, points and exponentials of layers
before, which are independent by induction.

**Upper bound.** ``gauge``: numbers of a reduced network with the same functions. f_0 = d_0, f_i = min(d_i, H_i
f_{i-1}): tokens after layer i lie in a space of that dimension; w_l = d_l, w_i = min(f_i, H_{i+1} (w_{i+1} + 2
a_{i+1})): later layers look at them through so many linear forms. Each head has alpha (2 w - alpha) + w w' numbers,
alpha = min(a, w), one less unless softmax (a factor moves from scores to values); the bases of the hidden spaces
change nothing, w_i^2 each. ``virtual-weights`` (one head everywhere): see `virtual_weights`. ``linear`` (softmax of
one token): a product of matrices. ``heads``, ``matrix-rank``, ``ambient`` (also of several layers, of one token),
``common-subspace``, ``mixing``: one layer that is not softmax, see `one_layer`. ``layers``: the least of these for
each layer of the reduced network, summed, less the w_i^2: outputs of a general layer are linearly independent
functions, so changes of basis act freely. Proof: for each layer but the last, weights and points from ``key``, and
``rows`` (sample n + token) at which the outputs form a square matrix that is a unit modulo ``prime``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from math import comb
from typing import Any, NamedTuple

from .generator import residues
from .hilbert import forms
from .minors import is_regular, read_minor, read_modulus, unit_inverse
from .reading import LARGEST, MOST_BITS, MOST_PAIRS, MOST_PARAMETERS, fields, integer, integers, need, read_widths, text

Matrix = list[list[int]]
MOST_POWER = 100


class Attention(NamedTuple):
    """An attention network, as the claim describes it."""

    kind: str
    widths: tuple[int, ...]
    head_sizes: tuple[int, ...]
    heads: tuple[int, ...]
    tokens: int
    power: int

    @property
    def parameters(self) -> int:
        """Number of weights."""
        layers = zip(pairwise(self.widths), self.head_sizes, self.heads, strict=True)
        return sum(h * (2 * a * d + e * d) for (d, e), a, h in layers)

    @property
    def spaces(self) -> tuple[int, ...]:
        """The dimensions f_0 … f_l of the spaces in which tokens lie."""
        found = [self.widths[0]]
        for after, h in zip(self.widths[1:], self.heads, strict=True):
            found.append(min(after, h * found[-1]))
        return tuple(found)

    @property
    def reduced(self) -> Attention:
        """The network with the widths w_0 … w_l and head sizes at most as large."""
        w = [*self.spaces[:-1], self.widths[-1]]
        for i in range(len(w) - 2, 0, -1):
            seen = 0 if self.kind == "softmax" and self.tokens == 1 else 2 * self.head_sizes[i]
            w[i] = min(w[i], self.heads[i] * (w[i + 1] + seen))
        return self._replace(widths=tuple(w), head_sizes=tuple(map(min, self.head_sizes, w)))


def attention_claim(claim: Any, document: dict[str, Any]) -> tuple[str, list[Callable[[], None]]]:
    """Two bounds of the dimension of an attention network's functions."""
    _, name, given, lower, upper = fields(claim, "claim", "quantity", "label", "network", "lower", "upper")
    proofs = fields(document, "document", "lower", "upper", "claim", "made_by", "digest", "format")
    network = read_attention(given)
    need(text(name, "label") == attention_label(network), "the label does not fit the network")
    lower, upper = integer(lower, "claim.lower"), integer(upper, "claim.upper", integer(lower, "claim.lower"))
    between = f"{lower}" if lower == upper else f"at least {lower} and at most {upper}"
    checks = [lambda: check_attention_upper(network, upper, proofs[1])]
    checks.append(lambda: check_attention_lower(network, lower, proofs[0]))
    return f"the dimension of {name} is {between}", checks


def read_attention(value: Any) -> Attention:
    """Return a network."""
    names = ("kind", "widths", "head_sizes", "heads", "tokens", "score_power")
    kind, widths, sizes, heads, tokens, power = fields(value, "network", *names)
    need(kind in ("lightning", "polynomial", "softmax"), "the kind is unknown")
    read = read_widths(widths), integers(sizes, "head_sizes", 1), integers(heads, "heads", 1)
    need(
        len(read[1]) == len(read[2]) == len(read[0]) - 1,
        "there is not one head size and number of heads for each layer",
    )
    found = Attention(kind, *read, integer(tokens, "tokens", 1), integer(power, "score_power", 1, MOST_POWER))
    need(kind == "polynomial" or found.power == 1, "only the kind polynomial has powers of scores")
    return found


def attention_label(a: Attention) -> str:
    """Return the permanent name of a network."""
    parts = [f"attention:{a.kind}", "-".join(map(str, a.widths)), "a" + "-".join(map(str, a.head_sizes))]
    parts += ["h" + "-".join(map(str, a.heads))] if max(a.heads) > 1 else []
    parts += [f"r{a.power}"] if a.kind == "polynomial" else []
    return ":".join([*parts, f"n{a.tokens}"])


# upper bounds


def check_attention_upper(a: Attention, claimed: int, proof: Any) -> None:
    """Check the upper bound."""
    need(type(proof) is dict, "the upper bound has no proof")
    rule = proof.get("rule")
    if rule == "layers":
        value = layers_bound(a, *fields(proof, "upper", "rule", "outputs")[1:])
    else:
        fields(proof, "upper", "rule")
        need(rule in SIMPLE, "the upper bound's rule is unknown")
        value = SIMPLE[rule](a)
    need(value <= claimed, f"the claim's upper bound is {claimed}, but {rule} gives {value}")


def gauge(a: Attention) -> int:
    """Count the numbers of the reduced network."""
    r = a.reduced
    layers = zip(pairwise(r.widths), r.head_sizes, r.heads, strict=True)
    free = int(a.kind == "softmax")
    return sum(h * (s * (2 * d - s) + d * e - 1 + free) for (d, e), s, h in layers) - hidden_squares(r)


def hidden_squares(a: Attention) -> int:
    """Return the sum of the squares of the hidden widths."""
    return sum(w * w for w in a.widths[1:-1])


def virtual_weights(a: Attention) -> int:
    """Count forms and product of one head in every layer.

    With r_i = min(d_0 … d_i), the function depends on M = V_l … V_1, of rank at most r_l, and on the forms B_i =
    (V_{i-1} … V_1)^T K_i^T Q_i (V_{i-1} … V_1) of rank alpha_i = min(a_i, r_{i-1}), which see s_i = min(2 a_i,
    r_{i-1}) linear forms. T_i = min(r_i, T_{i+1} + s_{i+1}), T_l = r_l, is the dimension of what layers after i see
    of the rows of V_i … V_1: a flag of spaces. Forms that are not softmax matter up to a factor. With one token, or
    after a layer with alpha_i = 1 (all tokens are multiples of one vector), only symmetric parts of rank s_i matter.
    """
    need(max(a.heads) == 1, "virtual weights are for one head in every layer")
    ranks = list(accumulate(a.widths, min))
    alpha = list(map(min, a.head_sizes, ranks))
    s = [min(2 * size, rank) for size, rank in zip(a.head_sizes, ranks, strict=False)]
    seen = [ranks[-1]]
    for i in range(len(s) - 1, 0, -1):
        seen.append(min(ranks[i], seen[-1] + s[i]))
    T = [a.widths[0], *seen[:0:-1]]
    total = sum(after * (before - after) for before, after in pairwise(T)) + ranks[-1] * (
        T[-1] + a.widths[-1] - ranks[-1]
    )
    for i, t in enumerate(T):
        symmetric = a.kind != "softmax" and (a.tokens == 1 or 1 in alpha[:i])
        total += s[i] * (2 * t - s[i] + 1) // 2 if symmetric else alpha[i] * (2 * t - alpha[i])
    return total - (0 if a.kind == "softmax" else len(T))


def linear(a: Attention) -> int:
    """Return the dimension of the matrices of bounded rank."""
    need(a.kind == "softmax" and a.tokens == 1, "attention weights are 1 for softmax of one token only")
    rank = min(a.widths)
    return rank * (a.widths[0] + a.widths[-1] - rank)


def one_layer(a: Attention) -> dict[str, int]:
    """Return the bounds of one layer: outputs are forms of degree r + 1 in the attended token, r in the other.

    ``heads``: V and A = K^T Q up to a factor; of one token, the symmetric part of A. ``matrix-rank``: the sum of
    vec(V) times the form is a matrix of rank at most H. ``ambient``: all forms. ``common-subspace`` (d' = 1, H < d):
    the form lies in the ideal of H linear forms. ``mixing`` (d' = 1, H <= d, r = 1, n > 1): A_1 + v_2 w^T and
    A_2 - v_1 w^T, for w in both row spaces, give the same function, independently for all pairs of heads.
    """
    need(len(a.heads) == 1 and a.kind != "softmax", "the bound is for one layer that is not softmax")
    (d, e), (size,), (h,), r, several = a.widths, a.head_sizes, a.heads, a.power, a.tokens > 1
    alpha, s, other = min(size, d), min(2 * size, d), comb(d + r - 1, r)
    kinds = other**2 if several else comb(d + 2 * r - 1, 2 * r)
    family = alpha * (2 * d - alpha) if several else s * (2 * d - s + 1) // 2
    least = min(h, d * e, kinds)

    def space(k: int) -> int:
        return comb(k + r, r + 1) * other if several else comb(k + 2 * r, 2 * r + 1)

    found = {"heads": h * (family + d * e - 1), "matrix-rank": least * (d * e + kinds - least), "ambient": e * space(d)}
    if e == 1 and h < d:
        found["common-subspace"] = h * (d - h) + space(d) - space(d - h)
    if e == 1 and h <= d and r == 1 and several:
        found["mixing"] = found["heads"] - comb(h, 2) * max(0, 2 * alpha - d)
    return found


def ambient(a: Attention) -> int:
    """Count the forms; of one token, those of degree (2r + 1)^l."""
    if a.tokens > 1 or len(a.heads) == 1:
        return one_layer(a)["ambient"]
    need(a.kind != "softmax" and len(a.heads) * (2 * a.power + 1).bit_length() <= MOST_BITS, "ambient does not apply")
    return a.widths[-1] * forms((2 * a.power + 1) ** len(a.heads), a.widths[0], False)


def only(rule: str) -> Callable[[Attention], int]:
    """Return the bound of one layer by its name."""

    def bound(a: Attention) -> int:
        found = one_layer(a)
        need(rule in found, f"{rule} does not apply")
        return found[rule]

    return bound


SIMPLE: dict[Any, Callable[[Attention], int]] = {
    "gauge": gauge,
    "virtual-weights": virtual_weights,
    "linear": linear,
    "ambient": ambient,
    **{rule: only(rule) for rule in ("heads", "matrix-rank", "common-subspace", "mixing")},
}


def layers_bound(a: Attention, outputs: Any) -> int:
    """Sum over the layers of the reduced network, whose outputs are proved independent."""
    need(a.kind != "softmax", "layers is not for softmax")
    r = a.reduced
    parts = [
        Attention(a.kind, ends, (size,), (h,), a.tokens, a.power)
        for ends, size, h in zip(pairwise(r.widths), r.head_sizes, r.heads, strict=True)
    ]
    need(type(outputs) is list and len(outputs) == len(parts) - 1, "there is not one minor for each layer but the last")
    for part, proof in zip(parts, outputs, strict=False):
        key, prime, tokens, rows = fields(proof, "outputs", "key", "prime", "tokens", "rows")
        few = part._replace(tokens=integer(tokens, "tokens", 1, part.tokens))
        width = part.widths[-1]
        rows = integers(rows, "rows")
        need(len(set(rows)) == len(rows) == width, "the outputs' minor is not square")
        check_size(few, width)
        m, key = read_modulus(prime, width, few.parameters), text(key, "key")
        theta = weights(few, key, m)
        matrix = []
        for row in rows:
            sample, token = divmod(row, few.tokens)
            Y = forward(few, theta, key, sample, m, whole=True)[1]
            matrix.append([line[token] for line in Y])
        need(is_regular(matrix, m), "the minor of a layer's outputs vanishes")
    return sum(min(one_layer(part).values()) for part in parts) - hidden_squares(r)


# lower bound


def check_attention_lower(a: Attention, claimed: int, proof: Any) -> None:
    """Check the lower bound."""
    if type(proof) is dict and proof.get("rule") == "trivial":
        fields(proof, "lower", "rule")
        return need(claimed == 0, f"the trivial bound is 0, not the claim's lower bound {claimed}")
    names = ("rule", "widths", "head_sizes", "tokens", "prime", "key", "rows", "columns", "logits")
    rule, widths, sizes, n, prime, key, rows, columns, logits = fields(proof, "lower", *names)
    need(rule == "jacobian-minor", "the lower bound's rule is unknown")
    part = a._replace(
        widths=read_widths(widths), head_sizes=integers(sizes, "head_sizes", 1), tokens=integer(n, "tokens", 1)
    )
    need(is_part(part, a), "the evaluated network is not part of the given one")
    rows, columns = read_minor(rows, columns, LARGEST, part.parameters - 1)
    need(len(rows) == claimed, f"the claim's lower bound is {claimed}, but the minor has size {len(rows)}")
    check_size(part, len(rows))
    m, key = read_modulus(prime, len(rows), part.parameters), text(key, "key")
    if a.kind == "softmax" and len(a.heads) > 1 and a.tokens > 1:
        check_independence(part, logits)
    else:
        need(logits is None, "logits are for several softmax layers only")
    theta = weights(part, key, m)
    matrix = []
    for t in rows:
        row = gradient(part, theta, key, t, m)
        matrix.append([row[q] for q in columns])
    need(is_regular(matrix, m), "the minor of the lower bound vanishes")
    return None


def check_size(a: Attention, samples: int) -> None:
    """Refuse evaluations that would take hours."""
    need(a.parameters <= MOST_PARAMETERS, f"there are more than {MOST_PARAMETERS} weights")
    need(samples * sum(a.heads) * a.tokens**2 <= MOST_PAIRS, "the scores at all samples are too many")


def is_part(part: Attention, a: Attention) -> bool:
    """Tell whether widths, head sizes and tokens are at most those of a network."""
    tokens = part.tokens == a.tokens if a.kind == "softmax" else part.tokens <= a.tokens
    sides = ((part.widths, a.widths), (part.head_sizes, a.head_sizes))
    return tokens and all(len(x) == len(y) and all(map(int.__le__, x, y)) for x, y in sides)


def check_independence(a: Attention, proof: Any) -> None:
    """Check that the logits are linearly independent functions."""
    prime, keys, samples = fields(proof, "logits", "prime", "keys", "samples")
    need(type(keys) is list and type(samples) is list, "keys or samples is not a list")
    keys = [text(key, "a key") for key in keys]
    found = [integers(pair, "a sample") for pair in samples]
    need(all(len(pair) == 2 and pair[0] < len(keys) for pair in found), "a sample is not a key and a number")
    need(len(set(found)) == len(found), "a sample comes twice")
    check_size(a, len(found))
    m = read_modulus(prime, len(found), a.parameters)
    theta = [weights(a, key, m) for key in keys]
    matrix = []
    for k, t in found:
        steps, _ = forward(a, theta[k], keys[k], t, m)
        row = []
        for f, step in zip(a.spaces, steps, strict=False):
            for head in step.heads:
                S = head.scores
                row += [s for j, line in enumerate(S) for q, s in enumerate(line) if f > 1 or len(line) == 1 or j <= q]
        matrix.append(row)
    need(all(len(row) == len(matrix) for row in matrix), "there are not as many samples as logits")
    need(is_regular(matrix, m), "the minor of the logits vanishes")


class Head(NamedTuple):
    """One head at one sample: keys, queries, values, scores, weights P."""

    keys: Matrix
    queries: Matrix
    values: Matrix
    scores: Matrix
    P: Matrix


class Step(NamedTuple):
    """One layer at one sample: its input and its heads."""

    X: Matrix
    heads: list[Head]


Weights = list[list[tuple[Matrix, Matrix, Matrix]]]


def weights(a: Attention, key: str, m: int) -> Weights:
    """Draw K, Q and V of the heads of every layer."""
    drawn, start, layers = residues(key, "weights", 0, a.parameters, 1, m), 0, []
    for (d, e), size, h in zip(pairwise(a.widths), a.head_sizes, a.heads, strict=True):
        parts = []
        for rows in (size, size, e):
            parts.append([cut(drawn, start + k * rows * d, rows, d) for k in range(h)])
            start += h * rows * d
        layers.append(list(zip(*parts, strict=True)))
    return layers


def cut(values: Sequence[int], start: int, rows: int, columns: int) -> Matrix:
    """Return a matrix that is written row by row from some place on."""
    return [list(values[start + i * columns : start + (i + 1) * columns]) for i in range(rows)]


def product(a: Matrix, b: Matrix, m: int) -> Matrix:
    """Return the product of two matrices."""
    columns = list(zip(*b, strict=True))
    return [[sum(x * y for x, y in zip(row, column, strict=True)) % m for column in columns] for row in a]


def transpose(a: Matrix) -> Matrix:
    """Return the transpose."""
    return [list(row) for row in zip(*a, strict=True)]


def add(a: Matrix, b: Matrix, m: int) -> Matrix:
    """Return the sum of two matrices."""
    return [[(x + y) % m for x, y in zip(*rows, strict=True)] for rows in zip(a, b, strict=True)]


def forward(a: Attention, theta: Weights, key: str, t: int, m: int, whole: bool = False) -> tuple[list[Step], Matrix]:
    """Evaluate all layers at sample t; the last one at its first query only, unless `whole`."""
    n = a.tokens
    X = transpose(cut(residues(key, "points", t * n * a.widths[0], n * a.widths[0], 1, m), 0, n, a.widths[0]))
    steps = []
    for i, layer in enumerate(theta):
        count = n if whole or i < len(theta) - 1 else 1
        seen = [row[:count] for row in X]
        Y = [[0] * count for _ in range(a.widths[i + 1])]
        heads = []
        for h, (K, Q, V) in enumerate(layer):
            keys, queries, values = product(K, X, m), product(Q, seen, m), product(V, X, m)
            scores = product(transpose(keys), queries, m)
            if a.kind == "softmax":
                P = softmax(exponentials(a, key, i, t, h, m), count, m)
            else:
                P = [[pow(s, a.power, m) for s in row] for row in scores]
            heads.append(Head(keys, queries, values, scores, P))
            Y = add(Y, product(values, P, m), m)
        steps.append(Step(X, heads))
        X = Y
    return steps, X


def exponentials(a: Attention, key: str, i: int, t: int, h: int, m: int) -> Matrix:
    """Draw the residues that replace the exponentials of a head's logits."""
    n = a.tokens
    E = cut(residues(key, f"exponentials/{i}", (t * a.heads[i] + h) * n * n, n * n, 1, m), 0, n, n)
    return E if a.spaces[i] > 1 else [[E[min(j, q)][max(j, q)] for q in range(n)] for j in range(n)]


def softmax(E: Matrix, count: int, m: int) -> Matrix:
    """Divide the first columns by their sums."""
    columns = transpose(E)[:count]
    inverses = [
        unit_inverse(sum(column) % m, m, "the sum of exponentials is no unit at a sample") for column in columns
    ]
    return transpose([[x * c % m for x in column] for column, c in zip(columns, inverses, strict=True)])


def gradient(a: Attention, theta: Weights, key: str, t: int, m: int) -> list[int]:
    """Return the derivatives of covector t times the output in all weights: one pass forward, one backward."""
    steps, _ = forward(a, theta, key, t, m)
    above = [[c] for c in residues(key, "covectors", t * a.widths[-1], a.widths[-1], 1, m)]
    found: list[int] = []
    for layer, step in zip(theta[::-1], steps[::-1], strict=True):
        X, count = step.X, len(above[0])
        seen = [row[:count] for row in X]
        parts: list[list[Matrix]] = [[], [], []]
        below = [[0] * len(X[0]) for _ in X]
        for (K, Q, V), head in zip(layer, step.heads, strict=True):
            at_scores = score_adjoint(a, head, product(transpose(head.values), above, m), m)
            at_keys = product(head.queries, transpose(at_scores), m)
            at_queries = product(head.keys, at_scores, m)
            at_values = product(above, transpose(head.P), m)
            parts[0].append(product(at_keys, transpose(X), m))
            parts[1].append(product(at_queries, transpose(seen), m))
            parts[2].append(product(at_values, transpose(X), m))
            short = product(transpose(Q), at_queries, m)
            longer = [row + [0] * (len(X[0]) - count) for row in short]
            below = add(below, longer, m)
            below = add(below, product(transpose(K), at_keys, m), m)
            below = add(below, product(transpose(V), at_values, m), m)
        found = [x for part in parts for matrix in part for row in matrix for x in row] + found
        above = below
    return found


def score_adjoint(a: Attention, head: Head, at_P: Matrix, m: int) -> Matrix:
    """Return the adjoint of the scores. For softmax, dP = P (ds - sum P ds) in each column."""
    if a.kind != "softmax":
        slopes = [[a.power * pow(s, a.power - 1, m) for s in row] for row in head.scores]
        return [[x * y % m for x, y in zip(*rows, strict=True)] for rows in zip(at_P, slopes, strict=True)]
    found = []
    for p, x in zip(transpose(head.P), transpose(at_P), strict=True):
        mean = sum(y * z for y, z in zip(p, x, strict=True))
        found.append([y * (z - mean) % m for y, z in zip(p, x, strict=True)])
    return transpose(found)
