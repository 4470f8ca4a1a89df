"""The state of each part of the running service, with what to do where one ails."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.delivery import quarantine
from campaigns.delivery.models import DutyRow, Line, Receipt
from campaigns.delivery.progress import stalled
from campaigns.errors import mark
from campaigns.planning.models import Campaign
from campaigns.vocabulary import CampaignState
from outreach import disk as disks
from outreach.settings import Settings
from outreach.wiring import Wiring

_SILENT = timedelta(seconds=60)
_BACKLOG = 10_000
_SECONDS = 1.0
WELL = mark("正常")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: ``says`` is a msgid with ``values``, ``mend`` what to do."""

    name: str
    label: str
    well: bool
    says: str
    mend: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    needed: bool = False

    @property
    def level(self) -> str:
        """``ok``, ``warn``, or ``bad`` where the service cannot do without it."""
        if self.well:
            return "ok"
        return "bad" if self.needed else "warn"


def parts(wiring: Wiring, session: Session, now: datetime) -> list[Part]:
    """Database, broker, worker, sending, inbox, strays, disk and lines."""
    return [
        Part("database", mark("数据库"), well=True, says=WELL, needed=True),
        broker(wiring.settings),
        _worker(session, now),
        _sending(session, now),
        _inbox(session),
        _strays(session, now),
        disk(wiring.settings),
        *_lines(session, now),
    ]


def running(session: Session) -> list[tuple[int, str, datetime | None]]:
    """Number, state and start of each campaign under way; never its text."""
    under_way = Campaign.status.in_((CampaignState.RUNNING, CampaignState.PAUSED))
    query = select(Campaign.id, Campaign.status, Campaign.launched_at).where(under_way)
    return [(n, state.value, since) for n, state, since in session.execute(query)]


def broker(settings: Settings) -> Part:
    """Whether the queue answers within a second."""
    label = mark("任务队列")
    address = settings.broker_address.replace("redis+socket://", "unix://")
    if not address.startswith(("unix://", "redis://", "rediss://")):
        return Part("broker", label, well=True, says=WELL, needed=True)
    options = {"socket_timeout": _SECONDS, "socket_connect_timeout": _SECONDS}
    try:
        with Redis.from_url(address, **options) as client:
            client.ping()
    except (RedisError, OSError):
        return Part(
            "broker",
            label,
            well=False,
            says=mark("不通"),
            mend=mark("请重新启动本服务。短信在库里排队，不会丢。"),
            needed=True,
        )
    return Part("broker", label, well=True, says=WELL, needed=True)


def _worker(session: Session, now: datetime) -> Part:
    label = mark("后台进程")
    seen = session.scalar(select(func.max(DutyRow.next_at)))
    if seen is None or seen < now - _SILENT:
        return Part(
            "worker",
            label,
            well=False,
            says=mark("一分钟没有动静"),
            mend=mark("请启动后台进程，或重新启动本服务。"),
            needed=True,
        )
    return Part("worker", label, well=True, says=WELL, needed=True)


def _sending(session: Session, now: datetime) -> Part:
    waiting = stalled(session, now)
    return Part(
        "sending",
        mark("发送进度"),
        well=not waiting,
        says=mark("有短信到点没人发") if waiting else WELL,
        mend=mark("请重新启动后台进程。短信在库里排队，不会丢。") if waiting else "",
        needed=True,
    )


def _inbox(session: Session) -> Part:
    waiting = select(func.count()).where(Receipt.applied_at.is_(None))
    n = session.scalar(waiting) or 0
    return Part(
        "inbox",
        mark("待处理回执"),
        well=n < _BACKLOG,
        says=mark("%(n)s 条"),
        mend="" if n < _BACKLOG else mark("后台进程太少，请增加。"),
        values={"n": n},
    )


def _strays(session: Session, now: datetime) -> Part:
    n = quarantine.lately(session, now)
    return Part(
        "strays",
        mark("对不上的回执"),
        well=not n,
        says=mark("一周内 %(n)s 条"),
        mend=mark("请看下面“对不上的回执”，问通道是怎么回事。") if n else "",
        values={"n": n},
    )


def disk(settings: Settings) -> Part:
    """The room that is left, and what has stopped because of it."""
    room = disks.room(settings.data_dir)
    mend = ""
    if room.tight:
        mend = mark("导入和录音已经停下。请清理磁盘，或换大一些的。")
    if room.full:
        mend = mark("任务已经暂停。请清理磁盘，或换大一些的，再继续任务。")
    return Part(
        "disk",
        mark("磁盘"),
        well=not room.tight,
        says=mark("还剩 %(n)s GB"),
        mend=mend,
        values={"n": room.gigabytes},
    )


def _lines(session: Session, now: datetime) -> list[Part]:
    found = []
    for line in session.scalars(select(Line).order_by(Line.provider)):
        shut = line.open_until is not None and line.open_until > now
        found.append(
            Part(
                f"line:{line.provider}",
                f"provider.{line.provider}",
                well=not shut,
                says=mark("暂时不通，过一会儿自动再试") if shut else WELL,
                mend=mark("短信在排队，不会丢。账号或余额有问题时请联系通道。")
                if shut
                else "",
            )
        )
    return found
