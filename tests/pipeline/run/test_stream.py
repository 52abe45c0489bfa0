"""``rasd stream``: ticks over due feeds, an end on a signal, nothing lost and nothing doubled.

R03 (docs/reliability.md): kill -9 at several places, then the same command again.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from http_faults import answer
from http_server import LocalServer
from live_feeds import NOON, item, rss, table
from outputs import facts
from pipeline_helpers import ROOT, rasd
from programs import program
from stream_work import simulated

from pipeline import open_data
from pipeline.run.metrics import Metrics, serve_metrics
from pipeline.run.stream import Stream
from pipeline.steps.settle import Pace

FULL = (
    "تظاهر مئات العمال أمام مقر البرلمان في العاصمة تونس يوم السبت احتجاجاً على ارتفاع الأسعار، "
    "وقال شهود عيان إن قوات الأمن أغلقت الشوارع المؤدية إلى الساحة وفرقت المحتجين بالغاز المسيل "
    "للدموع قبل أن تعود الحركة إلى طبيعتها في وقت متأخر من الليل. وأضاف مصدر نقابي أن الإضراب "
    "سيستمر. "
)


def growing(host: str, step: int = 2):
    """A feed that has more entries at every poll, each with its full text."""
    polls = Counter()

    async def handler(request):
        polls["n"] += 1
        count = step * polls["n"]
        items = "".join(
            item(f"http://{host}/news/{number}.html", f"خبر {host} رقم {number}").replace(
                "</item>",
                "<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
                f"<![CDATA[<p>{FULL * 2}</p><p>النشرة {number} من {host}.</p>]]>"
                "</content:encoded></item>",
            )
            for number in range(count)
        )
        return await answer(rss([items]), headers={"Content-Type": "application/rss+xml"})(request)

    handler.polls = polls
    return handler


@pytest.fixture
def server():
    with LocalServer() as running:
        yield running


def listed(tmp_path: Path, *urls: str) -> Path:
    """A list of feeds that are to be asked every five minutes."""
    path = tmp_path / "feeds.toml"
    path.write_text(
        "\n".join(f'[[feed]]\nurl = "{url}"\npoll_seconds = 300\n' for url in urls), "utf-8"
    )
    return path


def test_ticks_until_the_end_and_one_row_each(server, tmp_path):
    feeds = {host: growing(host) for host in ("127.77.3.1", "127.77.3.2")}
    urls = [server.on(host, "/rss", handler) for host, handler in feeds.items()]
    output = tmp_path / "out"
    stream, clock = simulated(str(output), str(listed(tmp_path, *urls)), NOON, 30)
    stream.run()
    assert clock.time >= NOON + timedelta(minutes=30)
    polls = [handler.polls["n"] for handler in feeds.values()]
    assert all(4 <= each <= 7 for each in polls)
    rows = facts(output, "articles")
    assert len(rows) == len({row["article_id"] for row in rows}) == 2 * sum(polls)
    assert len(facts(output, "appearances")) == len(rows)
    assert stream.metrics.articles == len(rows)
    assert stream.metrics.polls == sum(polls)
    answered = {
        why: n
        for (stage, name, why), n in stream.metrics.counts.items()
        if (stage, name) == ("feeds", "polled")
    }
    assert sum(answered.values()) == sum(polls), answered
    assert stream.metrics.spreads["feeds", "bytes"].count == sum(polls)
    manifests = list((output / "_runs").glob("*.json"))
    assert len(manifests) == stream.metrics.ticks
    assert not list((output / "_inbox").rglob("*.parquet"))


def test_settling_seldom_leaves_bundles_for_the_next_start(server, tmp_path, monkeypatch):
    handler = growing("127.77.3.3")
    feed = server.on("127.77.3.3", "/rss", handler)
    output, source = tmp_path / "out", str(listed(tmp_path, feed))
    stream, _ = simulated(str(output), source, NOON, 11, pace=Pace(600))
    monkeypatch.setattr(Stream, "_settle", lambda *_: None)  # as if it were killed before its end
    stream.run()
    polls = handler.polls["n"]
    assert len(facts(output, "articles")) == 2
    assert list((output / "_inbox").rglob("*.parquet"))
    done = rasd("settle", "--data", str(output))
    assert done.returncode == 0, done.stderr.decode()
    assert len(facts(output, "articles")) == 2 * polls
    told = {path.stem for path in (output / "_runs").glob("*.json")}
    runs = open_data(str(output)).sql("SELECT DISTINCT run_id FROM articles").to_pylist()
    assert {row["run_id"] for row in runs} <= told, "also of ticks that were settled later"
    assert b"0 bundles" in rasd("settle", "--data", str(output)).stderr


def test_the_list_is_read_again_and_the_last_good_one_stays(server, tmp_path):
    urls = [server.on(host, "/rss", growing(host)) for host in ("127.77.3.4", "127.77.3.5")]
    path = listed(tmp_path, urls[0])
    stream, clock = simulated(str(tmp_path / "out"), str(path), NOON, 20)
    said = []
    stream.progress.say = lambda line, *_, **__: said.append(line)
    pause = clock.wait

    def changing(stop, seconds):
        minute = (clock.time - NOON) / timedelta(minutes=1)
        if 6 < minute < 10:
            path.write_text("[[feeds]\nurl = ", "utf-8")
        elif minute >= 10:
            listed(tmp_path, *urls)
        pause(stop, seconds)

    clock.wait = changing
    stream.run()
    assert sum("going on with the 1 feeds known" in line for line in said) == 1
    assert any("has changed: 2 feeds" in line for line in said)
    assert {row["feed_url"] for row in facts(tmp_path / "out", "feeds")} == set(urls)


@pytest.mark.reliability
def test_killed_three_times_it_loses_and_doubles_nothing(server, tmp_path):
    hosts = ("127.77.3.6", "127.77.3.7")
    feeds = {host: growing(host, step=3) for host in hosts}
    source = listed(tmp_path, *(server.on(host, "/rss", feeds[host]) for host in hosts))
    output = tmp_path / "out"
    work = program("stream_work")
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests' / 'support'}"}
    start = NOON
    for place in ("delivered", "committed", "settled"):
        killed = subprocess.run(
            [*work, str(output), str(source), start.isoformat(), "30", place],
            env=env, capture_output=True, timeout=300, check=False,
        )  # fmt: skip
        assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
        start += timedelta(minutes=10)
    ended = subprocess.run(
        [*work, str(output), str(source), start.isoformat(), "8"],
        env=env, capture_output=True, timeout=300, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr.decode()
    served = {host: 3 * handler.polls["n"] for host, handler in feeds.items()}
    rows = Counter(row["url"].split("/")[2] for row in facts(output, "articles"))
    assert rows == served
    assert len(facts(output, "appearances")) == sum(served.values())
    assert table(output, "SELECT COUNT(*) AS n FROM clusters") == [{"n": sum(served.values())}]
    print(f"R03: killed 3 times in 38 simulated minutes: {sum(served.values())} entries, 0 lost")


def test_a_signal_ends_it_with_exit_code_0_and_a_second_writer_leaves(server, tmp_path):
    feed = server.on("127.77.3.8", "/rss", growing("127.77.3.8"))
    output, source = tmp_path / "out", listed(tmp_path, feed)
    command = [sys.executable, "-m", "pipeline", "stream", str(source), "--output", str(output)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [*command, "--allow-private-hosts", "--metrics-port", "0", "--log-format", "json"],
        env=env, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(json.loads(line))
        if "new articles" in line:
            break
    assert said[-1]["figures"]["articles"] == 2
    assert said[-1]["logging.googleapis.com/labels"]["run_id"]
    second = rasd("stream", str(source), "--output", str(output))
    assert second.returncode != 0
    assert second.stderr.decode().count("\n") == 1
    assert second.stderr.decode().startswith("rasd: another run is writing")
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 0, rest
    assert time.monotonic() - began < 30
    last = [json.loads(line) for line in rest.splitlines()][-1]
    assert last["message"].startswith("stopped after")
    assert last["logging.googleapis.com/labels"] == {"command": "stream"}, "of no tick"
    assert len(facts(output, "articles")) == 2


def test_what_prometheus_is_told():
    metrics = Metrics(ticks=3, feeds=2)
    server = serve_metrics(metrics, "127.0.0.1", 0)
    assert server is not None
    with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/metrics") as page:
        text = page.read().decode()
    server.shutdown()
    assert "rasd_ticks_total 3\n" in text
    assert "# TYPE rasd_feeds gauge\nrasd_feeds 2\n" in text


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "one list of feeds"),
        (("nothing.toml", "--output", "o"), "no such file"),
        (("feeds.toml",), "--output"),
        (("feeds.toml", "--output", "o", "--metrics-port", "99999"), "no port"),
        (("feeds.toml", "--output", "o", "--settle", "often"), "neither a number of minutes"),
        (("feeds.toml", "--output", "o", "--offline"), "unknown option --offline"),
        (("feeds.toml", "--output", "o", "--setle", "3"), "did you mean --settle?"),
        (("feeds.toml", "--output", "o", "--xqzzy"), "see rasd stream --help"),
        (("feeds.toml", "--output", "o", "--runner", "SparkRunner"), "not built yet"),
    ],
)
def test_mistakes_are_one_line(args, said, tmp_path):
    (tmp_path / "feeds.toml").write_text('[[feed]]\nurl = "https://a.example/rss"\n')
    done = rasd("stream", *(args or ("--output", "o")), cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert done.stderr.decode().count("\n") == 1


def test_idle_ticks_share_a_manifest(server, tmp_path):
    body = rss([item("http://127.77.3.9/1", "خبر", FULL * 2)])
    feed = server.on("127.77.3.9", "/rss", answer(body))
    output = tmp_path / "out"
    stream, _ = simulated(str(output), str(listed(tmp_path, feed)), NOON, 26)
    stream.run()
    assert stream.metrics.ticks >= 4
    names = sorted(path.name for path in (output / "_runs").glob("*.json"))
    assert len(names) == 2
    (idle,) = (json.loads(p.read_text()) for p in (output / "_runs").glob("idle-*.json"))
    assert idle["idle_ticks"] == stream.metrics.ticks - 1
