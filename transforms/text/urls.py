"""URLs as keys: one canonical spelling per page, the registrable host, links made absolute.

The canonical URL is a key (``page_id`` is its hash), never what is fetched. Two spellings get the
same key when publishers, feeds, phones, AMP caches and share buttons are known to write the same
page in both ways; anything that can name another page (path, letter case, ids, page numbers,
ports, sub-domains) is kept. The rules are explained in the tests, one case each.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote_from_bytes, unquote, urljoin, urlsplit


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Bidi marks, zero-width letters, soft hyphen, BOM: invisible, so never part of a name.
_INVISIBLE: Final = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
_INVISIBLE_RE: Final = re.compile(f"[{_INVISIBLE}]")
_JUNK_RE: Final = re.compile(f"[\x00-\x1f\x7f-\x9f{_INVISIBLE}]")
_EDGE_RE: Final = re.compile(rf"[\s\x00-\x1f{_INVISIBLE}]")
_LONE_SURROGATE_RE: Final = re.compile("[\ud800-\udfff]")

_SCHEME_RE: Final = re.compile(r"(?:feed:)?(?:(https?|feed):[/\\]*)+|//|(?=www\.)", re.IGNORECASE)
_AUTHORITY_RE: Final = re.compile(r"[^/?#\\]*")
_PORT_RE: Final = re.compile(r":([0-9]*)\Z")
_ASCII_HOST_RE: Final = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")
_ESCAPES_RE: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_PLAIN_RE: Final = re.compile(r"[A-Za-z0-9/._~-]*")  # paths that need no recoding
_PATH_SAFE: Final = "!$&'()*+,;=:@~"
_QUERY_SAFE: Final = "!$'()*,:@/?;~"

_LEFT_OVER_RE: Final = re.compile(r"(?:&|\A)(?:amp;)+", re.IGNORECASE)  # of HTML escaped twice

# Second-level labels that are no site's own name: m.com.eg is a site, not the phones' com.eg.
_SHARED_LABELS: Final = _words(
    "ac co com edu gob gov go gouv ind info int ltd med mil ne net nic or org plc sch"
)
_DEVICE_LABELS: Final = frozenset({"www", "m", "mobile", "amp"})

_INDEX_RE: Final = re.compile(
    r"(?:index\.(?:html?|shtml|php|aspx?|jsp|cfm)|default\.(?:html?|aspx?))\Z", re.IGNORECASE
)
_SESSION_PATH_RE: Final = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
_LANGUAGE_RE: Final = re.compile(r"[a-z]{2}(?:-[a-z]{2})?\Z", re.IGNORECASE)
_AMP_SEGMENTS: Final = frozenset({"amp", "amp.html", "amphtml"})
_AMP_SUFFIX_RE: Final = re.compile(r"(?<=[^.])\.amp(?=(?:\.html?)?\Z)|(?<=\.html)\.amp\Z")

_TRACKING: Final = _words(
    """
    __cft__ __tn__ __twitter_impression _branch_match_id _bta_c _bta_tid _ga _gl _hsenc _hsmi
    _openstat _trkparms _trksid action_object_map action_ref_map action_type_map amp_ct amp_gsa
    amp_js_v amp_kit amp_lite amp_r amp_tf aoh cmp cmpid cndid cx_artpos dclid dicbo dm_i ef_id
    epik fb_action_ids fb_action_types fb_ref fb_source fbclid fbc feedburner gbraid gclid gclsrc
    guce_referrer guce_referrer_sig guccounter hsctatracking icid igsh igshid irclickid ito kclid
    li_fat_id maca mbid mc_cid mc_eid mibextid mkt_tok mkwid msclkid ncid ns_campaign ns_fee
    ns_linkname ns_mchannel ns_source ocid oly_anon_id oly_enc_id piwik_campaign piwik_kwd
    rb_clickid recruiter ref_src ref_url referer referrer s_cid s_kwcid sc_channel sc_cid
    sc_src smid smtyp soc_src soc_trk spm sr_share srsltid tblci traffic_source trk trkcampaign
    trk_contact trk_msg ttclid twclid usqp vero_conv vero_id wbraid wickedid wt_mc wt_mc_o xtor
    yclid ymclid ysclid zanpid
    """
)
_TRACKING_RE: Final = re.compile(
    r"(?:utm|mtm|matomo|hsa|itm|stm|at)_[a-z0-9_]+\Z|wt\.[a-z_]+\Z|utm\Z|"
    r"(?:ga|pk)_(?:campaign|cid|content|keyword|kwd|medium|source|term)\Z|"
    r"(?:php|j)?sessionid\Z|phpsessid\Z|aspsessionid[a-z]*\Z|cftoken\Z|__[a-z]+_imp[a-z]*\Z|_\Z"
)
# Parameters that are noise only with such a value; with another one they may name the page.
_CHANNELS: Final = _words(
    """
    app article atom email facebook fb feed feedburner feedly footer gmail google googlenews header
    home homepage hp instagram linkedin mail messenger mobile mostread newsletter nl pinterest push
    related rss rss2 rssfeed search share sharing sidebar sitemap slider social t.co telegram tg
    ticker tiktok top twitter tw web website whatsapp widget wa x youtube
    """
)
_CHANNEL_KEYS: Final = _words(
    "campaign cid feature from medium origin partner ref share source src via"
)
_FLAGS: Final = frozenset({"", "0", "1", "true", "false", "yes", "no", "on", "y"})
_FLAG_KEYS: Final = _words("amp isamp is_amp m mobile noamp nonamp nocache print printable rss")
_AMP_KEYS: Final = _words(
    "amp format layout mode output outputtype service template theme type version view"
)
_SESSION_RE: Final = re.compile(r"(?=[0-9]*[a-z])(?=[a-z]*[0-9])[0-9a-z]{20,64}", re.IGNORECASE)
_SESSION_KEYS: Final = frozenset({"sid", "sess", "session", "s_id", "osessionid"})

_GOOGLE_HOST_RE: Final = re.compile(r"google\.(?:[a-z]{2,3})(?:\.[a-z]{2})?\Z")
_AMP_CACHE_RE: Final = re.compile(r"(?:.+\.)?(?:cdn\.ampproject\.org|bing-amp\.com)\Z")
_AMP_CACHE_PATH_RE: Final = re.compile(r"/(?:amp|[a-z]{1,2}(?:/[a-z]{1,2})?)/(?=[^/]+\.)")
_REDIRECTORS: Final = {"l.facebook.com": ("u",), "lm.facebook.com": ("u",)}
_MAX_WRAPPERS: Final = 3
_MAX_PASSES: Final = 8
_MAX_LENGTH: Final = 8192  # code points; what is longer is no address


def canonicalise_url(url: str) -> str:
    """Give a page's one canonical spelling.

    ``https``, host in lower-case ASCII (IDNA) without ``www``, phone and AMP labels, no default
    port, user or fragment (``#!`` and ``#/`` routes stay), path without dot segments, double and
    trailing slashes, AMP marks, session ids and index files, escapes recoded from NFC text
    without invisible characters, query sorted by name without tracking parameters. AMP caches
    and known redirectors are unwrapped. Idempotent.

    Args:
        url: any text.

    Returns:
        The canonical URL. What has no http(s) host (``file:`` keys, ``tag:`` ids, relative
        links, nonsense, more than 8,192 characters) comes back unchanged but for white space and
        invisible characters at its ends; so "" only for a blank input. Never raises.

    >>> canonicalise_url("http://www.News.example:80/a/./1/?utm_source=x&id=7#top")
    'https://news.example/a/1?id=7'
    """
    text = _trim(url)
    if len(text) > _MAX_LENGTH:
        return text
    for _ in range(_MAX_PASSES):  # taking one thing off can bring another to light
        canonical = _canonicalise(text, _MAX_WRAPPERS) or text
        if canonical == text:
            break
        text = canonical
    return text


def registrable_host(url: str) -> str:
    """Name the site of a URL: the part of its host that somebody registered.

    Works from the public suffix list that tldextract ships: no network, no cache on disk.

    Returns:
        "aljazeera.net" for https://m.aljazeera.net/x; the host itself when it is an address or
        a single label; "" when the URL has no host.
    """
    text = _trim(url)
    parts = _split(text) if len(text) <= _MAX_LENGTH else None
    return _registrable(parts[1]) if parts else ""


def resolve_link(base: str, href: str) -> str:
    """Make a link absolute.

    Args:
        base: the URL it was found at.
        href: the link as written.

    Returns:
        An absolute http(s) URL, its spelling otherwise untouched; "" when there is none
        (``javascript:``, ``mailto:``, a relative link without a base, nonsense).
    """
    link = _JUNK_RE.sub("", _trim(href))
    if len(link) > _MAX_LENGTH:
        return ""
    try:
        joined = urljoin(_trim(base), link) if link else ""
        parts = urlsplit(joined)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return ""
    return joined if usable else ""


def _trim(text: str) -> str:
    """Take white space and invisible characters off both ends (linear, unlike a regex)."""
    start, end = 0, len(text)
    while start < end and _EDGE_RE.match(text, start):
        start += 1
    while end > start and _EDGE_RE.match(text, end - 1):
        end -= 1
    return text[start:end]


def _canonicalise(text: str, wrappers: int) -> str | None:
    """Canonicalise; None when there is no http(s) host."""
    parts = _split(text)
    if parts is None:
        return None
    scheme, raw_host, port, rest = parts
    rest, _, fragment = rest.partition("#")
    path, _, query = rest.partition("?")
    inner = _unwrap(raw_host, path, query) if wrappers else None
    if inner is not None:
        found = _canonicalise(inner, wrappers - 1)
        if found is not None:
            return found
    if port == {"http": "80", "https": "443"}[scheme]:
        port = ""
    if port not in {"80", "443"}:
        scheme = "https"
    authority = f"{_site_host(raw_host)}:{port}" if port else _site_host(raw_host)
    query = _canonical_query(query)
    route = _recode(fragment, _QUERY_SAFE) if fragment[:1] in {"!", "/"} else ""
    route = f"#{route}" if route.strip("!/") else ""  # names a page, not a place in this one
    return f"{scheme}://{authority}{_canonical_path(path)}{'?' if query else ''}{query}{route}"


def _split(text: str) -> tuple[str, str, str, str] | None:
    """Split into scheme, host (ASCII, lower case), port ("" when none) and the rest."""
    text = _JUNK_RE.sub("", text)
    match = _SCHEME_RE.match(text)
    if match is None:
        return None
    scheme = (match[1] or "https").lower()
    authority = _AUTHORITY_RE.match(text, match.end())
    assert authority is not None  # noqa: S101 - the pattern matches the empty text too
    rest = text[authority.end() :]
    name = authority[0].rpartition("@")[2]
    port = _PORT_RE.search(name)
    number = ""
    if port is not None:
        name = name[: port.start()]
        number = port[1].lstrip("0") or ("0" if port[1] else "")
    host = _ascii_host(name)
    if not host or len(number) > 5 or int(number or 0) > 65_535:
        return None
    return ("http" if scheme == "feed" else scheme), host, number, rest


@functools.lru_cache(maxsize=4096)
def _ascii_host(name: str) -> str:
    """Spell a host in lower-case ASCII; "" when it is none."""
    if "%" in name:
        name = _JUNK_RE.sub("", unquote(name))
    host = name.lower().rstrip(".")
    if not host.isascii():
        import idna  # noqa: PLC0415 - 20 ms of tables that few runs need

        try:
            host = idna.encode(name.rstrip(".。"), uts46=True).decode("ascii").lower()
        except (idna.IDNAError, UnicodeError):
            return ""
    return host if len(host) <= 253 and _ASCII_HOST_RE.fullmatch(host) else ""


@functools.lru_cache(maxsize=4096)
def _site_host(host: str) -> str:
    """Take the labels off a host that only name a device or a form (www, m, mobile, amp)."""
    labels = host.split(".")
    while labels[0] in _DEVICE_LABELS and _is_site(labels[1:]):
        del labels[0]
    if len(labels) > 3 and labels[1] == "m" and _is_site(labels[2:]):  # ar.m.wikipedia.org
        del labels[1]
    return ".".join(labels)


def _is_site(labels: list[str]) -> bool:
    """Say whether labels can be a site by themselves, not a bare public suffix."""
    if len(labels) == 2:
        return not (labels[0] in _SHARED_LABELS and len(labels[1]) == 2)
    return len(labels) > 2


@functools.lru_cache(maxsize=4096)
def _registrable(host: str) -> str:
    found = _extractor()(host)
    return str(found.top_domain_under_public_suffix) or host


@functools.cache
def _extractor() -> Callable[[str], Any]:
    import tldextract  # noqa: PLC0415 - reads the suffix list, which few callers need

    return tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())


def _unwrap(host: str, path: str, query: str) -> str | None:
    """Find the page's own URL in that of an AMP cache or a redirector."""
    bare = _site_host(host)
    google = bool(_GOOGLE_HOST_RE.match(bare))
    if _AMP_CACHE_RE.match(bare) or (google and path.startswith("/amp/")):
        match = _AMP_CACHE_PATH_RE.match(path.replace("/amp/s/", "/amp/", 1))
        if match is None:
            return None
        target = path.replace("/amp/s/", "/amp/", 1)[match.end() :]
        return f"https://{target}{'?' if query else ''}{query}"
    names: tuple[str, ...] = _REDIRECTORS.get(host, ())
    if google and path == "/url":
        names = ("url", "q")
    for name in names:
        for pair in query.split("&"):
            key, _, value = pair.partition("=")
            if key == name and value.lower().startswith("http"):
                return unquote(value)
    return None


def _canonical_path(path: str) -> str:
    segments: list[str] = []
    for raw in path.replace("\\", "/").split("/"):
        segment = raw if _PLAIN_RE.fullmatch(raw) else _recode(raw, _PATH_SAFE)
        if ";" in segment:
            segment = _recode(_SESSION_PATH_RE.sub("", segment), _PATH_SAFE)
        if segment == "..":
            del segments[-1:]
        elif segment not in {"", "."}:
            segments.append(segment)
    while segments and _take_off_form(segments):
        pass
    return "/" + "/".join(segments)


def _take_off_form(segments: list[str]) -> bool:
    """Take one mark of a form off a path: an index file, /amp at an end, x.amp, x.amp.html.

    Returns:
        Whether there was one.
    """
    last = segments[-1]
    if last.lower() in _AMP_SEGMENTS or _INDEX_RE.match(last):
        del segments[-1]
    elif segments[0].lower() == "amp":
        del segments[0]
    elif len(segments) > 2 and segments[1].lower() == "amp" and _LANGUAGE_RE.match(segments[0]):
        del segments[1]
    else:
        segments[-1] = _recode(_AMP_SUFFIX_RE.sub("", last), _PATH_SAFE)
        return segments[-1] != last
    return True


def _canonical_query(query: str) -> str:
    if not query:
        return ""
    pairs: dict[tuple[str, str], None] = {}
    for raw in _LEFT_OVER_RE.sub("&", query).split("&"):
        name, _, value = raw.partition("=")
        key = _recode(name.replace("+", " "), _QUERY_SAFE)
        content = _recode(value.replace("+", " "), _QUERY_SAFE + "=")
        if (key or content) and not _is_noise(key.lower(), content.lower()):
            pairs[key, content] = None
    kept = sorted(pairs, key=lambda pair: pair[0])  # stable: a name's own values keep their order
    return "&".join(f"{key}={content}" if content else key for key, content in kept)


def _is_noise(key: str, value: str) -> bool:
    """Say whether a parameter (both parts in lower case) says nothing about which page it is."""
    if key in _TRACKING or _TRACKING_RE.match(key):
        return True
    if key in _CHANNEL_KEYS:
        return value in _CHANNELS
    if value == "amp" and key in _AMP_KEYS:
        return True
    if key in _FLAG_KEYS:
        return value in _FLAGS
    return key in _SESSION_KEYS and bool(_SESSION_RE.fullmatch(value))


def _recode(text: str, safe: str) -> str:
    """Spell escapes in one way: NFC text, invisible characters out, reserved ones kept escaped."""
    if _PLAIN_RE.fullmatch(text):
        return text
    text = _LONE_SURROGATE_RE.sub("\ufffd", text)
    for _ in range(4):  # bytes that were no text can become text beside each other
        decoded = _ESCAPES_RE.sub(_decode_escapes, text)
        clean = unicodedata.normalize("NFC", _INVISIBLE_RE.sub("", decoded)).strip()
        coded = _encode(clean, safe)
        if coded == text:
            break
        text = coded
    return text


def _decode_escapes(match: re.Match[str]) -> str:
    """Decode a run of escapes; bytes that are no UTF-8 ride through as lone surrogates.

    A percent sign and the delimiters of URLs stay escaped: decoded, they would mean something.
    """
    decoded = bytes.fromhex(match[0].replace("%", "")).decode("utf-8", "surrogateescape")
    return decoded.translate(_KEPT)


_KEPT: Final = {code: f"%{code:02X}" for code in (*range(32), 127, *b"%/?#[]&+\\", *b'"<>^`{|}')}


def _encode(text: str, safe: str) -> str:
    """Percent-encode what is not plain, leaving escapes alone."""
    pieces = []
    position = 0
    for match in _ESCAPES_RE.finditer(text):
        pieces.append(_quote(text[position : match.start()], safe))
        pieces.append(match[0].upper())
        position = match.end()
    pieces.append(_quote(text[position:], safe))
    return "".join(pieces)


def _quote(text: str, safe: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogateescape"), safe=safe)
