"""The outputs on the page docs/functions-as-tensors.md."""

import doctest
import json
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "functions-as-tensors.md"


def test_the_examples_of_the_page():
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert (failed, tried) == (0, 11)


def test_the_circuit_of_the_page(call, tmp_path):
    page = PAGE.read_text(encoding="utf-8")
    given = page[page.index('    {"input_shape"') : page.index("    $ rankcert rank convac circuit.json")]
    file = tmp_path / "circuit.json"
    file.write_text(given)
    answer = call("rank", "convac", file)
    for line in answer.stdout.splitlines():
        assert line.strip() in page or "seconds" in line or " s" in line, line


def test_the_borders_of_the_page(call, tmp_path):
    kinds = [("clip", "sliding"), ("same", "sliding"), ("valid", "sliding"), ("clip", "full"), ("zero", "sliding")]
    file = tmp_path / "borders.jsonl"
    lines = []
    for border, sharing in kinds:
        rest = 1 if border == "valid" else 8
        first = {"window": [8], "stride": [1], "channels": 2, "border": border, "sharing": sharing}
        second = {"window": [rest], "stride": [rest], "channels": 2, "sharing": sharing}
        lines.append({"input_shape": [8], "templates": 2, "row_side": "left", "layers": [first, second]})
    file.write_text("\n".join(map(json.dumps, lines)))
    results = call("rank", "convac", file, "--json").results
    page = PAGE.read_text(encoding="utf-8")
    assert [result["lower"] for result in results] == [16, 16, 2, 5, 0]
    for result in results:
        assert f"{result['label']}  {result['lower']} (" in page
