"""Marks lose no letter of a text; literals mean what they say; texts are all there twice."""

from __future__ import annotations

import re
import tomllib

from hypothesis import given
from hypothesis import strategies as st
from pipeline_helpers import ROOT

from pipeline.serve import literals
from pipeline.serve.highlights import Highlight, differences, paragraphs, pieces
from pipeline.serve.texts import codes_of, locale_of, texts
from pipeline.sql.dialect import parse
from transforms.enrich.tables import read_rows
from transforms.enrich.why import SAYINGS, said

TEXT = "قُتل 12 شخصا في غزة\n\nوأدانت مصر القصف"


@given(
    st.text(max_size=60),
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 60), st.sampled_from(["actor", "place"]))
    ),
)
def test_pieces_are_the_text_whatever_overlaps(text, spans):
    highlights = [Highlight(a, b, role, 1) for a, b, role in spans if a < b <= len(text)]
    assert "".join(piece.text for piece in pieces(text, highlights)) == text


def test_a_piece_is_all_that_covers_it():
    highlights = [
        Highlight(0, 4, "trigger", 1),
        Highlight(0, 12, "recipient", 2),
        Highlight(16, 19, "place", 1),
    ]
    found = [(piece.text, piece.roles, piece.events) for piece in pieces(TEXT, highlights)]
    assert found[0] == ("قُتل", ("trigger", "recipient"), (1, 2))
    assert found[1] == (" 12 شخصا", ("recipient",), (2,))
    lines = paragraphs(pieces(TEXT, highlights))
    assert ["".join(piece.text for piece in line) for line in lines] == TEXT.split("\n\n")


def test_differences_are_told_word_by_word():
    found = differences("قتل 12 شخصا في غزة", "قتل 15 شخصا في مدينة غزة")
    assert [(kind, text.strip()) for kind, text in found] == [
        ("same", "قتل"),
        ("gone", "12"),
        ("come", "15"),
        ("same", "شخصا في"),
        ("come", "مدينة"),
        ("same", "غزة"),
    ]
    assert differences("كلمة " * 7000, "كلمة") is None


@given(st.text())
def test_a_literal_is_one_literal_whatever_stands_in_it(value):
    (shown,) = parse(f"SELECT {literals.text(value)} AS x").expressions
    steering = r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]"
    assert shown.this.this == re.sub(steering, " ", value)


def test_names_of_countries_are_those_of_the_dictionary():
    names = {row[0]: row[2].split("|")[0].lstrip("~") for row in reversed(read_rows(_COUNTRIES))}
    assert sorted(codes_of("country")) == sorted(names)
    for code, name in names.items():
        assert texts()[f"country.{code}"]["ar"] == name


_COUNTRIES = "entities/countries.tsv"


def test_every_text_that_is_asked_for_is_there():
    sources = [*(ROOT / "pipeline/serve").rglob("*.py"), *(ROOT / "pipeline/serve").rglob("*.html")]
    for path in sources:
        for key in re.findall(r'(?:\bt|\.say)\("([a-z_.]+)"[,)]', path.read_text("utf-8")):
            assert key in texts(), f"{path.name} asks for {key}"


def test_what_is_said_of_a_word_is_said_in_arabic_too():
    """The English is the coder's own, word for word; a cue of the coder has its Arabic name."""
    prefix = "why."
    english = {
        key.removeprefix(prefix): said["en"]
        for key, said in texts().items()
        if key.startswith(prefix)
    }
    assert english == SAYINGS
    for key, text in SAYINGS.items():
        braces = re.findall(r"{\w+}", text)
        assert sorted(re.findall(r"{\w+}", texts()[prefix + key]["ar"])) == sorted(braces), key
    cues = tomllib.loads((ROOT / "transforms/enrich/words/cues.toml").read_text("utf-8"))
    assert set(cues) <= set(codes_of("sign"))
    arabic = locale_of("ar", None)
    own = said(
        "own_decided",
        outcome=said("coded_status", type="PROTEST", status="future"),
        what="my.vigil",
    )
    assert arabic.why(own) == "رُمّز: احتجاج، مستقبلي، بقرار قاعدتك my.vigil"
    assert arabic.why(said("may_tell", what="ASSAULT:N")) == "قد تدل على: اعتداء اسم"
    assert arabic.why(said("before", what="E:GOV")) == "قبلها: طرف حكومة"
    assert arabic.why(said("word", what=":")) == "الكلمة «:»"
    assert locale_of("en", None).why(own) == str(own)


def test_numbers_and_days_are_written_as_people_write_them():
    arabic, english = locale_of("ar", "arab"), locale_of("en", None)
    assert (arabic.number(12345.5), english.number(12345.5)) == ("١٢٬٣٤٥٫٥٠", "12,345.50")
    assert english.least_and_most(3, 5) == "3–5"
    assert english.least_and_most(3, None) == "at least 3"
    assert locale_of("<script>", "x") == locale_of("ar", "latn")
