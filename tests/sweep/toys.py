"""Small questions that every process can import."""

import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from proofs_check.engine import FamilySweep
from proofs_check.engine.sweep import Together


def square(instance):
    return {"value": instance["n"] ** 2, "label": f"square:{instance['n']}", "grade": "proved"}


def slow_square(instance):
    """Leave a line for each evaluation, so that a test can count them."""
    with Path(instance["log"]).open("a") as file:
        file.write(f"{instance['n']} {os.getpid()}\n")
    time.sleep(instance["seconds"])
    return square(instance)


def fragile_square(instance):
    """Kill the process that computes a multiple of 10: always, or the first time."""
    if instance["n"] % 10 == 0 and not (instance["once"] and Path(instance["log"], str(instance["n"])).exists()):
        Path(instance["log"], str(instance["n"])).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return square(instance)


def failing_square(instance):
    if instance["n"] == 3 and not Path(instance["cure"]).exists():
        raise ZeroDivisionError("no three")
    return square(instance)


class UnsendableError(Exception):
    """Pickled, it cannot be read again."""

    def __init__(self, first, second):
        super().__init__(f"{first} and {second}")


def failing_unsendably(instance):
    raise UnsendableError("one", "two")


def unwritable(instance):
    return {"value": float("nan")}


def interrupting_square(instance):
    if instance["n"] == instance["stop"]:
        signal.raise_signal(instance["signal"])
    return square(instance)


def threads(instance):
    return {"pid": os.getpid(), "threads": os.environ.get("OPENBLAS_NUM_THREADS"), "slept": time.sleep(0.05)}


def surroundings(instance):
    return {"safe": os.environ.get("PYTHONSAFEPATH"), "path": sys.path}


def last_is_long(instance):
    time.sleep(instance["seconds"] if instance["n"] == instance["last"] else 0)
    return square(instance)


def padded(instance):
    time.sleep(instance["seconds"])
    return {**square(instance), "pad": "x" * 2000}


def key(instance):
    return f"square:{instance['n']}"


def family(count, evaluate=square, **more):
    instances = [{"n": n, **more} for n in range(count)]
    return FamilySweep("squares", {"count": count, "seed": 7}, instances, evaluate, key, lambda i: 1.0 + i["n"])


class Collatz:
    """An adaptive sweep: the next number depends on the answer."""

    name = "collatz"

    def __init__(self, *starts):
        self.parameters = {"starts": list(starts)}
        self.wanted = list(starts)
        self.asked = set()
        self.seen = {}

    @staticmethod
    def evaluate(instance):
        n = instance["n"]
        return {"next": n // 2 if n % 2 == 0 else 3 * n + 1}

    def pending(self):
        new = [n for n in dict.fromkeys(self.wanted) if n not in self.asked]
        self.asked.update(new)
        self.wanted = []
        return [{"n": n} for n in new]

    def receive(self, instance, result):
        self.seen[instance["n"]] = result["next"]
        if instance["n"] > 1:
            self.wanted.append(result["next"])

    def key(self, instance):
        return f"collatz:{instance['n']}"

    def cost(self, instance):
        return 1.0


def squares_together(instances):
    """Square all but the multiples of 7 at once; leave a line for each call."""
    with Path(instances[0]["log"]).open("a") as file:
        file.write(f"{len(instances)} together\n")
    return [None if instance["n"] % 7 == 0 else square(instance) for instance in instances]


def none_together(instances):
    raise ZeroDivisionError("nothing together")


def too_few_together(instances):
    return [square(instance) for instance in instances[1:]]


def deadly_together(instances):
    """Kill the process, as a crash in C would."""
    os.kill(os.getpid(), signal.SIGKILL)


def interrupted_together(instances):
    if any(instance["n"] == instance["stop"] for instance in instances):
        signal.raise_signal(signal.SIGINT)
    return [square(instance) for instance in instances]


def small(instance):
    return instance["n"] < 1500


def company(count, evaluate, **more):
    """A family whose small instances are evaluated together."""
    return replace(family(count, slow_square, seconds=0, **more), together=Together(evaluate, small))
