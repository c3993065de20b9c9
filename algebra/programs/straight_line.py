"""A program: any network that can be evaluated, as one list of operations on arrays of fixed shapes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from math import isfinite, prod
from typing import Any, Self

from algebra.errors import InputError, as_integer, check_keys, meant, one_of
from algebra.exact.numbers import EXACT, number_text, ratio
from algebra.frozen import set_fields
from algebra.programs.operations import OPERATIONS, Shape, ShapeError
from algebra.shown import Shown

STEP_KEYS = ("name", "op", "of")
PROGRAM_KEYS = ("inputs", "parameters", "constants", "steps", "outputs")

MOST_AXES = 8
"""Axes of an array; numpy itself stops at 64, and no network that was met has more than 6."""

MOST_ENTRIES = 10**8
"""Entries of one array: 800 MB as residues. More is refused when the program is read."""


@dataclass(frozen=True)
class Constant:
    """An array of exact rational numbers.

    Parameters
    ----------
    shape : tuple of int
    entries : tuple of Fraction
        In the order of the last axis first, as numpy has them.
    """

    shape: Shape
    entries: tuple[Fraction, ...]

    def to_json(self) -> Any:
        """Return nested lists of integers and strings ``"p/q"``."""
        flat: list[Any] = [x.numerator if x.denominator == 1 else number_text(x) for x in self.entries]
        for size in reversed(self.shape):
            flat = [flat[i : i + size] for i in range(0, len(flat), size)]
        return flat[0]


@dataclass(frozen=True)
class Step(Shown):
    """One operation.

    Parameters
    ----------
    name : str
        Of the array that it gives.
    op : str
        One of `algebra.programs.operations.OPERATIONS`.
    of : tuple of str
        Names of the arrays that it takes.
    options : tuple of (str, value)
        Its extra keys.
    """

    name: str
    op: str
    of: tuple[str, ...]
    options: tuple[tuple[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the step as the contract has it.

        Returns
        -------
        dict
            The keys ``name``, ``op``, ``of``, and the options of the operation.
        """
        options = {key: list(value) if isinstance(value, tuple) else value for key, value in self.options}
        return {"name": self.name, "op": self.op, "of": list(self.of), **options}


@dataclass(frozen=True, init=False, eq=False, repr=False)
class StraightLineProgram:
    """A network as a straight-line program over arrays; checked when it is made. `Program` asks about it.

    Parameters
    ----------
    inputs, parameters : mapping of str to shape
        Names and shapes of what is given and of what is learned; at least one parameter.
    steps : sequence of Step
        In an order in which each takes what is there.
    outputs : sequence of str
        Names of steps (or of other arrays).
    constants : mapping of str to array_like
        Exact numbers; floats are taken as the dyadic rationals that they are.

    Raises
    ------
    InputError
        For names that are undefined or repeated, unknown operations, shapes that do not fit (with the step, the shapes
        and what is needed), constants that are not exact, and arrays beyond `MOST_ENTRIES`.

    Examples
    --------
    >>> steps = [Step("h", "matmul", ("W", "x")), Step("a", "power", ("h",), (("exponent", 2),))]
    >>> StraightLineProgram({"x": (3, 1)}, {"W": (2, 3)}, steps, ["a"]).shapes["a"]
    (2, 1)
    """

    inputs: Mapping[str, Shape]
    parameters: Mapping[str, Shape]
    constants: Mapping[str, Constant]
    steps: tuple[Step, ...]
    outputs: tuple[str, ...]
    shapes: Mapping[str, Shape]

    def __init__(
        self,
        inputs: Mapping[str, Sequence[int]],
        parameters: Mapping[str, Sequence[int]],
        steps: Sequence[Step],
        outputs: Sequence[str],
        constants: Mapping[str, Any] | None = None,
    ) -> None:
        given = {name: _shape("inputs", name, shape) for name, shape in _mapping("inputs", inputs).items()}
        learned = {
            name: _shape("parameters", name, shape) for name, shape in _mapping("parameters", parameters).items()
        }
        numbers = _mapping("constants", constants or {})
        fixed = {name: read_constant(f"constants.{name}", value) for name, value in numbers.items()}
        if not learned:
            raise InputError("parameters", parameters, "at least one array: without parameters nothing can be learned")

        shapes: dict[str, Shape] = {}
        kinds = {"inputs": given, "parameters": learned, "constants": {k: c.shape for k, c in fixed.items()}}
        for kind, named_shapes in kinds.items():
            for name, shape in named_shapes.items():
                _new_name(kind, name, shapes)
                shapes[name] = shape
        checked: list[Step] = []
        for step in steps:
            checked.append(_checked_step(step, shapes))
            shapes[step.name] = _shape_after(checked[-1], shapes)

        named = [_known("outputs", name, shapes) for name in _names("outputs", outputs)]
        if not named:
            raise InputError("outputs", outputs, "at least one name")
        set_fields(
            self,
            inputs=given,
            parameters=learned,
            constants=fixed,
            steps=tuple(checked),
            outputs=tuple(named),
            shapes=shapes,
        )

    @classmethod
    def from_json(cls, given: Any) -> Self:
        """Read a program as the contract has it.

        Parameters
        ----------
        given : mapping
            The keys ``inputs``, ``parameters``, ``steps``, ``outputs``, and perhaps ``constants``.

        Returns
        -------
        StraightLineProgram
            Of the class whose method it is.

        Raises
        ------
        InputError
            If it is no such program; the argument, the value and what is allowed are named.
        """
        if not isinstance(given, Mapping):
            raise InputError("program", given, f"an object with the keys {', '.join(PROGRAM_KEYS)}")
        check_keys(given, PROGRAM_KEYS, ("inputs", "parameters", "steps", "outputs"))
        if not isinstance(given["steps"], list | tuple):
            raise InputError("steps", given["steps"], "a list of steps")
        steps = [_read_step(i, step) for i, step in enumerate(given["steps"])]
        return cls(given["inputs"], given["parameters"], steps, given["outputs"], given.get("constants"))

    def to_json(self) -> dict[str, Any]:
        """Return the program as the contract has it.

        Returns
        -------
        dict
            The keys ``inputs``, ``parameters``, ``constants``, ``steps`` and ``outputs``.
        """
        return {
            "inputs": {name: list(shape) for name, shape in self.inputs.items()},
            "parameters": {name: list(shape) for name, shape in self.parameters.items()},
            "constants": {name: constant.to_json() for name, constant in self.constants.items()},
            "steps": [step.to_json() for step in self.steps],
            "outputs": list(self.outputs),
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: no spaces, keys sorted; arrays of parameters keep their order."""
        text = json.dumps({**self.to_json(), "order": list(self.parameters)}, separators=(",", ":"), sort_keys=True)
        return sha256(text.encode()).hexdigest()

    @property
    def label(self) -> str:
        """Permanent name: the first 128 bits of the digest."""
        return f"program:{self.digest[:32]}"

    @property
    def count(self) -> int:
        """Number of parameters."""
        return sum(prod(shape) for shape in self.parameters.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StraightLineProgram) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.count} parameters, {len(self.steps)} steps, {self.label})"


def read_constant(name: str, value: Any) -> Constant:
    """Read nested lists, or an array, of exact numbers; floats are the dyadic rationals that they are.

    Raises
    ------
    InputError
        If an entry is not exact, or the lists have different lengths.
    """
    import numpy as np

    if isinstance(value, Constant):
        return value
    if isinstance(value, np.ndarray):
        shape, flat = value.shape, value.ravel().tolist()
    else:
        shape, flat = _nested(name, value)
    if prod(shape) == 0:
        raise InputError(name, value, "an array with entries: every axis at least 1 long")
    return Constant(tuple(shape), tuple(exact_or_dyadic(name, x) for x in flat))


def exact_or_dyadic(name: str, value: Any) -> Fraction:
    """Return an exact number; a finite float as the dyadic rational that it is.

    Raises
    ------
    InputError
        If it is neither.

    Examples
    --------
    >>> exact_or_dyadic("c", 0.375), exact_or_dyadic("c", "1/3")
    (Fraction(3, 8), Fraction(1, 3))
    """
    if isinstance(value, float) and isfinite(value):
        return Fraction(value)
    found = ratio(value)
    if found is None:
        raise InputError(name, value, f"{EXACT}, or a finite float, which is the fraction that it stores")
    return Fraction(*found)


def _nested(name: str, value: Any) -> tuple[Shape, list[Any]]:
    if not isinstance(value, list | tuple):
        return (), [value]
    parts = [_nested(name, each) for each in value]
    if len({shape for shape, _ in parts}) > 1:
        raise InputError(name, value, "nested lists of equal lengths")
    inner = parts[0][0] if parts else ()
    return (len(value), *inner), [x for _, flat in parts for x in flat]


def _mapping(argument: str, given: Any) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise InputError(argument, given, "an object: names with what they stand for")
    return given


def _names(argument: str, given: Any) -> list[str]:
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise InputError(argument, given, "a list of names")
    return list(given)


def _shape(argument: str, name: str, shape: Any) -> Shape:
    if not isinstance(shape, list | tuple) or len(shape) > MOST_AXES:
        raise InputError(f"{argument}.{name}", shape, f"a shape: a list of at most {MOST_AXES} integers from 1 on")
    found = tuple(as_integer(f"{argument}.{name}", size, 1) for size in shape)
    _check_entries(f"{argument}.{name}", found)
    return found


def _check_entries(name: str, shape: Shape) -> None:
    if prod(shape) > MOST_ENTRIES:
        raise InputError(name, list(shape), f"of at most {MOST_ENTRIES} entries; this array has {prod(shape)}")


def _new_name(kind: str, name: Any, taken: Mapping[str, Shape]) -> None:
    if not isinstance(name, str) or not name:
        raise InputError(kind, name, "named by texts that are not empty")
    if name in taken:
        raise InputError(kind, name, "a new name: an array of this name is already there")


def _known(argument: str, name: Any, shapes: Mapping[str, Shape]) -> str:
    if not isinstance(name, str) or name not in shapes:
        raise InputError(argument, name, f"the name of an array that is already there{meant(str(name), shapes)}")
    return name


def _read_step(number: int, given: Any) -> Step:
    if isinstance(given, Step):
        return given
    if not isinstance(given, Mapping):
        raise InputError(f"steps[{number}]", given, "an object with the keys name, op, of and the operation's options")
    for key in STEP_KEYS:
        if key not in given:
            raise InputError(f"steps[{number}].{key}", None, "given")
    options = tuple((key, value) for key, value in given.items() if key not in STEP_KEYS)
    frozen = tuple((key, tuple(value) if isinstance(value, list) else value) for key, value in options)
    return Step(given["name"], given["op"], tuple(_names(f"steps[{number}].of", given["of"])), frozen)


def _checked_step(step: Step, shapes: Mapping[str, Shape]) -> Step:
    """Check names and options; the options come in the order of the operation's."""
    _new_name("steps", step.name, shapes)
    place = f"steps.{step.name}"
    one_of(f"{place}: op", step.op, OPERATIONS)
    operation, given = OPERATIONS[step.op], dict(step.options)
    for key in given:
        if key not in operation.options:
            raise InputError(f"{place}: {key}", given[key], f"left out: {step.op} takes {_listed(operation.options)}")
    for key in operation.options:
        if key not in given and key not in operation.optional:
            raise InputError(f"{place}: {key}", None, f"given: {step.op} takes {_listed(operation.options)}")
    wanted = operation.arity
    if len(step.of) != wanted if wanted is not None else not step.of:
        allowed = "one array or more" if wanted is None else f"{wanted} array{'s' if wanted > 1 else ''}"
        raise InputError(f"{place}: of", list(step.of), f"{allowed}, which {step.op} takes")
    for name in step.of:
        _known(f"{place}: of", name, shapes)
    return Step(step.name, step.op, step.of, tuple((key, given[key]) for key in operation.options if key in given))


def _listed(options: tuple[str, ...]) -> str:
    return ", ".join(options) if options else "no options"


def _shape_after(step: Step, shapes: Mapping[str, Shape]) -> Shape:
    taken = [shapes[name] for name in step.of]
    shown = " and ".join(str(list(shape)) for shape in taken)
    try:
        found = OPERATIONS[step.op].shape(taken, dict(step.options))
    except ShapeError as error:
        raise InputError(f"steps.{step.name}", shown, f"shapes that {step.op} takes: {error}") from None
    except InputError as error:
        raise error.renamed(f"steps.{step.name}: {error.argument}") from None
    _check_entries(f"steps.{step.name}", found)
    return found
