"""Where a finished table goes: into a file, to a program as JSON, or to people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proofs_check.show.tables import Table


def check_output(output: Path | None) -> None:
    """Refuse a file that cannot be written, before the work that it is for.

    Raises
    ------
    InputError
        As `proofs_check.show.tables.check_target`.
    """
    from proofs_check.show.tables import check_target

    if output is not None:
        check_target(output)


def deliver(command: str, table: Table, results: Sequence[dict[str, Any]], output: Path | None, as_json: bool) -> None:
    """Write the table, if asked to; print the results as JSON, or else the table unless it was written."""
    from proofs_check.cli.output import print_envelope, remark
    from proofs_check.cli.table_run import print_table

    if output is not None:
        table.write(output)
        remark(f"{len(results)} rows in {output}")
    if as_json:
        print_envelope(command, results)
    elif output is None:
        print_table(table)
