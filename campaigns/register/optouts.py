"""Refusals: kept by phone, so that they outlive the person's row and every new list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import NotAllowed, NotFound, NotReady, Refused, Stale, mark
from campaigns.register.members import sharing
from campaigns.register.models import Member, OptOut

SCOPES = ("tips", "all")
"""``all`` still lets life-safety texts through: those are never stopped."""


def record_refusal(  # noqa: PLR0913 - who refused what, and how we know
    session: Session,
    *,
    phone_index: bytes | None = None,
    member: Member | None = None,
    scope: str = "all",
    source: str,
    evidence: str | None = None,
    recorded_by: int | None,
    now: datetime,
) -> OptOut:
    """Record that a phone wants no texts; a repeated refusal widens the first.

    Without ``phone_index`` it is the member's own phone, or their guardian's where
    they have none. A phone that several people are reached by stops tips alone, for
    all of them, until a clerk has asked each one. Raises Refused when there is no
    phone, or for another scope.
    """
    if scope not in SCOPES:
        raise Refused(mark("拒收范围只有“健康提示”和“全部”。请重新选择。"))
    index = phone_index or (member and phone_of(member))
    if not index:
        raise Refused(mark("这个人没有手机，不用登记拒收。"))
    shared = len(sharing(session, index)) > 1
    given = OptOut(phone_index=index, member_id=member and member.id, scope=scope)
    given.source, given.evidence = source, evidence
    given.recorded_by, given.recorded_at = recorded_by, now
    if shared and member is not None:
        _keep_personal(session, given)
    refusal = standing(session, index)
    if refusal is None:
        refusal = given if not given.personal else _for_the_phone(given)
        refusal.to_ask = shared
        refusal.scope = "tips" if shared else scope
        session.add(refusal)
    elif scope == "all" and not shared:
        refusal.scope = scope
    session.flush()
    return refusal


def _keep_personal(session: Session, given: OptOut) -> None:
    """Keep what one person behind a shared phone said, in place of what they said."""
    given.personal = True
    said = select(OptOut).where(
        OptOut.member_id == given.member_id,
        OptOut.personal,
        OptOut.lifted_at.is_(None),
    )
    before = session.scalars(said).first()
    if before is None:
        session.add(given)
    elif given.scope == "all":
        before.scope = given.scope


def _for_the_phone(given: OptOut) -> OptOut:
    return OptOut(
        phone_index=given.phone_index,
        member_id=given.member_id,
        source=given.source,
        evidence=given.evidence,
        recorded_by=given.recorded_by,
        recorded_at=given.recorded_at,
    )


def standing(session: Session, phone_index: bytes) -> OptOut | None:
    """The refusal in force for a whole phone."""
    found = select(OptOut).where(
        OptOut.phone_index == phone_index,
        OptOut.lifted_at.is_(None),
        OptOut.personal.is_(False),
    )
    return session.scalar(found.order_by(OptOut.id).limit(1))


def get_refusal(session: Session, refusal_id: int) -> OptOut:
    """The refusal. Raises NotFound."""
    refusal = session.get(OptOut, refusal_id)
    if refusal is None:
        raise NotFound(mark("没有找到这条拒收。请从列表里选。"))
    return refusal


def ask_to_lift(
    session: Session, refusal_id: int, *, evidence: str, by: int, now: datetime
) -> OptOut:
    """Say with evidence that a person wishes to hear again; a second one decides.

    Raises Refused without evidence, Stale for what is lifted already.
    """
    refusal = get_refusal(session, refusal_id)
    if not evidence.strip():
        raise Refused(mark("请写本人什么时候、怎么说要恢复的，作为凭据。"))
    _refuse_lifted(refusal)
    refusal.lift_evidence, refusal.lift_asked_by = evidence.strip(), by
    refusal.lift_asked_at = now
    session.flush()
    return refusal


def lift(session: Session, refusal_id: int, *, by: int, now: datetime) -> OptOut:
    """End a refusal that somebody else asked to lift.

    Raises NotReady before that, NotAllowed for whoever asked.
    """
    refusal = get_refusal(session, refusal_id)
    _refuse_lifted(refusal)
    if refusal.lift_asked_by is None:
        raise NotReady(mark("要先有人写明本人要求恢复的凭据，再由另一位同事解除。"))
    if refusal.lift_asked_by == by:
        raise NotAllowed(mark("恢复是您提出的，要请另一位同事解除。"))
    refusal.lifted_at, refusal.lifted_by = now, by
    session.flush()
    return refusal


def keep_wishes(  # noqa: PLR0913 - whose wish is what, and how we know
    session: Session,
    refusal_id: int,
    wishes: Mapping[int, str],
    *,
    evidence: str,
    by: int,
    now: datetime,
) -> OptOut:
    """Keep what each person behind a shared phone wishes: ``all``, ``tips``, ``none``.

    Whoever refuses does so for themselves from now on, and the phone as a whole is
    free again; where all refuse alike it stays the phone's. Raises Refused while
    somebody was not asked, or where nobody refuses: that would be lifting it.
    """
    refusal = get_refusal(session, refusal_id)
    _refuse_lifted(refusal)
    people = {member.id: member for member in sharing(session, refusal.phone_index)}
    said = {key: scope for key, scope in wishes.items() if key in people}
    if set(said) != set(people) or not set(said.values()) <= {*SCOPES, "none"}:
        raise Refused(mark("请给每个人都选一项。"))
    if not evidence.strip():
        raise Refused(mark("请写怎么问到的，作为凭据。"))
    if set(said.values()) == {"none"}:
        raise Refused(mark("至少有一位拒收。都要恢复的话，请走“本人要求恢复”。"))
    refusal.to_ask = False
    if len(set(said.values())) == 1:
        refusal.scope = next(iter(said.values()))
    else:
        for key, scope in said.items():
            if scope != "none":
                _keep_personal(session, _of(people[key], scope, refusal, by, now))
        refusal.lifted_at, refusal.lifted_by = now, by
    refusal.lift_evidence = evidence.strip()
    session.flush()
    return refusal


def _of(member: Member, scope: str, refusal: OptOut, by: int, now: datetime) -> OptOut:
    return OptOut(
        phone_index=refusal.phone_index,
        member_id=member.id,
        scope=scope,
        source=refusal.source,
        evidence=refusal.evidence,
        recorded_by=by,
        recorded_at=now,
    )


def _refuse_lifted(refusal: OptOut) -> None:
    if refusal.lifted_at is not None:
        raise Stale(mark("这条拒收已经解除了。"))


def list_refusals(
    session: Session, *, before: int | None = None, limit: int = 50
) -> list[OptOut]:
    """Refusals, the newest first, lifted ones too."""
    found = select(OptOut).order_by(OptOut.id.desc()).limit(limit)
    if before is not None:
        found = found.where(OptOut.id < before)
    return list(session.scalars(found))


def phone_of(member: Member) -> bytes | None:
    """Their own phone, or their guardian's: what a refusal without a number is of."""
    return member.phone_index or member.guardian_phone_index
