"""What lies in deploy/ starts commands that the program knows."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime

from pipeline_helpers import ROOT

from pipeline.run.stream_options import parse_stream

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_unit_starts_a_stream():
    unit = (ROOT / "deploy" / "rasd-stream.service").read_text("utf-8")
    (line,) = re.findall(r"^ExecStart=(.+)$", unit, re.MULTILINE)
    program, command, *args = shlex.split(line)
    assert program.endswith("/bin/rasd")
    assert command == "stream"
    config, wishes = parse_stream(args, NOW, frozenset)
    assert config.inputs == ("feeds.toml",)
    assert wishes.metrics_port == 9464


def test_the_unit_leaves_time_for_the_last_tick():
    unit = (ROOT / "deploy" / "rasd-stream.service").read_text("utf-8")
    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    assert int(seconds) >= 30
    assert "RestartPreventExitStatus=2" in unit
