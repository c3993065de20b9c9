"""What users call says what it takes and what it returns."""

import dataclasses
import importlib
import inspect

import pytest

FACES = (
    "rankcert",
    "algebra",
    "algebra.critical_points",
    "algebra.evidence",
    "algebra.exact",
    "algebra.graphs",
    "algebra.kernels",
    "algebra.memorization",
    "algebra.nonlinear",
    "algebra.polynomial",
    "algebra.programs",
    "algebra.rank",
    "algebra.rounding",
    "tensors.attention",
    "tensors.clustering",
    "tensors.convac",
    "tensors.formats",
    "tensors.mixtures",
    "tensors.networks",
)


def missing(thing):
    """Return the sections that a docstring lacks."""
    text = inspect.getdoc(thing) or ""
    if inspect.isclass(thing):
        if not dataclasses.is_dataclass(thing) or issubclass(thing, BaseException):
            return []
        told = not dataclasses.fields(thing) or "Parameters\n---" in text or "Attributes\n---" in text
        return [] if told else ["Parameters"]
    signature = inspect.signature(thing)
    found = []
    if signature.parameters and "Parameters\n---" not in text:
        found.append("Parameters")
    if signature.return_annotation not in (None, "None") and not any(
        f"{s}\n---" in text for s in ("Returns", "Yields")
    ):
        found.append("Returns")
    return found


@pytest.mark.parametrize("face", FACES)
def test_public_names_have_parameters_and_returns(face):
    module = importlib.import_module(face)
    things = {name: getattr(module, name) for name in module.__all__}
    asked = {name: x for name, x in things.items() if inspect.isfunction(x) or inspect.isclass(x)}
    assert asked
    assert {name: missing(x) for name, x in asked.items() if missing(x)} == {}


def test_an_undocumented_function_is_found():
    def f(x: int) -> int:
        """Return it."""
        return x

    assert missing(f) == ["Parameters", "Returns"]
