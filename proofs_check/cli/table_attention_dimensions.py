"""`rankcert table attention-dimensions`: dimensions of attention varieties beside the published count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from proofs_check.cli.options import Json, Seed, TableFile
from proofs_check.cli.table_output import check_output, deliver

if TYPE_CHECKING:
    from proofs_check.attention_tables.dimensions import Architecture

MOST_ROWS = 10_000


def attention_dimensions(
    ranges: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RANGES…",
            show_default=False,
            help="Widths from input to output, each a number or a range like 3..6; default: some architectures.",
        ),
    ] = None,
    head_sizes: Annotated[
        str | None,
        typer.Option(
            "--head-sizes",
            metavar="A|A,A…",
            show_default=False,
            help="Head size of all layers, or of each; numbers or ranges. Default: 1..2.",
        ),
    ] = None,
    heads: Annotated[
        str | None, typer.Option("--heads", metavar="H|H..H", show_default=False, help="Heads in a layer. Default: 1.")
    ] = None,
    seed: Seed = 0,
    output: TableFile = None,
    as_json: Json = False,
) -> None:
    """Dimensions of attention varieties: lightning with one token and with several, softmax, and the published count.

    A count that is not the dimension is marked ≠.

    Examples
    --------
      rankcert table attention-dimensions

      rankcert table attention-dimensions 3 3 3 --head-sizes 1..3,1..3

      rankcert table attention-dimensions 2..5 1..3 --head-sizes 2 --heads 1..4 --output heads.tex
    """
    from proofs_check.attention_tables import dimension_rows, dimension_table, reference_architectures
    from proofs_check.engine.cores import one_blas_thread

    one_blas_thread()
    check_output(output)
    chosen = architectures(ranges, head_sizes, heads) if ranges else reference_architectures()
    if not ranges:
        _check_unused(head_sizes, heads)
    results = dimension_rows(chosen, seed)
    deliver("table attention-dimensions", dimension_table(results), results, output, as_json)


def architectures(ranges: list[str], head_sizes: str | None, heads: str | None) -> list[Architecture]:
    """Return all architectures in ranges, in lexicographic order.

    Raises
    ------
    InputError
        For fewer than two widths, head sizes of another number of layers, a range without end, or too many rows.

    Examples
    --------
    >>> architectures(["3", "2..3"], "1", None)
    [((3, 2), (1,), 1), ((3, 3), (1,), 1)]
    """
    import math
    from itertools import product

    from algebra import InputError

    if len(ranges) < 2:
        raise InputError("RANGES", " ".join(ranges), "two widths or more, from input to output")
    layers = len(ranges) - 1
    words = (head_sizes or "1..2").split(",")
    if len(words) not in (1, layers):
        raise InputError("--head-sizes", head_sizes, f"one, or {layers} separated by commas: one for each layer")
    sizes = words * layers if len(words) == 1 else words
    axes = [bounded("widths", word) for word in ranges] + [bounded("--head-sizes", word) for word in sizes]
    axes.append(bounded("--heads", heads or "1"))
    count = math.prod(map(len, axes))
    if count > MOST_ROWS:
        raise InputError("RANGES", " ".join(ranges), f"ranges with at most {MOST_ROWS} architectures, not {count}")
    return [(chosen[: layers + 1], chosen[layers + 1 : -1], chosen[-1]) for chosen in product(*axes)]


def bounded(name: str, word: str) -> range:
    """Read an integer or a range with an end.

    Examples
    --------
    >>> list(bounded("--heads", "1..3"))
    [1, 2, 3]
    """
    from algebra import InputError
    from proofs_check.cli.table_rows import span

    if word.endswith(".."):
        raise InputError(name, word, "an integer of at least 1, or a range like 3..6")
    return span(name, word)


def _check_unused(head_sizes: str | None, heads: str | None) -> None:
    from algebra import InputError

    for name, value in (("--head-sizes", head_sizes), ("--heads", heads)):
        if value is not None:
            raise InputError(name, value, "left out unless RANGES are given")
