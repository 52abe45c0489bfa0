"""From a merged mention to the record of the ``events`` table."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

from transforms.enrich.events.mention import EventMention
from transforms.enrich.ontology import plover
from transforms.enrich.own import NOTHING, follows, own_tables
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


def to_event(mention: EventMention, article: Article) -> Event:
    """Make the record of an event.

    Args:
        mention: the merged mentions.
        article: where they stand.
    """
    trigger = mention.trigger
    span = f"{trigger.field}:{trigger.char_start}:{trigger.char_end}"
    event_id = content_id(article.article_id, mention.event_type, span)
    modes = tuple(m for m in mention.modes if m in plover.TYPE_MODES[mention.event_type])
    implied = [plover.IMPLIED_CONTEXTS[m] for m in modes if m in plover.IMPLIED_CONTEXTS]
    contexts = tuple(dict.fromkeys([*implied, *mention.contexts]))
    rule = mention.match.rule
    own_code = rule.cameo if mention.event_type == rule.event_type else None
    cameo = own_code or plover.cameo_code(mention.event_type, modes, contexts)
    when = mention.when
    low, high = mention.fatalities or (None, None)
    hurt_low, hurt_high = mention.injured or (None, None)
    return Event(
        event_id=event_id,
        event_key=event_key(mention, event_id),
        article_id=article.article_id,
        event_type=mention.event_type,
        status=mention.status,
        quad_plover=plover.quad_plover(mention.event_type),
        trigger=trigger,
        evidence=tuple(mention.evidence),
        confidence=round(mention.confidence, 4),
        rule_id=rule.id,
        coder_version=coder_version(),
        modes=modes,
        contexts=contexts,
        quad_gdelt=plover.quad_gdelt(cameo),
        cameo_code=cameo,
        cameo_root=plover.cameo_root(cameo),
        goldstein=plover.goldstein(cameo),
        plover_score=plover.plover_score(mention.event_type, modes),
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
