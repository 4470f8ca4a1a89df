"""The first set-up: a unit, its county's places, standard segments; what is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.audience import segments
from campaigns.audience.models import Segment
from campaigns.bulletins.models import BulletinVersion
from campaigns.delivery import trials
from campaigns.errors import mark
from campaigns.planning.models import Campaign
from campaigns.register import places
from campaigns.register.models import Member, Unit
from campaigns.register.unit import save_unit
from campaigns.vocabulary import BulletinState, CampaignState
from outreach import rows
from outreach.access import Action
from outreach.accounts import Grant, Role
from outreach.counting import counts

_TWO = 2
_ISSUED = BulletinState.ISSUED
_REVIEWED = (BulletinState.IN_REVIEW, BulletinState.REVIEWED)
_UNDECIDED = (CampaignState.DRAFT, CampaignState.SUBMITTED)
_RELEASED = select(func.min(Campaign.id)).where(
    Campaign.status.not_in((*_UNDECIDED, CampaignState.CANCELLED))
)


class Stage(StrEnum):
    """How far a step is; ``waits`` is for a colleague, ``later`` may be left out."""

    TODO = "todo"
    LATER = "later"
    WAITS = "waits"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the guide: msgids of title, reason and button, and where it is.

    ``n`` is the figure in the title, where it has one.
    """

    title: str
    why: str
    button: str
    address: str
    action: Action
    stage: Stage
    n: int = 0


def begin(session: Session, county: str, *, now: datetime, **values: object) -> Unit:
    """Set the unit up for ``county``, whose places ship or were brought in.

    Raises Refused.
    """
    if county in dict(places.shipped_counties()):
        places.load_places(session, places.shipped_rows(county), places.SOURCE)
    unit = save_unit(session, place_code=county, **values)
    if session.scalar(select(Segment.id).limit(1)) is None:
        segments.make_standard_segments(session, now)
    return unit


def finished(session: Session) -> bool:
    """Whether a first campaign was ever approved: the guide has done its work."""
    return first_released(session) is not None


def first_released(session: Session) -> int | None:
    """The first campaign that was ever approved."""
    return session.scalar(_RELEASED)


def steps(session: Session) -> list[Step]:
    """Everything from nothing to the first campaign."""
    rows.show_all(session)  # an administrator learns whether there is anybody, not who
    unit, members, issued, released, coordinators = counts(
        session,
        select(func.min(Unit.id)),
        select(func.min(Member.id)),
        select(func.min(BulletinVersion.id)).where(BulletinVersion.state == _ISSUED),
        _RELEASED,
        select(func.count(func.distinct(Grant.user_id))).where(
            Grant.role == Role.COORDINATOR, Grant.holds
        ),
    )
    return [
        Step(
            mark("您是哪个县，单位叫什么"),
            mark("地名随软件带来；短信签名和咨询电话会出现在每条短信里。"),
            mark("设置本单位"),
            "/start/unit",
            Action.SET_UP,
            _done(unit > 0),
        ),
        _colleagues(coordinators),
        Step(
            mark("导入名册"),
            mark("先检查，看过每一处变化以后才导入。"),
            mark("导入名册"),
            "/register/imports/new",
            Action.CHECK_IMPORT,
            _done(members > 0),
        ),
        _text(session, issued > 0),
        _trial(session),
        _campaign(session, released > 0),
    ]


def open_steps(session: Session) -> list[tuple[int, Step]]:
    """Number and step of each that has to be done yet; what may wait is none."""
    ends = {Stage.DONE, Stage.LATER}
    found = enumerate(steps(session), start=1)
    return [pair for pair in found if pair[1].stage not in ends]


def next_step(session: Session) -> tuple[int, Step] | None:
    """Number and step of the first that has to be done; None when all are."""
    return next(iter(open_steps(session)), None)


def _colleagues(n: int) -> Step:
    return Step(
        mark("请来两位经办人，一位写、一位批（已有 %(n)s 位）"),
        mark("谁也不能批准自己写的文字，所以要有两位县残联经办人。"),
        mark("邀请同事"),
        "/accounts/new",
        Action.CHANGE_ACCOUNTS,
        _done(n >= _TWO),
        n,
    )


def _text(session: Session, issued: bool) -> Step:  # noqa: FBT001 - one step's answer
    version = BulletinVersion
    under_way = select(version.bulletin_id, version.state)
    begun = session.execute(under_way.order_by(version.id.desc()).limit(1)).first()
    waits = begun is not None and begun.state in _REVIEWED
    stage = Stage.WAITS if waits else Stage.TODO
    return Step(
        mark("选一篇文稿，请同事签发"),
        mark("文稿库里有现成的，改几个字就能用。写的人送审，另一位经办人在首页签发。"),
        mark("接着做") if begun and not issued else mark("看文稿库"),
        f"/bulletins/{begun[0]}" if begun and not issued else "/bulletins/new",
        Action.WRITE_BULLETINS,
        Stage.DONE if issued else stage,
    )


def _trial(session: Session) -> Step:
    bulletin = trials.bulletin_to_try(session)
    return Step(
        mark("发给自己试一试"),
        mark("看看短信到了手机上是什么样子。先写好一篇文稿；不试也能往下走。"),
        mark("发给自己试一试") if bulletin else mark("看文稿库"),
        f"/bulletins/{bulletin}/trial" if bulletin else "/bulletins/new",
        Action.TEST_SEND,
        Stage.DONE if trials.done(session) else Stage.LATER,
    )


def _campaign(session: Session, done: bool) -> Step:  # noqa: FBT001 - likewise
    query = select(Campaign.id, Campaign.status).where(Campaign.status.in_(_UNDECIDED))
    begun = session.execute(query.order_by(Campaign.id.desc()).limit(1)).first()
    waits = begun is not None and begun.status is CampaignState.SUBMITTED
    stage = Stage.WAITS if waits else Stage.TODO
    return Step(
        mark("建第一个任务，请同事批准"),
        mark("选文稿、选人群，算出人数和费用；另一位经办人在首页批准，就发出去了。"),
        mark("接着做") if begun and not done else mark("新建任务"),
        f"/planning/{begun[0]}" if begun and not done else "/planning/new",
        Action.MAKE_CAMPAIGNS,
        Stage.DONE if done else stage,
    )


def _done(done: bool) -> Stage:  # noqa: FBT001 - one step's answer
    return Stage.DONE if done else Stage.TODO
