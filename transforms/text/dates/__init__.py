"""Dates in Arabic news: expressions, timestamps, mentions in text, the day of an article."""

from transforms.text.dates.document import document_date, document_weekdays
from transforms.text.dates.find import find_dates
from transforms.text.dates.lexicon import weekdays
from transforms.text.dates.model import DateMention, ResolvedDate, Timestamp
from transforms.text.dates.resolve import resolve_date
from transforms.text.dates.timestamp import civil_day, parse_timestamp, possible_days
from transforms.text.dates.zones import country_timezone, host_timezone, locale_timezone

__all__ = [
    "DateMention",
    "ResolvedDate",
    "Timestamp",
    "civil_day",
    "country_timezone",
    "document_date",
    "document_weekdays",
    "find_dates",
    "host_timezone",
    "locale_timezone",
    "parse_timestamp",
    "possible_days",
    "resolve_date",
    "weekdays",
]
