"""Neurons whose activation patterns on given samples are dependent: weights that move without being seen.

A *neuron* is a rectifier s of a sum of own weights times scalars z, with a bias as its own weight of z = 1. Weights
are *own* if they stand in one term of one sum, and nowhere else. It is *read* by a form f if it stands in one term of
f, times an own weight v that is not 0 or times a number k, and nowhere else.

Let a relation give integers c_j to neurons with the same z that one form f reads. Those weights of all neurons j that
stand with one of these scalars z may move by c_j u / (k_j v_j), for any number u: that changes f at a sample by u z
times the sum of c_j over the active neurons. With a number c for a bias that is added to f, z is 1, and the sum takes
this c, too. Where z or the sum is 0, nothing is seen of u, whatever stands behind f. One neuron alone needs no form
that reads it.

So the relations of one part, with a number u for each of their z, q in all, show at least q - s independent directions
in the kernel, if nothing is seen of them at all but s samples; s may be replaced by how many of the q are seen at a
sample. Directions of different relations are independent: with each z, each has a neuron, or the bias, of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .limits import need, spend
from .programs_exact import Given, active
from .programs_reading import Program
from .programs_tape import Rational, Symbol
from .reading import fields, integers

WHAT = "the relations between neurons"

Place = tuple[int, Symbol, Rational]
"""One term of one form; of functions the symbol is empty."""


class Neuron(NamedTuple):
    """A rectifier with its own weights, by the scalars that they are multiplied with (None: 1)."""

    rectifier: int
    slots: Mapping[int | None, int]


class Relation(NamedTuple):
    """Neurons with integers, the bias with its own, which is 0 where there is none, the form that reads them, and z."""

    neurons: Sequence[tuple[Neuron, int]]
    bias: int | None
    constant: int
    reader: int | None
    slots: tuple[int | None, ...]

    def at(self, working: frozenset[int]) -> int:
        """Return the sum at a sample with these active rectifiers."""
        return self.constant + sum(c for neuron, c in self.neurons if neuron.rectifier in working)

    @property
    def names(self) -> list[int]:
        """The rectifiers, and the bias."""
        return [neuron.rectifier for neuron, _ in self.neurons] + ([] if self.bias is None else [self.bias])

    @property
    def moved(self) -> set[int]:
        """The weights that move."""
        found = {neuron.slots[v] for neuron, _ in self.neurons for v in self.slots}
        return found if self.bias is None else found | {self.bias}


class Neurons:
    """Finds neurons, by one of their weights, and what reads them."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.p: Program = given.program
        self.places: dict[int, list[Place]] = {}
        made = self.p.tape.made
        spend(20 * sum(1 + 2 * len(made[u].terms) + len(made[u].of) for u in self.p.needed), WHAT)
        for u in self.p.needed:
            for symbol, c in made[u].terms:
                for v in symbol:
                    self.places.setdefault(v, []).append((u, symbol, c))
            for v in () if made[u].terms else made[u].of:
                self.places.setdefault(v, []).append((u, (), 0))
        for u in self.p.outputs:
            self.places.setdefault(u, []).append((u, (), 0))

    def is_alone(self, u: int) -> bool:
        """Tell whether a scalar stands in one place."""
        return len(self.places.get(u, ())) == 1

    def is_own(self, u: int) -> bool:
        """Tell whether a scalar is a weight that stands in one place."""
        return self.p.tape.made[u].kind == "weight" and self.is_alone(u)

    def only(self, u: int) -> Place:
        """Return where a scalar stands."""
        need(self.is_alone(u), "what a relation moves is used in more than one place")
        return self.places[u][0]

    def top(self, u: int) -> int:
        """Return the whole sum that a scalar is added to: up through forms in which it stands alone, once."""
        while self.is_alone(u) and self.places[u][0][1:] == ((u,), 1):
            u = self.places[u][0][0]
        return u

    def neuron(self, weight: int) -> Neuron:
        """Return the neuron that a weight belongs to."""
        need(self.is_own(weight), "a neuron is named by no weight of its own")
        whole = self.top(self.only(weight)[0])
        rectifier = self.only(whole)[0]
        need(self.p.tape.made[rectifier].kind == "relu", "a weight is in front of no rectifier")
        slots: dict[int | None, int] = {}
        waiting = [whole]
        while waiting:
            for symbol, c in self.p.tape.made[waiting.pop()].terms:
                spend(10, WHAT)
                own = [v for v in symbol if self.is_own(v)]
                if c == 1 and len(own) == 1 and len(symbol) <= 2:
                    others = [v for v in symbol if v != own[0]]
                    slots[others[0] if others else None] = own[0]
                elif c == 1 and len(symbol) == 1 and self.is_alone(symbol[0]):
                    waiting.append(symbol[0])
        need(weight in slots.values(), "a weight is in front of no rectifier")
        return Neuron(rectifier, slots)

    def reader(self, neuron: Neuron) -> int:
        """Return the form that reads a neuron."""
        reader, symbol, _ = self.only(neuron.rectifier)
        factors = [v for v in symbol if v != neuron.rectifier]
        need(len(symbol) - len(factors) == 1, "a neuron is not read by one form")
        need(all(self.is_own(v) and self.given.weights[v] != 0 for v in factors), "a neuron is read by no own weight")
        return reader

    def relation(self, value: Any, is_alone: bool) -> Relation:
        """Read pairs of a neuron's weight and an integer, null or the pair of the bias, and the first neuron's weights.

        Those are the ones whose z are meant.
        """
        need(type(value) is list and len(value) == 3 and type(value[0]) is list, "a relation is no triple")
        need(len(value[0]) > 0, "a relation has no neuron")
        count = self.p.parameters - 1
        neurons = [(self.neuron(weight), c) for weight, c in (pair_of(each, count) for each in value[0])]
        need(len({each.rectifier for each, _ in neurons}) == len(neurons), "a relation names a neuron twice")
        first = neurons[0][0]
        need(all(each.slots.keys() == first.slots.keys() for each, _ in neurons), "neurons see different scalars")
        by_weight = {weight: z for z, weight in first.slots.items()}
        weights = integers(value[2], "the weights of a neuron", 0, count)
        need(len(set(weights)) == len(weights) > 0, "a relation names a weight twice, or none")
        need(set(weights) <= by_weight.keys(), "a weight is none of the neuron's own")
        slots = tuple(by_weight[weight] for weight in weights)
        if is_alone and len(neurons) == 1 and value[1] is None:
            return Relation(neurons, None, 0, None, slots)

        reader = self.reader(first)
        need(all(self.reader(each) == reader for each, _ in neurons), "neurons are read by different forms")
        if value[1] is None:
            return Relation(neurons, None, 0, reader, slots)
        bias, constant = pair_of(value[1], count)
        need(self.is_own(bias) and slots == (None,), "a bias is none of its own, or stands beside other weights")
        need(self.only(bias)[1:] == ((bias,), 1), "a bias is not added")
        need(self.top(self.only(bias)[0]) == self.top(reader), "a bias is not added to the form that reads the neurons")
        return Relation(neurons, bias, constant, reader, slots)


def pair_of(value: Any, count: int) -> tuple[int, int]:
    """Return a weight and an integer that is not 0."""
    weight, c = integers(value, "a relation's entry", -(1 << 40))
    need(0 <= weight <= count and c != 0, "a relation's entry is no weight with an integer that is not 0")
    return weight, c


def hidden_directions(given: Given, parts: Any) -> tuple[int, set[int]]:
    """Return how many independent directions the parts show, and all weights that these move."""
    need(type(parts) is list, "parts is not a list")
    neurons = Neurons(given)
    read: list[list[Relation]] = []
    samples: list[frozenset[int]] = []
    for part in parts:
        stated, exceptions = fields(part, "a part", "relations", "samples")
        need(type(stated) is list and len(stated) > 0, "a part has no relation")
        read.append([neurons.relation(each, len(stated) == 1) for each in stated])
        need(len({each.reader for each in read[-1]}) == 1, "a part has several readers")
        chosen = integers(exceptions, "samples")
        need(len(set(chosen)) == len(chosen), "a sample is excepted twice")
        samples.append(frozenset(chosen))
    check_own_neurons([relation for relations in read for relation in relations])

    total, moved = 0, set[int]()
    for relations, excepted, seen in zip(read, samples, seen_places(given, read, samples), strict=True):
        total += sum(len(each.slots) for each in relations) - min(len(excepted), len(seen))
        moved = moved.union(*(each.moved for each in relations))
    return total, moved


def check_own_neurons(relations: Sequence[Relation]) -> None:
    """Check that each relation has, with each z, a neuron, or the bias, that no other relation has."""
    spend(20 * sum(len(each.names) * len(each.slots) for each in relations), WHAT)
    times: dict[tuple[int, int | None], int] = {}
    for each in relations:
        for name in each.names:
            for v in each.slots:
                times[name, v] = times.get((name, v), 0) + 1
    for each in relations:
        has_own = all(any(times[name, v] == 1 for name in each.names) for v in each.slots)
        need(has_own, "relations are not shown to be independent")


def seen_places(
    given: Given, parts: Sequence[Sequence[Relation]], samples: Sequence[frozenset[int]]
) -> list[set[tuple[int, int | None]]]:
    """Return of each part which numbers are seen, by relation and z; refuse it at samples that are not excepted."""
    found: list[set[tuple[int, int | None]]] = [set() for _ in parts]
    size = sum(len(relation.neurons) + 4 * len(relation.slots) + 4 for relations in parts for relation in relations)
    for t in range(len(given.samples) if parts else 0):
        spend(2 * size, WHAT)
        z = given.values(t)
        working = active(given.program, z)
        for relations, excepted, seen in zip(parts, samples, found, strict=True):
            for i, relation in enumerate(relations):
                visible = (
                    {(i, v) for v in relation.slots if v is None or z[v][0] != 0} if relation.at(working) else set()
                )
                need(not visible or t in excepted, "a relation does not hold at a sample")
                seen |= visible
    return found
