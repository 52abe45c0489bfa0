"""How many were killed and injured."""

from __future__ import annotations

import pytest
from coded import coded

from transforms.enrich.attributes.casualties import casualties


@pytest.mark.parametrize(
    ("text", "dead", "hurt"),
    [
        ("قُتل خمسة جنود وأصيب 12 آخرون.", (5, 5), (12, 12)),
        ("مقتل ما لا يقل عن 20 شخصا.", (20, None), None),
        ("قُتل شخصان في الهجوم.", (2, 2), None),
        ("سقط 3 قتلى و7 جرحى.", (3, 3), (7, 7)),
        ("قُتل جندي بعد 3 ساعات.", (1, 1), None),
        ("قُتل القائد في الهجوم.", None, None),
        ("وصل جندي بعد 3 ساعات.", None, None),
    ],
)
def test_counts(text, dead, hurt) -> None:
    found = coded(text)
    assert casualties(found.annotations, found.sentence) == (dead, hurt)
