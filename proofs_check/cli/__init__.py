"""The command line: one module a command group, each imported when its command is called."""

import gc

NEW_OBJECTS = 100_000
"""After so many new containers cycles are looked for, not after 700: imports make nearly as many, which stay."""


def main() -> None:
    """Run the `rankcert` command."""
    gc.set_threshold(NEW_OBJECTS, 10, 10)
    from proofs_check.cli.app import app

    app(prog_name="rankcert")
