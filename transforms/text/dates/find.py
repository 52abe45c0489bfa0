"""Date expressions in running text."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Final

from transforms.text.arabic import Normalised, normalise
from transforms.text.dates.anchor import Anchor, make_anchor
from transforms.text.dates.grammar import ANY, FULL, SCAN
from transforms.text.dates.handlers import HANDLERS
from transforms.text.dates.lexicon import Tokens, tokenise
from transforms.text.dates.model import DateMention
from transforms.text.dates.reading import Context, Reading
from transforms.text.dates.relative import amount

# A verb in the future, or a word for what is planned; the exceptions only look like verbs.
_AHEAD: Final = re.compile(
    r"(?<![\u0621-\u064a])[وف]?(?:سوف|المقرر|المرتقب|المزمع|المنتظر"
    r"|س(?!ياس|يار|ياد|ياح|ياق|يناء|ينما|يول|يطر|يناري|يره|تين|توكهولم|تراتيج|نوات|نوي|تار)[يتن]"
    r"[\u0621-\u064a]{3,})"
)
_SPOKEN: Final = re.compile(
    r"(?<![\u0621-\u064a])[وف]?(?:قال|قالت|اعلن|اعلنت|اكد|اكدت|ذكر|ذكرت|اضاف|اضافت|افاد|افادت)(?![\u0621-\u064a])"
)
_CLAUSE: Final = 70  # code points before a weekday in which a future verb counts


def find_dates(
    text: str,
    *,
    anchor: dt.date | dt.datetime | None = None,
    tz: str | None = None,
    normalised: Normalised | None = None,
) -> list[DateMention]:
    """Find the date expressions of a text.

    Args:
        text: the original text.
        anchor: the document's day or moment; without it relative mentions stay unresolved.
        tz: the zone whose civil day an aware anchor means.
        normalised: the normalised text, when the caller has it already.

    Returns:
        The mentions in order, without overlaps. Particles before a date (في, بتاريخ) are outside.
    """
    normalised = normalised or normalise(text)
    tokens = tokenise(normalised.text)
    if ANY.search(tokens.codes) is None:
        return []
    known = make_anchor(anchor, tz)
    mentions: list[DateMention] = []
    for match in SCAN.finditer(tokens.codes):
        name = match.lastgroup or ""
        start, end = match.span()
        if _is_other_word(name, tokens, match.span(), normalised, text):
            continue
        reading = _read(name, tokens, start, end, known, normalised.text)
        if reading is None:
            continue
        if name == "pair":
            end = start + 1
        span = normalised.span(tokens.starts[start], tokens.ends[end - 1])
        mentions.append(
            DateMention(*span, reading.resolved, reading.kind, reading.value, reading.shift)
        )
    return mentions


def _read(
    name: str, tokens: Tokens, start: int, end: int, anchor: Anchor | None, text: str
) -> Reading | None:
    """What one match means; None when it is no date after all."""
    if name == "pair":
        return _first_of_pair(tokens, start, end, anchor)
    ahead = name in {"weekday", "later"} and _is_ahead(text, tokens.starts[start])
    reading = HANDLERS[name](tokens.cut(start, end), Context(anchor, ahead=ahead))
    if name == "later" and not ahead and reading is not None:
        # In a report "بعد يومين" mostly counts from what was told before.
        return replace(reading, resolved=None)
    return reading


def _is_other_word(
    name: str, tokens: Tokens, span: tuple[int, int], normalised: Normalised, text: str
) -> bool:
    """Whether a match only looks like a date.

    "يوم" before a definite noun opens a name (يوم الطفل); "وغدا" without its tanwin is a verb; so
    is "ألامس", which folds to الأمس; "منذ سنوات" tells no time.
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
    return word.startswith("ألا") or (
        word == "غدا" and text[max(0, first - 1) : first] in {"و", "ف"}
    )


def _first_of_pair(tokens: Tokens, start: int, end: int, anchor: Anchor | None) -> Reading | None:
    """The first day of "10 و11 أبريل": the second date with the first's day."""
    second = FULL["written"].match(tokens.codes, end)
    if second is None:
        return None
    kept = tokens.cut(end, second.end())
    place = next(index for index, code in enumerate(kept.codes) if code in "DN1")
    values = [*kept.values]
    values[place] = tokens.values[start]
    return HANDLERS["written"](
        Tokens(kept.codes, values, kept.starts, kept.ends, kept.definite), Context(anchor)
    )


def _is_ahead(text: str, start: int) -> bool:
    """Whether the clause before a weekday speaks of the future."""
    clause = text[max(0, start - _CLAUSE) : start]
    clause = re.split(r"[.،,؛:؟!\n]", clause)[-1]
    ends = [match.end() for match in _AHEAD.finditer(clause)]
    return bool(ends) and _SPOKEN.search(clause, ends[-1]) is None
