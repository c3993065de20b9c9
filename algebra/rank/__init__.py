"""Exact ranks: modulo a prime, one matrix or many, over the rationals, and in floats with stated bounds."""

from typing import TYPE_CHECKING

from algebra.lazy import lazy_exports

if TYPE_CHECKING:
    from algebra.rank.balls import CertifiedLowerBound, rank_lower_bound_balls
    from algebra.rank.batch import rank_mod_batch
    from algebra.rank.echelon import Echelon
    from algebra.rank.modular_rank import RankProfile, rank_mod, rank_profile_mod
    from algebra.rank.numeric import NumericRank, rank_numeric
    from algebra.rank.primes import DEFAULT_PRIME, is_prime, largest_prime_below
    from algebra.rank.rational import rank_rational

__all__ = [
    "DEFAULT_PRIME",
    "CertifiedLowerBound",
    "Echelon",
    "NumericRank",
    "RankProfile",
    "is_prime",
    "largest_prime_below",
    "rank_lower_bound_balls",
    "rank_mod",
    "rank_mod_batch",
    "rank_numeric",
    "rank_profile_mod",
    "rank_rational",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "balls": ("CertifiedLowerBound", "rank_lower_bound_balls"),
        "batch": ("rank_mod_batch",),
        "echelon": ("Echelon",),
        "modular_rank": ("RankProfile", "rank_mod", "rank_profile_mod"),
        "numeric": ("NumericRank", "rank_numeric"),
        "primes": ("DEFAULT_PRIME", "is_prime", "largest_prime_below"),
        "rational": ("rank_rational",),
    },
)
