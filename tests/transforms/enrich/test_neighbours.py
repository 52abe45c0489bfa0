"""Tolls that the sentence behind an attack tells."""

from __future__ import annotations

import pytest
from coded import WEDNESDAY

from transforms.enrich.attributes.article import ArticleContext
from transforms.enrich.coder import _scenes
from transforms.enrich.events.details import mention_of
from transforms.enrich.events.mention import EventMention
from transforms.enrich.events.neighbours import lend_tolls
from transforms.enrich.sentence.annotations import Annotations
from transforms.enrich.words.tokens import tokenise
from transforms.text.arabic import normalise


def attacks(text: str) -> list[tuple[int | None, int | None]]:
    """The dead and the injured of the attacks of a text, each a row by itself."""
    scenes = _scenes(Annotations(tokenise(text, normalise(text), "body"), WEDNESDAY))
    events: list[EventMention] = []
    for scene in scenes:
        for match in scene.matches[:1]:
            if match.rule.event_type == "ASSAULT":
                event = mention_of(scene, match, "ASSAULT", ArticleContext(), match.head)
                event.confidence = 1.0
                event.joined = ((1.0, "body", event.token, event.order),)
                events.append(event)
    lend_tolls(events, scenes)
    return [(e.fatalities and e.fatalities[0], e.injured and e.injured[0]) for e in events]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("فتحت الشرطة النار على الحشد. وفارق سبعة من المحتجين الحياة.", [(7, None)]),
        ("هاجم مسلحون القرية. وانتشل السكان ثلاث جثث، ونقلوا تسعة جرحى.", [(3, 9)]),
        ("قصفت الطائرات السوق. وبلغ عدد القتلى أربعة عشر.", [(14, None)]),
        # What the attack tells itself stays.
        ("قصفت الطائرات السوق وقتلت شخصين. وبلغ عدد القتلى في شهر تسعين.", [(2, None)]),
        # A sentence that tells an attack keeps its toll.
        ("هاجم مسلحون القرية. وقصفت الطائرات السوق وقتلت تسعة.", [(None, None), (9, None)]),
        # What stands further off is no toll of it.
        ("هاجم مسلحون القرية. وفر السكان. وبلغ عدد القتلى تسعة.", [(None, None)]),
        ("هاجم مسلحون القرية.\n\nوبلغ عدد القتلى تسعة.", [(None, None)]),
    ],
)
def test_an_attack_has_the_toll_of_the_sentence_behind_it(text, found) -> None:
    assert attacks(text) == found
