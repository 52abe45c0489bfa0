"""What other programs take: maps, GDELT's tables, flat events, lines of JSON."""

from __future__ import annotations

import csv
import json

import pytest
from pipeline_helpers import rasd

from pipeline.sources.workbook import sheets
from pipeline.sql.data import open_data
from transforms.rows.schema import TABLES

FORMULA = ("=", "+", "-", "@")


@pytest.fixture(scope="module")
def exported(seeds_output, tmp_path_factory):
    """The seeds in every form."""
    folder = tmp_path_factory.mktemp("exported")
    for form in ("csv", "jsonl", "xlsx", "geojson", "gdelt", "polecat", "acled", "flat"):
        args = ("--output", str(folder / form), "--format", form)
        done = rasd("export", "--data", str(seeds_output), *args)
        assert done.returncode == 0, done.stderr.decode()
        assert done.stdout == b""
    return folder


def rows_of(path, delimiter=","):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=delimiter))


def test_every_table_has_its_rows_in_every_form(exported, seeds_output):
    data = open_data(str(seeds_output))
    for table in TABLES:
        rows = data.sql(f"SELECT * FROM {table}").num_rows
        assert len(rows_of(exported / "csv" / f"{table}.csv")) == rows
        lines = (exported / "jsonl" / f"{table}.jsonl").read_text("utf-8").splitlines()
        assert len(list(map(json.loads, lines))) == rows
        workbook = (exported / "xlsx" / f"{table}.xlsx").read_bytes()
        assert [len(list(found)) for _, found in sheets(workbook)] == [rows + 1]


def test_the_map_has_a_point_for_every_row(exported, seeds_output):
    rows = open_data(str(seeds_output)).sql("SELECT * FROM v_map").to_pylist()
    found = json.loads((exported / "geojson" / "map.geojson").read_text("utf-8"))
    assert found["type"] == "FeatureCollection"
    points = {each["id"]: each["geometry"] for each in found["features"]}
    assert points == {
        row["event_id"]: {"type": "Point", "coordinates": [row["lon"], row["lat"]]} for row in rows
    }
    (first, *_) = found["features"]
    assert {"event_type", "event_date", "place_name", "title"} <= first["properties"].keys()
    assert "lat" not in first["properties"]


def test_gdelts_tables_have_its_columns_and_codes(exported, seeds_output):
    events = rows_of(exported / "gdelt" / "gdelt_events.tsv", "\t")
    mentions = rows_of(exported / "gdelt" / "gdelt_mentions.tsv", "\t")
    assert len(events[0]) == 61
    assert len(mentions[0]) == 16
    assert len(events) == open_data(str(seeds_output)).sql("SELECT 1 FROM v_events").num_rows
    ids = {row["GLOBALEVENTID"] for row in events}
    assert len(ids) == len(events)
    assert {row["GLOBALEVENTID"] for row in mentions} == ids
    for row in events:
        assert row["QuadClass"] in {"1", "2", "3", "4"}
        assert row["EventCode"].startswith(row["EventBaseCode"])
        assert row["EventBaseCode"].startswith(row["EventRootCode"])
        assert row["SQLDATE"].startswith(row["MonthYear"])
        assert len(row["ActionGeo_CountryCode"]) in {0, 2}
        counted = sum(each["GLOBALEVENTID"] == row["GLOBALEVENTID"] for each in mentions)
        assert int(row["NumMentions"]) == counted
    places = {
        row["ActionGeo_FullName"].split(",")[0]: row["ActionGeo_CountryCode"] for row in events
    }
    assert places["النصيرات"] == "GZ"
    assert places["بغداد"] == "IZ"


def test_other_datasets_have_their_own_headers(exported, seeds_output):
    data = open_data(str(seeds_output))
    polecat = rows_of(exported / "polecat" / "polecat.tsv", "\t")
    assert {"Event ID", "Primary Actor Sector", "GeoNames ID"} <= polecat[0].keys()
    assert len(polecat) == data.sql("SELECT 1 FROM v_events").num_rows
    acled = rows_of(exported / "acled" / "acled.csv")
    assert {"event_id_cnty", "assoc_actor_1", "timestamp"} <= acled[0].keys()
    assert len(acled) == data.sql("SELECT 1 FROM acled_v").num_rows > 20


def test_flat_events_are_one_plain_table(exported, seeds_output):
    rows = rows_of(exported / "flat" / "events_flat.csv")
    assert len(rows) == open_data(str(seeds_output)).sql("SELECT 1 FROM v_events").num_rows
    assert {"actors_country", "place_lat", "evidence_text", "title"} <= rows[0].keys()
    assert not any(cell.startswith(("[", "{")) for row in rows for cell in row.values())


def test_csv_for_excel_begins_with_a_mark_and_is_flat(seeds_output):
    query = ("query", "SELECT * FROM v_events ORDER BY event_id")
    query = (*query, "--data", str(seeds_output))
    done = rasd(*query, "--excel")
    assert done.returncode == 0
    assert done.stdout.startswith(b"\xef\xbb\xbfevent_id,")
    header = done.stdout.split(b"\r\n", 1)[0].decode("utf-8-sig").split(",")
    assert "place_name" in header
    assert done.stdout == rasd(*query, "--excel", "--format", "csv").stdout


@pytest.mark.parametrize("form", [("--format", "csv"), ("--excel",), ("--format", "xlsx")])
def test_cells_that_begin_as_formulas_do_are_harmless(seeds_output, form):
    texts = ", ".join(f"'{begin}1+1' AS c{n}" for n, begin in enumerate(FORMULA))
    query = ("query", f"SELECT {texts}, -5 AS n", "--data", str(seeds_output), *form)

    def cells(*more):
        out = rasd(*query, *more).stdout
        if out.startswith(b"PK"):
            return next(list(rows) for _, rows in sheets(out))[1]
        return next(csv.reader([out.decode("utf-8-sig").splitlines()[1]]))

    assert cells() == [*(f"'{begin}1+1" for begin in FORMULA), "-5"]
    assert cells("--raw") == [*(f"{begin}1+1" for begin in FORMULA), "-5"]


def test_without_text_no_form_has_a_title(seeds_output, tmp_path):
    titles = open_data(str(seeds_output)).sql("SELECT title FROM v_stories").to_pylist()
    for form in ("geojson", "flat", "gdelt", "polecat", "acled"):
        args = ("--output", str(tmp_path / form), "--no-text", "--format", form)
        assert rasd("export", "--data", str(seeds_output), *args).returncode == 0
        text = "".join(path.read_text("utf-8") for path in (tmp_path / form).iterdir())
        assert not [each for each in titles if each["title"] and each["title"] in text]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--format", "geojson"), "GeoJSON needs columns lat and lon"),
        (("--format", "xlsx", "--excel"), "--excel is for csv"),
        (("--format", "xls"), "xls"),
    ],
)
def test_mistakes_are_one_line(seeds_output, args, said):
    done = rasd("query", "SELECT 1 AS a", "--data", str(seeds_output), *args)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert done.stderr.decode().count("\n") == 1
