"""One writer a bucket: a lease by generation, taken over when its holder is dead."""

from __future__ import annotations

import pytest
from buckets import emulated_bucket
from outputs import put

from pipeline.sinks.base import SinkError, open_sink
from pipeline.sinks.lease import Lease

pytest.importorskip("google.cloud.storage", reason="needs rasd[gcp]")


@pytest.fixture(scope="module")
def root():
    with pytest.MonkeyPatch.context() as patch, emulated_bucket(patch) as uri:
        yield uri.removeprefix("gs://") + "/lease"


def lease(root, at=0.0):
    made = Lease(root, ttl=60.0)
    made.now = lambda: made_at[0]
    made_at = [at]
    return made, made_at


def test_the_second_is_kept_out_until_the_first_gives_it_back(root):
    first, _ = lease(f"{root}/a")
    second, _ = lease(f"{root}/a")
    assert first.acquire()
    assert not second.acquire()
    first.check()
    first.release()
    assert second.acquire()
    second.release()


def test_a_dead_holder_is_succeeded_and_must_not_publish(root):
    dead, _ = lease(f"{root}/b")
    assert dead.acquire()
    dead._stop.set()
    late, _ = lease(f"{root}/b", at=59.0)
    assert not late.acquire()
    later, _ = lease(f"{root}/b", at=61.0)
    assert later.acquire()
    with pytest.raises(SinkError, match="another writer took over"):
        dead.check()
    dead.release()  # it deletes nothing that is not its own
    later.check()
    later.release()


def test_of_two_that_find_it_expired_one_gets_it(root):
    dead, _ = lease(f"{root}/c")
    assert dead.acquire()
    dead._stop.set()
    one, _ = lease(f"{root}/c", at=100.0)
    two, _ = lease(f"{root}/c", at=100.0)
    generation = two._read(two._open())[0]
    assert one.acquire()
    assert not two._write(two._open(), generation)
    one.release()


def test_two_runs_on_one_bucket(root, rows):
    first, second = open_sink(f"gs://{root}/d"), open_sink(f"gs://{root}/d")
    first.prepare()
    with pytest.raises(SinkError, match="another run is writing"):
        second.prepare()
    put(first, {"articles": [rows.article(1)]})
    first.close()
    second.prepare()
    put(second, {"articles": [rows.article(2)]}, "run2")
    assert second.read("articles").num_rows == 2
    second.close()
