"""Which columns of a file describe networks, and what a row of them means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from algebra.errors import InputError
from proofs_check.families._csv import Cells
from proofs_check.show.cells import chosen_columns
from proofs_check.words import integer, integers

TRUTH = {"": False, "0": False, "false": False, "no": False, "1": True, "true": True, "yes": True}
NUMBERED = re.compile(r"(d|n|w|width|widths|layer)[_ ]?([0-9]+)", re.IGNORECASE)  # one column a layer
CLAIMED = re.compile(r"([0-9]+)(?:\.0*)?")  # 14.0 is what spreadsheets make of 14
SHOWN_COLUMNS = 20  # in a message
FORMS = "a column widths, or one a layer (d_0, d_1, …), or another that --widths-column names"


@dataclass(frozen=True)
class Roles:
    """Which column says what; several columns of widths hold one layer each.

    Parameters
    ----------
    widths : tuple of str
    degree, degrees, biases, seed : str, optional
    """

    widths: tuple[str, ...]
    degree: str | None = None
    degrees: str | None = None
    biases: str | None = None
    seed: str | None = None

    def name(self, role: str) -> str:
        """Return the column that plays a role, as an error message calls it."""
        found = ", ".join(self.widths) if role == "widths" else getattr(self, role, None)
        return found or role


def roles_of(
    header: Sequence[str],
    source: str,
    widths: str | None = None,
    degree: str | None = None,
    biases: str | None = None,
) -> Roles:
    """Find the columns that describe networks: those that are named, else those of the usual names.

    Parameters
    ----------
    header : sequence of str
    source : str
        The file, for messages.
    widths, degree, biases : str, optional
        Names of columns, however they are capitalised; widths also several, separated by commas.

    Returns
    -------
    Roles

    Raises
    ------
    InputError
        If a named column is not there, or none holds widths.

    Examples
    --------
    >>> roles_of(["Widths", "Degree"], "a.csv")
    Roles(widths=('Widths',), degree='Degree', degrees=None, biases=None, seed=None)
    >>> roles_of(["d_0", "d_1", "d_2", "r"], "a.csv", degree="r").widths
    ('d_0', 'd_1', 'd_2')
    """
    usual = {name.lower(): name for name in reversed(header)}
    found = {role: usual.get(role) for role in ("degree", "degrees", "biases", "seed")}
    if degree is not None:
        found |= {"degree": _named("--degree-column", degree, header), "degrees": None}
    if biases is not None:
        found["biases"] = _named("--biases-column", biases, header)
    return Roles(_widths(header, source, widths), **found)


def _named(option: str, name: str, header: Sequence[str]) -> str:
    return chosen_columns(option, [name], header)[0]


def _widths(header: Sequence[str], source: str, named: str | None) -> tuple[str, ...]:
    """Return the columns of the widths."""
    if named is not None:
        names = [named] if named in header else [part.strip() for part in named.split(",")]
        return tuple(chosen_columns("--widths-column", names, header))
    for name in header:
        if name.lower() == "widths":
            return (name,)

    matches = [(match[1].lower(), int(match[2]), name) for name in header if (match := NUMBERED.fullmatch(name))]
    layers = sorted(match for match in matches if match[0] == matches[0][0])
    numbers = [number for _, number, _ in layers]
    if len(numbers) < 2 or numbers != list(range(numbers[0], numbers[0] + len(numbers))) or numbers[0] > 1:
        there = f"{', '.join(header[:SHOWN_COLUMNS])}{' …' if len(header) > SHOWN_COLUMNS else ''}"
        raise InputError("--from", source, f"a CSV file with {FORMS}: its columns are {there}")
    return tuple(name for *_, name in layers)


@dataclass(frozen=True)
class Described:
    """What a row says of a network; None where it says nothing."""

    widths: list[int]
    degree: int | list[int] | None
    biases: bool | None
    seed: int | None


def described(cells: Cells, roles: Roles) -> Described:
    """Read what a row says of a network.

    Raises
    ------
    InputError
        Naming the role: widths, degree, degrees, biases or seed.

    Examples
    --------
    >>> described({"widths": "(2, 3, 1)", "r": "2"}, Roles(("widths",), degree="r"))
    Described(widths=[2, 3, 1], degree=2, biases=None, seed=None)
    """
    degree, degrees = _cell(cells, roles.degree), _cell(cells, roles.degrees)
    if degree and degrees:
        raise InputError("degrees", degrees, "empty where degree is given")
    powers = integers("degree" if degree else "degrees", degree or degrees)
    truth, seed = _cell(cells, roles.biases).lower(), _cell(cells, roles.seed)
    if truth not in TRUTH:
        raise InputError("biases", _cell(cells, roles.biases), "true or false")
    return Described(
        integers("widths", _written_widths(cells, roles)),
        powers[0] if degree and len(powers) == 1 else powers or None,
        None if roles.biases is None else TRUTH[truth],
        integer("seed", seed) if seed else None,
    )


def _cell(cells: Mapping[str, str], name: str | None) -> str:
    return "" if name is None else cells[name].strip()


def _written_widths(cells: Cells, roles: Roles) -> str:
    """Return the widths as one word; a network with fewer layers than columns leaves the last of them empty."""
    if len(roles.widths) == 1:
        return cells[roles.widths[0]].strip()
    layers = [cells[name].strip() for name in roles.widths]
    while layers and not layers[-1]:
        layers.pop()
    if "" in layers:
        raise InputError("widths", ",".join(layers), "such that only the last columns are empty")
    return " ".join(layers)


def claimed(cell: str, column: str) -> int | None:
    """Read a dimension that a file claims; an empty cell claims nothing.

    Raises
    ------
    InputError
        If the cell is no integer.

    Examples
    --------
    >>> claimed("14", "d"), claimed("14.0", "d"), claimed("", "d")
    (14, 14, None)
    """
    word = cell.strip()
    found = CLAIMED.fullmatch(word)
    if word and found is None:
        raise InputError(column, cell, "an integer, or empty")
    return int(found[1]) if found else None
