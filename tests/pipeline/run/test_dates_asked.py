"""``--from`` and ``--to``: what is left out, what stays, and that the run says both."""

from __future__ import annotations

import json

import pytest
from pipeline_helpers import rasd

from pipeline.sql.data import open_data

LINES = (
    ("أ", "تظاهر المئات في دبي اليوم السبت احتجاجا على الغلاء.", "2023-06-03T02:10:00+04:00"),
    ("ب", "تظاهر المئات في صنعاء اليوم الخميس احتجاجا على ارتفاع الأسعار.", "2023-06-01"),
    ("ج", "تظاهر العشرات في عدن احتجاجا على انقطاع الكهرباء.", ""),
    ("د", "أضرب العمال في تعز اليوم السبت احتجاجا على الضرائب.", "2023-06-03T12:10:00+03:00"),
)


@pytest.mark.parametrize(
    ("asked", "kept", "told", "untold"),
    [
        (
            ("--from", "2023-06-03"),
            {"ج", "د"},
            ("2 articles", "(published_on) 1 would be inside", "without any date: 1 article"),
            (),
        ),
        (("--to", "2023-06-01"), {"ب", "ج"}, ("2 articles", "without any date"), ("would be",)),
        (("--from", "2023-06-01"), {"أ", "ب", "ج", "د"}, ("without any date",), ("left out",)),
        ((), {"أ", "ب", "ج", "د"}, (), ("left out", "without any date")),
    ],
)
def test_a_run_says_what_dates_left_out(tmp_path, asked, kept, told, untold):
    given = tmp_path / "days.jsonl"
    given.write_text(
        "\n".join(
            json.dumps({"title": title, "body": body, "published_at": date}, ensure_ascii=False)
            for title, body, date in LINES
        ),
        "utf-8",
    )
    output = str(tmp_path / "out")
    done = rasd("run", str(given), "--output", output, "--offline", *asked)
    said = done.stderr.decode()
    assert done.returncode == 0, said
    rows = open_data(output).sql("SELECT title, published_on FROM articles").to_pylist()
    assert {row["title"] for row in rows} == kept
    assert all(part in said for part in told), said
    assert not any(part in said for part in untold), said
