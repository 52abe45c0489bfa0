"""Which incidents are wanted: what a form or an address says, as conditions of SQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, get_args

from pipeline.serve import literals
from pipeline.serve.search import WITHIN, search
from transforms.enrich.ontology.plover import CONCEPTS
from transforms.records import DEFAULT_CONFIDENCE, Status

FIELDS: Final = (
    "q", "within", "type", "quad", "mode", "actor", "actor_sector", "recipient", "recipient_sector",
    "country", "place", "from", "to", "publisher", "status", "confidence", "reports", "dead",
)  # fmt: skip
_COUNTRY: Final = re.compile(r"[A-Z]{3}")
_COUNTRIES: Final = re.compile(r"[A-Z]{3}(,[A-Z]{3})*")
_LONG: Final = 200
STATUSES: Final = get_args(Status)
"""How an event is told; incidents are made of the asserted ones."""
_TOLD: Final = f"{{of}}.status = {{status}} AND {{of}}.confidence >= {DEFAULT_CONFIDENCE}"
# Events of another status, one row an event however many articles tell it, in the columns of
# v_incidents that the page asks for. Of a page its latest revision counts, as in v_events.
_EVENTS: Final = """(
  SELECT
    e.event_id, e.article_id, e.event_type, e.modes, e.event_date, e.place, e.actors, e.recipients,
    e.fatalities_min, e.fatalities_max, e.confidence, e.event_time AS last_reported_at,
    s.title, s.publisher,
    COUNT(DISTINCT e.article_id) OVER (PARTITION BY e.event_key) AS article_count
  FROM events AS e
  JOIN (
    SELECT v.article_id, v.title, v.publisher, v.published_at
    FROM v_articles AS v
    WHERE TRUE
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY v.page_id, v.cluster_id ORDER BY v.revision DESC, v.article_id
    ) = 1
  ) AS s ON s.article_id = e.article_id
  WHERE {told}
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY e.event_key ORDER BY e.confidence DESC, s.published_at, e.event_id
  ) = 1
) AS i"""


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

    @property
    def status(self) -> str | None:
        """The status that is asked for, where events are shown; None where incidents are."""
        given = self.values.get("status", STATUSES[0])
        return None if given == STATUSES[0] else given

    def rows(self) -> str:
        """What is looked through, as SQL of ``... AS i``: incidents, or events of a status."""
        return _EVENTS.format(told=self._told("e")) if self.status else "v_incidents AS i"

    def where(self) -> str:
        """The condition as SQL over ``i``; empty when all are wanted."""
        conditions = list(self._conditions())
        return "\nWHERE " + "\n  AND ".join(conditions) if conditions else ""

    def searches(self) -> tuple[str, ...]:
        """The queries within the condition that are worth keeping, since many panels ask them."""
        found = search(
            self.values.get("q", ""),
            within=self.values.get("within", WITHIN[0]),
            told=self._told("v") if self.status else "",
        )
        return (found,) if found else ()

    def _told(self, of: str) -> str:
        return _TOLD.format(of=of, status=literals.text(self.status or STATUSES[0]))

    def _conditions(self) -> Iterator[str]:
        key = "event_id" if self.status else "incident_id"
        for found in self.searches():
            yield f"i.{key} IN (\n  {found}\n)"
        conditions = _CONDITIONS | (_ON_EVENTS if self.status else {})
        for name, value in self.values.items():
            if name in conditions:
                yield from conditions[name](value)


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
    "q": lambda given: search(given, within=WITHIN[0]) is not None,
    "within": lambda given: given in WITHIN,
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
    "status": lambda given: given in STATUSES,
    "confidence": _is_share,
    "reports": _is_count,
    "dead": _is_count,
}


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


def _mode_of_event(value: str) -> Iterator[str]:
    yield f"{literals.text(value)} IN UNNEST(i.modes)"


def _confidence(value: str) -> Iterator[str]:
    yield _event_has(f"e.confidence >= {float(value)}")


def _confidence_of_event(value: str) -> Iterator[str]:
    yield f"i.confidence >= {float(value)}"


def _publisher(value: str) -> Iterator[str]:
    yield (
        "i.incident_id IN (SELECT n.incident_id FROM incidents AS n"  # noqa: S608 - a literal
        " JOIN events AS e ON e.event_id = n.event_id"
        " JOIN articles AS a ON a.article_id = e.article_id"
        f" WHERE a.publisher = {literals.text(value)})"
    )


def _side(side: str, what: str) -> Callable[[str], Iterator[str]]:
    """A condition on the country or a sector of a party; codes hold no blank."""
    codes = "p.country" if what == "country" else "ARRAY_TO_STRING(p.sectors, ' ')"

    def condition(value: str) -> Iterator[str]:
        listed = f"ARRAY(SELECT {codes} FROM UNNEST(i.{side}) AS p)"  # noqa: S608 - ours
        yield f"STRPOS(ARRAY_TO_STRING({listed}, ' '), {literals.text(value)}) > 0"

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
# What of these is asked otherwise of events, which carry it themselves.
_ON_EVENTS: Final[dict[str, Callable[[str], Iterator[str]]]] = {
    "mode": _mode_of_event,
    "publisher": _column("i.publisher = {}"),
    "confidence": _confidence_of_event,
}
