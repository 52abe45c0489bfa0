"""Recognise paywalls, consent pages and logins that are served in place of an article.

What a server answers instead of an article often has status 200. It is told by where the request
ended up, by what the page declares of itself, and by its words when it has hardly any others.
Nothing here looks for an article: a page that is none of these may still be none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from transforms.fetch.messages import Response
from transforms.rejects import Reason
from transforms.text import walls


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LOGIN_WORDS: Final = _words(
    "login log-in logon signin sign-in sign_in sso oauth oauth2 authenticate user-login "
    "wp-login.php login.php login.aspx signin.aspx login.html register signup sign-up "
    "تسجيل-الدخول تسجيل_الدخول"
)
_CONSENT_WORDS: Final = _words(
    "consent cookie-consent cookieconsent cookie-wall cookiewall gdpr gdpr-consent privacy-gate "
    "privacywall privacy-consent collectconsent"
)
_PAYWALL_WORDS: Final = _words(
    "paywall subscribe subscribe-now subscription subscriptions subscribe.html checkout "
    "premium-access اشتراك الاشتراك اشترك"
)
_LOGIN_LABELS: Final = _words("login signin sso auth accounts passport oauth")
_CONSENT_LABELS: Final = _words("consent guce cmp privacy-gate cookie-consent")
_PAYWALL_LABELS: Final = _words("subscribe subscription subscriptions checkout paywall")

_SCAN: Final = 1_000_000  # bytes of a page that are looked at
_LITTLE: Final = 900  # letters of main text: below it, a page's own words say what it is
_DROPPED: Final = _words("script style noscript template svg nav aside footer header form")
_RAW: Final = _words("script style noscript template svg")  # whatever they hold is no markup
_TITLES: Final = _words("title h1")
_NAME: Final = re.compile(r"/?[a-zA-Z][a-zA-Z0-9]*")
_PASSWORD: Final = re.compile(r"type\s*=\s*[\"']?password\b", re.IGNORECASE)
_TIER: Final = re.compile(r"(?:locked|paid|premium)\b", re.IGNORECASE)


def find_wall(response: Response) -> Reason | None:
    """Say which wall a response is.

    Args:
        response: redirects followed; its body may be in any encoding.

    Returns:
        ``paywall``, ``consent`` or ``login``; None for everything else, errors included.
    """
    if response.status in {401, 407, 511}:
        return "login"
    if response.status == 402:
        return "paywall"
    if response.reason is not None or response.status == 304:
        return None
    return _by_place(response) or _by_page(response.body[:_SCAN])


def _by_place(response: Response) -> Reason | None:
    """Judge by where redirects have led, as against where the request went."""
    asked, found = _place(response.url), _place(response.final_url)
    if asked == found:
        return None
    kinds: tuple[tuple[Reason, frozenset[str], frozenset[str]], ...] = (
        ("consent", _CONSENT_LABELS, _CONSENT_WORDS),
        ("login", _LOGIN_LABELS, _LOGIN_WORDS),
        ("paywall", _PAYWALL_LABELS, _PAYWALL_WORDS),
    )
    for reason, labels, words in kinds:
        if (found[0] - asked[0]) & labels or (found[1] - asked[1]) & words:
            return reason
    return None


def _place(url: str) -> tuple[frozenset[str], frozenset[str]]:
    """The labels of a URL's host and the segments of its path."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return frozenset(), frozenset()
    segments = unquote(parts.path).lower().strip("/").split("/")
    return frozenset(host.split(".")), frozenset(segments)


def _by_page(body: bytes) -> Reason | None:
    page = _Page(_decoded(body))
    if page.paid_tier or any(map(_is_paid, page.structured())):
        return "paywall"
    text = walls.fold(unescape(" ".join(page.text)))
    if len(text) > _LITTLE:
        return None
    title = walls.fold(unescape(" ".join(page.titles)))
    if walls.asks_to_subscribe(text):
        return "paywall"
    asked = page.password or walls.asks_to_log_in(text) or len(set(walls.login_words(text))) > 1
    if walls.is_login_title(title) and asked:
        return "login"
    about = len(set(walls.consent_words(text)))
    return "consent" if about >= 3 or (about and walls.is_consent_title(title)) else None


def _decoded(body: bytes) -> str:
    """Decode well enough to find words; the real decoding comes with extraction."""
    text = body.decode("utf-8", "replace")
    return text if text.count("\ufffd") < 20 else body.decode("cp1256", "replace")


class _Page:
    """What a wall can be told by, read in one pass that ends when there is enough text.

    Attributes:
        text: pieces of the main text.
        titles: the texts of title and h1.
        password: whether a password is asked for.
        paid_tier: whether a meta element names a paid tier.
    """

    def __init__(self, html: str) -> None:
        self.text: list[str] = []
        self.titles: list[str] = []
        self.password = False
        self.paid_tier = False
        self._structured: list[list[str]] = []
        self._open: list[str] = []  # the dropped element we are in, and its like inside
        self._in_title = ""
        self._ld_json = False
        letters = 0
        declares = "isAccessibleForFree" in html or "content_tier" in html
        for piece in html.split("<")[1:]:
            tag, _, rest = piece.partition(">")
            self._tag(tag, piece)
            if not self._open and rest:
                self.text.append(rest)
                letters += len(rest.strip())
            if self._in_title:
                self.titles.append(rest[:400])
            if letters > 3 * _LITTLE and not declares:
                break

    def _tag(self, tag: str, piece: str) -> None:
        match = _NAME.match(tag)
        name = match[0].lower() if match else ""
        if self._open:
            self._inside(name, piece)
        elif name in _DROPPED and not tag.endswith("/"):
            self._open = [name]
            if name == "script" and "ld+json" in tag[:300].lower():
                self._ld_json = True
                self._structured.append([piece.partition(">")[2]])
        if name == "input":
            self.password = self.password or bool(_PASSWORD.search(tag[:2000]))
        elif name == "meta" and "content_tier" in tag[:2000]:
            self.paid_tier = self.paid_tier or bool(_TIER.search(tag[:2000]))
        elif name in _TITLES:
            self._in_title = name
        elif name == f"/{self._in_title}":
            self._in_title = ""

    def _inside(self, name: str, piece: str) -> None:
        """Go on inside a dropped element, to its end."""
        if name == f"/{self._open[0]}":
            self._open.pop()
            self._ld_json = self._ld_json and bool(self._open)
        elif name == self._open[0] and name not in _RAW:
            self._open.append(name)
        elif self._ld_json:
            self._structured[-1].append(f"<{piece}")

    def structured(self) -> Iterator[Any]:
        """The blocks of JSON-LD that speak of access."""
        for pieces in self._structured:
            block = "".join(pieces)
            if "isAccessibleForFree" in block:
                try:
                    yield json.loads(block, strict=False)
                except (ValueError, RecursionError):
                    continue


def _is_paid(node: Any, depth: int = 0) -> bool:
    """Whether an article in JSON-LD says that it is not free; parts of it do not count."""
    if depth > 4:
        return False
    if isinstance(node, list):
        return any(_is_paid(each, depth + 1) for each in node[:100])
    if not isinstance(node, dict):
        return False
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    if any("Article" in str(name) or "Posting" in str(name) for name in names):
        free = str(node.get("isAccessibleForFree", "")).strip().lower()
        return free.rpartition("/")[2] in {"false", "no", "0"}
    nested = [node.get(key) for key in ("@graph", "mainEntity", "mainEntityOfPage")]
    return any(_is_paid(each, depth + 1) for each in nested)
