"""The BigQuery sink's own ways: what is left when it dies, two writers, addresses, failures."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bigquery_proxy import Proxy
from outputs import put
from pipeline_helpers import SEEDS, rasd

from pipeline.sinks.base import Changes, OutputChanged, OutputRefused, SinkError
from pipeline.sinks.base import open_sink as opened
from pipeline.sinks.bigquery import BigQuerySink
from pipeline.sinks.bigquery.address import Address, default_staging, parse_address
from pipeline.sinks.bigquery.ledger import GENESIS
from pipeline.sinks.bigquery.names import STAGE
from transforms.records import content_id

Open = Callable[[str], BigQuerySink]
ROOT = Path(__file__).resolve().parents[4]


def stages(sink: BigQuerySink) -> list[str]:
    """The staging tables there are."""
    items = sink.session.raw("list_tables", sink.address.path)
    return [item.table_id for item in items if item.table_id.startswith(STAGE)]


class Dying(BigQuerySink):
    """A sink that dies at a place, as from a signal."""

    place = ""

    def _checkpoint(self, place: str) -> None:
        if place == self.place:
            os.kill(os.getpid(), signal.SIGKILL)


_DIE = """
import sys
sys.path[:0] = {paths!r}
from test_sink import Dying
from pipeline.sinks.base import StagedFile
Dying.place = {place!r}
sink = Dying({uri!r})
sink.prepare()
sink.commit("run2", {staged!r})
"""


@pytest.mark.reliability
@pytest.mark.parametrize("place", ["loaded articles", "loaded", "committed"])
def test_killed_half_way_and_done_again(
    place: str, open_quick: Open, dataset: str, rows: Any
) -> None:
    sink = open_quick(dataset)
    sink.prepare()
    put(sink, {"articles": [rows.article(1), rows.article(2)]})
    before = sink.read("articles").to_pylist()
    newer = [rows.article(1, run="run2", summary="ملخص"), rows.article(3, run="run2")]
    staged = [
        sink.inbox.stage("run2", "articles", newer),
        sink.inbox.stage("run2", "events", [rows.event(3, run="run2")]),
    ]
    paths = [str(Path(__file__).parent), str(ROOT / "tests/support"), str(ROOT)]
    script = _DIE.format(place=place, uri=dataset, staged=staged, paths=paths)
    sink.close()
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    again = open_quick(dataset)
    again.prepare()
    committed = place == "committed"
    if not committed:
        assert again.read("articles").to_pylist() == before
        assert again.read("events").num_rows == 0
    assert stages(again)
    report = again.commit("run2", staged)
    new = Changes(unchanged=2) if committed else Changes(inserted=1, replaced=1)
    assert report.tables["articles"] == new
    assert again.read("articles").num_rows == 3
    assert again.read("events").num_rows == 1
    assert again.commit("run2", staged).tables["articles"] == Changes(unchanged=2)
    assert again.read("articles").num_rows == 3
    print(f"killed at '{place}': done again, 0 lost, 0 doubled")


def test_nothing_is_left_behind(open_quick: Open, dataset: str, rows: Any) -> None:
    sink = open_quick(dataset)
    sink.prepare()
    put(sink, {"articles": [rows.article(1)]})
    assert stages(sink) == []
    assert sink.inbox.files.listing("") == ["_lock"]


def test_a_living_run_loses_nothing_to_another_process(
    open_quick: Open, dataset: str, rows: Any
) -> None:
    sink = open_quick(dataset)
    sink.prepare()
    sink.inbox.begin("run1")
    staged = sink.inbox.stage("run1", "articles", [rows.article(1)])
    sink.inbox.deliver(rows.provenance("run1"), [staged], bounded=True)
    waiting = sink.inbox.files.listing("_inbox")
    text = str(SEEDS / "articles" / "txt-truce-ends.txt")
    for args in (("run", text, "--offline", "--output", dataset), ("settle", "--data", dataset)):
        done = rasd(*args)
        assert done.returncode == 1
        assert done.stderr.decode() == (
            f"rasd: another run is writing to {dataset}: wait for it to end, or name another "
            "--output\n"
        )
    assert sink.inbox.files.listing("_inbox") == waiting
    sink.close()
    assert rasd("settle", "--data", dataset).returncode == 0


def test_of_two_writers_the_later_one_begins_again(
    open_quick: Open, dataset: str, rows: Any
) -> None:
    one, other = open_quick(dataset), open_quick(dataset)
    one.prepare()
    other.prepare()
    assert one.read("articles").num_rows == 0
    put(other, {"articles": [rows.article(2)]}, "run2")
    staged = [one.inbox.stage("run1", "articles", [rows.article(1)])]
    with pytest.raises(OutputChanged, match="run it again") as caught:
        one.commit("run1", staged)
    assert "\n" not in str(caught.value)
    assert one.read("articles").num_rows == 1
    assert one.commit("run1", staged).tables["articles"] == Changes(inserted=1)
    assert other.read("articles").num_rows == 2
    with pytest.raises(OutputChanged):  # what it knows is of before, whatever it reads now
        put(other, {"articles": [rows.article(3)]}, "run3")
    numbers = other.session.select(
        f"SELECT number, successor FROM {other.address.quoted('_ledger')} ORDER BY number"
    ).to_pylist()
    assert [row["number"] for row in numbers] == [0, 1, 2]
    second = content_id("run2", GENESIS)
    third = content_id("run1", second)
    assert [row["successor"] for row in numbers] == [second, third, None]


def test_a_commit_is_known_by_its_work_and_the_state_it_met(
    open_quick: Open, dataset: str, rows: Any
) -> None:
    sink = open_quick(dataset)
    sink.prepare()
    put(sink, {"articles": [rows.article(1)]})
    assert put(sink, {"articles": [rows.article(1, run="run2")]}, "run2").files == 0
    assert put(sink, {"articles": [rows.article(1, run="run2")]}, "run2").files == 0
    assert sink.read("articles").num_rows == 1


def test_ids_of_jobs_follow_from_what_they_do(
    proxy: Proxy, open_quick: Open, dataset: str, rows: Any
) -> None:
    """A job that ran is found again by its id; the server refuses an id that is used twice."""
    sink = open_quick(dataset)
    sink.prepare()
    staged = [sink.inbox.stage("run1", "articles", [rows.article(1)])]
    cut = Cut(dataset)
    cut._session = sink.session
    with pytest.raises(_CutOffError):
        cut.commit("run1", staged)
    first = list(proxy.loads)
    again = open_quick(dataset)
    assert again.commit("run1", staged).tables["articles"] == Changes(inserted=1)
    assert again.read("articles").num_rows == 1
    assert first == [1]


class _CutOffError(Exception):
    """Ends a commit where a test wants it."""


class Cut(BigQuerySink):
    """A sink whose commit ends before its transaction, its staging tables still there."""

    def _checkpoint(self, place: str) -> None:
        if place == "loaded":
            self._session.raw = self._deaf(self._session.raw)  # type: ignore[method-assign]
            raise _CutOffError

    @staticmethod
    def _deaf(raw: Any) -> Any:
        def call(method: str, *args: Any, **kwargs: Any) -> Any:
            return None if method == "delete_table" else raw(method, *args, **kwargs)

        return call


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        ("bigquery://my-project.news", Address("my-project", "news")),
        ("bq://my-project.news", Address("my-project", "news")),
        ("BigQuery://p.d/", Address("p", "d")),
        ("bigquery://example.com:p.d", Address("example.com:p", "d")),
        ("bigquery://p.d?location=EU", Address("p", "d", "EU")),
    ],
)
def test_addresses(uri: str, address: Address) -> None:
    assert parse_address(uri) == address
    assert isinstance(opened(uri), BigQuerySink)


@pytest.mark.parametrize(
    "uri",
    [
        "bigquery://",
        "bigquery://p",
        "bigquery://p/d",
        "bigquery://p.d.t",
        "bigquery://p.a-b",
        "bigquery://p.d?place=EU",
        "bigquery://p.d?location=a'b",
    ],
)
def test_what_is_no_address(uri: str) -> None:
    with pytest.raises(OutputRefused) as caught:
        opened(uri)
    assert "\n" not in str(caught.value)


def test_where_rows_wait(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert opened("bigquery://p.d").inbox.uri == str(tmp_path / "rasd/bigquery/p.d")
    assert opened("bigquery://p.d", str(tmp_path / "s")).inbox.uri == str(tmp_path / "s")
    assert opened("bigquery://p.d", "gs://b/x").inbox.uri == "gs://b/x"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    expected = str(tmp_path / ".local/state/rasd/bigquery/p.d")
    assert default_staging(Address("p", "d")) == expected
    with pytest.raises(OutputRefused, match="--staging"):
        opened("bigquery://p.d", "s3://b/x").inbox.stage("r", "feeds", [])


def test_parquet_has_no_use_for_staging() -> None:
    with pytest.raises(OutputRefused, match="--staging is for bigquery"):
        opened("out", "elsewhere")


def test_without_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("BIGQUERY_EMULATOR_HOST", "GOOGLE_APPLICATION_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    with pytest.raises(OutputRefused, match="gcloud auth application-default login") as caught:
        opened("bigquery://p.d").prepare()
    assert "\n" not in str(caught.value)


def test_an_emulator_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, open_quick: Open, dataset: str
) -> None:
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", "127.0.0.1:9")  # nobody listens there
    with pytest.raises(SinkError, match="start the emulator") as caught:
        open_quick(dataset).prepare()
    assert "\n" not in str(caught.value)


def test_without_googles_client(monkeypatch: pytest.MonkeyPatch) -> None:
    import google.cloud

    monkeypatch.setitem(sys.modules, "google.cloud.bigquery", None)
    monkeypatch.delattr(google.cloud, "bigquery", raising=False)
    with pytest.raises(OutputRefused, match=r"pip install 'rasd\[gcp\]'"):
        opened("bigquery://p.d").prepare()
