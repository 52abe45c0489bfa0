"""Write a jar that holds nothing but the names of others, so that ``java -jar`` starts them all.

    thin_jar.py LIB JAR      LIB: the folder of the jars; JAR: written beside it

Beam's FlinkRunner starts its job server as ``java -jar JAR``. From a shaded jar that works as it
is; from the library's jars it needs this one.
"""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path

MAIN = "org.apache.beam.runners.flink.FlinkJobServerDriver"
# Flink 1.19 reaches into these of Java 17.
OPENS = ("lang", "util", "util.concurrent", "nio", "time", "net", "io")
WIDTH = 70  # a line of a manifest holds 72 bytes with its end; longer ones go on behind a space


def manifest(lib: Path, jar: Path) -> str:
    """The manifest: what starts, what it needs, what it may open."""
    below = os.path.relpath(lib, jar.parent)
    entries = {
        "Manifest-Version": "1.0",
        "Main-Class": MAIN,
        "Add-Opens": " ".join(f"java.base/java.{name}" for name in OPENS),
        "Class-Path": " ".join(f"{below}/{each.name}" for each in sorted(lib.glob("*.jar"))),
    }
    return "".join(folded(f"{name}: {value}") for name, value in entries.items()) + "\r\n"


def folded(line: str) -> str:
    """A long line as a manifest wants it."""
    parts = [line[:WIDTH]]
    parts += [f" {line[at : at + WIDTH - 1]}" for at in range(WIDTH, len(line), WIDTH - 1)]
    return "\r\n".join(parts) + "\r\n"


def main() -> None:
    """Write the jar."""
    lib, jar = (Path(each).resolve() for each in sys.argv[1:3])
    with zipfile.ZipFile(jar, "w") as out:
        out.writestr("META-INF/MANIFEST.MF", manifest(lib, jar))


if __name__ == "__main__":
    main()
