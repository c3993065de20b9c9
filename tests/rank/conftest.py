from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def rng(request) -> np.random.Generator:
    """A generator of its own for each test, the same in every run."""
    return np.random.default_rng(sum(request.node.name.encode()))
