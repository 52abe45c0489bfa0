"""What the archive says of a request beside its response: named fields of the WARC record.

WARC 1.1 has no field for why something was fetched, for the feed list's words on its publisher or
for the reason why a request failed. Ours begin with ``Rasd-``; readers that do not know them pass
over them, as the standard asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Final, cast

from transforms.records import Feed
from transforms.rejects import REASONS, Reason

_PREFIX: Final = "Rasd-"
_LONGEST: Final = 1_000  # characters of a value


@dataclass(frozen=True, slots=True)
class RequestFields:
    """Why something was fetched and what is known of it that no response tells.

    Attributes:
        purpose: feed, sitemap or article.
        as_of: the clock of the run that fetched it.
        outcome: why there is nothing to use, a reason of the closed list; "" when there is.
        detail: one line about the outcome.
        feed: of a feed or sitemap, the URL it goes by in tables; it may lie elsewhere.
        publisher: as the feed list names it; "" when it does not, as all that follow.
        country: ISO 3166 alpha-3.
        language: the feed's.
        category: the feed's.
        tz: IANA name or ±HH:MM.
    """

    purpose: str
    as_of: str = ""
    outcome: str = ""
    detail: str = ""
    feed: str = ""
    publisher: str = ""
    country: str = ""
    language: str = ""
    category: str = ""
    tz: str = ""

    @property
    def is_feed(self) -> bool:
        """Whether a feed was asked for."""
        return self.purpose in {"feed", "sitemap"}

    @property
    def reason(self) -> Reason | None:
        """The outcome, when it is one we know."""
        return cast("Reason", self.outcome) if self.outcome in REASONS else None

    @property
    def read_at(self) -> datetime | None:
        """The clock of the run as a time."""
        try:
            moment = datetime.fromisoformat(self.as_of)
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def facts(self, url: str) -> Feed:
        """The feed as the feed list described it.

        Args:
            url: stands in for a feed's own that is not told.
        """
        return Feed(
            self.feed or url,
            publisher=self.publisher or None,
            country=self.country or None,
            language=self.language or None,
            category=self.category or None,
            tz=self.tz or None,
        )

    def written(self) -> Iterator[tuple[str, str]]:
        """Give the record's fields, each on one line."""
        for each in fields(self):
            value = " ".join(str(getattr(self, each.name)).split())[:_LONGEST]
            if value:
                yield _name(each.name), value


def read_capture(headers: Mapping[str, str]) -> RequestFields | None:
    """Read what an archive of ours says of a record.

    Args:
        headers: the fields of the WARC record, names in lower case.

    Returns:
        None when somebody else wrote the archive.
    """
    found = {each.name: headers.get(_name(each.name).lower(), "") for each in fields(RequestFields)}
    return RequestFields(**found) if found["purpose"] else None


def _name(attribute: str) -> str:
    return _PREFIX + "-".join(part.capitalize() for part in attribute.split("_"))
