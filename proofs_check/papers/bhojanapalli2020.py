r"""S. Bhojanapalli, C. Yun, A. S. Rawat, S. J. Reddi, S. Kumar: the low-rank bottleneck of multi-head attention."""

from __future__ import annotations

from itertools import product

from proofs_check.claim import Claim, Hypothesis, Kind, Source
from proofs_check.papers import _attention_matrices as decide
from proofs_check.papers import _softmax_layers as layers
from proofs_check.papers._attention_matrices import Matrix, Shape, Tokens, Vectors
from proofs_check.papers._evidence import equals
from proofs_check.papers._softmax_layers import Layers, Pair

PAPER = Source(
    "bhojanapalli2020",
    "S. Bhojanapalli, C. Yun, A. S. Rawat, S. J. Reddi, S. Kumar, Low-rank bottleneck in multi-head attention models, "
    "ICML 2020",
    "2002.07028",
)
OWN = Source("bhojanapalli2020", "the rankcert developers")

MATRICES: tuple[Matrix, ...] = tuple(product(("logits", "rational", "powers"), (2, 3, 4, 5), (0, 1)))
LAYERS: tuple[Layers, ...] = tuple((d, h, seed) for d, h in ((4, 2), (4, 4), (6, 3), (8, 4)) for seed in range(2))
PAIRS: tuple[Pair, ...] = tuple(product((3, 4), (1, 2, 3), (True, False), (0, 1)))
HEADS: tuple[Tokens, ...] = tuple(product((2, 4, 8, 12), (1, 2, 3), (1, 5), (0,)))
ONE: Hypothesis[Tokens] = Hypothesis("a = 1", lambda i: i[1] == 1)
FEWER: Hypothesis[Shape] = Hypothesis("d < n", lambda i: i[1] < i[0])
DROPS: tuple[tuple[Vectors, Vectors], ...] = (
    (((-1, 0), (0, 0), (1, 0)), ((-1, 1), (-1, -1), (0, -1))),
    (((0, 0), (1, 0), (0, 1), (-1, 1)), ((-1, 1), (0, -1), (-1, -1), (1, 0))),
    (((-1, 0), (-1, -1), (1, -1), (1, 1), (-1, 1)), ((0, 0), (0, 1), (1, 1), (-1, 1), (1, -1))),
)
REPRESENTED = r"\operatorname{softmax}((W_k X)^T W_q X/\sqrt{a}) = P"

CLAIMS = (
    Claim(
        "bhojanapalli2020.sufficient",
        rf"\operatorname{{rank}} X = n,\; a = n \implies \forall P > 0\; \exists W_q, W_k: {REPRESENTED}",
        PAPER.at("Theorem 1"),
        (),
        lambda: MATRICES,
        lambda instance, seed: decide.sufficient(instance, seed, instance[1]),
        note="By building the weights; for rational logits they are multiplied out.",
    ),
    Claim(
        "bhojanapalli2020.dependent-tokens",
        rf"d < n \implies \exists X, P\; \forall W_q, W_k: {REPRESENTED.replace('=', chr(92) + 'ne')}",
        PAPER.at("Theorem 1"),
        (FEWER,),
        lambda: tuple((n, d, 0) for n in range(2, 6) for d in range(1, n)),
        decide.dependent,
        note="The obstacle is the rank of X, not the head size: it stays for heads of any size.",
    ),
    Claim(
        "bhojanapalli2020.sharp",
        rf"\operatorname{{rank}} X = n,\; a = n - 1 \implies \forall P > 0\; \exists W_q, W_k: {REPRESENTED}",
        OWN,
        (),
        lambda: MATRICES,
        lambda instance, seed: decide.sufficient(instance, seed, instance[1] - 1),
        note="Softmax does not see a constant added to the scores of a query.",
    ),
    Claim(
        "bhojanapalli2020.sharp-needed",
        r"a < n - 1 \implies \exists P\; \forall X \text{ of rank } n: P \text{ has no weights of head size } a",
        OWN,
        (),
        lambda: tuple(range(2, 11)),
        decide.needed,
    ),
    Claim(
        "bhojanapalli2020.n-is-needed",
        r"a < n \implies \exists P\; \forall X \text{ of rank } n: P \text{ has no weights of head size } a",
        PAPER,
        (),
        lambda: tuple(range(2, 7)),
        lambda n, seed: equals(decide.most_head_size(n), n, "greatest least head size"),
        kind=Kind.FALSE_CONJECTURE,
        note="Not what the theorem says, but how it may be read: the threshold for independent tokens is n - 1.",
    ),
    Claim(
        "bhojanapalli2020.shifts",
        r"\min_c \operatorname{rank}(\log P + 1c^T) = \operatorname{rank}(\log P_{ij} - \log P_{rj})_{ij}"
        r" = \operatorname{rank}[\log P \mid 1] - 1 \text{ for every } r",
        OWN,
        (),
        lambda: MATRICES,
        decide.rank_of_differences,
    ),
    Claim(
        "bhojanapalli2020.larger-heads-contain",
        r"d/h \le d_p \implies \text{every layer of } h \text{ heads of size } d/h \text{ is one of size } d_p",
        PAPER.at("Theorem 2"),
        (),
        lambda: LAYERS,
        layers.included,
        note="Checked with d_p = 4d/h.",
    ),
    Claim(
        "bhojanapalli2020.larger-heads-strict",
        r"d_p > d/h,\; n \ge 3 \implies \text{some layer of heads of size } d_p \text{ is none of heads of size } d/h",
        PAPER.at("Theorem 2"),
        (),
        lambda: LAYERS,
        lambda instance, seed: layers.strict(instance, seed, cancel=False),
        note="Decided by the canonical form, whatever the number of heads.",
    ),
    Claim(
        "bhojanapalli2020.one-large-head",
        r"\text{a layer with a head of rank} > d/h \text{ is no layer of heads of size } d/h",
        OWN,
        (),
        lambda: LAYERS,
        lambda instance, seed: layers.strict(instance, seed, cancel=True),
        kind=Kind.FALSE_CONJECTURE,
        note="Heads (A, V) and (A, -V) cancel: ranks count after heads of equal A are merged.",
    ),
    Claim(
        "bhojanapalli2020.canonical-form",
        r"n \ge 3 \implies \bigl(f = f' \iff \{(A, \textstyle\sum V \ne 0)\} = \{(A', \sum V' \ne 0)\}\bigr)"
        r" \text{ for } f(X) = \sum_h V_h X \operatorname{softmax}(X^T A_h X)",
        OWN,
        (),
        lambda: PAIRS,
        layers.canonical,
        note="Different layers are told apart by an input and a residue that is not zero.",
    ),
    Claim(
        "bhojanapalli2020.opposite-scores",
        r"n \ge 3,\; A, V \ne 0 \implies f_{(A, V)} + f_{(-A, V)} \ne f_{(0, 2V)}",
        OWN,
        (),
        lambda: (1, 2, 3, 4),
        lambda d, seed: layers.opposite(d, seed, 3),
    ),
    Claim(
        "bhojanapalli2020.opposite-scores-two-tokens",
        r"n = 2,\; A, V \ne 0 \implies f_{(A, V)} + f_{(-A, V)} \ne f_{(0, 2V)}",
        OWN,
        (),
        lambda: (1, 2, 3, 4),
        lambda d, seed: layers.opposite(d, seed, 2),
        kind=Kind.FALSE_CONJECTURE,
        note="With two tokens the canonical form has to choose the sign of A.",
    ),
    Claim(
        "bhojanapalli2020.head-size-one-rank",
        r"a = 1 \implies \operatorname{rank} P = \min(\#\text{distinct keys}, \#\text{distinct queries})",
        OWN,
        (ONE,),
        lambda: (*((n, 1, c, -1) for n in (2, 5, 8, 12, 16) for c in (1, 100, 10000)), *HEADS),
        lambda instance, seed: decide.distinct_rank(*decide.tokens_drawn(instance), seed),
        note="exp(kq) is strictly totally positive.",
    ),
    Claim(
        "bhojanapalli2020.rank-at-most-head-size",
        r"\operatorname{rank} P \le a",
        OWN,
        (),
        lambda: HEADS,
        decide.at_most_head_size,
        kind=Kind.FALSE_CONJECTURE,
        note="The scores have rank at most a; after softmax a single head of size 1 has full rank.",
    ),
    Claim(
        "bhojanapalli2020.distinct-rank",
        r"\operatorname{rank} P = \min(\#\text{distinct keys}, \#\text{distinct queries})",
        OWN,
        (),
        lambda: DROPS,
        lambda tokens, seed: decide.distinct_rank(*tokens, seed),
        kind=Kind.FALSE_CONJECTURE,
        note="The generic value, and right for head size 1. From head size 2 on it can drop: two queries may score all "
        "keys alike, as in the first instance; and it drops where all scores differ, as in the others.",
    ),
    Claim(
        "bhojanapalli2020.float-rank",
        r"\texttt{numpy.linalg.matrix\_rank(P)} = \operatorname{rank} P \text{ in float64}",
        OWN,
        (),
        lambda: ((2, 1, 1, -1), (12, 1, 1, -1), (12, 1, 100, -1), (16, 1, 100, -1), (16, 1, 10000, -1)),
        decide.float_rank,
        kind=Kind.FALSE_CONJECTURE,
        note="Logits ij/10000 for 16 tokens have rank 16, proved by integers; floats see about a third of it.",
    ),
)
