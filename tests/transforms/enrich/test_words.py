"""Word forms: what the inflector makes, what the packaged table holds, how a token is read."""

from __future__ import annotations

import gzip

import pytest

from transforms.enrich.build import forms as build_lexicon
from transforms.enrich.build.forms import TABLE, build
from transforms.enrich.build.inflect import inflect_noun, inflect_verb, participle
from transforms.enrich.entities.nationality import nisba_country
from transforms.enrich.words.analyse import analyse, lemmas
from transforms.enrich.words.cues import find_cues, has_cue


def _surfaces(past: str, imperfect: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for form in inflect_verb(past, imperfect):
        found.setdefault(form.surface, set()).add(
            f"{form.pos}{form.voice}{form.tense}{form.person}"
        )
    return found


@pytest.mark.parametrize(
    ("past", "imperfect", "wanted"),
    [
        ("هاجم", "يهاجم", {"هاجموا": "Vapast3mp", "هوجم": "Vppast3ms", "يهاجمون": "V?imp3mp"}),
        ("أصاب", "يصيب", {"اصيبت": "Vppast3fs", "يصاب": "Vpimp3ms", "اصبنا": "Vapast1p"}),
        ("دعا", "يدعو", {"دعت": "Vapast3fs", "دعوا": "Vapast3mp", "دعي": "Vppast3ms"}),
        ("لقي", "يلقى", {"لقوا": "V?past3mp", "لقيت": "V?past3fs"}),
        ("ألقى", "يلقي", {"القت": "V?past3fs", "القوا": "V?past3mp", "يلقيان": "V?imp3md"}),
        ("بدأ", "يبدأ", {"بداوا": "V?past3mp", "بدات": "V?past3fs"}),
        ("شن", "يشن", {"شنت": "V?past3fs", "يشنون": "V?imp3mp"}),
        ("تبادل", "يتبادل", {"تبودل": "Vppast3ms"}),
    ],
)
def test_verbs_are_inflected(past: str, imperfect: str, wanted: dict[str, str]) -> None:
    forms = _surfaces(past, imperfect)
    for surface, features in wanted.items():
        assert features in forms[surface], (surface, forms.get(surface))


def test_participles() -> None:
    assert participle("اتهم", "يتهم") == "متهم"
    assert participle("دعا", "يدعو") == "داعي"
    assert participle("قال", "يقول") == "قائل"
    assert participle("رد", "يرد") == "راد"
    assert participle("أدان", "يدين") == "مدين"


def test_nouns_are_inflected() -> None:
    surfaces = {form.surface: form.person for form in inflect_noun(["غارة", "غارات"])}
    assert surfaces["غاره"] == "s"
    assert surfaces["غارت"] == "s"  # before a pronoun
    assert surfaces["غارات"] == "p"
    assert {"هجوما", "هجومين"} <= {form.surface for form in inflect_noun(["هجوم", "هجمات"])}
    assert {"انتهاي", "انتهاو"} <= {form.surface for form in inflect_noun(["انتهاء"])}


def test_packaged_table_equals_a_fresh_build() -> None:
    assert gzip.decompress(TABLE.read_bytes()) == build(), (
        "words/forms.tsv.gz is not what the word lists make: run "
        "python -m transforms.enrich.build.forms"
    )


def test_build_writes_the_same_bytes_twice(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(build_lexicon, "TABLE", tmp_path / "forms.tsv.gz")
    build_lexicon.main()
    first = (tmp_path / "forms.tsv.gz").read_bytes()
    build_lexicon.main()
    assert (tmp_path / "forms.tsv.gz").read_bytes() == first
    assert gzip.decompress(first) == build()


@pytest.mark.parametrize(
    ("token", "lemma", "attribute", "value"),
    [
        ("سيجتمعون", "اجتمع", "future", True),
        ("وبالهجوم", "هجوم", "preposition", "ب"),
        ("وبالهجوم", "هجوم", "definite", True),
        ("وقتلتهم", "قتل", "pronoun", "هم"),
        ("للتعذيب", "تعذيب", "preposition", "ل"),
        ("هوجم", "هاجم", "voice", "p"),
        ("واتهاماتنا", "اتهام", "conjunction", True),
        ("متهما", "اتهم", "pos", "A"),
    ],
)
def test_a_token_is_read_past_its_clitics(token, lemma, attribute, value) -> None:
    assert any(r.lemma == lemma and getattr(r, attribute) == value for r in analyse(token))


def test_what_is_no_word_has_no_reading() -> None:
    assert analyse("x") == ()
    assert analyse("ا" * 100) == ()
    assert analyse("قرنفل") == ()
    assert "هاجم" in lemmas()


def test_cues_are_found_past_prefixes_and_in_pairs() -> None:
    assert "violence" in find_cues(["وبالرصاص"])
    assert "accident" in find_cues(["في", "حادث", "سير"])
    assert "sport" not in find_cues(["حادث"])
    assert has_cue("مدنيين", "victims")
    assert not has_cue("كتاب", "victims")


def test_nationalities() -> None:
    assert nisba_country("الاردنيين") == "JOR"
    assert nisba_country("تركي") == "TUR"
    assert nisba_country("كتاب") is None


def test_every_word_the_code_names_is_in_the_word_lists() -> None:
    from transforms.enrich.attributes import counted, fates, status
    from transforms.enrich.events import attribution
    from transforms.enrich.roles import arguments

    named = (
        status._IRREALIS
        | status._NEGATIVE
        | attribution.REPORTING
        | arguments._CONTROL
        | arguments._THINGS
        | arguments._OWN_FORCES
        | fates.KILLED_BEFORE
        | fates.HURT_BEFORE
        | fates.ENDS
        | fates._DIES
        | fates._JUDGED
        | counted.BODIES
    )
    assert sorted(named - lemmas()) == []
