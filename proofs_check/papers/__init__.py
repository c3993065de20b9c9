"""One module a paper: what it states, each statement on the function that decides it.

The name of the module is the paper's key; its ``PAPER`` gathers the claims.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from algebra.errors import InputError, one_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from proofs_check.claim import AnyClaim


@cache
def papers() -> tuple[str, ...]:
    """Return the keys of all papers, sorted; imports none of them.

    Examples
    --------
    >>> "kileel2019" in papers()
    True
    """
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def claims_of(paper: str) -> tuple[AnyClaim, ...]:
    """Return the claims of one paper.

    Raises
    ------
    InputError
        If there is no such paper; it names those that exist.

    Examples
    --------
    >>> [claim.paper for claim in claims_of("kileel2019")][:1]
    ['kileel2019']
    """
    one_of("paper", paper, papers())
    module = import_module(f"{__name__}.{paper}")
    return tuple(module.PAPER.claims)


def key_of(name: str) -> str:
    """Return the key of a paper that is named by it in whatever letters, or by its arXiv number.

    A name that is none of these comes back as it is.

    Examples
    --------
    >>> key_of("Kileel2019"), key_of("1905.12207"), key_of("arXiv:1905.12207"), key_of("nobody1900")
    ('kileel2019', 'kileel2019', 'kileel2019', 'nobody1900')
    """
    if name in papers():
        return name
    plain = name.lower().removeprefix("arxiv:")
    if plain in papers():
        return plain
    if plain.replace(".", "").isdigit():  # else no paper need be imported to know that there is none
        cited = (paper for paper in papers() if any(claim.source.arxiv == plain for claim in claims_of(paper)))
        return next(cited, name)
    return name


def select(names: Sequence[str] = ()) -> tuple[AnyClaim, ...]:
    """Return the claims that are named by paper or by their own id, each once; all of them without names.

    Raises
    ------
    InputError
        For a paper, or a claim of it, that does not exist.

    Examples
    --------
    >>> [claim.id for claim in select(["Kileel2019.unimodal"])]
    ['kileel2019.unimodal']
    """
    found: dict[str, AnyClaim] = {}
    for name in map(key_of, names or papers()):
        paper, dot, rest = name.partition(".")
        claims = claims_of(key_of(paper))
        chosen = [claim for claim in claims if not dot or claim.id == f"{claim.paper}.{rest}"]
        if not chosen:
            ids = [claim.id for claim in claims]
            raise InputError("claim", name, f"one of {', '.join(ids)}", ids)
        found.update((claim.id, claim) for claim in chosen)
    return tuple(found.values())
