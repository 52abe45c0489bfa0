"""An event in the making: a trigger with everything that was found about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from transforms.enrich.attributes.dates import When
from transforms.enrich.attributes.status import Realis
from transforms.enrich.roles.prepositions import Arguments
from transforms.enrich.rules.match import TriggerMatch
from transforms.enrich.sentence.view import Sentence
from transforms.records import Actor, Evidence, Place, Span, Status


class Near(NamedTuple):
    """How probably an event is one with another of its type, and how sure that one is."""

    mean: float
    sure: float


@dataclass(slots=True)
class EventMention:
    """One mention of an event, or several that were merged into the first.

    Attributes mirror ``transforms.records.Event``; ``features`` are the inputs of the confidence
    formula; ``anchored`` tells that the article's day of publication is known, ``token`` is the
    word that tells the event, ``order`` the number of its sentence, ``named`` holds the countries
    that a verb's own subject names, ``gaps`` tell how badly the dead and the injured suit it
    (rank, how far). ``joined`` are the mentions that are one with it, itself among them
    (confidence, field, token, number of the sentence), ``near`` the others of its type. ``odds``
    are how probable its likeliest actor and recipient are, and that it has one (see ``roles``),
    ``phrases`` those that may be either, by first and last token, with both probabilities.
    """

    match: TriggerMatch
    sentence: Sentence
    arguments: Arguments
    realis: Realis
    event_type: str
    status: Status
    trigger: Span
    evidence: list[Evidence]
    actors: list[Actor] = field(default_factory=list)
    recipients: list[Actor] = field(default_factory=list)
    place: Place | None = None
    when: When | None = None
    modes: list[str] = field(default_factory=list)
    contexts: list[str] = field(default_factory=list)
    fatalities: tuple[int, int | None] | None = None
    injured: tuple[int, int | None] | None = None
    gaps: tuple[tuple[int, int], tuple[int, int]] = ((3, 0), (3, 0))
    speaker: str | None = None
    claim_status: str = "unattributed"
    features: dict[str, float] = field(default_factory=dict)
    confidence: float = 0.0
    anchored: bool = False
    token: int = 0
    order: int = 0
    named: frozenset[str] = frozenset()
    joined: tuple[tuple[float, str, int, int], ...] = ()
    near: list[Near] = field(default_factory=list)
    odds: tuple[float, float, float] = (0.0, 0.0, 0.0)
    phrases: list[tuple[tuple[int, int], tuple[float, float]]] = field(default_factory=list)
