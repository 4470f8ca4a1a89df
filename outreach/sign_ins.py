"""Sign-ins: one row each, ended at once by signing out, disabling or a new password."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, exists, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.orm import Base, Key
from outreach import audit, second_step
from outreach.access import Acting
from outreach.accounts import (
    Grant,
    User,
    find_user,
    password_fits,
)
from outreach.second_step import SecondStep

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
HALF = timedelta(minutes=10)
"""How long after the password the code may come."""
_TOUCH = timedelta(minutes=1)
_AT_ONCE = 3
_TOKEN_BYTES = 32


class SignIn(Base):
    """One sign-in. ``token`` is the SHA-256 of what the cookie holds.

    While it ``waits`` for the second step it opens nothing. ``proved_at`` is when
    password or code were last asked for and right. ``device`` is the kind of browser,
    so that its owner knows it again.
    """

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    token: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("user_grant.id"))
    epoch: Mapped[int]
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    waits: Mapped[bool] = mapped_column(default=False)
    proved_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(String(40), default="")


def sign_in(
    session: Session, name: str, password: str, *, device: str = "", now: datetime
) -> str | None:
    """The token of a new sign-in; None where name or password is wrong.

    It waits for ``second`` where the person has a second step. A wrong password is
    counted on the account, which the caller's transaction keeps.
    """
    user = find_user(session, name.strip())
    fits = password_fits(user, password)
    if user is None or not fits or user.disabled_at:
        if user is not None:
            user.failures = min(user.failures + 1, 9999)
        # A name that nobody has costs one more row too: time tells nothing.
        known = user.id if user else None
        audit.note(session, "sign_in", user_id=known, result="refused", now=now)
        return None
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    visit = SignIn(
        token=digest(token),
        user_id=user.id,
        grant_id=_only_grant(user),
        epoch=user.session_epoch,
        made_at=now,
        seen_at=now,
        waits=True,
        proved_at=now,
        device=device,
    )
    if second_step.standing(session, user.id) is None:
        _let_in(session, user, visit, now)
    session.add(visit)
    session.flush()
    return token


def half(session: Session, token: str, now: datetime) -> User | None:
    """Whose password was right and whose code is still to come; None for the rest."""
    found = _half(session, token, now)
    return session.get(User, found.user_id) if found else None


def second(session: Session, token: str, code: str, now: datetime) -> bool:
    """Whether the code is right: then the sign-in of ``token`` holds."""
    visit = _half(session, token, now)
    if visit is None or not second_step.fits(session, visit.user_id, code, now):
        return False
    _let_in(session, session.get_one(User, visit.user_id), visit, now)
    session.flush()
    return True


def who(
    session: Session, token: str, now: datetime, idle: timedelta = IDLE
) -> Acting | None:
    """Who holds ``token``, in which grant; None where it is no longer good."""
    step = SecondStep.user_id == SignIn.user_id, SecondStep.since.is_not(None)
    query = (
        select(SignIn, User, Grant, exists().where(*step))
        .join(User, User.id == SignIn.user_id)
        .outerjoin(Grant, Grant.id == SignIn.grant_id)
        .where(
            SignIn.token == digest(token),
            SignIn.ended_at.is_(None),
            SignIn.waits.is_(False),
        )
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    visit, user, grant, two_steps = found
    late = now - visit.seen_at > idle or now - visit.made_at > LONGEST
    if late or user.disabled_at or user.session_epoch != visit.epoch:
        return None
    acting = acting_in(visit.id, user, grant if grant and grant.holds else None)
    proved, since = visit.proved_at, user.password_at
    return replace(acting, two_steps=two_steps, proved_at=proved, password_at=since)


def touch(session: Session, token: str, now: datetime) -> None:
    """Note that the person is still there; written at most once a minute."""
    session.execute(
        update(SignIn)
        .where(SignIn.token == digest(token), SignIn.seen_at < now - _TOUCH)
        .values(seen_at=now)
    )


def stale(session: Session, token: str, now: datetime) -> bool:
    """Whether ``touch`` would write."""
    seen = session.scalar(select(SignIn.seen_at).where(SignIn.token == digest(token)))
    return seen is not None and seen < now - _TOUCH


def _half(session: Session, token: str, now: datetime) -> SignIn | None:
    waits = SignIn.token == digest(token), SignIn.waits, SignIn.ended_at.is_(None)
    query = select(SignIn).where(*waits, SignIn.made_at >= now - HALF)
    visit = session.scalar(query)
    user = session.get(User, visit.user_id) if visit else None
    if visit is None or user is None or user.disabled_at:
        return None
    return visit if visit.epoch == user.session_epoch else None


def _let_in(session: Session, user: User, visit: SignIn, now: datetime) -> None:
    """Nobody who lacks the second step ends a sign-in of the person."""
    user.failures, user.signed_in_at = 0, now
    _end_oldest(session, user.id, now)
    visit.waits, visit.seen_at, visit.proved_at = False, now, now


def digest(token: str) -> bytes:
    """What is kept of a token: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()


def _only_grant(user: User) -> int | None:
    """The grant to begin with: the oldest one still in force."""
    return next((grant.id for grant in user.grants if grant.holds), None)


def _end_oldest(session: Session, user_id: int, now: datetime) -> None:
    newest = (
        select(SignIn.id)
        .where(
            SignIn.user_id == user_id,
            SignIn.ended_at.is_(None),
            SignIn.waits.is_(False),
        )
        .order_by(SignIn.id.desc())
        .offset(_AT_ONCE - 1)
    )
    ids = list(session.scalars(newest))
    session.execute(update(SignIn).where(SignIn.id.in_(ids)).values(ended_at=now))


def acting_in(visit: int, user: User, grant: Grant | None) -> Acting:
    """The person as they act in ``grant``, by the sign-in numbered ``visit``."""
    return Acting(
        user_id=user.id,
        name=user.name,
        shown_as=user.shown_as,
        visit=visit,
        grant_id=grant.id if grant else None,
        role=grant.role if grant else None,
        place=grant.place if grant else "",
        categories=grant.categories if grant else 0,
        duties=tuple(grant.duties) if grant else (),
        language=user.language,
        text_size=user.text_size,
        contrast=user.contrast,
        background=user.background,
        less_motion=user.less_motion,
        grants=sum(each.holds for each in user.grants),
    )
