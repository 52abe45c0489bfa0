"""A report as PDF: printed by the real Chromium; without one, a line says where to get it."""

from __future__ import annotations

import re
import zlib

import pytest
from pipeline_helpers import rasd
from served import chromium


def _strokes(pdf):
    """Lines that a page draws, of the page that draws most."""
    most = 0
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            drawn = zlib.decompress(found[1])
        except zlib.error:
            continue  # a font, a picture
        most = max(most, len(re.findall(rb" l\n", drawn)))
    return most


@pytest.mark.parametrize(
    ("language", "name", "more"),
    [("ar", "report.pdf", []), ("en", "report", ["--format", "pdf"])],
)
def test_chromium_prints_a_report(seeds_output, tmp_path, monkeypatch, language, name, more):
    monkeypatch.setenv("RASD_CHROMIUM", chromium())
    report = tmp_path / name
    done = rasd(
        "report", "--data", str(seeds_output), "--output", str(report),
        "--language", language, *more,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    pdf = report.read_bytes()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", pdf)) > 1
    width, height = map(float, re.search(rb"/MediaBox \[0 0 (\S+) ([^\]]+)\]", pdf).groups())
    assert (round(width), round(height)) == (595, 842), "A4, in points"
    assert b"NotoSansArabic" in pdf, "the report's own font, not the machine's"
    assert _strokes(pdf) > 10_000, "the map is drawn"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"PATH": "/nowhere", "RASD_CHROMIUM": ""}, "there is none here"),
        ({"RASD_CHROMIUM": "/nowhere/chromium"}, "RASD_CHROMIUM is /nowhere/chromium"),
        ({"RASD_CHROMIUM": "/bin/false"}, "/bin/false did not print (exit code 1)"),
    ],
)
def test_without_chromium_one_line_says_where_to_get_it(
    seeds_output, tmp_path, monkeypatch, settings, said
):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    report = tmp_path / "report.pdf"
    done = rasd("report", "--data", str(seeds_output), "--output", str(report))
    told = done.stderr.decode()
    assert done.returncode == 2
    assert said in told
    assert ("apt-get install chromium" in told) == ("false" not in said)
    assert len(told.strip().splitlines()) == 1
    assert not report.exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--output", "report.txt"], "name a .html or a .pdf file"),
        (["--output", "report.html", "--format", "pdf"], "--format pdf does not go into .html"),
        (["--output", "report.pdf", "--format", "html"], "--format html does not go into .pdf"),
    ],
)
def test_a_form_and_an_ending_that_disagree_are_refused(seeds_output, tmp_path, more, said):
    done = rasd("report", "--data", str(seeds_output), *more, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert list(tmp_path.iterdir()) == []
