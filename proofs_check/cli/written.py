"""Files that a command writes beside its answer: refused before the work that they are for, written after it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from algebra.evidence import Bounds


def check_written(option: str, target: Path | None, source: Path | None = None) -> None:
    """Refuse a file that cannot be written, or that the results of many lines would share.

    Parameters
    ----------
    option : str
        Which option names the file.
    target : Path, optional
        The file; without one there is nothing to refuse.
    source : Path, optional
        The file with the input.

    Raises
    ------
    InputError
        Naming the option.

    Examples
    --------
    >>> check_written("-o", Path("c.json"), Path("nets.jsonl"))
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: -o is 'c.json', but it must be left out with a .jsonl file: ask for one at a time
    """
    from algebra.errors import InputError

    if target is None:
        return
    if source is not None and source.suffix.lower() == ".jsonl":
        raise InputError(option, str(target), "left out with a .jsonl file: ask for one at a time")
    if target.is_dir() or not os.access(target.parent, os.W_OK):
        raise InputError(option, str(target), "a file in a folder that exists and can be written")


def check_certificate(certificate: Path | None, source: Path | None = None) -> None:
    """Refuse a certificate that cannot be written, or that the results of many lines would share.

    Raises
    ------
    InputError
        As `check_written`.
    """
    check_written("--certificate", certificate, source)


def write_certificate(bounds: Bounds, certificate: Path | None) -> str | None:
    """Write the certificate of bounds if there is a file for it, and return the file's name for the result."""
    if certificate is None:
        return None
    bounds.certificate().write(certificate)
    return str(certificate)
