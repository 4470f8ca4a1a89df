#!/bin/sh
# Compiles requirements/run.txt and dev.txt: hashed, for every platform, without a host name.
set -eu
cd "$(dirname "$0")/.."
command -v uv >/dev/null 2>&1 || {
    echo "make lock needs uv: python3 -m pip install uv" >&2
    exit 1
}
compile() {
    uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
        --generate-hashes --only-binary :all: --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links "$@"
}
compile --group build --output-file requirements/run.txt
compile --group build --group dev --constraint requirements/run.txt \
    --output-file requirements/dev.txt
uv pip compile requirements/voice.in --quiet --universal --python-version 3.11 \
    --generate-hashes --only-binary :all: --no-header --no-annotate --no-emit-index-url \
    --no-emit-find-links --constraint requirements/dev.txt \
    --output-file requirements/voice.txt
