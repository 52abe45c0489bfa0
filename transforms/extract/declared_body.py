"""Use the text that a page gives only in its JSON-LD, when it is the whole text.

Pages that are drawn by scripts hold their article in ``articleBody`` and nowhere else. Others put
the first 255 characters there: what ends in the middle of a sentence is never taken for a text.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from transforms.extract import bylines, phrases, plain
from transforms.extract.body import Body, text_key
from transforms.extract.lines import tidy

_LEAST: Final = 80  # characters of a whole text
_TAG: Final = re.compile(
    r"<(?:p|br|div|span|a|b|strong|h[1-6]|ul|li|blockquote|img|em|i)\b[^<>]*>", re.IGNORECASE
)
_WHOLE_END: Final = re.compile(r"[.!?؟][\"”»)\]]*\s*\Z|[\"”»)\]]\s*\Z")
_CUT_END: Final = re.compile(
    r"(?:…|\.\.+|\[(?:…|\.+)\]|\b(?:المزيد|read more))[\s\"”»)\]]*\Z", re.IGNORECASE
)
_MOST: Final = 0.5  # share of the declared text above which the page itself shows the article


def prefer_declared(body: Body, article: dict[str, Any]) -> Body:
    """Put the declared text in place of the page's when the page hardly shows it.

    Args:
        body: what was extracted from the page.
        article: the page's own JSON-LD node; {} when there is none.

    Returns:
        ``body``, or a body with the declared text, its ``declared`` set.
    """
    free = str(article.get("isAccessibleForFree", "")).lower()
    text = "" if free == "false" else declared_text(article)
    if not text or len(body.text) > _MOST * len(text):
        return body
    longest = text_key(max(body.text.split("\n"), key=len))
    if len(body.text) >= 2 * _LEAST and longest not in text_key(text):
        return body  # the page shows another text, so nothing says that the declared one is its
    region = replace(body.region, weight=len(text), total=len(text), longest_run=len(text))
    return replace(body, text=text, region=region, coverage=1.0, declared=True)


def declared_text(article: dict[str, Any]) -> str:
    """The whole text that a node declares, paragraphs on lines of their own; "" when it is cut."""
    value = article.get("articleBody") or article.get("text") or ""
    if isinstance(value, list):
        value = "\n".join(part for part in value if isinstance(part, str))
    if not isinstance(value, str):
        return ""
    if _TAG.search(value):
        text = plain.fragment_text(value)
    else:
        lines = [tidy(line) for line in value.replace("\r", "\n").split("\n")]
        text = "\n".join(line for line in lines if line and not phrases.is_boilerplate_line(line))
    return text if len(text) >= _LEAST and _is_whole(text, article.get("wordCount")) else ""


def _is_whole(text: str, count: Any) -> bool:
    """Whether a text ends as texts do, or has the words that the page counts."""
    if _CUT_END.search(text):
        return False
    words = int(count) if str(count or "").isdigit() else 0
    if words:
        return len(text.split()) >= 0.9 * words
    last = text.rsplit("\n", 1)[-1]
    return _WHOLE_END.search(text) is not None or bool(bylines.agency_of(last))
