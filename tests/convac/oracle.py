"""Slow references: one configuration at a time, Python integers, FLINT's rank."""

from itertools import product
from random import Random

from flint import nmod_mat

P = 2**61 - 1


def draw(net, seed):
    random = Random(seed)

    def array(shape):
        return random.randrange(1, P) if not shape else [array(shape[1:]) for _ in range(shape[0])]

    return [array(net.weight_shape(k)) for k in range(len(net.layers))], array((net.layers[-1].channels,))


def windows(shape, layer):
    """For each output position the pairs (flat offset, flat input position or None outside)."""
    axes = []
    for h, r, s in zip(shape, layer.window, layer.stride, strict=True):
        count = (h - r) // s + 1 if layer.border == "valid" else -(-h // s)
        shift = (r - 1) // 2 if layer.border == "same" else 0
        axes.append([[(o, u * s - shift + o) for o in range(r)] for u in range(count)])
    for choice in product(*axes):
        cells = []
        for combination in product(*choice):
            offset = position = 0
            inside = True
            for (o, q), r, h in zip(combination, layer.window, shape, strict=True):
                offset, position = offset * r + o, position * h + q
                inside = inside and 0 <= q < h
            cells.append((offset, position if inside else None))
        yield cells


def value(net, weights, vectors, modulus=P):
    layers, mixing = weights
    x, shape = vectors, net.input_shape
    for layer, w in zip(net.layers, layers, strict=True):
        found = []
        for u, cells in enumerate(windows(shape, layer)):
            out = [1] * layer.channels
            for o, q in cells:
                matrix = w[u if layer.sharing == "none" else 0][o if layer.sharing != "full" else 0]
                for c in range(layer.channels):
                    if q is not None:
                        out[c] = out[c] * sum(a * b for a, b in zip(matrix[c], x[q], strict=True)) % modulus
                    elif layer.border == "zero":
                        out[c] = 0
            found.append(out)
        axes = zip(shape, layer.window, layer.stride, strict=True)
        shape = tuple((h - r) // s + 1 if layer.border == "valid" else -(-h // s) for h, r, s in axes)
        x = found
    return x[0][0] if net.output == "single" else sum(a * b for a, b in zip(mixing, x[0], strict=True)) % modulus


def matrix(net, rows, weights):
    m = net.templates
    columns = [q for q in range(net.positions) if q not in rows]
    found = []
    for i in product(range(m), repeat=len(rows)):
        line = []
        for j in product(range(m), repeat=len(columns)):
            shown = dict(zip((*rows, *columns), (*i, *j), strict=True))
            line.append(value(net, weights, [[int(d == shown[q]) for d in range(m)] for q in range(net.positions)]))
        found.append(line)
    return found


def rank(net, rows, seed=1):
    return nmod_mat(matrix(net, rows, draw(net, seed)), P).rank()
