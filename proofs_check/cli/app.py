"""The application: which module holds which command, and what a failure looks like."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer

from proofs_check.cli import failures
from proofs_check.cli.quick_types import QuickCommand, QuickGroup

# name of the command -> module:attribute, a function or a Typer of its own. Imported only when it is called.
COMMANDS = {
    "dimension": "proofs_check.cli.dimension:dimension",
    "threshold": "proofs_check.cli.threshold:threshold",
    "table": "proofs_check.cli.table:app",
    "plot": "proofs_check.cli.plot:plot",
    "sweep": "proofs_check.cli.sweep:app",
    "store": "proofs_check.cli.store:app",
    "check": "proofs_check.cli.check:check",
    "verify": "proofs_check.cli.verify:verify",
    "atlas": "proofs_check.cli.atlas:atlas",
    "doctor": "proofs_check.cli.doctor:doctor",
}


class Commands(QuickGroup):
    """A group whose commands are imported on demand, and whose failures all have one form."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands: Any = dict.fromkeys(COMMANDS)  # the names are enough for lists and suggestions

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the command, or return None if there is none of this name."""
        if self.commands.get(cmd_name) is None and cmd_name in COMMANDS:
            self.commands[cmd_name] = load(cmd_name)
        return self.commands.get(cmd_name)

    def main(self, args: Any = None, *positional: Any, **settings: Any) -> NoReturn:
        """Run the command and end the process: 0 holds, 1 violated, 2 bad input, 130 interrupted."""
        arguments = list(sys.argv[1:] if args is None else args)
        sys.set_int_max_str_digits(0)  # ambient dimensions have thousands of digits
        settings["standalone_mode"] = False
        with failures.reported("--json" in arguments, arguments):
            status = super().main(arguments, *positional, **settings)
            sys.exit(status if isinstance(status, int) else 0)
        raise AssertionError("unreachable")


def load(name: str) -> Any:
    """Import the command of this name.

    Examples
    --------
    >>> load("dimension").name
    'dimension'
    """
    module, attribute = COMMANDS[name].split(":")
    target = getattr(import_module(module), attribute)
    if not isinstance(target, typer.Typer):
        alone = typer.Typer(add_completion=False)
        alone.command(name, cls=QuickCommand)(target)
        target = alone
    command = typer.main.get_command(target)
    command.name = name
    return command


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
