"""How often a property is tested: one multiplier for all of them.

``RANKCERT_TEST_MULTIPLIER=10 pytest tests/convac`` looks at ten times as many cases, of hypothesis and of seeded loops
alike; the numbers in the tests are those of an ordinary run.
"""

from __future__ import annotations

import os

from hypothesis import settings

MULTIPLIER = max(1, int(os.environ.get("RANKCERT_TEST_MULTIPLIER", "1")))


def examples(count: int) -> settings:
    """Decorate a hypothesis test that looks at so many examples in an ordinary run."""
    return settings(max_examples=times(count), deadline=None)  # exact arithmetic has no typical duration


def cases(count: int) -> range:
    """Return the numbers of the cases of a seeded loop, so many in an ordinary run."""
    return range(times(count))


def times(count: int) -> int:
    """Return how many cases there are, for one array of all of them."""
    return count * MULTIPLIER
