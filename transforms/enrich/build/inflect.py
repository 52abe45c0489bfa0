"""Inflect Arabic verbs and nouns to unvowelled, normalised surface forms.

The packaged table is made so at build time, the forms of a user's own words when they are read.

A verb is given by two forms every Arabic dictionary prints, the past and the imperfect of "he"
(``هاجم`` / ``يهاجم``); everything a news text needs follows from that pair, because vowels are not
written: weak letters show in the pair itself. A noun is given by its singular and plurals. Forms
are made on the written letters and folded by ``transforms.text.arabic`` last, so that a final
hamza (``بدأ``) is not mistaken for a long vowel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from transforms.text.arabic import normalise_text

_WEAK_FINAL: Final = "اىي"
_SHADDA: Final = "\u0651"
# Suffixes of the past before which a hollow verb loses its long vowel: (suffix, person).
_PAST_CONSONANTAL: Final = (("ت", "1s"), ("نا", "1p"), ("ن", "3fp"), ("تم", "2mp"))
_IMPERFECT_PREFIXES: Final = (("ي", "3ms"), ("ت", "3fs"), ("ن", "1p"), ("أ", "1s"))


@dataclass(frozen=True, slots=True)
class InflectedForm:
    """One surface form.

    Attributes:
        surface: normalised letters, without clitics.
        pos: ``V`` verb, ``N`` noun (masdars too), ``A`` active participle.
        voice: ``a`` active, ``p`` passive, ``?`` both are written alike.
        tense: ``past`` or ``imp`` (imperfect) for verbs, else "".
        person: ``3ms``, ``3fs``, ``3mp`` ... for verbs, ``s`` or ``p`` for nouns.
    """

    surface: str
    pos: str
    voice: str = "?"
    tense: str = ""
    person: str = ""


def _is_hollow(past: str) -> bool:
    """Whether the last but one letter is a long alef (قال, أصاب, اغتال)."""
    return len(past) >= 3 and past[-2] == "ا"


def _is_defective(past: str) -> bool:
    """Whether the past ends in a long vowel (دعا, ألقى, لقي); a final hamza is none."""
    return len(past) >= 3 and past[-1] in _WEAK_FINAL


def _past(past: str, imperfect: str, voice: str) -> Iterator[InflectedForm]:
    """All forms of the past from the stem of "he"."""
    if _is_defective(past):
        yield from _past_defective(past, imperfect, voice)
        return
    short = (
        past[:-2] + past[-1] if _is_hollow(past) or (past[-2:-1] == "ي" and voice == "p") else past
    )
    hamza = past[-1] == "أ"
    yield InflectedForm(past, "V", voice, "past", "3ms")
    yield InflectedForm(past + "ت", "V", voice, "past", "3fs")
    yield InflectedForm(past + "ا", "V", voice, "past", "3md")
    yield InflectedForm(past + "تا", "V", voice, "past", "3fd")
    for plural in (past + "وا", past[:-1] + "ؤوا") if hamza else (past + "وا",):
        yield InflectedForm(plural, "V", voice, "past", "3mp")
    yield InflectedForm(past + "و", "V", voice, "past", "3mp")  # before an object pronoun
    for suffix, person in _PAST_CONSONANTAL:
        if len(short) > 2 or person != "3fp":  # لمن is no "they blamed"
            yield InflectedForm(short + suffix, "V", voice, "past", person)


def _past_defective(past: str, imperfect: str, voice: str) -> Iterator[InflectedForm]:
    """The past of دعا, ألقى, لقي."""
    stem = past[:-1]
    keeps_ya = past[-1] == "ي"  # لقي: لقيت, not لقت
    glide = "و" if past[-1] == "ا" and imperfect.endswith("و") else "ي"
    yield InflectedForm(past, "V", voice, "past", "3ms")
    yield InflectedForm(stem + "ا", "V", voice, "past", "3ms")  # before an object pronoun: ألقاه
    yield InflectedForm(stem + (glide if keeps_ya else "") + "ت", "V", voice, "past", "3fs")
    yield InflectedForm(stem + "وا", "V", voice, "past", "3mp")
    yield InflectedForm(stem + "و", "V", voice, "past", "3mp")
    yield InflectedForm(stem + glide + "ا", "V", voice, "past", "3md")
    for suffix, person in _PAST_CONSONANTAL:
        yield InflectedForm(stem + glide + suffix, "V", voice, "past", person)


def _imperfect(imperfect: str, voice: str) -> Iterator[InflectedForm]:
    """All forms of the imperfect (indicative, subjunctive, jussive) from that of "he"."""
    stem = imperfect[1:]
    defective = stem[-1] in "ويىا" and len(stem) >= 3
    hollow = len(stem) >= 3 and stem[-2] in "ويا" and not defective
    body = stem[:-1] if defective else stem
    glide = "و" if stem[-1] == "و" else "ي"
    for prefix, person in _IMPERFECT_PREFIXES:
        yield InflectedForm(prefix + stem, "V", voice, "imp", person)
        if person[0] == "1":
            continue  # a news text says "we did not ..." too rarely for its look-alikes
        if defective and len(body) > 2:  # يرد is nearly always "he answers"
            yield InflectedForm(prefix + body, "V", voice, "imp", person)
            yield InflectedForm(prefix + body + "ا", "V", voice, "imp", person)
        elif hollow and len(stem) > 3:  # لم يقل looks like too many other words
            yield InflectedForm(prefix + stem[:-2] + stem[-1], "V", voice, "imp", person)
    for prefix in "يت":
        person = "3mp" if prefix == "ي" else "2mp"
        for ending in ("ون", "وا", "و"):
            yield InflectedForm(prefix + body + ending, "V", voice, "imp", person)
        dual = body + glide if defective else body
        yield InflectedForm(
            prefix + dual + "ان", "V", voice, "imp", "3md" if prefix == "ي" else "3fd"
        )
        yield InflectedForm(
            prefix + dual + "ا", "V", voice, "imp", "3md" if prefix == "ي" else "3fd"
        )
    feminine = stem[:-2] + stem[-1] if hollow else body + (glide if defective else "")
    yield InflectedForm("ي" + feminine + "ن", "V", voice, "imp", "3fp")


def _passive_past(past: str) -> str | None:
    """The passive stem where it is written differently: هوجم, تبودل, قيل, أصيب, دعي."""
    if _is_defective(past):
        return past[:-1] + "ي" if past[-1] == "ا" else None
    if _is_hollow(past):
        return past[:-2] + "ي" + past[-1]
    if len(past) == 4 and past[1] == "ا":
        return past[0] + "و" + past[2:]
    if len(past) == 5 and past[0] == "ت" and past[2] == "ا":
        return past[:2] + "و" + past[3:]
    return None


def _passive_imperfect(imperfect: str) -> str | None:
    """The passive imperfect where it is written differently: يصاب, يدعى."""
    stem = imperfect[1:]
    if stem.endswith("و"):
        return imperfect[:-1] + "ى"
    if len(stem) >= 3 and stem[-2] in "وي" and stem[-1] not in "وي":
        return imperfect[:-2] + "ا" + imperfect[-1]
    return None


def participle(past: str, imperfect: str) -> str:
    """The active participle: م + stem of the derived forms, فاعل of the first."""
    if len(past) >= 4 or past[:1] == "أ":
        stem = imperfect[1:]
        return "م" + stem
    if _is_hollow(past):
        return past[0] + "ائ" + past[2]
    if len(past) == 2:
        return past[0] + "ا" + past[1]
    return past[0] + "ا" + past[1] + ("ي" if _is_defective(past) else past[2])


def masdar(past: str) -> str:
    """The masdar of a derived form, whose pattern the past gives away; "" where it does not.

    That of the first form is no matter of patterns (قتل، زيارة), that of the third looks like its
    participle, those of the fifth and sixth like their past: they stand in the list of nouns.
    """
    if len(past) < 4:
        return ""
    weak, hollow = past[-1] in _WEAK_FINAL, past[-2] == "ا"
    if past[2] == _SHADDA and len(past) == 4:  # هدّد: تهديد
        return "ت" + past[:2] + (past[3:].replace("ى", "ية") if weak else "ي" + past[3])
    if past[0] == "أ":  # أعلن، أدان، أجرى، أوقف
        rest = past[1:].replace("و", "ي", 1) if past[1] == "و" else past[1:]
        return "إ" + (rest + "ة" if hollow else rest[:2] + ("اء" if weak else "ا" + rest[2]))
    return _long_masdar(past, weak=weak, hollow=hollow) if past[0] == "ا" else ""


def _long_masdar(past: str, *, weak: bool, hollow: bool) -> str:
    """The masdar of the forms that begin with an alef."""
    if len(past) == 4 and past[1] != "ت":  # احتل: احتلال
        return past + "ا" + past[-1]
    if weak:
        return past[:-1] + "اء"
    if past.startswith("است"):  # استنكر، استعان; of five letters it may be استمر or استلم
        return "" if len(past) < 6 else past + "ة" if hollow else past[:-1] + "ا" + past[-1]
    return past[:-2] + "يا" + past[-1] if hollow else past[:-1] + "ا" + past[-1]


def inflect_verb(past: str, imperfect: str) -> list[InflectedForm]:
    """Make all forms of a verb.

    Args:
        past: "he did", unvowelled (``أصاب``).
        imperfect: "he does" (``يصيب``).

    Returns:
        Distinct forms, normalised, without clitics.
    """
    passive_past, passive_imperfect = _passive_past(past), _passive_imperfect(imperfect)
    forms = list(_past(past, imperfect, "a" if passive_past else "?"))
    forms += _imperfect(imperfect, "a" if passive_imperfect else "?")
    if passive_past:
        forms += _past(passive_past, "", "p")
    if passive_imperfect:
        forms += _imperfect(passive_imperfect, "p")
    active = participle(past, imperfect)
    body = active[:-1] if active[-1] in "يى" else active
    for ending, person in (
        ("", "s"),
        ("ا", "s"),
        ("ة", "s"),
        ("ين", "p"),
        ("ون", "p"),
        ("ان", "p"),
    ):
        yield_surface = (active if ending in {"", "ا", "ة"} else body) + ending
        forms.append(InflectedForm(yield_surface, "A", "a", "", person))
    noun = masdar(past)
    if noun:
        forms += [replace(form, person="s") for form in inflect_noun([noun]) if form.person == "s"]
        if noun[-1] not in "ءة":
            forms += inflect_noun([noun + "ات"], plural_from=0)
    return _folded(forms)


def inflect_noun(forms: list[str], *, plural_from: int = 1) -> list[InflectedForm]:
    """Make the written forms of a noun.

    Args:
        forms: the singular, then its plurals and duals as dictionaries print them.
        plural_from: the index from which forms count as plurals.

    Returns:
        Distinct forms: bare, with the accusative alef, in the construct state before a pronoun.
    """
    made: list[InflectedForm] = []
    for index, form in enumerate(forms):
        number = "p" if index >= plural_from else "s"
        made.append(InflectedForm(form, "N", "", "", number))
        if form[-1] == "ة":
            made.append(InflectedForm(form[:-1] + "ت", "N", "", "", number))
            made.append(InflectedForm(form[:-1] + "تين", "N", "", "", "p"))
            made.append(InflectedForm(form[:-1] + "تان", "N", "", "", "p"))
            made.append(InflectedForm(form[:-1] + "تا", "N", "", "", "p"))  # طائرتا شحن
        elif form[-1] not in "اىيء" and not form.endswith("ات"):
            made.append(InflectedForm(form + "ا", "N", "", "", number))
            if index == 0:
                made.append(InflectedForm(form + "ين", "N", "", "", "p"))
                made.append(InflectedForm(form + "ان", "N", "", "", "p"))
        elif form[-1] == "ء":
            made.append(
                InflectedForm(form[:-1] + "ئ", "N", "", "", number)
            )  # before a pronoun: انتهائه
            made.append(InflectedForm(form[:-1] + "ؤ", "N", "", "", number))
    return _folded(made)


def _folded(forms: list[InflectedForm]) -> list[InflectedForm]:
    """Normalise the letters and drop what becomes equal."""
    seen: dict[InflectedForm, None] = {}
    for form in forms:
        surface = normalise_text(form.surface)
        if len(surface) >= 2:
            seen[InflectedForm(surface, form.pos, form.voice, form.tense, form.person)] = None
    return list(seen)
