"""Evidence: what is known of an integer, how far it is proved, and certificates that anyone can check."""

from typing import TYPE_CHECKING

from algebra.evidence.bounds import Bounds, Evidence, Grade
from algebra.lazy import lazy_exports

if TYPE_CHECKING:
    from algebra.evidence.certificate import Certificate
    from algebra.evidence.checker import Report, check

__all__ = ["Bounds", "Certificate", "Evidence", "Grade", "Report", "check"]

# Late: bounds are read far more often than certificates.
__getattr__, __dir__ = lazy_exports(__name__, {"certificate": ("Certificate",), "checker": ("Report", "check")})
