"""Conversion of the simple options by hand: recent typers load pydantic for it, a quarter of a cold start.

Nothing depends on it: where typer keeps its converter elsewhere, typer's own is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from typer.core import TyperCommand, TyperGroup


class QuickCommand(TyperCommand):
    """A command whose parameters of simple type are converted here."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, `--help` among them."""
        return quickened(super().get_params(ctx))


class QuickGroup(TyperGroup):
    """A group whose own options are converted here."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the options, `--help` among them."""
        return quickened(super().get_params(ctx))


def quickened(parameters: Iterable[Any]) -> list[Any]:
    """Give each parameter of simple type a converter of ours."""
    found = list(parameters)
    for parameter in found:
        if getattr(parameter, "_runtime_param", parameter) is None:
            convert = CONVERTERS.get(parameter.type_descriptor.annotation)
            if convert is not None and _is_plain(parameter.type_descriptor.parameter_info):
                parameter._runtime_param = Converter(convert)
    return found


class Converter:
    """Stands in for typer's runtime parameter."""

    def __init__(self, convert: Callable[[str, Any], Any]) -> None:
        self.convert = convert

    def coerce(self, value: Any, param: Any, ctx: Any = None) -> Any:
        """Convert what was given; None stays None, or is no value at all where there may be many."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        return self.convert(param.name, value)


def _integer(name: str, value: Any) -> int:
    if isinstance(value, int):
        return value
    from proofs_check.cli.networks import integer

    return integer(name, value)


def _real(name: str, value: Any) -> float:
    if isinstance(value, float):
        return value
    from algebra.errors import InputError

    try:
        return float(value)
    except ValueError:
        raise InputError(name, value, "a number") from None


def _is_plain(info: Any) -> bool:
    """Whether nothing but the type restricts the value."""
    names = ("min", "max", "parser", "exists", "file_okay", "dir_okay", "resolve_path")
    ordinary = {"file_okay": True, "dir_okay": True}
    return all(
        getattr(info, name, None) in (None, False) or getattr(info, name) is ordinary.get(name) for name in names
    )


CONVERTERS: dict[Any, Callable[[str, Any], Any]] = {
    bool: lambda name, value: value,  # flags only, without environment variables: always True, False or None
    str: lambda name, value: value,
    int: _integer,
    float: _real,
    Path: lambda name, value: Path(value),
    list[str]: lambda name, value: list(value),
    list[Path]: lambda name, value: [Path(each) for each in value],
}
