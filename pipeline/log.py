"""What is said to people, on standard error: a line each, or for machines a JSON object a line.

The objects are those that Cloud Logging reads: ``severity``, ``message``, ``time``, labels, and
figures beside the sentence they stand in. Secrets are masked in both (decision 0070).
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Literal

from pipeline.errors import UsageError, nearest

Severity = Literal["DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL"]
FORMS: Final = ("text", "json")
VARIABLE: Final = "RASD_LOG_FORMAT"
LABELS: Final = "logging.googleapis.com/labels"
_OPTION: Final = ("--log-format", "--log_format")
_LEVELS: Final[tuple[tuple[int, Severity], ...]] = (
    (logging.CRITICAL, "CRITICAL"),
    (logging.ERROR, "ERROR"),
    (logging.WARNING, "WARNING"),
    (logging.INFO, "INFO"),
)

_form: Final = ["text"]
_labels: Final[dict[str, str]] = {}
_lock: Final = threading.Lock()


def form_of(words: Sequence[str]) -> tuple[str, list[str]]:
    """Find out how to speak: ``--log-format`` anywhere, else the environment, else as text.

    >>> form_of(["run", "seeds", "--log-format", "json", "--force"])
    ('json', ['run', 'seeds', '--force'])

    Args:
        words: the command line, without the program's name.

    Returns:
        ``text`` or ``json``, and the words that are left.

    Raises:
        UsageError: there is no such form.
    """
    given, origin = os.environ.get(VARIABLE) or "text", VARIABLE
    left: list[str] = []
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if word == "--":
            left += [word, *rest]
        elif name in _OPTION:
            given, origin = value if equals else next(rest, ""), _OPTION[0]
        else:
            left.append(word)
    if given not in FORMS:
        raise UsageError(f"{origin} {given}: no such form{nearest(given, FORMS)}")
    return given, left


def begin(form: str) -> None:
    """Speak so from now on; as JSON nothing of this process says anything otherwise.

    Args:
        form: ``text`` or ``json``.
    """
    _form[0] = form
    if form != "json":
        return
    with contextlib.suppress(AttributeError):  # a test's own stream needs no encoding
        sys.stderr.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    logging.captureWarnings(capture=True)
    logging.root.handlers[:] = [_Handler()]
    sys.excepthook = _uncaught
    threading.excepthook = lambda given: _uncaught(
        given.exc_type, given.exc_value, given.exc_traceback
    )


def is_json() -> bool:
    """Whether machines are listening."""
    return _form[0] == "json"


def label(**labels: str | None) -> None:
    """Put labels on all that is said from now on; None takes one off.

    Args:
        labels: such as ``run_id`` and ``command``.
    """
    for name, value in labels.items():
        if value is None:
            _labels.pop(name, None)
        else:
            _labels[name] = value


def say(
    message: str,
    severity: Severity = "INFO",
    *,
    figures: Mapping[str, float] | None = None,
    **labels: str | None,
) -> None:
    """Say one thing.

    Args:
        message: one line.
        severity: as Cloud Logging has them; text shows none.
        figures: numbers that stand in the message, for machines.
        labels: what it is about, for machines: ``feed``, ``stage``, ``reason``.
    """
    if is_json():
        _write(severity, message, labels, {"figures": dict(figures)} if figures else {})
    else:
        with _lock:
            sys.stderr.write(f"rasd: {message}\n")


def fail(message: str, error: BaseException) -> None:
    """Say what ended the program, with the traceback beside it; for machines only.

    Args:
        message: one line of cause.
        error: with its traceback.
    """
    trace = "".join(traceback.format_exception(error))
    _write("ERROR", message, {}, {"stack_trace": _masked(trace)})


def show_libraries(level: int) -> None:
    """Let what libraries log be seen (``--debug``)."""
    if is_json():
        logging.root.setLevel(level)
    else:
        logging.basicConfig(level=level, force=True)


def _write(
    severity: Severity, message: str, labels: Mapping[str, str | None], more: Mapping[str, Any]
) -> None:
    now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    named = {**_labels, **{name: value for name, value in labels.items() if value}}
    line = {
        "severity": severity,
        "time": now,
        "message": _masked(message),
        LABELS: {name: _masked(value) for name, value in sorted(named.items())},
        **more,
    }
    # Half a surrogate pair can be in any title, and in no file of UTF-8.
    text = json.dumps(line, ensure_ascii=False).encode("utf-8", "replace").decode()
    with _lock:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def _masked(text: str) -> str:
    from transforms.text.redact import redact_text  # noqa: PLC0415 - text needs it nowhere here

    return redact_text(text)


class _Handler(logging.Handler):
    """What libraries log, as objects of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        severity: Severity = next(
            (name for level, name in _LEVELS if record.levelno >= level), "DEBUG"
        )
        more = {}
        if record.exc_info and record.exc_info[1] is not None:
            trace = "".join(traceback.format_exception(record.exc_info[1]))
            more = {"stack_trace": _masked(trace)}
        _write(severity, record.getMessage(), {"logger": record.name}, more)


def _uncaught(
    _kind: type[BaseException], error: BaseException | None, _trace: TracebackType | None
) -> None:
    if error is not None:
        fail(f"{type(error).__name__}: {error}", error)
