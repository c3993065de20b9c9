"""Huge inputs to every command and every family; each is to be answered or refused within seconds.

A case is the words of a command. An object among them stands for the name of a file that holds it: a dictionary as
JSON, a list as JSON lines, a function is called first, bytes as they are.
"""

import itertools
import json
import os
import resource
import shlex
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HUGE = 10**400
LONG = 10**10


def net(*widths, **more):
    return {
        "widths": list(widths),
        **({"degree": 2} if not {"degree", "activation", "degrees"} & set(more) else {}),
        **more,
    }


def conv(filters, strides, **more):
    return {"convolution": {"filters": filters, "strides": strides}, "degree": 2, **more}


NETWORKS = {
    "hidden 10^10": net(2, LONG, 1),
    "hidden 10^20": net(2, 10**20, 1),
    "hidden 10^400": net(2, HUGE, 1),
    "two hidden 10^6, cubes": net(2, 10**6, 2, 10**6, 1, degree=3),
    "two hidden 10^6": net(2, 10**6, 10**6, 1),
    "hidden 10^10 of degree 10^10": net(2, LONG, 1, degree=LONG),
    "hidden 10^6 of degree 1000": net(2, 10**6, 1, degree=1000),
    "hidden 3000 of degree 5000": net(2, 3000, 1, degree=5000),
    "inputs 10^10": net(LONG, 2, 1),
    "inputs 10^400": net(HUGE, 2, 1),
    "inputs and hidden": net(LONG, LONG, 1),
    "inputs 10^5": net(10**5, 2, 2, 1),
    "outputs 10^10": net(2, 2, LONG),
    "outputs 10^400": net(2, 3, HUGE),
    "outputs 10^5, deep": net(2, 2, 3, 10**5),
    "widths 10^4": net(10**4, 10**4, 10**4),
    "widths 400": net(400, 400, 400),
    "widths 10^400": net(HUGE, HUGE, HUGE, HUGE),
    "degree 10^400": net(2, 3, 2, 1, degree=HUGE),
    "degree 10^5": net(2, 3, 2, 1, degree=10**5),
    "degree 1, wide": net(10**5, 10**5, 10**5, degree=1),
    "degrees": net(3, 5, 2, 1, degrees=[3, 400]),
    "ten thousand layers of 1": net(*[1] * 10_000),
    "two thousand layers of 2": net(*[2] * 2000, degree=3),
    "thirty layers of 2": net(*[2] * 30, degree=3),
    "thirty layers of 3, cubes": net(*[3] * 30, degree=3),
    "a hundred layers of 10": net(*[10] * 100, degree=3),
    "narrow and wide": net(2, 1, 10**6, 1, 10**6, 1),
    "hidden 10^6 and biases": net(2, 10**6, 1, biases=True),
    "two hidden 10^6 and biases": net(2, 10**6, 2, 10**6, 1, degree=3, biases=True),
    "hidden 10^400 and biases": net(2, HUGE, 3, biases=True),
    "inputs 10^10 and biases": net(LONG, 2, 1, biases=True),
    "degree 10^400 and biases": net(2, 3, 1, degree=HUGE, biases=True),
    "200 layers and biases": net(*[1] * 200, biases=True),
    "2000 layers of 2 and biases": net(*[2] * 2000, biases=True),
    "rational, hidden 10^6": net(2, 10**6, 1, activation={"numerator": [0, 1, 1], "denominator": [1, 1]}),
    "rational, inputs 10^10": net(LONG, 2, 1, activation={"numerator": [0, 1, 1], "denominator": [1, 1]}),
    "rational of degree 100,000": lambda: net(2, 3, 1, activation={"numerator": [1] * 100_000}),
    "rational, long coefficients": net(2, 3, 1, activation={"numerator": ["9" * 90_000, 1, 2]}),
    "polynomial, degree 3000": net(2, 3, 1, activation={"numerator": [0] * 3000 + [1, 1]}),
    "polynomial, hidden 10^6": net(2, 10**6, 1, activation={"numerator": [1, 1, 1]}),
    "polynomial, deep": net(2, 10**6, 2, 10**6, 1, activation={"numerator": [1, 1, 1]}),
    "strides 100": conv([2, 2, 2, 2], [100, 100, 100, 1]),
    "strides 1000": conv([2, 2, 2, 2], [1000, 1000, 1000, 1]),
    "strides 10^7": conv([2, 2], [10**7, 1]),
    "strides 10^9": conv([2, 2, 2], [10**9, 10**9, 1]),
    "strides 10^400": conv([2, 2], [HUGE, 1]),
    "filters 10^10": conv([2, LONG], [1, 1]),
    "filters 10^10 first": conv([LONG, 2], [1, 1]),
    "filters 10^400": conv([HUGE, HUGE], [1, 1]),
    "filters 10^5": conv([10**5, 10**5], [1, 1]),
    "filters 2000": conv([2000, 2000], [1, 1]),
    "filters 1000 with strides": conv([1000, 1000, 1000], [1000, 1000, 1]),
    "filters, 2000 layers": conv([2] * 2000, [1] * 2000),
    "filters, 12 layers": conv([2] * 12, [1] * 12),
    "filters, degree 10^10": conv([2, 2, 2], [1, 1, 1], degree=LONG),
    "filters, degree 10^400": conv([2, 2, 2], [2, 1, 1], degree=HUGE),
    "filters with strides, 100 layers": conv([3] * 100, [2] * 100),
}

ERRORS = ["1e-99999999", "1e999999999", "2^-1e99999999", "1e-99999999^2", "2^-99999999999", "2^-100000"]


def attention(kind="lightning", widths=(5, 3), head_sizes=2, **more):
    return {"kind": kind, "widths": list(widths), "head_sizes": head_sizes, **more}


ATTENTION = {
    f"{kind}, {name}": attention(kind, **given)
    for kind in ("lightning", "polynomial", "normalised", "softmax")
    for name, given in {
        "widths 10^10": {"widths": (LONG, 3)},
        "widths 10^400": {"widths": (HUGE, HUGE)},
        "outputs 10^10": {"widths": (3, LONG)},
        "outputs 10^5, two layers": {"widths": (3, 3, 10**5)},
        "inputs 10^5, two layers": {"widths": (10**5, 3, 3)},
        "hidden 10^5": {"widths": (3, 10**5, 3)},
        "widths 100, three tokens": {"widths": (100, 100), "head_sizes": 100, "tokens": 3},
        "widths 1000": {"widths": (1000, 1000), "head_sizes": 1000},
        "head sizes 10^10": {"head_sizes": LONG},
        "head sizes 10^400": {"head_sizes": HUGE, "widths": (3, 3, 3)},
        "heads 10^10": {"heads": LONG},
        "heads 10^6": {"heads": 10**6},
        "heads 10^400, two layers": {"heads": HUGE, "widths": (3, 3, 3)},
        "tokens 10^10": {"tokens": LONG},
        "tokens 10^5, two layers": {"tokens": 10**5, "widths": (3, 3, 3)},
        "tokens 10^400": {"tokens": HUGE, "widths": (3, 3, 3)},
        "tokens 10^400, causal": {"tokens": HUGE, "widths": (3, 3, 3), "causal": True},
        "2000 layers": {"widths": (2,) * 2000},
        "20 layers": {"widths": (3,) * 20},
        "residual, widths 10^10": {"widths": (LONG, LONG), "residual": True},
        "residual, tokens 10^6": {"widths": (3, 3, 3), "tokens": 10**6, "residual": True},
        "residual, heads 10^6": {"widths": (3, 3, 3), "heads": 10**6, "residual": True},
    }.items()
} | {
    "power 10^10": attention("polynomial", score_power=LONG),
    "power 10^400": attention("polynomial", score_power=HUGE, widths=(3, 3, 3)),
    "power 10^400, causal": attention("polynomial", score_power=HUGE, widths=(3, 3, 3), causal=True),
}


def pattern(name, n, **more):
    return {"name": name, "n": n, **more}


PATTERNS = {
    "dense 20,000": pattern("dense", 20_000),
    "dense 3000": pattern("dense", 3000),
    "dense 10^9": pattern("dense", 10**9),
    "sliding 20,000": pattern("sliding-window", 20_000, w=5),
    "sliding 5000": pattern("sliding-window", 5000, w=5),
    "sliding 20,000 of 10,000": pattern("sliding-window", 20_000, w=10_000),
    "sliding 32,768": pattern("sliding-window", 32_768, w=1),
    "circular 20,000": pattern("circular-window", 20_000, w=3),
    "ring 20,000": pattern("directed-ring", 20_000),
    "ring 10^400": pattern("directed-ring", HUGE),
    "star 20,000": pattern("star", 20_000),
    "star-transformer 20,000": pattern("star-transformer", 20_000),
    "longformer 20,000": pattern("longformer", 20_000, w=3, g=2),
    "longformer, all global": pattern("longformer", 10_000, w=3, g=10_000),
    "bigbird 20,000": pattern("bigbird", 20_000, w=3, g=2, r=2),
    "bigbird, random 10^9": pattern("bigbird", 100, w=3, g=2, r=10**9),
    "bigbird, random 5000": pattern("bigbird", 10_000, w=3, g=2, r=5000),
    "strided 20,000": pattern("strided", 20_000, w=100),
    "strided 20,000 of 1": pattern("strided", 20_000, w=1),
    "strided-union 20,000": pattern("strided-union", 20_000, w=100),
    "fixed 20,000": pattern("fixed", 20_000, w=100),
    "fixed of 10^9": pattern("fixed", 20_000, w=10**9),
    "fixed-union 20,000": pattern("fixed-union", 20_000, w=100, c=100),
    "logsparse 20,000": pattern("logsparse", 20_000),
    "logsparse-both 20,000": pattern("logsparse-both-sides", 20_000),
    "dilated 20,000": pattern("dilated-window", 20_000, w=3, step=10**9),
    "dilated 20,000, 3": pattern("dilated-window", 20_000, w=3, step=3),
    "causal-window 20,000": pattern("causal-window", 20_000, w=3),
    "causal-strided 20,000": pattern("causal-strided", 20_000, w=100),
    "causal-fixed 20,000": pattern("causal-fixed", 20_000, w=100),
    "window 10^400": pattern("sliding-window", 30, w=HUGE),
    "lists of 10^5 tokens": lambda: {"layers": [[[k, (k + 1) % 10**5] for k in range(10**5)]]},
    "lists of 20,000 tokens": lambda: {"layers": [[[k, (7 * k + 1) % 20_000] for k in range(20_000)]]},
    "300 layers of 300": lambda: {"layers": [[[k, (k + j + 1) % 300] for k in range(300)] for j in range(300)]},
    "masks of 2000": lambda: {"masks": [[1] * 2000] * 2000, "true_means": "visible"},
}


def graph6(n, edges):
    """Write a graph as a word of graph6."""
    size = [n + 63] if n < 63 else [126, *((n >> shift & 63) + 63 for shift in (12, 6, 0))]
    bits = bytearray(n * (n - 1) // 2)
    for i, j in edges:
        bits[j * (j - 1) // 2 + i] = 1
    bits += bytes(-len(bits) % 6)
    body = (sum(bits[k + i] << (5 - i) for i in range(6)) + 63 for k in range(0, len(bits), 6))
    return bytes([*size, *body]).decode()


def path(n):
    return graph6(n, [(k, k + 1) for k in range(n - 1)])


def cycle(n):
    return graph6(n, [*((k, k + 1) for k in range(n - 1)), (0, n - 1)])


def complete(n):
    return graph6(n, [(i, j) for j in range(n) for i in range(j)])


def grid(n):
    side = range(n)
    right = [(n * i + j, n * i + j + 1) for i in side for j in side[:-1]]
    down = [(n * i + j, n * (i + 1) + j) for i in side[:-1] for j in side]
    return graph6(n * n, right + down)


def rook(n):
    side = range(n)
    along = [(n * i + j, n * i + k) for i in side for k in side for j in range(k)]
    across = [(n * j + i, n * k + i) for i in side for k in side for j in range(k)]
    return graph6(n * n, along + across)


def circulant(n, steps):
    return graph6(n, sorted({tuple(sorted((k, (k + s) % n))) for k in range(n) for s in steps}))


def random_graph(n, seed=1):
    import random

    drawn = random.Random(seed)
    return graph6(n, [(i, j) for j in range(n) for i in range(j) if drawn.random() < 0.5])


GRAPHS = {
    "empty 2000": lambda: graph6(2000, []),
    "path 2000": lambda: path(2000),
    "path 300": lambda: path(300),
    "cycle 2000": lambda: cycle(2000),
    "cycle 200": lambda: cycle(200),
    "complete 1000": lambda: complete(1000),
    "grid 40": lambda: grid(40),
    "rook 12": lambda: rook(12),
    "rook 40": lambda: rook(40),
    "circulant 101": lambda: circulant(101, (1, 5, 17)),
    "circulant 60": lambda: circulant(60, (1, 2, 3, 30)),
    "random 1000": lambda: random_graph(1000),
    "random 60": lambda: random_graph(60),
    "ten triangles": lambda: graph6(
        600, [e for k in range(0, 600, 3) for e in ((k, k + 1), (k + 1, k + 2), (k, k + 2))]
    ),
}


def ints(rows, columns, seed=1, size=9):
    import random

    drawn = random.Random(seed)
    return [[drawn.randint(-size, size) for _ in range(columns)] for _ in range(rows)]


def circuit(shape, templates, layers, side="left", **more):
    return {"input_shape": shape, "templates": templates, "layers": layers, "row_side": side, **more}


def layer(window, stride, channels, **more):
    return {"window": window, "stride": stride, "channels": channels, **more}


CIRCUITS = {
    "patches 10^10": circuit([LONG], 2, [layer(LONG, LONG, 2)]),
    "patches 10^400": circuit([HUGE], 2, [layer(2, 2, 2)]),
    "patches 1000 x 1000": circuit([1000, 1000], 2, [layer(2, 2, 2), layer(500, 500, 2)]),
    "patches 10^6": circuit([1 << 20], 2, [layer(2, 1, 2), layer(1 << 20, 1 << 20, 2)]),
    "patches 10^6, 20 layers": circuit([1 << 20], 2, [layer(2, 2, 2)] * 20, "odd-even"),
    "patches 2^12, overlaps": circuit([1 << 12], 2, [layer(100, 1, 2), layer(1 << 12, 1 << 12, 2)], "odd-even"),
    "window of all": circuit([3000], 2, [layer(3000, 1, 2)], "odd-even"),
    "templates 10^5": circuit([4], 10**5, [layer(2, 2, 2)] * 2),
    "templates 10^5, sliding": circuit([4], 10**5, [layer(2, 1, 2, sharing="sliding"), layer(4, 4, 2)]),
    "templates 10^10": circuit([4], LONG, [layer(2, 2, 2)] * 2),
    "templates 10^400": circuit([4], HUGE, [layer(2, 2, 2)] * 2, "odd-even"),
    "templates 1000, odd-even": circuit([4], 1000, [layer(4, 4, 2)], "odd-even"),
    "channels 10^7, sliding": circuit([4], 3, [layer(4, 4, 10**7, sharing="sliding")], "odd-even"),
    "channels 10^7": circuit([4], 3, [layer(4, 4, 10**7)], "odd-even"),
    "channels 10^10": circuit([8], 3, [layer(2, 2, LONG), layer(4, 4, LONG)], "odd-even"),
    "channels 10^10, templates 10^10": circuit([8], LONG, [layer(2, 2, LONG), layer(4, 4, LONG)], "odd-even"),
    "channels 10^400": circuit([8], 3, [layer(2, 2, HUGE), layer(4, 4, 2)], "left"),
    "channels 3000 of 8": circuit([8], 300, [layer(2, 2, 3000), layer(4, 4, 2)], "left"),
    "channels 10^5, overlaps": circuit([8], 300, [layer(3, 1, 10**5), layer(8, 8, 2)], "odd-even"),
    "2000 layers": circuit([1], 2, [layer(1, 1, 2)] * 2000, []),
    "2000 layers of 2 patches": circuit([2], 2, [layer(1, 1, 2)] * 2000 + [layer(2, 2, 2)], [0]),
    "20 axes": circuit([2] * 20, 2, [layer([2] * 20, [2] * 20, 2)], "left"),
    "window 10^400": circuit([4], 2, [layer(HUGE, HUGE, 2)], "left"),
    "single output": circuit([64], 2, [layer(2, 2, 1000)] * 6, "odd-even", output="single"),
    "representation of 2000": lambda: circuit([4], 300, [layer(4, 4, 3)], "left", representation=ints(300, 300)),
}


def factors(dims, observed, scopes, side, **more):
    return {"variable_dims": dims, "observed": observed, "factor_scopes": scopes, "row_side": side, **more}


def chain(n, dim=2, hidden=True):
    """A hidden chain: observed variable k hangs at hidden variable n + k."""
    scopes = [[k, n + k] for k in range(n)] + [[n + k, n + k + 1] for k in range(n - 1)]
    return factors([dim] * (2 * n), n, scopes, list(range(0, n, 2)))


FACTOR_GRAPHS = {
    "chain of 2 x 200,000": lambda: chain(200_000),
    "chain of 2 x 50,000": lambda: chain(50_000),
    "chain of 2 x 2000": lambda: chain(2000),
    "chain of 2 x 12": lambda: chain(12),
    "chain of 2 x 2000, dims 10^400": lambda: chain(2000, HUGE),
    "dims 10^10": factors([LONG, LONG, 3], 2, [[0, 2], [1, 2]], [0]),
    "dims 10^400": factors([HUGE, HUGE, HUGE], 2, [[0, 2], [1, 2]], [0]),
    "hidden 10^10": factors([3, 3, LONG], 2, [[0, 2], [1, 2]], [0]),
    "dims 3000": factors([3000, 3000, 3000], 2, [[0, 2], [1, 2]], [0]),
    "dims 3000 and a hidden 10^6": factors([3000, 3000, 10**6], 2, [[0, 2], [1, 2]], [0]),
    "one factor of 1000 variables": factors([2] * 1000, 1000, [list(range(1000))], list(range(500))),
    "one factor of 100,000": lambda: factors([2] * 10**5, 10**5, [list(range(10**5))], list(range(10))),
    "a star of 400,000": lambda: factors([2] * 400_001, 400_000, [[k, 400_000] for k in range(400_000)], [0, 1, 2]),
    "300,000 factors of one variable": lambda: factors([2, 2], 2, [[0, 1]] + [[0]] * 300_000, [0]),
    "a grid of 30 x 30": lambda: factors(
        [2] * 1800,
        900,
        [[k, 900 + k] for k in range(900)]
        + [[900 + k, 901 + k] for k in range(900) if k % 30 < 29]
        + [[900 + k, 930 + k] for k in range(870)],
        list(range(0, 900, 2)),
    ),
    "nothing in common 10^5": lambda: factors([2] * 10**5, 10**5, [[k] for k in range(10**5)], [0]),
    "tied": lambda: factors([2] * 6000, 3000, [[k, 3000 + k] for k in range(3000)], [0], tied=[list(range(3000))]),
}


def softmax(rows, columns, inner=2, size=9):
    return {"keys": ints(rows, inner, 1, size), "queries": ints(columns, inner, 2, size)}


SOFTMAX = {
    "6000 tokens": lambda: softmax(6000, 6000),
    "4500 tokens": lambda: softmax(4500, 4500),
    "12,000 tokens": lambda: softmax(12_000, 12_000),
    "30,000 keys of 2": lambda: softmax(30_000, 2),
    "3 keys of 200,000": lambda: softmax(200_000, 3),
    "1000 tokens, 20 coordinates": lambda: softmax(1000, 1000, 20),
    "300 tokens, 300 coordinates": lambda: softmax(300, 300, 300),
    "numbers of 400 digits": lambda: softmax(300, 300, 2, HUGE),
    "numbers of 4000 digits": lambda: softmax(60, 60, 2, 10**4000),
    "logits of 2000": lambda: {"logits": ints(2000, 2000)},
    "logits, all zero": lambda: {"logits": [[0] * 1500] * 1500},
    "logits, low rank": lambda: {"logits": [[i * j for i in range(1200)] for j in range(1200)]},
    "logits, all blocked": lambda: {"logits": [["-inf" if i < j else 0 for i in range(1200)] for j in range(1200)]},
    "rational": lambda: {"logits": [[f"1/{i + j + 1}" for i in range(300)] for j in range(300)]},
}


def layer_kernel():
    return {}


ROUND_VALUES = {
    "value 10^400": {"value": HUGE, "integer_bits": 16, "fraction_bits": 5},
    "value of 99,999 digits": {"value": "9" * 99_999, "integer_bits": 400_000, "fraction_bits": 5},
    "a fraction of 99,999 digits": {"value": "1/" + "7" * 99_990, "integer_bits": 40, "fraction_bits": 5},
    "integer bits 10^10": {"value": 3, "integer_bits": LONG, "fraction_bits": 5},
    "fraction bits 10^10": {"value": "1/3", "integer_bits": 16, "fraction_bits": LONG},
    "fraction bits 10^7": {"value": "1/3", "integer_bits": 16, "fraction_bits": 10**7},
    "fraction bits 10^400": {"value": "1/3", "integer_bits": 16, "fraction_bits": HUGE},
    "integer bits 10^400": {"value": "1/3", "integer_bits": HUGE, "fraction_bits": 3, "saturate": True},
    "random bits 10^10": {"value": "1/3", "integer_bits": 16, "fraction_bits": 5, "random_bits": LONG},
    "random bits 10^7": {"value": "1/3", "integer_bits": 16, "fraction_bits": 5, "random_bits": 10**7},
    "random bits 10^400": {"value": "1/3", "integer_bits": 16, "fraction_bits": 5, "random_bits": HUGE},
}

DESCENTS = {
    "steps 10^10": {"h": "1/6", "c": 10, "start": 0, "steps": LONG},
    "steps 10^400": {"h": "1/6", "c": 10, "start": 0, "steps": HUGE},
    "steps 100,000": {"h": "1/6", "c": 10, "start": 0, "steps": 10**5},
    "steps 100,000 of 1/2": {"h": "1/2", "c": "1/3", "start": 0, "steps": 10**5},
    "start 10^400": {"h": "1/6", "c": 10, "start": HUGE, "steps": 3000},
    "minimiser 10^400": {"h": "1/6", "c": HUGE, "start": 0, "steps": 3000},
    "words of 10^10 bits": {"h": "1/6", "c": 10, "start": 0, "steps": 5, "word_bits": LONG},
    "random bits 10^10": {"h": "1/6", "c": 10, "start": 0, "steps": 5, "random_bits": LONG},
    "random bits 10^5": {"h": "1/6", "c": 10, "start": 0, "steps": 50, "random_bits": 10**5},
    "a long step size": {"h": "1/" + "7" * 5000, "c": 10, "start": 0, "steps": 50},
    "a tiny step size": {"h": "1/1000003", "c": 10**6, "start": 0, "steps": 9000},
}

DOTS = {
    "fraction bits 10^10": {"a": [3, 5], "b": [5, 7], "fraction_bits": LONG},
    "fraction bits 10^400": {"a": [3, 5], "b": [5, 7], "fraction_bits": HUGE},
    "300,000 products": lambda: {"a": [3] * 300_000, "b": [5] * 300_000, "fraction_bits": 3, "tail": 1},
    "3000 products": lambda: {"a": list(range(3000)), "b": [k * k for k in range(3000)], "fraction_bits": 30},
    "3000 products, tail": lambda: {
        "a": list(range(3000)),
        "b": [k * k for k in range(3000)],
        "fraction_bits": 30,
        "tail": 1,
    },
    "long words": lambda: {"a": [HUGE] * 300, "b": [HUGE] * 300, "fraction_bits": 3},
    "long words, tail": lambda: {
        "a": [HUGE + k for k in range(100)],
        "b": [HUGE] * 100,
        "fraction_bits": 900,
        "tail": 1,
    },
    "random bits 10^10": {"a": [3, 5], "b": [5, 7], "fraction_bits": 3, "random_bits": LONG},
    "words of 10^10 bits": {"a": [3, 5], "b": [5, 7], "fraction_bits": 3, "word_bits": LONG},
}

ROUND_RANKS = {
    "1000 x 1000": lambda: {"matrix": ints(1000, 1000)},
    "300 x 300 of thirds": lambda: {"matrix": [[f"{x}/3" for x in row] for row in ints(300, 300)]},
    "12 x 12 of thirds": lambda: {"matrix": [[f"{x}/3" for x in row] for row in ints(12, 12, size=100)]},
    "2 x 100,000": lambda: {"matrix": [[f"{x}/3" for x in row] for row in ints(2, 100_000)]},
    "1 x 100,000": lambda: {"matrix": [[f"{x}/3" for x in row] for row in ints(1, 100_000)]},
    "fraction bits 10^10": {"matrix": [["1/3", "1/2"], [1, 2]], "fraction_bits": LONG},
    "fraction bits 10^7": {"matrix": [["1/3", "1/2"], [1, 2]], "fraction_bits": 10**7},
    "random bits 10^10": {"matrix": [["1/3", "1/2"], [1, 2]], "random_bits": LONG},
    "long entries": lambda: {"matrix": [[f"{HUGE + i * j}/3" for i in range(20)] for j in range(20)]},
}


def program(shape, *steps, parameters=None, outputs=None, **more):
    return {
        "inputs": {"x": list(shape)},
        "parameters": parameters or {"W": [3, 3]},
        "steps": list(steps),
        "outputs": outputs or ["y"],
        **more,
    }


def step(name, op, *of, **more):
    return {"name": name, "op": op, "of": list(of), **more}


def deep(n, op="silu"):
    """Return a program of many layers of one matrix."""
    steps = [step("h0", "matmul", "W", "x")]
    for k in range(1, n):
        steps += [step(f"a{k}", op, f"h{k - 1}"), step(f"h{k}", "matmul", "W", f"a{k}")]
    return program((3, 1), *steps, outputs=[f"h{n - 1}"])


PROGRAMS = {
    "a matrix of 10^10": program((LONG, 1), step("y", "matmul", "W", "x"), parameters={"W": [LONG, LONG]}),
    "a matrix of 10^400": program((HUGE, 1), step("y", "matmul", "W", "x"), parameters={"W": [1, HUGE]}),
    "a matrix of 1 x 10^7": program((10**7, 1), step("y", "matmul", "W", "x"), parameters={"W": [1, 10**7]}),
    "a matrix of 3000": program((3000, 1), step("y", "matmul", "W", "x"), parameters={"W": [3000, 3000]}),
    "a matrix of 300": program(
        (300, 1), step("h", "matmul", "W", "x"), step("y", "silu", "h"), parameters={"W": [300, 300]}
    ),
    "inputs 10^7": program((3, 10**7), step("y", "matmul", "W", "x")),
    "inputs 10^10": program((3, LONG), step("y", "matmul", "W", "x")),
    "3000 layers": lambda: deep(3000),
    "3000 layers of squares": lambda: deep(3000, "square"),
    "100 layers": lambda: deep(100),
    "power 10^10": program((3, 1), step("h", "matmul", "W", "x"), step("y", "power", "h", exponent=LONG)),
    "power 10^400": program((3, 1), step("h", "matmul", "W", "x"), step("y", "power", "h", exponent=HUGE)),
    "axes": program((1,) * 80, step("y", "multiply", "W", "x"), parameters={"W": [1] * 80}),
    "constants of 10^5": lambda: program(
        (3, 1), step("h", "matmul", "W", "x"), step("y", "matmul", "C", "h"), constants={"C": ints(30_000, 3)}
    ),
    "10,000 outputs": lambda: program(
        (3, 1), *[step(f"y{k}", "matmul", "W", "x") for k in range(10_000)], outputs=[f"y{k}" for k in range(10_000)]
    ),
    "parameters not used": program((3, 1), step("y", "matmul", "W", "x"), parameters={"W": [3, 3], "V": [LONG, LONG]}),
}


def separation(**more):
    return {"width": 5, "heads": 2, "head_size": 2, "layers": 2, "tokens": [6, 6], **more}


SEPARATIONS = {
    "width 10^10": separation(width=LONG),
    "width 10^400": separation(width=HUGE),
    "width 10^400, heads 10^400": separation(width=HUGE, heads=HUGE, head_size=HUGE),
    "heads 10^10": separation(heads=LONG),
    "heads 10^400": separation(heads=HUGE),
    "layers 10^10": separation(layers=LONG),
    "layers 10^400": separation(layers=HUGE),
    "layers 1000": separation(layers=1000),
    "tokens 10^10": separation(tokens=[LONG, LONG]),
    "tokens 10^400": separation(tokens=[HUGE, HUGE]),
    "tokens 10^400 and 1": separation(tokens=[HUGE, 1]),
    "width 500": separation(width=500, heads=50, head_size=10, layers=6, tokens=[3000, 3000]),
    "width 50, three layers": separation(width=50, heads=5, head_size=10, layers=3, tokens=[300, 300]),
    "residual, width 10^10": separation(width=LONG, residual=True),
    "residual, layers 10^10": separation(layers=LONG, residual=True),
    "residual, layers 40": separation(layers=40, residual=True),
    "vocabulary 10^10": separation(vocabulary=LONG),
    "vocabulary 10^400": separation(vocabulary=HUGE),
    "vocabulary 2, tokens 10^10": separation(vocabulary=2, tokens=[LONG, LONG]),
    "vocabulary 2, positions, tokens 10^10": separation(vocabulary=2, positions=True, tokens=[LONG, LONG]),
    "vocabulary 2, positions, tokens 30": separation(vocabulary=2, positions=True, tokens=[30, 30]),
    "vocabulary 3, width 10^6": separation(vocabulary=3, width=10**6, tokens=[6, 6]),
    "embedding rank 10^10": separation(width=LONG, embedding_rank=10**9),
    "embedding rank 10^10 of 5": separation(embedding_rank=LONG),
    "pooled, tokens 10^10": separation(pooled=True, tokens=[LONG, LONG]),
    "pooled, layers 10^10": separation(pooled=True, layers=LONG),
}


def hundred(n, h=2):
    return {"X": ints(n, n, 1), "Y": ints(n, n, 2), "W": [ints(n, n, 3 + k) for k in range(h)]}


def ones(n, h):
    return {"X": [[1] * n] * n, "Y": [[1] * n] * n, "W": [[[0] * n] * n] * h}


POINTS = {
    "weights of 300": lambda: hundred(300),
    "weights of 700": lambda: hundred(700),
    "weights of 60": lambda: hundred(60),
    "zeros of 200": lambda: ones(200, 2),
    "zeros of 30, 3 layers": lambda: ones(30, 3),
    "2000 layers": lambda: {"X": [[1]], "Y": [[2]], "W": [[[1]]] * 2000},
    "2000 layers of zero": lambda: {"X": [[1]], "Y": [[2]], "W": [[[0]]] * 2000},
    "100 layers of 3": lambda: hundred(3, 100),
    "samples 100,000": lambda: {"X": ints(2, 100_000), "Y": ints(1, 100_000), "W": [[[1, 2]], [[3]]]},
    "numbers of 4000 digits": lambda: {"X": [[10**4000, 1], [0, 1]], "Y": [[2, 1]], "W": [[[1, 0]], [[10**4000]]]},
    "numbers of 40,000 digits": lambda: {
        "X": [["9" * 40_000, "1/" + "7" * 40_000], [0, 1]],
        "Y": [[2, 1]],
        "W": [[[1, 0]], [[2]]],
    },
    "floats of 100": lambda: {
        "X": [[float(x) for x in row] for row in ints(100, 100)],
        "Y": [[1.5] * 100] * 3,
        "W": [[[0.25] * 100] * 50, [[0.5] * 50] * 3],
    },
}
FLOATS = {"X": [[1.0, 0.5], [0.0, 1.0]], "Y": [[2.0, 1.0]], "W": [[[1.0, 0.1]], [[2.0]]]}

CASES = {}


def add(command, given, *options):
    for name, file in given.items():
        CASES[f"{command}: {name} {' '.join(map(str, options))[:60]}".strip()] = (*command.split(), file, *options)


add("dimension", NETWORKS)
add("identifiability", NETWORKS)
for widths in (
    net(2, LONG, 1),
    net(2, HUGE, 1),
    net(HUGE, 2, 1),
    net(2, 2, HUGE),
    net(*[2] * 2000),
    net(*[1] * 5000),
    net(60, 60, 60),
    net(3, 300, 300, 3),
    net(10**6, 3, 3, 10**6),
    net(*[5] * 40),
    net(2, 10**6, 2, 10**6, 1),
):
    name = "-".join(map(str, widths["widths"][:6]))
    CASES[f"threshold: {name[:60]}, {len(widths['widths'])} widths"] = ("threshold", {"widths": widths["widths"]})
for error in ERRORS:
    CASES[f"dimension: --error {error}"] = ("dimension", 2, 3, 1, "--degree", 2, "--error", error)
    CASES[f"rank convac: --error {error}"] = (
        "rank",
        "convac",
        CIRCUITS["templates 1000, odd-even"] | {"templates": 3},
        "--error",
        error,
    )
    CASES[f"attention dimension: --error {error}"] = ("attention", "dimension", attention(), "--error", error)
    CASES[f"rank attention: --error {error}"] = ("rank", "attention", separation(), "--error", error)
    CASES[f"table dimensions: --error {error}"] = (
        "table",
        "dimensions",
        2,
        3,
        1,
        "--degree",
        2,
        "--error",
        error,
        "--jobs",
        1,
    )
add("attention dimension", ATTENTION)
add("attention pattern", PATTERNS)
add(
    "attention canonical",
    {
        "tokens 10^400": {"heads": [{"A": [[1, 0], [0, 0]], "V": [[1, 2]]}], "tokens": HUGE},
        "matrices of 200": lambda: {"heads": [{"A": ints(200, 200), "V": ints(200, 200)}] * 2, "tokens": 3},
        "matrices of 40, 40 heads": lambda: {
            "heads": [{"A": ints(40, 40, k), "V": ints(40, 40, k)} for k in range(40)],
            "tokens": 3,
        },
        "1000 heads": lambda: {"heads": [{"A": [[k, 1], [1, 0]], "V": [[1, k]]} for k in range(1000)], "tokens": 3},
        "1000 equal heads": lambda: {
            "heads": [{"A": [[1, 1], [1, 0]], "V": [[1, k]]} for k in range(1000)],
            "tokens": LONG,
        },
        "long numbers": lambda: {"heads": [{"A": [[HUGE**5, 1], [1, 0]], "V": [[1, "1/" + "7" * 3000]]}], "tokens": 3},
        "other, 200 heads": lambda: {
            "heads": [{"A": ints(4, 4, k), "V": ints(2, 4, k)} for k in range(200)],
            "other": [{"A": ints(4, 4, k), "V": ints(2, 4, k)} for k in range(199)],
            "tokens": 3,
        },
        "other, 10^400 tokens": lambda: {
            "heads": [{"A": ints(4, 4, k), "V": ints(2, 4, k)} for k in range(3)],
            "other": [{"A": ints(4, 4, k), "V": ints(2, 4, k)} for k in range(2)],
            "tokens": HUGE,
        },
        "W_q of 1000 x 2": lambda: {
            "heads": [{"W_q": ints(1000, 2), "W_k": ints(1000, 2), "V": [[1, 2]]}],
            "tokens": 3,
        },
    },
)
THREE = ["1/100", "1/10", None]
add(
    "attention realise",
    {
        "2000 tokens": lambda: {
            "supports": [
                [k, (k + 1) % 2000, (7 * k) % 2000] if 7 * k % 2000 not in (k, (k + 1) % 2000) else [k]
                for k in range(2000)
            ],
            "epsilon": THREE,
        },
        "20,000 tokens": lambda: {"supports": [[k] for k in range(20_000)], "epsilon": THREE},
        "100,000 tokens": lambda: {"supports": [[k] for k in range(100_000)], "epsilon": THREE},
        "1000 tokens, all": lambda: {"supports": [list(range(1000))] * 1000, "epsilon": THREE},
        "500 tokens, half": lambda: {"supports": [list(range(0, 500, 2))] * 500, "epsilon": THREE},
        "precision 10^-400": {"supports": [[1], [0, 2], [2]], "epsilon": ["1/" + "1" + "0" * 400, "1/10", None]},
        "precision 10^-90000": {"supports": [[1], [0, 2], [2]], "epsilon": ["1/1" + "0" * 90_000, "1/10", "1/10"]},
        "a matrix of 400": lambda: {"matrix": [["1/400"] * 400] * 400, "epsilon": THREE},
        "dimension 10^10": {"supports": [[1], [0, 2], [2]], "epsilon": THREE, "method": "signs", "dimension": LONG},
        "dimension 10^400, projection": {
            "supports": [[1], [0, 2], [2]],
            "epsilon": THREE,
            "method": "projection",
            "dimension": HUGE,
        },
        "dimension 10^10, gold": {
            "supports": [[1], [0, 2], [2]],
            "epsilon": THREE,
            "method": "gold",
            "dimension": LONG,
        },
        "dimension 10^10, kerdock": {
            "supports": [[1], [0, 2], [2]],
            "epsilon": THREE,
            "method": "kerdock",
            "dimension": LONG,
        },
        "dimension 2^24, kerdock": {
            "supports": [[1], [0, 2], [2]],
            "epsilon": THREE,
            "method": "kerdock",
            "dimension": 1 << 24,
        },
        "dimension 10^10, binary": {
            "supports": [[1], [0, 2], [2]],
            "epsilon": THREE,
            "method": "binary",
            "dimension": LONG,
        },
        "dimension 10^10, moment": {
            "supports": [[1], [0, 2], [2]],
            "epsilon": THREE,
            "method": "moment",
            "dimension": LONG,
        },
        "margin 10^-9": {"supports": [[1], [0, 2], [2]], "epsilon": THREE, "method": "signs", "margin": "1/1000000000"},
        "margin 10^-9000": {
            "supports": [[1], [0, 2], [2]],
            "epsilon": THREE,
            "method": "signs",
            "margin": "1/1" + "0" * 9000,
        },
        "margin 10^-9, 20 tokens": lambda: {
            "supports": [[k, (k + 1) % 20] for k in range(20)],
            "epsilon": THREE,
            "method": "signs",
            "margin": "1/1000000000",
        },
        "weights of 9000 digits": {
            "supports": [[1], [0, 2], [2]],
            "weights": [[1], ["9" * 9000, 1], [1]],
            "epsilon": THREE,
        },
        "300 tokens, moment": lambda: {
            "supports": [[k, (k + 7) % 300] for k in range(300)],
            "epsilon": THREE,
            "method": "moment",
        },
        "2000 tokens, trivial": lambda: {"supports": [[k] for k in range(2000)], "epsilon": THREE, "method": "trivial"},
        "most_range": {"supports": [[1], [0, 2], [2]], "epsilon": THREE, "most_range": "1/1" + "0" * 5000},
    },
)
add(
    "attention representable",
    {
        "logits of 1000": lambda: {"logits": ints(1000, 1000)},
        "logits of 300": lambda: {"logits": ints(300, 300)},
        "head size 10^400": {"logits": [[0, 1], [1, 0]], "head_size": HUGE},
        "P of 300": lambda: {"P": [["1/300"] * 300] * 300},
        "causal of 300": lambda: {"logits": ints(300, 300), "mask": "causal"},
        "causal of 1000": lambda: {"logits": ints(1000, 1000), "mask": "causal"},
        "X of 300": lambda: {"logits": ints(300, 300), "X": ints(300, 300)},
        "pairs": lambda: {"pairs": [{"logits": ints(20, 20, k), "X": ints(10, 20, k)} for k in range(50)]},
        "P of primes": lambda: {
            "P": [
                [f"{(i * j) % 97 + 1}/{sum((k * j) % 97 + 1 for k in range(60))}" for j in range(60)] for i in range(60)
            ]
        },
        "floats of 500": lambda: {"logits": [[x / 7 for x in row] for row in ints(500, 500)]},
    },
)
add(
    "clustering check",
    {
        "1000 points": lambda: {"Z": ints(2, 1000), "C": [[0] * 1000] * 1000, "lam": "1/4", "regulariser": "l1"},
        "300 points": lambda: {
            "Z": ints(2, 300),
            "C": ints(300, 300),
            "lam": "1/4",
            "regulariser": "nuclear",
            "diagonal": "free",
        },
        "100 points, nuclear": lambda: {
            "Z": ints(20, 100),
            "C": ints(100, 100),
            "lam": "1/4",
            "regulariser": "nuclear",
            "diagonal": "free",
        },
        "300 points, square": lambda: {
            "Z": ints(20, 300),
            "C": ints(300, 300),
            "lam": "1/4",
            "regulariser": "square",
            "diagonal": "free",
        },
        "long": lambda: {
            "Z": [[HUGE, 1], [1, 2]],
            "C": [[0, 1], [HUGE, 0]],
            "lam": "1/" + "7" * 9000,
            "regulariser": "l1",
        },
        "floats of 500": lambda: {
            "Z": [[0.5] * 500] * 9,
            "C": [[0.25] * 500] * 500,
            "lam": 0.25,
            "regulariser": "nuclear",
        },
    },
)
add(
    "clustering optimum",
    {
        f"{norm}, {reg}, {name}": {"normalisation": norm, "regulariser": reg, "lam": "1/14"}
        | ({"tau": "30"} if norm != "instance" else {})
        | given
        for norm in ("frobenius", "rows", "whitened", "instance")
        for reg in ("l1", "square", "nuclear")
        for name, given in {
            "points 10^400": {"N": HUGE},
            "rows 10^400": {"N": HUGE, "d": HUGE},
            "rows 10^10": {"N": LONG, "d": 10**9},
            "rows 1000": {"N": 2000, "d": 1000},
            "tau": {"N": 5} | ({"tau": HUGE} if norm != "instance" else {"lam": "1/" + "7" * 9000}),
        }.items()
    },
)
add(
    "clustering subspaces",
    {
        "200 points in 90": lambda: {"Z": ints(90, 200), "labels": [k % 2 for k in range(200)]},
        "201 points": lambda: {"Z": ints(2, 201), "labels": [0] * 201},
        "10,000 points": lambda: {"Z": ints(2, 10_000), "labels": [0] * 10_000},
        "200 points in 3": lambda: {"Z": ints(3, 200), "labels": [k % 3 for k in range(200)]},
        "long": lambda: {"Z": ints(3, 60, size=10**3000), "labels": [k % 3 for k in range(60)]},
    },
)
add("critical-point", POINTS)
add(
    "critical-point",
    {
        "weights of 60": POINTS["weights of 60"],
        "zeros of 200": POINTS["zeros of 200"],
        "2000 layers": POINTS["2000 layers"],
    },
    "--hessian",
)
for options in (
    ("--polish", LONG),
    ("--polish", HUGE),
    ("--tolerance", "1e-300"),
    ("--accuracy", "1e-300"),
    ("--accuracy", "0", "--hessian"),
):
    CASES[f"critical-point: floats {' '.join(map(str, options))[:60]}"] = ("critical-point", FLOATS, *options)
add("graph classify", {name: (lambda word=word: {"graph": word()}) for name, word in GRAPHS.items()})
add("graph refine", {name: (lambda word=word: {"graph": word()}) for name, word in GRAPHS.items()})
add("graph compare", {name: (lambda word=word: {"first": word(), "second": word()}) for name, word in GRAPHS.items()})
add(
    "graph compare",
    {
        "cycles": lambda: {
            "first": cycle(300),
            "second": graph6(300, [e for k in range(0, 300, 3) for e in ((k, k + 1), (k + 1, k + 2), (k, k + 2))]),
        },
        "random": lambda: {"first": random_graph(300), "second": random_graph(300, 2)},
        "path and cycle": lambda: {"first": path(1000), "second": cycle(1000)},
    },
)
add(
    "graph network",
    {
        "100 graphs of 100": lambda: {
            "layers": [{"own": [[1]], "neighbours": [["1/2"]]}] * 3,
            "graphs": [random_graph(100, k) for k in range(100)],
        },
        "1000 layers": lambda: {"layers": [{"own": [[1]], "neighbours": [["1/2"]]}] * 1000, "graphs": ["Ch", "Cs"]},
        "300 features": lambda: {
            "layers": [
                {"own": ints(300, 1), "neighbours": ints(300, 1)},
                {"own": ints(300, 300), "neighbours": ints(300, 300)},
            ],
            "graphs": [path(300)],
        },
        "2000 vertices": lambda: {"layers": [{"own": [[1]], "neighbours": [["1/2"]]}] * 3, "graphs": [path(2000)]},
        "mean, 60 layers": lambda: {
            "layers": [{"own": [["1/3"]], "neighbours": [["1/7"]], "aggregation": "mean"}] * 60,
            "graphs": [random_graph(60)],
        },
        "mean, 1000 layers": lambda: {
            "layers": [{"own": [["1/3"]], "neighbours": [["1/7"]], "aggregation": "mean"}] * 1000,
            "graphs": [random_graph(60)],
        },
    },
)
for domain in ("hypercube", "slice", "cube01"):
    p = {"p": 1500} if domain == "slice" else {}
    add(
        "kernel conjunction",
        {
            f"{domain}, {mode}, {name}": {"domain": domain, "mode": mode}
            | p
            | given
            | ({"epsilon": "1/3"} if mode == "approximate" else {})
            for mode in ("exact", "margin", "approximate")
            for name, given in {
                "n 3000": {"n": 3000, "k": 1500},
                "n 10^400": {"n": HUGE, "k": 3},
                "k 200": {"n": 3000, "k": 200},
                "k 10^400": {"n": HUGE, "k": HUGE},
            }.items()
        },
    )
    add(
        "kernel norm",
        {
            f"{domain}, n 3000": lambda domain=domain, p=p: (
                {"domain": domain, "n": 3000, "counts": list(range(200))} | p
            ),
            f"{domain}, parity": {"domain": domain, "n": 3000, "parity": 3000} | p,
            f"{domain}, parity 10^400": {"domain": domain, "n": HUGE, "parity": HUGE} | p,
            f"{domain}, values": lambda domain=domain: (
                {"domain": domain, "n": 20, "values": [1] * (1 << 20)} | ({"p": 3} if domain == "slice" else {})
            ),
            f"{domain}, values of n 17": lambda domain=domain: (
                {"domain": domain, "n": 17, "values": [k % 7 for k in range(1 << 17)]}
                | ({"p": 3} if domain == "slice" else {})
            ),
            f"{domain}, p 10^400": {"domain": domain, "n": 30, "parity": 3, "p": HUGE},
        },
    )
    add(
        "kernel spectrum",
        {
            f"{domain}, {name}": {"domain": domain} | p | given
            for name, given in {
                "n 3000": {"n": 3000, "formula": "(1 + s)^2"},
                "n 10^10": {"n": LONG, "formula": "(1 + s)^2"},
                "power 10^10": {"n": 3000, "formula": f"(1 + s)^{LONG}"},
                "power of powers": {"n": 30, "p": 5, "formula": "((((2+s)^99)^99)^99)^99"}
                if domain == "slice"
                else {"n": 30, "formula": "((((2+s)^99)^99)^99)^99"},
                "exponentials": {"n": 3000, "formula": "exp(exp(exp(s)))"},
                "exponentials of 300": {"n": 300, "formula": "exp(s/n)"} | ({"p": 150} if p else {}),
                "t^d": {"n": 3000, "formula": "t^d", "t": ["1/3", "1/2"]},
                "t^d of 300": {"n": 300, "formula": "t^d", "t": ["1/3", "1/2"]} | ({"p": 150} if p else {}),
                "nested": {"n": 30, "formula": "(" * 5000 + "s" + ")" * 5000} | ({"p": 15} if p else {}),
                "many signs": {"n": 30, "formula": "-" * 50_000 + "s"} | ({"p": 15} if p else {}),
                "long sum": {"n": 30, "formula": "+".join(["s"] * 20_000)} | ({"p": 15} if p else {}),
                "sqrt": {"n": 1000, "formula": "sqrt(2 + s/n) + sqrt(3 + s/n)"} | ({"p": 150} if p else {}),
            }.items()
        },
    )
add(
    "kernel learn",
    {
        "1000 points": lambda: {
            "points": [[2 * (k >> i & 1) - 1 for i in range(10)] for k in range(1000)],
            "labels": [2 * (k.bit_count() & 1) - 1 for k in range(1000)],
            "ridge": "1/10",
        },
        "1000 of 1000": lambda: {
            "points": [[1 if x > 0 else -1 for x in row] for row in ints(1000, 1000)],
            "labels": [2 * (k.bit_count() & 1) - 1 for k in range(1000)],
            "ridge": "1/10",
        },
        "200 of 20, cost": lambda: {
            "points": [[1 if x > 0 else -1 for x in row] for row in ints(200, 20)],
            "labels": [2 * (k.bit_count() & 1) - 1 for k in range(200)],
            "cost": "1/10",
        },
        "1001 points": lambda: {"points": [[1, 1]] * 1001, "labels": [1] * 1001, "ridge": "1/10"},
        "ridge 10^-400": {"points": [[1, 1], [1, -1]], "labels": [1, -1], "ridge": "1/1" + "0" * 400},
        "cost 10^400": {"points": [[1, 1], [1, -1]], "labels": [1, -1], "cost": HUGE},
        "cost 10^-9000": {"points": [[1, 1], [1, -1]], "labels": [1, -1], "cost": "1/1" + "0" * 9000},
    },
)
add("ktanh", {"word": {"word": HUGE}, "text": {"word": "0x" + "f" * 10**6}})
for options in (("--mantissa-bits", HUGE), ("--mantissa-bits", 10), ("--from", "1e-99999999"), ("--to", "1e99999999")):
    CASES[f"ktanh: {' '.join(map(str, options))[:60]}"] = ("ktanh", {"word": 16128}, *options)
add(
    "ktanh optimise",
    {
        "7 bits": {"mantissa_bits": 7, "start": "1/16", "end": "15"},
        "7 bits, monotone": {
            "mantissa_bits": 7,
            "start": "1/1024",
            "end": "16",
            "monotone": True,
            "carry": True,
            "objective": "ulp",
        },
        "10^400 bits": {"mantissa_bits": HUGE},
        "shift 10^400": {"mantissa_bits": 3, "largest_shift": HUGE},
        "end 10^400": {"mantissa_bits": 3, "end": HUGE},
    },
)


def labelled(n, d=2, size=10**6):
    return {"points": ints(n, d, 1, size), "labels": [k % 2 for k in range(n)]}


add(
    "memorize build",
    {
        "50,000 points": lambda: labelled(50_000),
        "4000 points": lambda: labelled(4000),
        "points of 3000 digits": lambda: labelled(4, 2, 10**3000),
        "points of 30,000 digits": lambda: labelled(4, 2, 10**30_000),
        "one point of 100,000": lambda: labelled(2, 100_000),
        "100 points of 1000": lambda: labelled(100, 1000),
        "classes 10^10": {"points": [[0], [1]], "labels": [0, 1], "classes": LONG},
        "classes 10^400": {"points": [[0], [1]], "labels": [0, HUGE - 1], "classes": HUGE},
        "300 classes": lambda: {"points": ints(300, 2, 1, 10**6), "labels": list(range(300))},
        "3000 classes": lambda: {"points": ints(3000, 2, 1, 10**6), "labels": list(range(3000))},
    },
)
for construction in ("hard-tanh", "step", "relu", "monomial", "binary-monomial"):
    for name, given in {
        "1000 points": lambda: labelled(1000),
        "points of 3000 digits": lambda: labelled(4, 2, 10**3000),
    }.items():
        CASES[f"memorize build: {construction}, {name}"] = ("memorize", "build", given, "--construction", construction)
CASES["memorize build: exponent 10^10"] = (
    "memorize",
    "build",
    labelled(4),
    "--construction",
    "monomial",
    "--exponent",
    LONG,
)
CASES["memorize build: exponent 10^400"] = (
    "memorize",
    "build",
    labelled(4),
    "--construction",
    "monomial",
    "--exponent",
    HUGE,
)
CASES["memorize build: exponent 1000"] = (
    "memorize",
    "build",
    labelled(400),
    "--construction",
    "monomial",
    "--exponent",
    1000,
)
NET = {
    "inputs": 1,
    "layers": [
        {"weights": [["1"]], "biases": ["-1/2"], "activations": ["step"]},
        {"weights": [["1"]], "biases": ["0"], "activations": ["id"]},
    ],
}
CASES["memorize check: inputs 10^400"] = (
    "memorize",
    "check",
    NET | {"inputs": HUGE},
    {"points": [[0], [1]], "labels": [0, 1]},
)
CASES["memorize check: 20,000 points"] = ("memorize", "check", NET, lambda: labelled(20_000, 1))
CASES["memorize check: 2000 layers"] = (
    "memorize",
    "check",
    NET | {"layers": NET["layers"][1:] * 2000},
    {"points": [[0], [1]], "labels": [0, 1]},
)
CASES["memorize check: squares"] = (
    "memorize",
    "check",
    NET | {"layers": [{"weights": [["3"]], "biases": ["1"], "activations": ["monomial:2"]}] * 60},
    {"points": [[2], [3]], "labels": [0, 1]},
)
CASES["memorize check: power"] = (
    "memorize",
    "check",
    NET | {"layers": [{"weights": [["3"]], "biases": ["1"], "activations": [f"monomial:{LONG}"]}]},
    {"points": [[2], [3]], "labels": [0, 1]},
)
add("program", PROGRAMS)
add("rank attention", SEPARATIONS)
add("rank convac", CIRCUITS)
add("rank factor-graph", FACTOR_GRAPHS)
add("rank softmax", SOFTMAX)
add("round", ROUND_VALUES)
add("round descent", DESCENTS)
add("round dot", DOTS)
add("round rank", ROUND_RANKS)

BATCHES = {
    "dimension": [NETWORKS[name] for name in ("hidden 10^20", "widths 400", "strides 10^9", "inputs 10^400")],
    "identifiability": [NETWORKS[name] for name in ("hidden 10^20", "widths 400", "strides 10^9", "inputs 10^400")],
    "threshold": [{"widths": [400, 400, 400]}, {"widths": [HUGE, 2, 3]}],
    "attention dimension": [ATTENTION["softmax, widths 1000"], ATTENTION["lightning, tokens 10^400"]],
    "attention pattern": [PATTERNS["dense 10^9"], PATTERNS["ring 10^400"]],
    "rank attention": [SEPARATIONS["layers 10^400"], SEPARATIONS["width 10^400"]],
    "rank convac": [CIRCUITS["patches 10^400"], CIRCUITS["channels 10^7"]],
    "rank factor-graph": [FACTOR_GRAPHS["dims 10^400"], FACTOR_GRAPHS["one factor of 1000 variables"]],
    "program": [PROGRAMS["a matrix of 10^10"], PROGRAMS["power 10^400"]],
    "round": [ROUND_VALUES["fraction bits 10^400"]],
    "round descent": [DESCENTS["steps 10^400"]],
    "round dot": [DOTS["fraction bits 10^400"]],
    "round rank": [ROUND_RANKS["fraction bits 10^10"]],
    "clustering optimum": [{"normalisation": "rows", "regulariser": "l1", "N": HUGE, "tau": HUGE, "lam": 1, "d": HUGE}],
    "kernel spectrum": [{"domain": "hypercube", "n": HUGE, "formula": "s"}],
    "ktanh optimise": [{"mantissa_bits": HUGE}],
}

TABLES = """
attention virtual-weights --depth 1..1000000
attention virtual-weights --largest 1000000000
attention virtual-weights --head-sizes 1..99999999999999999999
attention deep-heads --depth 3 --largest 30 --heads 2..3
attention deep-heads --heads 1..1000000000
attention virtual-weights --largest 30 --most-parameters 1000000000
attention-depth 2..1000000000
attention-depth 1000000000000
attention-depth 4 --layers 1..1000000000
attention-depth 4 --layers 1000000000000000000000
attention-depth 4 --heads 1..99999999999
attention-depth 64 --layers 8 --heads 8
attention-depth 4 --tokens 1000000000000000000000
attention-depth 4 --embedding-rank 1000000000000000000000
attention-depth-conjecture few-tokens --widths 2..1000000000
attention-depth-conjecture wide --widths 1000000000
attention-depth-conjecture wide --most-heads 1000000000
attention-depth-conjecture wide --layers 1000000000
attention-dimensions 2..99999999999999999999 2
attention-dimensions 1000000000000 2
attention-dimensions 3 3 --head-sizes 1..99999999999
attention-dimensions 3 3 --heads 1..99999999999
attention-dimensions 3 3 --heads 99999999999999999999999
attention-dimensions 300 300 --head-sizes 300
clustering 1000000000
clustering 2..1000000000
clustering 100000000000000000000000000000
clustering 200
critical-points 1000000 2
critical-points 300 300 300
critical-points 2 2 2 --samples 1000000000
critical-points 20 20 20 20 20 --limit 1000000000
critical-points 2 2 2 --limit 99999999999999999999999
critical-points 9 9 9 9 9 9 9 9 --every
defects --largest 1000000000
defects --largest 40
defects --depths 1..1000000000
defects --depths 50
defects --degrees 2..1000000000
defects --degrees 1000000000000 --largest 3
dimensions 2 1..9999999999999999999999 1 --degree 2
dimensions 2 1..1000000000 1 --degree 2
dimensions 2 10000000000000 1 --degree 2
dimensions 1..2000 1..2000 1..2000 --degree 2
dimensions 2 3 1 --degree 2..1000000000
formats float8_e1000000000m3
formats float1000000000
graph-classes --circulants 1000000000
graph-classes --circulants 40
graph-classes C6 C1000000000
graph-pairs --order 1000000000
graph-pairs c6-2c3 --order 99999999999999999999
graphs 1000000000
graphs 12
graphs 1..99999999999999999999999
head-size 1000000000
head-size 2..1000000000
head-size 99999999999999999999999
head-size 2000
identifiability --inputs 1000000000
identifiability --outputs 1000000000000
identifiability --degrees 1000000000
identifiability --inputs 1..99999999999999999999
identifiability --inputs 12 --degrees 9
kernels 1000000000
kernels 4..1000000000
kernels 99999999999999999999999
kernels 3000
ktanh 1000000000
ktanh 1..1000000000
ktanh 7 --from 1e-999999999
ktanh 7 --to 1e999999999
memorization 1000000000
memorization 100000
memorization 4 --dimension 1000000000
memorization 4 --classes 1000000000
memorization 99999999999999999999999
memorization 10 --dimension 99999999999999999999999
minimal-filling --input 2 --output 1 --depth 10000000000 --degree 2
minimal-filling --input 2 --output 1 --depth 1000000000 --degree 2
minimal-filling --input 10000000000 --output 1 --depth 2 --degree 2
minimal-filling --input 2 --output 1 --depth 2 --degree 10000000000
minimal-filling --input 2 --output 10000000000 --depth 2 --degree 2
minimal-filling --input 2 --output 1000000 --depth 3 --degree 2
minimal-filling --input 60 --output 1 --depth 3 --degree 3
minimal-filling --input 2 --output 1 --depth 64 --degree 3
mixtures 1000000000
mixtures 4..1000000000
mixtures 99999999999999999999999
mixtures 4 --symbols 1000000000
mixtures 4 --states 1000000000
mixtures 4 --symbols 99999999999999999999999 --states 99999999999999999999999
mixtures 100 --symbols 20 --states 20
monomial-spans --inputs 1000000000
monomial-spans --inputs 1..99999999999999999999999
monomial-spans --degrees 1000000000
monomial-spans --layers 1000000000
monomial-spans --widest 1000000000
monomial-spans --largest 1000000000 --widest 1000 --inputs 9
overlap-conventions --grid 1000000000
overlap-conventions --grid 99999999999999999999999
overlap-conventions --grid 200
overlaps 1000000000
overlaps 1..1000000000
overlaps --grid 1000000000
overlaps --grid 99999999999999999999999
overlaps --grid 1000x1000
overlaps --depth 1000000000
overlaps --templates 1000000000
overlaps --channels 1000000000
overlaps --templates 99999999999999999999999 --channels 99999999999999999999999
overlaps 2 --grid 8 --last 1000000000
overlaps --grid 64 --family blocks
quantisation 1000000000
quantisation 0..1000000000
quantisation 99999999999999999999999
quantisation 100000
realisation 1000000000
realisation 99999999999999999999999
realisation 1024 --k 1000000000
realisation 64 --precision 1e-99999999,1/2,1/2
relu --widths 1000000000-2-1
relu --widths 2-1000000000-1
relu --widths 300-300-300
relu --samples 1000000000
relu --scale 99999999999999999999999
relu --seeds 1000000000
relu --samples 100000
rounding 1000000000
rounding 0..1000000000
rounding 3 --steps 1000000000
rounding 3 --start 99999999999999999999999
rounding 3 --minimiser 1e99999999
rounding 3 --minimiser 1000000000 --steps 10000
rounding 99999999999999999999999
sparse-patterns 1000000000
sparse-patterns 16..1000000000
sparse-patterns 20000
sparse-patterns 99999999999999999999999
thresholds --depths 1000000000
thresholds --depths 30
thresholds --largest 1000000000
thresholds --largest 60
thresholds --largest 99999999999999999999999 --depths 1
training 1000000000
training 99999999999999999999999
training 8 --seeds 1000000000
training 8 --step 1000000000
training 8 --epochs 1000000000
transformers --width 1000000000
transformers --width 99999999999999999999999
transformers --width 2..99999999999999999999999
transformers --width 64
transformers --heads 1000000000
transformers --tokens 1000000000
transformers --layers 1000000000
transformers --hidden 1000000000
transformers --head-size 1000000000
transformers --layers 200 --width 4
transformers --tokens 300 --width 4
unimodality --inputs 1000000000
unimodality --outputs 1000000000
unimodality --depths 1000000000
unimodality --degrees 1000000000
unimodality --inputs 2..99999999999999999999
unimodality --largest 1000000000
verify nothing
"""
for line in TABLES.strip().splitlines():
    for kind in ("table", "sweep"):
        CASES[f"{kind} {line}"] = (kind, *shlex.split(line), "--jobs", 1)
PLOTS = """
plot heatmap 2 1..1000000000 1..1000000000 1 --degree 2
plot heatmap 2 1..99999999999999999999999 1..3 1 --degree 2
plot staircase 1000000000 1..3 1..3 1 --degree 3
plot staircase 2 1..3000 1..3000 1 --degree 3
plot defects 4 2..1000000000 3 --degree 2..5
plot defects 4 2..12 3 --degree 2..1000000000
plot overlaps 1000000000
plot overlaps 1000x1000
plot overlaps 8x8 1000000000
plot attention-depth 2..1000000000 6 8
plot attention-depth 2..4 6 8 --layers 1000000000
plot attention-depth 6 8 12 --over heads --layers 1..1000000000
plot attention-depth 2 3 --over vocabulary 1..1000000000
plot heatmap 2 1..3 1..3 1 --degree 2 --size 1000000000x1000000000
plot heatmap 2 1..3 1..3 1 --degree 2 --dpi 1000000000
plot heatmap 2 1..3 1..3 1 --degree 2 --font-size 1000000000
"""
for line in PLOTS.strip().splitlines():
    CASES[line] = (*shlex.split(line), "--output", "p.png")
add(
    "plot realised",
    {"20,000 tokens": lambda: {"supports": [[k] for k in range(20_000)], "epsilon": THREE}},
    "--output",
    "p.png",
)
add(
    "plot attention-pattern",
    {"sliding 20,000": PATTERNS["sliding 20,000"], "dense 10^9": PATTERNS["dense 10^9"]},
    "--output",
    "p.png",
)
OTHERS = """
verify --seed 99999999999999999999999999 kileel2019.unimodal --jobs 1000000000
atlas defects --largest 1000000000 --jobs 1
atlas defects --largest 20 --jobs 1
atlas thresholds --largest 1000000000 --jobs 1
atlas unimodality --largest 1000000000 --jobs 1
atlas minimal-filling --largest 1000000000 --jobs 1
atlas monomial-spans --largest 1000000000 --jobs 1
atlas thresholds --largest 3 --jobs 1000000000
table dimensions 2 3 1 --degree 2 --jobs 1000000000
table dimensions 2 3 1 --degree 2 --jobs 99999999999999999999999
table dimensions 2 3 1 --degree 2 --seed 99999999999999999999999
"""
for line in OTHERS.strip().splitlines():
    CASES[line] = tuple(shlex.split(line))

LONG_WORDS = (
    "attention dimension: softmax, 2000 layers",
    "attention pattern: sliding 20,000 of 10,000",
    "attention pattern: causal-strided",
    "attention pattern: causal-fixed",
    "attention representable: causal",
    "attention representable: pairs",
    "clustering subspaces: 200 points in 90",
    "clustering subspaces: long",
    "critical-point: weights of 300",
    "critical-point: weights of 700",
    "critical-point: weights of 60 --hessian",
    "graph ",
    "kernel learn: 1000 of 1000",
    "table attention virtual-weights --largest 30",
    "sweep attention virtual-weights --largest 30",
    "table critical-points 300",
    "sweep critical-points 300",
    "table overlaps --",
    "sweep overlaps --",
    "table sparse-patterns 20000",
    "sweep sparse-patterns 20000",
    "table transformers --tokens 300",
    "sweep transformers --tokens 300",
    "table unimodality --largest",
    "sweep unimodality --largest",
    "atlas ",
)


LONG_WORK = [name for name in CASES if name.startswith(LONG_WORDS)]
"""What is no refusal and no hang, but long work with an end: `docs/limits.md` says what was measured."""


@dataclass
class Outcome:
    status: int | None
    seconds: float
    cpu: float
    memory: int
    stdout: str
    stderr: str


COUNT = itertools.count()


def written(word, folder):
    """Return a word of the command line; an object is written to a file."""
    if callable(word):
        word = word()
    if isinstance(word, bytes):
        text = word.decode()
    elif isinstance(word, dict):
        text = json.dumps(word)
    elif isinstance(word, list):
        text = "\n".join(json.dumps(line) for line in word)
    else:
        return str(word)
    file = Path(folder, f"f{next(COUNT)}.json" + ("l" if isinstance(word, list) else ""))
    file.write_text(text)
    return str(file)


def outcome(words, folder, limit, memory=4 << 30):
    """Run a command in a fork of this process, with so much address space and so many seconds."""
    sys.set_int_max_str_digits(0)
    words = [written(word, folder) for word in words]
    out, err = Path(folder, "out"), Path(folder, "err")
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        status = 99
        try:
            os.setpgid(0, 0)
            os.chdir(folder)
            for number, file in ((1, out), (2, err)):
                os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
            sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115 - closed by the end of this process
            sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
            sys.set_int_max_str_digits(4300)
            sys.setrecursionlimit(1000)
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
            resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit)))
            from proofs_check.cli.app import app

            try:
                app(words, prog_name="rankcert")
            except SystemExit as ended:
                status = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
            except BaseException:
                import traceback

                traceback.print_exc()
                status = 98
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(status)
    status = None
    while time.perf_counter() - start < 10 * limit:
        found, code, used = os.wait4(child, os.WNOHANG)
        if found:
            status = os.waitstatus_to_exitcode(code)
            break
        time.sleep(0.01)
    else:
        os.killpg(child, signal.SIGKILL)
        _, _, used = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    return Outcome(status, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss, out.read_text(), err.read_text())
