"""The wheel holds both packages with their data, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions

import pytest
from pipeline_helpers import ROOT


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory):
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("pipeline", "transforms", "tests", "seeds", "deploy"):
        if (ROOT / name).exists():
            shutil.copytree(
                ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__")
            )
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "--wheel-dir",
            str(target),
            str(source),
        ],
        check=True,
    )
    (wheel,) = target.glob("rasd-*.whl")
    return zipfile.ZipFile(wheel).namelist()


def test_the_top_level_is_exactly_the_two_packages(wheel_names):
    top = {name.split("/")[0] for name in wheel_names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"pipeline", "transforms"}


def test_every_data_file_of_the_packages_is_in_the_wheel(wheel_names):
    present = set(wheel_names)
    for package in ("pipeline", "transforms"):
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                name = path.relative_to(ROOT).as_posix()
                assert name in present, f"{name} is missing: add its suffix to package-data"


def test_nobody_else_owns_the_package_names():
    owners = packages_distributions()
    for name in ("pipeline", "transforms"):
        assert set(owners.get(name, ["rasd"])) == {"rasd"}
