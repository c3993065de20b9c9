import copy
import json
from pathlib import Path

import pytest

from algebra import InputError
from algebra.evidence import checker
from tensors.attention.functions.network import AttentionNetwork

REFERENCE = json.loads((Path(__file__).parents[1] / "data" / "attention_dimensions.json").read_text())


def network_of(row):
    return AttentionNetwork(
        row["widths"], row["head_sizes"], row["heads"], kind=row["kind"], tokens=row["tokens"],
        score_power=row.get("score_power", 1),
    )  # fmt: skip


def small(row):
    return network_of(row).parameters <= 40


@pytest.mark.parametrize("row", [*filter(small, REFERENCE)], ids=lambda row: network_of(row).label)
def test_certificates_of_the_reference_dimensions(row):
    certificate = network_of(row).dimension().certificate()
    report = certificate.check()
    assert report.valid, report.reasons
    assert certificate.claim["lower"] == row["dimension"]
    assert network_of(row).label in report.statement


@pytest.mark.slow
def test_certificates_of_all_reference_dimensions():
    for row in REFERENCE:
        assert network_of(row).dimension().certificate().check().valid, row


@pytest.mark.parametrize(
    ("network", "rule"),
    [
        (AttentionNetwork((3, 3, 3), 1, 3, tokens=1), "layers"),
        (AttentionNetwork((3, 3, 3), (1, 2), tokens=100), "virtual-weights"),
        (AttentionNetwork((4, 1), 2, 3), "common-subspace"),
        (AttentionNetwork((5, 1), 3, 2), "mixing"),
        (AttentionNetwork((1, 2, 1), 1, 2, tokens=1), "ambient"),
        (AttentionNetwork((2, 3), 1, kind="softmax", tokens=1), "linear"),
        (AttentionNetwork((1, 2, 2), 1, 2, kind="softmax", tokens=3), "gauge"),
        (AttentionNetwork((2, 4, 2), (1, 3), 2), "layers"),
        (AttentionNetwork((2, 4, 2), (3, 3), 2), "layers"),
        (AttentionNetwork((2, 4, 2), (1, 3), 3, tokens=3), "gram-forms"),
        (AttentionNetwork((1, 2, 1), 1, 2), "gram-forms"),
        (AttentionNetwork((3, 8, 1), 3, 9), "gram-forms"),
        (AttentionNetwork((2, 4, 1, 1), (4, 3, 3), (4, 3, 1), tokens=1), "blocks"),
        (AttentionNetwork((2, 4, 5), (1, 3), 2, kind="softmax"), "unseen-scores"),
        (AttentionNetwork((2, 5, 2), (2, 3), 2, kind="softmax"), "unseen-scores"),
        (AttentionNetwork((2, 4, 2), (1, 3), 2, kind="polynomial", score_power=2, tokens=1), "unseen-scores"),
        (AttentionNetwork((3, 3, 2, 2), (1, 2, 2), (1, 2, 2), tokens=3), "layers"),
        (AttentionNetwork((2, 4, 3), (1, 3), 2, kind="softmax", tokens=3), "gauge"),
    ],
    ids=lambda value: getattr(value, "label", value),
)
def test_every_rule_is_checked(network, rule):
    bounds = network.dimension()
    assert bounds.upper_by == rule
    report = bounds.certificate().check()
    assert report.valid, report.reasons


def signed(document):
    return document | {"digest": checker.digest(document)}


def refused(document, change):
    changed = copy.deepcopy(document)
    change(changed)
    report = checker.check(signed(changed))
    assert not report.valid
    assert report.reasons
    return report.reasons[0]


def put(*path, value):
    def change(document):
        for name in path[:-1]:
            document = document[name]
        document[path[-1]] = value(document[path[-1]]) if callable(value) else value

    return change


def test_forgeries_are_refused():
    document = AttentionNetwork((2, 2, 2), 1, 2, kind="softmax", tokens=3).dimension().certificate().document
    assert checker.check(signed(document)).valid
    assert "upper bound is 23" in refused(
        document, lambda d: (put("claim", "lower", value=23)(d), put("claim", "upper", value=23)(d))
    )
    for path, value, word in (
        (("claim", "lower"), 25, "claim.upper"),
        (("claim", "lower"), 19, "minor has size"),
        (("claim", "label"), "attention:softmax:2-2-2:a1-1:n3", "label"),
        (("claim", "network", "kind"), "lightning", "label"),
        (("claim", "network", "kind"), "normalised", "kind"),
        (("claim", "network", "heads"), [2], "for each layer"),
        (("claim", "network", "score_power"), 2, "powers"),
        (("lower", "rule"), "trivial", "unknown fields"),
        (("lower", "tokens"), 2, "not part"),
        (("lower", "widths"), [2, 3, 2], "not part"),
        (("lower", "prime"), 2, "no unit"),
        (("lower", "columns"), lambda c: [c[1], *c[1:]], "repeats"),
        (("lower", "rows"), lambda r: r[:-1], "square"),
        (("lower", "logits"), None, "logits is not an object"),
        (("lower", "logits", "samples"), lambda s: s[:-1], "as many samples"),
        (("lower", "logits", "samples"), lambda s: [s[0], *s[:-1]], "twice"),
        (("lower", "logits", "samples"), lambda s: [[9, 0], *s[1:]], "a key and a number"),
        (("lower", "logits", "prime"), 2, "no unit"),
        (("upper", "rule"), "virtual-weights", "one head"),
        (("upper", "rule"), "linear", "one token"),
        (("upper", "rule"), "heads", "one layer"),
        (("upper", "rule"), "nonsense", "unknown"),
        (("upper",), None, "no proof"),
    ):
        changed = copy.deepcopy(document)
        put(*path, value=value)(changed)
        report = checker.check(signed(changed))
        assert not report.valid, path
        assert word in " ".join(report.reasons), (path, report.reasons)
    assert "digest" in checker.check(document | {"digest": "sha256:0"}).reasons[0]


def test_logits_at_one_draw_of_weights_do_not_prove_it_here():
    network = AttentionNetwork((2, 4, 3), (1, 3), 2, kind="softmax", tokens=3)
    document = network.dimension().certificate().document
    logits = document["lower"]["logits"]
    assert len(logits["keys"]) == 2
    reason = refused(document, put("lower", "logits", "samples", value=[[0, t] for t in range(len(logits["samples"]))]))
    assert "logits vanishes" in reason


def test_forged_layers_are_refused():
    document = AttentionNetwork((3, 3, 3), 1, 3, tokens=1).dimension().certificate().document
    assert "square" in refused(document, put("upper", "outputs", 0, "rows", value=lambda r: r[:-1]))
    assert "vanishes" in refused(document, put("upper", "outputs", 0, "prime", value=2))
    assert "one minor for each block" in refused(document, put("upper", "outputs", value=[]))
    assert "tokens" in refused(document, put("upper", "outputs", 0, "tokens", value=2))


def test_huge_claims_are_refused_quickly():
    document = AttentionNetwork((2, 2), 1).dimension().certificate().document
    huge = copy.deepcopy(document)
    huge["claim"]["network"] |= {"widths": [2**40, 2**40], "tokens": 2**40}
    huge["claim"]["label"] = f"attention:lightning:{2**40}-{2**40}:a1:n{2**40}"
    huge["lower"] |= {"widths": [2**40, 2**40], "tokens": 2**40}
    assert not checker.check(signed(huge)).valid


def test_networks_without_rules():
    for options in ({"kind": "normalised"}, {"causal": True}, {"residual": True}):
        with pytest.raises(InputError, match="no rules"):
            AttentionNetwork((2, 2), 1, **options).dimension().certificate()


def test_command_writes_and_verifies(tmp_path):
    from click.testing import CliRunner

    from proofs_check.cli.app import app

    given, written = tmp_path / "layer.json", tmp_path / "certificate.json"
    given.write_text('{"kind": "softmax", "widths": [2, 2, 2], "head_sizes": [1, 1], "tokens": 3}')
    answer = CliRunner().invoke(app, ["attention", "dimension", str(given), "--certificate", str(written)])
    assert answer.exit_code == 0
    assert f"certificate in {written}" in answer.stdout
    answer = CliRunner().invoke(app, ["check", str(written)])
    assert answer.exit_code == 0
    lines = tmp_path / "layers.jsonl"
    lines.write_text(given.read_text())
    assert CliRunner().invoke(app, ["attention", "dimension", str(lines), "--certificate", str(written)]).exit_code == 2
