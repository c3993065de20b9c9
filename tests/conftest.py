"""What all tests share: profiles of hypothesis, a generator of random numbers, and the command line in this process."""

import gc
import json
import os
import signal

# The tests run in as many processes as there are cores, where a second thread of BLAS only waits, and burns time.
# It must be said before numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, settings

from proofs_check.cli.app import app

# Chosen by RANKCERT_TEST_PROFILE. Exact arithmetic has no typical duration, so there is never a deadline. How many
# examples are looked at does not depend on the profile: see RANKCERT_TEST_MULTIPLIER in `properties.py`.
settings.register_profile("default", deadline=None)
# The same examples in every run, and nothing from earlier ones.
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
# For large multipliers over night: examples may take long, and failures say how to repeat them.
settings.register_profile(
    "long", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile(os.environ.get("RANKCERT_TEST_PROFILE", "ci" if "CI" in os.environ else "default"))

# In the background of a shell Ctrl-C is ignored, also by the commands that tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Keep the garbage collector from the tests themselves: they stay, and walking through them took a fifth of all."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
        gc.set_threshold(700, 10, 100)  # what lives long, such as caches, is looked at ten times more rarely


@pytest.fixture
def rng(request) -> np.random.Generator:
    """A generator of its own for each test, the same in every run."""
    return np.random.default_rng(sum(request.node.name.encode()))


class Answer:
    """What a command did."""

    def __init__(self, result):
        self.status = result.exit_code
        self.stdout = result.stdout
        self.stderr = result.stderr

    @property
    def json(self):
        return json.loads(self.stdout)

    @property
    def results(self):
        assert self.json["schema"] == 1
        return self.json["results"]

    @property
    def error(self):
        return self.json["error"]


@pytest.fixture
def call():
    """Run a command in this process."""

    def run(*words, stdin=None):
        result = CliRunner().invoke(app, [str(word) for word in words], input=stdin, catch_exceptions=False)
        return Answer(result)

    return run


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Let slow tests look at every upper bound once more; see `algebra.evidence.generic_rank.check_upper`."""
    with pytest.MonkeyPatch.context() as patch:
        if item.get_closest_marker("slow") is not None:
            patch.setenv("RANKCERT_CHECK", "1")
        return (yield)
