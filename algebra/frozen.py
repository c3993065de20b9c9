"""Frozen dataclasses that check their fields while they are made."""

from __future__ import annotations

from typing import Any


def set_fields(instance: object, **values: Any) -> None:
    """Give a frozen dataclass its checked fields, in ``__init__`` or ``__post_init__``.

    Parameters
    ----------
    instance : dataclass
    **values
        By the name of the field.
    """
    for name, value in values.items():
        object.__setattr__(instance, name, value)
