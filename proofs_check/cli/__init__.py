"""The command line: one module a command group, each imported when its command is called."""

import atexit
import gc

NEW_OBJECTS = 250_000
"""After so many new containers cycles are looked for, not after 700: imports and a table make half, which stay."""


def main() -> None:
    """Run the `rankcert` command."""
    gc.set_threshold(NEW_OBJECTS, 10, 10)
    atexit.register(gc.freeze)  # Python looks for cycles once more as it ends: of what it is about to forget
    from proofs_check.cli.app import app

    app(prog_name="rankcert")
