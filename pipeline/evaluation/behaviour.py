"""The scoreboard of behaviour: what the coder makes of one act told in many ways.

Measured on variants made from sentences with blanks (``variants``), written for this project. A
variant that tells the act is right when an asserted event of its type reaches the default
confidence, and each side, place, day and toll that the text names is right in it: who acts stands
among the actors and not among the recipients, who is acted on the other way round (acts of both
sides: everybody on any side). Noise before it must not be coded. A variant that denies the act,
expects it or only thinks of it is right when no such event is asserted. Figures: the share of the
right ones, in all (``right``) and by what was done to the act (``negated``, ``swapped`` ...).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from pipeline.evaluation.base import Case, Figure, SuiteReport
from pipeline.evaluation.variants import Half, Side, Variant, path_of, read_variants
from transforms.enrich import code_events
from transforms.records import DEFAULT_CONFIDENCE, Actor, Event

NAME = "behaviour"
_BAR: Final = 0.95
_HALVES: Final[tuple[Half, ...]] = ("held_out", "tuning")


def run(_data: Path) -> SuiteReport:
    """Measure on the variants of this package; nothing below ``data`` is read."""
    figures: list[Figure] = []
    cases: list[Case] = []
    for half in _HALVES:
        found, wrong = _figures(half)
        figures += found
        cases += wrong
    content = b"".join(path_of(half).read_bytes() for half in _HALVES)
    return SuiteReport(NAME, tuple(figures), tuple(cases), hashlib.sha256(content).hexdigest()[:16])


def _figures(half: Half) -> tuple[list[Figure], list[Case]]:
    """The figures of a half; only the wrong answers of the tuning half are shown."""
    before, after = ("held_out_", "") if half == "held_out" else ("", "_in_sample")
    right: dict[str, list[bool]] = defaultdict(list)
    cases = []
    for variant in read_variants(half):
        events = code_events(variant.article())
        wrong = list(faults(variant, events))
        for name in ("right", variant.kind):
            right[name].append(not wrong)
        if wrong and half == "tuning":
            cases.append(Case(variant.id, variant.text, "; ".join(wrong), 1.0 / len(wrong)))
    return [
        Figure(
            f"{before}{name}{after}",
            sum(each) / len(each),
            len(each),
            _BAR if name == "right" and half == "held_out" else None,
        )
        for name, each in right.items()
    ], cases


def faults(variant: Variant, events: Sequence[Event]) -> Iterator[str]:
    """What is wrong with the coding of a variant.

    Args:
        variant: the text, and what must be coded of it.
        events: everything the coder returns for it.

    Yields:
        A short phrase for every fault; of several events of a right type that with the fewest
        faults is judged.
    """
    sure = [e for e in events if e.status == "asserted" and e.confidence >= DEFAULT_CONFIDENCE]
    for event in sure:
        if event.trigger.char_start < variant.begins:
            yield f"noise is {event.event_type}: {event.trigger.text}"
    own = [e for e in sure if e.event_type in variant.types]
    if not variant.told:
        yield from (f"{e.event_type} is asserted: {e.trigger.text}" for e in own)
    elif own:
        yield from min((list(_faults_of(variant, event)) for event in own), key=len)
    else:
        near = sorted(events, key=lambda e: (e.event_type in variant.types, e.confidence))
        yield "missed" + "".join(
            f"; {e.event_type} {e.status} {e.confidence:.2f}: {e.trigger.text}" for e in near[-1:]
        )


def _faults_of(variant: Variant, event: Event) -> Iterator[str]:
    everybody = (*event.actors, *event.recipients)
    for name, side, here, there in (
        ("actor", variant.actor, event.actors, event.recipients),
        ("recipient", variant.recipient, event.recipients, event.actors),
    ):
        if side is None:
            continue
        countries = {each.country for each in (everybody if variant.both else here)}
        if side.country not in countries:
            others = " ".join(sorted(each for each in countries if each))
            yield f"{name} {side.country} is {others or 'missing'}"
        if not variant.both and any(_is(each, side) for each in there):
            yield f"{name} {side.text} is on the other side"
    place = event.place.country if event.place else None
    if variant.place and variant.place != place:
        yield f"place {variant.place} is {place or 'missing'}"
    if variant.date and event.event_date != variant.date:
        yield f"date {variant.date} is {event.event_date}"
    if variant.dead is not None and event.fatalities_min != variant.dead:
        yield f"dead {variant.dead} are {event.fatalities_min}"


def _is(actor: Actor, side: Side) -> bool:
    """Whether a coded party is the phrase of a side; a country that was inferred has no phrase."""
    return actor.text is not None and (actor.text in side.text or side.text in actor.text)
