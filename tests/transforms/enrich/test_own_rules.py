"""A user's own rules: they decide by themselves, and nothing else changes but what they replace."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, replace
from datetime import date

import orjson
import pytest
from own_files import NAMES, VIGIL, own

from pipeline.evaluation.events import GOLD
from transforms.enrich import CODER_VERSION, code_events
from transforms.enrich.own import NOTHING, OwnTables, use
from transforms.enrich.why import considered
from transforms.records import Article

DAY = date(2024, 3, 5)
BODY = (
    "أنار عشرات الطلاب المصريين الشموع أمس أمام البرلمان في القاهرة ضد قرار الحكومة. "
    "وأدانت وزارة الخارجية الفرنسية الهجوم الذي استهدف حافلة في بغداد يوم الأحد."
)
# Words that stand in every article, so that stale memories would show.
EVERYDAY = """\
type = "CONSULT"
[words]
nouns = ["شمعة شموع"]
[[rule]]
id = "my.said"
triggers = ["v:قال|أعلن", "n:شمعة"]
speaks = true
[[rule]]
id = "protest.verb"
triggers = ["v:تظاهر"]
confidence = 0.6
"""


@pytest.fixture(autouse=True)
def shipped_again():
    """Leave the process as it was."""
    yield
    use(None)


def _article(body: str, *, dated: bool = True) -> Article:
    return Article("a", "p", body, "c", "n", published_on=DAY if dated else None)


def _by(rule_id: str, body: str, *, dated: bool = True) -> list[tuple[str, str, float]]:
    events = code_events(_article(body, dated=dated))
    return [(e.event_type, e.status, e.confidence) for e in events if e.rule_id == rule_id]


def gold_articles() -> list[Article]:
    texts = [case["text"] for case in json.loads(GOLD.read_text("utf-8"))[:60]]
    return [Article(str(n), "p", text, "c", "n", published_on=DAY) for n, text in enumerate(texts)]


@pytest.mark.parametrize("dated", [True, False])
def test_an_own_rule_decides_by_itself(dated):
    article = _article(BODY, dated=dated)
    before = code_events(article)
    use(own(VIGIL))
    after = code_events(article)
    (event,) = [e for e in after if e.rule_id == "my.vigil"]
    assert (event.event_type, event.modes, event.status) == ("PROTEST", ("demo",), "asserted")
    assert event.confidence == 0.75
    assert [(a.text, a.country) for a in event.actors] == [("عشرات الطلاب المصريين", "EGY")]
    assert [r.text for r in event.recipients] == ["قرار الحكومة"]
    assert event.place is not None
    assert event.place.name == "القاهرة"
    assert event.event_date == (date(2024, 3, 4) if dated else None)
    assert BODY[event.trigger.char_start : event.trigger.char_end] == event.trigger.text
    others = [replace(e, coder_version=CODER_VERSION) for e in after if e is not event]
    assert others == [e for e in before if e.trigger.text not in event.trigger.text]


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("أنار الطلاب الشموع أمام البرلمان.", "asserted"),
        ("لم ينيروا الشموع أمام البرلمان.", "negated"),
        ("سينير الطلاب الشموع غدا أمام البرلمان.", "future"),
        ("إذا أنار الطلاب الشموع فسوف يعاقبون.", "hypothetical"),
        ("وكان الطلاب قد أناروا الشموع في عام 1998.", "historical"),
    ],
)
def test_its_status_is_read_as_everywhere(body, status, dated):
    use(own(VIGIL.replace("[[rule]]", "[[rule]]\nconfidence = 1.0")))
    if status == "historical" and not dated:
        status = "asserted"  # without a day nothing is long ago
    assert _by("my.vigil", body, dated=dated) == [("PROTEST", status, 1.0)]


@pytest.mark.parametrize("dated", [True, False])
def test_it_takes_the_words_it_tells_from_all_others(dated):
    body = "تظاهر المئات في دمشق احتجاجا على الغلاء، واعتقلت الشرطة عشرين منهم."
    (shipped,) = [e for e in code_events(_article(body, dated=dated)) if e.event_type == "COERCE"]
    rule = '[[rule]]\nid = "my.arrest"\ntriggers = ["v:اعتقل"]\nconfidence = 0.66\n'
    use(own(f'type = "SANCTION"\n{rule}'))
    events = code_events(_article(body, dated=dated))
    touching = [e for e in events if "اعتقلت" in e.trigger.text]
    assert [(e.event_type, e.rule_id, e.confidence) for e in touching] == [
        ("SANCTION", "my.arrest", 0.66)
    ]
    assert "اعتقلت" in shipped.trigger.text
    assert [e.rule_id for e in events if e.event_type == "PROTEST"]


def test_what_it_needs_must_be_there_else_the_shipped_ones_go_on():
    body = "اعتقلت الشرطة عشرين متظاهرا في دمشق."
    before = code_events(_article(body))
    rule = '[[rule]]\nid = "my.arrest"\ntriggers = ["v:اعتقل"]\nneed_preposition = ["ضد"]\n'
    use(own(f'type = "SANCTION"\n{rule}'))
    article = _article(body)
    after = code_events(article)
    assert [replace(e, coder_version=CODER_VERSION) for e in after] == before
    told = [each.outcome for each in considered(article, after) if "اعتقلت" in each.trigger.text]
    assert any("your rule my.arrest needs ضد" in each for each in told)


def test_one_with_a_shipped_id_replaces_that_rule():
    body = "تظاهر المئات في دمشق احتجاجا على الغلاء."
    assert [e.rule_id for e in code_events(_article(body, dated=False))] == ["protest.verb"]
    own_rule = '[[rule]]\nid = "protest.verb"\ntriggers = ["v:اعتصم"]\n'
    use(own(f'type = "PROTEST"\n{own_rule}'))
    assert not _by("protest.verb", body, dated=False)
    assert _by("protest.verb", "اعتصم المئات في دمشق.", dated=False)


def test_mentions_of_one_event_are_merged_under_the_own_rule():
    title, body = "تظاهرة في القاهرة", "أنار مئات الطلاب المصريين الشموع في القاهرة أمس."
    use(own(VIGIL))
    article = Article("a", "p", body, "c", "n", title=title, published_on=DAY)
    (event,) = [e for e in code_events(article) if e.confidence >= 0.5]
    assert (event.event_type, event.rule_id) == ("PROTEST", "my.vigil")
    assert [each.field for each in event.evidence] == ["title", "body"]


def test_why_names_the_own_rule_as_what_decided():
    use(own(VIGIL))
    article = _article(BODY)
    (told,) = [e for e in considered(article, code_events(article)) if "الشموع" in e.trigger.text]
    assert told.outcome == "coded as PROTEST, as your rule my.vigil decided"
    assert told.signs == (("your rule my.vigil", 0.75),)
    assert (told.event_type, told.probability) == ("PROTEST", 0.75)


def test_the_version_names_what_the_files_say():
    def version(tables: OwnTables | None) -> str:
        use(tables)
        return code_events(_article(BODY))[0].coder_version

    plain, ours = version(None), version(own(VIGIL))
    renamed = version(OwnTables((("elsewhere/other.toml", VIGIL),)))
    assert plain == CODER_VERSION
    assert ours == renamed
    assert ours.startswith(f"{CODER_VERSION}+")
    versions = {plain, ours, version(own(VIGIL + "\n")), version(own(VIGIL, NAMES))}
    assert len(versions) == 4
    assert own(VIGIL, NAMES).digest != own(NAMES, VIGIL).digest
    assert OwnTables() == NOTHING


def test_nothing_remembered_outlives_a_change_of_tables():
    """A process that has coded with other tables gives what a fresh one gives, and back again."""
    articles = gold_articles()
    tables = own(EVERYDAY, NAMES)
    plain = [list(map(asdict, code_events(each))) for each in articles]
    use(tables)
    changed = [list(map(asdict, code_events(each))) for each in articles]
    use(None)
    again = [list(map(asdict, code_events(each))) for each in articles]
    assert again == plain
    assert changed != plain
    program = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "import orjson\n"
        "from dataclasses import asdict\n"
        "from test_own_rules import EVERYDAY, NAMES, code_events, gold_articles, own, use\n"
        "use(own(EVERYDAY, NAMES))\n"
        "coded = [list(map(asdict, code_events(a))) for a in gold_articles()]\n"
        "sys.stdout.buffer.write(orjson.dumps(coded))\n"
    )
    path = [each for each in sys.path if each]
    here = __file__.rpartition("/")[0]
    fresh = subprocess.run(
        [sys.executable, "-c", program, here, *path], capture_output=True, check=True, timeout=300
    )
    assert orjson.loads(fresh.stdout) == orjson.loads(orjson.dumps(changed))
