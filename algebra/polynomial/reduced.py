r"""Lower bounds from reduced networks: what no output sees is left out before anything is evaluated.

`algebra.polynomial.reductions` bounds a dimension from above by that of a smaller network. The same steps bound it from
below, so a network with 10^400 neurons is decided by a small one. All activations are powers; V is the variety.

**narrower.** A network with fewer neurons in a hidden layer is one whose other neurons have weights zero:
:math:`V(\text{part}) \subseteq V`.

**linear-layer.** Let layer k have degree 1 and at least as many neurons as one of its neighbours. Then every matrix
:math:`d_{k+1} \times d_{k-1}` is a product of one :math:`d_{k+1} \times d_k` and one :math:`d_k \times d_{k-1}`: the
network without the layer is a part. A bias may be that of the layer above.

**width-one.** Let :math:`d_k = 1`, without biases. Behind layer k the outputs are :math:`c_j\, g^R`, where g is the
function of the head :math:`(d_0, \dots, d_k)`, R the product of the degrees from there on, and c any vector: each layer
passes a scalar times its power. The map :math:`(c, g) \mapsto (c_j\, g^R)_j` has fibres of dimension 1, because a power
determines its root up to a root of unity and the functions g form a cone. So
:math:`\dim V = \dim V(\text{head}) + d_h - 1`.

**fewer-inputs.** Let :math:`d_1 < d_0`, and all degrees at least 2. The functions are :math:`g \circ A` with g in
V(part), the network with :math:`d_1` inputs, and :math:`A : K^{d_0} \to K^{d_1}` linear. A general g depends on all its
inputs, whatever coordinates are taken: it does so for :math:`g = (\sum_i c_i x_i^{r_1})^R`, which is a network with one
neuron in each later layer and biases zero, because its derivatives
:math:`R\, (\sum_i c_i x_i^{r_1})^{R - 1}\, c_i\, r_1\, x_i^{r_1 - 1}` are independent, and to depend on all of them is
an open condition. Hence the kernel of A is determined by :math:`g \circ A`: the directions along which it is constant.
Kernels are the points of a Grassmannian of dimension :math:`d_1 (d_0 - d_1)`; over each of them the functions are those
of V(part) on the quotient. So :math:`\dim V = \dim V(\text{part}) + d_1 (d_0 - d_1)`.

**one-layer.** Without a hidden layer the parameters are the coefficients.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING

from algebra.evidence.reason import Reason
from algebra.polynomial.blocks import Ranks, best_block_bound, block_bound, leaves_of
from algebra.polynomial.hilbert import CACHE
from algebra.polynomial.reductions import Step, reductions

if TYPE_CHECKING:
    from algebra.polynomial.hilbert import Architecture

LOWER_RULES = {
    "saturation": "narrower",
    "linear-layer": "linear-layer",
    "width-one": "width-one",
    "input-reduction": "fewer-inputs",
}
"""What a step of the upper bound is called in the lower one, where it rests on another theorem."""


@lru_cache(maxsize=CACHE)
def reduced_bound(a: Architecture, seed: int = 0) -> Reason | None:
    """Return a proved lower bound for the dimension of a network that reduces to a smaller one.

    Parameters
    ----------
    a : Architecture
    seed : int
        Of the random weights of what is left.

    Returns
    -------
    Reason or None
        The tree of the bound; None if the network does not reduce, or if what is left is too large to be decided here.

    Examples
    --------
    >>> from algebra.polynomial.hilbert import Architecture
    >>> found = reduced_bound(Architecture((10**10, 2, 10**400, 3), (2, 3)))
    >>> found.value, found.names
    (20000000010, ('narrower', 'fewer-inputs', 'fewer-outputs', 'jacobian-minor'))
    """
    steps = list(takewhile(_is_theorem, reductions(a)[0]))
    if not steps:
        return None

    found = _decided(steps[-1][1].part, seed)
    for before, step in reversed(steps):
        found = None if found is None else _lifted(before, step, found)
    return found


def _is_theorem(reduced: tuple[Architecture, Step]) -> bool:
    """Tell whether a theorem bounds a reduced network from below: of linear layers ``fewer-inputs`` does not speak."""
    before, step = reduced
    return step.rule != "input-reduction" or min(before.degrees) >= 2


def _decided(a: Architecture, seed: int) -> Reason | None:
    """Return a lower bound of what does not reduce, by its coefficients, by blocks, or by a rank of moderate size."""
    if a.depth == 1:
        return Reason("one-layer", a.parameters, a, note=Ranks(()))
    return block_bound(a, seed) or best_block_bound(a, leaves_of(a, seed))


def _lifted(a: Architecture, step: Step, part: Reason) -> Reason:
    return Reason(LOWER_RULES[step.rule], part.value + step.added, a, (part,), step.details, Ranks(()))
