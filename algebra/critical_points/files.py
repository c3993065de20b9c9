"""Reading X, Y and the weights from JSON and ``.npz`` files."""

from __future__ import annotations

import math
import re
import warnings
import zlib
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from algebra.errors import InputError
from algebra.reading import MOST_BYTES, check_archive, parse_object, read_text

NAMES = "arrays X, Y and W_1, W_2, … (or one array W of equally wide layers; or a state dict of torch)"

MOST_TEXT = 400_000  # bytes of a string "p/q": 100,000 signs
MOST_ARRAYS = 10_000
MOST_AXES = 3  # W may be one array of equally wide layers


def read_problem(path: Path) -> tuple[Any, Any, list[Any]]:
    """Return X, Y and the list of weights as they stand in the file.

    Parameters
    ----------
    path : Path
        ``.npz`` with arrays X, Y, W_1 … W_H of numbers or of strings "p/q"; otherwise JSON with the keys X, Y, W.

    Returns
    -------
    (object, object, list)
        Not checked, but that they are there.

    Raises
    ------
    InputError
        If it cannot be read or a name is missing.
    """
    given = read_npz(path) if path.suffix.lower() == ".npz" else parse_object(read_text(path), str(path))
    for name in ("X", "Y", "W"):
        if name not in given:
            raise InputError(name, None, "given: the file holds X, Y and W")
    return given["X"], given["Y"], given["W"]


def read_npz(path: Path) -> dict[str, Any]:
    """Return ``{"X": …, "Y": …, "W": […]}`` from a numpy archive; other arrays are refused.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict

    Raises
    ------
    InputError
        If it is no archive, holds pickled objects, a layer is missing, or it is too large when it is unpacked.
    """
    return _by_layer(path, read_arrays(path))


def read_arrays(path: Path) -> dict[str, Any]:
    """Return all arrays of a numpy archive, by their names.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict of str to numpy.ndarray

    Raises
    ------
    InputError
        If it is no archive, holds pickled objects, or is too large when it is unpacked.
    """
    check_archive(path)
    try:
        return _arrays(path)
    except OSError as error:
        allowed = f"a file that can be read ({error.strerror or error})"
    except (BadZipFile, NotImplementedError, zlib.error):  # another kind of file, or one that is packed in another way
        allowed = "a .npz archive"
    except (ValueError, TypeError, RuntimeError, EOFError, KeyError, MemoryError) as error:  # a stub, a password
        allowed = f"a .npz archive of numbers or strings ({error})"
    raise InputError("FILE", str(path), allowed)


def _arrays(path: Path) -> dict[str, Any]:
    """Read the arrays of an archive, after all their headers: what they would take is known before it is taken.

    Raises
    ------
    ValueError
        With what is wrong, if there are more than `MOST_ARRAYS`, an array of more than `MOST_BYTES` or all of them,
        one with objects, or less data than a header says.
    """
    from numpy.lib import format as headers

    with ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > MOST_ARRAYS:
            raise ValueError(f"more than {MOST_ARRAYS} arrays")
        total = 0
        for member in members:
            with archive.open(member) as file:
                shape, dtype = _header(file)
                size = math.prod(shape) * dtype.itemsize
                if any(length < 0 for length in shape) or size != member.file_size - file.tell():
                    raise ValueError(f"{member.filename} does not hold as much as its header says")
            # an array without entries may still have millions of rows
            total += math.prod(max(length, 1) for length in shape) * max(dtype.itemsize, 1)
            if dtype.hasobject or dtype.names is not None or dtype.kind not in "iufUSb":
                raise ValueError(f"{member.filename} holds {dtype}")
            if dtype.itemsize > MOST_TEXT:
                raise ValueError(f"{member.filename} has texts of {dtype.itemsize} bytes")
            if len(shape) > MOST_AXES:
                raise ValueError(f"{member.filename} has {len(shape)} axes")
        if total > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES >> 20} MB when unpacked")
        found = {}
        for member in members:
            with archive.open(member) as file:
                found[member.filename.removesuffix(".npy")] = headers.read_array(file, allow_pickle=False)
    return found


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], Any]:
    """Read shape and type of an array, whose data follow."""
    from numpy.lib import format as headers

    version = headers.read_magic(file)
    if version != (1, 0):  # the others are for structured arrays, and their headers may have gigabytes
        raise ValueError(f"arrays of version {version[0]}.{version[1]}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about Python 2
            shape, _, dtype = headers.read_array_header_1_0(file)
    except Exception as error:  # numpy tries twice to parse it, and each way has its own errors
        raise ValueError(f"a header that cannot be read ({type(error).__name__})") from None
    return shape, dtype


def _by_layer(path: Path, arrays: dict[str, Any]) -> dict[str, Any]:
    """Sort the arrays of an archive; with torch's names for the weights, samples are rows, as torch has them."""
    state = {name: array for name, array in arrays.items() if name.endswith((".weight", ".bias"))}
    if state and {"X", "Y"} | set(state) == set(arrays):
        from algebra.critical_points.trained import trained_problem

        X, Y, W = trained_problem(state, arrays["X"], arrays["Y"])
        return {"X": X, "Y": Y, "W": W}

    layers = {int(m[1]): a for name, a in arrays.items() if (m := re.fullmatch(r"W_?(\d+)", name))}
    others = [name for name in arrays if not re.fullmatch(r"X|Y|W|W_?\d+", name)]
    if others or ("W" in arrays and layers) or ("W" not in arrays and not layers):
        raise InputError("FILE", sorted(arrays), NAMES)
    for name in ("X", "Y"):
        if name not in arrays:
            raise InputError(name, None, f"given in {path}: {NAMES}")
    if "W" in arrays and arrays["W"].ndim == 0:
        raise InputError("FILE", sorted(arrays), NAMES)
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
