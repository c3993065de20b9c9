r"""Docstrings as Sphinx reads them: a bar or a final underscore is text, as it is for whoever reads the source.

reStructuredText takes ``|x|`` for a substitution and ``x_`` for a link. The library's docstrings have neither, but
norms and indices in running text; so these characters are escaped, outside of code, formulas and examples.
"""

from __future__ import annotations

import re
from typing import Any

CODE = re.compile(r"(``.*?``|:\w+:`[^`]*`|`[^`]*`)")
MARKUP = re.compile(r"\||(?<=\w)_(?!\w)")


def escaped(lines: list[str]) -> list[str]:
    r"""Escape what would be markup in the running text of a docstring.

    Examples
    --------
    >>> for line in escaped(["The least |w| for S_ and ``|w|``.", "", "A | B::", "", "    a | b"]):
    ...     print(line or "-")
    The least \|w\| for S\_ and ``|w|``.
    -
    A \| B::
    -
        a | b
    """
    found, is_example, block = [], False, -1
    for line in lines:
        text = line.lstrip()
        indent = len(line) - len(text)
        is_example = bool(text) and (is_example or text.startswith(">>>"))
        if text and indent <= block:
            block = -1
        is_code = is_example or block >= 0 or text.startswith("..")
        found.append(line if is_code else _escaped_line(line))
        if text and block < 0 and (text.endswith("::") or text.startswith("..")):
            block = indent
    return found


def _escaped_line(line: str) -> str:
    parts = CODE.split(line)
    return "".join(part if place % 2 else MARKUP.sub(r"\\\g<0>", part) for place, part in enumerate(parts))


def process(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Escape a docstring in place, as Sphinx asks for it."""
    lines[:] = escaped(lines)
