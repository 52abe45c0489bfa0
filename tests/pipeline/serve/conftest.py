"""The page over the seeds, and over rows that were written to harm it."""

from __future__ import annotations

import json

import pytest
from pipeline_helpers import rasd
from served import browser as started
from served import served

ATTACKS = [
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    '"><svg onload=window.hit=1>',
    "'><iframe srcdoc='<script>parent.hit=1</script>'>",
    "</script><script>window.hit=1</script>",
    "{{7*7}}${7*7}<b onclick=window.hit=1>b</b>",
    "</textarea></title></style><script>window.hit=1</script>",
    "javascript:window.hit=1//\u202e\u2066",
    "]]>--><meta http-equiv=refresh content=0;url=https://evil.example>",
]
BODY = """\
قُتل 12 شخصا {attack} في غارة إسرائيلية على مدينة غزة يوم الثلاثاء، وفق ما أعلنته وزارة الصحة.
وأدانت وزارة الخارجية المصرية {attack} القصف الإسرائيلي، ودعت الأمم المتحدة إلى وقف إطلاق النار.
وتظاهر المئات {attack} في العاصمة تونس احتجاجا على الغارات، ورفعوا أعلام فلسطين أمام السفارة.
"""


@pytest.fixture(scope="session")
def page(seeds_output):
    with served(str(seeds_output)) as found:
        yield found


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    lines = []
    for number, attack in enumerate(ATTACKS):
        for copy in range(2):  # a copy each, for the pages of stories
            document = {
                "id": f"{number}{attack}",
                "url": f"https://outlet{copy}.example/{number}?q={attack}",
                "title": f"غارة على غزة {number} {attack}",
                "body": BODY.format(attack=attack) + f"{number} " * 5,
                "published_at": f"2023-12-12T1{copy}:0{number}:00Z",
                "publisher": f"ناشر {copy} {attack}",
                "feed_url": f"https://feed.example/{attack}",
            }
            lines.append(json.dumps(document, ensure_ascii=False))
    lines.append(
        '{"id": "<script>window.hit=1</script>", "url": "<img src=x onerror=window.hit=1>"'
    )
    (folder / "documents.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = rasd(
        "run", str(folder / "documents.jsonl"), "--output", str(folder / "out"), "--offline"
    )
    assert done.returncode == 0, done.stderr.decode()
    with served(str(folder / "out")) as found:
        yield found


# Not for the session: while Playwright runs, its event loop is this thread's, and nobody else's.
@pytest.fixture(scope="module")
def browser():
    with started() as found:
        yield found
