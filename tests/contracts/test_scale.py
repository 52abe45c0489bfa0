"""docs/scale.md says what its figures work out to, and every price has its page and date."""

from __future__ import annotations

import importlib.util
import re
from typing import Any

import pytest
from pipeline_helpers import ROOT

PAGE = ROOT / "docs" / "scale.md"


@pytest.fixture(scope="module")
def scale() -> Any:
    path = ROOT / "benchmarks" / "scale.py"
    spec = importlib.util.spec_from_file_location("scale_of_docs", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_figures_work_out_to(scale):
    text = PAGE.read_text("utf-8")
    assert set(re.findall(r"<!-- table: (\w+) -->", text)) == set(scale.TABLES)
    again = scale.filled(text, scale.load())
    assert text == again, "run python -m benchmarks.scale --write docs/scale.md"


def test_every_price_has_a_page_a_date_and_a_use(scale):
    loaded = scale.load()
    source = (ROOT / "benchmarks" / "scale.py").read_text("utf-8")
    for each in loaded.prices:
        assert each["page"].startswith("https://cloud.google.com/"), each["id"]
        assert each["as_of"], each["id"]
        assert each["seen"], each["id"]
        assert f'usd["{each["id"]}"]' in source or each["usd"] == 0, f"{each['id']}: nobody pays it"


def test_the_sums_are_right(scale):
    loaded = scale.load()
    loaded.measured = {
        "one": {
            "worker_ms": 80.0, "launcher_ms": 19.57, "light": 100, "keys": 400,
            "page": 10, "page_packed": 1000, "inbox": 1,
            "tables": {"articles": [1, 3000, 5000], "events": [9, 7000, 15000]},
        },
        "two": {"worker_ms": 40.0, "tables": {"articles": [1, 4000, 2000], "events": [9, 0, 0]}},
    }  # fmt: skip
    assert loaded.cpu(86_400) == pytest.approx(86_400 * 0.1), "80 + 19.57 + 0.43 ms"
    assert loaded.cores(86_400 * 10) == 5, "one core of work, thrice at the peak, busy to 60 %"
    assert loaded.stored(1) == 11_000, "the greater, table by table"
    assert loaded.stored(2) == 20_000
    assert loaded.window(1_000_000) == 8 * 500e6
    assert loaded.commit(1_000_000) == 8 * 500e6 + 30 * 100e6
    rows = loaded.bigquery(1_000_000, 60)
    assert rows["rows"] == pytest.approx(20_000 * 30e6 / 1e9 * 0.02)
    assert rows["commits"] == pytest.approx(7e9 * 24 * 30 / 1e12 * 6.25)
    month = loaded.money(864_000)["one machine"]
    assert month["cores"] == pytest.approx(5 * 730 * 0.03350571)
    assert month["archive"] == pytest.approx(864_000 * 1000 * 30 / 1e9 * 0.02)


def test_figures_are_told_with_two_digits(scale):
    assert [scale._number(each) for each in (0, 0.0374, 3.14, 31.4, 4567.0)] == [
        "0", "0.037", "3.1", "31", "4,600",
    ]  # fmt: skip
