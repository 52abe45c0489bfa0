"""Tolls that the sentence behind an attack tells: فتحت النار. وقضى في الصدام شاب."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from transforms.enrich.attributes.casualties import Toll, toll_of
from transforms.enrich.events.candidates import Scene
from transforms.enrich.events.decide import SURE
from transforms.enrich.events.details import tolls_in
from transforms.enrich.events.mention import EventMention

_ATTACK: Final = "ASSAULT"
_Place = tuple[str, int]  # field and number of a sentence


def lend_tolls(events: list[EventMention], scenes: Iterable[Scene]) -> None:
    """Give attacks that have no toll the one of the sentence behind them that tells no attack.

    Args:
        events: of an article, joined; their tolls are filled in.
        scenes: its sentences.
    """
    placed: dict[_Place, Scene] = {
        (scene.annotations.tokens.field, scene.number): scene for scene in scenes
    }
    attacks = [e for e in events if e.event_type == _ATTACK and e.confidence >= SURE]
    own: set[_Place] = {(field, order) for e in attacks for _, field, _, order in e.joined}
    for event in attacks:
        if event.fatalities and event.injured:
            continue
        for scene in _behind(event, placed, own):
            found = tolls_in(scene)
            dead, hurt = (
                toll_of(found, scene.sentence, scene.sentence.first, kind)
                for kind in ("dead", "hurt")
            )
            event.fatalities = event.fatalities or _size(dead)
            event.injured = event.injured or _size(hurt)


def _behind(
    event: EventMention, placed: Mapping[_Place, Scene], own: AbstractSet[_Place]
) -> Iterator[Scene]:
    """The sentences behind an attack in its paragraphs that tell no attack themselves."""
    for _, field, _, order in event.joined:
        here, scene = placed.get((field, order)), placed.get((field, order + 1))
        if here is None or scene is None or (field, order + 1) in own:
            continue
        if scene.sentence.paragraph == here.sentence.paragraph:
            yield scene


def _size(toll: Toll | None) -> tuple[int, int | None] | None:
    return toll.size if toll is not None else None
