"""The one object that every command prints with ``--json``, and that a report writes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

SCHEMA = 1


def envelope(command: str, results: Iterable[Any], version: str | None = None, **more: Any) -> dict[str, Any]:
    """Return the envelope of some results.

    Parameters
    ----------
    command : str
        Its words.
    results : iterable
        Plain JSON values.
    version : str, optional
        Default: that of the package that is imported.
    **more
        What belongs to all results alike.

    Examples
    --------
    >>> list(envelope("dimension", [], seed=0))
    ['schema', 'version', 'command', 'results', 'seed']
    """
    if version is None:
        from algebra import __version__ as version
    return {"schema": SCHEMA, "version": version, "command": command, "results": list(results), **more}
