#!/bin/sh
# Fills wheels/ with all that an office without internet needs, and installs from it with
# no index, to be sure. For this machine's platform and Python: run it on a like one.
set -eu
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
.venv/bin/python -m venv "$scratch/make"
pip="$scratch/make/bin/python -m pip --quiet --disable-pip-version-check --no-input"
rm -rf wheels
$pip download --no-deps --require-hashes --only-binary :all: --dest wheels \
    -r requirements/run.txt
# Nothing below asks an index.
export PIP_NO_INDEX=1 PIP_FIND_LINKS=wheels
$pip install --no-deps hatchling editables packaging pathspec pluggy trove-classifiers
$pip wheel --no-deps --no-build-isolation --wheel-dir wheels .
.venv/bin/python -m venv "$scratch/try"
pip="$scratch/try/bin/python -m pip --quiet --disable-pip-version-check --no-input"
$pip install --no-deps --require-hashes --only-binary :all: -r requirements/run.txt
$pip install --no-deps outreach
(cd "$scratch" && try/bin/outreach --help >/dev/null)
echo "wheels/: $(ls wheels | wc -l | tr -d ' ') files, installed and started without an index"
