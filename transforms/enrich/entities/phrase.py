"""A phrase under construction, and how its parts say who is meant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from transforms.enrich.entities.names import NameForm
from transforms.enrich.entities.scan import NameMatch

# Sectors that say more than CVL.
_OFFICES: Final = frozenset(
    {"GOV", "MIL", "COP", "LEG", "JUD", "SPY", "PRM", "REB", "UAF", "CRM", "OPP", "PTY"}
)


@dataclass(slots=True)
class EntityPhrase:
    """A phrase under construction; token indices, ``last`` inclusive.

    Attributes:
        first: first token.
        last: last token.
        start: first character (after proclitics).
        form: the head's form.
        country: actor country so far.
        sectors: actor sectors so far.
        match: the head's match (carries the ambiguity of places).
        place: match of the place named inside, if any.
        words: spellings of the parts, for the canonical name.
        head_last: last token of the head.
        name: canonical name when a name decides it.
        qualified: something beyond the head was found.
        foreign: name of the body from elsewhere inside it, whose country another mention tells.
        again: a bare place noun that repeats an earlier place (المدينة).
    """

    first: int
    last: int
    start: int
    form: NameForm
    match: NameMatch
    country: str | None = None
    sectors: tuple[str, ...] = ()
    place: NameMatch | None = None
    words: list[str] = field(default_factory=list)
    head_last: int = -1
    name: str = ""
    qualified: bool = False
    foreign: str = ""
    again: bool = False


def merge_sectors(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """Both sectors, PRE last; a named allegiance takes the place of UAF, an office that of CVL."""
    merged = list(dict.fromkeys(first + second))
    if {"REB", "MIL", "COP", "PRM"} & set(merged) and "UAF" in merged:
        merged.remove("UAF")
    if "CVL" in merged and _OFFICES & set(merged):
        merged.remove("CVL")
    return tuple(sorted(merged, key=lambda sector: sector == "PRE"))


def inherit(phrase: EntityPhrase, inner: EntityPhrase) -> None:
    """Sectors of what the head belongs to."""
    role = inner.form.lexeme.role
    if role in {"country", "capital", "place", "region"}:
        if not phrase.sectors:
            phrase.sectors = ("GOV",)
        return
    if role in {"nisba", "people"} and {"MIL", "UAF"} & set(phrase.sectors):
        # The armed force of a people, not of a state.
        phrase.sectors = ("REB", "PRE") if "PRE" in inner.sectors else ("REB",)
        return
    if "r" in phrase.form.lexeme.flags:
        phrase.sectors = inner.sectors
    else:
        phrase.sectors = merge_sectors(phrase.sectors, inner.sectors)


def enter_region(phrase: EntityPhrase, inner: EntityPhrase) -> None:
    """A partially recognised region: the sovereign's code and PRE; its soldiers are rebels."""
    phrase.country = inner.country
    sectors = phrase.sectors or ("GOV",)
    if {"MIL", "UAF"} & set(sectors):
        sectors = ("REB",)
    phrase.sectors = merge_sectors(sectors, ("PRE",))


def start_phrase(match: NameMatch, form: NameForm) -> EntityPhrase:
    """The phrase that consists of one match alone."""
    lexeme = form.lexeme
    phrase = EntityPhrase(
        first=match.first,
        last=match.last,
        start=match.start,
        form=form,
        match=match,
        country=lexeme.country,
        sectors=lexeme.sectors if lexeme.role != "place" else (),
        words=[form.text],
        head_last=match.last,
    )
    if lexeme.role in {"organisation", "leader", "country", "capital", "region", "person"}:
        phrase.name = lexeme.name
    if "x" in lexeme.flags:
        phrase.foreign = lexeme.name
    if lexeme.role == "region":
        phrase.sectors = ("GOV", "PRE")
    if lexeme.role in {"place", "country", "capital", "region"}:
        phrase.place = match
    return phrase
