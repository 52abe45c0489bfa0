"""What is said for machines: one object a line, with severity, time and labels, and no secret."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
import warnings
from datetime import datetime

import pytest
from pipeline_helpers import rasd

from pipeline import log
from pipeline.errors import UsageError
from pipeline.render.letters import tell_letters
from pipeline.render.progress import Progress

LABELS = log.LABELS


@pytest.fixture
def said(monkeypatch, capsys):
    """What is said as JSON while a test runs; afterwards all is as it was."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    handlers, level = list(logging.root.handlers), logging.root.level
    disabled = logging.root.manager.disable
    logging.disable(logging.NOTSET)
    log.label(run_id=None, command=None)  # commands that other tests have called leave theirs
    log.begin("json")
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    log.begin("text")
    log.label(run_id=None, command=None)
    logging.captureWarnings(capture=False)
    logging.disable(disabled)
    logging.root.handlers[:], logging.root.level = handlers, level


def test_an_object_has_what_cloud_logging_reads(said):
    log.label(run_id="r1")
    log.say(
        "تظاهر المئات\nفي تونس", "WARNING", figures={"n": 2}, feed="https://a.example/", stage=None
    )
    (told,) = said()
    assert told["severity"] == "WARNING"
    assert told["message"] == "تظاهر المئات\nفي تونس"
    assert told[LABELS] == {"feed": "https://a.example/", "run_id": "r1"}
    assert told["figures"] == {"n": 2}
    assert told["time"].endswith("Z")
    assert datetime.fromisoformat(told["time"]).tzinfo is not None


def test_arabic_is_not_escaped_and_half_a_character_breaks_nothing(said, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict")
    monkeypatch.setattr(sys, "stderr", stream)
    log.begin("json")
    log.say("خبر \ud800 \N{GRINNING FACE}")
    written = stream.buffer.getvalue()
    assert json.loads(written)["message"] == "خبر ? \N{GRINNING FACE}"
    assert "خبر".encode() in written
    assert written.count(b"\n") == 1
    assert not said()


def test_secrets_are_masked_in_message_labels_and_traceback(said):
    url = "https://editor:passw0rd@a.example/rss?token=s3cret"
    log.fail(f"ValueError: {url}", _caught(ValueError(url)))
    log.say(url, feed=url)
    text = json.dumps(said())
    assert "passw0rd" not in text
    assert "s3cret" not in text
    assert text.count("***") >= 8


def test_what_libraries_say_is_an_object_too(said):
    log.show_libraries(logging.INFO)
    logging.getLogger("apache_beam").info("a bundle of %d", 3)
    warnings.warn("an old name", DeprecationWarning, stacklevel=1)
    logging.getLogger("x").error("went wrong", exc_info=_caught(KeyError("k")))
    told = said()
    assert [each["severity"] for each in told] == ["INFO", "WARNING", "ERROR"]
    assert told[0]["message"] == "a bundle of 3"
    assert told[0][LABELS]["logger"] == "apache_beam"
    assert "KeyError" in told[2]["stack_trace"]
    assert "Traceback" not in told[2]["message"]


def _caught(error):
    """An error as it is when it was raised: with a traceback."""
    try:
        raise error
    except type(error) as caught:
        return caught


def test_no_traceback_stands_alone(said):
    def breaks():
        raise RuntimeError("in a thread")

    thread = threading.Thread(target=breaks)
    thread.start()
    thread.join()
    error = _caught(RuntimeError("in a thread"))
    sys.excepthook(RuntimeError, error, error.__traceback__)
    told = said()
    assert [each["message"] for each in told] == ["RuntimeError: in a thread"] * 2
    assert all(each["severity"] == "ERROR" and "Traceback" in each["stack_trace"] for each in told)


def test_progress_is_objects_without_a_bar(said):
    progress = Progress()
    progress.say("settling", figures={"n": 1}, stage="settle")
    done = [0]
    progress.start("documents", 2, lambda: done[0])
    done[0] = 2
    progress.finish()
    Progress(quiet=True).say("nothing")
    told = said()
    assert told[0][LABELS] == {"stage": "settle"}
    assert told[-1]["message"] == "documents: 2 done"


def test_what_failed_stands_apart_by_stage_and_reason(said, capsys):
    manifest = {
        "rejected_inputs": [
            {
                "stage": "feeds",
                "reason": "http_5xx",
                "detail": "503",
                "url": "https://a.example/",
                "begins": "",
            }
        ],
        "stages": {"extract": {"in": 3, "rejected": {"no_text": 2}}},
    }
    tell_letters(manifest, log.say, inputs=True)
    feed, counted = said()
    assert feed[LABELS] == {"feed": "https://a.example/", "reason": "http_5xx", "stage": "feeds"}
    assert counted[LABELS] == {"reason": "no_text", "stage": "extract"}
    assert counted["figures"] == {"count": 2}
    log.begin("text")
    tell_letters(manifest, print, inputs=True)
    assert not capsys.readouterr().out, "a person has been told in one line"


def test_text_stays_as_it_was(capsys):
    log.say("3 bundles", "ERROR", figures={"n": 3}, stage="settle")
    assert capsys.readouterr().err == "rasd: 3 bundles\n"


def test_the_form_is_asked_for_anywhere_or_by_the_environment(monkeypatch):
    assert log.form_of(["run", "a"]) == ("text", ["run", "a"])
    assert log.form_of(["--log-format=json", "run"]) == ("json", ["run"])
    assert log.form_of(["run", "--log_format", "json"]) == ("json", ["run"])
    assert log.form_of(["run", "--", "--log-format"])[1] == ["run", "--", "--log-format"]
    monkeypatch.setenv(log.VARIABLE, "json")
    assert log.form_of(["run"])[0] == "json"
    assert log.form_of(["run", "--log-format", "text"])[0] == "text", "the command line wins"
    monkeypatch.setenv(log.VARIABLE, "xml")
    with pytest.raises(
        UsageError, match=r"RASD_LOG_FORMAT xml: no such form; there are text, json"
    ):
        log.form_of(["run"])


@pytest.mark.parametrize(
    ("args", "code", "hint"),
    [
        (("settel",), 2, "did you mean settle?"),
        (("settle", "--data", "nowhere"), 2, "no output at nowhere"),
        (("run", "nowhere", "--output", "out"), 2, "no such file or directory: nowhere"),
        (("query", "SELECT", "1"), 2, "put it in quotes"),
    ],
)
def test_a_command_that_cannot_says_so_in_one_object(args, code, hint, tmp_path):
    done = rasd(*args, "--log-format", "json", cwd=tmp_path)
    assert done.returncode == code
    (line,) = done.stderr.decode().splitlines()
    told = json.loads(line)
    assert told["severity"] == "ERROR"
    assert hint in told["message"]
    assert not done.stdout


def test_a_mistyped_form_is_refused(tmp_path):
    done = rasd("doctor", "--log-format", "jsom", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.decode() == "rasd: --log-format jsom: no such form; did you mean json?\n"
