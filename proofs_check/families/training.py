"""A small network trained in fixed point on handwritten digits, bit by bit, and when it stops learning."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, as_integer
from proofs_check.family import Column, Family, Instance, Row, Rows, Told
from proofs_check.option import Option, repeated_option, words_option
from proofs_check.words import at_least, integer, one_of

if TYPE_CHECKING:
    from collections.abc import Callable

BITS = (14, 12, 10, 8, 7, 6, 5, 4)
MODES = ("nearest_down", "nearest_even", "stochastic")
FLOATS = "float64"
MOST_SEEDS = 10_000
TRAINED = 1500  # of the 1,797 images; the others are held out


def instances(
    bits: Sequence[int] = BITS, roundings: Sequence[str] = MODES, seeds: int = 3, step: int = 9, epochs: int = 10
) -> list[Instance]:
    """Each number of fraction bits with each rounding and each seed, and float64 with each seed.

    Raises
    ------
    InputError
        For numbers out of range, and if scikit-learn is not installed: no row could be answered.
    """
    from algebra.rounding.training import Recipe

    recipe = Recipe(step_shift=step, epochs=epochs)
    for count in bits:
        if as_integer("FL", count, 0) >= recipe.word_bits:
            raise InputError("FL", count, f"less than {recipe.word_bits}, the bits of a word")
    if as_integer("seeds", seeds, 1) > MOST_SEEDS:
        raise InputError("seeds", seeds, f"at most {MOST_SEEDS:,}")
    check_installed()
    kinds: list[tuple[int | None, str]] = [(None, FLOATS), *((count, name) for count in bits for name in roundings)]
    return [
        {"fraction_bits": count, "rounding": name, "seed": seed, "step": step, "epochs": epochs}
        for count, name in kinds
        for seed in range(seeds)
    ]


def check_installed() -> None:
    """Refuse where scikit-learn is not installed, without importing it.

    Raises
    ------
    InputError
        If it is not.
    """
    if find_spec("sklearn") is None:
        raise InputError("scikit-learn", None, "installed for the digits: pip install scikit-learn")


@cache
def digits() -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Return the handwritten digits of scikit-learn, as images and labels: to be trained with, and held out.

    Raises
    ------
    InputError
        If scikit-learn is not installed.
    """
    import numpy as np

    check_installed()
    from sklearn.datasets import load_digits

    found = load_digits()
    order = np.random.default_rng(0).permutation(len(found.data))
    images, labels = found.data[order] / 16, found.target[order]
    return (images[:TRAINED], labels[:TRAINED]), (images[TRAINED:], labels[TRAINED:])


def evaluate(instance: Instance) -> Row:
    """Train one network; a run takes a fraction of a second.

    Parameters
    ----------
    instance : dict
        One of `instances`.

    Returns
    -------
    dict
        Its accuracies, with what was lost and what saturated.
    """
    from algebra.rounding.fixed_point import Mode
    from algebra.rounding.training import Recipe, train

    trained, held_out = digits()
    name, recipe = instance["rounding"], Recipe(step_shift=instance["step"], epochs=instance["epochs"])
    rounding = None if name == FLOATS else "stochastic" if name == "stochastic" else Mode(name)
    found = train(*trained, instance["fraction_bits"], rounding, instance["seed"], recipe, held_out)  # type: ignore[arg-type]
    return {
        **instance,
        "train": found.train_accuracy,
        "test": found.test_accuracy,
        "lost": found.lost,
        "saturated": found.saturated,
        "grade": "numeric",
    }


def _percent(name: str) -> Callable[[Row], str]:
    """Return what shows a share as a percentage."""
    return lambda row: "" if row[name] is None else f"{100 * row[name]:.1f} %"


def _notes(rows: Rows, told: Told) -> Sequence[str]:
    return (
        "scikit-learn's digits: 1500 images trained with, 297 held out; 64-32-10, ReLU, words of 16 bits",
        "lost: updates of weights that were not 0 and are rounded to 0; saturated: numbers beyond the range while "
        "training",
        "numeric: softmax is computed in float64; all else in exact integers",
    )


FAMILY = Family(
    name="training",
    says="A small network trained in fixed point on handwritten digits, for each number of fraction bits.",
    about="Rounding to nearest stops learning as soon as updates are below half a unit, although words have 16 bits; "
    "stochastic rounding learns with 4 fraction bits. With a step eight times as large (--step 6) nearest learns with "
    "few bits as well. With many fraction bits the range is too small, and both fail. "
    "Needs scikit-learn (pip install scikit-learn).",
    instances=instances,
    evaluate=evaluate,
    key=lambda i: (
        f"training:digits:f{'loat64' if i['fraction_bits'] is None else i['fraction_bits']}:{i['rounding']}"
        f":step{i['step']}:epochs{i['epochs']}:seed={i['seed']}"
    ),
    columns=(
        Column("fraction_bits", heading="FL", says="bits behind the point; none in float64"),
        Column("rounding", "text", "rounding", says="of everything while training"),
        Column("seed", heading="seed", says="of the first weights, the order of the images and the random words"),
        Column("step", says="updates are 2^-step times the sum of the gradients over 50 images"),
        Column("epochs", says="how often all images were seen"),
        Column("train", "number", "train", _percent("train"), says="share of the 1,500 images that are recognised"),
        Column("test", "number", "test", _percent("test"), says="share of the 297 others"),
        Column("lost", "number", "lost", _percent("lost"), says="share of the updates that are rounded to 0"),
        Column("saturated", "number", "saturated", _percent("saturated"), says="share of the numbers beyond the range"),
        Column("grade", "text"),
        Column("seconds", "number"),
    ),
    title=lambda rows, told: "Training in fixed point on handwritten digits",
    notes=_notes,
    options=(
        words_option(
            "bits", "Fraction bits of the words of 16 bits; default: 14 12 10 8 7 6 5 4.", integer, BITS, "[FL]…"
        ),
        repeated_option(
            "roundings",
            f"One of {', '.join(MODES)}; may be repeated; default: all.",
            one_of(lambda: MODES),
            MODES,
            "NAME",
            spelled=("--rounding",),
        ),
        Option("seeds", "How many runs of each, with the seeds 0, 1, ….", at_least(1), 3, "N"),
        Option("step", "Updates are 2^-K times the sum of the gradients of a batch.", at_least(0), 9, "K"),
        Option("epochs", "How often all images are seen.", at_least(0), 10, "N"),
    ),
    cost=lambda instance: float(instance["epochs"]),
    example={"bits": [8, 6], "seeds": 1, "epochs": 1},
    usage=("rankcert table training", "rankcert table training 8 6 4 --step 6 --seeds 5 --output training.csv"),
)
