"""The event codebook as Markdown, written from the same tables the coder uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from transforms.enrich.ontology.plover import (
    CONCEPTS,
    TYPE_MODES,
    Concept,
    cameo_code,
    goldstein,
    quad_gdelt,
)

_INTRO = """\
# Event codebook

Generated from the tables of `transforms/enrich/ontology`; do not edit.

Events are coded in PLOVER 2.0: an event type, modes (how), contexts (about what) and a status.
Every event also carries the nearest CAMEO code with its Goldstein value, and two quad classes:
`quad_plover` goes by event type, `quad_gdelt` by the CAMEO root (01-05 verbal cooperation, 06-08
material cooperation, 09-13 verbal conflict, 14-20 material conflict). They disagree on REQUEST:
an appeal is verbal conflict for PLOVER and verbal cooperation for GDELT. Scores run from -10
(conflict) to +10 (cooperation); an event has the score of its mode that is farthest from zero.
The codes and scores are PLOVER's (openeventdata/PLOVER, draft manual 2.0); the glosses are this
project's own.
"""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _score(concept: Concept) -> str:
    return "" if concept.score is None else f"{concept.score:+g}"


def _codes(event_type: str, mode: str = "") -> tuple[str, str, str]:
    """CAMEO code, Goldstein value and GDELT quad of a type or mode without context."""
    code = cameo_code(event_type, [mode] if mode else [])
    value = goldstein(code)
    return code, "" if value is None else f"{value:+g}", quad_gdelt(code) or ""


def _type_section(concept: Concept) -> Iterator[str]:
    code, value, quad = _codes(concept.code)
    yield f"### {concept.code}"
    yield ""
    yield f"{concept.gloss_ar} · {concept.gloss_en}"
    yield ""
    needed = "required" if concept.recipient_required else "optional"
    yield (
        f"Quad `{concept.quad}` (GDELT `{quad}`), score {_score(concept)}, CAMEO {code} "
        f"(Goldstein {value}), recipient {needed}."
    )
    yield ""
    if not TYPE_MODES[concept.code]:
        return
    modes = (c for c in CONCEPTS if c.kind == "mode" and c.parent == concept.code)
    yield from _table(
        ("mode", "العربية", "English", "score", "CAMEO", "Goldstein"),
        (
            (f"`{c.code}`", c.gloss_ar, c.gloss_en, _score(c), *_codes(concept.code, c.code)[:2])
            for c in modes
        ),
    )
    yield ""


def _glossary(title: str, kind: str) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    yield from _table(
        ("code", "العربية", "English"),
        ((f"`{c.code}`", c.gloss_ar, c.gloss_en) for c in CONCEPTS if c.kind == kind),
    )
    yield ""


def codebook() -> str:
    """The codebook: types with their modes, contexts, sectors and status words.

    Returns:
        Markdown, Arabic and English side by side.
    """
    lines = [_INTRO, "## Event types", ""]
    for concept in CONCEPTS:
        if concept.kind == "type":
            lines += _type_section(concept)
    for title, kind in (
        ("Contexts", "context"),
        ("Sectors of actors and recipients", "sector"),
        ("Auxiliary modes (the column `status`)", "aux"),
    ):
        lines += _glossary(title, kind)
    return "\n".join(lines).rstrip() + "\n"
