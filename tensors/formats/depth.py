"""What depth is worth: shallow, truncated, deep and recurrent circuits, and how much of one replaces another.

Numbering of the widths: ``widths[l]`` is the number of channels of layer l + 1, so ``widths[0]`` belongs to the first
convolution (r_0 in the papers). "Almost always": for all weights but a set of measure 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from algebra.errors import InputError, as_integer
from algebra.memory import check_fits, power
from algebra.sequences import as_list
from algebra.shown import Shown
from tensors.convac.layer import ConvLayer
from tensors.convac.network import ConvAC

if TYPE_CHECKING:
    from algebra.evidence import Bounds


def shallow_circuit(patches: int, templates: int, channels: int, sharing: str = "none") -> ConvAC:
    """Return the circuit of one layer: a sum of so many products (CP).

    Parameters
    ----------
    patches : int
        N, the number of patches.
    templates : int
        M, the number of representation functions.
    channels : int
        Products in the sum.
    sharing : str
        ``none`` or ``full``: whether one matrix serves all positions.

    Returns
    -------
    ConvAC

    Examples
    --------
    >>> shallow_circuit(8, 3, 20).rank("odd-even")
    20 (proved)
    """
    return ConvAC(patches, templates, [ConvLayer(patches, patches, channels, sharing=sharing)])


def deep_circuit(patches: int, templates: int, widths: Sequence[int], sharing: str = "none") -> ConvAC:
    """Return the circuit of log2 N layers of windows 2 that do not overlap (hierarchical Tucker).

    Parameters
    ----------
    patches : int
        N, a power of 2, at least 2.
    templates : int
    widths : sequence of int
        Channels of the log2 N layers.
    sharing : str
        Of every layer.

    Returns
    -------
    ConvAC

    Raises
    ------
    InputError
        For another number of patches or of widths.

    Examples
    --------
    >>> deep_circuit(8, 3, [3, 4, 6]).rank("odd-even")
    81 (proved)
    """
    levels = _levels(patches)
    widths = as_list("widths", widths, "a list of integers, one for each layer")
    if len(widths) != levels:
        raise InputError("widths", list(widths), f"{levels} widths, one for each layer")
    return ConvAC(patches, templates, [ConvLayer(2, 2, width, sharing=sharing) for width in widths])


def truncated_circuit(
    patches: int, templates: int, widths: Sequence[int], channels: int, sharing: str = "none"
) -> ConvAC:
    """Return a deep circuit whose last layer multiplies all positions that are left.

    Parameters
    ----------
    patches : int
        A power of 2.
    templates : int
    widths : sequence of int
        Channels of the layers of windows 2 below the last one, fewer than log2 N.
    channels : int
        Z, of the last layer.
    sharing : str

    Returns
    -------
    ConvAC

    Raises
    ------
    InputError
        If there are too many widths.

    Examples
    --------
    >>> truncated_circuit(8, 2, [3], 5).label
    'convac:8:M2:w2s2c3-w4s4c5'
    """
    levels = _levels(patches)
    if len(widths) >= levels:
        raise InputError("widths", list(widths), f"at most {levels - 1} widths")
    left = patches >> len(widths)
    lower = [ConvLayer(2, 2, width, sharing=sharing) for width in widths]
    return ConvAC(patches, templates, [*lower, ConvLayer(left, left, channels, sharing=sharing)])


def depth_efficiency_bound(patches: int, templates: int, first_width: int) -> int:
    """Return the channels that a shallow circuit needs to be equal to almost any deep one.

    ``min(M, r_0)^(N/2)``: the deep circuit's rank for odd against even patches, almost always, while that of Z
    channels is at most Z for any partition (Cohen, Sharir, Shashua, COLT 2016, arXiv:1509.05009). It holds for fully
    shared weights too, and for approximation: ranks only drop in a limit.

    Parameters
    ----------
    patches : int
        N, the number of patches.
    templates : int
        M, the number of representation functions.
    first_width : int
        Channels of the deep circuit's first layer.

    Returns
    -------
    int

    Examples
    --------
    >>> depth_efficiency_bound(8, 3, 3)
    81
    """
    _levels(patches)
    base = min(as_integer("templates", templates, 1), as_integer("first_width", first_width, 1))
    return power(base, patches // 2)


def witness_distance_squared(patches: int, templates: int, channels: int) -> int:
    """Bound the squared Frobenius distance of the separating tensor from all circuits of one layer.

    Some weights of the deep circuit with ``r_0 >= M`` have an identity matrix of size ``M^(N/2)`` as their matrix of
    odd against even patches; matrices of rank Z are at least ``sqrt(M^(N/2) - Z)`` away (Eckart and Young).

    Parameters
    ----------
    patches : int
        N, the number of patches.
    templates : int
        M, the number of representation functions.
    channels : int
        Of the circuits of one layer.

    Returns
    -------
    int

    Examples
    --------
    >>> witness_distance_squared(4, 3, 5)
    4
    """
    return max(0, depth_efficiency_bound(patches, templates, templates) - as_integer("channels", channels, 1))


@dataclass(frozen=True)
class Truncation(Shown):
    """What a circuit with fewer layers needs in order to replace a deep one.

    Parameters
    ----------
    base : int
        ``min(M, r_0, ..., r_(L2-1))`` for L2 layers.
    exponent : int
        ``N / 2^L2``.
    rows : tuple of int
        A partition that shows it.
    """

    base: int
    exponent: int
    rows: tuple[int, ...]

    @property
    def channels(self) -> int:
        """Least number of channels of its last layer, almost always."""
        return power(self.base, self.exponent)


def truncation_bound(patches: int, templates: int, widths: Sequence[int], layers: int) -> Truncation:
    """Compare a deep circuit with those of fewer layers, the last of which multiplies all that is left.

    Blocks of ``2^(L2-1)`` neighbours lie on opposite sides in turn. The truncated circuit multiplies functions of one
    side each, so its rank is at most its last width; the deep one joins two opposite blocks in each of its positions
    after L2 layers, and has rank at least ``base ** exponent`` almost always. One layer is the shallow circuit.

    Parameters
    ----------
    patches : int
        N, a power of 2.
    templates : int
    widths : sequence of int
        Of the deep circuit, log2 N of them.
    layers : int
        L2, layers of the truncated circuit, below log2 N.

    Returns
    -------
    Truncation

    Raises
    ------
    InputError
        If widths and layers do not fit the number of patches.

    Examples
    --------
    >>> found = truncation_bound(16, 2, [2, 2, 2, 2], 2)
    >>> found.channels, found.rows
    (16, (0, 1, 4, 5, 8, 9, 12, 13))
    >>> deep_circuit(16, 2, [2, 2, 2, 2]).rank(found.rows)
    16 (proved)
    """
    levels = _levels(patches)
    widths = as_list("widths", widths, "a list of integers, one for each layer")
    if len(widths) != levels:
        raise InputError("widths", list(widths), f"{levels} widths, one for each layer")
    if as_integer("layers", layers, 1) >= levels:
        raise InputError("layers", layers, f"fewer than the {levels} of the deep circuit")
    base = min(as_integer("templates", templates, 1), *widths[:layers])
    check_fits("patches", patches, 64 * patches)
    rows = tuple(q for q in range(patches) if (q >> (layers - 1)) % 2 == 0)
    return Truncation(base, patches >> layers, rows)


@dataclass(frozen=True)
class DepthSeparation(Shown):
    """A deep circuit against one of fewer layers, across one partition.

    Parameters
    ----------
    deep, truncated : ConvAC
    rows : tuple of int
    needed : int
        Channels that the theorem asks of the truncated circuit's last layer.
    deep_rank, truncated_rank : Bounds
        Generic ranks, with evidence.
    """

    deep: ConvAC
    truncated: ConvAC
    rows: tuple[int, ...]
    needed: int
    deep_rank: Bounds
    truncated_rank: Bounds

    @property
    def is_confirmed(self) -> bool:
        """Whether the deep rank is proved to reach the theorem's bound and to exceed the truncated one's."""
        most = self.truncated_rank.upper
        return most is not None and self.deep_rank.lower >= self.needed > most


Separation = DepthSeparation  # its earlier name


def depth_separation(
    patches: int, templates: int, widths: Sequence[int], layers: int = 1, sharing: str = "none", seed: int = 0
) -> DepthSeparation:
    """Compute both ranks for a truncated circuit that has one channel too few.

    Parameters
    ----------
    patches, templates, widths, layers
        As in `truncation_bound`.
    sharing : str
        Of both circuits.
    seed : int

    Returns
    -------
    DepthSeparation

    Raises
    ------
    InputError
        If the bound is 1: then a single channel suffices.

    Examples
    --------
    >>> depth_separation(8, 3, [3, 3, 3]).is_confirmed
    True
    >>> found = depth_separation(8, 2, [2, 2, 2], layers=2)
    >>> found.deep_rank, found.truncated_rank
    (4 (proved), 3 (proved))
    """
    bound = truncation_bound(patches, templates, widths, layers)
    if bound.channels < 2:
        raise InputError("widths", list(widths), "such that a shallower circuit needs two channels or more")
    deep = deep_circuit(patches, templates, widths, sharing)
    truncated = truncated_circuit(patches, templates, widths[: layers - 1], bound.channels - 1, sharing)
    ranks = [net.rank(bound.rows, seed) for net in (deep, truncated)]
    return DepthSeparation(deep, truncated, bound.rows, bound.channels, ranks[0], ranks[1])


def train_terms_bound(patches: int, templates: int, rank: int) -> int:
    """Return the products that almost any tensor train of an even order needs: ``min(M, r)^(N/2)``.

    Khrulkov, Novikov, Oseledets (ICLR 2018, arXiv:1711.00811). The generic rank for odd against even patches, the
    minimal cut of the chain (`mixtures.train_cut`), is larger still.

    Parameters
    ----------
    patches : int
        N, the number of patches.
    templates : int
        M, the number of representation functions.
    rank : int
        r, of the train.

    Returns
    -------
    int

    Raises
    ------
    InputError
        If the order is odd.

    Examples
    --------
    >>> train_terms_bound(6, 3, 2)
    8
    """
    if as_integer("patches", patches, 2) % 2:
        raise InputError("patches", patches, "an even integer")
    return power(min(as_integer("templates", templates, 1), as_integer("rank", rank, 1)), patches // 2)


def tree_width_of_train(rank: int) -> int:
    """Return a width that suffices to write a train of such ranks as a balanced tree: ``r^2``.

    Parameters
    ----------
    rank : int
        r, of the train.

    Returns
    -------
    int

    Examples
    --------
    >>> tree_width_of_train(3)
    9
    """
    return int(as_integer("rank", rank, 1) ** 2)


def train_rank_of_tree(patches: int, width: int) -> int:
    """Return the ranks that suffice to write a balanced tree of such width as a train: ``r^ceil(log2(N) / 2)``.

    Buczyńska, Buczyński, Michałek (2015, on the conjecture of Hackbusch) show that it is needed.

    Parameters
    ----------
    patches : int
        N, the number of modes.
    width : int
        r, of the tree.

    Returns
    -------
    int

    Examples
    --------
    >>> train_rank_of_tree(8, 2), train_rank_of_tree(32, 2)
    (4, 8)
    """
    return power(as_integer("width", width, 1), (_levels(patches) + 1) // 2)


def _levels(patches: int) -> int:
    """Return log2 of the number of patches."""
    count = as_integer("patches", patches, 2)
    if count & (count - 1):
        raise InputError("patches", patches, "a power of 2")
    return count.bit_length() - 1
