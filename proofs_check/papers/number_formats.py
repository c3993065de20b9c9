r"""What small formats of floating point represent, and when the order of summation matters: all of it finite."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from algebra.rounding.formats import FORMATS
from proofs_check.claim import Hypothesis, Verdict
from proofs_check.paper import Paper

if TYPE_CHECKING:
    from algebra.rounding.formats import NumberFormat

PAPER = Paper("number_formats", "the rankcert developers")
DEKKER = PAPER.beside(
    "T. J. Dekker, A floating-point technique for extending the available precision, Numer. Math. 18, 1971",
)
STERBENZ = PAPER.beside("P. H. Sterbenz, Floating-Point Computation, Prentice-Hall, 1974")
CONNOLLY = PAPER.beside(
    "M. P. Connolly, N. J. Higham, T. Mary, Stochastic rounding and its probabilistic backward error analysis, "
    "SIAM J. Sci. Comput. 43, 2021",
)
FIGUEROA = PAPER.beside("S. A. Figueroa, When is double rounding innocuous?, ACM SIGNUM Newsletter 30(3), 1995")

SMALL = tuple(name for name in FORMATS if name != "bfloat16")  # all pairs of their numbers are looked at
ENOUGH_BITS = 4  # of the mantissa in the index of K-TanH: the fewest with which it is correct on all of e4m3


def _decided(is_true: bool, fact: str) -> Verdict:
    """Tell what was counted, whether or not it is what the claim says."""
    return Verdict.decided(is_true, fact, fact)


@cache
def _format(name: str) -> NumberFormat:
    from algebra.rounding.formats import NumberFormat

    return NumberFormat(name)


HOLDS_SUMS: Hypothesis[str] = Hypothesis(
    "float32 holds all sums of two numbers", lambda name: _format(name).exact_terms() > 0
)
IS_ROUGH: Hypothesis[str] = Hypothesis("at most 4 significant bits", lambda name: _format(name).significant_bits <= 4)
IS_FINE: Hypothesis[str] = Hypothesis("at least 3 significant bits", lambda name: _format(name).significant_bits >= 3)


@cache
def _softmax(name: str) -> Any:
    from algebra.rounding.format_facts import softmax_pairs

    return softmax_pairs(name)


Sum = tuple[str, tuple[Fraction, ...]]  # a format, and numbers of it


@FIGUEROA.states(
    r"a \oplus b = \mathrm{RN}(a + b), \quad a \otimes b = \mathrm{RN}(ab)",
    on=lambda: SMALL,
)
def rounded_once(name: str, seed: int) -> Verdict:
    """ml_dtypes computes in float32 and rounds again; on all pairs that is one rounding."""
    from algebra.rounding.format_facts import Pairs

    found = {operation: Pairs.of(name, operation).is_correctly_rounded for operation in ("+", "*")}
    return _decided(all(found.values()), f"{found}")


@DEKKER.states(
    r"a + b - \mathrm{RN}(a + b) \in F, \quad ab - \mathrm{RN}(ab) \in F",
    on=lambda: SMALL,
)
def errors(name: str, seed: int) -> Verdict:
    """On all pairs whose result is within the range, products also above underflow."""
    from algebra.rounding.format_facts import Pairs

    found = {operation: Pairs.of(name, operation).errors_are_numbers for operation in ("+", "*")}
    return _decided(all(found.values()), f"{found}")


@STERBENZ.states(
    r"y/2 \le x \le 2y \implies x - y \in F",
    on=lambda: SMALL,
)
def near_differences(name: str, seed: int) -> Verdict:
    """On all pairs of positive numbers, subnormal ones included."""
    numbers = [x for x in _format(name).numbers if x > 0]
    pairs = [(x, y) for x in numbers for y in numbers if y / 2 <= x <= 2 * y]
    bad = [(x, y) for x, y in pairs if x - y not in _format(name)]
    return _decided(not bad, f"{len(bad)} of {len(pairs)} pairs")


def _is_power_of_two(value: Fraction) -> bool:
    return all(part & (part - 1) == 0 for part in value.as_integer_ratio())


@PAPER.states(
    r"wF \subseteq F \iff w \in \{0, \pm 1\}, \quad wx \in F \text{ up to over- and underflow} \iff w \in "
    r"\{0\} \cup \pm 2^{\mathbb{Z}}",
    IS_FINE,
    on=lambda: SMALL,
)
def multipliers(name: str, seed: int) -> Verdict:
    """The weights with which every product of a dot product is exact."""
    from algebra.rounding.format_facts import exact_multipliers

    always, mostly = exact_multipliers(name)
    powers = {x for x in _format(name).numbers if x == 0 or _is_power_of_two(abs(x))}
    return _decided(set(always) == {0, 1, -1} and set(mostly) == powers, f"{len(always)} and {len(mostly)} numbers")


@PAPER.states(
    r"\mathrm{softmax}(z_1, z_2) \in F^2 \iff z_1 = z_2",
    on=lambda: SMALL,
)
def exact_softmax(name: str, seed: int) -> Verdict:
    """By Lindemann and Weierstrass, for any number of logits; here balls exclude every number of the format."""
    found = _softmax(name)
    return _decided(
        found.representable == len(_format(name).numbers), f"{found.representable} of {found.pairs} pairs of logits"
    )


@PAPER.states(
    r"p \in F,\ 1 - p \in F,\ 0 \le p \le 1 \implies (p, 1 - p) = \mathrm{RN}(\mathrm{softmax}(z)),\ z \in F^2",
    on=lambda: SMALL,
)
def distributions(name: str, seed: int) -> Verdict:
    """All pairs of logits; weights rounded correctly."""
    found = _softmax(name)
    return _decided(found.attained == found.distributions, f"{found.attained} of {found.distributions}")


@PAPER.states(
    r"A(x_2, x_1) = (A(x)_2, A(x)_1)",
    on=lambda: SMALL,
)
def two_tokens(name: str, seed: int) -> Verdict:
    """Attention of tokens in F with every operation rounded. Addition commutes, which suffices for two tokens."""
    # Compare both orders of every pair of tokens, of which the first asks.
    import numpy as np

    from algebra.rounding.summation import attended

    words, output = _format(name).words, attended(_format(name))
    with np.errstate(all="ignore"):
        first, second = words[:, None], words[None, :]
        one, other = (output(first, *keys).astype(np.float64) for keys in ((first, second), (second, first)))
    differing = int((~((one == other) | (np.isnan(one) & np.isnan(other)))).sum())
    return _decided(differing == 0, f"{differing} of {one.size} pairs differ")


@PAPER.states(
    r"\exists x \in F^3, \pi \in S_3:\ A(\pi x) \ne \pi A(x)",
    on=lambda: SMALL,
)
def three_tokens(name: str, seed: int) -> Verdict:
    """The smallest tokens, found by exhaustion; their outputs with the last, second and first added last."""
    from algebra.rounding.summation import smallest_unequal_attention

    found = smallest_unequal_attention(name)
    if found is None:
        return _decided(False, "no triple of tokens differs")
    tokens, results = (", ".join(map(str, numbers)) for numbers in (found.tokens, found.results))
    return _decided(len(set(found.results)) > 1, f"tokens {tokens}: {results}")


@PAPER.states(
    r"\min\{(a, b, c) : \oplus \text{ depends on the order}\} = (1, 2^{p-1}, 2^{p-1} + 1)\,u",
    on=lambda: FORMATS,
)
def smallest_sum(name: str, seed: int) -> Verdict:
    """p: significant bits, u: the least positive number; triples ordered by their largest word."""
    from algebra.rounding.summation import smallest_unordered_sum

    fmt, found = _format(name), smallest_unordered_sum(name)
    half = 1 << (fmt.significant_bits - 1)
    units = [] if found is None else [str(x / fmt.least_positive) for x in found.tokens]
    return _decided(units == [str(1), str(half), str(half + 1)], f"{', '.join(units)} units")


@PAPER.states(
    r"n \le N + 2 \iff \text{sums of } n \text{ terms of } F \text{ in float32 do not depend on the order},\quad "
    r"N = \lfloor 2^{24} u / \max F \rfloor",
    HOLDS_SUMS,
    on=lambda: SMALL,
)
def float32_sums(name: str, seed: int) -> Verdict:
    """Added one after the other. The first part has a short proof; the counterexample with N + 3 terms is run."""
    from algebra.rounding.summation import float32_sums

    fmt = _format(name)
    count, late, early = float32_sums(name)
    is_next = count == fmt.order_free_terms() + 1
    return _decided(late != early and is_next, f"{fmt.order_free_terms()} terms; {count}: {late} and {early}")


def _sums() -> tuple[Sum, ...]:
    """Equal terms, terms that cancel, and terms that are drawn, in formats of 4 and 8 bits."""
    from random import Random

    random = Random("sums")
    found: list[Sum] = [("e4m3", (Fraction(1),) * 40), ("e5m2", (Fraction(1), *(Fraction(1, 8),) * 20))]
    for name in ("e2m1", "e4m3", "e5m2"):
        small = [x for x in _format(name).numbers if abs(x) <= _format(name).most / 32 or abs(x) <= 1]
        found += [(name, tuple(random.choices(small, k=6))) for _ in range(3)]
    return tuple(found)


@CONNOLLY.states(
    r"\mathbb{E}\,\hat s = s, \quad \Pr[|\hat s - s| \ge L] \le 2 \exp(-2L^2 / \textstyle\sum e_k^2)",
    on=_sums,
)
def stochastic_sums(given: Sum, seed: int) -> Verdict:
    """Sums in F, every addition rounded stochastically, e_k the spacing at the k-th: a martingale (Azuma, Hoeffding).

    The exact tail at every distance.
    """
    # Compare the exact tail with the bound at every distance that occurs.
    from flint import arb

    from algebra.exact.balls import ball
    from algebra.rounding.float_sums import stochastic_sum

    found = stochastic_sum(*given)
    if found.mean != found.exact:
        return _decided(False, f"the mean is {found.mean}, not {found.exact}")
    unit = found.format.least_positive
    for distance in sorted({abs(at * unit - found.exact) for at, _ in found.law}):
        exponent, tail = found.tail_exponent(distance), found.tail(distance)
        bound = arb(2) if exponent is None else 2 * (-ball(exponent)).exp()
        if not ball(tail) <= bound:
            return _decided(False, f"P(error >= {distance}) = {tail} is not below {bound}")
    return _decided(True, f"nearest: {found.nearest}, exact: {found.exact}")


@PAPER.states(
    r"\tanh x \in F \iff x = 0, \quad \mathrm{RN}(K(x)) = \mathrm{RN}(\tanh x) \text{ for } x \in F",
    IS_ROUGH,
    on=lambda: SMALL,
)
def tanh(name: str, seed: int) -> Verdict:
    """K: the optimal table of K-TanH with 4 bits of the mantissa, without carry, on bfloat16.

    With 3 bits it is wrong on 4 numbers of e4m3 and on 2 of e5m2.
    """
    from algebra.rounding.format_facts import tanh_in_format
    from algebra.rounding.ktanh_search import optimal_table
    from algebra.rounding.ktanh_table import Layout

    table = optimal_table(Layout.between(ENOUGH_BITS, Fraction(1, 4), Fraction(15, 4)))
    found = tanh_in_format(name, table.words)
    return _decided(found.representable == 1 and not found.wrong, f"{len(found.wrong)} of {found.numbers} are wrong")
