"""Records as JSON and back: dataclasses whose fields are texts, numbers, times and records."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, Literal, Union, cast, get_args, get_origin, get_type_hints

import pybase64

from transforms.rows.rows import clean_text

_BASE64: Final = "base64"
_TIME: Final = "%Y%m%dT%H%M%SZ"


def time_in_name(moment: datetime) -> str:
    """A time as names of files tell it, so that they are in its order: to the second, in UTC."""
    return f"{moment.astimezone(UTC):{_TIME}}"


def time_of_name(written: str) -> datetime:
    """The time that a name of a file tells.

    Raises:
        ValueError: it tells none.
    """
    return datetime.strptime(written, _TIME).replace(tzinfo=UTC)


def to_plain(value: Any) -> Any:
    """Make JSON's own values of a record; fields that hold their default are left out.

    >>> from transforms.records import Sighting
    >>> to_plain(Sighting("https://a.example/rss", "1", "", 0))
    {'feed_url': 'https://a.example/rss', 'guid': '1', 'url': '', 'position': 0}

    Args:
        value: a record, or what its fields may hold. Bytes that are UTF-8 become text.
    """
    if is_dataclass(value):
        held = ((each, getattr(value, each.name)) for each in fields(value))
        return {each.name: to_plain(found) for each, found in held if found != each.default}
    if isinstance(value, (list, tuple)):
        return [to_plain(each) for each in value]
    write = _WRITTEN.get(type(value))
    return value if write is None else write(value)


def to_record(cls: type, given: Any) -> Any:
    """Make a record of JSON's values.

    >>> from transforms.records import Sighting
    >>> to_record(Sighting, {"feed_url": "f", "guid": "1", "url": "", "position": 0}).guid
    '1'

    Raises:
        ValueError: something is missing, unknown, or of another type.
    """
    if not isinstance(given, Mapping):
        raise ValueError(f"{cls.__name__} is no object")  # noqa: TRY004 - of JSON
    hints = _hints(cls)
    strange = sorted(given.keys() - hints.keys())
    missing = sorted(_needed(cls) - given.keys())
    if strange or missing:
        raise ValueError(f"{cls.__name__} {'has no' if strange else 'lacks'} {strange or missing}")
    return cls(**{name: _read(hints[name], each, name) for name, each in given.items()})


def to_moment(given: Any, name: str) -> datetime:
    """Read a time.

    Raises:
        ValueError: it is none, or has no zone.
    """
    if isinstance(given, str):
        moment = datetime.fromisoformat(given)
        if moment.tzinfo is not None:
            return moment
    raise ValueError(f"{name} is no time with a zone")


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


@cache
def _needed(cls: type) -> frozenset[str]:
    found = (each for each in fields(cls) if each.default is MISSING)
    return frozenset(each.name for each in found if each.default_factory is MISSING)


def _read(hint: Any, given: Any, name: str) -> Any:
    """Read a value of a type.

    Raises:
        ValueError: it is of another.
    """
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        (inner,) = (each for each in get_args(hint) if each is not types.NoneType)
        return None if given is None else _read(inner, given, name)
    if origin is tuple:
        if not isinstance(given, list):
            raise ValueError(f"{name} is no list")
        return tuple(_read(get_args(hint)[0], each, name) for each in given)
    if origin is Literal:
        if given not in get_args(hint):
            raise ValueError(f"{name} is {given!r:.40}")
        return given
    if is_dataclass(hint):
        return to_record(cast("type", hint), given)
    if hint in _READ:
        return _READ[hint](given, name)
    if type(given) is not hint:
        raise ValueError(f"{name} is no {hint.__name__}")
    return given


def _text_of(value: bytes) -> Any:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return {_BASE64: pybase64.b64encode(value).decode("ascii")}


def _bytes(given: Any, name: str) -> bytes:
    if isinstance(given, str):
        return given.encode("utf-8", "replace")
    if isinstance(given, Mapping) and isinstance(given.get(_BASE64), str):
        return pybase64.b64decode(given[_BASE64], validate=True)
    raise ValueError(f"{name} is neither text nor base64")


_WRITTEN: Final[dict[type, Callable[[Any], Any]]] = {
    str: clean_text,
    bytes: _text_of,
    datetime: datetime.isoformat,
}
_READ: Final[dict[Any, Callable[[Any, str], Any]]] = {bytes: _bytes, datetime: to_moment}
