"""How many were killed and injured."""

from __future__ import annotations

import pytest
from coded import coded

from transforms.enrich.attributes.casualties import toll_of, tolls


@pytest.mark.parametrize(
    ("text", "dead", "hurt"),
    [
        ("قُتل خمسة جنود وأصيب 12 آخرون.", (5, 5), (12, 12)),
        ("مقتل ما لا يقل عن 20 شخصا.", (20, None), None),
        ("قُتل شخصان في الهجوم.", (2, 2), None),
        ("سقط 3 قتلى و7 جرحى.", (3, 3), (7, 7)),
        ("قُتل جندي بعد 3 ساعات.", (1, 1), None),
        ("قُتل القائد في الهجوم.", (1, 1), None),
        ("مقتل قائد الشرطة وأربعة من مرافقيه.", (5, 5), None),
        ("قُتل ثلاثة جنود ومدنيان.", (5, 5), None),
        ("مصرع شيخ وطفلة.", (2, 2), None),
        ("لقي 69 مواطنا حتفهم.", (69, 69), None),
        ("سقط قتيلان برصاص مجهولين.", (2, 2), None),
        ("ارتفعت حصيلة القتلى إلى 59 قتيلا.", (59, 59), None),
        ("قُتل في بونيا متظاهر بالرصاص.", (1, 1), None),
        ("قُتل 20 شخصا بينهم خمسة أطفال.", (20, 20), None),
        ("وصل جندي بعد 3 ساعات.", None, None),
        ("مقتل سبعة أشخاص، بينهم رضيع، في هجوم.", (7, 7), None),
        ("قُتلوا في الساعات الثلاث الأولى.", None, None),
        ("قُتلت امرأة وطفلاها وأصيب خمسة مدنيين.", (3, 3), (5, 5)),
    ],
)
def test_counts(text, dead, hurt) -> None:
    found = coded(text)
    told = tolls(found.annotations, found.sentence)
    first = [toll_of(told, found.sentence, found.sentence.first, kind) for kind in ("dead", "hurt")]
    assert [toll and toll.size for toll in first] == [dead, hurt]
