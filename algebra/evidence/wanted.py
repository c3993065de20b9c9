"""Whether a certificate is wanted of what is asked: then the claim is looked at before the work."""

from __future__ import annotations

from contextvars import ContextVar

WANTED: ContextVar[bool] = ContextVar("wanted", default=False)
