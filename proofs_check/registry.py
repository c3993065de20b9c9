"""What there is: every question and every family, found by the names of their modules and imported when needed.

A module `proofs_check.questions.rank_convac` that defines ``QUESTION`` is the command ``rankcert rank convac``; a
module `proofs_check.families.head_size` that defines ``FAMILY`` is ``rankcert table head-size`` and ``rankcert sweep
head-size``.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

import proofs_check.families
import proofs_check.questions
from algebra.errors import InputError, meant

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from proofs_check.family import Family
    from proofs_check.question import Question

# the first words of questions that come in groups, each with its help; a group may be a question of its own as well
GROUPS = {
    "rank": "Ranks of functions across a partition of their inputs, and of softmax matrices.",
    "memorize": "Networks that memorise a data set exactly.",
    "attention": "Attention layers, exactly: dimensions, realisable matrices, sparse patterns.",
    "round": "Rounding in fixed point: of one number, and of what is computed with rounded numbers.",
    "ktanh": "tanh on bfloat16 by a small table (K-TanH): words in, words out; tables that are proved optimal.",
    "graph": "Graphs, exactly: what message passing sees of them, Tinhofer's procedure, and the classes of graphs.",
    "kernel": "Euclidean kernels on the hypercube, exactly: spectra, and the norms that functions need.",
    "clustering": "Self-expressive clustering, exactly: degenerate optima, what is recovered, what was trained.",
}


FAMILY_GROUPS = {
    "table": "Tables of many results, on all cores: Markdown, LaTeX, CSV, HTML, Parquet.",
    "sweep": "Long searches, on many cores or machines; stored and resumed.",
}


@cache
def question_modules() -> dict[str, str]:
    """Return the names of all questions, each with its module; imports none of them.

    Examples
    --------
    >>> question_modules()["rank convac"]
    'proofs_check.questions.rank_convac'
    """
    return {_spoken(name): place for name, place in _modules(proofs_check.questions)}


def _modules(package: ModuleType) -> list[tuple[str, str]]:
    """Return names and places of the public modules of a package, sorted; imports none of them."""
    names = sorted(module.name for module in iter_modules(package.__path__))
    return [(name, f"{package.__name__}.{name}") for name in names if not name.startswith("_")]


def _found(name: str, spoken: str, modules: Mapping[str, str]) -> ModuleType:
    """Import the module of a name; one that is not there is answered with all names, and the closest."""
    if spoken not in modules:
        raise InputError("NAME", name, f"one of {', '.join(modules)}{meant(spoken, modules)}")
    return import_module(modules[spoken])


def _spoken(module: str) -> str:
    """Turn the name of a question's module into the words of its command."""
    first, _, rest = module.partition("_")
    return f"{first} {rest.replace('_', '-')}" if rest and first in GROUPS else module.replace("_", "-")


def question(name: str) -> Question:
    """Return a question by its name, the words of its command.

    Raises
    ------
    InputError
        If there is none of this name; it lists the names.

    Examples
    --------
    >>> question("rank convac").headline
    'rank'
    """
    found: Question = _found(name, " ".join(name.split()), question_modules()).QUESTION
    return found


@cache
def family_modules() -> dict[str, str]:
    """Return the names of all families, each with its module; imports none of them.

    Examples
    --------
    >>> family_modules()["head-size"]
    'proofs_check.families.head_size'
    """
    return {name.replace("_", "-"): place for name, place in _modules(proofs_check.families)}


def family(name: str) -> Family:
    """Return a family by its name.

    Raises
    ------
    InputError
        If there is none of this name; it lists the names.

    Examples
    --------
    >>> family("head-size").name
    'head-size'
    """
    found: Family = _found(name, name, family_modules()).FAMILY
    return found
