"""The first set-up: a unit, its county's places, standard segments; what is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from campaigns.audience import segments
from campaigns.audience.models import Segment
from campaigns.bulletins.models import BulletinVersion
from campaigns.errors import mark
from campaigns.planning.models import Campaign
from campaigns.register import places
from campaigns.register.models import Member, Unit
from campaigns.register.unit import save_unit
from campaigns.vocabulary import BulletinState
from outreach.access import Action
from outreach.accounts import Grant, Role

_TWO = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the guide: msgids of title, reason and button, and where it is."""

    title: str
    why: str
    button: str
    address: str
    action: Action
    done: bool


def begin(session: Session, county: str, *, now: datetime, **values: object) -> Unit:
    """Set the unit up for ``county``. Raises NotFound or Refused."""
    places.load_places(session, places.shipped_rows(county), places.SOURCE)
    unit = save_unit(session, place_code=county, **values)
    if session.scalar(select(Segment.id).limit(1)) is None:
        segments.make_standard_segments(session, now)
    return unit


def steps(session: Session) -> list[Step]:
    """Everything from nothing to the first campaign."""
    coordinators = select(func.count(func.distinct(Grant.user_id))).where(
        Grant.role == Role.COORDINATOR, Grant.holds
    )
    issued = select(BulletinVersion.id).where(
        BulletinVersion.state == BulletinState.ISSUED
    )
    return [
        Step(
            mark("您是哪个县，单位叫什么"),
            mark("地名随软件带来；短信签名和咨询电话会出现在每条短信里。"),
            mark("设置本单位"),
            "/start/unit",
            Action.SET_UP,
            done=_any(session, select(Unit.id)),
        ),
        Step(
            mark("请一位同事来审批"),
            mark("谁也不能批准自己写的文字，所以要有两位县残联经办人。"),
            mark("开通账号"),
            "/accounts/new",
            Action.CHANGE_ACCOUNTS,
            done=(session.scalar(coordinators) or 0) >= _TWO,
        ),
        Step(
            mark("导入名册"),
            mark("先检查，看过每一处变化以后才导入。"),
            mark("导入名册"),
            "/register/imports/new",
            Action.CHECK_IMPORT,
            done=_any(session, select(Member.id)),
        ),
        Step(
            mark("选一篇文稿，请同事签发"),
            mark("文稿库里有现成的，改几个字就能用。"),
            mark("看文稿库"),
            "/bulletins/new",
            Action.WRITE_BULLETINS,
            done=_any(session, issued),
        ),
        Step(
            mark("建第一个任务"),
            mark("选文稿、选人群，再请同事批准，就发出去了。"),
            mark("新建任务"),
            "/planning/new",
            Action.MAKE_CAMPAIGNS,
            done=_any(session, select(Campaign.id)),
        ),
    ]


def _any(session: Session, query: Select[int]) -> bool:
    return session.scalar(query.limit(1)) is not None
