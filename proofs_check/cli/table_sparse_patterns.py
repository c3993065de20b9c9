"""`rankcert table sparse-patterns`: named attention patterns, steps against connections."""

from __future__ import annotations

from typing import Annotated

import typer

from proofs_check.cli.options import Json, Seed, TableFile
from proofs_check.cli.table_output import check_output, deliver

LENGTHS = (16, 64, 512)


def sparse_patterns(
    lengths: Annotated[
        list[str] | None,
        typer.Argument(metavar="N…", show_default=False, help="Numbers of tokens; default: 16 64 512."),
    ] = None,
    names: Annotated[
        list[str] | None,
        typer.Option("--pattern", metavar="NAME", show_default=False, help="Only this one; may be repeated."),
    ] = None,
    seed: Seed = 0,
    output: TableFile = None,
    as_json: Json = False,
) -> None:
    """Sparse attention patterns: layers until all tokens are seen, connections, and the conditions of universality.

    Windows and global tokens are 2, strides and blocks the power of two next to the square root of N. The fixed
    pattern is also checked with a block that does not divide N.

    Examples
    --------
      rankcert table sparse-patterns

      rankcert table sparse-patterns 64 256 1024 --pattern bigbird --pattern strided --output patterns.md
    """
    from proofs_check.attention_tables import sparse_pattern_rows, sparse_pattern_table
    from proofs_check.cli.networks import integers

    check_output(output)
    results = sparse_pattern_rows(integers("N", lengths) if lengths else LENGTHS, names or (), seed)
    deliver("table sparse-patterns", sparse_pattern_table(results), results, output, as_json)
