"""The law of gradient descent in fixed point, and where rounding to nearest stops."""

from __future__ import annotations

from proofs_check.question import Answer, Field, Question, Result
from proofs_check.questions.round import label, law_json, law_rows, moments_json, of_bits, shown_number
from proofs_check.reading import Integer, Natural, Number, Truth, file_format
from proofs_check.show.text import aligned, counted, number, run_notes, strong


@file_format
class Quadratic:
    """Gradient descent on a quadratic in one dimension, s -> rounding of (1 - h) s + h c, in grid units."""

    h: Number
    """Step size times curvature, above 0 and at most 2."""

    c: Number
    """The minimiser."""

    start: Integer
    """The first word."""

    steps: Integer
    """How often."""

    word_bits: Integer | None = None
    """Length of the words, which then saturate; as long as is needed if left out."""

    random_bits: Natural | None = None
    """Length of the random words of stochastic rounding; as many bits as are dropped if left out."""

    centred: Truth = False
    """Whether half a unit of a random word of few bits is added to it, which centres its bias."""


def answer(given: Quadratic) -> Answer:
    """State the law of the last word, and where the nearest modes stop."""
    from algebra.evidence.checker.labels import digits
    from algebra.exact.numbers import number_text
    from algebra.rounding.dead_zones import dead_zone, random_dead_zone
    from algebra.rounding.descent import gradient_descent
    from algebra.rounding.fixed_point import Mode

    found = gradient_descent(
        given.h, given.c, given.start, given.steps, given.word_bits, given.random_bits, given.centred
    )
    few = None if given.random_bits is None else random_dead_zone(found.h, found.c, given.random_bits, given.centred)
    modes = (Mode.NEAREST_EVEN, Mode.NEAREST_DOWN)
    stops = {mode.value: found.stop(mode) for mode in modes}
    zones = {mode.value: dead_zone(found.h, found.c, mode, found.ends) for mode in modes}
    fields = {
        **moments_json(found.law),
        "stops": {name: stop.at for name, stop in stops.items()},
        "stop_steps": {name: stop.step for name, stop in stops.items()},
        "cycles": {name: _list(stop.cycle) for name, stop in stops.items()},
        "dead_zones": {name: _list(zone) for name, zone in zones.items()},
        "random_dead_zone": _list(few),
        "exact": number_text(found.exact),
        "limit": None if found.limit is None else law_json(found.limit),
        "saturation": number_text(found.saturation),
        "unbiased": found.is_unbiased,
        "grade": "proved",
    }
    words = [] if given.word_bits is None else [f"w{given.word_bits}"]
    quadratic = f"h{number_text(found.h)},c{number_text(found.c)},s{digits(found.start)}"
    return Answer(label("round-descent", f"t{found.steps}", *words, *of_bits(given), quadratic), fields)


def _list(pair: tuple[int, int] | None) -> list[int] | None:
    return None if pair is None else list(pair)


def _said(result: Result) -> str:
    return f"mean {shown_number(result['mean'])}, variance {shown_number(result['variance'])}"


def _stop(result: Result, name: str) -> tuple[str, str]:
    """Say where a mode ends, and when."""
    if result["cycles"][name] is not None:
        return "never", "alternates between " + " and ".join(map(number, result["cycles"][name]))
    if result["stops"][name] is None:
        return "-", "not within 100,000 steps"
    step, zone = result["stop_steps"][name], result["dead_zones"][name]
    when = "after more than 100,000 steps" if step is None else f"after {counted(step, 'step')}"
    return number(result["stops"][name]), f"{when}; keeps {number(zone[0])}..{number(zone[1])}" if zone else when


def report(result: Result) -> str:
    """Write moments, law and stops for people."""
    bias = "the mean" if result["unbiased"] else "not the mean: few random bits"
    if result["saturation"] != "0":
        bias = f"saturates with probability {shown_number(result['saturation'])}"
    kept = result["random_dead_zone"]
    rows = [
        ("without rounding", shown_number(result["exact"]), bias),
        ("nearest, ties to even, stops at", *_stop(result, "nearest_even")),
        ("nearest, ties down, stops at", *_stop(result, "nearest_down")),
        *([("few random bits keep", f"{number(kept[0])}..{number(kept[1])}", "for ever")] if kept else []),
        *law_rows(result["law"]),
    ]
    return f"{result['label']}  {strong(_said(result))} (grid units)\n\n{aligned(rows)}\n\n{run_notes(result)}"


STOP_WORDS = "by mode: the word at which rounding to nearest stops; null if it alternates, or has not in 100,000 steps"
QUESTION = Question(
    name="round descent",
    says="The exact law of gradient descent under stochastic rounding, and where rounding to nearest stops.",
    about="Everything is in grid units. The mean is the iterate without rounding unless a step saturates, which is "
    "decided on all trajectories.",
    given=Quadratic,
    answer=answer,
    fields=(
        Field("mean", "text", "of the last word"),
        Field("variance", "text", "in squared grid units"),
        Field("law", "object", "probability of each word that can occur"),
        Field("stops", "object", STOP_WORDS),
        Field("stop_steps", "object", "by mode: the first step that changes nothing; null if there is none in 100,000"),
        Field("cycles", "object", "by mode: two words between which it alternates for ever; null if it does not"),
        Field("dead_zones", "object", "by mode: the first and the last word that is kept for ever; null if none is"),
        Field("random_dead_zone", "object", "words that few random bits keep for ever, first and last; else null"),
        Field("exact", "text", "the iterate without rounding"),
        Field("limit", "object", "law to which stochastic rounding converges for h <= 1; else null"),
        Field("saturation", "text", "probability that a step leaves the range of the words"),
        Field(
            "unbiased",
            "boolean",
            "whether no step can, and no rounding is biased, so that the mean is the iterate without rounding",
        ),
        Field("grade", "text", "proved: all of it is exact"),
    ),
    example={"h": "1/6", "c": 10, "start": 0, "steps": 5},
    needs=("algebra.rounding.descent",),
    usage=("rankcert round descent quadratic.json", "rankcert round descent quadratics.jsonl --json"),
    report=report,
    line=lambda result: f"{result['label']}  {_said(result)}",
)
