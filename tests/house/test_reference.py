"""The pages of the reference are what the declarations say, and their examples work."""

import json
import re

import pytest

from proofs_check.registry import family, family_modules, question, question_modules
from proofs_check.show.reference import PAGES, columns_of, meaning
from tests.test_house import ROOT


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_what_is_written(name):
    kept = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert kept == PAGES[name](), "write it anew: python -m proofs_check.show.reference docs"


@pytest.mark.parametrize("name", PAGES)
def test_every_row_of_a_table_has_as_many_cells_as_its_head(name):
    blocks = re.findall(r"(?:^\|.*\n)+", PAGES[name](), re.MULTILINE)
    assert len(blocks) > 10
    for block in blocks:
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(cells) == 1, block


def sections():
    text = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^## `rankcert (.*?)`\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("name", question_modules())
def test_the_examples_of_the_page_are_answered(call, tmp_path, name):
    asked = question(name)
    example, *others = [json.loads(text) for text in re.findall(r"```json\n(.*?)\n```", sections()[name])]
    files = []
    for place, given in enumerate([*others, example]):
        files.append(tmp_path / f"{place}.json")
        files[-1].write_text(json.dumps(given), encoding="utf-8")
    answer = call(*name.split(), *files, "--json")
    (result,) = answer.results
    assert answer.status == (0 if asked.is_good(result) else 1)
    assert all(f"`{field}`" in sections()[name] for field in result)


@pytest.mark.parametrize("name", family_modules())
def test_every_column_of_the_data_is_explained(name):
    columns = [column for column in columns_of(family(name)) if column.kind]
    assert [column.name for column in columns if not (meaning(column) or column.heading)] == []
