"""What the production profile refuses to start with, each in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from campaigns.errors import NotReady, mark
from outreach.settings import Settings

KEYS = ("secret_key", "data_key", "index_key", "token_key")
FOREIGN_VOICE = "google"
_ABROAD = re.compile(r"\.(?:ap|us|eu|me|na|sa)-[a-z]+-?\d?\.aliyuncs\.com")
"""Regions of Alibaba Cloud outside the mainland; those inside begin with ``cn-``."""
_SHORTEST = 32
_DISTINCT = 8
_VERIFIED = {"verify-full", "verify-ca"}
_SEALED = {"rediss", "amqps", "redis+socket", "filesystem"}

_MISSING = mark(
    "%(setting)s 没有设置。请运行 sh scripts/secrets.sh 生成密钥，或在环境里给出。"
)
_WEAK = mark("%(setting)s 太弱，猜得出来。请换成 64 位随机的十六进制数。")
_SAME = mark("%(setting)s 和 %(other)s 相同。每把密钥要各不相同，请重新生成其中一把。")
_NO_ADDRESS = mark("%(setting)s 没有设置。生产环境要写明地址。")
_NO_POSTGRESQL = mark(
    "OUTREACH_DATABASE_URL 不是 PostgreSQL 的地址。"
    "生产环境只用 PostgreSQL，请改成 postgresql+psycopg:// 开头的地址。"
)
_PLAIN_DATABASE = mark(
    "数据库在另一台机器（%(host)s）上，连接没有加密。"
    "请在 OUTREACH_DATABASE_URL 末尾加上 sslmode=verify-full。"
)
_PLAIN_BROKER = mark(
    "任务队列在另一台机器（%(host)s）上，连接没有加密，或不核对证书。"
    "请把 OUTREACH_BROKER_URL 改成 rediss:// 开头的地址。"
)
_DEBUG = mark(
    "OUTREACH_DEBUG 或 FLASK_DEBUG 开着，出错时会把内部情况显示给别人。请关掉。"
)
_FOREIGN = mark(
    "OUTREACH_ALIYUN_ENDPOINT 的 %(host)s 在境外。"
    "请换成境内的，例如 dysmsapi.aliyuncs.com。"
)


def refusals(settings: Settings) -> list[NotReady]:
    """Why a process may not start with ``settings``.

    An office's own computer is asked for no more than to stay in the country. Carriers
    and voices that are abroad themselves are approved on a page
    (``campaigns.planning.foreign``): until then they are refused where they are used.
    """
    if settings.profile != "production":
        return list(_abroad(settings))
    return [
        *_keys(settings),
        *_database(settings.database_url),
        *_broker(settings.broker_url),
        *([NotReady(_DEBUG)] if settings.debug else []),
        *_abroad(settings),
    ]


def demand(settings: Settings) -> None:
    """Raise the first refusal."""
    for refusal in refusals(settings):
        raise refusal


def _keys(settings: Settings) -> Iterator[NotReady]:
    seen: dict[str, str] = {}
    for name in KEYS:
        value = getattr(settings, name).get_secret_value()
        setting = _variable(name)
        if not value:
            yield NotReady(_MISSING, setting=setting)
        elif any(weak(each.rpartition(":")[2]) for each in value.split(",")):
            yield NotReady(_WEAK, setting=setting)
        elif value in seen:
            yield NotReady(_SAME, setting=setting, other=seen[value])
        seen.setdefault(value, setting)
    given = settings.metrics_key.get_secret_value()
    if given and weak(given):
        yield NotReady(_WEAK, setting=_variable("metrics_key"))


def weak(secret: str) -> bool:
    """Whether ``secret`` is short, or a short text again and again."""
    repeats = secret in (secret + secret)[1:-1]
    return len(secret) < _SHORTEST or len(set(secret)) < _DISTINCT or repeats


def _database(address: str) -> Iterator[NotReady]:
    if not address:
        yield NotReady(_NO_ADDRESS, setting=_variable("database_url"))
        return
    try:
        url = make_url(address)
    except ArgumentError:
        yield NotReady(_NO_POSTGRESQL)
        return
    if url.get_backend_name() != "postgresql":
        yield NotReady(_NO_POSTGRESQL)
        return
    query = {key: str(value) for key, value in url.query.items()}
    # libpq's own names: hostaddr wins over host, and either may list several.
    named = query.get("hostaddr") or query.get("host") or url.host or ""
    away = [host for host in named.split(",") if not _here(host)]
    if away and query.get("sslmode") not in _VERIFIED:
        yield NotReady(_PLAIN_DATABASE, host=away[0])


def _broker(address: str) -> Iterator[NotReady]:
    if not address:
        yield NotReady(_NO_ADDRESS, setting=_variable("broker_url"))
        return
    parts = urlsplit(address)
    host = parts.hostname or ""
    trusting = parse_qs(parts.query).get("ssl_cert_reqs", [""])[-1].lower()
    unchecked = trusting in {"none", "cert_none", "optional", "cert_optional"}
    if not _here(host) and (parts.scheme not in _SEALED or unchecked):
        yield NotReady(_PLAIN_BROKER, host=host)


def _abroad(settings: Settings) -> Iterator[NotReady]:
    if _ABROAD.search(settings.aliyun_endpoint):
        yield NotReady(_FOREIGN, host=settings.aliyun_endpoint)


def _here(host: str) -> bool:
    """Whether ``host`` is this machine: a socket's folder, or loopback."""
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _variable(name: str) -> str:
    return f"OUTREACH_{name.upper()}"
