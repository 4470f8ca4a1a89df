#!/bin/sh
# Sees to a Chromium for the browser tests; without one they are skipped, but not in CI.
set -eu
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Debian's chromium and a Chinese font for the browser tests ..." >&2
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends chromium fonts-noto-cjk; } >/dev/null && exit 0
fi
echo "没有 Chromium，浏览器测试将跳过 / no Chromium: the browser tests will be skipped." >&2
echo "    sudo apt-get install -y chromium fonts-noto-cjk" >&2
[ "${CI:-}" != true ] || exit 1
