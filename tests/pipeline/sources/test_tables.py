"""Tables people bring: CSV, TSV and Excel in any Arabic encoding; columns under other names."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest
from pipeline_helpers import rasd

from pipeline.errors import UsageError
from pipeline.sources import tables
from pipeline.sources.base import Ref, Skipped, Unread
from pipeline.sources.members import columns_of, read_renames, unread, unread_line
from pipeline.sources.prefetched import load
from pipeline.sources.spool import Spool
from pipeline.sources.workbook import WorkbookError, sheets
from transforms.records import Page, Rejected

HEADER = ("رقم", "النص", "title", "date")
BODY = 'تظاهر المئات في صفاقس، وقالت الشرطة "إن المظاهرة" سلمية.\nوأوقف ثلاثة.'
ROWS = [HEADER, ("1", BODY, "مظاهرة", "2024-03-01"), ("2", BODY + " 2", "أخرى", "2024-03-02")]
RENAMES = {"id": "رقم", "body": "النص", "published_at": "date"}


def indexed(tmp_path, data, name="t.csv", renames=RENAMES):
    path = tmp_path / name
    path.write_bytes(data)
    with Spool(tmp_path / "spool") as spool:
        return list(tables.index(str(path), spool, renames))


def loaded(found):
    pages = [load(each) for each in found if isinstance(each, Ref)]
    assert all(isinstance(page, Page) for page in pages)
    return pages


def written(delimiter=",", rows=ROWS, end="\r\n"):
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows(rows)
    return stream.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
def test_any_delimiter_and_encoding(tmp_path, delimiter, encoding):
    found = indexed(tmp_path, written(delimiter).encode(encoding))
    pages = loaded(found)
    assert [page.source_id for page in pages] == ["1", "2"]
    assert pages[0].content.decode() == BODY
    assert (pages[0].title, pages[0].published) == ("مظاهرة", "2024-03-01")
    assert len(found) == 2


def test_a_line_of_excels_own_and_empty_rows(tmp_path):
    data = "sep=;\n" + written(";", [*ROWS, ("", "", "", ""), ("3", "NaN", "عنوان وحده", "nan")])
    pages = loaded(indexed(tmp_path, data.encode()))
    assert len(pages) == 3
    assert (pages[2].title, pages[2].content, pages[2].published) == ("عنوان وحده", b"", "")


def test_rows_that_do_not_fit_are_told_one_by_one(tmp_path):
    rows = [*ROWS, ("3", "نص", "أ", "2024-03-03", "زائد"), ("4",), ("5", "", "", "2024-03-05")]
    found = indexed(tmp_path, written(rows=rows).encode())
    rejected = [each for each in found if isinstance(each, Rejected)]
    assert len(loaded(found)) == 2
    assert [(each.reason, each.url) for each in rejected] == [
        ("schema", "file:t.csv#4"),
        ("empty_input", "file:t.csv#5"),
        ("empty_input", "file:t.csv#6"),
    ]
    assert "5 cells where the header has 4" in rejected[0].detail


def test_a_quotation_mark_without_end_costs_what_follows_it(tmp_path):
    data = 'id,body\n0,قبله 5" فقط\n1,"نص\n' + "2,نص آخر\n" * 20
    found = indexed(tmp_path, data.encode(), renames={})
    (rejected,) = [each for each in found if isinstance(each, Rejected)]
    assert (rejected.reason, rejected.url) == ("unreadable", "file:t.csv#3")
    assert "has no end: 21 lines in one row" in rejected.detail
    assert [page.content.decode() for page in loaded(found)] == ['قبله 5" فقط']


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("t.csv", bytes(range(256)) * 20, "neither text nor an .xlsx workbook"),
        ("t.xlsx", bytes(range(256)) * 20, "neither text nor an .xlsx workbook"),
        ("t.csv", b"id,body\n", "no rows below the header"),
    ],
)
def test_what_is_no_table_is_one_line(tmp_path, name, data, said):
    (rejected,) = indexed(tmp_path, data, name, {})
    assert isinstance(rejected, Rejected)
    assert said in rejected.detail


def test_content_wins_over_the_name(tmp_path):
    renames = {"published_at": "date"}
    assert len(loaded(indexed(tmp_path, workbook(CELLS), "t.csv", renames))) == 1
    assert len(loaded(indexed(tmp_path, written().encode(), "t.xlsx"))) == 2


def test_a_table_without_texts_says_what_may_be_meant(tmp_path):
    (rejected,) = indexed(tmp_path, written().encode().replace(b"title", b"cat"), renames={})
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "unknown_format"
    assert "النص: did you mean body?" in rejected.detail
    assert "--map id=رقم,body=النص,published_at=date; nothing reads cat" in rejected.detail


def test_a_renamed_column_that_is_not_there_is_refused(tmp_path):
    (rejected,) = indexed(tmp_path, written().encode(), renames={"body": "المتن"})
    assert isinstance(rejected, Rejected)
    assert "--map body=المتن: there is nothing called so" in rejected.detail


def test_an_empty_file_is_empty(tmp_path):
    (rejected,) = indexed(tmp_path, b" \n")
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "empty_input"


def test_names_are_read_whatever_their_case(tmp_path):
    assert columns_of([" Body ", "Published At", "TITLE", "body"], {}) == {
        0: "body", 1: "published_at", 2: "title",
    }  # fmt: skip
    found = indexed(tmp_path, "ID,Body,Lang\n1,نص,ar\n".encode(), renames={})
    assert [type(each) for each in found] == [Unread, Ref]
    assert found[0].names == {"Lang": ""}


def test_what_may_be_meant():
    assert unread(["text", "Headline", "publish-date", "المصدر", "lang"], ()) == {
        "text": "body", "Headline": "title", "publish-date": "published_at",
        "المصدر": "publisher", "lang": "",
    }  # fmt: skip
    assert unread(["text"], {"body"}) == {"text": ""}
    assert unread(["bodyy", "titel"], ()) == {"bodyy": "body", "titel": ""}
    assert unread_line({"text": "body"}) == "text: did you mean body? --map body=text"


@pytest.mark.parametrize("bad", ["text=body", "body", "body=", "bdy=text", "body=a,body=b"])
def test_renames_that_are_wrong_are_refused(bad):
    with pytest.raises(UsageError, match="--map"):
        read_renames(bad)
    assert read_renames("body=text, title = head") == (("body", "text"), ("title", "head"))


# --- Excel ------------------------------------------------------------------------------------

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(cells, *, space=MAIN, book="", styles="", hidden=False):
    """A workbook as small as programs write them; cells are the XML of its sheet's rows."""
    state = ' state="hidden"' if hidden else ""
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{space}" xmlns:r="{RELATIONS}">{book}<sheets>'
        f'<sheet name="أ" sheetId="1" r:id="rId1"/><sheet name="ب" sheetId="2" r:id="rId2"{state}/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": "<Relationships>"
        '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{space}"><si><t>body</t></si><si><r><t>مظاهرة </t>'
        "</r><r><t>في صفاقس</t></r><rPh><t>لا</t></rPh></si></sst>",
        "xl/styles.xml": f'<styleSheet xmlns="{space}"><numFmts><numFmt numFmtId="164" '
        'formatCode="[$-401]dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="0.0&quot;d&quot;"/>'
        '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/>'
        f'<xf numFmtId="165"/></cellXfs></styleSheet>{styles}',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}"><sheetData>{cells}</sheetData>'
        "</worksheet>",
        "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{space}"><sheetData/></worksheet>',
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


CELLS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>date</t></is></c></row>'
    '<row r="2"><c r="A2" t="s"><v>1</v></c><c r="C2" s="1"><v>45353</v></c></row>'
    '<row><c t="str"><v>ن_x000D_ص</v></c><c r="B3" t="e"><v>#N/A</v></c>'
    '<c r="C3" s="2"><v>45353.604166667</v></c><c s="3"><v>17</v></c><c t="b"><v>1</v></c></row>'
)
READ = [
    ["body", "", "date"],
    ["مظاهرة في صفاقس", "", "2024-03-02"],
    ["ن\rص", "", "2024-03-02T14:30:00", "17", "true"],
]


@pytest.mark.parametrize("space", [MAIN, STRICT])
def test_cells_of_a_workbook(space):
    found = {name: list(rows) for name, rows in sheets(workbook(CELLS, space=space))}
    assert found == {"أ": READ, "ب": []}
    assert [name for name, _ in sheets(workbook(CELLS, hidden=True))] == ["أ"]


def test_days_are_counted_from_1904_where_the_workbook_says_so():
    data = workbook(CELLS, book='<workbookPr date1904="1"/>')
    read = [list(rows) for _, rows in sheets(data)]
    assert read[0][1][2] == "2028-03-03"


def test_a_workbook_is_a_table(tmp_path):
    found = indexed(tmp_path, workbook(CELLS), "t.xlsx", {"published_at": "date"})
    rejected = [each for each in found if isinstance(each, Rejected)]
    assert [page.published for page in loaded(found)] == ["2024-03-02"]
    assert [(each.reason, each.url) for each in rejected] == [("schema", "file:t.xlsx#أ:3")]
    assert [each.reason for each in found if isinstance(each, Skipped)] == [
        f"{tmp_path / 't.xlsx'}, sheet ب: no rows"
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "save it as plain .xlsx"),
        (b"PK\x03\x04 nothing more", "no whole .xlsx workbook"),
        (workbook("<row><c><v>1</v>"), "a broken .xlsx workbook"),
        (workbook('<row><c t="s"><v>x</v></c></row>'), "a broken .xlsx workbook"),
        (workbook(CELLS)[:-40], "no whole .xlsx workbook"),
    ],
)
def test_broken_workbooks_are_one_line(tmp_path, data, said):
    found = indexed(tmp_path, data, "t.xlsx")
    assert isinstance(found[-1], Rejected)
    assert found[-1].reason == "unreadable"
    assert said in found[-1].detail
    with pytest.raises(WorkbookError):
        [list(rows) for _, rows in sheets(data)]


# --- as a user does it ------------------------------------------------------------------------


def test_what_nothing_reads_is_named_once(tmp_path):
    for name in ("a", "b"):
        lines = [json.dumps({"text": BODY, "headline": f"{name} {n}", "x": 1}) for n in range(3)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    done = rasd("run", "a.jsonl", "b.jsonl", "--output", "out", "--offline", cwd=tmp_path)
    assert done.returncode == 3
    said = done.stderr.decode()
    line = "rasd: text: did you mean body?; headline: did you mean title? --map body=text,"
    assert said.count(line + "title=headline; nothing reads x") == 1
    mapped = ("--map", "body=text,title=headline")
    done = rasd("run", "a.jsonl", *mapped, "--output", "out", "--offline", cwd=tmp_path)
    assert done.returncode == 0
    assert "3 articles read" in done.stderr.decode()


def test_mistakes_with_map_are_one_line(tmp_path):
    (tmp_path / "a.csv").write_text("id,النص\n1,نص\n", "utf-8")
    for asked, said in (("text=body", "did you mean body=text?"), ("body", "OURS=THEIRS")):
        done = rasd("run", "a.csv", "--map", asked, "--output", "out", cwd=tmp_path)
        assert done.returncode == 2
        assert said in done.stderr.decode()
        assert done.stderr.decode().count("\n") == 1
