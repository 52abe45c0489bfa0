"""The dates suite: expressions one by one, and expressions found in running news.

``pipeline/evaluation/data/date_strings.tsv`` holds expressions of every kind that Arabic news
writes, with what they mean; a good part must be abstained from. The TIMEX3 news give spans and
values: their values were all counted from one day, whatever the article's own (اليوم is
2015-12-24 throughout, also beside another weekday), so that day is the anchor.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Final

from pipeline.evaluation.base import Case, Figure, SuiteReport
from transforms.text.dates import DateMention, ResolvedDate, find_dates, resolve_date

NAME: Final = "dates"
_STRINGS: Final = "date_strings.tsv"
_NEWS: Final = Path("events") / "arabic_timex_news"
_TODAY: Final = re.compile(r"(?:اليوم|اليوم [^ ]+)")
_TAG: Final = re.compile(r"<TIMEX3([^>]*)>([^<]*)</TIMEX3>")
_ATTRIBUTE: Final = re.compile(r'(\w+)="([^"]*)"')
_RESAMPLES: Final = 400


@dataclass(frozen=True, slots=True)
class _Gold:
    """A TIMEX3 element: its span in the text without tags, and its value."""

    start: int
    end: int
    value: str


@dataclass(slots=True)
class _Counts:
    """What one document adds to the figures."""

    found: int = 0
    gold: int = 0
    overlap: int = 0
    strict: int = 0
    values: int = 0

    def __add__(self, other: _Counts) -> _Counts:
        """The sum, field by field."""
        return _Counts(
            self.found + other.found,
            self.gold + other.gold,
            self.overlap + other.overlap,
            self.strict + other.strict,
            self.values + other.values,
        )


def run(data: Path) -> SuiteReport:
    """Measure expressions and mentions.

    Args:
        data: the directory of labelled data.

    Raises:
        FileNotFoundError: the TIMEX3 news are not there.
    """
    folder = data / _NEWS
    documents = sorted(folder.glob("*.tml"))
    if not documents:
        raise FileNotFoundError(None, "no TIMEX3 documents", str(folder))
    strings = files("pipeline.evaluation").joinpath("data", _STRINGS).read_bytes()
    digest = hashlib.sha256(strings)
    parsed: list[tuple[str, str, list[_Gold]]] = []
    for document in documents:
        raw = document.read_bytes()
        digest.update(raw)
        parsed.append((document.name, *_read_document(raw.decode("utf-8"))))
    figures, cases = _strings(strings.decode("utf-8"))
    more_figures, more_cases = _news(parsed)
    return SuiteReport(
        NAME, (*figures, *more_figures), (*cases, *more_cases), digest.hexdigest()[:32]
    )


def read_strings(table: str) -> Iterator[tuple[str, str, str, str, str]]:
    """Read the table of expressions.

    Args:
        table: its text; lines that begin with # are comments.

    Yields:
        Class, expression, anchor, tz and what is expected; "-" stands for none.
    """
    for line in table.splitlines():
        if line and not line.startswith("#"):
            kind, expression, anchor, tz, expected = line.split("\t")
            yield kind, expression, anchor, tz, expected


def answer(expression: str, anchor: str, tz: str) -> str:
    """Resolve an expression and write the answer as the table writes what is expected."""
    known: dt.date | dt.datetime | None = None
    if anchor != "-":
        known = (
            dt.datetime.fromisoformat(anchor) if "T" in anchor else dt.date.fromisoformat(anchor)
        )
    return _as_written(resolve_date(expression, anchor=known, tz=None if tz == "-" else tz))


def _as_written(resolved: ResolvedDate | None) -> str:
    if resolved is None:
        return "none"
    if resolved.time is None:
        return f"{resolved.date} {resolved.precision}"
    clock = (
        f"{resolved.time:%H:%M:%S}" if resolved.precision == "second" else f"{resolved.time:%H:%M}"
    )
    return f"{resolved.date} {clock} {resolved.tz or '-'} {resolved.precision}"


def _strings(table: str) -> tuple[list[Figure], list[Case]]:
    right = wrong = abstained = owed = 0
    cases: list[Case] = []
    for kind, expression, anchor, tz, expected in read_strings(table):
        got = answer(expression, anchor, tz)
        owed += expected == "none"
        if got == expected:
            right += 1
            continue
        missed = got == "none"
        abstained += missed
        wrong += not missed
        cases.append(
            Case(f"{kind}: {expression} @ {anchor}", expected, got, 1.0 if missed else 3.0)
        )
    total = right + wrong + abstained
    return [
        Figure("strings_right", right / total, total, bar=0.95),
        Figure("strings_wrong", wrong, total, bar=0, higher_is_better=False),
        Figure("strings_abstained_wrongly", abstained, total - owed),
    ], cases


def _read_document(raw: str) -> tuple[str, list[_Gold]]:
    """The text of a TimeML document without its tags, and its TIMEX3 elements."""
    body = raw[raw.index("<TimeML>") + 8 : raw.index("</TimeML>")]
    pieces: list[str] = []
    gold: list[_Gold] = []
    length = position = 0
    for match in _TAG.finditer(body):
        before, inside = (
            html.unescape(body[position : match.start()]),
            html.unescape(match.group(2)),
        )
        pieces += [before, inside]
        start = length + len(before)
        length = start + len(inside)
        value = dict(_ATTRIBUTE.findall(match.group(1))).get("value", "")
        gold.append(_Gold(start, length, value))
        position = match.end()
    pieces.append(html.unescape(body[position:]))
    return "".join(pieces), gold


def _anchor(documents: Sequence[tuple[str, str, list[_Gold]]]) -> dt.date:
    """The day that the corpus counts from: the value it gives to اليوم, the most frequent one."""
    values = sorted(
        gold.value
        for _, text, golds in documents
        for gold in golds
        if _TODAY.fullmatch(text[gold.start : gold.end])
    )
    return dt.date.fromisoformat(max(values, key=values.count))


def _news(documents: Sequence[tuple[str, str, list[_Gold]]]) -> tuple[list[Figure], list[Case]]:
    anchor = _anchor(documents)
    cases: list[Case] = []
    counts = [
        _score(name, text, gold, find_dates(text, anchor=anchor), cases)
        for name, text, gold in documents
    ]
    total = sum(counts, _Counts())
    low, high = _interval(counts)
    return [
        Figure("timex_spans_f1", _f1(total), total.gold, bar=0.90, low=low, high=high),
        Figure("timex_spans_precision", total.overlap / max(total.found, 1), total.found),
        Figure("timex_spans_recall", total.overlap / max(total.gold, 1), total.gold),
        Figure("timex_spans_strict", total.strict / max(total.overlap, 1), total.overlap),
        Figure("timex_values", total.values / max(total.overlap, 1), total.overlap, bar=0.85),
    ], cases


def _score(
    name: str, text: str, golds: list[_Gold], found: list[DateMention], cases: list[Case]
) -> _Counts:
    """Match spans that overlap, one to one, in the order of the text."""
    counts = _Counts(found=len(found), gold=len(golds))
    free = list(found)
    for gold in golds:
        words = text[gold.start : gold.end]
        mention = next((m for m in free if m.start < gold.end and gold.start < m.end), None)
        where = f"{name}:{gold.start} {words}"
        if mention is None:
            cases.append(Case(where, gold.value, "not found"))
            continue
        free.remove(mention)
        counts.overlap += 1
        counts.strict += (mention.start, mention.end) == (gold.start, gold.end)
        counts.values += mention.value == gold.value
        if mention.value != gold.value:
            cases.append(Case(where, gold.value, str(mention.value), 1.5 if mention.value else 1.0))
    cases.extend(
        Case(
            f"{name}:{mention.start} {text[mention.start : mention.end]}",
            "nothing",
            str(mention.value),
        )
        for mention in free
    )
    return counts


def _f1(counts: _Counts) -> float:
    return 2 * counts.overlap / max(counts.found + counts.gold, 1)


def _interval(counts: Sequence[_Counts]) -> tuple[float, float]:
    """A 95 % bootstrap interval of F1 over documents."""
    random = Random(0)  # noqa: S311 - resampling, no secret
    drawn = sorted(
        _f1(sum(random.choices(counts, k=len(counts)), _Counts())) for _ in range(_RESAMPLES)
    )
    return drawn[int(_RESAMPLES * 0.025)], drawn[int(_RESAMPLES * 0.975)]
