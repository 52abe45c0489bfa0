#!/bin/sh
# Build and gather the engines that `rasd run --runner=...` can go through on one machine.
#   deploy/engines.sh FOLDER PYTHON     FOLDER: where they go; PYTHON: of the environment with Beam
# Each ends with a line: there, built, or what is missing and where to get it. The exit code is 1
# when one could not be had, so that CI notices.
set -u
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
python=$2
failed=0

prism() {
  version=$("$python" -c 'import importlib.metadata as m; print(m.version("apache-beam"))') || return 1
  target="$folder/prism-$version"
  if [ -x "$target" ]; then echo "prism $version: there"; return 0; fi
  if ! command -v go >/dev/null; then
    echo "prism: no go (1.26 or later) on the path: https://go.dev/dl" >&2
    return 1
  fi
  aside=$(mktemp -d "$folder/.prism.XXXXXX") || return 1
  if GOBIN="$aside" go install "github.com/apache/beam/sdks/v2/go/cmd/prism@v$version" >"$folder/prism.log" 2>&1; then
    mv "$aside/prism" "$target" && rmdir "$aside" && echo "prism $version: built"
  else
    rm -rf "$aside"
    echo "prism $version: go install failed: $folder/prism.log" >&2
    return 1
  fi
}

flink() {
  jar="$folder/flink/job-server.jar"
  if [ -f "$jar" ] && [ "$jar" -nt "$here/flink/pom.xml" ]; then echo "flink job server: there"; return 0; fi
  for tool in java mvn; do
    if ! command -v "$tool" >/dev/null; then
      echo "flink: no $tool on the path: Java 17 (https://adoptium.net) and Maven (https://maven.apache.org)" >&2
      return 1
    fi
  done
  rm -rf "$folder/flink" && mkdir -p "$folder/flink"
  if mvn -q -B -f "$here/flink/pom.xml" dependency:copy-dependencies -DoutputDirectory="$folder/flink/lib" >"$folder/flink.log" 2>&1; then
    "$python" "$here/flink/thin_jar.py" "$folder/flink/lib" "$jar" && echo "flink job server: gathered"
  else
    echo "flink: mvn failed: $folder/flink.log" >&2
    return 1
  fi
}

prism || failed=1
flink || failed=1
exit $failed
