"""Mixture models against shallow mixtures that equal them: odd-even ranks and parameters."""

from __future__ import annotations

import time
from typing import Any

from algebra.errors import InputError

MIXTURES = {
    "shallow": "shallow_mixture",
    "markov": "hidden_markov",
    "balanced": "balanced_tree",
    "train": "tensor_train",
    "cores": "balanced_cores",
}
FIELDS = {
    "label": "text",
    "model": "text",
    "variables": "integer",
    "symbols": "integer",
    "states": "integer",
    "parameters": "integer",
    "lower": "integer",
    "upper": "integer",
    "grade": "text",
    "log2_error": "number",
    "lower_by": "text",
    "upper_by": "text",
    "shallow_parameters": "integer",
    "row_side": "text",
    "seed": "integer",
    "seconds": "number",
}


def mixture_row(model: str, variables: int, symbols: int, states: int, seed: int = 0) -> dict[str, Any]:
    """Compare one mixture model with a shallow mixture that equals it.

    Parameters
    ----------
    model : {"shallow", "markov", "balanced", "train", "cores"}
    variables : int
        A power of 2.
    symbols, states : int
    seed : int

    Returns
    -------
    dict
        The fields of `FIELDS`: the bounds are of the odd-even rank; a shallow mixture that equals almost any
        such model has at least ``lower`` components, so at least ``shallow_parameters``.

    Raises
    ------
    InputError
        For an unknown model, or sizes that it refuses.

    Examples
    --------
    >>> row = mixture_row("markov", 8, 3, 2)
    >>> row["parameters"], row["lower"], row["upper"], row["shallow_parameters"]
    (78, 16, 16, 400)
    """
    from proofs_check.results import bounds_fields
    from tensors import mixtures

    if model not in MIXTURES:
        raise InputError("model", model, f"one of {', '.join(MIXTURES)}")
    found = getattr(mixtures, MIXTURES[model])(variables, symbols, states)
    graph = getattr(found, "graph", found)
    start = time.perf_counter()
    bounds = graph.rank(tuple(range(0, variables, 2)), seed=seed)
    return {
        "label": graph.label,
        "model": model,
        "variables": variables,
        "symbols": symbols,
        "states": states,
        "parameters": mixtures.parameter_count(graph),
        **bounds_fields(bounds),
        "shallow_parameters": bounds.lower * (1 + variables * symbols),
        "row_side": "odd-even",
        "seed": seed,
        "seconds": round(time.perf_counter() - start, 6),
    }
