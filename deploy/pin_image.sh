#!/bin/sh
# Resolve the digests of the images that deploy/Dockerfile builds on, and write them down.
#   deploy/pin_image.sh FILE [PROGRAM]     FILE: lines NAME=image@sha256:...; PROGRAM: gives the
#                                          digest of an image it is named; crane or docker by default
# All or nothing: no line is written of an image whose digest was not told.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
file=$1

digest_of() {
  if [ $# -gt 1 ]; then "$2" "$1"
  elif command -v crane >/dev/null; then crane digest "$1"
  elif command -v docker >/dev/null; then docker buildx imagetools inspect "$1" --format '{{.Manifest.Digest}}'
  else echo "pin-image: neither crane (https://github.com/google/go-containerregistry) nor docker on the path" >&2; return 1
  fi
}

aside="$file.part"
: >"$aside"
trap 'rm -f "$aside"' EXIT
sed -n 's/^ARG \([A-Z]*\)=\(.*\)$/\1 \2/p' "$here/Dockerfile" | while read -r name image; do
  digest=$(digest_of "$image" ${2+"$2"}) || { echo "pin-image: no digest of $image" >&2; exit 1; }
  case $digest in
    sha256:*) echo "$name=$image@$digest" | tee -a "$aside" ;;
    *) echo "pin-image: no digest of $image, but: $digest" >&2; exit 1 ;;
  esac
done
mv "$aside" "$file"
