"""Completion: the line that a shell reads when it starts, and what it is offered."""

import os
import subprocess
import sys

import pytest

COMMAND = [sys.executable, "-c", "from proofs_check.cli import main; main()"]


def run(*words, **environment):
    env = {**os.environ, **environment}
    return subprocess.run([*COMMAND, *words], capture_output=True, text=True, check=True, env=env).stdout


def test_completion_is_installed_once(tmp_path):
    (tmp_path / ".bashrc").write_text("alias ll='ls -l'")
    for _ in range(2):
        told = run("--install-completion", HOME=str(tmp_path), SHELL="/bin/bash")
        assert str(tmp_path / ".bashrc") in told
    line = run("--show-completion", SHELL="/bin/bash")
    assert (tmp_path / ".bashrc").read_text() == f"alias ll='ls -l'\n{line}"


def offered(words, incomplete):
    line = f"rankcert {words}".split()
    environment = {"_RANKCERT_COMPLETE": "bash_complete", "COMP_WORDS": " ".join([*line, incomplete])}
    out = run(COMP_CWORD=str(len(line)), **environment)
    return [each.partition(",")[2] for each in out.splitlines()]


@pytest.mark.parametrize(
    ("words", "incomplete", "expected"),
    [
        ("", "att", ["attention"]),
        ("verify", "y", ["yun2018", "yun2019", "yun2020"]),
        ("table verify", "yun2018", ["yun2018"]),
        ("table paper", "dao2026-c", ["dao2026-counterexample"]),
        ("plot", "", ["heatmap", "overlaps", "realised"]),
        ("memorize build --construction", "", ["hard-tanh", "wide"]),
        ("attention", "r", ["realise", "representable"]),
        ("example", "rank", ["rank convac"]),
        ("schema", "memo", ["memorize build"]),
        ("atlas", "thr", ["thresholds"]),
        ("table attention", "soft", ["softmax", "softmax-heads"]),
        ("table overlaps --partition", "q", ["quadrants"]),
        ("table sparse-patterns --pattern", "big", ["bigbird"]),
    ],
)
def test_names_are_offered(words, incomplete, expected):
    found = offered(words, incomplete)
    assert set(expected) <= set(found)
    assert all(word.startswith(incomplete) for word in found)
