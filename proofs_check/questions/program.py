"""The dimension of the set of functions of a program: any network that can be evaluated."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from proofs_check.option import CERTIFICATE, ERROR, SEED, Option
from proofs_check.question import Answer, Field, Question, Result
from proofs_check.reading import Integer, file_format
from proofs_check.show.text import aligned, bound_rows, bounds_text, number, run_notes, strong
from proofs_check.words import path

if TYPE_CHECKING:
    from algebra.programs.given_point import GivenPoint
    from algebra.programs.program import Program
    from algebra.programs.straight_line import StraightLineProgram
    from algebra.programs.symmetries import Symmetry


@file_format
class Given:
    """A program; with weights and data, if the dimension there is asked for."""

    inputs: dict[str, Any]
    """Names of what the network is given, each with its shape."""

    parameters: dict[str, Any]
    """Names of the arrays of weights, each with its shape; at least one."""

    steps: list[Any]
    """One object an operation: its name, op, of (the arrays that it takes), and the options of the operation."""

    outputs: list[Any]
    """Names of the arrays that the network gives."""

    constants: dict[str, Any] | None = None
    """Names with exact numbers, or nested lists of them; floats are the fractions that they store."""

    values: dict[str, Any] | None = None
    """Weights, one array for every parameter: the dimension at these weights is asked for, on the data."""

    data: dict[str, Any] | None = None
    """For every input a list of samples; together with values."""

    seed: Integer | None = None
    """Of every random choice, instead of the option."""


def program_of(given: Given) -> Program:
    """Build the program that a file describes.

    Raises
    ------
    InputError
        Naming the step, its shapes and what is needed.
    """
    from algebra.programs.program import Program

    return Program.from_json(
        {
            "inputs": given.inputs,
            "parameters": given.parameters,
            "constants": given.constants or {},
            "steps": given.steps,
            "outputs": given.outputs,
        }
    )


def answer(
    given: Given, seed: int, log2_error: float | None, values: Path | None = None, data: Path | None = None
) -> Answer:
    """Bound the dimension, generic or at the given weights, and say what the lost parameters are lost to.

    Raises
    ------
    InputError
        If only one of values and data is given.
    """
    program = program_of(given)
    weights = _read("values", values, list(program.parameters), given.values)
    samples = _read("data", data, list(program.inputs), given.data)
    if (weights is None) != (samples is None):
        missing = "values" if weights is None else "data"
        raise InputError(missing, None, "given: values and data belong together")
    if weights is not None:
        from algebra.programs.given_point import GivenPoint

        return _at_given_weights(GivenPoint.read(program, weights, samples), seed)

    from algebra.evidence.generic_rank import RankEvidence
    from algebra.programs.dimension import ProgramDimension, program_dimension

    bounds = program_dimension(program, seed, log2_error)
    evidence = bounds.evidence
    question = evidence.question if isinstance(evidence, RankEvidence) else ProgramDimension(program)
    assert isinstance(question, ProgramDimension)
    fields = _fields(program, "generic", question.symmetries, samples=None)
    return Answer.of_bounds(program.label, bounds, fields)


def _read(name: str, place: Path | None, names: list[str], given: Any) -> Any:
    """Return arrays from a file of their own, or those of the program's file."""
    if place is None:
        return given
    if given is not None:
        raise InputError(f"--{name}", str(place), f"left out: FILE has {name} of its own")
    from algebra.programs.weights import read_weights

    return read_weights(place, names)


def _at_given_weights(point: GivenPoint, seed: int) -> Answer:
    from algebra.programs.given import given_dimension

    found = given_dimension(point)
    fields = _fields(point.program, "given", found.symmetries, point.samples)
    fields["kinks"] = [kink.to_json() for kink in found.kinks]
    fields["patterns"] = found.patterns
    return Answer.of_bounds(point.program.label, found.bounds, fields, seed)


def _fields(program: StraightLineProgram, at: str, symmetries: tuple[Symmetry, ...], samples: int | None) -> Result:
    return {
        "at": at,
        "parameters": program.count,
        "symmetries": [symmetry.to_json() for symmetry in symmetries],
        "samples": samples,
        "kinks": [],
        "patterns": None,
    }


def read_network(place: Path) -> Result:
    """Read an ONNX file: its weights are unknown."""
    from algebra.programs.onnx_files import read_onnx

    found: Result = read_onnx(place).program.to_json()
    return found


def report(result: Result) -> str:
    """Everything that is known of one program, for people: what each lost parameter is lost to."""
    rows = [*bound_rows(result), ("parameters", number(result["parameters"]), "")]
    if result["at"] == "given":
        rows.append(("samples", number(result["samples"]), f"{result['patterns']} activation patterns"))
    lost = [
        (f"  {symmetry['dimension']}", symmetry["rule"], ", ".join(symmetry["parameters"]))
        for symmetry in result["symmetries"]
    ]
    rows += [("lost to symmetries", number(sum(symmetry["dimension"] for symmetry in result["symmetries"])), ""), *lost]
    rows += [("kink", kink["step"], f"sample {kink['sample']}") for kink in result["kinks"]]
    where = "at the given weights, on the data" if result["at"] == "given" else "for almost all weights"
    return (
        f"{result['label']}  dimension {strong(bounds_text(result))} {where}\n\n{aligned(rows)}\n\n{run_notes(result)}"
    )


QUESTION = Question(
    name="program",
    says="Dimension of any network that can be evaluated, and what each lost parameter is lost to.",
    about="FILE holds a program: arrays of fixed shapes and operations on them, with axes as in numpy.",
    given=Given,
    answer=answer,
    fields=(
        Field("at", "text", "generic: for almost all weights; given: at the weights and on the data of the file"),
        Field("parameters", "integer", "number of weights"),
        Field("symmetries", "list", "what the lost parameters are lost to: rule, dimension, parameters"),
        Field("samples", "integer", "of the data; null for generic weights"),
        Field("kinks", "list", "rectifiers whose argument is exactly 0 at given weights: step and sample"),
        Field("patterns", "integer", "different activation patterns on the data; null for generic weights"),
    ),
    headline="dimension",
    example={
        "inputs": {"x": [3, 1]},
        "parameters": {"G": [3, 3], "U": [3, 3], "W": [3, 3]},
        "steps": [
            {"name": "gate", "op": "matmul", "of": ["G", "x"]},
            {"name": "open", "op": "silu", "of": ["gate"]},
            {"name": "up", "op": "matmul", "of": ["U", "x"]},
            {"name": "unit", "op": "multiply", "of": ["open", "up"]},
            {"name": "y", "op": "matmul", "of": ["W", "unit"]},
        ],
        "outputs": ["y"],
    },
    options=(
        ERROR,
        SEED,
        Option("values", "A file with the weights: .npz, .safetensors, .onnx or .json.", path, metavar="WEIGHTS"),
        Option("data", "A file with the samples of every input, of the same kinds.", path, metavar="DATA"),
        CERTIFICATE,
    ),
    suffixes={".onnx": read_network},
    needs=("algebra.programs.dimension",),
    usage=(
        "rankcert program network.json",
        "rankcert program network.onnx",
        "rankcert program network.onnx --values network.onnx --data data.npz",
        "rankcert program networks.jsonl --json",
    ),
    report=report,
)
