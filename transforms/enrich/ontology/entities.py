"""Find actors and places in normalised Arabic text."""

from __future__ import annotations

from transforms.enrich.ontology.lexeme import Entity, PlaceEntry
from transforms.text.arabic import Normalised

__all__ = ["Entity", "PlaceEntry", "find_entities", "find_places"]


def find_entities(normalised: Normalised) -> list[Entity]:
    """Find the maximal phrases that name actors and places.

    Give it a whole title or body: what one sentence says of a head (``الجيش السوري``) decides
    later bare mentions (``الجيش``), and ambiguous place names go by the countries around them.

    Args:
        normalised: the text; indices of the answer are into ``normalised.text``.

    Returns:
        Entities in order, not overlapping.
    """
    del normalised
    return []


def find_places(normalised: Normalised) -> list[Entity]:
    """Only the places, also those inside actor phrases, as entities of kind ``place``."""
    del normalised
    return []
