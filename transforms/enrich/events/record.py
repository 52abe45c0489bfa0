"""From a merged mention to the record of the ``events`` table."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

from transforms.enrich.events.mention import EventMention
from transforms.enrich.ontology import plover
from transforms.enrich.own import NOTHING, follows, own_tables
from transforms.enrich.words.memo import remembers
from transforms.records import Actor, Article, Event, content_id

CODER_VERSION: Final = "1"
_MAX_PARTIES: Final = 8


@follows
@cache
def coder_version() -> str:
    """The version that coded rows carry: ``1``, or ``1+`` and a hash of own rules and names."""
    own = own_tables()
    return CODER_VERSION if own == NOTHING else f"{CODER_VERSION}+{own.digest}"


def _joined(actors: Iterable[Actor]) -> str:
    return ",".join(sorted({a.country for a in actors if a.country}))


def event_key(mention: EventMention, event_id: str) -> str:
    """The key by which mentions of one event in different articles meet.

    Args:
        mention: the event.
        event_id: stands in when the event is undated or without any country.
    """
    actors, recipients = _joined(mention.actors), _joined(mention.recipients)
    place = mention.place.country if mention.place else None
    if mention.when is None or not (actors or recipients or place):
        return event_id
    where = f"{place or ''}{mention.place.admin1 or '' if mention.place else ''}"
    return content_id(mention.event_type, mention.when.start.isoformat(), actors, recipients, where)


class _Codes(NamedTuple):
    """What the ontologies say of an event of a type with its modes and contexts."""

    modes: tuple[str, ...]
    contexts: tuple[str, ...]
    quad_plover: str
    quad_gdelt: str | None
    cameo: str
    cameo_root: str
    goldstein: float | None
    plover_score: float


@remembers
def _codes(
    event_type: str, modes: tuple[str, ...], contexts: tuple[str, ...], own_code: str | None
) -> _Codes:
    """Those of an event; ``own_code`` is the CAMEO code that its rule gives it."""
    kept = tuple(mode for mode in modes if mode in plover.TYPE_MODES[event_type])
    implied = [plover.IMPLIED_CONTEXTS[m] for m in kept if m in plover.IMPLIED_CONTEXTS]
    given = tuple(dict.fromkeys([*implied, *contexts]))
    cameo = own_code or plover.cameo_code(event_type, kept, given)
    return _Codes(
        kept, given, plover.quad_plover(event_type), plover.quad_gdelt(cameo), cameo,
        plover.cameo_root(cameo), plover.goldstein(cameo), plover.plover_score(event_type, kept),
    )  # fmt: skip


def to_event(mention: EventMention, article: Article) -> Event:
    """Make the record of an event.

    Args:
        mention: the merged mentions.
        article: where they stand.
    """
    trigger = mention.trigger
    span = f"{trigger.field}:{trigger.char_start}:{trigger.char_end}"
    event_id = content_id(article.article_id, mention.event_type, span)
    rule = mention.match.rule
    own_code = rule.cameo if mention.event_type == rule.event_type else None
    codes = _codes(mention.event_type, tuple(mention.modes), tuple(mention.contexts), own_code)
    when = mention.when
    low, high = mention.fatalities or (None, None)
    hurt_low, hurt_high = mention.injured or (None, None)
    return Event(
        event_id=event_id,
        event_key=event_key(mention, event_id),
        article_id=article.article_id,
        event_type=mention.event_type,
        status=mention.status,
        quad_plover=codes.quad_plover,
        trigger=trigger,
        evidence=tuple(mention.evidence),
        confidence=round(mention.confidence, 4),
        rule_id=rule.id,
        coder_version=coder_version(),
        modes=codes.modes,
        contexts=codes.contexts,
        quad_gdelt=codes.quad_gdelt,
        cameo_code=codes.cameo,
        cameo_root=codes.cameo_root,
        goldstein=codes.goldstein,
        plover_score=codes.plover_score,
        actors=tuple(mention.actors[:_MAX_PARTIES]),
        recipients=tuple(mention.recipients[:_MAX_PARTIES]),
        place=mention.place,
        event_date=when.start if when else None,
        event_date_start=when.start if when else None,
        event_date_end=when.end if when else None,
        event_date_precision=when.precision if when else None,
        event_date_basis=when.basis if when else None,
        event_date_text=when.text if when else None,
        fatalities_min=low,
        fatalities_max=high,
        injured_min=hurt_low,
        injured_max=hurt_high,
        speaker=mention.speaker,
        claim_status=mention.claim_status,
        event_time=article.event_time,
    )
