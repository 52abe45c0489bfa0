"""Which node of a page's JSON-LD is its own, and what broken JSON-LD plainly says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from transforms.extract import extract_article, lenient_json
from transforms.records import Article, Page

TITLE = "اللجنة توزع البذور على مزارعي الوادي قبل موسم الأمطار"
HERE = "https://daffa.example/2024/story-1.html"
PROSE = (
    "<p>بدأت اللجنة توزيع البذور على مزارعي الوادي، وقالت إن الكميات تكفي الموسم كله.</p>"
    "<p>وأضافت أن التوزيع يشمل القرى الشمالية أولا ثم بقية القرى خلال الأسبوع المقبل.</p>"
    "<p>ورحب المزارعون بالخطوة، وطالبوا بإصلاح القنوات قبل بدء الأمطار في الخريف.</p>"
)


def _page(*scripts: str, head: str = "", title: str = TITLE) -> bytes:
    blocks = "".join(f'<script type="application/ld+json">{each}</script>' for each in scripts)
    return (
        f"<html><head><title>{title}</title>{head}{blocks}</head>"
        f"<body><article><h1>{title}</h1>{PROSE}</article></body></html>"
    ).encode()


def _article(*scripts: str, url: str = "", head: str = "") -> Article:
    found = extract_article(Page(_page(*scripts, head=head), "html", url=url))
    assert isinstance(found, Article), found
    return found


def _node(day: int, headline: str = TITLE, **more: Any) -> dict[str, Any]:
    author = {"@type": "Person", "name": "سمر الحلبي" if day == 1 else "نبيل الكردي"}
    published = f"2024-03-{day:02}T10:00:00Z"
    return {
        "@type": "NewsArticle",
        "headline": headline,
        "datePublished": published,
        "author": author,
        **more,
    }


OTHER = "افتتاح جسر المدينة الجديد أمام السيارات"
OWN_POOR = {"@type": "Article", "headline": TITLE, "datePublished": "2024-03-01T10:00:00Z"}
RICH = _node(9, OTHER, publisher={"@type": "Organization", "name": "الضفة"}, url=HERE + "?other")
WEB = {"@type": "WebPage", "@id": HERE}


@pytest.mark.parametrize(
    "scripts",
    [
        # the headline is the page's; a richer node stands before or after it
        [OWN_POOR, RICH],
        [RICH, OWN_POOR],
        [[RICH, _node(9, "خبر ثالث عن الطقس غدا"), OWN_POOR]],
        # the address is the page's, the headline was changed by the desk
        [_node(9, OTHER, url="https://daffa.example/2"), _node(1, "بذور للمزارعين", url=HERE)],
        [_node(9, OTHER), _node(1, "بذور للمزارعين", mainEntityOfPage={"@id": HERE})],
        [_node(9, OTHER), _node(1, "بذور للمزارعين", mainEntityOfPage=HERE + "#main")],
        [_node(9, OTHER), _node(1, "بذور للمزارعين", **{"@id": HERE + "#article"})],
        # neither tells: the first in the document
        [_node(1, "بذور للمزارعين"), _node(9, "بذور للمزارعين", publisher={"name": "الضفة"})],
        # mainEntity is followed, by place and by name
        [{**WEB, "mainEntity": _node(1)}, _node(9, OTHER)],
        [
            {
                "@graph": [
                    _node(9, OTHER),
                    {**WEB, "mainEntity": {"@id": "#a"}},
                    _node(1, **{"@id": "#a"}),
                ]
            }
        ],
        [{**WEB, "mainEntity": {"@type": "NewsArticle", "@id": "#a"}}, _node(1, **{"@id": "#a"})],
        # a live blog's updates, related and listed articles never
        [{**_node(1), "@type": "LiveBlogPosting", "liveBlogUpdate": [_node(9), _node(8)]}],
        [{**_node(1), "hasPart": [_node(9)], "relatedLink": [_node(8)], "citation": _node(7)}],
        [{"@type": "ItemList", "itemListElement": [{"item": _node(9)}]}, _node(1)],
        [{**WEB, "relatedArticles": [_node(9)], "significantLink": _node(8)}, _node(1)],
        # a container without a type
        [{"data": {"article": _node(1)}}],
        [{"@context": "https://schema.org", "@graph": [[_node(1)]]}],
    ],
    ids=str,
)
def test_own_node(scripts: list[Any]) -> None:
    found = _article(*(json.dumps(each, ensure_ascii=False) for each in scripts), url=HERE)
    assert found.published_at is not None
    assert found.published_at.day == 1
    assert "نبيل الكردي" not in found.authors


def test_a_node_of_another_article_is_not_ours() -> None:
    other = json.dumps(_node(9, OTHER, url="https://daffa.example/2"), ensure_ascii=False)
    for url in (HERE, ""):
        found = _article(other, url=url)
        assert found.published_at is None
        assert found.authors == ()
        assert found.title == TITLE
    canonical = _article(other, head=f"<link rel=canonical href={HERE}>")
    assert canonical.published_at is None


@pytest.mark.parametrize(
    "author",
    [
        {"@id": "#p"},
        [{"@id": "#p"}],
        {"@type": "Person", "@id": "#p"},
        {"@type": "Person", "name": "سمر الحلبي"},
        ["سمر الحلبي"],
        [{"@id": "#nobody"}, {"@id": "#p"}],
    ],
    ids=str,
)
@pytest.mark.parametrize("apart", [False, True])
def test_authors_by_name(author: Any, apart: bool) -> None:
    person = {"@type": "Person", "@id": "#p", "name": "سمر الحلبي"}
    article = {**_node(1), "author": author}
    graphs: list[Any] = [article, person] if apart else [{"@graph": [article, person]}]
    found = _article(*(json.dumps(each, ensure_ascii=False) for each in graphs))
    assert found.authors == ("سمر الحلبي",)


INNER = '{"@type":"NewsArticle","headline":%s,"datePublished":"2024-03-01T10:00:00Z"}'
PLAIN = INNER % f'"{TITLE}"'


@pytest.mark.parametrize(
    "script",
    [
        f"//<![CDATA[\n{PLAIN}\n//]]>",
        f"/*<![CDATA[*/{PLAIN}/*]]>*/",
        f"<![CDATA[{PLAIN}]]>",
        f"<!--\n{PLAIN}\n-->",
        f"<!-- {PLAIN} //-->",
        f"\ufeff{PLAIN};",
        f"{PLAIN};\n;",
        f"{PLAIN[:-1]},}};",
        f"{PLAIN}{PLAIN}",
        f"{PLAIN},\n{PLAIN}",
        INNER % '"قال "نعم" للقانون"',
        INNER % '""نعم" للقانون"',
        INNER % '"القانون: "نعم""',
        INNER % '"قال "نعم", "لا" للقانون"',
        INNER % '"قال: "لا": لا شيء"',
        INNER % '"قال\nنعم\tللقانون"',
        INNER % r'"قال \'نعم\' للقانون\x"',
        INNER % '"قال &quot;نعم&quot;"',
        PLAIN.replace('"', "&quot;"),
        PLAIN.replace('","', '"\n"'),
        PLAIN.replace('","', '" "'),
        PLAIN.replace("T10:00:00Z", "T12:00:00&#43;02:00"),
        PLAIN.replace('"datePublished"', '"wordCount":NaN,"datePublished"'),
        PLAIN.replace('"datePublished"', '"image":undefined,\n// a note\n"datePublished"'),
        PLAIN.replace('"datePublished"', '"image":,"datePublished"'),
        PLAIN.replace('"datePublished"', "datePublished"),
        PLAIN.replace('"', "'"),
        PLAIN[:-1],
        f"[{PLAIN}",
        f"[{PLAIN},]",
        f'{{"@graph":[{PLAIN}}}',
        f"var data = {PLAIN};",
        PLAIN[:-1] + ',"articleBody":"نص لم ينته',
    ],
)
def test_broken_scripts_are_read_for_what_they_say(script: str) -> None:
    found = _article(script)
    assert found.published_at is not None
    assert found.published_at.isoformat()[:16] == "2024-03-01T10:00"
    assert found.published_source == "jsonld"


@pytest.mark.parametrize(
    "text", ["", " ", "[", "{", '"', "x", "{]}", "}{", "//", ";", "<!--", "{'"]
)
def test_nothing_to_read(text: str) -> None:
    assert not [value for value in lenient_json.load(text) if value]


@pytest.mark.parametrize(
    "text",
    ["{" * 200_000, '{"a":' * 50_000, '{"a' + '"' * 200_000, '{"a":"' + '\\"' * 100_000,
     "[" + '"a" ' * 60_000, "/*" * 100_000 + "{", '{"a":"' + " " * 200_000, "{" + "," * 200_000],
)  # fmt: skip
def test_attacks_end(text: str) -> None:  # a quadratic reader would not, in a test's time
    assert isinstance(lenient_json.load(text), list)
