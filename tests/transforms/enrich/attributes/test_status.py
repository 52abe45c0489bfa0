"""Is it told as a fact?"""

from __future__ import annotations

import pytest
from coded import coded

from transforms.enrich.attributes.status import find_status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("هاجم مسلحون القرية.", "asserted"),
        ("لم يهاجم مسلحون القرية.", "negated"),
        ("سيهاجم المسلحون القرية.", "future"),
        ("قد يهاجم المسلحون القرية.", "hypothetical"),
        ("نفى الجيش قصف القرية.", "negated"),
        ("يحاول المسلحون تفجير السوق.", "hypothetical"),
        ("أحبطت الشرطة محاولة تفجير السوق.", "negated"),
    ],
)
def test_status(text, status) -> None:
    found = coded(text)
    assert find_status(found.sentence, found.match("ASSAULT")).status == status


def test_background_openers() -> None:
    found = coded("يذكر أن مسلحين هاجموا القرية.")
    assert find_status(found.sentence, found.match("ASSAULT")).background
