"""Topics: what a text is plainly about, and silence when it is not plain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.enrich.tables import read_rows
from transforms.enrich.topics import Stems, article_topics


def codes(title: str, body: str) -> list[str]:
    return [topic.label_en for topic in article_topics(title, body)]


@pytest.mark.parametrize(
    ("title", "body", "label"),
    [
        (
            "غارات جوية على حلب",
            "قصفت طائرات حربية أحياء المدينة وسقطت قذائف، واندلعت اشتباكات بين الجيش ومسلحين.",
            "armed conflict",
        ),
        (
            "الناخبون يدلون بأصواتهم في الانتخابات الرئاسية",
            "فتحت صناديق الاقتراع أمام الناخبين لاختيار رئيس من بين ثلاثة مرشحين.",
            "election",
        ),
        (
            "زلزال قوي يضرب المنطقة",
            "سجل مركز الزلزال هزة أرضية بقوة ست درجات على مقياس ريختر وتلتها هزات ارتدادية.",
            "earthquake",
        ),
        (
            "فوز المنتخب في المباراة",
            "سجل اللاعب هدفين في مباراة كرة القدم وقال المدرب إن المنتخب استحق الفوز.",
            "football",
        ),
        (
            "أسعار النفط ترتفع",
            "صعد خام برنت إلى ثمانين دولارا للبرميل بعد قرار أوبك، وارتفعت أسعار النفط والغاز.",
            "energy and resource",
        ),
    ],
)
def test_plain_subjects(title: str, body: str, label: str) -> None:
    found = codes(title, body)
    assert any(label in name or name in label for name in found) or label in found, found


def test_abstains_without_evidence() -> None:
    assert article_topics("", "") == ()
    assert article_topics("صباح الخير", "ذهبت إلى السوق ثم عدت إلى البيت وشربت الشاي.") == ()


def test_at_most_three_and_no_relatives() -> None:
    parents = {row[0]: row[1] for row in read_rows("ontology/mediatopics.tsv")}
    body = (
        "قتل مسلحون في اشتباكات وقصف وغارات جوية، وجرت انتخابات وفتحت صناديق اقتراع، "
        "وضرب زلزال بقوة ريختر، وفاز المنتخب في مباراة كرة القدم، وارتفعت أسعار النفط وخام برنت."
    )
    topics = article_topics("", body)
    assert len(topics) <= 3
    found = {topic.code.removeprefix("medtop:") for topic in topics}
    assert not any(parents[code] in found for code in found)
    assert [t.score for t in topics] == sorted((t.score for t in topics), reverse=True)
    assert all(0 < topic.score < 1 for topic in topics)


def test_table_is_a_tree_with_labels() -> None:
    rows = read_rows("ontology/mediatopics.tsv")
    known = {row[0] for row in rows}
    assert len(known) == len(rows) > 150
    for _, parent, arabic, english, keywords in rows:
        assert parent == "" or parent in known
        assert arabic
        assert english
        assert "+" in keywords  # else the topic could never be named


def test_memo_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.enrich.topics._MEMO_LIMIT", 2)
    stems = Stems()
    assert [stems[word] for word in ("والانتخابات", "انتخابي", "وزير", "ور")] == [
        "انتخاب",
        "انتخاب",
        "وزير",
        "ور",
    ]
    assert len(stems) <= 2


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_answered(title: str, body: str) -> None:
    topics = article_topics(title, body)
    assert len({topic.code for topic in topics}) == len(topics)
    assert all(0 < topic.score < 1 for topic in topics)
