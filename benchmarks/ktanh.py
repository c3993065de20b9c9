"""Time tanh on bfloat16: one lookup in the table of all words, beside numpy's tanh with and without conversions.

All paths run in turns on the same words, and the best of each is printed in nanoseconds an element.
"""

import sys
import time
from fractions import Fraction

import numpy as np

from algebra.rounding import Layout, optimal_table

TURNS = 15


def converted(words):
    """From bfloat16 to float32, tanh, and back, ties to even; no word is NaN."""
    bits = np.tanh((words.astype(np.uint32) << 16).view(np.float32)).view(np.uint32)
    return ((bits + np.uint32(0x7FFF) + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def arithmetic(table):
    """The algorithm in whole arrays: two gathers by the index, and a choice by thresholds."""
    layout = table.layout
    bases, shifts = np.zeros(layout.size, np.int32), np.zeros(layout.size, np.int32)
    for entry, piece in zip(table.entries, layout.pieces, strict=True):
        bases[layout.index(piece[0])], shifts[layout.index(piece[0])] = entry.base, entry.shift

    def run(words):
        magnitudes = words & 0x7FFF
        index = (words >> (7 - layout.mantissa_bits)) & (layout.size - 1)
        found = bases[index] + ((words & 0x7F) >> shifts[index])
        found = np.where(magnitudes < layout.first, magnitudes, np.where(magnitudes >= layout.last, 0x3F80, found))
        return found.astype(np.uint16) | (words & 0x8000)

    return run


def main(sizes):
    table = optimal_table(Layout.between(3, Fraction(1, 4), Fraction(15, 4)))
    answers, by_arithmetic = table.words, arithmetic(table)
    for size in sizes:
        floats = np.random.default_rng(0).normal(scale=2, size=size).astype(np.float32)
        words = (floats.view(np.uint32) >> 16).astype(np.uint16)
        assert (by_arithmetic(words) == answers[words]).all()
        paths = {
            "lookup of words": lambda words=words: np.take(answers, words, mode="wrap"),
            "arithmetic of K-TanH in numpy": lambda words=words: by_arithmetic(words),
            "words to float32, numpy.tanh, to words": lambda words=words: converted(words),
            "numpy.tanh on float32": lambda floats=floats: np.tanh(floats),
        }
        best = dict.fromkeys(paths, float("inf"))
        for _ in range(TURNS):
            for name, path in paths.items():
                start = time.perf_counter()
                path()
                best[name] = min(best[name], time.perf_counter() - start)
        print(f"{size} elements, ns each")
        for name, seconds in best.items():
            print(f"  {name:40} {seconds / size * 1e9:7.2f}  {seconds / best['lookup of words']:5.2f} x the lookup")


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [1 << 14, 1 << 18, 1 << 22])
