"""The state of each part of the running service, with what to do where one ails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.delivery import quarantine
from campaigns.delivery.models import DutyRow, Line, Receipt
from campaigns.delivery.progress import stalled
from campaigns.errors import mark
from campaigns.planning.models import Campaign
from campaigns.vocabulary import IN_PROGRESS
from outreach import clocks, rows
from outreach import disk as disks
from outreach.audit import AuditRow
from outreach.balances import Balance
from outreach.settings import Settings
from outreach.wiring import Wiring

_SILENT = timedelta(seconds=60)
_SKEW = 2.0
_LOOKS, _DEEDS = 40, 5000
"""Looks at numbers in an hour that nobody's work needs, among the last deeds."""
_BACKLOG = 10_000
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
    """Every part of the running service: what is not well is an alarm."""
    queue, away = broker(wiring.settings, now)
    return [
        Part("database", mark("数据库"), well=True, says=WELL, needed=True),
        queue,
        *kept(session, wiring.settings, now),
        disk(wiring.settings),
        clock(max(clocks.from_database(session, now), away)),
    ]


def kept(session: Session, settings: Settings, now: datetime) -> list[Part]:
    """What the rows alone tell: the worker's traces, the lines, money and backup."""
    return [
        _worker(session, now),
        _sending(session, now),
        _inbox(session),
        _strays(session, now),
        *_lines(session, now),
        *_balances(session, settings),
        *_backup(session, settings, now),
        _reveals(session, now),
    ]


def running(session: Session) -> list[tuple[int, str, datetime | None]]:
    """Number, state and start of each campaign under way; never its text."""
    under_way = Campaign.status.in_(IN_PROGRESS)
    query = select(Campaign.id, Campaign.status, Campaign.launched_at).where(under_way)
    return [(n, state.value, since) for n, state, since in session.execute(query)]


def broker(settings: Settings, now: datetime) -> tuple[Part, float]:
    """Whether the queue answers within a second, and how far its clock is off."""
    label = mark("任务队列")
    well = Part("broker", label, well=True, says=WELL, needed=True)
    try:
        return well, clocks.from_broker(settings, now)
    except (RedisError, OSError, ValueError):
        mend = mark("请重新启动本服务。短信在库里排队，不会丢。")
        return replace(well, well=False, says=mark("不通"), mend=mend), 0.0


def clock(off: float) -> Part:
    """This machine's clock, ``off`` by so many seconds."""
    well = Part("clock", "part.clock", well=True, says=WELL)
    if off <= _SKEW:
        return well
    says = mark("相差 %(n)s 秒")
    mend = mark("请打开自动对时（NTP）。钟不准，会在不该发的时候发。")
    return replace(well, well=False, says=says, mend=mend, values={"n": round(off)})


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
    rows.show_all(session)
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


def _balances(session: Session, settings: Settings) -> Iterator[Part]:
    for known in session.scalars(select(Balance).order_by(Balance.provider)):
        enough = known.hundredths >= settings.low_balance * 100
        yield Part(
            f"balance:{known.provider}",
            f"provider.{known.provider}",
            enough,
            mark("还剩 %(n)s %(currency)s"),
            "" if enough else mark("请充值。余额用完以后，短信排队，发不出去。"),
            {
                "n": known.hundredths // 100,
                "currency": known.currency,
            },
        )


def _backup(session: Session, settings: Settings, now: datetime) -> Iterator[Part]:
    """The last backup; before there was one, the time since the first deed."""
    if not settings.backup_hours:
        return
    of_backup = AuditRow.action == "backed_up"
    last = session.scalar(select(func.max(AuditRow.at)).where(of_backup))
    first = session.scalar(select(AuditRow.at).order_by(AuditRow.id).limit(1))
    hours = (now - (last or first or now)) // timedelta(hours=1)
    young = hours < settings.backup_hours
    says = mark("上一次在 %(n)s 小时前") if last else mark("还没有备份过")
    mend = mark("请运行 outreach backup，并看看定时备份为什么没有做。")
    values = {"n": hours}
    yield Part("backup", "part.backup", young, says, "" if young else mend, values)


def _reveals(session: Session, now: datetime) -> Part:
    """Whether one account looks at many people's numbers; of the latest deeds alone."""
    latest = select(func.max(AuditRow.id) - _DEEDS).scalar_subquery()
    looks = (
        select(AuditRow.user_id, func.count().label("n"))
        .where(AuditRow.id > latest, AuditRow.action == "reveal")
        .where(AuditRow.at > now - timedelta(hours=1))
        .group_by(AuditRow.user_id)
        .order_by(func.count().desc())
        .limit(1)
    )
    who, n = session.execute(looks).one_or_none() or (None, 0)
    part = Part("reveals", "part.reveals", well=True, says=WELL)
    if n < _LOOKS:
        return part
    says = mark("%(who)s 号账号一小时内查看了 %(n)s 次号码")
    mend = mark("请问清楚；不是工作需要，就先停用这个账号，再看操作记录。")
    return replace(part, well=False, says=says, mend=mend, values={"who": who, "n": n})
