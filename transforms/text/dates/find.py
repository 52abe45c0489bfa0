"""Date expressions in running text."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from transforms.text.arabic import Normalised, normalise
from transforms.text.dates.anchor import Anchor, make_anchor
from transforms.text.dates.grammar import ANY, FULL, SCAN
from transforms.text.dates.guards import is_ahead, is_open, is_other_word
from transforms.text.dates.handlers import HANDLERS
from transforms.text.dates.lexicon import Tokens, tokenise
from transforms.text.dates.model import DateMention
from transforms.text.dates.reading import NOTHING, Context, Reading


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
        if is_other_word(name, tokens, match.span(), normalised, text):
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
    ahead = name in {"weekday", "later"} and is_ahead(text, tokens.starts[start])
    reading = HANDLERS[name](tokens.cut(start, end), Context(anchor, ahead=ahead))
    if reading is None or reading.resolved is None:
        return reading
    if name == "later" and not ahead:
        # In a report "بعد يومين" mostly counts from what was told before.
        return replace(reading, resolved=None)
    return NOTHING if is_open(name, tokens, (start, end), text, ahead=ahead) else reading


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
