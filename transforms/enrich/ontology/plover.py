"""PLOVER 2.0 event types, modes, contexts and sectors, with CAMEO codes and scores.

Quads are written ``verbal_cooperation``, ``material_cooperation``, ``verbal_conflict`` and
``material_conflict``, in both readings: ``quad_plover`` goes by event type, ``quad_gdelt`` by the
CAMEO root. They disagree on requests: PLOVER counts REQUEST as verbal conflict, GDELT counts an
appeal (CAMEO 02) as verbal cooperation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from transforms.enrich.tables import read_rows

_QUADS_BY_ROOT: Final = (
    (5, "verbal_cooperation"),
    (8, "material_cooperation"),
    (13, "verbal_conflict"),
    (20, "material_conflict"),
)
_ANY: Final = "*"


@dataclass(frozen=True, slots=True)
class Concept:
    """One code of the ontology.

    Attributes:
        kind: type, mode, context, aux or sector.
        parent: the event type a mode belongs to; "" otherwise.
        code: the code as it is written in rows.
        quad: quad class of a type; "" otherwise.
        recipient_required: whether an event of this type needs a recipient.
        score: PLOVER conflict-cooperation score (-10 to +10) of a type or mode; None otherwise.
        gloss_ar: Arabic gloss.
        gloss_en: English gloss.
    """

    kind: str
    parent: str
    code: str
    quad: str
    recipient_required: bool
    score: float | None
    gloss_ar: str
    gloss_en: str


def _load() -> tuple[Concept, ...]:
    return tuple(
        Concept(
            kind=kind,
            parent=parent,
            code=code,
            quad=quad,
            recipient_required=recipient == "yes",
            score=float(score) if score else None,
            gloss_ar=arabic,
            gloss_en=english,
        )
        for kind, parent, code, quad, recipient, score, arabic, english in read_rows(
            "ontology/plover.tsv"
        )
    )


CONCEPTS: Final[tuple[Concept, ...]] = _load()
_TYPES: Final = {concept.code: concept for concept in CONCEPTS if concept.kind == "type"}
_MODES: Final = {(c.parent, c.code): c for c in CONCEPTS if c.kind == "mode"}

EVENT_TYPES: Final[tuple[str, ...]] = tuple(_TYPES)
"""The 16 event types, from cooperation to conflict."""
TYPE_MODES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {name: frozenset(mode for parent, mode in _MODES if parent == name) for name in _TYPES}
)
"""Event type -> its modes (five types have none)."""
CONTEXTS: Final[frozenset[str]] = frozenset(c.code for c in CONCEPTS if c.kind == "context")
"""The 37 contexts."""
SECTORS: Final[frozenset[str]] = frozenset(c.code for c in CONCEPTS if c.kind == "sector")
"""The sectors of actors and recipients."""
AUXILIARY_MODES: Final[frozenset[str]] = frozenset(c.code for c in CONCEPTS if c.kind == "aux")
"""Historical, future, hypothetical, negation."""
IMPLIED_CONTEXTS: Final[Mapping[str, str]] = MappingProxyType(
    {"misinformation": "misinformation", "cyber": "cyber"}
)
"""Mode -> the context that PLOVER adds by itself."""

_GOLDSTEIN: Final = {code: float(value) for code, value in read_rows("ontology/cameo.tsv")}
_REVERSE: Final = {
    (event_type, mode, context): code
    for event_type, mode, context, code in read_rows("ontology/cameo_reverse.tsv")
}


def quad_plover(event_type: str) -> str:
    """The quad class PLOVER gives an event type.

    Args:
        event_type: one of ``EVENT_TYPES``.

    Returns:
        For example ``material_conflict``.

    Raises:
        KeyError: the type is unknown.
    """
    return _TYPES[event_type].quad


def recipient_required(event_type: str) -> bool:
    """Whether PLOVER asks for a recipient (COOPERATE, AID, SANCTION).

    Raises:
        KeyError: the type is unknown.
    """
    return _TYPES[event_type].recipient_required


def plover_score(event_type: str, modes: Iterable[str] = ()) -> float:
    """The PLOVER conflict-cooperation score of an event.

    Args:
        event_type: one of ``EVENT_TYPES``.
        modes: the event's modes; those of other types count for nothing.

    Returns:
        -10 (conflict) to +10 (cooperation): the modes' score that is farthest from zero, or the
        type's own when there is none.

    Raises:
        KeyError: the type is unknown.
    """
    own = _TYPES[event_type].score or 0.0
    known = (_MODES.get((event_type, mode)) for mode in modes)
    scores = [concept.score for concept in known if concept and concept.score is not None]
    return max(scores, key=lambda score: (abs(score), score), default=own)


def cameo_code(
    event_type: str,
    modes: Iterable[str] = (),
    contexts: Iterable[str] = (),
    *,
    demand: bool = False,
) -> str:
    """The nearest CAMEO code of a PLOVER event.

    Args:
        event_type: one of ``EVENT_TYPES``.
        modes: the event's modes, the leading one first.
        contexts: the event's contexts, the leading one first.
        demand: for REQUEST: a demand (root 10) rather than an appeal (root 02).

    Returns:
        The code of the first mode and context that have one, then of a mode, then of a context,
        then of the type. It always has a Goldstein value.

    Raises:
        KeyError: the type is unknown.
    """
    given_modes, given_contexts = tuple(modes), tuple(contexts)
    keys = [(mode, context) for mode in given_modes for context in given_contexts]
    keys += [(mode, _ANY) for mode in given_modes]
    keys += [(_ANY, context) for context in given_contexts]
    found = (_REVERSE.get((event_type, mode, context)) for mode, context in keys)
    code = next((code for code in found if code), None) or _REVERSE[event_type, _ANY, _ANY]
    return f"10{code[2:]}" if demand and code.startswith("02") else code


def cameo_root(cameo: str) -> str:
    """The two-digit root of a CAMEO code."""
    return cameo[:2]


def goldstein(cameo: str) -> float | None:
    """The Goldstein value of a CAMEO code (-10 to +10).

    Args:
        cameo: a code of two to four digits.

    Returns:
        The value of the code or of the nearest code above it; None for an unknown root.
    """
    for length in range(len(cameo), 1, -1):
        value = _GOLDSTEIN.get(cameo[:length])
        if value is not None:
            return value
    return None


def quad_gdelt(cameo: str) -> str | None:
    """The quad class GDELT gives a CAMEO code by its root.

    Args:
        cameo: a code of two to four digits.

    Returns:
        01-05 ``verbal_cooperation``, 06-08 ``material_cooperation``, 09-13 ``verbal_conflict``,
        14-20 ``material_conflict``; None for anything else.
    """
    root = cameo[:2]
    if not (root.isascii() and root.isdigit() and len(root) == 2) or root == "00":
        return None
    return next((quad for last, quad in _QUADS_BY_ROOT if int(root) <= last), None)
