"""`rankcert table head-size`: least head sizes of stochastic matrices beside the published one."""

from __future__ import annotations

from typing import Annotated

import typer

from proofs_check.cli.options import Json, Seed, TableFile
from proofs_check.cli.table_output import check_output, deliver

SIZES = (2, 3, 5, 8)


def head_size(
    sizes: Annotated[
        list[str] | None,
        typer.Argument(metavar="N…", show_default=False, help="Numbers of tokens, from 2 to 10; default: 2 3 5 8."),
    ] = None,
    seed: Seed = 0,
    output: TableFile = None,
    as_json: Json = False,
) -> None:
    """Least head sizes of stochastic matrices, exactly, beside n - 1, which is always enough, and the published n.

    Examples
    --------
      rankcert table head-size

      rankcert table head-size 4 6 --seed 1 --output head-size.csv
    """
    from proofs_check.attention_tables import head_size_rows, head_size_table
    from proofs_check.cli.networks import integers

    check_output(output)
    results = head_size_rows(integers("N", sizes) if sizes else SIZES, seed)
    deliver("table head-size", head_size_table(results), results, output, as_json)
