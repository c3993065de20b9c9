"""Exact ranks: modulo a prime, one matrix or many, over the rationals, and in floats with stated bounds."""

from algebra.rank.batch import rank_mod_batch
from algebra.rank.echelon import Echelon
from algebra.rank.modular_rank import RankProfile, rank_mod, rank_profile_mod
from algebra.rank.primes import DEFAULT_PRIME, is_prime, largest_prime_below

__all__ = [
    "DEFAULT_PRIME",
    "Echelon",
    "RankProfile",
    "is_prime",
    "largest_prime_below",
    "rank_mod",
    "rank_mod_batch",
    "rank_profile_mod",
]
