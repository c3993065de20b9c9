"""Message-passing networks with rational weights, evaluated exactly.

One layer replaces the features of each vertex v,

    h_v <- s(W h_v + U a_v + b),    a_v = sum, mean or maximum of h_w over the neighbours w of v,

with s = ReLU or the identity. A layer without U acts on each vertex alone. No network of this kind tells vertices apart
that colour refinement does not tell apart in as many rounds as it has layers with U [1]_, [2]_.

Evaluated are integers over one common denominator, which ReLU commutes with.

References
----------
.. [1] C. Morris et al., "Weisfeiler and Leman go neural", AAAI 2019, Theorem 1.
.. [2] K. Xu, W. Hu, J. Leskovec, S. Jegelka, "How powerful are graph neural networks?", ICLR 2019, Lemma 2.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq_mat, fmpz_mat

from algebra.errors import InputError, as_integer, check_keys, one_of
from algebra.exact.matrices import rational_matrix, to_strings
from algebra.exact.numbers import exact_fractions
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.reading import as_graph
from algebra.sequences import as_list
from algebra.shown import Shown

ACTIVATIONS = ("relu", "identity")
AGGREGATIONS = ("sum", "mean", "max")
MOST_BITS = 1 << 20
"""Of a feature: floats of 53 bits and their exponents add some hundreds in each layer, texts like 1e9999 many more."""

KEYS = ("own", "neighbours", "bias", "activation", "aggregation")

Row = tuple[int, ...]
Features = tuple[tuple[Row, ...], int]
"""Integers for each vertex, and their common denominator."""


@dataclass(frozen=True)
class MessageLayer(Shown):
    """One layer of a message-passing network.

    Parameters
    ----------
    own : fmpq_mat
        W, outputs x inputs.
    neighbours : fmpq_mat or None
        U, of the same shape; None for a layer that acts on each vertex alone.
    bias : fmpq_mat
        One column.
    activation : {"relu", "identity"}
    aggregation : {"sum", "mean", "max"}
        Of the neighbours' features; mean and maximum of no neighbours are 0.
    """

    own: fmpq_mat
    neighbours: fmpq_mat | None
    bias: fmpq_mat
    activation: str = "relu"
    aggregation: str = "sum"

    @classmethod
    def of(
        cls,
        own: Any,
        neighbours: Any = None,
        bias: Any = None,
        activation: str = "relu",
        aggregation: str = "sum",
        where: str = "layer",
    ) -> MessageLayer:
        """Return a layer of nested lists or arrays; floats are taken as the binary fractions that they are.

        Parameters
        ----------
        own : array_like, shape (outputs, inputs)
            W.
        neighbours : array_like, shape (outputs, inputs), optional
            U; None: the layer acts on each vertex alone.
        bias : array_like, shape (outputs,), optional
            Default: zeros.
        activation : {"relu", "identity"}
        aggregation : {"sum", "mean", "max"}
            Of the neighbours' features.
        where : str
            What messages call the layer.

        Returns
        -------
        MessageLayer

        Raises
        ------
        InputError
            If shapes do not fit, or a number is not finite.

        Examples
        --------
        >>> layer = MessageLayer.of([["1/2"]], [[1]], activation="identity")
        >>> layer.inputs, layer.outputs
        (1, 1)
        """
        own = _matrix(f"{where}.own", own)
        neighbours = None if neighbours is None else _matrix(f"{where}.neighbours", neighbours)
        shape = own.nrows(), own.ncols()
        if neighbours is not None and (neighbours.nrows(), neighbours.ncols()) != shape:
            told = f"of the shape {shape[0]} x {shape[1]} of {where}.own"
            raise InputError(f"{where}.neighbours", to_strings(neighbours), told)

        allowed = f"a list of {shape[0]} numbers, one for each output"
        given = [0] * shape[0] if bias is None else as_list(f"{where}.bias", _plain(bias), allowed)
        if len(given) != shape[0] or any(isinstance(entry, list | tuple) for entry in given):
            raise InputError(f"{where}.bias", bias, allowed)
        for name, value, names in (("activation", activation, ACTIVATIONS), ("aggregation", aggregation, AGGREGATIONS)):
            one_of(f"{where}.{name}", value, names, f"one of {', '.join(names)}: others are not exact")
        return cls(own, neighbours, _matrix(f"{where}.bias", [[entry] for entry in given]), activation, aggregation)

    @property
    def inputs(self) -> int:
        """The number of features that it takes."""
        return int(self.own.ncols())

    @property
    def outputs(self) -> int:
        """The number of features that it gives."""
        return int(self.own.nrows())

    def to_json(self) -> dict[str, Any]:
        """Return the layer as JSON values, numbers as strings.

        Returns
        -------
        dict
            The keys own, neighbours, bias, activation, aggregation.
        """
        return {
            "own": to_strings(self.own),
            "neighbours": None if self.neighbours is None else to_strings(self.neighbours),
            "bias": [entry for (entry,) in to_strings(self.bias)],
            "activation": self.activation,
            "aggregation": self.aggregation,
        }


@dataclass(frozen=True)
class MessagePassingNetwork(Shown):
    """A message-passing network with rational weights.

    Parameters
    ----------
    layers : tuple of MessageLayer
    palette : tuple of int
        The input features of a vertex of colour c are 1 at the place of c, and 0 elsewhere. By default there is one
        colour, so that every vertex has the feature 1.

    Examples
    --------
    >>> degrees = MessagePassingNetwork.of([{"own": [[0]], "neighbours": [[1]]}])
    >>> degrees.features("Bg")
    [[Fraction(1, 1)], [Fraction(2, 1)], [Fraction(1, 1)]]
    """

    layers: tuple[MessageLayer, ...]
    palette: tuple[int, ...] = (0,)

    @classmethod
    def of(
        cls, layers: Sequence[Mapping[str, Any] | MessageLayer], palette: Sequence[int] = (0,)
    ) -> MessagePassingNetwork:
        """Return the network of layers, given as objects with the keys own, neighbours, bias, activation, aggregation.

        Parameters
        ----------
        layers : sequence of mappings or MessageLayer
            In the order in which they act.
        palette : sequence of int
            The colours that graphs may have; a vertex begins with the unit vector of its own.

        Returns
        -------
        MessagePassingNetwork

        Raises
        ------
        InputError
            Naming the layer and the key.
        """
        made = []
        for number, given in enumerate(as_list("layers", layers, "a list of layers")):
            where = f"layers[{number}]"
            if not isinstance(given, MessageLayer):
                if not isinstance(given, Mapping):
                    raise InputError(where, given, f"an object with the keys {', '.join(KEYS)}")
                check_keys(given, KEYS, ["own"])
                given = MessageLayer.of(**given, where=where)
            made.append(given)
        colours = tuple(as_integer("palette", c) for c in as_list("palette", palette, "a list of different colours"))
        if len(set(colours)) < len(colours) or not colours:
            raise InputError("palette", palette, "a list of different colours, at least one")

        width = len(colours)
        for number, layer in enumerate(made):
            if layer.inputs != width:
                found = f"a matrix with {layer.inputs} columns"
                raise InputError(f"layers[{number}].own", found, f"one with {width} columns, the features before it")
            width = layer.outputs
        if not made:
            raise InputError("layers", layers, "at least one layer")
        return cls(tuple(made), colours)

    @property
    def rounds(self) -> int:
        """The number of layers in which messages are passed."""
        return sum(layer.neighbours is not None for layer in self.layers)

    def to_json(self) -> dict[str, Any]:
        """Return the network as JSON values.

        Returns
        -------
        dict
            The keys ``palette`` and ``layers``.
        """
        return {"palette": list(self.palette), "layers": [layer.to_json() for layer in self.layers]}

    def features(self, graph: Any) -> list[list[Fraction]]:
        """Return the output features of each vertex.

        Parameters
        ----------
        graph : SimpleGraph, or whatever `as_graph` reads

        Returns
        -------
        list of lists of Fraction
            One row a vertex.
        """
        *_, (rows, common) = self.run(as_graph(graph))
        return [[Fraction(entry, common) for entry in row] for row in rows]

    def readout(self, graph: Any) -> list[Fraction]:
        """Return the sum of the output features of all vertices.

        Parameters
        ----------
        graph : SimpleGraph, or whatever `as_graph` reads

        Returns
        -------
        list of Fraction
            One for each output feature.
        """
        *_, (rows, common) = self.run(as_graph(graph))
        return [Fraction(sum(column), common) for column in zip(*rows, strict=True)]

    def run(self, graph: SimpleGraph) -> Iterator[Features]:
        """Yield the input features, and those after each layer.

        Parameters
        ----------
        graph : SimpleGraph

        Yields
        ------
        (tuple of tuples of int, int)
            Numerators of the features, one row a vertex, and their common denominator.

        Raises
        ------
        InputError
            If a colour of the graph is not in the palette.
        """
        place = {colour: i for i, colour in enumerate(self.palette)}
        strange = next((c for c in graph.colours if c not in place), None)
        if strange is not None:
            raise InputError("colours", strange, f"of the network's palette: {', '.join(map(str, self.palette))}")
        rows = tuple(tuple(int(i == place[c]) for i in range(len(place))) for c in graph.colours)
        common = 1
        yield rows, common

        for layer in self.layers:
            rows, common = _passed(graph, layer, rows, common)
            yield rows, common


def _passed(graph: SimpleGraph, layer: MessageLayer, rows: tuple[Row, ...], common: int) -> Features:
    """Return the features after a layer, over one denominator that is as small as possible."""
    if not rows:
        return rows, 1

    # weights over their denominator, features over theirs
    degrees = [max(1, len(near)) for near in graph.neighbours]
    factor = math.lcm(*degrees) if layer.neighbours is not None and layer.aggregation == "mean" else 1
    weights = [layer.own, layer.bias, *([] if layer.neighbours is None else [layer.neighbours])]
    scale = math.lcm(*(int(entry.q) for matrix in weights for entry in matrix.entries()))
    own, bias, *others = (_scaled(matrix, scale) for matrix in weights)

    sums = fmpz_mat([list(row) for row in rows]) * own.transpose() * factor
    if others:
        sums += fmpz_mat(_aggregated(graph, layer.aggregation, rows, factor)) * others[0].transpose()
    offsets = [int(entry) * common * factor for entry in bias.entries()]
    found = [[int(entry) + offset for entry, offset in zip(row, offsets, strict=True)] for row in sums.table()]
    if layer.activation == "relu":
        found = [[max(0, entry) for entry in row] for row in found]

    denominator = common * factor * scale
    bits = max(denominator, *(abs(entry) for row in found for entry in row)).bit_length()
    if bits > MOST_BITS:
        raise InputError("layers", f"features of {bits:,} bits", f"such that features have at most {MOST_BITS:,} bits")
    shared = math.gcd(denominator, *(entry for row in found for entry in row))
    return tuple(tuple(entry // shared for entry in row) for row in found), denominator // shared


def _aggregated(graph: SimpleGraph, how: str, rows: tuple[Row, ...], factor: int) -> list[list[int]]:
    """Return for each vertex what its neighbours send, times the factor."""
    width = len(rows[0])
    found = []
    for near in graph.neighbours:
        if not near:
            found.append([0] * width)
            continue
        columns = zip(*(rows[w] for w in near), strict=True)
        if how == "max":
            found.append([max(column) for column in columns])
        else:
            share = factor // len(near) if how == "mean" else 1
            found.append([share * sum(column) for column in columns])
    return found


def _scaled(matrix: fmpq_mat, scale: int) -> fmpz_mat:
    """Return an integer multiple of a matrix whose denominators divide the factor."""
    entries = [int(entry.p) * (scale // int(entry.q)) for entry in matrix.entries()]
    return fmpz_mat(matrix.nrows(), matrix.ncols(), entries)


def _plain(given: Any) -> Any:
    """Return an array, or a tensor, as lists; tensors of torch leave the graph of gradients."""
    for step in ("detach", "cpu", "tolist"):
        given = getattr(given, step)() if callable(getattr(given, step, None)) else given
    return list(given) if isinstance(given, tuple) else given


def _matrix(argument: str, given: Any) -> fmpq_mat:
    """Read a matrix; a float is the binary fraction that it is."""
    plain = _plain(given)
    rows = [_plain(row) for row in plain] if isinstance(plain, list) else plain
    return rational_matrix(argument, exact_fractions(rows))
