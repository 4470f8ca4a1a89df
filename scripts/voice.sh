#!/bin/sh
# Makes .venv-voice, where a speech recogniser listens to what the studio says.
set -eu
cd "$(dirname "$0")/.."
stamp=.venv-voice/.installed
now=$(cksum requirements/voice.txt)
[ "$now" = "$(cat $stamp 2>/dev/null)" ] && exit 0
echo "正在准备语音识别环境（下载约 330 MB）…… Preparing .venv-voice (a download of about 330 MB) ..." >&2
rm -rf .venv-voice
if command -v uv >/dev/null 2>&1; then
    uv venv --quiet .venv-voice
    uv pip install --quiet --python .venv-voice/bin/python --no-deps --require-hashes \
        --only-binary :all: -r requirements/voice.txt
else
    "${PYTHON:-python3}" -m venv .venv-voice
    .venv-voice/bin/python -m pip --quiet --disable-pip-version-check install --no-deps \
        --require-hashes --only-binary :all: -r requirements/voice.txt
fi
echo "$now" >$stamp
