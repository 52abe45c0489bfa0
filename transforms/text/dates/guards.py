"""What the surroundings of a match say: that it is no date, or that its day stays open."""

from __future__ import annotations

import re
from typing import Final

from transforms.text.arabic import Normalised
from transforms.text.dates.lexicon import Tokens
from transforms.text.dates.relative import amount

_LETTER: Final = "\\u0621-\\u064a"
# A verb in the future, or a word for what is planned; the exceptions only look like verbs.
_AHEAD: Final = re.compile(
    rf"(?<![{_LETTER}])[وف]?(?:سوف|المقرر|المرتقب|المزمع|المنتظر"
    r"|س(?!ياس|يار|ياد|ياح|ياق|يناء|ينما|يول|يطر|يناري|يره|تين|توكهولم|تراتيج|نوات|نوي|تار)[يتن]"
    rf"[{_LETTER}]{{3,}})"
)
_SPOKEN: Final = re.compile(
    rf"(?<![{_LETTER}])[وف]?(?:قالت?|اعلنت?|اكدت?|ذكرت?|اضافت?|افادت?)(?![{_LETTER}])"
)
# A sentence that opens with a verb in the imperfect may report what is still to come.
_IMPERFECT: Final = re.compile(
    rf" *(?!يذكر|يشار|يوم|يونيو|يوليو|يناير|يوسف|ياسر|يحيي)[يت][{_LETTER}]{{3,}} "
)
_CLAUSE: Final = 70  # code points before a weekday in which a future verb counts
_SENTENCE: Final = 200  # code points before a weekday in which its sentence may begin
_BREAK: Final = re.compile(r"[.،,؛:؟!\n]")
_STOP: Final = re.compile(r"[.؟!\n]")
_DEFINITE_BEFORE: Final = re.compile(rf"(?<![{_LETTER}])[وفبك]{{0,2}}(?:ال|لل)[{_LETTER}]+ +$")


def is_other_word(
    name: str, tokens: Tokens, span: tuple[int, int], normalised: Normalised, text: str
) -> bool:
    """Whether a match only looks like a date.

    "يوم" before a definite noun opens a name (يوم الطفل); "وغدا" without its tanwin is a verb; so
    is "ألامس", which folds to الأمس; "منذ سنوات" tells no time.

    Args:
        name: the rule.
        tokens: of the whole text.
        span: first token of the match and the one after it.
        normalised: the text, normalised.
        text: the original text.
    """
    start, end = span
    if name == "ago":
        return tokens.codes[start] == "S" and amount(tokens.cut(start, end)) is None
    if name == "single":
        return tokens.codes[end : end + 1] == "x" and tokens.definite[end]
    if name != "dayword" or end - start > 1:
        return False
    first = normalised.offsets[tokens.starts[start]]
    word = text[first : normalised.offsets[tokens.ends[start]]]
    verb = word == "غدا" and text[max(0, first - 1) : first] in {"و", "ف"}
    return verb or word.startswith("ألا")


def is_open(name: str, tokens: Tokens, span: tuple[int, int], text: str, *, ahead: bool) -> bool:
    """Whether the surroundings leave a day open.

    An ordinal may count the noun before it ("النصف الثاني من سبتمبر"); a date without its year
    may be a name (ميدان 6 أكتوبر); a weekday after إلى, قبل, بعد or ل, or in a sentence that opens
    with an imperfect verb, may be the last or the next one.

    Args:
        name: the rule.
        tokens: of the whole text.
        span: first token of the match and the one after it.
        text: the normalised text.
        ahead: whether the clause is known to speak of the future.
    """
    start, end = span
    codes = tokens.codes
    before = codes[start - 1 : start]
    if codes[start] == "1" and _counts_a_noun(tokens, start, text):
        return True
    if name == "written":
        return before == "&" and not any(code in "fYPFC" for code in codes[start:end])
    if name != "weekday" or ahead or any(code in "PFC@Rr~" for code in codes[start:end]):
        return False
    place = tokens.starts[start]
    attached = text[max(0, place - 1) : place] == "ل"
    if attached or before in {">", "B", "E"}:
        return True
    sentence = _STOP.split(text[max(0, place - _SENTENCE) : place])[-1]
    return _IMPERFECT.match(sentence) is not None


def _counts_a_noun(tokens: Tokens, start: int, text: str) -> bool:
    """Whether an ordinal counts the noun before it, no day ("النصف الثاني من سبتمبر").

    Args:
        tokens: of the whole text.
        start: the token of the ordinal.
        text: the normalised text.
    """
    place = tokens.starts[start]
    before = tokens.codes[start - 1 : start]
    return before not in {"", "W", "@", "R"} and bool(
        _DEFINITE_BEFORE.search(text, max(0, place - 24), place)
    )


def is_ahead(text: str, start: int) -> bool:
    """Whether the clause before a place speaks of the future.

    Args:
        text: the normalised text.
        start: the place.
    """
    clause = _BREAK.split(text[max(0, start - _CLAUSE) : start])[-1]
    ends = [match.end() for match in _AHEAD.finditer(clause)]
    return bool(ends) and _SPOKEN.search(clause, ends[-1]) is None
