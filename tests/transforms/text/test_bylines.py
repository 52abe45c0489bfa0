"""Words that open a byline, and what hangs on a name."""

from __future__ import annotations

import pytest

from transforms.text.bylines import (
    is_label,
    read_byline,
    without_contact,
    without_label,
    without_title,
)


@pytest.mark.parametrize(
    ("text", "kind", "separated", "name"),
    [
        ("بواسطة: سمير حداد", "by", True, "سمير حداد"),
        ("بواسطة سمير حداد", "by", False, "سمير حداد"),
        ("نُشر بواسطة/ سمير حداد", "by", True, "سمير حداد"),
        ("تحرير: سمير حداد", "label", True, "سمير حداد"),
        ("أعدّته - ليلى حداد", "label", True, "ليلى حداد"),
        ("إعداد سمير حداد", "author", False, "سمير حداد"),
        ("كتبَ : سمير حداد", "author", True, "سمير حداد"),
        ("| بقلم سمير حداد", "author", False, "سمير حداد"),
        ("المحرر: سمير حداد", "colon", True, "سمير حداد"),
        ("Author: Samir Haddad", "colon", True, "Samir Haddad"),
        ("Written by Samir Haddad", "author", False, "Samir Haddad"),
    ],
)
def test_bylines(text: str, kind: str, separated: bool, name: str) -> None:
    found = read_byline(text)
    assert found is not None
    assert (found.kind, found.separated, found.name) == (kind, separated, name)
    assert without_label(text) == name


@pytest.mark.parametrize("text", ["سمير حداد", "", "تحريرها اليوم", "بواسطتهم", "كتبنا", "بواسطة"])
def test_no_bylines(text: str) -> None:
    assert read_byline(text) is None


@pytest.mark.parametrize("text", ["تحرير الأسرى", "بواسطة الحكومة", "تحرير أراض محتلة"])
def test_prose_names_nobody(text: str) -> None:
    found = read_byline(text)
    assert found is not None
    assert not found.names_somebody


def test_labels_and_titles() -> None:
    assert without_label("Author Haddad") == "Author Haddad"
    assert without_label("المحرر السياسي") == "المحرر السياسي"
    assert is_label("إعداد وتحرير")
    assert is_label("تحرير:")
    assert not is_label("تحرير: سمير")
    assert without_title("د. سمير حداد") == "سمير حداد"
    assert without_title("الصحفية ليلى حداد") == "ليلى حداد"
    assert without_title("دينا حداد") == "دينا حداد"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("سمير حداد samir@akhbar.example", "سمير حداد"),
        ("سمير حداد <mailto:samir@akhbar.example>", "سمير حداد"),
        ("سمير حداد - 28 فبراير 2024", "سمير حداد"),
        ("سمير حداد في ٢٨ فبراير", "سمير حداد"),
        ("سمير حداد، الأربعاء 28 شباط", "سمير حداد"),
        ("سمير حداد | 10:30", "سمير حداد"),
        ("سمير حداد @samir", "سمير حداد"),
        ("سمير الأحد", "سمير الأحد"),
        ("سمير حداد", "سمير حداد"),
    ],
)
def test_contacts_and_dates_are_no_part_of_a_name(text: str, left: str) -> None:
    assert without_contact(text) == left
