"""What a person does with their own sign-ins: look, end, change role, prove, renew."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from campaigns.errors import NotFound, Refused, mark
from campaigns.register.models import Place
from outreach import second_step
from outreach.access import Acting
from outreach.accounts import Grant, User, password_fits, set_password
from outreach.sign_ins import IDLE, LONGEST, SignIn


def sign_out(session: Session, acting: Acting, now: datetime) -> None:
    """End this sign-in."""
    session.execute(
        update(SignIn).where(SignIn.id == acting.visit).values(ended_at=now)
    )


def sign_out_everywhere(session: Session, user_id: int, now: datetime) -> None:
    """End every sign-in of a person."""
    open_ones = SignIn.user_id == user_id, SignIn.ended_at.is_(None)
    session.execute(update(SignIn).where(*open_ones).values(ended_at=now))


def open_ones(
    session: Session, user_id: int, now: datetime, idle: timedelta = IDLE
) -> list[SignIn]:
    """A person's sign-ins that still open something, the newest first."""
    query = select(SignIn).where(
        SignIn.user_id == user_id,
        SignIn.ended_at.is_(None),
        SignIn.waits.is_(False),
        SignIn.seen_at >= now - idle,
        SignIn.made_at >= now - LONGEST,
        SignIn.epoch
        == select(User.session_epoch).where(User.id == user_id).scalar_subquery(),
    )
    return list(session.scalars(query.order_by(SignIn.id.desc())))


def end_one(session: Session, acting: Acting, visit: int, now: datetime) -> None:
    """End one of one's own sign-ins. Raises NotFound for anybody else's."""
    found = session.get(SignIn, visit)
    if found is None or found.user_id != acting.user_id:
        raise NotFound(mark("没有找到这次登录，可能已经退出。"))
    found.ended_at = found.ended_at or now
    session.flush()


def act_as(session: Session, acting: Acting, grant_id: int) -> None:
    """Take on another of one's own grants. Raises NotFound for someone else's."""
    grant = session.get(Grant, grant_id)
    if grant is None or grant.user_id != acting.user_id or not grant.holds:
        raise NotFound(mark("没有找到这个身份。"))
    session.execute(
        update(SignIn).where(SignIn.id == acting.visit).values(grant_id=grant_id)
    )


def grants_of(session: Session, user_id: int) -> list[tuple[Grant, str]]:
    """A person's grants in force, each with its place's name."""
    mine = Grant.user_id == user_id, Grant.holds
    query = (
        select(Grant, func.coalesce(Place.name, Grant.place))
        .outerjoin(Place, Place.code == Grant.place)
        .where(*mine)
        .order_by(Grant.id)
    )
    return [(grant, name) for grant, name in session.execute(query)]


def change_password(  # noqa: PLR0913 - whose, from what to what, by which rule
    session: Session,
    acting: Acting,
    old: str,
    new: str,
    *,
    mixed: bool = False,
    now: datetime,
) -> None:
    """Change one's own password; other sign-ins end. Raises Refused."""
    user = session.get_one(User, acting.user_id)
    if not password_fits(user, old):
        raise Refused(mark("现在的密码不对。请再输一次。"))
    if old == new:
        raise Refused(mark("新密码和现在的一样。请换一个。"))
    set_password(session, user.name, new, now, mixed=mixed)
    session.execute(
        update(SignIn).where(SignIn.id == acting.visit).values(epoch=user.session_epoch)
    )


def prove(session: Session, acting: Acting, typed: str, now: datetime) -> bool:
    """Whether ``typed`` is the password or a code: then it counts from now on."""
    user = session.get_one(User, acting.user_id)
    right = password_fits(user, typed) or second_step.fits(session, user.id, typed, now)
    if right:
        mine = update(SignIn).where(SignIn.id == acting.visit)
        session.execute(mine.values(proved_at=now))
    return right
