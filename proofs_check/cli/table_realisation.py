"""`rankcert table realisation`: dimensions that realise sparse attention matrices, against their length."""

from __future__ import annotations

from typing import Annotated

import typer

from proofs_check.cli.options import Json, TableFile
from proofs_check.cli.table_output import check_output, deliver

LENGTHS = (16, 64, 256, 1024, 4096)
SPARSITIES = (1, 2, 4, 8)


def realisation(
    lengths: Annotated[
        list[str] | None,
        typer.Argument(metavar="L…", show_default=False, help="Numbers of tokens; default: 16 64 256 1024 4096."),
    ] = None,
    sparsities: Annotated[
        str | None,
        typer.Option("--k", metavar="K,K…", show_default=False, help="Nonzero entries in a row; default: 1,2,4,8."),
    ] = None,
    precision: Annotated[
        str, typer.Option("--precision", metavar="E1,E2,E3", help="Of zeros, ratios, uniform zeros; E3 may be none.")
    ] = "1/10,1/2,1/2",
    output: TableFile = None,
    as_json: Json = False,
) -> None:
    """Dimensions that are enough for every matrix with k equal entries a row: each construction beside L - 1.

    A star marks what is not below the trivial L - 1. The last column is what no construction can go below.

    Examples
    --------
      rankcert table realisation

      rankcert table realisation 1024 4096 65536 --k 1,2 --precision 1/100,1/10,none
    """
    from proofs_check.attention_tables import realisation_rows, realisation_table
    from proofs_check.cli.networks import integers

    check_output(output)
    sizes = integers("L", lengths) if lengths else LENGTHS
    counts = integers("--k", sparsities) if sparsities else SPARSITIES
    words = [None if word.strip().lower() in ("none", "null", "") else word.strip() for word in precision.split(",")]
    results = realisation_rows(sizes, counts, words)
    deliver("table realisation", realisation_table(results), results, output, as_json)
