"""Small formats of floating point: what they represent exactly, and when the order of summation matters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from algebra.exact.numbers import number_text
from algebra.rounding.formats import FORMATS, NumberFormat
from proofs_check.family import Column, Family, Instance, Row, spaced
from proofs_check.option import words_option

SMALL = tuple(name for name in FORMATS if name != "bfloat16")  # all pairs of their numbers are looked at


def instances(names: Sequence[str] = SMALL) -> list[Instance]:
    """One format each."""
    from algebra.rounding.format_facts import small_format

    return [{"format": small_format(name).name} for name in names]


def evaluate(instance: Instance) -> Row:
    """Look at all pairs and triples of numbers of one format.

    Examples
    --------
    >>> row = evaluate({"format": "float8_e4m3fn"})
    >>> row["numbers"], row["exact_sums"], row["softmax_to_one"], row["smallest_attention"]
    (253, 11377, 47601, ['1/256', '11/256', '13/256'])
    """
    from algebra.rounding.format_facts import Pairs, exact_softmax_sizes, softmax_pairs, tanh_in_format
    from algebra.rounding.ktanh_search import optimal_table
    from algebra.rounding.ktanh_table import Layout
    from algebra.rounding.summation import smallest_unequal_attention, smallest_unordered_sum, unordered_sums

    name = instance["format"]
    fmt = NumberFormat(name)
    sums, products, softmax = Pairs.of(name, "+"), Pairs.of(name, "*"), softmax_pairs(name)
    differing, triples = unordered_sums(name)
    smallest_sum, smallest_attention = smallest_unordered_sum(name), smallest_unequal_attention(name)
    table = optimal_table(Layout.between(3, Fraction(1, 4), Fraction(15, 4)))
    return {
        **instance,
        "bits": fmt.bits,
        "significant_bits": fmt.significant_bits,
        "numbers": len(fmt.numbers),
        "least": number_text(fmt.least_positive),
        "greatest": number_text(fmt.most),
        "pairs": sums.count,
        "exact_sums": sums.representable,
        "exact_products": products.representable,
        "triples": triples,
        "unordered_triples": differing,
        "smallest_sum": _texts(smallest_sum.tokens if smallest_sum else ()),
        "smallest_attention": _texts(smallest_attention.tokens if smallest_attention else ()),
        "attention_outputs": _texts(smallest_attention.results if smallest_attention else ()),
        "float32_terms": fmt.order_free_terms(),
        "softmax_to_one": softmax.sums_to_one,
        "softmax_rows": softmax.rows,
        "largest_softmax": exact_softmax_sizes(name)[-1],
        "ktanh_wrong": len(tanh_in_format(name, table.words).wrong),
        "grade": "proved",
    }


def _texts(numbers: tuple[Fraction, ...]) -> list[str]:
    return [number_text(x) for x in numbers]


def _share(name: str, of: str = "pairs") -> Callable[[Row], str]:
    """Return what shows a count as a share."""
    return lambda row: f"{100 * row[name] / row[of]:.1f} %"


def _in_units(name: str) -> Callable[[Row], str]:
    """Return what shows numbers in units of the least one."""

    def shown(row: Row) -> str:
        return ", ".join(str(Fraction(x) / Fraction(row["least"])) for x in row[name])

    return shown


FAMILY = Family(
    name="formats",
    says="Small formats of floating point: what they represent exactly, and when the order of summation matters.",
    about="All statements are finite, and all pairs or triples of numbers are looked at. The formats are those of "
    "ml_dtypes; e2m1, e4m3 and e5m2 are short for float4_e2m1fn, float8_e4m3fn and float8_e5m2.",
    instances=instances,
    evaluate=evaluate,
    key=lambda i: f"format:{i['format']}",
    columns=(
        Column("format", "text", "format", says="its name in ml_dtypes"),
        Column("bits", says="length of a word"),
        Column("significant_bits", says="digits of a normal number, the first one included"),
        Column("numbers", heading="numbers", says="finite ones"),
        Column("least", "text", "least", says="the least positive number, u; all are multiples"),
        Column("greatest", "text", "greatest", says="the greatest number"),
        Column("pairs", says="ordered pairs of numbers"),
        Column("exact_sums", heading="exact sums", shown=_share("exact_sums"), says="pairs whose sum is a number"),
        Column(
            "exact_products", heading="products", shown=_share("exact_products"), says="pairs whose product is a number"
        ),
        Column("triples", says="ordered triples whose partial sums are finite"),
        Column(
            "unordered_triples",
            heading="ordered",
            shown=_share("unordered_triples", "triples"),
            says="those whose rounded sum depends on the order",
        ),
        Column(
            "smallest_sum",
            "text",
            "smallest sum",
            _in_units("smallest_sum"),
            spaced("smallest_sum"),
            says="the smallest such triple",
        ),
        Column(
            "smallest_attention",
            "text",
            "attention",
            _in_units("smallest_attention"),
            spaced("smallest_attention"),
            says="the smallest tokens for which the output of one depends on the order of the tokens",
        ),
        Column(
            "attention_outputs",
            "text",
            value=spaced("attention_outputs"),
            says="its outputs, with the last, second and first token added last",
        ),
        Column(
            "float32_terms",
            heading="float32 terms",
            says="so many terms have one sum in float32, in whichever order they are added; one more may have two",
        ),
        Column(
            "softmax_to_one",
            heading="softmax to 1",
            shown=_share("softmax_to_one"),
            says="pairs of logits whose correctly rounded weights have the sum 1",
        ),
        Column("softmax_rows", says="distinct rows of correctly rounded weights of two logits"),
        Column("largest_softmax", says="the most equal logits whose weights are numbers"),
        Column("ktanh_wrong", heading="K-TanH errs", says="numbers whose tanh by 32 entries is not correctly rounded"),
        Column("grade", "text"),
        Column("seconds", "number"),
    ),
    title=lambda rows, told: "Small formats of floating point",
    notes=lambda rows, told: (
        "smallest triples in units of the least positive number; of all that differ, those with the earliest last word",
        "attention: tokens are numbers, query, key and value the token itself, every operation rounded to the format",
    ),
    options=(
        words_option(
            "names",
            "Formats by their names in ml_dtypes, or e2m1, e4m3, e5m2; default: all of at most 8 bits.",
            default=SMALL,
            metavar="[FORMAT]…",
            choices=lambda: SMALL,
        ),
    ),
    example={"names": ["e2m1", "e5m2"]},
    usage=("rankcert table formats", "rankcert table formats e4m3 e5m2 --output formats.tex"),
)
