#!/bin/sh
# Makes or renews .venv from a hashed lock: sh scripts/environment.sh run|dev
# Everything is said on stderr: stdout belongs to the command that follows.
set -eu
cd "$(dirname "$0")/.."
unset PYTHONHOME PYTHONPATH PIP_USER PIP_TARGET PIP_PREFIX || :
lock=$1
stamp=.venv/.installed

# What `make wheels` laid here is all that a running service needs: no index is asked.
if [ "$lock" = run ] && [ -d wheels ]; then
    export PIP_NO_INDEX=1 PIP_FIND_LINKS=wheels UV_NO_INDEX=1 UV_FIND_LINKS=wheels
fi

say() { printf '%s\n' "$@" >&2; }
stop() { say "$@"; exit 1; }
recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# What is installed, and where it was installed: scripts inside .venv know its path.
print_of() { printf '%s\n%s\n' "$1" "$(pwd -P)"; cksum "requirements/$1.txt"; }

is_current() {
    [ -x .venv/bin/outreach ] && recent .venv/bin/python || return 1
    for installed in "$lock" dev; do  # the dev lock holds everything of the run lock
        [ "$(print_of "$installed")" = "$(cat $stamp 2>/dev/null)" ] && return 0
    done
    return 1
}

find_python() {
    for python in "${PYTHON:-python3}" python3 python3.13 python3.12 python3.11 \
        python3.14 python; do
        if command -v "$python" >/dev/null 2>&1 && recent "$python"; then return 0; fi
    done
    python=
}

has_venv() { [ -n "$python" ] && "$python" -c 'import ensurepip, venv' 2>/dev/null; }

with_uv() {
    command -v uv >/dev/null 2>&1 || return 1
    uv venv --quiet --python "${python:->=3.11}" .venv &&
        uv pip install --quiet --python .venv/bin/python --no-deps --require-hashes \
            --only-binary :all: -r "requirements/$lock.txt" &&
        uv pip install --quiet --python .venv/bin/python --no-deps --offline \
            --no-build-isolation --reinstall --editable .
}

with_pip() {
    pip='.venv/bin/python -m pip --disable-pip-version-check --no-input --quiet'
    "$python" -m venv --clear .venv &&
        $pip install --no-deps --require-hashes --only-binary :all: \
            -r "requirements/$lock.txt" &&
        $pip install --no-deps --no-index --no-build-isolation --force-reinstall \
            --editable .
}

is_current && exit 0
find_python
if [ -z "$python" ] && ! command -v uv >/dev/null 2>&1; then
    stop "没有找到 Python 3.11 或更新的版本。安装后再运行；Debian/Ubuntu：" \
        "No Python 3.11 or newer was found. Install it and run this again; on Debian/Ubuntu:" \
        "    sudo apt-get install -y python3 python3-venv" \
        "macOS:  brew install python@3.12" \
        "已装在别处 / installed elsewhere:  make PYTHON=/path/to/python3.12 ..."
fi
[ -w . ] || stop "不能在 $PWD 里写文件，请换一个有写权限的文件夹。" \
    "$PWD cannot be written to: copy the project to a folder of yours (cp -R . ~/outreach)."

[ "$lock" = run ] && size=195 || size=300
say "正在准备运行环境（第一次约需一分钟，下载约 $size MB）……" \
    "Preparing .venv (about a minute the first time, a download of about $size MB) ..."
rm -rf .venv
if with_uv >&2; then :
else
    has_venv || stop "这个 Python 缺少 venv 模块。请先安装，Debian/Ubuntu：" \
        "This Python lacks its venv module. Install it first; on Debian/Ubuntu:" \
        "    sudo apt-get install -y python3-venv"
    with_pip >&2 || {
        rm -rf .venv
        stop "依赖没有装上，原因见上面的英文。多半是下载不通，或本机不在支持之列" \
            "（支持：glibc 2.28 以上的 Linux x86_64/aarch64，Apple 芯片的 macOS 14 以上）。" \
            "The dependencies could not be installed; the reason is above. Either the download" \
            "failed, or there is no wheel for this machine (supported: Linux x86_64/aarch64" \
            "with glibc 2.28 or newer, macOS 14 or newer on Apple silicon). With a mirror / 使用镜像:" \
            "    PIP_INDEX_URL=https://镜像/simple make ..."
    }
fi
print_of "$lock" >$stamp
