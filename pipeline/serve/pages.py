"""Templates, and what they may call: every value is escaped, every address is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.serve.charts import QUADS
from pipeline.serve.context import PAGE, PageContext
from pipeline.serve.filters import types

SECTIONS: Final = (
    ("overview", "/"),
    ("incidents", "/incidents"),
    ("stories", "/stories"),
    ("feeds", "/feeds"),
    ("sql", "/sql"),
)
FORMS: Final = ("csv", "xlsx", "json")
WORKBOOK: Final = 200_000
"""Rows of an XLSX at most, which is made as a whole; other forms, and rasd query, have no limit."""


@cache
def environment() -> Environment:
    """The templates of this package; what a template forgets is an error, never a blank."""
    made = Environment(
        loader=PackageLoader("pipeline.serve", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["web"] = web_address
    made.filters["quad"] = quad_of
    made.globals |= {"QUADS": QUADS, "PAGE": PAGE, "FORMS": FORMS, "SECTIONS": SECTIONS}
    made.globals["WORKBOOK"] = WORKBOOK
    return made


def web_address(url: str | None) -> str:
    """An address that a link may lead to; "" for what is no address of the web.

    Args:
        url: as it stands in the rows.
    """
    return url if url and url.lower().startswith(("http://", "https://")) else ""


def quad_of(event_type: str | None) -> str:
    """The quad class of an event type, as a class of the style sheet."""
    return types().get(event_type or "", "no_quad")


def render(template: str, context: PageContext, shown: Mapping[str, Any], *, section: str) -> str:
    """Fill a template.

    Args:
        template: its name.
        context: who asks.
        shown: what the view found.
        section: of the menu, that is marked.
    """

    def rows_of(sql: str, form: str) -> str:
        # No link that is marked as a download: of a refusal browsers show nothing then.
        return context.link(f"/rows.{form}", q=sql)

    locale = context.locale
    other = "en" if locale.language == "ar" else "ar"
    digits = "latn" if locale.digits == "arab" else "arab"
    return (
        environment()
        .get_template(template)
        .render(
            context=context,
            t=locale.say,
            locale=locale,
            rows_of=rows_of,
            section=section,
            other_language=context.here(lang=other),
            other_language_code=other,
            other_digits=context.here(digits=digits),
            **shown,
        )
    )
