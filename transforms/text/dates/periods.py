"""Periods, durations and words that name no day."""

from __future__ import annotations

from transforms.text.dates.anchor import shift_period
from transforms.text.dates.lexicon import Tokens
from transforms.text.dates.reading import (
    ISO_UNITS,
    NOTHING,
    PERIODS,
    STEPS,
    Context,
    Reading,
    period_reading,
)
from transforms.text.dates.relative import amount


def phase(tokens: Tokens, context: Context) -> Reading:
    """A form: "مطلع الأسبوع الماضي", "نهاية الشهر": the period named."""
    return unit(tokens.cut(1, len(tokens.codes)), context, bare=True)


def unit(tokens: Tokens, context: Context, *, bare: bool = False) -> Reading:
    """A form: "الأسبوع الماضي", "هذا العام"; ``bare``: "الشهر" alone is the document's."""
    codes = tokens.codes.removeprefix("n")
    place = next(index for index, code in enumerate(tokens.codes) if code in PERIODS)
    if tokens.values[place] != 1:
        return Reading(kind="vague", value="FUTURE_REF" if codes[-1] in "FX" else "PAST_REF")
    if context.anchor is None or codes[-1] in "Xp":
        return NOTHING
    direction = next((code for code in codes if code in STEPS), "C" if bare else "")
    if not direction:
        return NOTHING
    code = tokens.codes[place]
    if bare and tokens.definite[place] is False and direction == "C" and "h" not in codes:
        return Reading(value=f"UNDEF-{PERIODS[code]}")
    if bare and code == "v" and direction == "C" and "C" not in codes and "h" not in codes:
        return NOTHING  # "نهاية الأسبوع" may be the last or the next one
    count = STEPS[direction] * (2 if "B" in codes or "E" in codes else 1)  # "قبل الماضي"
    date = shift_period(context.anchor, code, count)
    return period_reading(date, PERIODS[code], context, relative=True)


def decade(tokens: Tokens, context: Context) -> Reading:  # noqa: ARG001 - handlers are called alike
    """A form: "الستينيات": 196; "العقد الأول من القرن الماضي" is left open."""
    if tokens.codes == "Kd":
        return Reading(value="UNDEF-decade")
    if "3" not in tokens.codes:
        return NOTHING
    return Reading(value=f"19{int(tokens.values[tokens.codes.index('3')] or 0) // 10}")


def century(tokens: Tokens, context: Context) -> Reading:
    """A form: "القرن التاسع عشر": 18; "القرن الماضي" by the anchor."""
    if tokens.codes[-1] == "1":
        return Reading(value=f"{int(tokens.values[-1] or 0) - 1:02d}")
    year = context.anchor.day.year if context.anchor else 2000
    return Reading(value=f"{year // 100 - 1:02d}")


def season(tokens: Tokens, context: Context) -> Reading:
    """A form: "صيف 2015": 2015-SU; without a year the document's."""
    years = [tokens.values[i] for i, code in enumerate(tokens.codes) if code == "Y"]
    name = tokens.values[tokens.codes.index("4")]
    if years:
        return Reading(value=f"{years[0]}-{name}")
    direction = tokens.codes[-1]
    if context.anchor is None or (direction in "PF" and "y" not in tokens.codes):
        return NOTHING
    return Reading(value=f"{context.anchor.day.year + STEPS.get(direction, 0)}-{name}")


def vague(tokens: Tokens, context: Context) -> Reading:  # noqa: ARG001 - handlers are called alike
    """A form: "مؤخرا", "الأيام الماضية": PAST_REF and its like."""
    last = tokens.codes[-1]
    if last == "5":
        return Reading(kind="vague", value=str(tokens.values[-1]))
    return Reading(kind="vague", value="FUTURE_REF" if last in "FX" else "PAST_REF")


def set_word(tokens: Tokens, context: Context) -> Reading:  # noqa: ARG001 - handlers are called alike
    """A form: "يوميا", "كل أسبوع": P1D, P1W."""
    if tokens.codes == "6":
        return Reading(kind="set", value=str(tokens.values[0]))
    counted = amount(tokens)
    return Reading(kind="set", value=_period_value(counted))


def duration(tokens: Tokens, context: Context) -> Reading:  # noqa: ARG001 - handlers are called alike
    """A form: "ثلاثة أيام": P3D."""
    return Reading(kind="duration", value=_period_value(amount(tokens)))


def _period_value(counted: tuple[int, str] | None) -> str | None:
    if counted is None:
        return None
    count, code = counted
    if code == "i" and count % 24 == 0:
        count, code = count // 24, "u"
    return f"P{'T' if code in 'ij' else ''}{count}{ISO_UNITS[code]}"


def single(tokens: Tokens, context: Context) -> Reading | None:
    """A form: "يوم", "شهر", "ساعة" without number or article: one of them."""
    if tokens.values[0] != 1 or tokens.definite[0]:
        return None
    return duration(tokens, context)


def unknown(tokens: Tokens, context: Context) -> Reading:  # noqa: ARG001 - handlers are called alike
    """A date that the text leaves open ("اليوم التالي", a clock time alone)."""
    return NOTHING
