"""R11: the test suites of feed parsers as inputs. No exception, no dead worker, a row or a reason.

Whole files are given, as a user would give them: wrong encodings, broken markup, other formats.

R11 (docs/reliability.md): thousands of public feeds.
"""

from __future__ import annotations

import pytest

from transforms.rejects import REASONS

pytestmark = pytest.mark.reliability
FORCED = {"crashed", "too_slow", "out_of_memory"}


def test_r11_public_feeds(shared, run, sized, tmp_path):
    found = sorted(
        path
        for path in (shared / "data/hostile/feeds").rglob("*")
        if path.suffix in {".xml", ".json"}
    )
    step = max(1, len(found) // sized(300, len(found)))
    chosen = found[::step]
    names = tmp_path / "in"
    names.mkdir()
    for number, path in enumerate(chosen):  # one name each: the suites repeat theirs
        (names / f"{number:04}{path.suffix}").write_bytes(path.read_bytes())
    ran = run(tmp_path / "out", names)
    assert ran.code == 0, ran.said
    letters = ran.rows("dead_letters", "reason, url, detail")
    assert not [letter for letter in letters if letter["reason"] in FORCED]
    assert {letter["reason"] for letter in letters} <= set(REASONS)
    feeds = ran.rows("feeds", "feed_url")
    skipped = {entry["path"].rsplit("/", 1)[-1] for entry in ran.manifest["skipped"]}
    refused = [letter for letter in letters if letter["reason"] in {"bad_feed", "not_a_feed"}]
    print(
        f"R11: {len(chosen)} feed files, 0 exceptions: {len(feeds)} feeds known, "
        f"{len(refused)} refused with a reason, {len(skipped)} skipped"
    )
    assert feeds
