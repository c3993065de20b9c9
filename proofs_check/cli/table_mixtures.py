"""`rankcert table mixtures`: what a shallow mixture needs to equal a deep one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proofs_check.cli.options import Json, Seed, TableFile
from proofs_check.cli.table_output import deliver
from proofs_check.cli.table_overlaps import measured, number_cell, rank_cell, table_of

if TYPE_CHECKING:
    import pandas as pd


def mixtures(
    variables: Annotated[
        list[str] | None,
        typer.Argument(metavar="D…", show_default=False, help="Numbers of variables, powers of 2; default: 4 8 16."),
    ] = None,
    symbols: Annotated[int, typer.Option("--symbols", metavar="M", help="Component densities of a variable.")] = 3,
    states: Annotated[int, typer.Option("--states", metavar="K", help="Hidden states, or bonds.")] = 2,
    seed: Seed = 0,
    output: TableFile = None,
    as_json: Json = False,
) -> None:
    """Mixture models against a shallow mixture that equals them: odd-even ranks, and parameters.

    Models: shallow mixtures, hidden Markov models, balanced latent trees, tensor trains, balanced trees of cores. The
    statements are on exact representation, for almost all weights; approximation needs far less.

    Examples
    --------
      rankcert table mixtures

      rankcert table mixtures 8 16 32 --symbols 4 --states 3 --output mixtures.tex
    """
    from algebra.errors import InputError
    from proofs_check.cli.networks import integers
    from proofs_check.mixture_sizes import FIELDS, MIXTURES, mixture_row

    sizes = integers("D", variables) if variables else [4, 8, 16]
    for count in sizes:
        if count < 2 or count & (count - 1):
            raise InputError("D", count, "a power of 2, from 2 on")
    todo = [partial(mixture_row, m, d, symbols, states, seed) for d in sizes for m in MIXTURES]
    results = measured(output, todo)
    title = f"Mixtures of d variables, M = {symbols}, {states} states: what a shallow mixture needs to equal them"
    table = table_of(results, FIELDS, title, _mixture_display(results), seed)
    deliver("table mixtures", table, results, output, as_json)


def _mixture_display(results: Sequence[dict[str, Any]]) -> pd.DataFrame:
    from proofs_check.show.tables import display_frame

    return display_frame(
        {
            "d": [r["variables"] for r in results],
            "model": [r["model"] for r in results],
            "weights": [r["parameters"] for r in results],
            "odd-even rank": list(map(rank_cell, results)),
            "shallow components": [f">= {number_cell(r['lower'])}" for r in results],
            "shallow weights": [f">= {number_cell(r['shallow_parameters'])}" for r in results],
        }
    )
