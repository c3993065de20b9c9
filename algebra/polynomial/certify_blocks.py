"""Certificates of lower bounds from block networks: the tree as a list of statements, parts before wholes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from algebra.polynomial.blocks import Sight

if TYPE_CHECKING:
    from collections.abc import Callable

    from algebra.evidence.reason import Reason
    from algebra.polynomial.halves import Factors

RULE = "block-networks"


def lower_chain_json(root: Reason) -> dict[str, Any]:
    """Write the tree of a lower bound down for the checker; what occurs twice is stated once.

    Examples
    --------
    >>> from algebra.polynomial.blocks import block_bound
    >>> from algebra.polynomial.hilbert import Architecture
    >>> chain = lower_chain_json(block_bound(Architecture((16, 16, 1), (3,))))["chain"]
    >>> [statement["rule"] for statement in chain]
    ['jacobian-minor', 'independent', 'blocks']
    """
    chain = _Chain()
    chain.bound(root)
    return {"rule": RULE, "chain": chain.statements}


class _Chain:
    """Statements so far, and the places of what they say.

    The parts of a tree are shared: it may have 2^100 paths and only some hundred nodes. So a node is known by its
    identity, and neither walked nor hashed twice.
    """

    def __init__(self) -> None:
        self.statements: list[dict[str, Any]] = []
        self.visited: dict[int, int] = {}
        self.places: dict[Any, int] = {}

    def bound(self, reason: Reason) -> int:
        """State a lower bound of a dimension, after what it rests on; return its place."""
        if id(reason) not in self.visited:
            self.visited[id(reason)] = self._bound(reason)
        return self.visited[id(reason)]

    def factors(self, factors: Factors) -> int:
        """State ranks of activations and adjoints; return the place."""
        if id(factors) not in self.visited:
            self.visited[id(factors)] = self._factors(factors)
        return self.visited[id(factors)]

    def _bound(self, reason: Reason) -> int:
        head = {"rule": reason.rule, **reason.about.to_json(), "value": reason.value}
        note = reason.note
        if isinstance(note, Sight):
            return self._place((reason.about, note.seen.key), lambda: {**head, **note.seen.minor_json()})
        parts = [self.bound(part) for part in reason.parts]
        factors = [self.factors(each) for each in note.factors]
        name = (reason.rule, reason.about, *parts, *factors)
        return self._place(name, lambda: {**head, "parts": parts, "factors": factors})

    def _factors(self, factors: Factors) -> int:
        about = {"widths": list(factors.about.widths), "degrees": list(factors.about.degrees)}
        if factors.naive is not None:
            place = self.bound(factors.naive)
            implied = {"rule": "independent", **about, "parts": [place]}
            return self._place(("independent", factors.about, place), lambda: implied)
        if factors.parts:
            parts = [self.factors(part) for part in factors.parts]
            name = ("sums", factors.about, *parts)
            return self._place(name, lambda: {"rule": "sums", **about, "parts": parts})
        return self._place(("factors", factors.about, factors.key), lambda: _minors_json(factors, about))

    def _place(self, name: Any, statement: Callable[[], dict[str, Any]]) -> int:
        """Return the place of a statement, which is made and added unless it is there."""
        if name not in self.places:
            self.statements.append(statement())
            self.places[name] = len(self.statements) - 1
        return self.places[name]


def _minors_json(factors: Factors, about: dict[str, Any]) -> dict[str, Any]:
    activations, adjoints = factors.minors()
    return {
        "rule": "factors",
        **about,
        "prime": factors.prime,
        "key": factors.key,
        "activations": [list(map(list, minor)) for minor in activations],
        "adjoints": [list(map(list, minor)) for minor in adjoints],
    }
