"""`rankcert doctor`: what is installed, whether it is ours, and whether it computes."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import rich_click as click

from proofs_check.cli.build import HELP
from proofs_check.cli.output import print_envelope, say
from proofs_check.copies import FOLDER, complaint, foreign_file, hiding_files
from proofs_check.show.text import aligned, strong

FRESH = "An environment of its own cures it: python -m venv .venv && .venv/bin/pip install -e . in a checkout."
SHOWN_EXTRAS = ("parquet", "dask", "notebook")
OURS = {"algebra": "algebra.evidence.bounds", "tensors": "tensors", "proofs_check": "proofs_check.results"}


@dataclass(frozen=True)
class Finding:
    """What one look has found.

    Parameters
    ----------
    label : str
        What was looked at.
    good : bool
    found : str
        A version, or what is wrong.
    advice : str, optional
        What cures it.
    """

    label: str
    good: bool
    found: str
    advice: str | None = None

    def fields(self) -> dict[str, Any]:
        """Return plain JSON values."""
        fields = {"label": self.label, "good": self.good, "found": self.found}
        return fields if self.advice is None else {**fields, "advice": self.advice}


def doctor_command() -> click.Command:
    """Return `rankcert doctor`; it needs none of our packages but this one."""
    return click.RichCommand(
        name="doctor",
        callback=doctor,
        params=[click.RichOption(["--json", "as_json"], is_flag=True, help="Print one JSON object.")],
        help="Check the installation: versions, foreign copies of our packages, a self test of a second.\n\n"
        "Exit status: 0 all is well, 1 something is not.",
        short_help="Check the installation.",
        context_settings=HELP,
    )


def doctor(as_json: bool) -> None:
    """Look at everything, print what was found, and end the command."""
    results = [*(library(name, extra) for name, extra in requirements()), blas()]
    copies = [copy_of(name, marker) for name, marker in OURS.items()]
    results += [*copies, *here()]
    if all(result.good for result in copies):
        results += [self_test(name, test) for name, test in TESTS.items()]
    good = all(result.good for result in results)
    if as_json:
        python = Finding("python", True, platform.python_version())
        fields = [each.fields() for each in (python, *results)]
        print_envelope("doctor", fields, _own_version())  # its own: `algebra` may be foreign
    else:
        _print(results, good)
    sys.exit(0 if good else 1)


def requirements() -> list[tuple[str, str]]:
    """Return the libraries that the installed metadata asks for, each with its extra, or with none.

    Examples
    --------
    >>> ("numpy", "") in requirements(), ("pyarrow", "parquet") in requirements()
    (True, True)
    """
    found = []
    for line in metadata.requires("rankcert") or []:
        name = re.split(r"[^\w.-]", line, maxsplit=1)[0]
        extra = re.search(r"extra == ['\"](.+?)['\"]", line)
        if name != "rankcert" and (extra is None or extra.group(1) in SHOWN_EXTRAS):
            found.append((name, extra.group(1) if extra else ""))
    return found


def library(name: str, extra: str = "") -> Finding:
    """Report the installed version of a library; one of an extra may be missing.

    Examples
    --------
    >>> library("numpy").good
    True
    """
    try:
        return Finding(name, True, metadata.version(name))
    except metadata.PackageNotFoundError:
        wanted = f"for the extra {extra}: " if extra else ""
        return Finding(name, bool(extra), f"not installed ({wanted}pip install {name})")


def blas() -> Finding:
    """Report which BLAS numpy uses, and what limits its threads."""
    try:
        import numpy as np

        build: Any = np.show_config(mode="dicts")
        name = build["Build Dependencies"]["blas"]["name"]
    except Exception as error:  # whatever is wrong with it is the finding
        return Finding("BLAS", False, f"{type(error).__name__}: {error}")
    limits = [
        f"{key}={os.environ[key]}"
        for key in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
        if key in os.environ
    ]
    return Finding("BLAS", True, f"{name}, {', '.join(limits) or f'{os.cpu_count()} threads'}")


def copy_of(package: str, marker: str) -> Finding:
    """Report whether a package is the one that came with this command.

    Parameters
    ----------
    package : str
    marker : str
        A module that only our copy has.

    Returns
    -------
    Finding
    """
    label = f"package {package}"
    try:
        file = foreign_file(package)
        if file is None and find_spec(marker) is not None:
            return Finding(label, True, "ours")
    except Exception as error:  # a foreign package may fail in any way when it is imported
        return Finding(label, False, f"{type(error).__name__}: {error}", FRESH)
    if file is None:
        return Finding(label, False, f"{marker} is missing in {FOLDER}", FRESH)
    return Finding(label, False, f"foreign: {file}", complaint(package, file))


def here() -> list[Finding]:
    """Report the files of the current folder that hide our packages from scripts and notebooks in it.

    The command `rankcert` does not see them, because its own folder comes first on its path.
    """
    try:
        folder = Path.cwd()
    except OSError:  # it was removed
        return []
    return [_hiding(file) for file in hiding_files(folder)]


def _hiding(file: Path) -> Finding:
    package = file.parent.name if file.name == "__init__.py" else file.stem
    found = f"{file} hides ours"
    return Finding("this folder", False, found, complaint(package, file))


def _rank() -> None:
    from algebra.rank import rank_mod

    assert rank_mod([[1, 2, 3], [2, 4, 6], [1, 0, 1]], 101) == 2
    assert rank_mod([[3, 0], [0, 1]], 3) == 1


def _dimension() -> None:
    from algebra import PolynomialNetwork

    assert str(PolynomialNetwork((2, 3, 2, 1), degree=2).dimension()) == "5 (proved)"
    assert str(PolynomialNetwork((3, 5, 1), degree=4).dimension()) == "14 (proved)"


def _certificate() -> None:
    from algebra import PolynomialNetwork

    report = PolynomialNetwork((2, 3, 2, 1), degree=2).dimension().certificate().check()
    assert report.valid, report.reasons


TESTS: dict[str, Callable[[], None]] = {"rank modulo p": _rank, "dimension": _dimension, "certificate": _certificate}


def self_test(name: str, test: Callable[[], None]) -> Finding:
    """Run a self test."""
    try:
        test()
    except Exception as error:  # whatever goes wrong is the finding
        return Finding(f"self test: {name}", False, f"{type(error).__name__}: {error}")
    return Finding(f"self test: {name}", True, "right")


def _own_version() -> str:
    try:
        return metadata.version("rankcert")
    except metadata.PackageNotFoundError:
        return "unknown"


def _print(results: list[Finding], good: bool) -> None:
    say(f"rankcert {_own_version()}, Python {platform.python_version()} ({sys.executable})\n")
    say(aligned([("ok" if result.good else "BAD", result.label, result.found) for result in results], right=()))
    for advice in dict.fromkeys(result.advice for result in results if result.advice is not None):
        say(f"\n{advice}")
    say("\n" + strong("All is well." if good else "Something is not well."))
