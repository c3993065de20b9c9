import json

import pytest
from typer.testing import CliRunner

from proofs_check.cli.app import app


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
def call(monkeypatch):
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, "1")  # the table command sets them; the next test shall not inherit it

    def run(*words):
        result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
        return Answer(result)

    return run
