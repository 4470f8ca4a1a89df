"""Grants pass through two hands: an administrator proposes, a coordinator confirms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from campaigns.errors import NotAllowed, NotFound, Refused, mark
from outreach.accounts import Grant, Role, User, add_grant
from outreach.sign_ins import SignIn

_APART = (
    {Role.ADMINISTRATOR, Role.COORDINATOR},
    {Role.ADMINISTRATOR, Role.AUDITOR},
    {Role.COORDINATOR, Role.AUDITOR},
)
"""Whoever runs the service, decides, or looks afterwards is three people."""

_TWO = 2


def propose(  # noqa: PLR0913 - a grant is a role, a place, categories and duties
    session: Session,
    user: User,
    *,
    role: Role,
    place: str,
    categories: int = 0,
    duties: Sequence[str] = (),
    small_office: bool = False,
    by: int,
    now: datetime,
) -> Grant:
    """A grant that waits for a coordinator.

    While there are not yet two coordinators nobody could confirm one: it holds at
    once. Raises Refused for roles that no one person may hold together; a small
    office may let its approver run the service as well.
    """
    held = {g.role for g in standing(session, user.id)} | {role}
    allowed = [{Role.ADMINISTRATOR, Role.COORDINATOR}] if small_office else []
    if any(pair <= held for pair in _APART if pair not in allowed):
        raise Refused(
            mark("管系统、经办和审计要三个人分开担任，不能给同一个人。请另选一位。")
        )
    waits = coordinators(session) >= _TWO
    grant = add_grant(
        session,
        user,
        role=role,
        place=place,
        categories=categories,
        duties=duties,
        now=now,
    )
    grant.proposed_by, grant.waits = by, waits
    session.flush()
    if not waits:
        _let_act(session, grant)
    return grant


def confirm(session: Session, grant_id: int, *, by: int, now: datetime) -> Grant:
    """Let a proposed grant hold, for sign-ins under way too.

    Raises NotAllowed for whoever proposed it and for whom it is.
    """
    grant = waiting_one(session, grant_id)
    if by in {grant.proposed_by, grant.user_id}:
        raise NotAllowed(mark("自己提出的、给自己的授权，要另一位同事来确认。"))
    grant.waits, grant.confirmed_by, grant.confirmed_at = False, by, now
    _let_act(session, grant)
    session.flush()
    return grant


def refuse(session: Session, grant_id: int, *, now: datetime) -> Grant:
    """A proposed grant never holds."""
    grant = waiting_one(session, grant_id)
    grant.waits, grant.revoked_at = False, now
    session.flush()
    return grant


def revoke(
    session: Session, user_id: int, grant_id: int, *, by: int, now: datetime
) -> Grant:
    """Take a grant away; on the next page its person acts in another, or in none.

    Raises NotFound for none of theirs, NotAllowed for one's own.
    """
    grant = session.get(Grant, grant_id)
    if grant is None or grant.user_id != user_id or grant.revoked_at is not None:
        raise NotFound(mark("没有找到这个身份，可能已经收回。"))
    if by == user_id:
        raise NotAllowed(mark("不能收回自己的身份。请另一位管理员来办。"))
    grant.waits, grant.revoked_at = False, now
    session.flush()
    left = next((it.id for it in standing(session, user_id) if it.holds), None)
    acted = SignIn.user_id == user_id, SignIn.grant_id == grant_id
    session.execute(update(SignIn).where(*acted).values(grant_id=left))
    return grant


def _let_act(session: Session, grant: Grant) -> None:
    """Whoever is signed in without a role acts in this one from the next page on."""
    without = SignIn.user_id == grant.user_id, SignIn.grant_id.is_(None)
    session.execute(update(SignIn).where(*without).values(grant_id=grant.id))


def waiting(session: Session) -> list[Grant]:
    """Grants that wait, the oldest first, each with its person."""
    query = select(Grant).where(Grant.waits).options(joinedload(Grant.user))
    return list(session.scalars(query.order_by(Grant.id)))


def waiting_one(session: Session, grant_id: int) -> Grant:
    """One of them. Raises NotFound once it was decided."""
    grant = session.get(Grant, grant_id)
    if grant is None or not grant.waits:
        raise NotFound(mark("没有这项待确认的授权，可能已经有人办了。"))
    return grant


def standing(session: Session, user_id: int) -> list[Grant]:
    """A person's grants that hold or wait."""
    mine = Grant.user_id == user_id, Grant.revoked_at.is_(None)
    return list(session.scalars(select(Grant).where(*mine)))


def coordinators(session: Session) -> int:
    """How many people hold a coordinator's grant."""
    query = select(func.count(func.distinct(Grant.user_id)))
    return session.scalar(query.where(Grant.role == Role.COORDINATOR, Grant.holds)) or 0
