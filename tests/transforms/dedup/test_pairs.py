"""Every verified pair within seven days, whatever the order, in bounded work."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.dedup import pairs as pairs_module
from transforms.dedup.candidates import PREDECESSORS, key_candidates, key_table, meetings
from transforms.dedup.fingerprint import fingerprint
from transforms.dedup.pairs import find_pairs, order_in_time
from transforms.records import Article, Fingerprint, content_id

START = datetime(2026, 3, 1, tzinfo=UTC)
WORDS = [a + b + c for a in "ابتثجح" for b in "سشصضطظ" for c in "عغفقكل"]
random = Random(7)  # noqa: S311 - test data, no secret
STORY = " ".join(random.choices(WORDS, k=120))
VARIANT = "متابعات " + STORY.replace(STORY.split()[60], "بدل")
EXCERPT = " ".join(STORY.split()[:50])
OTHER = " ".join(random.choices(WORDS, k=120))


def article(
    name: str,
    body: str = STORY,
    day: float | None = 0,
    page: str | None = None,
    publisher: str | None = "p",
    agency: str | None = None,
) -> Fingerprint:
    at = None if day is None else START + timedelta(days=day)
    same = content_id(body)
    return fingerprint(
        Article(
            name, page or name, body, same, same,
            publisher=publisher, agency=agency, published_at=at, event_time=at,
        )
    )  # fmt: skip


def names(found: list) -> set[tuple[str, str, str]]:
    return {(pair.article_a, pair.article_b, pair.kind) for pair in found}


def test_kinds_of_pairs() -> None:
    found = find_pairs(
        [
            article("d", EXCERPT, 3),
            article("b", STORY, 1),
            article("a", STORY, 0),
            article("c", VARIANT, 2),
            article("e", OTHER, 2),
        ]
    )
    assert names(found) == {
        ("a", "b", "exact"),
        ("a", "c", "near"),
        ("b", "c", "near"),
        ("a", "d", "contained"),
        ("b", "d", "contained"),
        ("c", "d", "contained"),
    }
    assert [pair.day_gap for pair in found] == [1.0, 2.0, 3.0, 1.0, 2.0, 1.0]
    exact = found[0]
    assert (exact.jaccard, exact.containment) == (1.0, 1.0)
    assert all(0 < pair.jaccard <= pair.containment <= 1 for pair in found)


def test_seven_days_are_the_limit() -> None:
    assert names(find_pairs([article("a", day=0), article("b", day=7)])) == {("a", "b", "exact")}
    assert find_pairs([article("a", day=0), article("b", day=7.01)]) == []
    assert find_pairs([article("a", STORY, 0), article("b", VARIANT, 7.01)]) == []


def test_a_text_told_again_later_meets_its_own_week() -> None:
    found = find_pairs([article("a", STORY, 0), article("b", STORY, 30), article("c", VARIANT, 36)])
    assert names(found) == {("b", "c", "near")}
    found = find_pairs([article("a", STORY, 0), article("b", STORY, 6), article("c", VARIANT, 12)])
    assert names(found) == {("a", "b", "exact"), ("b", "c", "near")}


def test_undated_articles_meet_all() -> None:
    found = find_pairs([article("a", day=0), article("b", day=90), article("c", day=None)])
    assert names(found) == {("a", "c", "exact"), ("b", "c", "exact")}
    assert {pair.day_gap for pair in found} == {None}


def test_versions_of_a_page_are_revisions_even_when_rewritten() -> None:
    found = find_pairs([article("v1", STORY, 0, "page"), article("v2", OTHER, 1, "page")])
    assert names(found) == {("v1", "v2", "revision")}
    assert found[0].jaccard < 0.1
    same = find_pairs([article("v1", STORY, 0, "page"), article("v2", STORY, 1, "page")])
    assert names(same) == {("v1", "v2", "revision")}


def test_publisher_and_agency() -> None:
    one = article("a", STORY, 1, publisher="x", agency="واس")
    two = article("b", STORY, 0, publisher="y", agency="رويترز")
    three = article("c", STORY, 0, publisher=None)
    facts = {
        (pair.article_a, pair.article_b): (pair.same_publisher, pair.origin_agency)
        for pair in find_pairs([one, two, three])
    }
    assert facts == {
        ("a", "b"): (False, "رويترز"),
        ("a", "c"): (None, "واس"),
        ("b", "c"): (None, "رويترز"),
    }
    same = find_pairs([article("a", publisher="x"), article("b", publisher="x")])
    assert same[0].same_publisher is True


@settings(max_examples=30)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(shuffler: Random) -> None:
    bodies = (STORY, VARIANT, EXCERPT, OTHER)
    articles = [
        article(f"{n}", bodies[n % 4], day=[0, 2, 9, None][n % 3 if n < 9 else 3])
        for n in range(12)
    ]
    expected = find_pairs(articles)
    shuffled = articles + articles[:3]
    shuffler.shuffle(shuffled)
    assert find_pairs(shuffled) == expected


def test_touched_gives_the_same_pairs_of_these_articles() -> None:
    articles = [
        article(f"{n}", body, day)
        for n, (body, day) in enumerate(product((STORY, VARIANT, EXCERPT), (0, 3, 8)))
    ]
    everything = find_pairs(articles)
    touched = {"1", "7"}
    expected = [pair for pair in everything if {pair.article_a, pair.article_b} & touched]
    assert find_pairs(articles, touched=touched) == expected
    assert find_pairs(articles, touched=()) == []


def test_no_articles() -> None:
    assert find_pairs([]) == []
    assert find_pairs([article("a", "")]) == []
    short = [article("a", "خبر عاجل"), article("b", "خبر عاجل"), article("c", "خبر اخر عاجل")]
    assert names(find_pairs(short)) == {("a", "b", "exact")}


def test_five_hundred_copies_are_all_paired() -> None:
    articles = [article(f"{n:03}", STORY, n / 100) for n in range(500)]
    articles.append(article("x", VARIANT, 2))
    found = find_pairs(articles)
    assert sum(pair.kind == "exact" for pair in found) == 500 * 499 // 2
    assert sum(pair.kind == "near" for pair in found) == 500


def test_a_flood_of_copies_is_paired_with_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs_module, "GROUP_LIMIT", 30)
    articles = [article(f"{n:03}", STORY, n / 100) for n in range(100)]
    articles += [article(f"v{n:03}", VARIANT, n / 100) for n in range(100)]
    found = find_pairs(articles)
    with_first = {pair.article_b for pair in found if pair.article_a == "000"}
    assert len(with_first) == 199
    assert len(found) < 2 * 100 * 16 + 2 * 100 * 8


def test_a_flood_of_templates_costs_bounded_work() -> None:
    template = tomllib.loads(
        (files("pipeline.evaluation") / "data" / "dedup_templates.toml").read_text("utf-8")
    )["template"][0]
    articles = []
    for n in range(2000):
        name, family, country = random.choices(WORDS, k=3)
        occasion = ("الاستقلال", "اليوم الوطني", "الجلاء")[n % 3]
        office = f"رئيس جمهورية {country}"
        slots = ["فخامة الرئيس", f"{name} {family}", office, occasion, country]
        body = template["text"].format(**dict(zip(template["slots"], slots, strict=True)))
        articles.append(article(f"{n:05}", body, n / 700))
    table = key_table(order_in_time(articles))
    assert len(meetings(table).rows) <= 2000 * PREDECESSORS * 4
    found = find_pairs(articles)
    assert len(found) <= 640  # 1 % of 2000 x 32 compared: fillings that share a name by chance


def test_pairs_of_texts_need_a_tenth_of_their_keys() -> None:
    near = key_candidates(key_table([article("a", STORY), article("b", EXCERPT)]))
    assert near.tolist() == [[0, 1]]
    phrase = " ".join([*OTHER.split()[:100], *STORY.split()[10:20]])
    assert len(key_candidates(key_table([article("a", STORY), article("b", phrase)]))) == 0
