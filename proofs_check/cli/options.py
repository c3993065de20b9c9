"""Arguments and options that several commands share, each with one name and one help text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[
    Path, typer.Argument(metavar="FILE", show_default=False, help="A .json file, or .jsonl: one object a line.")
]
Seed = Annotated[int, typer.Option("--seed", help="Seed of every random choice.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Biases = Annotated[bool, typer.Option("--biases", help="Every layer adds a bias.")]
ErrorBound = Annotated[
    str | None,
    typer.Option(
        "--error",
        metavar="P",
        help="Where the bounds leave a gap: repeat until a greater value would have stayed unseen with probability at "
        "most P, e.g. 2^-100; default 2^-64.",
    ),
]
ExactFloats = Annotated[
    bool, typer.Option("--exact-floats", help="Read a float as the binary fraction that it is, instead of numerically.")
]
CertificateFile = Annotated[
    Path | None, typer.Option("--certificate", metavar="FILE", help="Write what an independent checker needs.")
]
TableFile = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to .md, .tex, .csv, .html or .parquet.")
]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", show_default=False, help="Number of processes; default: all cores.")
]
