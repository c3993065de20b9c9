"""The dimension of the set of functions of an attention network."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import KW_ONLY
from typing import TYPE_CHECKING, Literal

from algebra.errors import InputError
from proofs_check.option import CERTIFICATE, ERROR, SEED
from proofs_check.question import Answer, Field, Question, Result
from proofs_check.reading import Integer, Positive, Truth, file_format, written
from proofs_check.show.text import aligned, bound_rows, bounds_text, number, run_notes, strong

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algebra import Bounds
    from tensors.attention.functions.network import AttentionNetwork


@file_format
class Network:
    """Layers of attention: widths, head sizes and heads, and how scores become weights."""

    _: KW_ONLY  # the order is that of messages, and the optional kind is the first of it

    kind: Literal["lightning", "polynomial", "normalised", "softmax"] = "lightning"
    """What becomes of the scores: nothing, their power, division by the sums of their columns, or softmax."""

    widths: list[Integer]
    """Width of a token before the first layer and after each: two or more, each at least 1."""

    head_sizes: Positive | list[Positive]
    """Rows of the key and query matrices of a head, one number for each layer or one for all."""

    heads: Positive | list[Positive] = 1
    """Heads of each layer, or one number for all."""

    tokens: Positive = 2
    """Number of tokens of an input."""

    score_power: Positive = 1
    """For the kind polynomial: the power to which scores are raised; 1 for the others."""

    causal: Truth = False
    """Whether a token sees only itself and those before it."""

    residual: Truth = False
    """Whether every layer adds its input; all widths must be equal then."""

    seed: Integer | None = None
    """Of every random choice, instead of the option."""


def network_of(given: Network) -> AttentionNetwork:
    """Build the network that a file describes.

    Raises
    ------
    InputError
        Naming the key, its value and what is allowed.

    Examples
    --------
    >>> network_of(Network(kind="softmax", widths=[5, 3], head_sizes=[2], tokens=3)).label
    'attention:softmax:5-3:a2:n3'
    """
    from tensors.attention.functions.network import AttentionNetwork

    return AttentionNetwork.from_json(written(given, without=["seed"]))


def answer(given: Network, seed: int, log2_error: float | None) -> Answer:
    """Bound the dimension, and say what the formulas give; one that does not speak of the network is null."""
    network = network_of(given)
    return _answer(network, network.dimension(seed=seed, log2_error=log2_error))


def answer_together(given: Sequence[Network], seed: int, log2_error: float | None) -> list[Answer | None]:
    """Bound many dimensions at once; None for those that are not proved so, and for what is no network."""
    from tensors.attention.functions.batch import proved_dimensions

    networks = {}
    for place, each in enumerate(given):
        with suppress(InputError):
            networks[place] = network_of(each)
    found = proved_dimensions(list(networks.values()), seed, log2_error)

    answers: list[Answer | None] = [None] * len(given)
    for place, network in networks.items():
        if network in found:
            answers[place] = _answer(network, found[network])
    return answers


def _answer(network: AttentionNetwork, bounds: Bounds) -> Answer:
    """Write down the bounds of a dimension, beside what needs no rank."""
    from proofs_check.results import reaches
    from tensors.attention.formulas import formula_values
    from tensors.attention.functions.dimension import AttentionDimension

    fields = {
        **network.to_json(),
        "parameters": network.parameters,
        "ambient_dimension": network.ambient_dimension,
        "fibre_dimension": network.parameters - bounds.lower if bounds.lower == bounds.upper else None,
        "filling": reaches(bounds, network.ambient_dimension),
        "formulas": formula_values(network),
        "independence": AttentionDimension(network).independence,
    }
    return Answer.of_bounds(network.label, bounds, fields)


def report(result: Result) -> str:
    """Everything that is known of one network, for people."""
    rows = [
        *bound_rows(result),
        ("parameters", number(result["parameters"]), ""),
        ("ambient dimension", number(result["ambient_dimension"]), "filling" if result["filling"] else ""),
        ("fibre dimension", number(result["fibre_dimension"]), ""),
    ]
    rows += [(f"{name} formula", number(value), _verdict(result, value)) for name, value in result["formulas"].items()]
    notes = run_notes(result)
    if result["independence"]:
        notes = f"  exponentials independent: {result['independence']}\n{notes}"
    return f"{result['label']}  dimension {strong(bounds_text(result))}\n\n{aligned(rows)}\n\n{notes}"


def _verdict(result: Result, value: int | None) -> str:
    """Say whether a formula is right, as far as the bounds tell."""
    if value is None or result["lower"] <= value <= result["upper"]:
        return "right" if value is not None and result["lower"] == result["upper"] else ""
    return "wrong"


QUESTION = Question(
    name="attention dimension",
    says="Dimension of the set of functions of an attention network, with evidence for both bounds.",
    about="Kinds are lightning, polynomial (with score_power), normalised, softmax; causal and residual may be true.",
    given=Network,
    answer=answer,
    answer_together=answer_together,
    fields=(
        Field("kind", "text", "lightning, polynomial, normalised or softmax"),
        Field("widths", "list", "widths of a token, before and after each layer"),
        Field("head_sizes", "list", "one for each layer"),
        Field("heads", "integer", "heads of a layer; a list if the layers differ"),
        Field("tokens", "integer", "number of tokens"),
        Field("score_power", "integer", "power of the scores; 1 unless the kind is polynomial"),
        Field("causal", "boolean", "true", only="of causal attention"),
        Field("residual", "boolean", "true", only="where there are residual connections"),
        Field("parameters", "integer", "number of weights"),
        Field("ambient_dimension", "integer", "dimension of the space of all such polynomial maps; null if not known"),
        Field("fibre_dimension", "integer", "parameters less dimension; null where the bounds do not meet"),
        Field("filling", "boolean", "whether the dimension is the ambient one; null where that is open"),
        Field("formulas", "object", "what each formula says; null where it does not speak of such networks"),
        Field("independence", "text", "of softmax: why residues may stand for exponentials; null if not proved"),
    ),
    headline="dimension",
    example={"kind": "lightning", "widths": [5, 3], "head_sizes": [2], "heads": 1, "tokens": 2},
    options=(ERROR, SEED, CERTIFICATE),
    usage=(
        "rankcert attention dimension layer.json",
        "rankcert attention dimension layers.jsonl --json",
        "rankcert attention dimension layer.json --certificate layer-certificate.json",
    ),
    report=report,
)
