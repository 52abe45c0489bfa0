"""Make an article of a page: decode, extract, date, identify; or say why it is none."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from transforms.extract import bylines, plain, published
from transforms.extract.body import Body, extract_body
from transforms.extract.dating import Published, settle_day, zone_told
from transforms.extract.declared_body import prefer_declared
from transforms.extract.gate import THRESHOLD, Judgement, asks_password, judge, says_article
from transforms.extract.jsonld import node_types, text_of
from transforms.extract.markup import MAX_CHARS, displayable, parse_page, storable
from transforms.extract.metadata import PageMeta, read_metadata
from transforms.extract.sources import declared_url, is_mhtml, unpack_mhtml
from transforms.records import Article, Page, Rejected, content_id
from transforms.rejects import Reason
from transforms.text.arabic import normalise_text
from transforms.text.encoding import decode_bytes
from transforms.text.links import leads_nowhere, names_page
from transforms.text.redact import redact_url
from transforms.text.urls import canonicalise_url, registrable_host

STAGE: Final = "extract"
_DAY: Final = timedelta(days=1)
_BLANK: Final = b" \t\r\n\x00\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class _Draft:
    """What one kind of page gave, before it is identified and joined with its feed entry."""

    body: str
    extractor: str
    confidence: float
    title: str = ""
    url: str = ""
    canonical_url: str = ""
    summary: str = ""
    site_name: str = ""
    authors: tuple[str, ...] = ()
    published: Published = field(default_factory=Published)
    modified_at: datetime | None = None
    encoding: str | None = None
    zone: str | None = None  # in which the page seems to be written


def extract_article(page: Page) -> Article | Rejected:
    """Extract the article of a page.

    Args:
        page: one document as it came in; ``records.Page`` says what each kind means.

    Returns:
        The article (its language columns still empty), or the reason why there is none. Never
        raises on what a page holds.
    """
    if not page.content.strip(_BLANK) and not (page.kind == "body" and _title_given(page)):
        return _rejected(page, "empty_input", "no bytes")
    if page.kind == "html":
        draft = _from_html(page)
    elif page.kind == "fragment":
        draft = _from_fragment(page)
    elif page.kind == "text":
        draft = _from_text(page)
    else:
        draft = _from_body(page)
    return draft if isinstance(draft, Rejected) else _article(page, draft)


def _title_given(page: Page) -> str:
    return (page.title or (page.entry.title if page.entry else "")).strip()


def _rejected(page: Page, reason: Reason, detail: str) -> Rejected:
    return Rejected(
        "read" if reason == "empty_input" else STAGE,
        reason,
        detail,
        url=page.final_url or page.url or None,
        feed_url=page.feed_url,
        source_id=page.source_id,
        raw_ref=page.raw_ref,
        content_id=content_id(page.content),
    )


def _from_html(page: Page) -> _Draft | Rejected:
    data, content_type = page.content, page.content_type
    if is_mhtml(data):
        unpacked = unpack_mhtml(data)
        if unpacked is None:
            return _rejected(page, "unreadable", "MHTML without an HTML part")
        data, content_type = unpacked
    decoded = decode_bytes(data, content_type=content_type, markup="html")
    if len(decoded.text) > MAX_CHARS:
        return _rejected(page, "too_large", f"{len(decoded.text)} characters")
    root = parse_page(decoded.text)
    if root is None:
        return _rejected(page, "no_text", "nothing to parse")
    alive = list(root.iter())  # held, so that lxml does not make the same wrappers again and again
    url = page.final_url or page.url or declared_url(page.content)
    meta = read_metadata(root, url=url)
    password = asks_password(root)
    dated = published.published_of_page(page, meta, root, meta.canonical_url or url)
    body = extract_body(
        root,
        title=meta.title,
        description=meta.summary,
        scope=meta.scope,
        live="LiveBlogPosting" in node_types(meta.structured.article),
        others=meta.structured.others,
        sure=says_article(meta),
    )
    del alive
    body = prefer_declared(body, meta.structured.article)
    judgement = judge(
        meta,
        body,
        url or meta.canonical_url or meta.section_url,
        password=password,
        fed=page.entry is not None,
    )
    if judgement.reason:
        return _rejected(page, judgement.reason, judgement.detail)
    draft = _html_draft(page, meta, body, dated, judgement)
    return replace(draft, url=url, encoding=decoded.encoding)


def _html_draft(
    page: Page, meta: PageMeta, body: Body, dated: Published, judgement: Judgement
) -> _Draft:
    text = displayable(body.text)
    if dated.at is None:
        written = published.text_date(text[:20_000], published.context_of(page))
        dated = written or dated
    outlet = [meta.site_name, page.publisher or "", meta.structured.publisher]
    authors = bylines.clean_authors(meta.authors, outlet)
    return _Draft(
        body=text,
        extractor="jsonld" if body.declared else "trafilatura",
        confidence=_confidence(body, judgement),
        title=meta.title,
        canonical_url=meta.canonical_url,
        summary=meta.summary,
        site_name=meta.site_name,
        authors=authors or bylines.clean_authors(bylines.byline_in_text(text), outlet),
        published=dated,
        modified_at=published.modified_of_page(page, meta),
        zone=_zone(page, meta),
    )


def _zone(page: Page, meta: PageMeta) -> str | None:
    """The zone that the page's stamps and language tags tell."""
    said = [*meta.metas.values(), *meta.structured.article.values()]
    locales = [meta.metas.get("og:locale", ""), text_of(meta.structured.article.get("inLanguage"))]
    locales += [meta.language, (page.entry.language if page.entry else None) or ""]
    return zone_told((each for each in said if isinstance(each, str)), locales)


def _confidence(body: Body, judgement: Judgement) -> float:
    """How sure the extraction is, 0 to 1.

    Half is the gate's score (1.5, the threshold, gives 0.1; 8.5 and more the full half), half how
    well the text covers the prose of its region (all of it 0.5; a half or double the text 0.25).
    A page that hardly any evidence calls an article has at most half of that.
    """
    evidence = min(0.5, max(0.0, 0.1 + 0.4 * (judgement.score - 1.5) / 7.0))
    ratio = body.coverage if body.coverage <= 1 else 1 / body.coverage
    doubt = 0.5 if judgement.score < THRESHOLD else 1.0
    return round(doubt * (evidence + 0.5 * ratio), 3)


def _from_fragment(page: Page) -> _Draft | Rejected:
    decoded = decode_bytes(page.content, content_type=page.content_type, markup="html")
    if len(decoded.text) > MAX_CHARS:
        return _rejected(page, "too_large", f"{len(decoded.text)} characters")
    text = plain.fragment_text(decoded.text)
    if not text:
        return _rejected(page, "no_text", "markup without text")
    return _Draft(text, "feed", 0.9, published=_given_or_fed(page, text), encoding=decoded.encoding)


def _from_text(page: Page) -> _Draft | Rejected:
    text, encoding = plain.read_text(page.content, page.content_type)
    title, body = plain.split_title(text)
    if not body.strip():
        return _rejected(page, "empty_input", "white space only")
    return _Draft(
        body, "text", 1.0, title=title or "", published=_given_or_fed(page, text), encoding=encoding
    )


def _from_body(page: Page) -> _Draft | Rejected:
    text, encoding = plain.read_text(page.content, page.content_type)
    if not text.strip() and not _title_given(page):
        return _rejected(page, "empty_input", "white space only")
    # A feed's summary is no whole body; a prefetched body is what its sender says it is.
    summary = page.entry is not None and not page.title
    extractor, confidence = ("feed", 0.5) if summary else ("body", 1.0)
    dated = _given_or_fed(page, text)
    return _Draft(text, extractor, confidence, published=dated, encoding=encoding)


def _given_or_fed(page: Page, text: str) -> Published:
    """Date a plain text: given, feed entry, then what the text says of itself."""
    context = published.context_of(page)
    given = published.parse_date(page.published, context, "feed") if page.published else None
    fed = given or published.published_of_entry(page, context)
    if fed:
        return fed
    raw = page.published or (page.entry.published_raw if page.entry else "")
    return published.text_date(text[:20_000], context) or Published(raw=raw[:200] or None)


def _article(page: Page, draft: _Draft) -> Article:
    """Identify a draft and fill in what the feed's entry knows.

    A page may declare an address with a key in it, and links may carry one: the page goes by what
    is left without it.
    """
    entry = page.entry
    url = page.final_url or page.url or draft.url
    given = redact_url(page.url or url or draft.canonical_url or (entry.url if entry else ""))
    key = page.identity or redact_url(canonicalise_url(draft.canonical_url or url or given))
    if not key or (not page.identity and page.kind != "html" and _names_nothing(key)):
        key = "file:" + content_id(page.content)
    given = key if not given or leads_nowhere(given) else given
    title = storable(page.title or draft.title or (entry.title if entry else "")).strip() or None
    whole = f"{title or ''}\n{draft.body}"
    page_id, content_hash = content_id(key), content_id(whole)
    dateline, agency = bylines.dateline_of(draft.body)
    host = registrable_host(key)
    entry_authors = entry.authors if entry else ()
    dated = settle_day(draft.published, draft.body, url or given, draft.zone)
    return Article(
        article_id=content_id(page_id, content_hash),
        page_id=page_id,
        body=draft.body,
        content_hash=content_hash,
        norm_hash=content_id(normalise_text(whole)),
        source_id=page.source_id,
        url=given,
        canonical_url=key,
        feed_url=page.feed_url or (entry.feed_url if entry else None),
        publisher=page.publisher or draft.site_name or host or None,
        publisher_country=page.publisher_country,
        guid=redact_url(entry.guid) or None if entry else None,
        title=title,
        summary=draft.summary or (entry.summary or None if entry else None),
        authors=draft.authors or bylines.clean_authors(entry_authors, [page.publisher or ""]),
        agency=agency or bylines.signed_agency(draft.body) or _named_agency(entry_authors),
        dateline=dateline,
        published_at=draft.published.at,
        published_on=dated.day,
        published_precision=draft.published.precision,
        published_source=draft.published.source,
        published_raw=draft.published.raw,
        modified_at=draft.modified_at or (entry.modified_at if entry else None),
        fetched_at=page.fetched_at,
        event_time=event_time(draft.published.at, page.fetched_at),
        extractor=draft.extractor,
        extraction_confidence=draft.confidence,
        raw_ref=page.raw_ref,
        http_status=page.http_status,
        encoding=draft.encoding,
    )


def _names_nothing(key: str) -> bool:
    """Whether an address that a text came with is that of many: a front page, a placeholder."""
    return leads_nowhere(key) or (key.startswith("http") and not names_page(key))


def _named_agency(names: tuple[str, ...]) -> str | None:
    return next((found for name in names if (found := bylines.agency_of(name))), None)


def event_time(published_at: datetime | None, fetched_at: datetime | None) -> datetime | None:
    """When an article counts as having happened.

    Returns:
        ``published_at``, unless it lies more than a day after the fetch; then, or without it,
        ``fetched_at``; None when neither is known.
    """
    if published_at is None:
        return fetched_at
    if fetched_at is not None and published_at > fetched_at + _DAY:
        return fetched_at
    return published_at
