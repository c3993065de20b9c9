"""The command line: one module a command group, each imported when its command is called."""

import gc

AT_START = 100_000
"""After so many new containers cycles are looked for first, not after 700: imports make nearly as many, which stay."""

NEW_OBJECTS = 10_000
"""The same from then on."""


def main() -> None:
    """Run the `rankcert` command."""
    gc.set_threshold(AT_START, 10, 10)
    gc.callbacks.append(_end_of_start)
    from proofs_check.cli.app import app

    app(prog_name="rankcert")


def _end_of_start(phase: str, info: dict[str, int]) -> None:
    """After the first search for cycles, search more often: what comes then is work, and may be large."""
    if phase == "stop":
        gc.callbacks.remove(_end_of_start)
        gc.set_threshold(NEW_OBJECTS, 10, 10)
