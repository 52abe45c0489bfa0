"""What Chromium sees: nothing leaves the machine, nothing of the rows runs, all can use it.

R17 (docs/reliability.md): markup in titles, bodies and authors on every web page.
"""

from __future__ import annotations

import itertools
import math
import re

import pytest
from PIL import Image
from pipeline_helpers import rasd
from served import Looker, axe

SERIOUS = {"serious", "critical"}
_FOUND = """(() => {
  const found = document.querySelector("#results");
  return found ? found.getBoundingClientRect().top + scrollY : 0;
})()"""


def _tab(browser, origin, **settings):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **settings)
    return Looker(context.new_page(), origin)


def test_what_counts_live_tags_sees_them(browser, page):
    looker = _tab(browser, page.address)
    looker.look(page.address + "/nosuch")
    assert looker.live_tags() == []
    planted = "<img src=x><b onclick=x>b</b><a href=' javascript:x'>a</a><script>x</script>"
    looker.tab.evaluate("text => { document.querySelector('main').innerHTML += text }", planted)
    assert len(looker.live_tags()) == 4


@pytest.mark.reliability
def test_r17_nothing_of_the_rows_runs(browser, hostile, tmp_path):
    """R17: titles, bodies, authors, publishers and addresses that carry scripts, on every page."""
    looker = _tab(browser, hostile.address)
    paths = hostile.everything()
    paths += [f"/incidents?q={each}" for each in ("<script>window.hit=1</script>", '"onfocus=hit')]
    live = []
    for path in paths:
        looker.look(hostile.address + path)
        looker.point_at_everything()
        live += looker.live_tags()
    report = tmp_path / "report.html"
    done = rasd("report", "--data", hostile.uri, "--output", str(report))
    assert done.returncode == 0, done.stderr.decode()
    looker.look(report.as_uri())
    looker.point_at_everything()
    live += looker.live_tags()
    print(f"R17: {len(paths) + 1} pages, {len(live)} live tags")
    assert live == []
    assert looker.strangers == []


@pytest.mark.parametrize(("language", "scheme"), [("ar", "light"), ("en", "dark")])
def test_every_page_stays_home_works_and_can_be_used_by_all(browser, page, language, scheme):
    """No request to anyone, no error; axe finds nothing serious; a phone scrolls one way only."""
    looker = _tab(browser, page.address, color_scheme=scheme)
    source = axe()
    for path in page.everything():
        looker.look(f"{page.address}{path}{'&' if '?' in path else '?'}lang={language}")
        looker.point_at_everything()
        looker.tab.evaluate(source)
        found = looker.tab.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
        serious = [each for each in found if each["impact"] in SERIOUS]
        assert [(path, each["id"], each["nodes"][0]["html"]) for each in serious] == []
        looker.tab.set_viewport_size({"width": 360, "height": 740})
        wide = looker.tab.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, f"{path} is {wide} pixels wide on a phone"
        below = looker.tab.evaluate(_FOUND)
        assert below < 740, f"{path}: what was found is {below} pixels down a phone's page"
        looker.tab.set_viewport_size({"width": 1280, "height": 900})
    assert looker.strangers == []
    assert looker.errors == []


def test_a_filter_changes_the_list_without_a_new_page(browser, page):
    looker = _tab(browser, page.address)
    looker.look(f"{page.address}/incidents?lang=en")
    looker.tab.evaluate("window.same = true")
    looker.tab.select_option("select[name=type]", "ASSAULT")
    with looker.tab.expect_response("**/incidents?*"):
        looker.tab.click(".filters button")
    looker.tab.wait_for_function("location.search.includes('type=ASSAULT')")
    kinds = looker.tab.eval_on_selector_all("#results .kind", "all => all.map(e => e.textContent)")
    assert set(kinds) == {"Assault"}
    assert looker.tab.evaluate("window.same")
    assert looker.errors == []


def test_a_filter_that_is_not_answered_leads_to_a_page_that_says_so(browser, page):
    looker = _tab(browser, page.address)
    looker.look(f"{page.address}/incidents?lang=en")
    said = "Something unexpected went wrong"

    def broken(route):
        in_page = route.request.headers.get("hx-request")
        route.fulfill(status=500, body="" if in_page else f"<main>{said}</main>")

    looker.tab.route("**/incidents?*", broken)
    looker.tab.click(".filters button")
    looker.tab.wait_for_selector(f"text={said}")


def test_a_picture_that_cannot_be_drawn_is_no_blank(browser, page):
    said = "This picture is drawn by a script"
    looker = _tab(browser, page.address, java_script_enabled=False)
    looker.tab.goto(f"{page.address}/incidents?lang=en&view=map")
    assert looker.tab.inner_text(".panel > noscript").startswith(said)
    assert not looker.tab.is_visible(".chart")
    looker = _tab(browser, page.address)
    looker.tab.route("**/world-atlas/*", lambda route: route.abort())
    looker.tab.goto(f"{page.address}/incidents?lang=en&view=map")
    looker.tab.wait_for_selector(f".chart:has-text('{said}')")


def test_a_query_is_copied_without_a_clipboard_too_and_closed_by_a_key(browser, page):
    """Browsers give no clipboard to a page of another machine without https."""
    looker = _tab(browser, page.address)
    looker.tab.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    looker.look(f"{page.address}/stories?lang=en")
    looker.tab.click("#who details.tools summary")
    looker.tab.click("#who button[data-copy]")
    looker.tab.wait_for_selector("#who button:has-text('Copied')")
    assert "origin_publisher" in looker.tab.evaluate("getSelection().toString()")
    looker.tab.keyboard.press("Escape")
    assert not looker.tab.query_selector("details.tools[open]")
    assert looker.errors == []


def test_a_hover_tells_rule_status_and_confidence(browser, page):
    looker = _tab(browser, page.address)
    (path,) = [each for each in page.everything() if each.endswith("/considered")]
    looker.look(page.address + path.removesuffix("/considered") + "?lang=en")
    looker.tab.hover("mark.trigger >> nth=1")
    said = looker.tab.inner_text("#hover")
    assert "Rule" in said
    assert "Confidence" in said
    looker.tab.wait_for_selector("#hover .sign-line")
    assert re.search(r"Weighed most\n.* [+-][\d.]+", looker.tab.inner_text("#hover"))
    assert 1 <= len(looker.tab.query_selector_all("#event-1 .sign-line")) <= 3
    looker.tab.click("text=Show >> nth=-1")
    looker.tab.wait_for_selector("#considered-words table")
    assert "not an event" in looker.tab.inner_text("#considered-words")


def test_every_panel_is_a_picture_as_it_looks(browser, page):
    """Bars, a matrix, a list and an article, from right to left; nothing is asked of anybody."""
    looker = _tab(browser, page.address)
    (path,) = [each for each in page.everything() if each.endswith("/considered")]
    panels = {
        "/": "by_type", "/incidents?view=matrix": "matrix", "/incidents?view=list": "list",
        path.removesuffix("/considered"): "article",
    }  # fmt: skip
    for path, key in panels.items():
        looker.look(page.address + path)
        wide = looker.tab.evaluate(f"document.getElementById('{key}').offsetWidth")
        looker.tab.click(f"details.tools:has([data-picture='{key}']) summary")
        with looker.tab.expect_download() as download:
            looker.tab.click(f"[data-picture='{key}']")
        assert download.value.suggested_filename == f"rasd-{key}.png"
        picture = Image.open(download.value.path()).convert("L")
        assert picture.width >= 2 * wide, key
        ink = picture.point(lambda shade: 255 if shade < 140 else 0)
        right = picture.width - ink.getbbox()[2]
        assert right <= 2 * 30, f"{key} begins {right} pixels from its right edge"
        assert ink.histogram()[255] > 5_000, f"{key} is blank"
    assert looker.strangers == []
    assert looker.errors == []


_CIRCLES = """() => {
  const box = document.querySelector(".map[data-drawn]"), chart = echarts.getInstanceByDom(box);
  const { left, top } = box.getBoundingClientRect();
  return chart.getOption().series[0].data.map((each) => {
    const [x, y] = chart.convertToPixel("geo", each.value.slice(0, 2));
    return { x: x + left, y: y + top, size: each.symbolSize, n: each.value[2],
      places: each.members.length, ring: Boolean(each.members[0].ring),
      kinds: new Set(each.members.map((point) => Boolean(point.ring))).size };
  });
}"""


def test_near_places_are_one_circle_until_one_looks_closer(browser, page):
    looker = _tab(browser, page.address)
    looker.look(f"{page.address}/incidents?view=map&lang=en")
    looker.tab.eval_on_selector(".chart", "box => box.scrollIntoView({ block: 'center' })")
    far = looker.tab.evaluate(_CIRCLES)
    for one, other in itertools.combinations(far, 2):
        if one["ring"] == other["ring"]:
            apart = math.dist((one["x"], one["y"]), (other["x"], other["y"]))
            assert apart >= (one["size"] + other["size"]) / 2
    assert {each["kinds"] for each in far} == {1}
    assert {each["ring"] for each in far} == {True, False}
    most = max((each for each in far if not each["ring"]), key=lambda each: each["places"])
    assert most["places"] > 3
    looker.tab.mouse.click(most["x"], most["y"])
    near = looker.tab.evaluate(_CIRCLES)
    assert len(near) > len(far)
    assert sum(each["n"] for each in near) == sum(each["n"] for each in far)
    looker.tab.mouse.move(most["x"], most["y"])
    looker.tab.mouse.wheel(0, 2000)
    looker.tab.wait_for_function(f"({_CIRCLES})().length !== {len(near)}")
    looker.tab.wait_for_timeout(100)  # the last frame of the zoom
    alone = next(
        each
        for each in looker.tab.evaluate(_CIRCLES)
        if each["places"] == 1 and not each["ring"] and _seen(looker, each)
    )
    looker.tab.mouse.click(alone["x"], alone["y"])
    looker.tab.wait_for_url("**/incidents?*place=*")
    assert looker.errors == []


def _seen(looker, circle):
    """Whether a circle is what lies on top in the middle of itself, well inside the map."""
    box = looker.tab.query_selector("[data-drawn]").bounding_box()
    others = [each for each in looker.tab.evaluate(_CIRCLES) if each != circle]
    free = all(
        math.dist((circle["x"], circle["y"]), (each["x"], each["y"])) > 40 for each in others
    )
    inside = 60 < circle["x"] - box["x"] < box["width"] - 60
    return free and inside and 60 < circle["y"] - box["y"] < box["height"] - 60


def test_a_report_is_one_file_that_asks_nobody(browser, seeds_output, tmp_path):
    for language in ("ar", "en"):
        report = tmp_path / f"{language}.html"
        done = rasd(
            "report", "--data", str(seeds_output), "--output", str(report), "--language", language
        )
        assert done.returncode == 0, done.stderr.decode()
        assert report.stat().st_size <= 3_000_000
        looker = _tab(browser, "file://")
        looker.look(report.as_uri())
        assert looker.tab.query_selector(".map svg path"), "the map is drawn"
        circles = looker.tab.evaluate(_CIRCLES)
        assert max(each["places"] for each in circles) > 3
        assert looker.strangers == []
        assert looker.errors == []
        assert looker.tab.pdf(format="A4").startswith(b"%PDF")
