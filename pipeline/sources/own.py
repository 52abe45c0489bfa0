"""``--rules`` and ``--names``: read a user's own rules and names from files, and check them.

Whoever starts the work reads them, once, from a disk or a bucket; what was read travels with the
work, so that no worker needs to reach them and all code by the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipeline.errors import UsageError, not_there
from pipeline.storage import UnreadableError, is_remote, read_bytes, walk
from transforms.enrich.entities.own_names import read_names
from transforms.enrich.own import Fault, OwnTables
from transforms.enrich.rules.check import check_rules

_MOST: Final = 50  # faults that are told at once
_RULES: Final = ".toml"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")  # what Excel writes as "Unicode text"


def read_own(rules: str | None, names: str | None) -> OwnTables | None:
    """Read and check own rules and names; this process codes with them from then on.

    Args:
        rules: a directory of rule files (.toml), or one of them: a path, or ``gs://...``.
        names: a tab-separated file, likewise.

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


def _rule_paths(given: str) -> list[str]:
    """The rule files of a directory, or the one that is named."""
    found = _listed("--rules", given)
    if found is None:
        if not given.endswith(_RULES):
            raise UsageError(
                f"--rules {given}: name a directory of rule files (.toml), or one of them"
            )
        return [given]
    rules = [path for path in found if path.endswith(_RULES)]
    if not rules:
        raise UsageError(f"--rules {given}: no rule file (.toml) in it")
    return rules


def _file(option: str, given: str) -> str:
    """A file somebody named, which must be there."""
    if _listed(option, given) is not None:
        raise UsageError(f"{option} {given}: is a directory; name a file")
    return given


def _listed(option: str, given: str) -> list[str] | None:
    """The files of a directory, those of directories in it left out; None for a file.

    Raises:
        UsageError: there is neither.
    """
    if not is_remote(given):
        path = Path(given)
        if not path.exists():
            raise UsageError(f"{option}: {not_there(given)}")
        return sorted(map(str, path.iterdir())) if path.is_dir() else None
    scheme, _, place = given.partition("://")
    if scheme != "gs":
        raise UsageError(f"{option} {given}: unknown scheme {scheme}://: give a path or gs://")
    if not place.strip("/"):
        raise UsageError(f"{option} {given}: names no bucket: give gs://BUCKET/PATH")
    try:
        found = list(walk(given))
    except UsageError as error:
        raise UsageError(f"{option}: {error}") from error
    if found == [given]:
        return None
    top = f"{given.rstrip('/')}/"
    return [name for name in found if "/" not in name.removeprefix(top)]


def _texts(paths: list[str], faults: list[Fault]) -> Iterator[tuple[str, str]]:
    """What files are called and hold; one that is no text is a fault."""
    for path in paths:
        try:
            data = read_bytes(path)
        except UnreadableError as error:
            raise UsageError(str(error)) from error
        try:
            text = data.decode("utf-16" if data.startswith(_UTF16) else "utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            faults.append(Fault(path, line, "not UTF-8: save the file as UTF-8"))
            continue
        yield path, text.replace("\r\n", "\n")
