"""Group the reports of events into incidents, whatever their order (decision 0055).

Stars, like clusters, but such that the incident of a report follows from earlier reports near it
and from nothing else: a stream may add one to millions and look at some dozens. Two reports are
linked when their points are enough (``same_incident``). A report without an earlier linked one
*leads*: it is the first of its incident. Any other joins the leader it is linked with most
strongly; one that is linked with followers only goes where the strongest of them went.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from operator import attrgetter
from typing import Final

from transforms.settle.same_incident import (
    DAY_GAP,
    ENOUGH,
    TELLING,
    Report,
    Site,
    place_points,
    points,
)

# What a report changes by coming or going: later ones that are linked with it, and so on, so often.
REACH: Final = 3

_Side = tuple[str, str]  # family and country
_Days = dict[int, dict[int, list[Report]]]  # by day and number of the place
_Cells = dict[_Side, _Days]
Load = Callable[[Report, datetime, datetime], None]
_ORDER: Final = attrgetter("order")
_GAPS: Final = sorted(range(-DAY_GAP, DAY_GAP + 1), key=abs)  # the likeliest first


class ReportIndex:
    """Reports by what two of one incident have in common: a family, a country, near days.

    Attributes:
        load: called before the reports near one are looked for, with the earliest and latest time
            they may have been told at; may add some. None when all are there.
    """

    load: Load | None = None

    def __init__(self) -> None:
        """Begin without any."""
        self._all: _Cells = defaultdict(dict)
        self._stored: _Cells = defaultdict(dict)
        self._may_lead: _Cells = defaultdict(dict)  # all but those known to follow
        self._places: dict[Site, int] = {}  # places are compared often: by number, once a pair
        self._sites: list[Site] = []
        self._meets: dict[int, dict[int, bool]] = defaultdict(dict)
        self._leads: dict[str, bool] = {}
        self._joins: dict[str, Report | None] = {}

    def add(self, report: Report, *, brought: bool = False) -> None:
        """Put a report in, once.

        Args:
            report: the report.
            brought: ``later`` passes over it: it is looked at anyhow.
        """
        if report.day is None:
            return
        day, place = report.day.toordinal(), self._place(report.site)
        for cells in (self._all, self._may_lead, *(() if brought else (self._stored,))):
            for country in report.countries:
                days = cells[report.family, country]
                insort(days.setdefault(day, {}).setdefault(place, []), report, key=_ORDER)

    def _place(self, site: Site) -> int:
        """The number of a place."""
        number = self._places.setdefault(site, len(self._sites))
        if number == len(self._sites):
            self._sites.append(site)
        return number

    def _may_meet(self, place: int, other: int) -> bool:
        """Whether reports of two places may tell one incident."""
        known = self._meets[place]
        if other not in known:
            known[other] = place_points(self._sites[place], self._sites[other]) > -math.inf
        return known[other]

    def earlier(self, report: Report) -> Iterator[Report]:
        """The earlier reports that may be linked with one."""
        return self._between(self._all, report, back=TELLING)

    def later(self, report: Report, known: Container[str]) -> list[Report]:
        """The later stored reports that are linked with one, without known ones, by event id."""
        if self.load is None and not self._stored:
            return []
        near = self._between(self._stored, report, ahead=TELLING)
        others = (each for each in near if each.event_id not in known)
        found = {each.event_id: each for each in others if report.order < each.order}
        return [each for each in found.values() if points(report, each) >= ENOUGH]

    def incident(self, report: Report) -> str:
        """The event id of the first report of a report's incident."""
        leader = self._leader(report)
        if leader is None:
            linked = ((points(each, report), each) for each in self.earlier(report))
            nearest = _strongest(
                (strength, each)
                for strength, each in linked
                if strength >= ENOUGH and self._leader(each)
            )
            leader = report if nearest is None else self._leader(nearest)
        return report.event_id if leader is None else leader.event_id

    def _leader(self, report: Report) -> Report | None:
        """The leader a report joins, itself when it leads; None when it is linked with none."""
        if report.event_id not in self._joins:
            if self._is_first(report):
                leader: Report | None = report
            else:
                leader = _strongest(self._linked_leaders(report))
            self._joins[report.event_id] = leader
        return self._joins[report.event_id]

    def _linked_leaders(self, report: Report) -> Iterator[tuple[float, Report]]:
        """The leaders that a report is linked with, and how strongly."""
        near = self._between(self._may_lead, report, back=TELLING)
        for each in list(near):
            strength = points(each, report)
            if strength >= ENOUGH and self._is_first(each):
                yield strength, each

    def _is_first(self, report: Report) -> bool:
        """Whether no earlier report is linked with one."""
        if report.event_id not in self._leads:
            earlier = self.earlier(report)
            first = all(points(each, report) < ENOUGH for each in earlier)
            self._leads[report.event_id] = first
            if not first:
                self._follows(report)
        return self._leads[report.event_id]

    def _follows(self, report: Report) -> None:
        """Put down that a report does not lead."""
        if report.day is None:
            return
        day, place = report.day.toordinal(), self._place(report.site)
        for country in report.countries:
            reports = self._may_lead[report.family, country][day][place]
            del reports[bisect_left(reports, report.order, key=_ORDER)]

    def _between(
        self,
        cells: _Cells,
        report: Report,
        *,
        back: timedelta = timedelta(0),
        ahead: timedelta = timedelta(0),
    ) -> Iterator[Report]:
        """The reports near one that were told so long before it or after; some come twice."""
        if report.day is None:
            return iter(())
        first, last = report.told - back, report.told + ahead
        if self.load:
            self.load(report, first, last)
        begin, end = (first, ""), (report.order if last == report.told else (last, "~"))
        near = [report.day.toordinal() + gap for gap in _GAPS]
        place = self._place(report.site)
        parts: list[Iterator[Report]] = []
        for country in sorted(report.countries):
            days = cells.get((report.family, country), {})
            for day in near:
                for other, reports in days.get(day, {}).items():
                    if self._may_meet(place, other):
                        low = bisect_left(reports, begin, key=_ORDER)
                        high = bisect_left(reports, end, low, key=_ORDER)
                        if low < high:
                            parts.append(map(reports.__getitem__, range(low, high)))
        return chain.from_iterable(parts)


def _strongest(linked: Iterable[tuple[float, Report]]) -> Report | None:
    """The report linked most strongly, of several the earliest; None of none."""
    best = min(linked, key=lambda each: (-each[0], each[1].order), default=None)
    return None if best is None else best[1]


def assign_incidents(reports: Iterable[Report]) -> dict[str, str]:
    """Give every report its incident.

    Args:
        reports: all there are, in any order, each once.

    Returns:
        event id -> the event id of the first report of its incident.
    """
    known = sorted(reports, key=_ORDER)
    index = ReportIndex()
    for report in known:
        index.add(report)
    return {report.event_id: index.incident(report) for report in known}
