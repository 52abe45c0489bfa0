"""Write a table of 300 mixed articles to standard output, as a spreadsheet program saves one.

``python tests/seed_sources/seed_table.py > articles.csv``: semicolons, windows-1256, columns under
names of their own, days written in four ways. Among the articles are copies, texts in other
languages, titles without a text, articles without a day, a cell that looks like a formula, and a
row with a cell too many. The same bytes every time.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
COLUMNS: Final = ("رقم", "التاريخ", "الصحيفة", "العنوان", "النص", "القسم")
ENCODING: Final = "windows-1256"
FIRST: Final = date(2024, 1, 1)
DAYS: Final = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
MONTHS: Final = ("كانون الثاني", "شباط", "آذار")
GREGORIAN: Final = ("يناير", "فبراير", "مارس")
OUTLETS: Final = ("صدى النيل", "ضفاف دجلة", "صباح قرطاج", "مرآة الخليج", "شرفات عمّان")

Row = list[str]


def rows() -> list[Row]:
    """The 300 rows, in the order of their days."""
    given = tomllib.loads((HERE / "table.toml").read_text(encoding="utf-8"))
    made = list(_articles(given))
    made += _odd(given, made)
    made.sort(key=lambda row: (row[0], row[3]))
    return [_numbered(number, row) for number, row in enumerate(made, 1)]


def _articles(given: dict[str, Any]) -> Iterator[Row]:
    lists = given["lists"]
    for kind, pattern in enumerate(given["pattern"]):
        for n in range(pattern["times"]):
            # Strides without a common divisor with 8 go through every list in another order.
            day = FIRST + timedelta(days=(n * 5 + kind * 3) % 84)
            fills = {name: each[(n * 3 + n // 8 + kind) % 8] for name, each in lists.items()}
            fills |= {
                "causes": lists["causes"][(n * 5 + n // 8) % 8],
                "quarters": lists["quarters"][(n * 7 + n // 8) % 8],
                "guests": lists["guests"][(n * 5 + n // 8 + 1) % 8],
                "place": lists[pattern["place"]][(n + n // 8) % 8],
                "n": str(3 + (n * 7 + kind) % 60),
                "weekday": DAYS[day.weekday()],
                "yesterday": DAYS[day.weekday() - 1],
            }
            title, text = _filled(pattern["title"], fills), _filled(pattern["text"], fills)
            yield [day.isoformat(), OUTLETS[(n + kind) % 5], "", title, text, pattern["section"]]


def _filled(pattern: str, fills: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: fills[match[1]], pattern)


def _odd(given: dict[str, Any], made: list[Row]) -> Iterator[Row]:
    """What every real table has among its articles: 20 rows."""
    odd = given["odd"]
    for row in made[4:280:25]:  # copies: another outlet takes the text over, under its own title
        day, outlet, _, title, text, section = row
        other = OUTLETS[(OUTLETS.index(outlet) + 2) % 5]
        yield [day, other, "", f"{title} (وكالات)", text, section]
    yield ["2024-02-05", OUTLETS[0], "", _filled(odd["flash"], {"place": "القاهرة"}), "", "عاجل"]
    yield ["2024-02-12", OUTLETS[1], "", _filled(odd["flash"], {"place": "بغداد"}), "", "عاجل"]
    yield ["2024-02-06", OUTLETS[2], "", "ديدار", odd["persian"], "العالم"]
    yield ["2024-02-07", OUTLETS[3], "", "Road", odd["english"], "العالم"]
    yield ["", OUTLETS[4], "", f"{made[70][3]} من جديد", f"{made[70][4]}\nولم يعرف السبب.", "أمن"]
    yield ["", OUTLETS[0], "", f"{made[5][3]} مرة أخرى", f"{made[5][4]}\nوتفرقوا مساء.", "محليات"]
    formula = _filled(odd["formula"], {"title": made[30][3]})
    yield ["2024-03-20", OUTLETS[1], "", formula, made[150][4] + "\nولم يضف شيئاً.", "سياسة"]
    yield ["2024-03-21", OUTLETS[2], "", "خبر مقطوع", "النص هنا", "محليات", "خلية زائدة"]


def _numbered(number: int, row: Row) -> Row:
    day, outlet, _, title, text, section, *rest = row
    return [str(number), _written(day, number), outlet, title, text, section, *rest]


def _written(day: str, number: int) -> str:
    """A day as people write it: in one of four ways."""
    if not day:
        return ""
    when = date.fromisoformat(day)
    return (
        when.isoformat(),
        f"{when.day:02}/{when.month:02}/{when.year}",
        f"{when.day} {MONTHS[when.month - 1]} {when.year}",
        f"{when.day} {GREGORIAN[when.month - 1]} {when.year}",
    )[number % 4]


def main() -> None:
    """Write the table."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([COLUMNS, *rows()])
    sys.stdout.buffer.write(text.getvalue().encode(ENCODING))


if __name__ == "__main__":
    main()
