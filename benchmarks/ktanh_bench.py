"""tanh on bfloat16 by one lookup of a word, against named baselines on the same numbers, in one run.

    python benchmarks/ktanh_bench.py [--sizes 16384 262144 4194304] [--repeats 15]

Every path runs in turns on the same bfloat16 numbers, and the least CPU time of each counts, in nanoseconds an
element. The lookup takes answers from the table of all 65,536 words, the same for K-TanH, the correctly rounded tanh,
sigmoid or GELU. The baselines: numpy's tanh on float32 (numbers are float32 before and after); from bfloat16 to float32
and back, in numpy's integers and by the casts of ml_dtypes; numpy's tanh on an ml_dtypes bfloat16 array; and the
arithmetic of K-TanH in whole arrays, with two gathers. Whether numpy has AVX-512 kernels decides the first comparison:
it is printed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from fractions import Fraction

import ml_dtypes
import numpy as np
from _timing import interleaved
from rich.console import Console
from rich.table import Table

from algebra.rounding import KTanhTable, Layout, optimal_table, tanh_of

Words = np.ndarray


def converted(words: Words) -> Words:
    """From bfloat16 to float32, tanh, and back, ties to even; no word is NaN."""
    bits = np.tanh((words.astype(np.uint32) << 16).view(np.float32)).view(np.uint32)
    return ((bits + np.uint32(0x7FFF) + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def cast(numbers: np.ndarray) -> np.ndarray:
    """The same by the casts of ml_dtypes."""
    return np.tanh(numbers.astype(np.float32)).astype(ml_dtypes.bfloat16)


def arithmetic(table: KTanhTable) -> Callable[[Words], Words]:
    """The algorithm in whole arrays: two gathers by the index, and a choice by thresholds."""
    layout = table.layout
    bases, shifts = np.zeros(layout.size, np.int32), np.zeros(layout.size, np.int32)
    for entry, piece in zip(table.entries, layout.pieces, strict=True):
        bases[layout.index(piece[0])], shifts[layout.index(piece[0])] = entry.base, entry.shift

    def run(words: Words) -> Words:
        magnitudes = words & 0x7FFF
        index = (words >> (7 - layout.mantissa_bits)) & (layout.size - 1)
        found = bases[index] + ((words & 0x7F) >> shifts[index])
        found = np.where(magnitudes < layout.first, magnitudes, np.where(magnitudes >= layout.last, 0x3F80, found))
        return found.astype(np.uint16) | (words & 0x8000)

    return run


def paths(size: int) -> dict[str, Callable[[], np.ndarray]]:
    """The ways, each on the same numbers."""
    table = optimal_table(Layout.between(3, Fraction(1, 4), Fraction(15, 4)))
    by_arithmetic = arithmetic(table)
    floats = np.random.default_rng(0).normal(scale=2, size=size).astype(np.float32)
    words = (floats.view(np.uint32) >> 16).astype(np.uint16)
    numbers, exact = words.view(ml_dtypes.bfloat16), (words.astype(np.uint32) << 16).view(np.float32)
    return {
        "lookup of words": lambda: tanh_of(table, words),
        "numpy.tanh on float32": lambda: np.tanh(exact),
        "words to float32, numpy.tanh, to words": lambda: converted(words),
        "ml_dtypes casts around numpy.tanh": lambda: cast(numbers),
        "numpy.tanh on bfloat16": lambda: np.tanh(numbers),
        "arithmetic of K-TanH in numpy": lambda: by_arithmetic(words),
    }


def compared(size: int, repeats: int) -> Table:
    """Time all of them in turns."""
    ways = paths(size)
    table = Table("way", "ns an element", "times the lookup", title=f"{size:,} elements")
    times = interleaved(list(ways.values()), repeats)
    for name, spent in zip(ways, times, strict=True):
        table.add_row(name, f"{spent / size * 1e9:.2f}", f"{spent / times[0]:.2f}")
    return table


def has_avx512() -> bool:
    """Whether this processor has what numpy's float32 kernel of tanh uses."""
    from numpy._core._multiarray_umath import __cpu_features__

    return bool(__cpu_features__.get("AVX512_SKX"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1 << 14, 1 << 18, 1 << 22])
    parser.add_argument("--repeats", type=int, default=15)
    options = parser.parse_args()
    console = Console()
    console.print(f"numpy {np.__version__}, AVX-512: {has_avx512()}")
    for size in options.sizes:
        console.print(compared(size, options.repeats))


if __name__ == "__main__":
    main()
