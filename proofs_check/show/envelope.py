"""The one object that every command prints with ``--json``, and that a report writes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

SCHEMA = 1
MOST_DIGITS = 4300  # of an integer that Python's own json reads; other readers take fewer
LONG = re.compile(rf"(?<![0-9])[0-9]{{{MOST_DIGITS + 1}}}")


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

    Returns
    -------
    dict

    Examples
    --------
    >>> list(envelope("dimension", [], seed=0))
    ['schema', 'version', 'command', 'results', 'seed']
    """
    if version is None:
        from algebra import __version__ as version
    return {"schema": SCHEMA, "version": version, "command": command, "results": list(results), **more}


def json_text(value: Any, encoding: str | None = None, indent: int | None = None) -> str:
    r"""Write JSON: exact integers, or strings beyond 4,300 digits, which readers refuse as numbers.

    Parameters
    ----------
    value : object
        Plain values; there is no infinity and no NaN.
    encoding : str, optional
        Of what it is written to; default UTF-8. What that lacks is escaped, lone surrogates too.
    indent : int, optional

    Returns
    -------
    str

    Examples
    --------
    >>> json_text(["é"]), json_text(["é"], "ascii"), json_text([chr(0xD800)]).isascii()
    ('["é"]', '["\\u00e9"]', True)
    >>> json_text([10**4299])[:3], json_text([10**4300])[:3]
    ('[10', '["1')
    """
    from proofs_check.engine.plain import all_digits

    with all_digits():
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
        if LONG.search(text):
            value = _readable(value)
            text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
        try:
            text.encode(encoding or "utf-8")
        except UnicodeEncodeError:
            return json.dumps(value, allow_nan=False, indent=indent)
    return text


def _readable(value: Any) -> Any:
    """Return the same values, integers beyond the limit as text."""
    if isinstance(value, dict):
        return {key: _readable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(each) for each in value]
    if isinstance(value, int) and not isinstance(value, bool):
        text = str(value)
        return text if len(text.lstrip("-")) > MOST_DIGITS else value
    return value
