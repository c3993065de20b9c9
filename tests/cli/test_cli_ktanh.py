"""`rankcert ktanh`, a question that has the name of its group, and `rankcert ktanh optimise`, which needs no words."""

import json

import pytest


def words_of(answer):
    assert answer.status == 0
    return [result["word"] for result in answer.results]


def test_each_word_is_an_answer_of_its_own(call):
    assert words_of(call("ktanh", "0x3f00", "0xbf80", "1", "--reference", "--json")) == ["0x3eed", "0xbf43", "0x0001"]
    assert words_of(call("ktanh", "--reference", "16128", "--json")) == ["0x3eed"]
    assert words_of(call("ktanh", "0x3f00", "--json")) == ["0x3ef0"]


def test_words_in_files(call, tmp_path):
    file = tmp_path / "words.jsonl"
    file.write_text('{"word": "0x3f00"}\n{"word": 49024}\n')
    assert words_of(call("ktanh", file, "--reference", "--json")) == ["0x3eed", "0xbf43"]
    assert words_of(call("ktanh", "-", "--reference", "--json", stdin='{"word": "0x3f00"}')) == ["0x3eed"]


@pytest.mark.parametrize("word", ["0x1ffff", "65536", "0x", "0xg", "0x3f00f", "3f00", "0.5", "0x-1", "٣", "1_0"])
def test_no_word_of_sixteen_bits(call, word):
    for words in ([word], ["0x3f00", word]):
        answer = call("ktanh", *words, "--json")
        assert answer.status == 2
        assert answer.error["argument"] in ("word", "FILE")


@pytest.mark.parametrize(
    ("words", "argument"),
    [(["--from", "0.3"], "--from"), (["--to", "1e99999999"], "--to"),
     (["--from", "4"], "--to"), (["--to", "x"], "--to"),
     (["--mantissa-bits", "8"], "mantissa_bits"), (["--from", "2", "--monotone"], "monotone"),
     (["--from", "nan"], "--from")],
)  # fmt: skip
def test_no_table(call, words, argument):
    bits = [] if "--mantissa-bits" in words else ["--mantissa-bits", "3"]
    for command in (["ktanh", "optimise", *bits], ["ktanh", "0x3f00"]):
        answer = call(*command, *words, "--json")
        assert answer.status == 2
        assert answer.error["argument"] == argument


def test_optimise_by_options_or_by_a_file(call, tmp_path):
    (told,) = call("ktanh", "optimise", "--mantissa-bits", 2, "--from", "0.125", "--carry", "--json").results
    file = tmp_path / "layout.json"
    file.write_text(json.dumps({"mantissa_bits": 2, "start": 0.125, "carry": True}))
    (read,) = call("ktanh", "optimise", file, "--json").results
    assert {**told, "seconds": 0} == {**read, "seconds": 0}
    assert told["label"] == "ktanh:m2:0.125..3.75:carry"
    assert len(told["table"]) == told["entries"] == 20
    assert float(told["enclosure"]["lower"]) <= told["max_abs_error"] <= float(told["enclosure"]["upper"])

    assert call("ktanh", "optimise", file, "--carry", "--json").error["argument"] == "--carry"
    assert call("ktanh", "optimise", "--json").error["argument"] == "--mantissa-bits"


def test_the_group_helps(call):
    for words in (["ktanh", "--help"], ["ktanh"]):
        answer = call(*words)
        text = answer.stdout + answer.stderr
        assert "--reference" in text
        assert "optimise" in text
    answer = call("ktanh", "optimize")
    assert answer.status == 2
    assert "Did you mean 'optimise'?" in answer.stdout + answer.stderr
