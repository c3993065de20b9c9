"""The dimension of a polynomial network's variety, or of a convolutional one's."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from algebra.errors import InputError, check_keys
from proofs_check.option import BIASES, CERTIFICATE, ERROR, SEED, Option
from proofs_check.question import Answer, Field, Question, Result, Words
from proofs_check.reading import Integer, Number, Truth, file_format, keys, written
from proofs_check.show.text import aligned, bound_rows, bounds_text, number, run_notes, strong
from proofs_check.words import WIDTHS_WORDS, integer, integers, is_integers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algebra import ConvolutionalNetwork, PolynomialNetwork


@file_format
class Convolution:
    """One channel throughout, so the filters say everything."""

    filters: list[Integer]
    """Filter sizes, from the input on."""

    strides: list[Integer] | None = None
    """Strides, as many; all 1 if left out."""


@file_format
class Activation:
    """A rational function by its coefficients, the constant first."""

    numerator: list[Number]
    """Coefficients of the numerator: [0, 1, "1/2"] is x + x^2/2."""

    denominator: list[Number] | None = None
    """Coefficients of the denominator; 1 if left out."""


@file_format
class Network:
    """A polynomial network by its widths, or a convolutional one by its filters."""

    widths: list[Integer] | None = None
    """Widths from input to output; left out where there is a convolution."""

    degree: Integer | list[Integer] | None = None
    """Activation degree of every hidden layer, or a list with one for each."""

    degrees: list[Integer] | None = None
    """One activation degree for each hidden layer, instead of a degree."""

    biases: Truth = False
    """Whether every layer adds a bias."""

    activation: Activation | Integer | list[Activation | Integer] | None = None
    """Instead of a degree: a rational function, or one for each hidden layer; an integer stands for a power."""

    convolution: Convolution | None = None
    """Filters and strides, instead of widths."""

    seed: Integer | None = None
    """Of every random choice, instead of the option."""


def network_of(given: Network) -> PolynomialNetwork | ConvolutionalNetwork:
    """Build the network that a file describes.

    Raises
    ------
    InputError
        Naming the key, its value and what is allowed.

    Examples
    --------
    >>> network_of(Network(convolution=Convolution([4, 3, 2]), degree=3)).label
    'cnn:k4-3-2:s1-1-1:r3'
    """
    from algebra import ConvolutionalNetwork, PolynomialNetwork

    known = written(given, without=["seed"])
    if given.convolution is None:
        check_keys(known, keys(Network), required=["widths"])
        return PolynomialNetwork.from_json(known)
    for key in ("widths", "biases", "activation"):
        if known.pop(key, None):
            raise InputError(key, getattr(given, key), "left out when there is a convolution")
    known["convolution"] = written(given.convolution)
    return ConvolutionalNetwork.from_json(known)


def answer(given: Network, seed: int, log2_error: float | None) -> Answer:
    """Bound the dimension."""
    from proofs_check.results import dimension_fields

    network = network_of(given)
    bounds = network.dimension(seed=seed, log2_error=log2_error)
    return Answer.of_bounds(network.label, bounds, dimension_fields(network, bounds))


def answer_together(given: Sequence[Network], seed: int, log2_error: float | None) -> list[Answer | None]:
    """Bound many dimensions at once; None for those that are not proved so, and for what is no network."""
    from algebra.polynomial.batch import proved_dimensions
    from proofs_check.results import dimension_fields

    networks = {}
    for place, each in enumerate(given):
        with suppress(InputError):
            networks[place] = network_of(each)
    found = proved_dimensions(list(networks.values()), seed, log2_error)

    answers: list[Answer | None] = [None] * len(given)
    for place, network in networks.items():
        bounds = found.get(network)
        if bounds is not None:
            answers[place] = Answer.of_bounds(network.label, bounds, dimension_fields(network, bounds))
    return answers


def described(words: list[str], degree: str | None, degrees: str | None, biases: bool) -> Result:
    """Return the object that a file would hold for these words.

    Raises
    ------
    InputError
        If a width is a range.
    """
    if any(".." in word for word in words):
        raise InputError("widths", " ".join(words), "one network; `rankcert table dimensions` takes ranges")
    given: Result = {"widths": integers("widths", words), "biases": biases}
    if degree is not None:
        given["degree"] = integer("degree", degree, "an integer of at least 1")
    if degrees is not None:
        given["degrees"] = integers("degrees", degrees)
    return given


def report(result: Result) -> str:
    """Everything that is known of one network, for people."""
    reached: dict[bool | None, tuple[str, str]] = {
        True: ("reached", "filling"),
        False: ("not reached", "not filling"),
        None: ("", ""),
    }
    rows = [
        *bound_rows(result),
        ("naive dimension", number(result["naive_dimension"]), reached[result["reaches_naive"]][0]),
        ("expected dimension", number(result["expected_dimension"]), reached[result["reaches_expected"]][0]),
        ("ambient dimension", number(result["ambient_dimension"]), reached[result["filling"]][1]),
        ("defect", number(result["defect"]), ""),
        ("fibre dimension", number(result["fibre_dimension"]), ""),
    ]
    return f"{result['label']}  dimension {strong(bounds_text(result))}\n\n{aligned(rows)}\n\n{run_notes(result)}"


DEGREE = Option("degree", "Activation degree of every hidden layer.", metavar="R")
DEGREES = Option("degrees", "One activation degree per hidden layer.", metavar="R,R…")

ARCHITECTURE_FIELDS = (
    Field("widths", "list", "widths from input to output"),
    Field("degree", "integer", "activation degree; a list if the hidden layers differ; null for other activations"),
    Field("biases", "boolean", "whether every layer adds a bias"),
    Field("convolution", "object", "filters and strides", only="of convolutional networks"),
    Field("activations", "list", "coefficients of the activations", only="where they are rational functions"),
)
QUESTION = Question(
    name="dimension",
    says="Dimension of a polynomial network's variety, with evidence for both bounds.",
    about="Where the file holds a convolution, the network is convolutional and has one channel throughout.",
    given=Network,
    answer=answer,
    answer_together=answer_together,
    fields=(
        *ARCHITECTURE_FIELDS,
        Field("parameters", "integer", "number of weights"),
        Field("gauge_dimension", "integer", "parameters that rescaling of the hidden neurons takes away"),
        Field("ambient_dimension", "integer", "dimension of the space of all such polynomial maps"),
        Field("naive_dimension", "integer", "parameters less gauge dimension"),
        Field("expected_dimension", "integer", "the smaller of naive and ambient dimension"),
        Field("fibre_dimension", "integer", "parameters less dimension; null where the bounds do not meet"),
        Field("defect", "integer", "expected dimension less dimension; null where the bounds do not meet"),
        Field("reaches_naive", "boolean", "whether the dimension is the naive one; null where that is open"),
        Field("reaches_expected", "boolean", "whether it is the expected one; null likewise"),
        Field("filling", "boolean", "whether it is the ambient one; null likewise"),
    ),
    headline="dimension",
    example={"widths": [2, 3, 2, 1], "degree": 2, "biases": False},
    options=(ERROR, SEED, CERTIFICATE),
    usage=(
        "rankcert dimension 2 3 2 1 --degree 2",
        "rankcert dimension '(2, 3, 2, 1)' --degree 2",
        "rankcert dimension 2 4 3 1 --degrees 2,3 --error 2^-100",
        "rankcert dimension networks.jsonl --json",
    ),
    words=Words("WIDTHS", WIDTHS_WORDS, described, (DEGREE, DEGREES, BIASES), is_integers),
    report=report,
)
