"""Whether the packages that Python finds are ours: a user's `tensors.py`, or another `algebra`, may stand before them.

This module needs the standard library alone, so that it works where our packages are hidden.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("algebra", "tensors", "proofs_check")
FOLDER = Path(__file__).resolve().parents[1]  # that holds our packages


def require_ours() -> None:
    """Check that our packages are the ones that an import finds; imports none of them.

    Raises
    ------
    ImportError
        Naming the file that stands before ours, and the cure.

    Examples
    --------
    >>> require_ours()
    """
    for package in PACKAGES:
        file = foreign_file(package)
        if file is not None:
            raise ImportError(complaint(package, file), name=package, path=str(file))


def foreign_file(package: str) -> Path | None:
    """Return the file that an import of a package finds instead of ours; None if it finds ours.

    Raises
    ------
    ImportError
        If it finds nothing.

    Examples
    --------
    >>> foreign_file("algebra") is None, foreign_file("json") is None
    (True, False)
    """
    if package in sys.modules:
        origin = getattr(sys.modules[package], "__file__", None)
    else:
        spec = find_spec(package)
        origin = None if spec is None else spec.origin
    if origin is None:
        raise ImportError(f"{package} is not found, but it must be in {FOLDER}: install rankcert again", name=package)
    file = Path(origin).resolve()
    return None if is_ours(package, file) else file


def is_ours(package: str, file: Path) -> bool:
    """Whether a file is the ``__init__.py`` of our package, and no other distribution has written over it."""
    if file != FOLDER / package / "__init__.py":
        return False
    return package != "algebra" or "lazy_face" in file.read_text(encoding="utf-8", errors="replace")


def hiding_files(folder: Path) -> list[Path]:
    """Return the files of a folder that stand before ours in every script, notebook or ``python -m`` run there.

    A folder without ``__init__.py`` hides nothing. `rankcert.py` hides the package that everybody imports.

    Examples
    --------
    >>> hiding_files(FOLDER)
    []
    """
    found = []
    for package in ("rankcert", *PACKAGES):
        # In the order of Python's search: a package stands before a module of the same name.
        files = [folder / package / "__init__.py", folder / f"{package}.py"]
        first = next((file.resolve() for file in files if file.is_file()), None)
        if first is not None and first != FOLDER / package / "__init__.py":
            found.append(first)
    return found


def complaint(package: str, file: Path) -> str:
    """Say in two sentences what stands before ours, and the cure.

    Examples
    --------
    >>> print(complaint("tensors", Path("/home/me/tensors.py")).splitlines()[-1])
    Rename /home/me/tensors.py, or run Python in another folder.
    """
    from importlib import metadata  # with email and zipfile: nothing for a start where all is well

    others = sorted(set(metadata.packages_distributions().get(package, [])) - {"rankcert"})
    is_installed = "site-packages" in file.parts or "dist-packages" in file.parts
    if is_installed:
        named = f"pip uninstall {' '.join(others)}, or give" if others else "Give"
        cure = f"{named} rankcert an environment of its own: python -m venv .venv && .venv/bin/pip install …"
    else:
        shown = file.parent if file.name == "__init__.py" else file
        cure = f"Rename {shown}, or run Python in another folder."
    return f"{package} is {file}, which is not the package of rankcert in {FOLDER}.\n{cure}"


def hint() -> str:
    """Say which of our packages is hidden, and the cure; if none seems to be, how to find out.

    Examples
    --------
    >>> hint().splitlines()[0]
    '`rankcert doctor` looks at the installation.'
    """
    general = "`rankcert doctor` looks at the installation."
    try:
        require_ours()
    except Exception as error:  # a foreign package may fail in any way when it is looked at
        return f"{error}\n{general}"
    return f"{general}\nIn a checkout: python -m venv .venv && .venv/bin/pip install -e ."
