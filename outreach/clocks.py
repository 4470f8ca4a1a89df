"""How far this machine's clock is from those that it works with."""

from __future__ import annotations

from datetime import datetime

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from campaigns.orm import is_sqlite
from outreach.audit import AuditRow
from outreach.settings import Settings

_SECONDS = 1.0


def from_database(session: Session, now: datetime) -> float:
    """Seconds from the database's clock; how far the last deed lies ahead, if more."""
    last = session.scalar(select(AuditRow.at).order_by(AuditRow.id.desc()).limit(1))
    ahead = (last - now).total_seconds() if last else 0.0
    if not is_sqlite(session):
        theirs = session.scalar(text("SELECT clock_timestamp()"))
        ahead = max(ahead, abs((theirs - now).total_seconds()))
    return ahead


def from_broker(settings: Settings, now: datetime) -> float:
    """Seconds from the broker's clock, which may be another machine's.

    Raises RedisError or OSError where it does not answer within a second.
    """
    address = settings.broker_address.replace("redis+socket://", "unix://")
    if not address.startswith(("unix://", "redis://", "rediss://")):
        return 0.0
    options = {"socket_timeout": _SECONDS, "socket_connect_timeout": _SECONDS}
    with Redis.from_url(address, **options) as client:
        seconds, fraction = client.time()
    return float(abs(seconds + fraction / 1e6 - now.timestamp()))


__all__ = ["RedisError", "from_broker", "from_database"]
