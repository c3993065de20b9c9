"""Certificates of lower bounds from block networks: the tree as a list of statements, parts before wholes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from algebra.evidence.reason import Reason
    from algebra.polynomial.blocks import Factors
    from algebra.polynomial.hilbert import Architecture

RULE = "block-networks"


def lower_chain_json(root: Reason) -> dict[str, Any]:
    """Write the tree of a lower bound down for the checker; what occurs twice is stated once.

    Examples
    --------
    >>> from algebra.polynomial.blocks import block_bound
    >>> from algebra.polynomial.hilbert import Architecture
    >>> chain = lower_chain_json(block_bound(Architecture((16, 16, 16, 1), (3, 3))))["chain"]
    >>> [statement["rule"] for statement in chain]
    ['jacobian-minor', 'factors', 'blocks']
    """
    chain = _Chain()
    chain.bound(root)
    return {"rule": RULE, "chain": chain.statements}


class _Chain:
    """Statements so far, and the places of what they say."""

    def __init__(self) -> None:
        self.statements: list[dict[str, Any]] = []
        self.places: dict[Any, int] = {}

    def bound(self, reason: Reason) -> int:
        """State a lower bound of a dimension, after what it rests on; return its place."""
        # Trees of blocks are as deep as widths can be halved, so recursion is safe.
        if reason.note is None or not hasattr(reason.note, "factors"):
            seen = reason.note.seen
            return self._place((reason.about, reason.value), lambda: {**_head(reason), **seen.minor_json()})
        parts = [self.bound(part) for part in reason.parts]
        factors = [self.factors(each) for each in reason.note.factors]
        return self._place(
            (reason.rule, reason.about, reason.value, *parts, *factors),
            lambda: {**_head(reason), "parts": parts, "factors": factors},
        )

    def factors(self, factors: Factors) -> int:
        """State ranks of activations and adjoints; return the place."""
        parts = [self.factors(part) for part in factors.parts]
        if parts:
            return self._place((factors, "sums"), lambda: {"rule": "sums", **_about(factors.about), "parts": parts})
        return self._place((factors, "factors"), lambda: _factors_json(factors))

    def _place(self, name: Any, statement: Any) -> int:
        if name not in self.places:
            self.statements.append(statement())
            self.places[name] = len(self.statements) - 1
        return self.places[name]


def _head(reason: Reason) -> dict[str, Any]:
    return {"rule": reason.rule, **reason.about.to_json(), "value": reason.value}


def _about(a: Architecture) -> dict[str, Any]:
    return {"widths": list(a.widths), "degrees": list(a.degrees)}


def _factors_json(factors: Factors) -> dict[str, Any]:
    activations, adjoints = factors.minors()
    return {
        "rule": "factors",
        **_about(factors.about),
        "prime": factors.prime,
        "key": factors.key,
        "activations": [list(map(list, minor)) for minor in activations],
        "adjoints": [list(map(list, minor)) for minor in adjoints],
    }
