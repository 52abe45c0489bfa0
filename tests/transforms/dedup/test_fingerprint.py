"""Words, hashes, marks and keys: the same everywhere, blind to typing, cheap."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.dedup.fingerprint import (
    RATES,
    fingerprint,
    fingerprint_text,
    sampling_rate,
    unpack,
    unpack_keys,
)
from transforms.dedup.marks import marks_of
from transforms.dedup.tokens import distinct, hash_words, runs, shared_count, words_of
from transforms.records import Article

LONG = " ".join(f"{a}{b}كلمة تلي {b}ما{a}" for a in "ابتثجحخدذر" for b in "سشصضطظعغفقكل")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("الرئيسُ عبد العزيز", "الرئيس عبدالعزيز"),
        ("قال &quot;نعم&quot;", "قال «نعم»"),
        ("١٢٬٣٠٠ ريال", "12,300 ريال"),
        ("الأحـــداث، إلى أين؟", "الاحداث الى اين"),
        ("FIFA", "fifa"),
    ],
)
def test_two_typings_give_the_same_words(one: str, other: str) -> None:
    assert words_of(one) == words_of(other)


def test_numbers_keep_their_inner_separators_only() -> None:
    assert words_of("بلغ 6.5, ثم 1,300.") == ["بلغ", "6.5", "ثم", "1,300"]


def test_hashes_do_not_depend_on_the_process() -> None:
    code = (
        "from transforms.dedup.fingerprint import fingerprint_text as f;"
        "p = f(' '.join(f'كلمة{n}' for n in range(60)));"
        "print(p.shingles.hex(), p.keys.hex(), p.names.hex())"
    )
    outs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outs) == 1


def test_shingles_stand_in_text_order_and_once() -> None:
    words = ["ا", "ب", "ت", "ث", "ا", "ب", "ت", "ج"]
    values = unpack(fingerprint_text(" ".join(words)).shingles)
    full = (runs(hash_words(words), 3) >> np.uint64(32)).astype(np.uint32).tolist()
    assert values.tolist() == list(dict.fromkeys(full))
    assert len(values) == 5


def test_short_texts_have_no_keys() -> None:
    assert fingerprint_text(" ".join("كلمة" * n for n in range(1, 20))).keys == b""
    assert unpack_keys(fingerprint_text(LONG).keys).dtype == np.uint64


def test_keys_of_a_long_text_are_among_those_a_short_one_keeps() -> None:
    assert [sampling_rate(n) for n in (20, 150, 151, 4000, 4001, 16_001)] == [
        4,
        4,
        8,
        8,
        32,
        128,
    ]
    assert all(larger % smaller == 0 for smaller, larger in pairwise(RATES))
    words = LONG.split()
    short = set(unpack_keys(fingerprint_text(" ".join(words[:140])).keys).tolist())
    long = set(unpack_keys(fingerprint_text(LONG).keys).tolist())
    shared = {key for key in short if key % 8 == 0}
    assert shared
    assert shared <= long


def test_names_stand_behind_titles_and_round_patronymics() -> None:
    def stems(text: str) -> set[int]:
        return set(marks_of(words_of(text)).words.tolist())

    words = words_of("أقدم ماجد بن عايد الشمري في محافظة حائل على لقاء الرئيس خوان سانتوس أمس")
    names = set(marks_of(words).names.tolist())
    assert names == stems("ماجد عايد الشمري حائل خوان سانتوس")


def test_number_words_are_numbers() -> None:
    written = marks_of(words_of("قتل ستة وأصيب ثلاثة عشر"))
    digits = marks_of(words_of("6 3 10"))
    assert written.numbers.tolist() == digits.numbers.tolist()


def test_a_conjunction_does_not_make_another_name() -> None:
    one = marks_of(words_of("الأمير فيصل وأيمن"))
    other = marks_of(words_of("الأمير فيصل أيمن"))
    assert one.names.tolist() == other.names.tolist()


def test_the_article_is_carried_over() -> None:
    article = Article("i", "p", LONG, "c", "n", publisher="a", agency="واس")
    made = fingerprint(article)
    assert (made.article_id, made.page_id, made.norm_hash) == ("i", "p", "n")
    assert (made.publisher, made.agency, made.tokens) == ("a", "واس", 360)


def test_shared_count_counts() -> None:
    left, right = np.array([1, 4, 9], np.uint32), np.array([2, 4, 9, 11], np.uint32)
    assert shared_count(left, right) == shared_count(right, left) == 2
    assert shared_count(left, np.empty(0, np.uint32)) == 0
    assert distinct(np.array([3, 1, 3], np.uint32)).tolist() == [1, 3]


@given(st.text())
def test_any_text_has_a_fingerprint(text: str) -> None:
    made = fingerprint_text(text)
    assert made == fingerprint_text(text)
    assert len(made.words) <= 4 * max(1, made.tokens)


def test_lone_surrogates_and_empty_bodies_pass() -> None:
    assert fingerprint_text("\ud800 نص \udfff " * 40).tokens == 40
    assert fingerprint_text("").shingles == b""
