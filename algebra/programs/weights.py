"""Weights and data from files: numpy archives, safetensors, the initialisers of ONNX files, JSON. All exact.

Integers and floats are the numbers that they store; strings "p/q" are fractions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from algebra.critical_points.files import read_arrays
from algebra.errors import InputError
from algebra.reading import check_archive, parse_object, read_text


def read_weights(path: Path, names: Sequence[str] | None = None) -> dict[str, Any]:
    """Return the arrays of a file as nested lists, by their names.

    Parameters
    ----------
    path : Path
        ``.npz``, ``.safetensors`` (with the package safetensors), ``.onnx`` (with onnx), else JSON: an object
        with one array a name.
    names : sequence of str, optional
        The arrays that are wanted; others in the file are left out.

    Returns
    -------
    dict of str to nested lists

    Raises
    ------
    InputError
        If the file cannot be read, or an array is missing.
    """
    found = READERS.get(path.suffix.lower(), _json)(path)
    if names is None:
        names = list(found)
    missing = [name for name in names if name not in found]
    if missing:
        raise InputError("FILE", str(path), f"a file with the array {missing[0]}; it has {', '.join(found) or 'none'}")
    return {name: _listed(found[name]) for name in names}


def _listed(array: Any) -> Any:
    return array.tolist() if hasattr(array, "tolist") else array


def _safetensors(path: Path) -> Mapping[str, Any]:
    try:
        from safetensors import SafetensorError, safe_open
    except ImportError:
        allowed = "read by the package safetensors: pip install safetensors"
        raise InputError("FILE", str(path), allowed) from None
    check_archive(path)
    try:
        with safe_open(str(path), framework="np") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
    except OSError as error:
        raise InputError("FILE", str(path), f"a file that can be read ({error})") from None
    except (SafetensorError, ValueError) as error:
        raise InputError("FILE", str(path), f"a .safetensors file ({error})") from None
    except (TypeError, AttributeError) as error:  # types that numpy lacks: bfloat16 is exact as float32
        raise InputError("FILE", str(path), f"numbers that numpy knows, float32 say ({error})") from None


def _onnx(path: Path) -> Mapping[str, Any]:
    from algebra.programs.onnx_files import initialisers

    return initialisers(path)


def _json(path: Path) -> Mapping[str, Any]:
    return parse_object(read_text(path), str(path))


READERS: dict[str, Callable[[Path], Mapping[str, Any]]] = {
    ".npz": read_arrays,
    ".safetensors": _safetensors,
    ".onnx": _onnx,
}
"""How files are read, by their suffix; others are JSON."""
