"""Reading X, Y and the weights from JSON and ``.npz`` files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from algebra.errors import InputError

NAMES = "arrays X, Y and W_1, W_2, … (or one array W of equally wide layers)"


def read_problem(path: Path) -> tuple[Any, Any, list[Any]]:
    """Return X, Y and the list of weights as they stand in the file.

    Parameters
    ----------
    path : Path
        ``.npz`` with arrays X, Y, W_1 … W_H of numbers or of strings "p/q"; otherwise JSON with the keys X, Y, W.

    Raises
    ------
    InputError
        If it cannot be read or a name is missing.
    """
    given = read_npz(path) if path.suffix.lower() == ".npz" else _read_json(path)
    for name in ("X", "Y", "W"):
        if name not in given:
            raise InputError(name, None, "given: the file holds X, Y and W")
    return given["X"], given["Y"], given["W"]


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError("FILE", str(path), f"a file that can be read ({error.strerror})") from None
    except ValueError as error:
        raise InputError("FILE", str(path), f"valid JSON ({error})") from None
    if not isinstance(found, dict):
        raise InputError("FILE", str(path), "a JSON object")
    return found


def read_npz(path: Path) -> dict[str, Any]:
    """Return ``{"X": …, "Y": …, "W": […]}`` from a numpy archive; other arrays are refused.

    Raises
    ------
    InputError
        If it is no archive, holds pickled objects, or a layer is missing.
    """
    from zipfile import BadZipFile

    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except OSError as error:
        allowed = f"a file that can be read ({error.strerror or error})"
    except BadZipFile:
        allowed = "a .npz archive"
    except (ValueError, AttributeError, EOFError) as error:  # a pickle, one array in place of an archive, a stub
        allowed = f"a .npz archive of numbers or strings ({error})"
    else:
        return _by_layer(path, arrays)
    raise InputError("FILE", str(path), allowed)


def _by_layer(path: Path, arrays: dict[str, Any]) -> dict[str, Any]:
    layers = {int(m[1]): a for name, a in arrays.items() if (m := re.fullmatch(r"W_?(\d+)", name))}
    others = [name for name in arrays if not re.fullmatch(r"X|Y|W|W_?\d+", name)]
    if others or ("W" in arrays and layers) or ("W" not in arrays and not layers):
        raise InputError("FILE", sorted(arrays), NAMES)
    for name in ("X", "Y"):
        if name not in arrays:
            raise InputError(name, None, f"given in {path}: {NAMES}")
    if "W" in arrays:
        return {"X": arrays["X"], "Y": arrays["Y"], "W": list(arrays["W"])}
    if sorted(layers) != list(range(1, len(layers) + 1)):
        raise InputError("FILE", sorted(arrays), f"{NAMES}, with no layer left out or given twice")
    return {"X": arrays["X"], "Y": arrays["Y"], "W": [layers[h] for h in sorted(layers)]}


def holds_text(*matrices: Any) -> bool:
    """Tell whether an entry of nested lists or arrays is a string.

    Examples
    --------
    >>> holds_text([["1/2", 1]]), holds_text([[0.5, 1]])
    (True, False)
    """
    for matrix in matrices:
        if hasattr(matrix, "dtype"):
            if matrix.dtype.kind in "US":
                return True
        elif isinstance(matrix, str) or (isinstance(matrix, (list, tuple)) and holds_text(*matrix)):
            return True
    return False
