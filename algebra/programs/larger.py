"""A larger program: one whose functions include those of a given one, and how its weights and inputs are made.

P(w, x) = Q(v(w), u(x)) for all weights w and inputs x: so the functions of P are among those of Q at inputs u(x), and
the dimension of Q bounds that of P. `algebra.evidence.checker.programs_larger` verifies that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from algebra.programs.straight_line import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from algebra.programs.lowering import Graph


@dataclass(frozen=True)
class Substitution:
    """Arrays of the larger program, made of those of the given one by a few steps.

    Parameters
    ----------
    steps : tuple of Step
        Computed from the arrays of the given program, one after another.
    arrays : tuple of (str, str)
        For each array of the larger program the one that it is: of the given program, or of a step.

    Examples
    --------
    >>> same = Substitution.identity(["W", "g"])
    >>> row, turned = same.with_step("transpose", "g", axes=(1, 0))
    >>> turned.with_array("W", "multiply", turned.name("W"), row).to_json(["W", "g"])["arrays"]
    {'W': 'array 1', 'g': 'g'}
    """

    steps: tuple[Step, ...]
    arrays: tuple[tuple[str, str], ...]

    @classmethod
    def identity(cls, names: Iterable[str]) -> Substitution:
        """Return the substitution that changes nothing."""
        return cls((), tuple((name, name) for name in names))

    def name(self, array: str) -> str:
        """Return what an array of the larger program is."""
        return dict(self.arrays)[array]

    def with_step(self, op: str, *of: str, **options: Any) -> tuple[str, Substitution]:
        """Return the substitution with a further step, and the name of its result in front of it."""
        taken = {name for _, name in self.arrays} | {step.name for step in self.steps}
        name = f"array {len(self.steps)}"
        while name in taken:
            name += "'"
        return name, replace(self, steps=(*self.steps, Step(name, op, of, tuple(options.items()))))

    def with_array(self, array: str, op: str, *of: str, **options: Any) -> Substitution:
        """Return the substitution with an array of the larger program, new or other than before, by a step."""
        name, found = self.with_step(op, *of, **options)
        return replace(found, arrays=tuple({**dict(self.arrays), array: name}.items()))

    def to_json(self, names: Iterable[str]) -> dict[str, Any]:
        """Return what a certificate says of the arrays of these names."""
        return {"steps": [step.to_json() for step in self.steps], "arrays": {name: self.name(name) for name in names}}


@dataclass(frozen=True)
class Larger:
    """A larger program.

    Parameters
    ----------
    graph : Graph
    weights, inputs : Substitution
        What its weights and its inputs are.
    """

    graph: Graph
    weights: Substitution
    inputs: Substitution

    @classmethod
    def same(cls, graph: Graph) -> Larger:
        """Return a program as it is."""
        inputs = (node.name for node in graph.nodes if node.kind == "input")
        return cls(graph, Substitution.identity(name for name, _ in graph.parameters), Substitution.identity(inputs))

    def to_json(self, program: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a certificate says of it, beside the proof of its bound; `program` is its text."""
        weights, inputs = self.weights.to_json(program["parameters"]), self.inputs.to_json(program["inputs"])
        return {"rule": "larger-program", "program": dict(program), "weights": weights, "inputs": inputs}
