"""What hand-written pages quote is what the program prints: outputs, answers, the row of README."""

from __future__ import annotations

import re

import pytest
from pipeline_helpers import ROOT

from pipeline.docgen.examples import PAGES, DocsSandbox
from pipeline.sql.data import open_data


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return DocsSandbox(ROOT, tmp_path_factory.mktemp("desk"))


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_shows_is_what_comes_out(desk, name):
    text = (ROOT / name).read_text("utf-8")
    assert desk.refresh(text) == text, f"{name} shows what was: run `make docs`"


def test_the_readme_quotes_the_seed_article(seeds_output):
    quoted = re.findall(r"^> (.*)$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    lead = " ".join(quoted).replace("**", "")
    found = open_data(str(seeds_output)).sql(
        "SELECT dateline, body FROM articles WHERE title LIKE '%النصيرات%'"
    )
    (article,) = found.to_pylist()
    dateline, _, text = lead.partition(": ")
    assert dateline.startswith(article["dateline"].split()[0])
    assert text in article["body"]


def test_every_kind_of_quotation_is_run(desk):
    stale = (
        "`one.sql`:\n\n```sql\nSELECT 7 AS seven\n```\n\n"
        "```console\n$ rasd query --file one.sql --data out --format csv\nold\n"
        "$ rasd query --named nonsense | head -n 1\n```\n\n"
        "```python\nx = 6\nx * 7\n```\n\n```\n41\n```\n"
        "```python\nundefined\n```\n\n```\n```\n"
        "| column | value |\n|---|---|\n| place | `Nowhere` |\n"
    )
    fresh = desk.refresh(stale)
    assert "seven\r\n7\r\n$ rasd" in fresh
    assert "rasd: no shipped query nonsense" in fresh
    assert "```\n42\n```" in fresh
    assert "NameError: name 'undefined'" in fresh
    assert "Nowhere" not in fresh
    assert "| trigger, rule_id | `" in fresh
    assert desk.refresh(fresh) == fresh
