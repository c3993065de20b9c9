"""Mixture models against shallow mixtures that equal them: odd-even ranks and parameters."""

from __future__ import annotations

from collections.abc import Sequence

from algebra.errors import InputError, as_integer
from proofs_check.family import (
    BOUND_COLUMNS,
    Column,
    Family,
    Instance,
    Row,
    Rows,
    Told,
    graded,
    power_bounds_cell,
    powers_cell,
)
from proofs_check.option import SEED, Option, words_option
from proofs_check.results import bounds_fields
from proofs_check.words import integer

VARIABLES = (4, 8, 16)
MODELS = {
    "shallow": "shallow_mixture",
    "markov": "hidden_markov",
    "balanced": "balanced_tree",
    "train": "tensor_train",
    "cores": "balanced_cores",
}


def instances(variables: Sequence[int] = VARIABLES, symbols: int = 3, states: int = 2, seed: int = 0) -> list[Instance]:
    """Every model with these numbers of variables, which are powers of 2.

    Raises
    ------
    InputError
        If a number is no power of 2.
    """
    for count in variables:
        if as_integer("D", count) < 2 or count & (count - 1):
            raise InputError("D", count, "a power of 2, from 2 on")
    as_integer("symbols", symbols, 1)
    as_integer("states", states, 1)

    sizes = {"symbols": symbols, "states": states, "seed": seed}
    return [{"model": model, "variables": count, **sizes} for count in variables for model in MODELS]


def evaluate(instance: Instance) -> Row:
    """Compare one mixture model with a shallow mixture that equals it.

    Parameters
    ----------
    instance : dict
        One of `instances`.

    Returns
    -------
    dict
        The bounds are of the odd-even rank; a shallow mixture that equals almost any such model has at least ``lower``
        components, so at least ``shallow_parameters``.

    Examples
    --------
    >>> row = evaluate({"model": "markov", "variables": 8, "symbols": 3, "states": 2, "seed": 0})
    >>> row["parameters"], row["lower"], row["upper"], row["shallow_parameters"]
    (78, 16, 16, 400)
    """
    from tensors import mixtures

    variables, symbols, states = instance["variables"], instance["symbols"], instance["states"]
    found = getattr(mixtures, MODELS[instance["model"]])(variables, symbols, states)
    graph = getattr(found, "graph", found)
    bounds = graph.rank(tuple(range(0, variables, 2)), seed=instance["seed"])
    return {
        "label": graph.label,
        "model": instance["model"],
        "variables": variables,
        "symbols": symbols,
        "states": states,
        "parameters": mixtures.parameter_count(graph),
        **bounds_fields(bounds),
        "shallow_parameters": bounds.lower * (1 + variables * symbols),
        "row_side": "odd-even",
        "seed": instance["seed"],
    }


def key(instance: Instance) -> str:
    """Return the permanent key of a model and its sizes.

    Examples
    --------
    >>> key(instances()[1])
    'mixtures:markov:d4:M3:K2:seed=0'
    """
    sizes = f"d{instance['variables']}:M{instance['symbols']}:K{instance['states']}"
    return f"mixtures:{instance['model']}:{sizes}:seed={instance['seed']}"


def _title(rows: Rows, told: Told) -> str:
    sizes = f"M = {told['symbols']}, {told['states']} states"
    return f"Mixtures of d variables, {sizes}: what a shallow mixture needs to equal them"


FAMILY = Family(
    name="mixtures",
    says="Mixture models against a shallow mixture that equals them: odd-even ranks, and parameters.",
    about="Models: shallow mixtures, hidden Markov models, balanced latent trees, tensor trains, balanced trees of "
    "cores. The statements are on exact representation, for almost all weights; approximation needs far less.",
    instances=instances,
    evaluate=evaluate,
    key=key,
    columns=(
        Column("label", "text"),
        Column("", "", "d", lambda row: row["variables"]),
        Column("model", "text", "model", says="shallow, markov, balanced, train or cores"),
        Column("variables", says="number of variables d"),
        Column("symbols", says="component densities M of a variable"),
        Column("states", says="hidden states K"),
        Column("parameters", heading="weights", says="number of weights"),
        Column(
            "lower",
            heading="odd-even rank",
            shown=power_bounds_cell,
            says="proved lower bound on the rank between odd and even variables",
        ),
        *BOUND_COLUMNS[1:],
        Column("", "", "shallow components", lambda row: f">= {powers_cell('lower')(row)}"),
        Column(
            "shallow_parameters",
            heading="shallow weights",
            shown=lambda row: f">= {powers_cell('shallow_parameters')(row)}",
            says="weights of the least shallow mixture that this lower bound allows",
        ),
        Column("row_side", "text", says="the partition: odd-even"),
        Column("seed"),
        Column("seconds", "number"),
    ),
    title=_title,
    notes=lambda rows, told: (graded(rows), "ranks for almost all weights"),
    options=(
        words_option("variables", "Numbers of variables, powers of 2; default: 4 8 16.", integer, VARIABLES, "[D]…"),
        Option("symbols", "Component densities of a variable.", integer, 3, "M"),
        Option("states", "Hidden states, or bonds.", integer, 2, "K"),
        SEED,
    ),
    cost=lambda instance: float(instance["variables"]) ** 2 * instance["symbols"] * instance["states"] ** 2,
    example={"variables": [4, 8]},
    usage=("rankcert table mixtures", "rankcert table mixtures 8 16 32 --symbols 4 --states 3 --output mixtures.tex"),
)
