"""Bytes become the same text whatever encoding they are in and whatever is said about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.encoding import decode_bytes

TITLE = "وزراء الخارجية يبحثون في المنامة خطة وقف إطلاق النار"
BODY = (
    "بدأ وزراء الخارجية صباح الثلاثاء اجتماعا مغلقا في المنامة لبحث خطة من أربع مراحل.\n"
    "وقال المتحدث باسم الوفد إن الجولة الأولى ستتناول فتح المعابر وتبادل الأسرى؛ ثم تُعقد "
    "جلسة ثانية لبحث آلية المراقبة، على أن يصدر بيان ختامي مساء اليوم نفسه.\n"
    "وأضاف: هل تكفي الضمانات المقترحة؟ هذا ما ستظهره الأيام المقبلة في 3 مدن و12 قرية."
)
PAGE = (
    "<!DOCTYPE html><html lang=ar><head>{meta}<title>{title}</title></head>"
    "<body><h1>{title}</h1><p>{body}</p></body></html>"
)
ENCODINGS = ("utf-8", "cp1256", "iso8859-6", "utf-16-le", "utf-16-be")
WRONG = {
    "utf-8": ("windows-1256", "iso-8859-1", "iso-8859-6", "utf-16"),
    "cp1256": ("utf-8", "iso-8859-1", "iso-8859-6", "utf-16le", "gb2312"),
    "iso8859-6": ("utf-8", "iso-8859-1", "windows-1256", "utf-16be"),
    "utf-16-le": ("utf-8", "windows-1256", "utf-16be"),
    "utf-16-be": ("utf-8", "windows-1256", "utf-16le"),
}


def _cases() -> list[tuple[str, str]]:
    return [
        (encoding, label)
        for encoding in ENCODINGS
        for label in ("", encoding, "no-such-charset", *WRONG[encoding])
    ]


@pytest.mark.parametrize("bom", [False, True])
@pytest.mark.parametrize("where", ["header", "meta"])
@pytest.mark.parametrize("text", [TITLE, BODY], ids=["title", "body"])
@pytest.mark.parametrize(("encoding", "label"), _cases())
def test_same_text_whatever_is_declared(
    encoding: str, label: str, text: str, where: str, *, bom: bool
) -> None:
    meta = f'<meta charset="{label}">' if where == "meta" and label else ""
    header = f"text/html; charset={label}" if where == "header" and label else "text/html"
    page = PAGE.format(meta=meta, title=TITLE, body=text)
    data = page.encode(encoding)
    if bom and encoding.startswith("utf"):
        data = "\ufeff".encode(encoding) + data
    decoded = decode_bytes(data, content_type=header)
    assert decoded.text == page
    assert decoded.replaced == 0


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("label", ["", "utf-8", "iso-8859-1"])
def test_a_bare_headline_is_enough(encoding: str, label: str) -> None:
    decoded = decode_bytes(
        TITLE.encode(encoding), content_type=f"text/plain; charset={label}", markup="text"
    )
    assert decoded.text == TITLE


def test_a_few_bad_bytes_do_not_flip_utf8() -> None:
    good = (TITLE + BODY).encode()
    data = good[:40] + b"\xff" + good[40:200] + b"\xc3" + good[200:] + b"\xd8"
    decoded = decode_bytes(data, content_type="text/html; charset=windows-1256")
    assert decoded.encoding == "utf-8"
    assert decoded.replaced == 3
    assert decoded.text.replace("\ufffd", "") == TITLE + BODY


def test_cut_in_the_middle_of_the_only_letter() -> None:
    decoded = decode_bytes(b"plain text \xd8", content_type="text/plain; charset=utf-8")
    assert decoded.encoding == "utf-8"
    assert decoded.text == "plain text \ufffd"


def test_xml_declaration_is_read_and_doubted() -> None:
    feed = f'<?xml version="1.0" encoding="windows-1256"?><rss><title>{TITLE}</title></rss>'
    for encoding in ("utf-8", "cp1256", "iso8859-6", "utf-16-le"):
        assert decode_bytes(feed.encode(encoding), markup="xml").text == feed


def test_utf32() -> None:
    for encoding in ("utf-32-le", "utf-32-be"):
        assert decode_bytes(BODY.encode(encoding)).text == BODY
        assert decode_bytes("\ufeff".encode(encoding) + BODY.encode(encoding)).text == BODY


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Le président a déclaré que l'été était très agréable à côté de la forêt", "cp1252"),
        ("Президент заявил что переговоры продолжатся завтра в Москве", "cp1251"),
        ("ראש הממשלה אמר כי השיחות יימשכו מחר בירושלים", "cp1255"),
        ("首相は明日東京で会談を続けると述べた", "cp932"),
        ("国家主席今天在北京发表讲话强调", "gb18030"),
    ],
)
def test_other_scripts_are_not_made_arabic(text: str, encoding: str) -> None:
    for label in ("", encoding):
        decoded = decode_bytes(text.encode(encoding), content_type=f"text/html; charset={label}")
        assert decoded.text == text


def test_declared_seven_bit_encoding_is_kept() -> None:
    text = "首相は明日東京で会談"
    assert decode_bytes(text.encode("iso2022_jp"), content_type="x; charset=iso-2022-jp").text == (
        text
    )


def test_unsafe_labels_are_refused() -> None:
    data = b"+ADw-script+AD4-"
    for label in ("utf-7", "unicode_escape", "base64", "undefined", "idna", "rot13", "\x00"):
        assert decode_bytes(data, content_type=f"text/html; charset={label}").text == data.decode()


def test_some_label_for_a_lone_high_byte() -> None:
    assert decode_bytes(b"price 10 \xa4", content_type="x; charset=iso-8859-15").text.endswith("€")
    assert decode_bytes(b"caf\xe9 and more words").text == "café and more words"
    assert decode_bytes("café é".encode() + b" \xe9").encoding == "utf-8"


def test_empty() -> None:
    assert decode_bytes(b"").text == ""
    assert decode_bytes(b"\xef\xbb\xbf").text == ""
    assert decode_bytes(b"\xff\xfe").text == ""


@given(st.binary(max_size=400), st.text(max_size=40))
def test_never_raises(data: bytes, label: str) -> None:
    for markup in ("html", "xml", "text"):
        decoded = decode_bytes(data, content_type=f"a/b; charset={label}", markup=markup)
        assert decoded.text.encode("utf-8").decode("utf-8") == decoded.text


@pytest.mark.parametrize(
    ("folder", "encoding"),
    [
        ("UTF-16BE", "utf-16be"),
        ("UTF-16LE", "utf-16le"),
        ("iso-8859-6-arabic", "iso-8859-6"),
        ("windows-1256-arabic", "windows-1256"),
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
    ],
)
def test_known_files(shared: Path, folder: str, encoding: str) -> None:
    files = sorted((shared / "data/hostile/encodings" / folder).iterdir())
    assert files
    for file in files:
        assert decode_bytes(file.read_bytes()).encoding == encoding, file.name
