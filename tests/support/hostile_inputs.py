"""Attack files of our own making, so that the reliability tests never depend on other data.

Each is small, aims at one known weakness of a parser (a quadratic loop, a recursion, a character
no store takes) and says in its name what it does.
"""

from __future__ import annotations

import json
from typing import Final

SENTENCE: Final = (
    "تظاهر مئات العمال أمام مقر البرلمان في العاصمة تونس يوم الأربعاء 20 سبتمبر 2023 احتجاجا على "
    "ارتفاع الأسعار، وقال شهود عيان إن قوات الأمن أغلقت الشوارع المؤدية إلى الساحة. "
)
TEXT: Final = "\n".join(f"{SENTENCE * 3}وبلغ عدد المشاركين {n} شخصا." for n in range(100, 106))
PARAGRAPHS: Final = "".join(f"<p>{line}</p>" for line in TEXT.split("\n"))


def page(body: str = PARAGRAPHS, *, head: str = "", title: str = "مظاهرة في تونس") -> bytes:
    """A small news page round given markup."""
    return (
        f'<!DOCTYPE html><html lang="ar"><head><meta charset="utf-8"><title>{title}</title>{head}'
        f"</head><body><article><h1>{title}</h1>{body}</article></body></html>"
    ).encode("utf-8", "replace")


def feed(items: str, *, prolog: str = '<?xml version="1.0" encoding="utf-8"?>') -> bytes:
    """A small RSS feed round given items."""
    return (
        f'{prolog}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>أخبار</title><link>https://attack.example/</link>{items}</channel></rss>"
    ).encode("utf-8", "replace")


def item(number: int | str = 1, *, inside: str = "", title: str = "خبر عاجل من تونس") -> str:
    """One RSS item with full content, so that it needs no fetch."""
    return (
        f"<item><title>{title}</title><link>https://attack.example/{number}</link>"
        f"<guid>attack-{number}</guid>{inside}"
        f"<content:encoded><![CDATA[{PARAGRAPHS}]]></content:encoded></item>"
    )


def attack_pages() -> dict[str, bytes]:
    """Pages that aim at the decoder, the HTML parser, the extractor and the metadata readers."""
    spaces = " " * 200_000
    deep_json = '{"@graph":' + "[" * 50_000 + "]" * 50_000 + "}"
    return {
        "attributes.html": page(f"<p {' '.join(f'a{n}=1' for n in range(60_000))}>{PARAGRAPHS}"),
        "bold.html": page("<b>كلمة " * 60_000),
        "unclosed.html": page("<p>كلمة <div>" * 40_000),
        "nested.html": page("<div>" * 5_000 + PARAGRAPHS + "</div>" * 5_000),
        "nested_lists.html": page("<ul><li>" * 3_000 + PARAGRAPHS),
        "short_paragraphs.html": page("<p>أ</p>" * 80_000),
        "links.html": page("".join(f'<a href="/{n}">خبر {n}</a>' for n in range(60_000))),
        "table.html": page("<table><tr><td>خلية" * 20_000),
        "entities.html": page("<p>" + "&amp;" * 400_000),
        "references.html": page(PARAGRAPHS + "&#xD800;&#x110000;&#99999999999;&#0;" * 20_000),
        "comment.html": page(PARAGRAPHS + "<!--" * 100_000),
        "script.html": page(PARAGRAPHS + "<script>" + "<" * 500_000),
        "quotes.html": page(PARAGRAPHS, head="<meta content='" + '"' * 300_000),
        "jsonld_deep.html": page(head=f'<script type="application/ld+json">{deep_json}</script>'),
        "jsonld_quotes.html": page(
            head='<script type="application/ld+json">{"a":"' + '\\"' * 100_000 + "</script>"
        ),
        "jsonld_many.html": page(
            head='<script type="application/ld+json">{"@type":"NewsArticle"}</script>' * 8_000
        ),
        "jsonld_date.html": page(
            head='<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"'
            + "1" * 200_000
            + '"}</script>'
        ),
        "metas.html": page(head="<meta property='og:title' content='عنوان'>" * 30_000),
        "long_canonical.html": page(
            head=f'<link rel="canonical" href="https://a.example/{"x" * 60_000}">'
        ),
        "open_links.html": page(head="<link rel=canonical " * 5_000),
        "saved.html": b"<!-- saved from url=(" + b"9" * 60_000 + b" saved from url=(" * 3_000,
        "title.html": page(title="عنوان " * 150_000),
        "spaces.html": page(f"<p>{spaces}</p><p>\n{spaces}\t{spaces}</p>{PARAGRAPHS}"),
        "one_word.html": page(f"<p>{'ا' * 500_000}</p>{PARAGRAPHS}"),
        "digits.html": page(f"<p>{'1' * 200_000} {'٣ ' * 100_000}</p>{PARAGRAPHS}"),
        "diacritics.html": page(f"<p>ب{'ّ' * 300_000}</p>{PARAGRAPHS}"),
        "dates.html": page(f"<p>{'يوم 20 سبتمبر/أيلول 2023 ' * 10_000}</p>"),
        "places.html": page(f"<p>{'قتل في تونس والجزائر ومصر وليبيا و' * 8_000}</p>"),
        "quoted.html": page(f"<p>{'قال «' * 60_000}</p>{PARAGRAPHS}"),
        "nul.html": page(PARAGRAPHS.replace(" ", "\x00 "), title="مظاهرة\x00 في\x00 تونس"),
        "bidi.html": page(PARAGRAPHS.replace(" ", "\u202e \u2066"), title="\u202eعنوان\u202c"),
        "bytes.html": bytes(range(256)) * 2_000,
        "utf7.html": page(head='<meta charset="utf-7">') + b"+ADw-script+AD4-",
        "charset.html": page().replace(b'charset="utf-8"', b'charset="undefined"'),
        "charset_idna.html": page().replace(b'charset="utf-8"', b'charset="idna"'),
        "half_utf16.html": b"\xff\xfe" + page().decode().encode("utf-16-le")[:-3],
        "style.html": page(f'<p style="{"a:b;" * 50_000}">{PARAGRAPHS}'),
        "base.html": page(head='<base href="javascript:alert(1)//">'),
        "frameset.html": b"<frameset>" * 20_000,
        "mhtml.mhtml": b"Content-Type: multipart/related; boundary=x\r\n\r\n"
        + b"--x\r\nContent-Type: multipart/related; boundary=x\r\n\r\n" * 5_000,
    }


def attack_feeds() -> dict[str, bytes]:
    """Feeds that aim at the XML readers, the loose parser, dates, people and links."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "هاها"}">' for n in range(10))
    many = "".join(item(n) for n in range(5))
    deep = '{"version":"https://jsonfeed.org/version/1.1","items":' + "[" * 100_000
    return {
        "laughs.xml": feed(item(title="&l9;"), prolog=f"<!DOCTYPE rss [{laughs}]>"),
        "quadratic.xml": feed(
            item(title="&a;" * 2_000), prolog=f'<!DOCTYPE rss [<!ENTITY a "{"أ" * 50_000}">]>'
        ),
        "parameter.xml": feed(
            item(), prolog="<!DOCTYPE rss [<!ENTITY % p \"<!ENTITY q '%p;'>\">%p;]>"
        ),
        "prolog.xml": b"\n" * 60_000 + feed(many),
        "instruction.xml": b"<?xml " + b" encoding='" * 6_000 + feed(many),
        "author.xml": feed(item(inside=f"<author>{'a@' * 30_000}</author>")),
        "style.xml": feed(
            "<item><title>خبر</title><description><![CDATA[<p style="
            + "a" * 40_000
            + ">]]></description></item>"
        ),
        "deep.xml": feed("<a>" * 20_000),
        "deep_item.xml": feed(item(inside="<a>" * 5_000)),
        "attributes.xml": feed(f"<item {' '.join(f'a{n}={n}' for n in range(20_000))}/>{many}"),
        "empty_items.xml": feed("<item/>" * 60_000),
        "broken_items.xml": feed("<item><title>خبر &" * 20_000),
        "categories.xml": feed(item(inside="<category>فئة</category>" * 20_000)),
        "guid.xml": feed(f"<item><guid>{'g' * 500_000}</guid><title>خبر</title></item>"),
        "link.xml": feed(f"<item><link>https://a.example/{'x/../' * 60_000}</link></item>"),
        "date.xml": feed(item(inside=f"<pubDate>{'9' * 100_000}</pubDate>")),
        "surrogate.xml": feed(item(title="خبر &#xD800; &#xDFFF;")),
        "reference.xml": feed(item(title="خبر &#x7FFFFFFFF; &#99999999999999;")),
        "undefined.xml": feed(many, prolog='<?xml version="1.0" encoding="undefined"?>'),
        "controls.xml": feed(item(title="خبر \x00\x01\x0b\ufffe")),
        "cdata.xml": feed("<item><title><![CDATA[" + "]]" * 100_000),
        "base.xml": feed("<a xml:base='x/'>" * 3_000 + many),
        "namespaces.xml": feed(
            "".join(f"<n{n}:a xmlns:n{n}='u{n}'/>" for n in range(20_000)) + many
        ),
        "deep.json": deep.encode(),
        "numbers.json": (
            '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":'
            + "9" * 5_000
            + ',"content_text":"خبر","date_published":1e999}]}'
        ).encode(),
        "types.json": json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": ["x"],
                "items": [None, 5, [], {"id": {}, "title": [], "authors": {"name": 3}}],
            }
        ).encode(),
    }


def attack_lines() -> list[bytes]:
    """Lines of prefetched documents that aim at the JSON reader and at what it hands on."""
    return [
        b'{"a":' + b"[" * 100_000,
        b'{"id": "nan", "body": NaN}',
        b'{"id": "half", "body": "\\ud83d", "title": NaN}',
        b'{"id": "half", "body": "\\ud83d", "title": ' + b"[" * 50_000,
        b'{"id": "big", "body": "' + b"\\ud83d" * 50_000 + b'"}',
        b"\xff\xfe\x00" * 1_000,
        b'{"id": "b64", "html_base64": "****"}',
        b'{"id": ["list"], "body": {"a": [1]}, "url": 5, "title": [], "published_at": 1e300}',
        b'{"id": "kind", "html": "<html>", "content_type": "text/html; charset=\\u0000"}',
        json.dumps({"id": "url", "url": "http://[" * 9_000, "body": TEXT}).encode(),
        json.dumps({"id": "type", "html": PARAGRAPHS, "content_type": "a/b;" * 30_000}).encode(),
        json.dumps({"id": "at", "body": TEXT, "published_at": "9" * 90_000}).encode(),
        json.dumps({"id": "spaces", "body": " " * 400_000 + TEXT}).encode(),
        json.dumps({"id": "marks", "body": "«" * 300_000 + TEXT}).encode(),
        json.dumps({"id": "commas", "body": "و" + "، " * 200_000 + TEXT}).encode(),
        json.dumps({"id": "brackets", "body": "([{" * 100_000 + TEXT}).encode(),
        json.dumps({"id": "title", "title": "عنوان " * 50_000, "body": TEXT}).encode(),
    ]
