"""Files that a command writes beside its answer: refused before the work that they are for."""

from __future__ import annotations

from pathlib import Path


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
    from algebra.writing import check_target

    if target is None:
        return
    if source is not None and source.suffix.lower() in (".jsonl", ".ndjson"):
        allowed = f"left out with a {source.suffix.lower()} file: ask for one at a time"
        raise InputError(option, str(target), allowed)
    check_target(option, target)
