"""What the page says, in Arabic and English, with numbers and dates as people write them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

from pipeline.render.values import as_text
from transforms.enrich.why import Said

LANGUAGES: Final = ("ar", "en")
DIGITS: Final = ("latn", "arab")
_GROUPS: Final = ("type", "status", "sign", "sector")  # where the codes of a saying have names
_BETWEEN: Final = re.compile(r"(?<=.)[:>]+(?=.)")
_NUMBER: Final = re.compile(r"\d+(\.\d+)?", re.ASCII)
_ARABIC_DIGITS: Final = str.maketrans("0123456789,.", "٠١٢٣٤٥٦٧٨٩٬٫")


@cache
def texts() -> dict[str, dict[str, str]]:
    """Key -> language -> text."""
    source = files("pipeline.serve").joinpath("texts.toml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = {}
    for group, entries in tomllib.loads(source).items():
        for key, said in entries.items():
            found[f"{group}.{key}"] = dict(zip(LANGUAGES, said, strict=True))
    return found


def codes_of(group: str) -> list[str]:
    """The codes that have names.

    Args:
        group: of ``texts.toml``, such as ``country``.
    """
    return [key.removeprefix(f"{group}.") for key in texts() if key.startswith(f"{group}.")]


@dataclass(frozen=True, slots=True)
class Locale:
    """One way of saying things.

    Attributes:
        language: ``ar`` or ``en``.
        digits: ``latn`` (0123) or ``arab`` (٠١٢٣).
    """

    language: str
    digits: str

    @property
    def direction(self) -> str:
        """Which way its lines run."""
        return "rtl" if self.language == "ar" else "ltr"

    def say(self, key: str, **values: object) -> str:
        """A text of the page.

        Args:
            key: its name in ``texts.toml``, group and key.
            values: what stands in its braces.
        """
        return texts()[key][self.language].format(**values)

    def of(self, group: str, code: str | None) -> str:
        """The name of a code, or the code itself where it has none.

        Args:
            group: of ``texts.toml``.
            code: what stands in the rows.
        """
        said = texts().get(f"{group}.{code}")
        return said[self.language] if said else (code or "")

    def why(self, what: Said) -> str:
        """What is said of a word that was considered.

        Args:
            what: a saying; its codes are named where they have names.
        """
        if self.language == "en" or not what.key:
            return str(what)
        values = {
            name: self.why(value) if isinstance(value, Said) else self._named(value)
            for name, value in what.values.items()
        }
        return self.say(f"why.{what.key}", **values)

    def _named(self, value: str) -> str:
        """Codes such as ``ASSAULT:N`` or ``E:GOV`` by their names, words as they are."""
        if _NUMBER.fullmatch(value):
            return self._in_digits(value)
        return " ".join(
            next((self.of(group, each) for group in _GROUPS if f"{group}.{each}" in texts()), each)
            for each in _BETWEEN.split(value)
        )

    def country(self, code: str | None) -> str:
        """The name of a country.

        Args:
            code: ISO 3166 alpha-3.
        """
        return self.of("country", code)

    def number(self, value: float | None) -> str:
        """A number, its thousands apart.

        Args:
            value: whole, or with at most two places shown.
        """
        if value is None:
            return "–"
        whole = isinstance(value, int) or float(value).is_integer()
        return self._in_digits(f"{value:,.0f}" if whole else f"{value:,.2f}")

    def weight(self, value: float) -> str:
        """What speaks for something or against it, with its sign.

        Args:
            value: in log-odds.
        """
        return self._in_digits(f"{value:+g}")

    def least_and_most(self, least: int | None, most: int | None) -> str:
        """A count that is known between two numbers.

        Args:
            least: at least so many.
            most: at most so many; unknown where only the least is.
        """
        if least is None and most is None:
            return ""
        if least is None or least == most:
            return self.number(most)
        if most is None:
            return self.say("incident.at_least", n=self.number(least))
        return f"{self.number(least)}–{self.number(most)}"

    def day(self, value: date | None) -> str:
        """A day, as it is written.

        Args:
            value: a civil date.
        """
        if value is None:
            return self.say("common.undated")
        month = self.of("month", f"m{value.month}")
        return self._in_digits(f"{value.day} {month} {value.year}")

    def moment(self, value: datetime | None) -> str:
        """A time in UTC.

        Args:
            value: a time with its zone.
        """
        if value is None:
            return self.say("common.undated")
        comma = "،" if self.language == "ar" else ","
        return self._in_digits(f"{self.day(value.date())}{comma} {value:%H:%M}")

    def span(self, minutes: float | None) -> str:
        """How long something took.

        Args:
            minutes: at least 0.
        """
        if minutes is None:
            return "–"
        if minutes < 120:
            return self.say("common.minutes", n=self.number(round(minutes)))
        if minutes < 2880:
            return self.say("common.hours", n=self.number(round(minutes / 60)))
        return self.say("common.days", n=self.number(round(minutes / 1440)))

    def value(self, cell: Any) -> str:
        """Any value of a row, for a table's cell.

        Args:
            cell: as it stands in the rows.
        """
        if isinstance(cell, bool):
            return str(cell).lower()
        if isinstance(cell, list):
            return "؛ ".join(self.value(each) for each in cell)
        if isinstance(cell, dict):
            said = next((cell[name] for name in ("name", "text") if cell.get(name)), None)
            return said or self.value(list(cell.values()))
        if isinstance(cell, date):
            return self.moment(cell) if isinstance(cell, datetime) else self.day(cell)
        if isinstance(cell, int | float):
            return self.number(cell)
        return "" if cell is None else as_text(cell)

    def _in_digits(self, text: str) -> str:
        return text.translate(_ARABIC_DIGITS) if self.digits == "arab" else text


def locale_of(language: str | None, digits: str | None) -> Locale:
    """The locale that is asked for; Arabic with Latin digits when that is none.

    Args:
        language: ``ar`` or ``en``.
        digits: ``latn`` or ``arab``.
    """
    return Locale(
        language if language in LANGUAGES else LANGUAGES[0],
        digits if digits in DIGITS else DIGITS[0],
    )
