"""From a merged draft to the record of the ``events`` table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from transforms.enrich.events.mention import EventMention
from transforms.enrich.ontology import plover
from transforms.records import Actor, Article, Event, content_id

CODER_VERSION: Final = "1"
_MAX_PARTIES: Final = 8


def _joined(actors: Iterable[Actor]) -> str:
    return ",".join(sorted({a.country for a in actors if a.country}))


def event_key(draft: EventMention, event_id: str) -> str:
    """The key by which mentions of one event in different articles meet.

    Args:
        draft: the event.
        event_id: stands in when the event is undated or without any country.
    """
    actors, recipients = _joined(draft.actors), _joined(draft.recipients)
    place = draft.place.country if draft.place else None
    if draft.when is None or not (actors or recipients or place):
        return event_id
    where = f"{place or ''}{draft.place.admin1 or '' if draft.place else ''}"
    return content_id(draft.event_type, draft.when.start.isoformat(), actors, recipients, where)


def to_event(draft: EventMention, article: Article) -> Event:
    """Make the record of an event.

    Args:
        draft: the merged mentions.
        article: where they stand.
    """
    trigger = draft.trigger
    span = f"{trigger.field}:{trigger.char_start}:{trigger.char_end}"
    event_id = content_id(article.article_id, draft.event_type, span)
    modes = tuple(m for m in draft.modes if m in plover.TYPE_MODES[draft.event_type])
    implied = [plover.IMPLIED_CONTEXTS[m] for m in modes if m in plover.IMPLIED_CONTEXTS]
    contexts = tuple(dict.fromkeys([*implied, *draft.contexts]))
    rule = draft.match.rule
    own_code = rule.cameo if draft.event_type == rule.event_type else None
    cameo = own_code or plover.cameo_code(draft.event_type, modes, contexts)
    when = draft.when
    low, high = draft.fatalities or (None, None)
    hurt_low, hurt_high = draft.injured or (None, None)
    return Event(
        event_id=event_id,
        event_key=event_key(draft, event_id),
        article_id=article.article_id,
        event_type=draft.event_type,
        status=draft.status,
        quad_plover=plover.quad_plover(draft.event_type),
        trigger=trigger,
        evidence=tuple(draft.evidence),
        confidence=round(draft.confidence, 4),
        rule_id=rule.id,
        coder_version=CODER_VERSION,
        modes=modes,
        contexts=contexts,
        quad_gdelt=plover.quad_gdelt(cameo),
        cameo_code=cameo,
        cameo_root=plover.cameo_root(cameo),
        goldstein=plover.goldstein(cameo),
        plover_score=plover.plover_score(draft.event_type, modes),
        actors=tuple(draft.actors[:_MAX_PARTIES]),
        recipients=tuple(draft.recipients[:_MAX_PARTIES]),
        place=draft.place,
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
        speaker=draft.speaker,
        claim_status=draft.claim_status,
        event_time=article.event_time,
    )
