"""Fetch what the page is made with from npm, as ``vendor.toml`` pins it: ``make static``.

The files are checked in, so that installing rasd asks nobody but Python's package index; this
makes them again, and refuses whatever is not byte for byte what was pinned.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
FOLDER: Final = HERE / "static" / "vendor"


@dataclass(frozen=True, slots=True)
class Package:
    """One npm package.

    Attributes:
        name: as npm knows it.
        version: the one that is shipped.
        integrity: ``sha512-`` and the hash of its archive in base64.
        licence: its SPDX name.
        files: path in the archive -> (path below ``static/vendor``, sha256 in hex).
    """

    name: str
    version: str
    integrity: str
    licence: str
    files: dict[str, tuple[str, str]]


def packages() -> list[Package]:
    """What ``vendor.toml`` pins."""
    found = tomllib.loads((HERE / "vendor.toml").read_text(encoding="utf-8"))["package"]
    return [
        Package(
            each["name"],
            each["version"],
            each["integrity"],
            each["licence"],
            {file["from"]: (file["to"], file["sha256"]) for file in each["files"]},
        )
        for each in found
    ]


def fetch(package: Package, target: Path) -> None:
    """Fetch one package and put its files below a folder.

    Args:
        package: what and which.
        target: where its files go.

    Raises:
        ValueError: what came is not what was pinned.
        subprocess.CalledProcessError: npm could not have it.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise ValueError("npm is not installed")
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"{package.name}@{package.version}"
        subprocess.run([npm, "pack", "--silent", wanted], cwd=folder, check=True)  # noqa: S603
        (archive,) = Path(folder).glob("*.tgz")
        data = archive.read_bytes()
        got = "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
        if got != package.integrity:
            raise ValueError(f"{wanted} is {got}, not {package.integrity}")
        with tarfile.open(archive) as files:
            for source, (name, sha256) in package.files.items():
                member = files.extractfile(f"package/{source}")
                content = member.read() if member else b""
                if hashlib.sha256(content).hexdigest() != sha256:
                    raise ValueError(f"{wanted}: {source} is not what was pinned")
                path = target / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)


def main() -> None:
    """Fetch all of them."""
    for package in packages():
        fetch(package, FOLDER)
        sys.stderr.write(f"rasd: {package.name} {package.version}: {len(package.files)} files\n")


if __name__ == "__main__":
    main()
