"""Alarms: what is not well, in one list, told once when it begins and when it ends.

Told by a POST that group robots of WeCom and DingTalk understand: names of parts and
figures, no person. Whoever tells only notes it afterwards: in doubt it is told twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from sqlalchemy import String, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.errors import NotReady, mark
from campaigns.orm import Base
from outreach import condition
from outreach.catalogs import name_of, told
from outreach.condition import Part
from outreach.wiring import Wiring

_AGAIN = timedelta(days=1)
_FLAPPING = timedelta(hours=1)
_SECONDS = 10.0
_BEGUN, _OVER = mark("告警：%(what)s"), mark("恢复：%(what)s")
_DATABASE = Part(
    "database",
    mark("数据库"),
    well=False,
    says=mark("不通"),
    mend=mark("请启动数据库。没有它，什么也发不出去。"),
    needed=True,
)


class Alarm(Base):
    """A part that was told of, and since when it is well again."""

    __tablename__ = "alarm"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    label: Mapped[str] = mapped_column(String(40))
    told_at: Mapped[datetime]
    well_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class News:
    """What has to be told now."""

    begun: list[Part]
    over: list[Alarm]


def ailing(wiring: Wiring, now: datetime) -> list[Part]:
    """What is not well; the database alone where that is away."""
    try:
        with wiring.database.reading() as session:
            found = condition.parts(wiring, session, now)
    except SQLAlchemyError:
        return [_DATABASE]
    return [part for part in found if not part.well]


def tell(wiring: Wiring) -> list[Part]:
    """Tell the address of ``alarm_webhook`` what is new; return what is not well.

    Raises NotReady where nobody takes it: it is told again the next time.
    """
    now, address = wiring.clock(), wiring.settings.alarm_webhook.get_secret_value()
    found = ailing(wiring, now)
    if not address:
        return found
    if found == [_DATABASE]:
        _post(address, News(found, []))
        return found
    with wiring.database.reading() as session:
        news = _news(session, found, now)
    if news.begun or news.over:
        _post(address, news)
        with wiring.database.writing() as session:
            _note(session, news, now)
    return found


def sentences(news: News) -> Iterable[str]:
    """A line for each part, in the shell's language."""
    for part in news.begun:
        says = told(part.says, part.values)
        mend = told(part.mend, part.values) if part.mend else ""
        what = f"{name_of(part.label)} {says} {mend}".strip()
        yield told(_BEGUN, {"what": what})
    for alarm in news.over:
        yield told(_OVER, {"what": name_of(alarm.label)})


def _news(session: Session, found: list[Part], now: datetime) -> News:
    known = {alarm.name: alarm for alarm in session.scalars(select(Alarm))}
    names = {part.name for part in found}
    return News(
        [part for part in found if _is_new(known.get(part.name), now)],
        [a for a in known.values() if a.well_at is None and a.name not in names],
    )


def _is_new(alarm: Alarm | None, now: datetime) -> bool:
    if alarm is None:
        return True
    # A line that opens and shuts all morning is told once an hour.
    wait = _AGAIN if alarm.well_at is None else _FLAPPING
    return alarm.told_at <= now - wait


def _note(session: Session, news: News, now: datetime) -> None:
    for part in news.begun:
        session.merge(
            Alarm(name=part.name, label=part.label, told_at=now, well_at=None)
        )
    for alarm in news.over:
        again = session.get(Alarm, alarm.name)
        if again is not None:
            again.well_at = now


def _post(address: str, news: News) -> None:
    """One message for all of it. Raises NotReady where it was not taken."""
    text = "\n".join(sentences(news))
    body = {"msgtype": "text", "text": {"content": text}}
    try:
        httpx.post(address, json=body, timeout=_SECONDS).raise_for_status()
    except httpx.HTTPError as error:
        sentence = mark("告警没有送到（%(why)s）。请核对 OUTREACH_ALARM_WEBHOOK。")
        # The error's own words hold the address, and the address holds a key.
        raise NotReady(sentence, why=type(error).__name__) from None
