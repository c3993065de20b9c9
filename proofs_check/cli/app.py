"""The application: which module holds which command, and what a failure looks like."""

from __future__ import annotations

import sys
from typing import Annotated, Any, NoReturn

import typer

import proofs_check.cli.failures as failures
from proofs_check.cli.lazy import LazyGroup

# name of the command -> module:attribute, a function or a Typer of its own. Imported only when it is called.
COMMANDS = {
    "dimension": "proofs_check.cli.dimension:dimension",
    "threshold": "proofs_check.cli.threshold:threshold",
    "rank": "proofs_check.cli.groups:rank",
    "critical-point": "proofs_check.cli.critical_point:critical_point",
    "memorize": "proofs_check.cli.groups:memorize",
    "attention": "proofs_check.cli.groups:attention",
    "table": "proofs_check.cli.table:app",
    "plot": "proofs_check.cli.plot:plot",
    "sweep": "proofs_check.cli.sweep:app",
    "store": "proofs_check.cli.store:app",
    "check": "proofs_check.cli.check:check",
    "verify": "proofs_check.cli.verify:verify",
    "atlas": "proofs_check.cli.atlas:atlas",
    "doctor": "proofs_check.cli.doctor:doctor",
}


class Commands(LazyGroup):
    """The commands, imported on demand, whose failures all have one form."""

    targets = COMMANDS

    def main(self, args: Any = None, *positional: Any, **settings: Any) -> NoReturn:
        """Run the command and end the process: 0 holds, 1 violated, 2 bad input, 130 interrupted."""
        arguments = list(sys.argv[1:] if args is None else args)
        sys.set_int_max_str_digits(0)  # ambient dimensions have thousands of digits
        settings["standalone_mode"] = False
        with failures.reported("--json" in arguments, arguments):
            status = super().main(arguments, *positional, **settings)
            sys.exit(status if isinstance(status, int) else 0)
        raise AssertionError("unreachable")


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from algebra import __version__

        print(f"rankcert {__version__}")
        raise typer.Exit


@app.callback()
def rankcert(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Exact ranks and dimensions of neural architectures, with evidence.

    Results go to stdout (`--json`: one JSON object), progress to stderr.

    Exit status: 0 holds, 1 violated or mismatch, 2 bad input, 130 interrupted.
    """
