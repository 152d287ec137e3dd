#!/bin/sh
# Write the lock files anew from pyproject.toml: hashes, no index addresses. Needs uv on the PATH.
set -eu
cd "$(dirname "$0")/.."
lock() {
  out=$1
  shift
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
    --no-emit-index-url --no-emit-find-links --no-config -o "requirements/$out.txt" "$@" pyproject.toml
}
lock dev --extra spark --group dev
lock base --group build -c requirements/dev.txt
uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
  --no-emit-index-url --no-emit-find-links --no-config -o requirements/node.txt --group node
