"""The grammar of dates, written over token classes (see ``lexicon``).

Each rule names its handler in ``handlers``. The rules stand in the order in which they are
tried at a place of the text; the longest forms come first.
"""

from __future__ import annotations

import re
from typing import Final

_MONTH: Final = r"M(?:[/(\-]M\)?)?"
_YEAR_OF: Final = r"(?:[,/\-]?(?:n?y)?Ye?|[PFC]|n?h?y[PFC]|n?hy)"
# A date without its year must not go on as "من العام نفسه", "من كل عام".
_GREGORIAN: Final = rf"[DN1][/\-]?n?m?{_MONTH}(?:{_YEAR_OF}|(?!n?(?:y[=p]|=|7)))"
_HIJRI: Final = r"[DN1][/\-]?n?m?H(?:,?(?:n?y)?Ye?)"
_NUMERIC: Final = r"fe?"
_DATE: Final = (
    rf"(?:{_HIJRI}(?:[,(/\-]*9?[,(]?(?:{_GREGORIAN}|{_NUMERIC})\)?)?"
    rf"|(?:{_GREGORIAN}|{_NUMERIC})(?:[,(/\-]*9?[,(]?(?:{_HIJRI}|(?<=9){_NUMERIC})\)?)?)"
)
_CLOCK: Final = r"(?:[,|\-]?[0<]*(?:o(?:[1$DN]2?|[tq])[ATe]?|[tq](?:[ATe]|z)|[DN]A|t)z?)"
_WEEKDAYS: Final = r"u?W(?:[/+\-]?u?W)?"
_TODAY: Final = r"(?<![=?])u?[@R](?![=!X1pP])"
_NEXT: Final = r"(?:BP|EF|[PFC])"  # the last, the next, the one before or after it
_HOUR: Final = r"(?:o(?:[1$DN]2?|[tq])[AT]?n?)?"  # a clock before its day
_NUMBER: Final = r"(?:[NDY]|I)"
_UNITS: Final = "uvmyijds"
_UNIT: Final = rf"[{_UNITS}]"
_DUAL: Final = r"[UVQZJLGO]"
_AMOUNT: Final = rf"(?:8?{_NUMBER}{_UNIT}|8?{_DUAL}|8?[uvmyij](?![WwMHY]|[@R])N?)"

RULES: Final[tuple[tuple[str, str], ...]] = (
    (
        "written",
        rf"{_HOUR}(?:Tn?)?(?:u?[@R],?)?(?:{_WEEKDAYS}[PFC]?[,(\-]*9?,?|u)?{_DATE}{_CLOCK}?",
    ),
    ("pair", rf"[DN1][+\->](?={_GREGORIAN})"),
    ("weekofweekday", r"(?:Tn?)?u?Wn?(?:v[PFC]|hv)"),
    (
        "weekday",
        rf"{_HOUR}(?:Tn?)?(?:u?[@Rr~],?\(?)?(?<!=){_WEEKDAYS}{_NEXT}?(?!n?7|[=])\)?(?:,?{_TODAY})?(?:T|A)?{_CLOCK}?",
    ),
    ("dayofmonth", rf"(?:{_WEEKDAYS},?|u)?[DN1]n?(?:m[PFC]|hm)"),
    ("dayword", rf"{_HOUR}(?:Tn?)?(?:h?{_TODAY}|r)(?:T|A)?{_CLOCK}?"),
    ("named", r"(?:Tn?)?@X"),
    ("hung", rf"[BE]{_AMOUNT}n(?!{_DATE}|@)"),
    ("ago", rf"[BS]{_AMOUNT}(?!2|\+?[ND][{_UNITS}])"),
    ("later", rf"(?<![{_UNITS}])E{_AMOUNT}(?!n|2|\+?[ND][{_UNITS}])"),
    ("phase", r"Kn?(?:h?[vmy][PFC]|h[vmy]|[vmy](?![YMH!]))"),
    ("unit", r"h[vmy]|[vmy](?:BP|EF|[PFCXp])"),
    ("month", rf"(?:Kn?)?m?{_MONTH}(?:{_YEAR_OF})"),
    ("baremonth", rf"(?:Kn?m?|m){_MONTH}|M[/(]M\)?|(?<=[<SBE>]){_MONTH}(?!n?(?:y[=p]|=|7))"),
    ("year", r"(?:Kn?)?yYe?|S?(?<=[(<ZS+n])Y(?=[,.:()#+\-]|$)|(?<=Z)Y|(?<=Y\+)Y"),
    ("decade", r"(?:Kn?)?y?3|(?:Kn?)?d[1P](?=n?s)|Kd"),
    ("century", r"(?:Kn?)?s[1P]"),
    ("season", r"4(?:n?yY|Y|[PFC]|n?y[PFC])?"),
    ("vague", r"5|[uvmyi][PFX]|[UVQZ][PFX]"),
    ("set", r"6|7(?:[ND]?[uvmyi]|[UVQZ]|u?[Ww])"),
    ("clock", r"o(?:[1$DN]2?|[tq])[AT]?z?"),
    ("duration", rf"8?{_NUMBER}{_UNIT}|8?{_DUAL}"),
    ("single", r"[umi]"),
)
FULL: Final[dict[str, re.Pattern[str]]] = {name: re.compile(rule) for name, rule in RULES}
# Most tokens are no date words: the look-ahead passes over them at once.
SCAN: Final = re.compile(
    "(?=[^x#,.:()/|\\=!?&HP-])(?:" + "|".join(f"(?P<{name}>{rule})" for name, rule in RULES) + ")"
)
# A cheap test before the scan: a text without any of these letters holds no date.
ANY: Final = re.compile(r"[fYMHW@RrBSEKuvmyijdsUVQZJLGO34567o]")
