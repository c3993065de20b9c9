"""Evidence: what is known of an integer, how far it is proved, and certificates that anyone can check."""

from algebra.evidence.bounds import Bounds, Evidence, Grade

__all__ = ["Bounds", "Evidence", "Grade"]
