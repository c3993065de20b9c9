"""Evidence: what is known of an integer, how far it is proved, and certificates that anyone can check."""

from typing import TYPE_CHECKING, Any

from algebra.evidence.bounds import Bounds, Evidence, Grade

if TYPE_CHECKING:
    from algebra.evidence.certificate import Certificate
    from algebra.evidence.checker import Report, check

__all__ = ["Bounds", "Certificate", "Evidence", "Grade", "Report", "check"]


def __getattr__(name: str) -> Any:
    # Late: bounds are read far more often than certificates.
    if name == "Certificate":
        from algebra.evidence.certificate import Certificate

        return Certificate
    if name in ("Report", "check"):
        from algebra.evidence import checker

        return getattr(checker, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
