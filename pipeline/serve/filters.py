"""Which incidents are wanted: what a form or an address says, as conditions on ``v_incidents``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from pipeline.serve import literals
from transforms.enrich.ontology.plover import CONCEPTS

FIELDS: Final = (
    "q", "type", "quad", "mode", "actor", "actor_sector", "recipient", "recipient_sector",
    "country", "place", "from", "to", "publisher", "confidence", "reports", "dead",
)  # fmt: skip
_COUNTRY: Final = re.compile(r"[A-Z]{3}")
_COUNTRIES: Final = re.compile(r"[A-Z]{3}(,[A-Z]{3})*")
_WORDS: Final = 8  # of a search that are looked for
_LONG: Final = 200


def types() -> dict[str, str]:
    """Event type -> its quad class."""
    return {each.code: each.quad for each in CONCEPTS if each.kind == "type"}


def modes() -> list[str]:
    """The modes of all types."""
    return sorted({each.code for each in CONCEPTS if each.kind == "mode"})


def sectors() -> list[str]:
    """The sectors of parties."""
    return sorted({each.code for each in CONCEPTS if each.kind == "sector"})


@dataclass(frozen=True, slots=True)
class Filters:
    """What is wanted.

    Attributes:
        values: field -> what it asks for, only those that were understood.
        wrong: field -> what was asked for, and is nothing that can be.
    """

    values: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)

    def where(self) -> str:
        """The condition as SQL over ``v_incidents AS i``; empty when all are wanted."""
        conditions = list(self._conditions())
        return "\nWHERE " + "\n  AND ".join(conditions) if conditions else ""

    def _conditions(self) -> Iterator[str]:
        for name, value in self.values.items():
            yield from _CONDITIONS[name](value)


def filters_of(params: Mapping[str, str]) -> Filters:
    """Read the fields of a form.

    Args:
        params: as they came; what is empty asks for nothing.
    """
    values: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for name in FIELDS:
        given = params.get(name, "").strip()
        if given:
            fits = len(given) <= _LONG and _FITS[name](given)
            (values if fits else wrong)[name] = given
    return Filters(values, wrong)


def _is_day(given: str) -> bool:
    try:
        return bool(date.fromisoformat(given))
    except ValueError:
        return False


def _is_share(given: str) -> bool:
    return re.fullmatch(r"0?\.\d{1,4}|[01](\.0)?", given) is not None


def _is_count(given: str) -> bool:
    return re.fullmatch(r"\d{1,6}", given, re.ASCII) is not None


def _is_country(given: str) -> bool:
    return _COUNTRY.fullmatch(given) is not None


def _anything(given: str) -> bool:
    return bool(given)


_FITS: Final[dict[str, Callable[[str], bool]]] = {
    "q": _anything,
    "type": lambda given: given in types(),
    "quad": lambda given: given in types().values(),
    "mode": lambda given: given in modes(),
    "actor": _is_country,
    "actor_sector": lambda given: given in sectors(),
    "recipient": _is_country,
    "recipient_sector": lambda given: given in sectors(),
    "country": lambda given: _COUNTRIES.fullmatch(given) is not None,
    "place": _anything,
    "from": _is_day,
    "to": _is_day,
    "publisher": _anything,
    "confidence": _is_share,
    "reports": _is_count,
    "dead": _is_count,
}


def _words(value: str) -> Iterator[str]:
    """Each word stands in the title, the place or the name of a party."""
    for word in value.split()[:_WORDS]:
        plain = word.lower()
        found = literals.text(plain)
        # Between the quotes of a text or a name, as JSON writes it. Most incidents hold the word
        # nowhere: that is told first, at a third of the price of where it stands.
        written = re.escape(json.dumps(plain, ensure_ascii=False)[1:-1])
        anywhere = literals.text(f"(?i){written}")
        named = literals.text(rf'(?i)"(?:text|name)":"(?:[^"\\]|\\.)*{written}')
        sides = " OR ".join(
            f"(REGEXP_CONTAINS(TO_JSON_STRING(i.{side}), {anywhere})"
            f" AND REGEXP_CONTAINS(TO_JSON_STRING(i.{side}), {named}))"
            for side in ("actors", "recipients")
        )
        yield (
            f"(STRPOS(LOWER(IFNULL(i.title, '')), {found}) > 0"
            f" OR STRPOS(LOWER(IFNULL(i.place.name, '')), {found}) > 0 OR {sides})"
        )


def _quad(value: str) -> Iterator[str]:
    wanted = ", ".join(literals.text(code) for code, quad in types().items() if quad == value)
    yield f"i.event_type IN ({wanted})"


def _event_has(condition: str) -> str:
    return (
        "i.incident_id IN (SELECT n.incident_id FROM incidents AS n"  # noqa: S608 - literals
        f" JOIN events AS e ON e.event_id = n.event_id WHERE {condition})"
    )


def _country(value: str) -> Iterator[str]:
    codes = ", ".join(map(literals.text, value.split(",")))
    yield f"i.place.country = {codes}" if "," not in value else f"i.place.country IN ({codes})"


def _mode(value: str) -> Iterator[str]:
    yield _event_has(f"{literals.text(value)} IN UNNEST(e.modes)")


def _confidence(value: str) -> Iterator[str]:
    yield _event_has(f"e.confidence >= {float(value)}")


def _publisher(value: str) -> Iterator[str]:
    yield (
        "i.incident_id IN (SELECT n.incident_id FROM incidents AS n"  # noqa: S608 - a literal
        " JOIN events AS e ON e.event_id = n.event_id"
        " JOIN articles AS a ON a.article_id = e.article_id"
        f" WHERE a.publisher = {literals.text(value)})"
    )


def _side(side: str, what: str) -> Callable[[str], Iterator[str]]:
    """A condition on a party's country or sector.

    Parties are looked for in their JSON: that is a sixth of what UNNEST costs, and as exact, since
    quotes within a value are escaped there.
    """

    def condition(value: str) -> Iterator[str]:
        parties = f"TO_JSON_STRING(i.{side})"
        if what == "country":
            country = literals.text(f'"country":"{value}"')
            yield f"STRPOS({parties}, {country}) > 0"
        else:
            sector = literals.text(rf'"sectors":\[[^\]]*"{value}"')
            yield f"REGEXP_CONTAINS({parties}, {sector})"

    return condition


def _column(pattern: str) -> Callable[[str], Iterator[str]]:
    """A condition on a column, with the value as a literal."""

    def condition(value: str) -> Iterator[str]:
        yield pattern.format(literals.text(value))

    return condition


def _dated(sign: str) -> Callable[[str], Iterator[str]]:
    def condition(value: str) -> Iterator[str]:
        yield f"i.event_date {sign} {literals.day(date.fromisoformat(value))}"

    return condition


def _counted(column: str) -> Callable[[str], Iterator[str]]:
    def condition(value: str) -> Iterator[str]:
        yield f"{column} >= {int(value)}"

    return condition


_CONDITIONS: Final[dict[str, Callable[[str], Iterator[str]]]] = {
    "q": _words,
    "type": _column("i.event_type = {}"),
    "quad": _quad,
    "mode": _mode,
    "actor": _side("actors", "country"),
    "actor_sector": _side("actors", "sector"),
    "recipient": _side("recipients", "country"),
    "recipient_sector": _side("recipients", "sector"),
    "country": _country,
    "place": _column("i.place.name = {}"),
    "from": _dated(">="),
    "to": _dated("<="),
    "publisher": _publisher,
    "confidence": _confidence,
    "reports": _counted("i.article_count"),
    "dead": _counted("IFNULL(i.fatalities_max, i.fatalities_min)"),
}
