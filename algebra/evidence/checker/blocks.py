"""Lower bounds of dimensions from block networks: a chain of statements, parts before what rests on them.

All networks here have powers as activations; e_l = r_1 ... r_{l-1} is the degree of the activations below layer l, D
that of the outputs, delta^(l)_i the derivative of the outputs in the i-th pre-activation of layer l: a vector of forms
of degree D - e_l. Ranks are meant at general weights, so what is claimed of several of them holds at one choice.
"""

from __future__ import annotations

from operator import add, le, mul
from typing import Any, NamedTuple

from .generator import residues
from .limits import LARGEST, Refused, hold, need, spend
from .minors import Terms, check_lower, forward, is_regular, pay_for_samples, read_minor, read_modulus, terms
from .reading import Network, fields, integer, integers, label, read_key, read_network, text

Minor = tuple[tuple[int, ...], tuple[int, ...]]
"""Of one layer: neurons and samples."""


class Dimension(NamedTuple):
    """The variety of a network has at least this dimension."""

    of: Network
    value: int


class Factors(NamedTuple):
    """The activations of layers 0 ... h-1 and the adjoints of layers 1 ... h-1 have at least these ranks.

    The network has no biases. The rank of adjoints is that of the delta^(l)_i, as vectors of forms.
    """

    of: Network
    activations: tuple[int, ...]
    adjoints: tuple[int, ...]


def blocks(a: Network, parts: list[Dimension], factors: list[Factors]) -> int:
    """Split inputs and hidden neurons into two groups, and take weights that join no two groups.

    Then every output is f_1(x_1) + f_2(x_2). The derivatives along weights inside a group are the tangent vectors of
    its block, of degree D in its own inputs; that along a weight of layer l < h from neuron j of group g' to neuron i
    of group g is delta^(l)_i(x_g) a^(l-1)_j(x_g'), of degree e_l in x_g' and D - e_l in x_g. All degrees are at least
    2, so the e_l are distinct. If the last is at least 3, e_l + e_m <= 2D/3 < D. No two of these multidegrees agree
    then: the tangent space at these weights is a direct sum of two tangent spaces and of tensor products.

    If the last is 2, only those of l = h-1 agree, in both orders; `crossing_squares` says what they span.
    """
    need(not a.biases and min(a.degrees, default=0) >= 2, "the degrees are not large enough")
    first, second = (part.of for part in parts)
    need(is_split(a, first, second), "the parts are no two blocks of the network")
    need([each.of for each in factors] == [first, second], "the factors are not those of the parts")

    # Weights from the second group into the first, and back; of squares at the end the last layer by itself.
    one, other = factors
    there: list[int] = list(map(mul, one.adjoints, other.activations[:-1]))
    back: list[int] = list(map(mul, other.adjoints, one.activations[:-1]))
    if a.degrees[-1] == 2:
        there[-1], back[-1] = crossing_squares(one, other), 0
    return parts[0].value + parts[1].value + sum(there) + sum(back)


def crossing_squares(one: Factors, other: Factors) -> int:
    """Weights into the last hidden layer, of degree 2, span w_i z_i(x) a'_j(y) and w'_i a_j(x) z'_i(y).

    Here x and y are the inputs of the two groups, z_i is a pre-activation, any combination of the activations a_j, and
    w_i a column of the last weights, any vector. Take each z_i among independent forms, as many as the a_j have
    dimensions: b of them, each used n_b times, or once more. At the product of two forms stand two general spaces of
    vectors, of dimensions n and n': together they have dimension min(outputs, n + n').
    """
    found = 0
    outputs = one.of.widths[-1]
    for n, forms in shared_out(one.of.widths[-2], one.activations[-2]):
        for m, others in shared_out(other.of.widths[-2], other.activations[-2]):
            found += forms * others * min(outputs, n + m)
    return found


def shared_out(neurons: int, forms: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Share neurons out among forms: how often a form is used, and how many are used so often."""
    need(forms > 0, "the activations have rank 0")
    n, more = divmod(neurons, forms)
    return (n, forms - more), (n + 1, more)


def fewer_outputs(a: Network, parts: list[Dimension], factors: list[Factors]) -> int:
    """More outputs: the last weights of each are its own, so the Jacobian is block triangular. Any degrees."""
    part, layers = parts[0].of, len(a.widths) - 1
    fewer, all_of_them = part.widths[-1], a.widths[-1]
    need(layers > 1 and not a.biases and fewer <= all_of_them, "the part has more outputs than the network")
    is_part = part == a.with_width(layers, fewer) and factors[0].of == part
    need(is_part, "the part is not the network with fewer outputs")
    return parts[0].value + (all_of_them - fewer) * factors[0].activations[-1]


def zero_biases(a: Network, parts: list[Dimension], factors: list[Factors]) -> int:
    """At biases zero the derivative along a bias of layer l is delta^(l)_i, and constants along the last biases.

    All degrees are at least 2, so D, the D - e_l and 0 are distinct: the tangent space is a direct sum again.
    """
    need(a.biases and min(a.degrees, default=0) >= 2, "there are no biases, or a degree is less than 2")
    part = Network(a.widths, a.activations)
    need(parts[0].of == part and factors[0].of == part, "the part is not the network without biases")
    return parts[0].value + sum(factors[0].adjoints) + a.widths[-1]


def narrower(a: Network, parts: list[Dimension], _factors: list[Factors]) -> int:
    """Fewer neurons in hidden layers: the others have weights zero, so the functions of the part are among those."""
    part = parts[0].of
    is_kind = part.activations == a.activations and part.biases == a.biases and part.is_plain
    need(is_kind and len(part.widths) == len(a.widths), "the part is another kind of network")
    have_ends = part.widths[0] == a.widths[0] and part.widths[-1] == a.widths[-1]
    need(have_ends, "the part has other inputs or outputs")
    need(all(map(le, part.widths, a.widths)), "the part has a wider layer")
    return parts[0].value


def linear_layer(a: Network, parts: list[Dimension], _factors: list[Factors]) -> int:
    """A layer of degree 1, no bottleneck between its neighbours: every matrix is a product that passes through it."""
    part = parts[0].of
    need(len(part.widths) == len(a.widths) - 1, "the part lacks not one layer")
    for k in range(1, len(a.widths) - 1):
        before, width, after = a.widths[k - 1 : k + 2]
        if a.degrees[k - 1] == 1 and width >= min(before, after) and part == without_layer(a, k):
            return parts[0].value
    raise Refused("the part is not the network without a linear layer")


def width_one(a: Network, parts: list[Dimension], _factors: list[Factors]) -> int:
    """Behind a layer of width 1 the outputs are c_j g^R, g a function of the head, c any vector.

    g^R determines g up to a root of unity, and the functions g form a cone: (c, g) -> c g^R has fibres of dimension 1.
    """
    part = parts[0].of
    k = len(part.widths) - 1
    need(not a.biases and 1 <= k < len(a.widths) - 1, "the part is no head of the network, or there are biases")
    need(a.widths[k] == 1, "the last layer of the part has not one neuron")
    need(part == Network(a.widths[: k + 1], a.activations[: k - 1]), "the part is no head of the network")
    return parts[0].value + a.widths[-1] - 1


def fewer_inputs(a: Network, parts: list[Dimension], _factors: list[Factors]) -> int:
    """More inputs than neurons in the first layer: functions g o A, where A has the rank d_1 of the part's inputs.

    All degrees are at least 2, so a general g depends on all inputs, in any coordinates: (sum of c_i x_i^r)^R does,
    because its derivatives are independent. The kernel of A, a point of a Grassmannian of dimension d_1 (d_0 - d_1),
    is therefore determined by g o A; over each point there are the functions g on the quotient.
    """
    need(min(a.degrees, default=0) >= 2, "there is no hidden layer, or a degree is less than 2")
    d0, d1 = a.widths[:2]
    need(d1 <= d0 and parts[0].of == a.with_width(0, d1), "the part is not the network with as many inputs as neurons")
    return parts[0].value + d1 * (d0 - d1)


def one_layer(a: Network, _parts: list[Dimension], _factors: list[Factors]) -> int:
    """Without a hidden layer the parameters are the coefficients of linear or affine forms."""
    need(len(a.widths) == 2, "there is a hidden layer")
    return a.parameters


def without_layer(a: Network, k: int) -> Network:
    """Leave out hidden layer k and its activation."""
    widths, activations = a.widths[:k] + a.widths[k + 1 :], a.activations[: k - 1] + a.activations[k:]
    return Network(widths, activations, a.biases)


# for each rule: the dimensions that it rests on, and the ranks of activations and adjoints
RULES = {
    "blocks": (blocks, 2, 2),
    "fewer-outputs": (fewer_outputs, 1, 1),
    "zero-biases": (zero_biases, 1, 1),
    "narrower": (narrower, 1, 0),
    "linear-layer": (linear_layer, 1, 0),
    "width-one": (width_one, 1, 0),
    "fewer-inputs": (fewer_inputs, 1, 0),
    "one-layer": (one_layer, 0, 0),
}


def is_split(a: Network, first: Network, second: Network) -> bool:
    """Tell whether inputs and hidden neurons of a network are those of two others, each with all its outputs."""
    for part in (first, second):
        is_kind = part.activations == a.activations and part.is_plain and not part.biases
        if not is_kind or len(part.widths) != len(a.widths):
            return False
        if part.widths[-1] != a.widths[-1]:
            return False
    together = list(map(add, first.widths[:-1], second.widths[:-1]))
    return together == list(a.widths[:-1])


def check_sums(entry: dict[str, Any], earlier: list[Dimension | Factors]) -> Factors:
    """Check ranks of a network whose weights join no two groups: of forms in distinct variables, so they add up.

    The adjoints are forms of positive degree because every degree is at least 2.
    """
    _, widths, degrees, places = fields(entry, "sums", "rule", "widths", "degrees", "parts")
    a = without_biases(widths, degrees)
    first, second = read_factors(places, earlier, 2)
    need(min(a.degrees, default=0) >= 2, "a degree is less than 2")
    need(is_split(a, first.of, second.of), "the parts are no two blocks of the network")

    activations = tuple(map(add, first.activations, second.activations))
    adjoints = tuple(map(add, first.adjoints, second.adjoints))
    return Factors(a, activations, adjoints)


def check_independent(entry: dict[str, Any], earlier: list[Dimension | Factors]) -> Factors:
    """Check that a network has its naive dimension: its activations are independent then, and its adjoints.

    The kernel of its Jacobian is spanned by the scalings of hidden neurons. A relation among the activations below
    layer l gives a vector of the kernel that changes one row of W_l alone, one among the adjoints a column. But
    scalings that change W_l alone, where no weight is 0, scale no neuron below layer l, as the inputs are not scaled,
    and none from layer l on, as the outputs are not: they are zero.
    """
    _, widths, degrees, places = fields(entry, "independent", "rule", "widths", "degrees", "parts")
    a = without_biases(widths, degrees)
    (found,) = read_dimensions(places, earlier, 1)
    naive = a.parameters - sum(a.widths[1:-1])
    need(len(a.widths) > 2, "there is no hidden layer")
    need(found.of == a and found.value == naive, "independent: the part has not its naive dimension")
    return Factors(a, a.widths[:-1], a.widths[1:-1])


def check_factors(entry: dict[str, Any]) -> Factors:
    """Check minors of activations, and of adjoints: neurons against samples, drawn as for the Jacobian.

    A sample is an input with a covector c on the outputs; the adjoint of a neuron there is c . delta_i.
    """
    names = ("rule", "widths", "degrees", "prime", "key", "activations", "adjoints")
    _, widths, degrees, prime, key, *minors = fields(entry, "factors", *names)
    a, key = without_biases(widths, degrees), read_key(key)
    need(len(a.widths) > 2, "there is no hidden layer")
    activations = read_minors(minors[0], a.widths[:-1])
    adjoints = read_minors(minors[1], a.widths[1:-1])

    # The eliminations are paid for one by one, then the network at all samples that occur.
    m = integer(prime, "prime", 2, 1 << 4096)
    samples: set[int] = set()
    for rows, columns in (*activations, *adjoints):
        read_modulus(m, len(rows))
        samples.update(columns)
    pay_for_samples(a, len(samples), m, 1)
    hold(len(samples) * sum(a.widths) * 2, 40, "activations and adjoints")

    # The values at all samples.
    layers = terms(a)
    theta = residues(key, "weights", 0, a.parameters, 1, m)
    seen = {t: values_at(a, layers, theta, key, t, m) for t in sorted(samples)}

    # A minor for each layer, of neurons and samples.
    for side, of_side in enumerate((activations, adjoints)):
        for layer, (rows, columns) in enumerate(of_side):
            minor = [[seen[t][side][layer][i] for t in columns] for i in rows]
            need(is_regular(minor, m), "a minor of activations or adjoints vanishes")
    return Factors(a, ranks_of(activations), ranks_of(adjoints))


def ranks_of(minors: list[Minor]) -> tuple[int, ...]:
    """Return the sizes of the minors of all layers."""
    return tuple(len(neurons) for neurons, _ in minors)


def read_minors(value: Any, widths: tuple[int, ...]) -> list[Minor]:
    """Return one minor for each layer, as neurons and samples."""
    need(type(value) is list and len(value) == len(widths), "there is not one minor for each layer")
    found = []
    for minor, width in zip(value, widths, strict=True):
        need(type(minor) is list and len(minor) == 2, "a minor is not two lists")
        neurons, samples = minor
        found.append(read_minor(neurons, samples, width - 1, LARGEST))
    return found


def values_at(
    a: Network, layers: list[Terms], theta: list[int], key: str, t: int, m: int
) -> tuple[list[list[int]], list[list[int]]]:
    """Return the activations of layers 0 ... h-1 and the adjoints of layers 1 ... h-1 at a sample."""
    x = residues(key, "points", t * a.widths[0], a.widths[0], 1, m)
    above = residues(key, "covectors", t * a.widths[-1], a.widths[-1], 1, m)
    passed = list(forward(a, layers, theta, x, m))
    adjoints: list[list[int]] = []
    for layer in range(len(layers) - 1, 0, -1):
        below = [0] * (a.widths[layer] + 1)
        for i, j, q in layers[layer]:
            below[j] += theta[q] * above[i]
        slopes = passed[layer - 1][2]
        above = [value * slope % m for value, slope in zip(below[:-1], slopes, strict=True)]
        adjoints.append(above)
    return [x, *(outputs for _, outputs, _ in passed[:-1])], adjoints[::-1]


def without_biases(widths: Any, degrees: Any) -> Network:
    """Return a network with powers and without biases."""
    return read_network({"widths": widths, "degrees": degrees, "biases": False})


def read_factors(places: Any, earlier: list[Dimension | Factors], count: int) -> list[Factors]:
    """Return the earlier statements on ranks that a statement names."""
    found = [earlier[i] for i in integers(places, "factors", 0, len(earlier) - 1)]
    factors = [each for each in found if isinstance(each, Factors)]
    need(len(factors) == len(found) == count, "a statement does not rest on so many ranks of activations and adjoints")
    return factors


def read_dimensions(places: Any, earlier: list[Dimension | Factors], count: int) -> list[Dimension]:
    """Return the earlier statements on dimensions that a statement names."""
    found = [earlier[i] for i in integers(places, "parts", 0, len(earlier) - 1)]
    parts = [each for each in found if isinstance(each, Dimension)]
    need(len(parts) == len(found) == count, "a statement does not rest on so many dimensions")
    return parts


def check_statement(entry: Any, earlier: list[Dimension | Factors]) -> Dimension | Factors:
    """Check one statement, given the earlier ones."""
    need(type(entry) is dict, "a statement of the lower bound is not an object")
    name = text(entry.get("rule"), "rule")
    if name == "factors":
        return check_factors(entry)
    if name == "sums":
        return check_sums(entry, earlier)
    if name == "independent":
        return check_independent(entry, earlier)
    need(name in RULES or name == "jacobian-minor", "a rule of the lower bound is unknown")

    described = ("widths", "degrees", "biases")
    need(all(field in entry for field in (*described, "value")), f"{name} lacks its network or its value")
    a = read_network({field: entry[field] for field in described})
    value = integer(entry["value"], "value")
    if name == "jacobian-minor":
        check_lower(a, value, {field: entry[field] for field in entry if field not in (*described, "value")})
        return Dimension(a, value)

    _, places, of_factors, *_ = fields(entry, name, "rule", "parts", "factors", "value", *described)
    rule, of_parts, count = RULES[name]
    try:
        least = rule(a, read_dimensions(places, earlier, of_parts), read_factors(of_factors, earlier, count))
    except Refused as refusal:
        raise Refused(f"{name}: {refusal}") from None
    need(value <= least, f"{name} does not give the value {value} of {label(a)}, but {least}")
    return Dimension(a, value)


def check_block_networks(network: Network, claimed: int, lower: Any) -> None:
    """Check a lower bound from block networks."""
    _, chain = fields(lower, "lower", "rule", "chain")
    need(type(chain) is list and len(chain) > 0, "the lower bound is not a list of statements")
    known: list[Dimension | Factors] = []
    for entry in chain:
        spend(10_000, "the lower bound")  # passes over at most 1,000 layers
        known.append(check_statement(entry, known))
    found = known[-1]
    need(isinstance(found, Dimension) and found.of == network, "the last statement speaks of something else")
    need(isinstance(found, Dimension) and found.value == claimed, f"the chain does not give the lower bound {claimed}")
