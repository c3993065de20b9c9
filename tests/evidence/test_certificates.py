"""Certificates are written, read and accepted; the checker runs alone."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from algebra.errors import InputError
from algebra.evidence import Certificate, check, checker
from algebra.evidence.evaluation import Seen
from algebra.evidence.generic_rank import NOTHING, RankEvidence
from algebra.polynomial.certify import chain_json
from algebra.polynomial.dimension import DimensionQuestion
from algebra.polynomial.hilbert import Architecture
from algebra.polynomial.jacobian import JacobianEvaluation
from algebra.polynomial.network import PolynomialNetwork
from algebra.polynomial.rules import bounds_of, upper_bound
from algebra.polynomial.span import certified_span, seen_span
from tests.properties import cases

CHECKER = Path(checker.__file__).parent

LISTING = """
import runpy, sys
before = set(sys.modules)
sys.argv = ["checker", sys.argv[1]]
try:
    runpy.run_path({path!r}, run_name="__main__")
except SystemExit as exit:
    status = exit.code
new = [name for name in set(sys.modules) - before if name.partition(".")[0] not in sys.stdlib_module_names]
print(*(sys.modules[name].__file__ for name in new), sep="\\n")
sys.exit(status)
"""


def run_checker(*arguments):
    command = [sys.executable, "-I", str(CHECKER), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_certificates_of_all_kinds_are_accepted(network):
    bounds = network.dimension()
    certificate = bounds.certificate()
    report = certificate.check()
    assert report.valid, report.reasons
    assert report.reasons == ()
    assert report.statement.startswith(f"the dimension of {network.label} is")
    assert certificate.label == network.label
    assert certificate.claim["lower"] == bounds.lower
    assert certificate.claim["upper"] == bounds.upper


def test_round_trip(network, tmp_path):
    certificate = network.dimension().certificate()
    certificate.write(tmp_path / "certificate.json")
    again = Certificate.read(tmp_path / "certificate.json")
    assert again == certificate
    assert hash(again) == hash(certificate)
    assert again.check().valid
    assert json.loads(certificate.to_json()) == certificate.document


def test_the_same_seed_gives_the_same_certificate():
    network = PolynomialNetwork((3, 4, 2), degree=3)
    assert network.dimension(seed=3).certificate() == network.dimension(seed=3).certificate()


def test_numbers_stay_on_one_line(make):
    written = Certificate(make("many rules")).to_json()
    assert '"columns": [' in written
    assert len(written.splitlines()) < 120


def certificate_of(network, prime=0, key="", size=1, rank=0, seed=None):
    """The certificate of a lower bound alone."""
    lower = Seen(JacobianEvaluation(network), key, prime, size, rank) if rank else NOTHING
    return RankEvidence(DimensionQuestion(network), lower, None, seed).certificate()


def test_lower_bounds_alone():
    report = certificate_of(PolynomialNetwork((2, 3, 2, 1), degree=2), 8388593, "some key", 1, 5).check()
    assert report.valid
    assert report.statement == "the dimension of pnn:2-3-2-1:r2 is at least 5"


def test_nothing_at_all_is_a_claim_too():
    assert certificate_of(PolynomialNetwork((2, 3)), seed=0).check().valid


@pytest.mark.parametrize(("prime", "size"), [(2**61 - 1, 1), (2**127 - 1, 2), (2**521 - 1, 9), (8388593, 3), (101, 1)])
def test_other_primes_and_word_sizes(prime, size):
    network = PolynomialNetwork((2, 3, 2, 1), degree=2)
    certificate = certificate_of(network, prime, "k", size, 5, seed=1)
    assert certificate.check().valid


def test_a_rank_that_is_not_seen_again_is_an_error():
    with pytest.raises(ArithmeticError, match="6"):
        certificate_of(PolynomialNetwork((2, 3, 2, 1), degree=2), 8388593, "k", 1, 6)


def test_what_is_shown(make):
    certificate = Certificate(make("ambient"))
    assert repr(certificate).startswith("<Certificate: dimension of pnn:2-3-2-1:r2 = 5, sha256:")
    assert "pnn:2-3-2-1:r2" in certificate._repr_html_()
    open_ended = certificate_of(PolynomialNetwork((2, 3)))
    assert "in 0.." in repr(open_ended)


@pytest.mark.parametrize(
    "content", ["", "no JSON", "[]", "{}", '{"format": 1}', '{"format": "else"}', "[" * 10**5, "\xff", "9" * 10**4]
)
def test_files_that_are_no_certificates(content, tmp_path):
    path = tmp_path / "some file"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(InputError, match="some file"):
        Certificate.read(path)
    done = run_checker(path)
    assert done.returncode == 2
    assert "not a certificate" in done.stderr


def test_a_name_that_comes_twice_is_refused(make, tmp_path):
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(make("ambient")).replace('"lower": 5', '"lower": 6, "lower": 5'))
    with pytest.raises(InputError):
        Certificate.read(path)


def test_the_checker_runs_alone(make, tmp_path):
    path = tmp_path / "certificate.json"
    Certificate(make("spans")).write(path)
    done = run_checker(path)
    assert (done.returncode, done.stdout) == (0, "valid: the dimension of pnn:3-4-2-1:r2 is 11\n")
    path.write_text(path.read_text().replace('"upper": 11', '"upper": 12'))
    done = run_checker(path)
    assert done.returncode == 1
    assert done.stdout.startswith("refused: the digest does not fit")
    assert run_checker().returncode == run_checker(tmp_path / "missing").returncode == 2


def test_the_checker_imports_the_standard_library_alone(make, tmp_path):
    path = tmp_path / "certificate.json"
    Certificate(make("many rules")).write(path)
    command = [sys.executable, "-I", "-c", LISTING.format(path=str(CHECKER)), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    verdict, *loaded = done.stdout.splitlines()
    assert verdict.startswith("valid: ")
    assert {Path(name) for name in loaded} == set(CHECKER.glob("*.py")) - {CHECKER / "__main__.py"}


def test_the_checker_runs_where_the_library_is_not(make, tmp_path):
    path = tmp_path / "certificate.json"
    Certificate(make("spans")).write(path)
    folder = shutil.copytree(CHECKER, tmp_path / "any name", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-I", "-S", str(folder), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "valid: the dimension of pnn:3-4-2-1:r2 is 11\n"), done.stderr


@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize(("widths", "degrees"), [((3,), ()), ((2, 5), (2,)), ((2, 3, 9), (2, 2)), ((4, 2, 3), (1, 3))])
def test_spans_are_certified(widths, degrees, biases):
    enough = widths[-1] + biases
    minor = seen_span(widths, degrees, biases, enough).minor_json()
    assert len(minor["span_rows"]) == len(minor["span_columns"]) == certified_span(widths, degrees, biases, enough)


def test_large_certificates_are_checked_in_seconds():
    bounds = PolynomialNetwork((12, 12, 12, 12), degree=2).dimension()
    assert bounds.lower == bounds.upper == 408
    assert check(bounds.certificate().document).valid


def test_chains_of_random_networks_are_accepted():
    """What the rules of the producer give, the checker's own rules give too."""
    random = Random(7)
    seen = set()
    for _ in cases(1500):
        depth = random.choice([1, 2, 2, 3, 3, 4, 5])
        widths = tuple(random.choice([1, 2, 3, random.randint(1, 9)]) for _ in range(depth + 1))
        degrees = tuple(random.choice([1, 1, 2, 2, 3, 4]) for _ in range(depth - 1))
        architecture = Architecture(widths, degrees, random.random() < 0.5)
        bound = upper_bound(architecture)
        chain = chain_json(PolynomialNetwork(widths, degrees=degrees, biases=architecture.biases), bound)
        checker.check_upper(checker.Network(*architecture), bound.value, chain)
        seen |= set(bound.names)
    assert seen >= {"cut", "hilbert", "saturation", "quadratic-output", "linear-layer", "determinantal", "width-one"}


def test_every_rule_is_accepted_where_it_is_not_the_best():
    random = Random(8)
    seen = set()
    for _ in cases(200):
        depth = random.choice([2, 2, 3, 4])
        widths = tuple(random.randint(1, 7) for _ in range(depth + 1))
        degrees = tuple(random.choice([1, 2, 2, 3]) for _ in range(depth - 1))
        architecture = Architecture(widths, degrees, random.random() < 0.5)
        for bound in [upper_bound(architecture), *bounds_of(architecture)]:
            chain = chain_json(PolynomialNetwork(widths, degrees=degrees, biases=architecture.biases), bound)
            checker.check_upper(checker.Network(*architecture), bound.value, chain)
            seen.add(bound.rule)
    assert seen >= {"output-span", "homogenisation", "input-reduction"}


def test_deep_networks():
    bounds = PolynomialNetwork((2, *[3] * 150, 1), degree=2).dimension()
    assert bounds.certificate().check().valid
