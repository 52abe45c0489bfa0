"""When an article arrives more than once, keep the copy that was fetched first (decision 0028).

One delivery stands, whole: the one fetched first, else published first (``delivery_order``), so
the order in which they come does not matter. A later delivery changes nothing; an earlier one
takes the place of what is stored, with its events and pairs. A fingerprint stands for a delivery
here: it has all that tells deliveries apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from transforms.dedup import latest_versions
from transforms.records import Fingerprint
from transforms.rows.merge import DELIVERY, delivery_order

_DELIVERED: Final = (*DELIVERY, "event_time")


@dataclass(slots=True)
class Precedence:
    """What a set of deliveries means for what is stored.

    Attributes:
        new: by article id, the delivery of every article that was not stored, or not like this.
        changed: which of them are stored otherwise.
        again: what is stored of articles that were coded again: their stored events hold only if
            they were found again.
        overruled: articles of whose newly coded events not all hold.
        recoded: articles brought with several dates: their events are coded again by the one
            that stands.
        latest: the latest version of each page that has several, by page id.
    """

    new: dict[str, Fingerprint] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    again: dict[str, Fingerprint] = field(default_factory=dict)
    overruled: set[str] = field(default_factory=set)
    recoded: set[str] = field(default_factory=set)
    latest: dict[str, str] = field(default_factory=dict)

    def _compare_dates(
        self, first: Fingerprint, copies: Sequence[Fingerprint], before: Fingerprint | None
    ) -> None:
        """Put down whose events no longer hold."""
        article_id = first.article_id
        stands = before is not None and article_id not in self.changed
        dates = {_dates(each) for each in copies}
        if len(dates) > 1 or (stands and before is not None and dates != {_dates(before)}):
            self.overruled.add(article_id)
            if stands:
                return
            self.recoded.add(article_id)
        if before is not None:
            self.again[article_id] = before


def weigh_deliveries(
    brought: Iterable[Fingerprint], stored: Mapping[str, Fingerprint], *, force: bool = False
) -> Precedence:
    """Hold the deliveries of a commit against each other and against what is stored.

    Args:
        brought: a fingerprint for every document delivered, in any order; hashes may be left out.
        stored: every stored version of the pages brought, by article id.
        force: treat stored articles as new.

    Returns:
        Which stand, and what follows for events and sightings.

    >>> late = Fingerprint("a", "p", "h", *[None] * 4, tokens=9, fetched_at=datetime(2024, 1, 2))
    >>> early = replace(late, fetched_at=datetime(2024, 1, 1))
    >>> weigh_deliveries([late, early], {}).new["a"].fetched_at.day
    1
    >>> weigh_deliveries([late], {"a": early}).new
    {}
    """
    by_article: dict[str, list[Fingerprint]] = defaultdict(list)
    for each in brought:
        by_article[each.article_id].append(each)
    found = Precedence()
    for article_id, copies in by_article.items():
        first = min(copies, key=_order)
        before = stored.get(article_id)
        if before is None:
            found.new[article_id] = first
        elif _order(first) < _order(before):
            found.new[article_id] = first
            found.changed.add(article_id)
        elif force:
            known = {name: getattr(before, name) for name in _DELIVERED}
            found.new[article_id] = replace(first, **known)
        found._compare_dates(first, copies, before)  # noqa: SLF001 - the same module
    pages = {copies[0].page_id for copies in by_article.values()}
    versions = {each.article_id: each for each in stored.values() if each.page_id in pages}
    found.latest = latest_versions((versions | found.new).values())
    return found


def _order(delivery: Fingerprint) -> tuple[tuple[bool, Any], ...]:
    return delivery_order(getattr(delivery, name) for name in DELIVERY)


def _dates(delivery: Fingerprint) -> tuple[datetime | None, date | None, datetime | None]:
    return delivery.published_at, delivery.published_on, delivery.event_time
