"""The tasks of the project: ``nox -l`` lists them, ``nox -s tests`` runs one.

``.ci/run`` does lint, types, tests and documentation in one environment. The sessions here are the same commands one by
one, each in an environment of its own, and those that are run less often.
"""

import nox

nox.options.sessions = ["lint", "types", "tests", "docs"]
nox.options.reuse_existing_virtualenvs = True
CHECKER = "algebra/evidence/checker/*"


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests that are not slow; arguments go to pytest."""
    session.install("-e", ".[test]")
    session.run("pytest", "-n", "2", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """Run the slow tests: every rank once more, with more rows than its upper bound."""
    session.install("-e", ".[test]")
    session.run("pytest", "-n", "2", "-m", "slow", *session.posargs, env={"RANKCERT_CHECK": "1"})


@nox.session
def lint(session: nox.Session) -> None:
    """Look for mistakes, for formatting, and for misspelt words."""
    session.install("ruff>=0.8", "codespell>=2.3")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("codespell")


@nox.session
def types(session: nox.Session) -> None:
    """Check all types, strictly."""
    session.install("-e", ".[dev]")
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site in build/site; warnings are errors, and so are links within it that lead nowhere."""
    session.install("-e", ".[docs,test]")
    session.run("python", "-m", "sphinx", "-W", "--keep-going", "-b", "html", "docs", "build/site", *session.posargs)
    session.run("python", "-m", "docs.pages.links", "build/site")


@nox.session
def linkcheck(session: nox.Session) -> None:
    """Follow every link of the site that leads elsewhere; needs the network."""
    session.install("-e", ".[docs,test]")
    session.run("python", "-m", "sphinx", "-b", "linkcheck", "docs", "build/linkcheck")


@nox.session
def distributions(session: nox.Session) -> None:
    """Build wheel and source distribution, and test each as installed; then the oldest dependencies."""
    session.run(".ci/distributions", *session.posargs, external=True)


@nox.session
def coverage(session: nox.Session) -> None:
    """Measure which lines the tests reach; the checker has a floor."""
    session.install("-e", ".[test]", "coverage>=7.5")
    session.run("coverage", "erase")
    session.run("coverage", "run", "-m", "pytest", "-n", "0", *TIMED, *session.posargs, env=MONITORED)
    session.run("coverage", "combine")
    session.run("coverage", "report", f"--include={CHECKER}", f"--fail-under={CHECKER_FLOOR}", "--show-missing")
    session.run("coverage", "report")


# From Python 3.12 on tracing then costs some per cent; before it is ignored, and tracing doubles the time.
MONITORED = {"COVERAGE_CORE": "sysmon"}
# They bound the time of one core, which tracing multiplies.
TIMED = ("--deselect", "tests/evidence/test_forgeries.py::test_towers_of_degrees_do_not_hang")
# A line that no test reaches is one that nobody has seen refuse a forgery.
CHECKER_FLOOR = 100
