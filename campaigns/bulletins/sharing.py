"""The approved text for other ways: a WeChat group, a printed notice, an easy card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from campaigns.bulletins.drafting import get_version
from campaigns.bulletins.models import BulletinVersion
from campaigns.bulletins.sms_length import bracketed
from campaigns.bulletins.wording import fill, values_for
from campaigns.errors import NotReady, mark
from campaigns.register.unit import current_unit
from campaigns.shanghai import day_of
from campaigns.vocabulary import BulletinState


@dataclass(frozen=True, slots=True)
class Shared:
    """One issued text as groups and paper get it; the words are the approved ones."""

    title: str
    group: str
    notice: tuple[str, ...]
    easy_read: tuple[str, ...]
    unit: str
    phone: str
    source: str
    issue_number: str
    issued_on: date
    valid_until: date | None


def share(
    session: Session, version_id: int, now: datetime, *, township: str = ""
) -> Shared:
    """The text for groups and paper. Raises NotReady unless issued and still valid."""
    version = get_version(session, version_id)
    _check(version, now)
    unit = current_unit(session)
    values = values_for(version, unit, township or unit.name, township or unit.name)
    sms = fill(version.sms_text, values)
    issued = version.issued_at or now
    notice = [line for line in sms.split("\n") if line.strip()]
    return Shared(
        title=version.bulletin.title,
        group="\n".join([bracketed(unit.signature) + sms, *_foot(version)]),
        notice=tuple(notice),
        easy_read=tuple(fill(line, values) for line in version.easy_read),
        unit=unit.name,
        phone=values.get("phone", ""),
        source=version.source,
        issue_number=version.issue_number or "",
        issued_on=day_of(issued),
        valid_until=version.valid_until,
    )


def _foot(version: BulletinVersion) -> list[str]:
    foot = [f"来源：{version.source}"] if version.source else []
    number = f"（{version.issue_number}）" if version.issue_number else ""
    until = f"有效期至{version.valid_until:%Y-%m-%d}" if version.valid_until else ""
    return [*foot, until + number] if until + number else foot


def _check(version: BulletinVersion, now: datetime) -> None:
    if version.state is BulletinState.SUPERSEDED:
        newer = max(version.bulletin.versions, key=lambda it: it.number)
        raise NotReady(
            mark("这一版已被第 %(number)s 版替代，请用新版。"), number=newer.number
        )
    if version.state is not BulletinState.ISSUED:
        raise NotReady(mark("还没有签发，不能转发和印发。"))
    if version.valid_until and version.valid_until < day_of(now):
        raise NotReady(mark("这篇文稿过期了，不能再转发。请出新版。"))
