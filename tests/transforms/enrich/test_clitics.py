"""Letters written onto a word: what each part of the coder takes off, and what it leaves."""

from __future__ import annotations

import pytest

from transforms.enrich import topics
from transforms.enrich.entities.nationality import nisba_country
from transforms.enrich.events.implied_country import _is_head
from transforms.enrich.events.word_model import stem
from transforms.enrich.roles.actors import clitic
from transforms.enrich.words.analyse import analyse
from transforms.enrich.words.clitics import readings
from transforms.enrich.words.cues import has_cue
from transforms.enrich.words.tokens import tokenise
from transforms.text.arabic import normalise


@pytest.mark.parametrize(
    ("word", "cue"),
    [
        ("زيارة", True),
        ("والزيارة", True),
        ("بالزيارة", True),
        ("للزيارة", True),
        ("كالزيارة", True),
        ("لزيارة", True),
        ("فزيارة", True),
        ("وبزيارة", False),
        ("وللزيارة", False),
    ],
)
def test_cues_take_off_one_clitic_and_the_article(word: str, cue: bool) -> None:
    assert has_cue(normalise(word).text, "visit") is cue


@pytest.mark.parametrize(
    ("word", "country"),
    [
        ("تركي", "TUR"),
        ("التركي", "TUR"),
        ("والتركي", "TUR"),
        ("بالتركي", "TUR"),
        ("فالتركي", "TUR"),
        ("للتركي", "TUR"),
        ("وتركي", "TUR"),
        ("بتركي", "TUR"),
        ("لتركي", "TUR"),
        ("وللتركي", None),
        ("وبتركي", None),
    ],
)
def test_nationalities_take_off_one_clitic_and_the_article(word: str, country: str | None) -> None:
    assert nisba_country(word) == country


@pytest.mark.parametrize(
    ("word", "left"),
    [
        ("والهجوم", "هجوم"),
        ("فالهجوم", "هجوم"),
        ("وللهجوم", "هجوم"),
        ("للهجوم", "هجوم"),
        ("الهجوم", "هجوم"),
        ("وهجوم", "هجوم"),
        ("فهجوم", "فهجوم"),
        ("الدم", "الدم"),
        ("ورد", "ورد"),
    ],
)
def test_topics_take_off_the_article_or_a_waw(word: str, left: str) -> None:
    assert topics._stem(word) == left


@pytest.mark.parametrize(
    ("word", "left"),
    [
        ("والهجوم", "هجوم"),
        ("كالهجوم", "هجوم"),
        ("للهجوم", "هجوم"),
        ("وللهجوم", "للهجوم"),
        ("وهجوم", "هجوم"),
        ("بهجوم", "بهجوم"),
        ("الدم", "الدم"),
        ("ورد", "ورد"),
        ("15", "#"),
    ],
)
def test_the_word_model_takes_off_the_article_or_a_waw(word: str, left: str) -> None:
    assert stem(word) == left


@pytest.mark.parametrize(
    ("word", "head"),
    [
        ("الشرطه", True),
        ("والشرطه", True),
        ("بالشرطه", True),
        ("للشرطه", True),
        ("ورييس", True),
        ("لرييس", True),
        ("فالشرطه", False),
        ("كالشرطه", False),
    ],
)
def test_institutions_get_their_article_back(word: str, head: bool) -> None:
    assert _is_head(word) is head


@pytest.mark.parametrize(
    ("phrase", "letters"),
    [
        ("والجيش", 1),
        ("بالجيش", 1),
        ("للجيش", 0),
        ("لجيش", 1),
        ("والفلان", 1),
        ("بالفلان", 1),
        ("فالفلان", 0),
        ("الفلان", 0),
    ],
)
def test_the_span_of_a_party_begins_behind_its_clitic(phrase: str, letters: int) -> None:
    assert clitic(tokenise(phrase, normalise(phrase), "body"), 0) == letters


def test_the_look_up_of_names_reads_a_word_in_every_way() -> None:
    assert readings("وباريس") == [("", "وباريس", 0), ("", "باريس", 1), ("ب", "اريس", 2)]
    assert readings("للجيش") == [
        ("", "للجيش", 0),
        ("ل", "الجيش", 0),
        ("ل", "اللجيش", 0),
        ("ل", "لجيش", 1),
    ]
    assert readings("فاس") == [("", "فاس", 0)]


@pytest.mark.parametrize(
    ("token", "preposition", "definite", "conjunction", "pronoun"),
    [
        ("هجوم", "", False, False, ""),
        ("الهجوم", "", True, False, ""),
        ("بالهجوم", "ب", True, False, ""),
        ("كالهجوم", "ك", True, False, ""),
        ("للهجوم", "ل", True, False, ""),
        ("فبهجوم", "ب", False, True, ""),
        ("كهجوم", "ك", False, False, ""),
        ("هجومهما", "", True, False, "هما"),
        ("لهجومي", "ل", True, False, "ي"),
    ],
)
def test_the_word_lists_are_looked_up_past_every_clitic(
    token: str, preposition: str, definite: bool, conjunction: bool, pronoun: str
) -> None:
    assert any(
        (r.lemma, r.preposition, r.definite, r.conjunction, r.pronoun)
        == ("هجوم", preposition, definite, conjunction, pronoun)
        for r in analyse(token)
    )
