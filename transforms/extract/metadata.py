"""Read a page's metadata from its tree: one walk over meta, link and headings, then rules."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit

from lxml import etree

from transforms.extract import bylines, microdata
from transforms.extract.jsonld import StructuredData, author_names, read_jsonld, text_of
from transforms.extract.lines import tidy
from transforms.extract.markup import displayable
from transforms.text import arabic
from transforms.text.links import is_less_than, names_page
from transforms.text.urls import canonicalise_url, registrable_host, resolve_link

_SEPARATORS: Final = re.compile(r"\s+[|–—»«:-]+\s+|\s*[|»]\s*|\s*::\s*")
_STRONG_SEPARATORS: Final = ("|", "::", "»", "«")
_NO_TEXT: Final = frozenset(
    {"script", "style", "svg", "path", "noscript", "img", "input", "option"}
)
_MAX_METAS: Final = 300
_MIN_HEADING: Final = 15  # characters of a heading that nothing confirms
_MAX_SITE_WORDS: Final = 4
_MAX_TITLE: Final = 500
_MAX_SUMMARY: Final = 2000
_HOME_PATHS: Final = re.compile(
    r"/?(?:[a-z]{2}/?|index\.\w+|home/?|default\.\w+)?\Z", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PageMeta:
    """What a page says of itself, before any judgement about its body.

    Attributes:
        metas: first content of each meta name, property or itemprop, keys in lower case.
        structured: its JSON-LD.
        title: the headline without the site's name; "" when there is none.
        heading: the text of the one h1 that fits the title; "" when there is none.
        site_name: the outlet as the page names it; "" when it does not.
        canonical_url: the address it claims, if believable; "" otherwise.
        section_url: the address it claims, if that is a section's, tag's or author's; "" otherwise.
        summary: its description; "" when it has none.
        authors: candidates, unchecked.
        language: its declared language tag; "" when undeclared.
        near: the elements of few words just before and after the headline, in document order.
        scope: the microdata scope of the page's own article; None when there is none.
        listing_class: the class of its body that calls it a list ("author"); "" when none does.
    """

    metas: dict[str, str]
    structured: StructuredData
    title: str
    heading: str
    site_name: str
    canonical_url: str
    section_url: str
    summary: str
    authors: list[str] = field(default_factory=list)
    language: str = ""
    near: list[bylines.Near] = field(default_factory=list)
    scope: Any | None = None
    listing_class: str = ""


def read_metadata(root: Any, *, url: str) -> PageMeta:
    """Read the metadata.

    Args:
        root: the page's tree, not yet cut.
        url: where the page came from; "" when unknown.

    Returns:
        Everything the page says of itself.
    """
    metas = _metas(root)
    headings = [tidy("".join(h1.itertext())) for h1 in root.iter("h1")]
    canonical = _canonical(root, metas, url)
    structured = read_jsonld(
        root, addresses=(url, canonical), headlines=tuple(_titles(root, metas) + headings[:5])
    )
    site = tidy(
        metas.get("og:site_name") or structured.publisher or metas.get("application-name", "")
    )
    title, heading = _title(root, metas, structured, headings, site)
    scope = microdata.own_scope(root, lambda text: bool(title) and _key(text) == _key(title))
    _add_itemprops(root, metas, scope)
    near = _near_headline(root, title)
    summary = metas.get("og:description") or metas.get("description") or ""
    summary = tidy(summary or text_of(structured.article.get("description")))[:_MAX_SUMMARY]
    return PageMeta(
        metas=metas,
        structured=structured,
        title=displayable(title)[:_MAX_TITLE],
        heading=heading,
        site_name=displayable(site)[:200],
        canonical_url=canonical,
        section_url="" if canonical else _section(root, metas, url),
        summary=displayable(summary),
        authors=_author_candidates(metas, structured, near),
        language=(root.get("lang") or metas.get("og:locale") or "")[:20],
        near=near,
        scope=scope,
        listing_class=_listing_class(root),
    )


def _metas(root: Any) -> dict[str, str]:
    metas: dict[str, str] = {}
    for meta in root.iter("meta"):
        content = meta.get("content")
        if not content:
            continue
        key = meta.get("property") or meta.get("name")
        if key and len(metas) < _MAX_METAS:
            metas.setdefault(key.strip().lower(), content.strip()[:5000])
    return metas


def _add_itemprops(root: Any, metas: dict[str, str], scope: Any | None) -> None:
    """Add what meta elements say as itemprops of the page's own article."""
    for meta in islice(root.iter("meta"), _MAX_METAS):
        key, content = meta.get("itemprop"), meta.get("content")
        if key and content and len(metas) < _MAX_METAS and microdata.is_own(meta, scope):
            metas.setdefault(key.strip().lower(), content.strip()[:5000])


def _titles(root: Any, metas: dict[str, str]) -> list[str]:
    """What the page's head calls it; the document's title is the last, "" when it has none."""
    document = next((tidy("".join(t.itertext())) for t in root.iter("title")), "")
    return [tidy(metas.get("og:title", "")), tidy(metas.get("twitter:title", "")), document]


def _key(text: str) -> str:
    return "".join(re.findall(r"\w+", arabic.normalise_text(text))).lower()


def _title(
    root: Any,
    metas: dict[str, str],
    structured: StructuredData,
    headings: list[str],
    site: str,
) -> tuple[str, str]:
    """Choose the headline: an h1 that the page's title confirms, else the claims, cleaned."""
    titles = _titles(root, metas)
    document = titles[-1]
    claimed = [tidy(text_of(structured.article.get("headline"))), *titles]
    claimed = [_unescaped(claim) for claim in claimed if claim]
    whole = [_key(claim) for claim in claimed]
    fitting = [
        h
        for h in headings
        if 10 <= len(h) <= _MAX_TITLE and any(_key(h) in claim for claim in whole)
    ]
    if not headings:
        lower = (tidy("".join(h.itertext())) for h in root.iter("h2", "h3"))
        fitting = [h for h in lower if 20 <= len(h) <= _MAX_TITLE and _key(h) in _key(document)][:1]
    heading = max(fitting, key=len, default="") or _short_heading(root, document)
    unlinked = next(root.iter("h1"), root).find(".//a") is None
    if not heading and len(headings) == 1 and unlinked and not claimed[:-1]:
        heading = headings[0] if len(headings[0]) >= _MIN_HEADING else ""
    if heading and _key(heading) != _key(site):
        return heading, heading
    for claim in claimed:
        cleaned = without_site(claim, site)
        if cleaned:
            return cleaned, ""
    # A front page may head itself with the headline of any story, which then is a link to it.
    return (headings[0], headings[0] if unlinked else "") if headings else ("", "")


def _short_heading(root: Any, document: str) -> str:
    """The heading of a word or two that is all of a document's title but the outlet's name."""
    parts = [part for part in _SEPARATORS.split(document) if part]
    if not 1 < len(parts) <= 3 or len(" ".join(parts[1:]).split()) > _MAX_SITE_WORDS:
        return ""
    for heading in root.iter("h1", "h2", "h3"):
        text = tidy("".join(heading.itertext()))
        home = any((a.get("href") or "").strip() in {"", "/", "#"} for a in heading.iter("a"))
        if text and not home and _key(text) == _key(parts[0]):
            return text
    return ""


def _unescaped(text: str) -> str:
    """Undo one level of escaping that some sites leave in their JSON-LD."""
    return html.unescape(text) if "&" in text else text


def without_site(title: str, site: str) -> str:
    """Take the outlet's name off either end of a document title.

    Args:
        title: the title as written.
        site: the outlet's name; when it is unknown, a short last part behind a bar is taken off.

    Returns:
        The headline; "" when the title is nothing but the site's name.
    """
    parts = list(_SEPARATORS.finditer(title))
    own = _key(site)
    if own and _key(title) == own:
        return ""
    if not parts:
        return title
    head, tail = title[: parts[-1].start()], title[parts[-1].end() :]
    first, rest = title[: parts[0].start()], title[parts[0].end() :]
    if own and _same_site(tail, own):
        return without_site(head, site)
    if own and _same_site(first, own):
        return rest
    if any(mark in title for mark in _STRONG_SEPARATORS):
        return _longer_part(title, head, tail, first, rest)
    return title


def _longer_part(title: str, head: str, tail: str, first: str, rest: str) -> str:
    """Of an unknown site's title the part that is clearly the headline, by length."""
    if len(tail.split()) <= 4 and len(head) >= 2 * len(tail) and len(head.split()) >= 4:
        return head
    if len(first.split()) <= 4 and len(rest) >= 2 * len(first) and len(rest.split()) >= 4:
        return rest
    return title


def _same_site(part: str, own: str) -> bool:
    key = _key(part)
    return len(key) >= 3 and (key in own or own in key)


def _canonical(root: Any, metas: dict[str, str], url: str) -> str:
    """The address the page claims: of the same site, and not a home page; else ""."""
    believed = (claim for claim in _claims(root, metas, url) if _believable(claim, url))
    return next(map(canonicalise_url, believed), "")


def _section(root: Any, metas: dict[str, str], url: str) -> str:
    """The claim that names a section: no identity, but evidence for what the page is."""
    claims = _claims(root, metas, url)
    return next((claim for claim in claims if not is_home(urlsplit(claim).path)), "")


def _claims(root: Any, metas: dict[str, str], url: str) -> list[str]:
    """The addresses that a page claims, absolute."""
    links = [
        link.get("href") or ""
        for link in root.iter("link")
        if "canonical" in (link.get("rel") or "").lower().split()
    ]
    claims = [*links, metas.get("og:url", "")]
    return [absolute for claim in claims if claim and (absolute := resolve_link(url, claim))]


def _believable(claim: str, url: str) -> bool:
    try:
        parts = urlsplit(claim)
    except ValueError:
        return False
    if (is_home(parts.path) and not parts.query) or not names_page(claim):
        return False
    return not url or (_site_of(claim) == _site_of(url) and not is_less_than(claim, url))


def _site_of(url: str) -> str:
    return _site_of_host(urlsplit(canonicalise_url(url)).netloc)


@lru_cache(maxsize=4096)
def _site_of_host(host: str) -> str:
    return registrable_host(f"https://{host}/")


def is_home(path: str) -> bool:
    """Whether a URL path is a site's front door."""
    return _HOME_PATHS.match(path) is not None


def _listing_class(root: Any) -> str:
    """What a page's body calls itself by its classes, when that is a list of other pages."""
    body = root.find("body")
    names = set((body.get("class") or "").lower().split()) if body is not None else set()
    if names & _SINGLE:
        return ""
    return min(names & _LISTS, default="")


# The classes that publishing systems give the body of a page, by what it is.
_LISTS: Final = frozenset(
    {
        "archive", "author", "category", "tag", "search-results", "post-type-archive",
        "author-page", "category-page", "tag-page", "section-page", "page-author",
        "page-category", "page-taxonomy", "page-user", "path-user", "path-taxonomy",
    }
)  # fmt: skip
_SINGLE: Final = frozenset({"single", "single-post", "page-node", "node-type-article", "article"})


def _author_candidates(
    metas: dict[str, str], structured: StructuredData, near: list[bylines.Near]
) -> list[str]:
    """Author strings, the most reliable sort that is there."""
    names = author_names(structured.article)
    if names:
        return names
    for key in ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author"):
        value = metas.get(key, "")
        if value and "://" not in value:
            names.append(value)
    return [*bylines.byline_elements(near), *names]


def _near_headline(root: Any, title: str) -> list[bylines.Near]:
    """Elements round the headline: where a page says when and by whom."""
    heading = _headline_element(root, title)
    if heading is None:
        return []
    near: list[Any] = []
    for holder in heading.iterancestors():
        if holder.tag in {"html", "body"}:
            break
        near = [element for element in holder.iter(etree.Element) if element.tag not in _NO_TEXT]
        if len(near) > 60:
            break
    if heading not in near:
        return []
    at = near.index(heading)
    few = [element for element in near[max(0, at - 25) : at + 60] if _is_small(element)]
    apart: dict[Any, bool] = {}
    few = [
        element
        for element in few
        if not _is_apart(element, apart) and not microdata.is_anothers(element, heading)
    ]
    return [bylines.Near(element, tidy("".join(element.itertext()))) for element in few]


def _is_apart(element: Any, known: dict[Any, bool]) -> bool:
    """Whether an element near the headline stands in a box that leads to other articles."""
    parent = element.getparent()
    if parent not in known:
        known[parent] = microdata.stands_apart(parent)
    return known[parent] or microdata.stands_apart(element)


def _is_small(element: Any) -> bool:
    return next(islice(element.iter(), 12, None), None) is None


def _headline_element(root: Any, title: str) -> Any:
    """The h1 with the title, a lower heading with it, or the first h1."""
    wanted = _key(title)
    first = None
    for heading in root.iter("h1", "h2", "h3"):
        if wanted and _key("".join(heading.itertext())[:600]) == wanted:
            return heading
        if heading.tag == "h1" and first is None:
            first = heading
    return first
