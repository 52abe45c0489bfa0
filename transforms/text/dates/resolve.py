"""One date expression -> its date."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from transforms.text.arabic import normalise_text
from transforms.text.dates.absolute import read_slots
from transforms.text.dates.anchor import make_anchor
from transforms.text.dates.formats import read_machine, split_zone
from transforms.text.dates.grammar import FULL
from transforms.text.dates.handlers import HANDLERS
from transforms.text.dates.lexicon import tokenise
from transforms.text.dates.model import ResolvedDate
from transforms.text.dates.reading import Context
from transforms.text.dates.written import from_slots

_LONGEST: Final = 200  # code points: a longer string is a text, not an expression
_ROUND: Final = str.maketrans("[]", "()")
_EDGES: Final = "0<.,:|-()#/"
# Words that turn a date into a limit ("حتى الخميس") leave no date of their own.
_RELATIVE: Final = tuple(
    name for name in FULL if name not in {"pair", "clock", "duration", "set", "single"}
)


def resolve_date(
    expression: str, *, anchor: dt.date | dt.datetime | None = None, tz: str | None = None
) -> ResolvedDate | None:
    """Resolve a date expression; an unsure one gives None.

    Conventions: numeric dates are day first, or year first when the year is; a Gregorian date
    decides over the Hijri one beside it; a weekday that is not the day's own makes the whole no
    date; a bare weekday is the last one, the anchor's day included; "قبل أسبوع" is the week, "قبل
    شهر" the month that far back.

    Args:
        expression: the expression alone, in Arabic, English month names, or machine form.
        anchor: the document's day or moment, for relative expressions.
        tz: the zone to report when none is written, and whose civil day an aware anchor means.

    Returns:
        The date; None when the expression is none, is impossible, contradicts itself, or is
        relative without an anchor.
    """
    if not expression or len(expression) > _LONGEST:
        return None
    folded = re.sub(r"\s+", " ", normalise_text(expression)).strip()
    folded, named = split_zone(folded)
    folded = folded.translate(_ROUND)
    zone = named or tz
    machine = read_machine(folded)
    if machine is False:
        return None
    if machine is not None:
        return ResolvedDate(
            machine.date, machine.time, machine.tz or zone, machine.precision, "explicit"
        )
    context = Context(make_anchor(anchor, tz), zone)
    tokens = tokenise(folded)
    start = len(tokens.codes) - len(tokens.codes.lstrip(_EDGES))
    end = len(tokens.codes.rstrip(_EDGES))
    tokens = tokens.cut(start, end)
    if not tokens.codes:
        return None
    for name in _RELATIVE:
        if FULL[name].fullmatch(tokens.codes):
            reading = HANDLERS[name](tokens, context)
            return reading.resolved if reading else None
    slots = read_slots(tokens)
    return from_slots(slots, context).resolved if slots is not None else None
