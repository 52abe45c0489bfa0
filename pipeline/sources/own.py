"""``--rules`` and ``--names``: read a user's own rules and names from files, and check them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipeline.errors import UsageError, not_there
from transforms.enrich.entities.own_names import read_names
from transforms.enrich.own import Fault, OwnTables
from transforms.enrich.rules.check import check_rules

_MOST: Final = 50  # faults that are told at once
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")  # what Excel writes as "Unicode text"


def read_own(rules: str | None, names: str | None) -> OwnTables | None:
    """Read and check own rules and names; this process codes with them from then on.

    Args:
        rules: a directory of rule files (.toml), or one of them.
        names: a tab-separated file.

    Returns:
        What was read, to travel with the work; None when neither is given.

    Raises:
        UsageError: something is not there, or cannot be meant: every fault with file and line.
    """
    if rules is None and names is None:
        return None
    faults: list[Fault] = []
    rule_files = tuple(_texts(_rule_paths(rules), faults)) if rules is not None else ()
    name_files = tuple(_texts([_file("--names", names)], faults)) if names is not None else ()
    tables = OwnTables(rule_files, name_files)
    for file, text in name_files:
        faults += read_names(file, text)[1]
    faults += check_rules(tables)
    if faults:
        told = sorted(faults, key=lambda fault: (fault.file, fault.line))
        more = [f"{len(told) - _MOST} more faults"] if told[_MOST:] else []
        raise UsageError(*map(str, told[:_MOST]), *more)
    return tables


def _rule_paths(given: str) -> list[Path]:
    path = Path(given)
    if path.is_dir():
        found = sorted(path.glob("*.toml"))
        if not found:
            raise UsageError(f"--rules {given}: no rule file (.toml) in it")
        return found
    path = _file("--rules", given)
    if path.suffix != ".toml":
        raise UsageError(f"--rules {given}: name a directory of rule files (.toml), or one of them")
    return [path]


def _file(option: str, given: str) -> Path:
    """A file somebody named, which must be there."""
    if "://" in given:
        raise UsageError(f"{option} {given}: name a local path")
    path = Path(given)
    if path.is_dir():
        raise UsageError(f"{option} {given}: is a directory; name a file")
    if not path.exists():
        raise UsageError(f"{option}: {not_there(given)}")
    return path


def _texts(paths: list[Path], faults: list[Fault]) -> Iterator[tuple[str, str]]:
    """What files are called and hold; one that is no text is a fault."""
    for path in paths:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}") from error
        try:
            text = data.decode("utf-16" if data.startswith(_UTF16) else "utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            faults.append(Fault(str(path), line, "not UTF-8: save the file as UTF-8"))
            continue
        yield str(path), text.replace("\r\n", "\n")
