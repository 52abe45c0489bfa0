"""Tell articles from index pages, walls and empty pages.

A score adds up evidence (see ``judge``): what the page says it is, the shape of its address, how
much prose stands in one run, whether the page is one thread of prose or many announcements with a
blurb each, and how much of its main region is headlines that link elsewhere. A page is refused only
when its score is low and its shape, its address or its own words say that it is none; what merely
lacks evidence (a flash of one sentence, a poem under one word) is kept with a low confidence.
Weights were set by hand on article pages of many templates and on invented index pages; every
piece of evidence may be missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from transforms.extract.body import Body
from transforms.extract.jsonld import text_of
from transforms.extract.metadata import PageMeta, is_home
from transforms.rejects import Reason
from transforms.text import arabic, walls

_SECTION_URL: Final = re.compile(
    r"/(?:category|categories|cat|section|sections|tag|tags|topic|topics|search|author|authors|"
    r"writers?|archive|archives|videos?|photos?|gallery|galleries|albums|page|latest|latest-news|"
    r"all-news|most-read|trending|rss|sitemap|تصنيف|قسم|اقسام|وسم|وسوم|بحث|كاتب|كتاب|ارشيف)"
    r"(?:/[^/]{1,40})?(?:/page)?(?:/\d{1,4})?/?\Z",
    re.IGNORECASE,
)
_SECTION_QUERY: Final = re.compile(
    r"(?:^|&)(?:s|q|query|search|keyword|cat|catid|category|secid|sectionid|tag|page|paged)=",
    re.IGNORECASE,
)
_ARTICLE_URL: Final = re.compile(
    r"\d{5,}|/\d{4}/\d{1,2}/\d{1,2}/|(?:[^/-]{2,}-){4,}[^/-]{2,}|\.(?:html?|aspx|php)\Z|"
    r"/(?:article|story|news|post)/[^/]*\d{3,}",
    re.IGNORECASE,
)
_SENTENCE_ENDS: Final = (".", "!", "؟", "?", "…", ":", "»", '"', "”", ")")
_WALL_LENGTH: Final = 700  # a wall leaves at most this much text
THRESHOLD: Final = 1.5
_FED: Final = 2.0  # what an entry of a feed that leads to a page is worth
_CLEAR: Final = -2.0  # of the evidence against: it takes more to refuse a page
_LEAST: Final = 40  # characters: less under no headline is nothing
_HEADED: Final = 60  # characters of prose right below a headline
_SENTENCE: Final = 80
_FREE: Final = 200  # characters of a thread that nothing announces
_FREE_SHARE: Final = 0.25  # of all prose
_TEXTS: Final = 3  # whole texts below headlines that link to them
_HEADLINE_WORDS: Final = 4
_BLURBS: Final = 4  # announcements with a blurb that make a list


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a page is.

    Attributes:
        reason: why it is no article; None when it is one.
        score: the evidence for an article; one kept below ``THRESHOLD`` is doubtful.
        detail: the evidence in words.
    """

    reason: Reason | None
    score: float
    detail: str


def asks_password(root: Any) -> bool:
    """Whether the page has a password field; to be asked before the tree is cut."""
    return any((field.get("type") or "").lower() == "password" for field in root.iter("input"))


def says_article(meta: PageMeta) -> bool:
    """Whether a page declares an article of which its own headline is the headline."""
    node = meta.structured.article
    words = len(meta.title.split())
    if not node.get("datePublished") or not meta.heading or words < _HEADLINE_WORDS:
        return False
    return " ".join(text_of(node.get("headline")).split()) == meta.heading


def judge(meta: PageMeta, body: Body, url: str, *, password: bool, fed: bool = False) -> Judgement:
    """Judge a page.

    Args:
        meta: what the page says of itself.
        body: its extracted text and main region.
        url: its address; "" when unknown.
        password: the page asks for a password.
        fed: an entry of a feed leads to it.

    Returns:
        The judgement; walls are named before the question whether it is an article is put.
    """
    wall = _wall(meta, body, password=password)
    if wall:
        return Judgement(wall, 0.0, "wall")
    headline = _headline(meta)
    headed = _stands_alone(body, meta.heading, titled=headline >= 2)
    claims = _claims(meta)
    evidence = {
        "claims": claims,
        "url": _url_evidence(url),
        "feed": _FED if fed else 0.0,
        "prose": _prose(body),
        "threads": _threads(body, headed=headed),
        "layout": _layout(body, headed=headed, titled=bool(meta.heading), declared=claims > 0),
        "headline": headline,
    }
    score = round(sum(evidence.values()), 2)
    detail = " ".join(f"{name}={value:g}" for name, value in evidence.items() if value)
    if not body.text:
        strong = claims > 0 and evidence["layout"] >= 0
        return Judgement("no_text" if strong else "not_an_article", score, detail)
    against = evidence["threads"] + evidence["layout"] + min(0, evidence["url"]) + min(0, claims)
    nothing = headline < 2 and len(body.text) < _LEAST
    refused = score < THRESHOLD and (against + evidence["feed"] < _CLEAR or nothing)
    return Judgement("not_an_article" if refused else None, score, detail)


def _wall(meta: PageMeta, body: Body, *, password: bool) -> Reason | None:
    if len(body.text) > _WALL_LENGTH:
        return None
    text = walls.fold(f"{meta.title}\n{body.page_text}"[:6000])
    free = str(meta.structured.article.get("isAccessibleForFree", "")).lower()
    if free == "false" or walls.asks_to_subscribe(text):
        return "paywall" if free == "false" or len(body.text) < 500 else None
    if len(body.text) > 400 or len(body.page_text) > 1500:
        return None
    return _visitors_wall(meta, body, text, password=password)


def _visitors_wall(meta: PageMeta, body: Body, text: str, *, password: bool) -> Reason | None:
    """A demand to log in, or a notice to agree to, in place of an article."""
    if walls.asks_to_log_in(text):
        return "login"
    if _claims(meta) > 0 or (_headline(meta) >= 2 and body.region.longest_run >= 120):
        return None  # a short article may stand beside a login box or a notice
    if password or len(walls.login_words(text)) >= 2:
        return "login"
    return "consent" if len(walls.consent_words(text)) >= 2 else None


def _claims(meta: PageMeta) -> float:
    """What the page says it is."""
    kind = meta.metas.get("og:type", "").lower()
    score = 0.0
    if meta.structured.article:
        score += 3.0
    elif meta.structured.is_listing:
        score -= 3.0
    if meta.structured.listed >= 3 and not meta.structured.article:
        score -= 1.5
    if "article" in kind or kind in {"news", "story", "blog"}:
        score += 2.0
    elif kind == "profile" and not meta.structured.article:
        score -= 2.5
    elif kind in {"website", "blog", "object"} and not meta.structured.article:
        score -= 0.5
    if meta.listing_class and not meta.structured.article:
        score -= 2.5
    if any(key in meta.metas for key in ("article:published_time", "datepublished", "pubdate")):
        score += 1.5
    return score


def _headline(meta: PageMeta) -> float:
    """Whether the page has a headline or only the name of a section."""
    words = len(meta.title.split())
    if meta.heading and words >= _HEADLINE_WORDS and len(meta.heading) >= 20:
        return 2.0
    if words >= 5:
        return 0.5
    return -1.0 if words <= 2 and not meta.structured.article else 0.0


def _url_evidence(url: str) -> float:
    """What the shape of the address says."""
    if not url:
        return 0.0
    try:
        parts = urlsplit(unquote(url))
    except ValueError:
        return 0.0
    if is_home(parts.path) and len(parts.query) < 4:
        return -5.0
    if _SECTION_URL.search(arabic.normalise_text(parts.path)) or (
        _SECTION_QUERY.search(parts.query) and not re.search(r"id=\d{3,}", parts.query)
    ):
        return -2.5
    return 1.0 if _ARTICLE_URL.search(parts.path) else 0.0


def _stands_alone(body: Body, heading: str, *, titled: bool) -> bool:
    """Whether a thread of prose is announced by no link: below the page's headline, or by itself.

    Args:
        body: the extracted text and what was measured.
        heading: the page's headline in the page itself; "" when it has none.
        titled: it has some words.
    """
    threads = body.threads
    if titled and threads.headed >= _HEADED:
        return True
    if heading and threads.headed >= _SENTENCE and threads.blurbs < _BLURBS:
        return True  # a headline of a word or two, a sentence or two below it, then links
    return threads.free >= max(_FREE, _FREE_SHARE * threads.prose)


def _ratio(body: Body) -> float:
    """Share of the page's prose in its longest thread; 1 when nothing looks like a list."""
    threads = body.threads
    if threads.blurbs < _BLURBS and threads.texts < _TEXTS:
        return 1.0
    return max(threads.longest, threads.headed) / max(1, threads.prose)


def _threads(body: Body, *, headed: bool) -> float:
    """Whether the page is one thread of prose, or many short ones of one shape."""
    ratio = _ratio(body)
    if body.threads.blurbs < _BLURBS:  # whole posts below each other
        return -2.5 if ratio < 0.4 and not headed else 0.0
    score = -4.0 if ratio < 0.15 else -3.0 if ratio < 0.25 else -1.5 if ratio < 0.35 else 0.0
    return max(score, -0.5) if headed else score


def _run(body: Body) -> int:
    """Characters of the longest run; a text almost without teasers is one run (a poem is)."""
    run = body.region.longest_run
    if body.layout.teasers < 0.2 * len(body.text) and body.layout.linked_headings < 3:
        run = max(run, len(body.text))
    if _ratio(body) < 0.35:
        run = min(run, max(body.threads.longest, body.threads.headed))
    return run


def _prose(body: Body) -> float:
    """How much prose stands in one run, and whether the text consists of sentences."""
    run = _run(body)
    score = 3.5 if run >= 600 else 2.5 if run >= 300 else 1.5 if run >= 150 else 0.5
    prose = sum(len(line) for line in body.text.split("\n") if len(line) >= 80)
    if body.layout.teasers >= 0.2 * len(body.text) and prose < 0.4 * len(body.text):
        score -= 2.5
    if len(body.text) < 150:
        score -= 1.0
    return score


def _is_list(text: str) -> bool:
    """Whether a text is a list of headlines: many lines as long as one, hardly a full stop."""
    lines = [line for line in text.split("\n") if len(line) >= 40]
    if len(lines) < 8 or sum(map(len, lines)) > 140 * len(lines):
        return False
    ended = sum(line.rstrip().endswith(_SENTENCE_ENDS) for line in lines)
    return ended < 0.25 * len(lines)


def _layout(body: Body, *, headed: bool, titled: bool, declared: bool) -> float:
    """How the run of prose compares with linked headlines and with prose elsewhere.

    Args:
        body: the extracted text and what surrounds it.
        headed: a headline of some words stands right above a thread of prose.
        titled: the page has a heading that fits its title.
        declared: the page says that it is an article.
    """
    run = max(1, _run(body))
    ratio = body.layout.teasers / run
    score = -3.0 if ratio > 2.5 else -2.0 if ratio > 1.2 else -1.0 if ratio > 0.8 else 0.0
    if titled or declared:  # much prose under its own headline may stand among many links
        score = max(score, -0.5 if run >= 800 else -1.5 if run >= 400 else -3.0)
    elif run >= 400:
        score = max(score, -1.5)
    if body.layout.linked_headings >= 3 and run < 250:
        score -= 1.5
    if body.layout.flat_headings >= 3:
        each = max(run, len(body.text)) / body.layout.flat_headings
        score -= 1.0 if titled and each >= 250 else 3.0
    names = (1.0 if titled or declared else 3.0) if _is_list(body.text) else 0.0
    if headed:
        return max(score, -1.5) - names
    score -= names
    share = run / max(1, body.region.total)
    if share < 0.3:
        score -= 2.0
    elif share < 0.45:
        score -= 1.0
    return score
